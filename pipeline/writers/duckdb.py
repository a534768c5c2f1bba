"""Load into DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import duckdb

from pipeline.errors import (
    DatabaseBusy,
    DatabaseUnavailable,
    DatabaseUnsuitable,
    LoadFailed,
    PipelineError,
)
from pipeline.writers.layout import ARTICLES, OWN_TABLES, Schema, Table, linked_anew
from pipeline.writers.loading import Checks, Tally, sort_out
from pipeline.writers.parquet import arrow_table
from pipeline.writers.sql import file_of, one_line, parse
from pipeline.writers.tables import VERSION_TABLE, ddl, duckdb_table, duckdb_type, quoted, views

if TYPE_CHECKING:
    from pipeline.writers.layout import Entry


class DuckdbTarget(Checks):
    """A DuckDB file, which only one program at a time can open."""

    def __init__(self, address: str, schema: Schema, *, reading: bool = False) -> None:
        url = parse(address)
        self.shown = url.render_as_string(hide_password=True)
        self.schema = schema
        path = file_of(url, "duckdb:///news.duckdb is a file here", there=reading)
        with self.failing(DatabaseUnavailable):
            self.connection = duckdb.connect(path, read_only=reading)
        try:
            with self.transaction(LoadFailed) as run:
                if reading:
                    self.check_versions(self.stored())
                else:
                    self.prepare(run)
        except BaseException:
            self.connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def prepare(self, run: Callable[..., Any]) -> None:
        """Create the tables and views, or add what a newer schema needs; do nothing if complete."""
        present = {
            row[0] for row in run("SELECT table_name FROM information_schema.tables").fetchall()
        }
        stored = self.stored()
        if stored is None:
            taken = present & {table.name for table in (*self.schema.tables, *OWN_TABLES)}
            self.check_names(taken)
            for statement in ddl("duckdb", self.schema.tables):
                run(statement)
        elif self.is_complete(stored, present):
            return
        else:
            for name in views("duckdb"):
                run(f"DROP VIEW IF EXISTS {name}")
            for statement in linked_anew(present):
                run(statement)
            for table in (*self.schema.tables, *OWN_TABLES):
                if table.name in present:
                    self.add_columns(run, table)
                else:
                    run(duckdb_table(table))
            for statement in views("duckdb").values():
                run(statement)
        run(f"DELETE FROM {VERSION_TABLE}")
        run(
            f"INSERT INTO {VERSION_TABLE} VALUES (1, ?, ?)",
            [self.schema.version, self.schema.pipeline],
        )

    def add_columns(self, run: Callable[..., Any], table: Table) -> None:
        there = {row[1] for row in run(f"PRAGMA table_info('{table.name}')").fetchall()}
        for column in table.columns:
            if column.name not in there:
                self.check_missing(table.name, column.name, column.nullable)
                name, kind = quoted(column.name), duckdb_type(column)
                run(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")

    def stored(self) -> tuple[str, str] | None:
        """Return the schema and pipeline versions that last prepared the database."""
        run = self.connection.execute
        named = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
        if not run(named, [VERSION_TABLE]).fetchall()[0][0]:
            return None
        row = run(f"SELECT schema_version, pipeline_version FROM {VERSION_TABLE}").fetchone()
        return None if row is None else (row[0], row[1])

    def put(self, entries: Sequence[Entry], *, force: bool = False) -> Tally:
        with self.transaction(LoadFailed) as run:
            asked = run(
                f"SELECT id, record_sha256, version_rank FROM {ARTICLES}"
                " WHERE id IN (SELECT unnest(?))",
                [[entry.id for entry in entries]],
            )
            known = {identity: (sha256, rank) for identity, sha256, rank in asked.fetchall()}
            chosen, replaced, tally = sort_out(entries, known, force=force)
            for table in self.schema.tables:
                if replaced:
                    run(
                        f"DELETE FROM {table.name} WHERE {_key(table)} IN (SELECT unnest(?))",
                        [replaced],
                    )
                rows = [row for entry in chosen for row in entry.rows[table.name]]
                if rows:
                    names = ", ".join(map(quoted, table.names))
                    self.connection.register("arriving", arrow_table(table, rows, self.schema))
                    run(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM arriving")
                    self.connection.unregister("arriving")
        return tally

    @contextmanager
    def transaction(self, kind: type[PipelineError]) -> Iterator[Callable[..., Any]]:
        """Yield a function that runs statements in one transaction."""
        with self.failing(kind):
            self.connection.begin()
            try:
                yield self.connection.execute
            except BaseException:
                self.connection.rollback()
                raise
            self.connection.commit()

    @contextmanager
    def failing(self, kind: type[PipelineError]) -> Iterator[None]:
        """Convert DuckDB's exceptions to our errors."""
        try:
            yield
        except duckdb.Error as error:
            message = one_line(error)
            if "Could not set lock" in message:
                kind = DatabaseBusy
            elif "not a valid DuckDB database file" in message:
                kind = DatabaseUnsuitable
            raise kind(message, where=self.shown) from error


def _key(table: Table) -> str:
    return "id" if table.name == ARTICLES else "article_id"
