"""Load into DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
from sqlalchemy.engine import URL

from pipeline.output import layout
from pipeline.output.parquet import arrow_table
from pipeline.output.sql import Database, file_of, quoted


class DuckdbTarget(Database):
    """A DuckDB file, which only one program at a time can open."""

    dialect = "duckdb"
    errors = (duckdb.Error,)
    busy = ("Could not set lock",)
    unsuitable = ("not a valid DuckDB database file",)
    in_list = "{} IN (SELECT unnest(?))"
    connection: duckdb.DuckDBPyConnection

    def connect(self, url: URL) -> duckdb.DuckDBPyConnection:
        path = file_of(url, "duckdb:///news.duckdb is a file here", there=self.reading)
        return duckdb.connect(path, read_only=self.reading)

    @contextmanager
    def begin(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        return self.connection.execute(statement, list(parameters))

    def named(self, statement: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        found = self.execute(statement, parameters)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def insert(self, table: layout.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            names = ", ".join(map(quoted, table.names))
            self.connection.register("arriving", arrow_table(table, rows, self.schema))
            self.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM arriving")
            self.connection.unregister("arriving")

    def present(self) -> set[str]:
        return {name for (name,) in self.rows("SELECT table_name FROM information_schema.tables")}

    def columns(self, table: str) -> set[str]:
        return {name for _, name, *_ in self.rows(f"PRAGMA table_info('{table}')")}
