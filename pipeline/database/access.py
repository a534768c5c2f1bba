"""Run the same statements in each kind of database.

SQL has ``?`` for parameters. ``among`` makes the condition that a column is in a list, which is one
parameter.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

from pipeline.errors import BadDatabaseUrl, DatabaseUnsuitable, LoadFailed, PipelineError
from pipeline.writers.layout import FOLLOWED, Column, Table
from pipeline.writers.loading import connect
from pipeline.writers.sql import SqlTarget
from pipeline.writers.tables import quoted

if TYPE_CHECKING:
    from pipeline.writers.duckdb import DuckdbTarget


Row = tuple[Any, ...]
READ_ONLY: Final = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
}
"""What a transaction of a reader begins with; DuckDB opens the file read-only."""
AGAIN: Final = "fix the cause and repeat the command: what was stored before is kept"


def texts(*names: str) -> tuple[Column, ...]:
    """Return columns of text."""
    return tuple(Column(name, "text") for name in names)


KEY: Final = texts("key")


class Store(ABC):
    """An open database. Statements run within ``transaction``."""

    dialect: str
    failure: type[PipelineError]
    """What is raised if the database refuses a statement."""
    in_list: ClassVar[Mapping[str, str]] = {
        "sqlite": "{} IN (SELECT value FROM json_each(?))",
        "postgresql": "{} = ANY(?)",
        "duckdb": "{} IN (SELECT unnest(?))",
    }
    column_types: ClassVar[Mapping[str, str]] = {"text": "TEXT", "integer": "BIGINT"}

    def __init__(self) -> None:
        self._numbers = count()

    @contextmanager
    def keys(
        self, rows: Iterable[Sequence[Any]], columns: tuple[Column, ...] = KEY
    ) -> Iterator[str]:
        """Yield the name of a temporary table with rows."""
        table = Table(f"keys_{next(self._numbers)}", columns, (), "")
        described = ", ".join(f'"{one.name}" {self.column_types[one.kind]}' for one in columns)
        self.run(f"CREATE TEMPORARY TABLE {table.name} ({described})")
        self.insert(table, [tuple(row) for row in rows])
        if self.dialect == "postgresql":
            self.run(f"ANALYZE {table.name}")
        yield table.name
        # after an error the transaction is over, and the table with it
        self.run(f"DROP TABLE {table.name}")

    def among(self, column: str) -> str:
        """Return the condition that a column is in a list; ``listed`` makes its parameter."""
        return self.in_list[self.dialect].format(column)

    def listed(self, values: Iterable[Any]) -> Any:
        found = list(values)
        return json.dumps(found) if self.dialect == "sqlite" else found

    def delete(self, table: Table, column: str, values: Iterable[Any]) -> None:
        """Delete the rows that have one of the values in a column."""
        self.run(f"DELETE FROM {table.name} WHERE {self.among(column)}", self.listed(values))

    def delete_rows(self, table: Table, keys: Iterable[Sequence[Any]]) -> None:
        """Delete the rows that have one of the keys."""
        columns = table.columns[: len(table.key)]
        names = ", ".join(table.key)
        # with EXISTS, SQLite would read the whole table
        with self.keys(keys, columns) as wanted:
            self.run(f"DELETE FROM {table.name} WHERE ({names}) IN (SELECT {names} FROM {wanted})")

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Return the context of a transaction; writers of derived tables wait for each other."""

    @abstractmethod
    def rows(self, statement: str, *parameters: Any) -> list[Row]:
        """Return the rows of a query."""

    @abstractmethod
    def named(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query by the names of its columns."""

    @abstractmethod
    def run(self, statement: str, *parameters: Any) -> None:
        """Run a statement that has no result."""

    @abstractmethod
    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows in bulk."""


class SqlStore(Store):
    """SQLite or PostgreSQL."""

    def __init__(self, target: SqlTarget, failure: type[PipelineError]) -> None:
        super().__init__()
        self.target, self.failure = target, failure
        self.dialect = target.dialect

    def _execute(self, statement: str, parameters: Any) -> Any:
        if self.dialect == "postgresql":
            statement = statement.replace("?", "%s")
        return self.target.connection.exec_driver_sql(statement, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with repeatable(), self.target.failing(self.failure), self.target.connection.begin():
            if self.target.reading:
                self.run(READ_ONLY[self.dialect])
            elif self.dialect == "postgresql":
                # records that are loaded meanwhile are seen whole or not at all; the snapshot is
                # taken after the lock, and so has what the previous holder stored
                self.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                self.run(f"LOCK TABLE {FOLLOWED.name} IN EXCLUSIVE MODE")
            yield

    def rows(self, statement: str, *parameters: Any) -> list[Row]:
        return [tuple(row) for row in self._execute(statement, parameters)]

    def named(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._execute(statement, parameters).mappings()]

    def run(self, statement: str, *parameters: Any) -> None:
        self._execute(statement, parameters)

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if self.dialect == "postgresql":
            from pipeline.writers.postgres import copy_rows

            driver: Any = self.target.connection.connection.driver_connection
            with driver.cursor() as cursor:
                copy_rows(cursor, table.name, table, rows)
        else:
            marks = ", ".join("?" * len(table.names))
            names = ", ".join(map(quoted, table.names))
            self._execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))


class DuckdbStore(Store):
    """DuckDB."""

    dialect = "duckdb"

    def __init__(self, target: DuckdbTarget, failure: type[PipelineError]) -> None:
        super().__init__()
        self.target, self.failure = target, failure

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with repeatable(), self.target.transaction(self.failure):
            yield

    def rows(self, statement: str, *parameters: Any) -> list[Row]:
        return self.target.connection.execute(statement, list(parameters)).fetchall()

    def named(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        found = self.target.connection.execute(statement, list(parameters))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def run(self, statement: str, *parameters: Any) -> None:
        self.target.connection.execute(statement, list(parameters))

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            from pipeline.writers.parquet import arrow_table

            names = ", ".join(map(quoted, table.names))
            connection = self.target.connection
            connection.register("arriving", arrow_table(table, rows, self.target.schema))
            connection.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM arriving")
            connection.unregister("arriving")


@contextmanager
def repeatable() -> Iterator[None]:
    """Give a failure of a statement the hint to repeat the command."""
    try:
        yield
    except LoadFailed as error:
        error.hint = AGAIN
        raise


class Condition:
    """A WHERE clause and its parameters."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.parameters: list[Any] = []

    def add(self, part: str, *parameters: Any) -> None:
        self.parts.append(part)
        self.parameters += parameters

    def equal(self, column: str, value: str | None) -> None:
        if value is not None:
            self.add(f"{column} = ?", value)

    def published(self, since: str | None, until: str | None) -> None:
        """Add the first and the last day of publication."""
        if since is not None:
            self.add("published >= ?", since)
        if until is not None:
            self.add("SUBSTR(published, 1, 10) <= ?", until)

    def words(self, column: str, text: str | None) -> None:
        """Add that a column contains each word of a text, ignoring case."""
        for word in (text or "").lower().split():
            escaped = re.sub(r"([\\%_])", r"\\\1", word)
            self.add(f"LOWER({column}) LIKE ? ESCAPE '\\'", f"%{escaped}%")

    def named(self, name: str, identity: str, text: str | None) -> None:
        """Add that a name, or the names of its identity, contain each word of a text.

        ``name``, ``identity``: SQL expressions for a name and an id of an identity.
        """
        if not (text or "").split():
            return
        here, known = Condition(), Condition()
        here.words(name, text)
        known.words("name || ' ' || CAST(aliases AS TEXT)", text)
        self.add(
            f"({' AND '.join(here.parts)} OR {identity} IN (SELECT id FROM identities {known}))",
            *here.parameters,
            *known.parameters,
        )

    def __str__(self) -> str:
        return f"WHERE {' AND '.join(self.parts)}" if self.parts else ""


@contextmanager
def opened(
    address: str, *, reading: bool = False, failure: type[PipelineError] = LoadFailed
) -> Iterator[Store]:
    """Open a database that has records; ``failure`` is raised if it refuses a statement.

    Raises what ``pipeline.writers.loading.connect`` raises, also for Parquet files, and
    ``DatabaseUnsuitable`` for a database without records.
    """
    if "://" not in address:
        hint = "sqlite:///FILE, duckdb:///FILE or postgresql://…"
        raise BadDatabaseUrl(f"{address!r} is not the address of a database", hint=hint)
    if not reading:  # which would create a database
        with connect(address, reading=True):
            pass
    with connect(address, reading=reading) as target:
        store: Store
        if isinstance(target, SqlTarget):
            store = SqlStore(target, failure)
        else:
            from pipeline.writers.duckdb import DuckdbTarget

            assert isinstance(target, DuckdbTarget)
            store = DuckdbStore(target, failure)
        with store.transaction():
            catalogue = "sqlite_master" if store.dialect == "sqlite" else "information_schema.views"
            name = "name" if store.dialect == "sqlite" else "table_name"
            if not store.rows(f"SELECT 1 FROM {catalogue} WHERE {name} = 'v_statements'"):
                hint = f"update it: pipeline copies --to {address}"
                raise DatabaseUnsuitable("made by an older pipeline", where=address, hint=hint)
        yield store


# JOINED


class Article(NamedTuple):
    """What is read of an article."""

    id: str
    text: str
    published: str | None
    publisher: str | None
    uri: str | None
    byline: str | None
    record_sha256: str

    @property
    def outlet(self) -> str | None:
        """The publisher, otherwise the host of the address."""
        if self.publisher:
            return self.publisher
        with suppress(ValueError):
            return (urlsplit(self.uri or "").hostname or "").removeprefix("www.") or None
        return None


def changed(store: Store) -> list[str]:
    """Return the ids of articles that are new, were replaced, or no longer exist."""
    found = store.rows(
        """
        SELECT a.id FROM articles AS a LEFT JOIN followed AS f ON f.article_id = a.id
        WHERE f.article_id IS NULL OR f.record_sha256 <> a.record_sha256
        UNION ALL
        SELECT f.article_id FROM followed AS f LEFT JOIN articles AS a ON a.id = f.article_id
        WHERE a.id IS NULL
        ORDER BY 1"""
    )
    return [row[0] for row in found]


def fetch(store: Store, ids: Iterable[str]) -> Sequence[Article]:
    asked = f"SELECT {', '.join(Article._fields)} FROM articles WHERE {store.among('id')}"
    return sorted(Article(*row) for row in store.rows(asked, store.listed(ids)))


def moment(published: str | None) -> tuple[bool, datetime]:
    """Return a sort key of a date or time in ISO 8601; unknown ones are last.

    >>> moment("2025-05-02") < moment("2025-05-01T23:30:00-05:00") < moment(None)
    True
    """
    with suppress(ValueError):
        found = datetime.fromisoformat(published or "")
        return False, found if found.tzinfo else found.replace(tzinfo=UTC)
    return True, datetime.min.replace(tzinfo=UTC)
