"""Load into databases accessed through SQLAlchemy: their common base, and SQLite."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Self

from sqlalchemy import create_engine, event, exc, inspect, select
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateColumn

from pipeline.errors import (
    BadDatabaseUrl,
    DatabaseBusy,
    DatabaseUnavailable,
    DatabaseUnsuitable,
    LoadFailed,
    PipelineError,
)
from pipeline.writers.layout import ARTICLES, OWN_NAMES, Schema, linked_anew, version_rank
from pipeline.writers.loading import Checks, Tally, sort_out
from pipeline.writers.tables import VERSION_TABLE, DialectName, metadata, quoted, views

if TYPE_CHECKING:
    import sqlite3

    from pipeline.writers.layout import Entry

LONGEST_MESSAGE = 300


class SqlTarget(ABC, Checks):
    """A database accessed through an SQLAlchemy engine."""

    dialect: ClassVar[DialectName]
    busy: ClassVar[tuple[str, ...]] = ()
    """Parts of error messages that mean another program has locked the database."""
    unsuitable: ClassVar[tuple[str, ...]] = ()
    """Parts of error messages that mean this is not such a database."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = ()
    """Driver exceptions that SQLAlchemy does not wrap."""

    def __init__(self, address: str, schema: Schema, *, reading: bool = False) -> None:
        url = parse(address)
        self.shown = url.render_as_string(hide_password=True)
        self.schema = schema
        self.metadata = metadata(schema.tables)
        self.reading = reading
        self.engine = self.open(url)
        with self.failing(DatabaseUnavailable):
            connection = self.engine.connect()
        try:
            with self.failing(LoadFailed), connection.begin():
                if reading:
                    self.check_versions(self.stored(connection))
                else:
                    self.lock(connection)
                    self.prepare(connection)
        except LoadFailed as error:
            connection.close()
            error.hint = "a new database, and one of an older pipeline, is made ready by its owner"
            raise
        except BaseException:
            connection.close()
            raise
        self.connection = connection

    @abstractmethod
    def open(self, url: URL) -> Engine:
        """Return the engine; raise ``BadDatabaseUrl`` for an incomplete URL."""

    @abstractmethod
    def lock(self, connection: Connection) -> None:
        """Prevent others from preparing the database at the same time."""

    @abstractmethod
    def put(self, entries: Sequence[Entry], *, force: bool = False) -> Tally:
        """Store articles in one transaction."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.engine.dispose()

    def prepare(self, connection: Connection) -> None:
        """Create the tables and views, or add what a newer schema needs; do nothing if complete."""
        inspector = inspect(connection)
        present = {*inspector.get_table_names(), *inspector.get_view_names()}
        if self.stored(connection) is None:
            taken = present & {*self.metadata.tables, *views(self.dialect)}
            self.check_names(taken)
        elif (
            version_rank(*self.check_versions(self.stored(connection))) >= self.schema.rank
            and present >= OWN_NAMES
        ):
            return
        else:
            for name in views(self.dialect):
                connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
            for statement in linked_anew(present):
                connection.exec_driver_sql(statement)
            self.add_columns(connection, present)
        self.metadata.create_all(connection)
        for statement in views(self.dialect).values():
            connection.exec_driver_sql(statement)
        versions = self.metadata.tables[VERSION_TABLE]
        connection.execute(versions.delete())
        connection.execute(
            versions.insert().values(
                id=1, schema_version=self.schema.version, pipeline_version=self.schema.pipeline
            )
        )

    def stored(self, connection: Connection) -> tuple[str, str] | None:
        """Return the schema and pipeline versions that last prepared the database."""
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        table = self.metadata.tables[VERSION_TABLE]
        row = connection.execute(select(table.c.schema_version, table.c.pipeline_version)).first()
        return None if row is None else (row[0], row[1])

    def add_columns(self, connection: Connection, present: Iterable[str]) -> None:
        inspector = inspect(connection)
        for name, table in self.metadata.tables.items():
            if name not in present:
                continue
            there = {column["name"] for column in inspector.get_columns(name)}
            for column in table.columns:
                if column.name in there:
                    continue
                self.check_missing(name, column.name, column.nullable)
                made = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {quoted(name)} ADD COLUMN {made}")
            for index in table.indexes:
                index.create(connection, checkfirst=True)

    @contextmanager
    def failing(self, kind: type[PipelineError]) -> Iterator[None]:
        """Convert the driver's exceptions to our errors."""
        errors: tuple[type[Exception], ...] = (exc.SQLAlchemyError, *self.driver_errors)
        try:
            yield
        except errors as error:
            message = one_line(error.orig if isinstance(error, exc.DBAPIError) else error)
            if any(sign in message for sign in self.busy):
                kind = DatabaseBusy
            elif any(sign in message for sign in self.unsuitable):
                kind = DatabaseUnsuitable
            raise kind(message, where=self.shown) from error


def parse(address: str) -> URL:
    """Parse an address; raise ``BadDatabaseUrl``."""
    try:
        address.encode()  # a database name must be valid UTF-8
        return make_url(address)
    except (exc.ArgumentError, ValueError) as error:
        # the address is not shown, since it may contain a password
        raise BadDatabaseUrl("the address of the database cannot be read") from error


def file_of(url: URL, hint: str, *, there: bool) -> str:
    """Return the path in an address; ``there`` refuses a file that does not exist."""
    shown = url.render_as_string(hide_password=True)
    if not url.database or url.database == ":memory:" or url.host:
        raise BadDatabaseUrl("the address names no file", where=shown, hint=hint)
    if there and not Path(url.database).exists():
        raise DatabaseUnavailable("no such file", where=shown, hint="")
    return url.database


def one_line(error: object) -> str:
    """Return an error message as one line that is safe for a terminal.

    >>> one_line(ValueError("no\\x1b such host\\nhint"))
    'no such host'
    """
    lines = str(error).strip().splitlines()
    shown = "".join(c for c in (lines or [type(error).__name__])[0] if c.isprintable())
    return shown[:LONGEST_MESSAGE]


PATIENCE: Final = 60
"""Seconds to wait for another writer."""


class SqliteTarget(SqlTarget):
    """An SQLite file. One loader writes at a time, the others wait for it."""

    dialect: ClassVar[DialectName] = "sqlite"
    busy = ("database is locked",)
    unsuitable = ("file is not a database",)

    def open(self, url: URL) -> Engine:
        hint = "sqlite:///news.db is a file here, sqlite:////data/news.db one at an absolute path"
        file_of(url, hint, there=self.reading)
        engine = create_engine(
            url.set(drivername="sqlite"),
            poolclass=NullPool,
            # one thread at a time uses it: first the one that opens it, then the one that stores
            connect_args={"timeout": PATIENCE, "isolation_level": None, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up)
        # lock immediately: two loaders that read first and write later would deadlock
        begin = "BEGIN" if self.reading else "BEGIN IMMEDIATE"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def lock(self, connection: Connection) -> None:
        """Do nothing: every transaction begins as a write transaction."""

    def put(self, entries: Sequence[Entry], *, force: bool = False) -> Tally:
        with self.failing(LoadFailed), self.connection.begin():
            run = self.connection.exec_driver_sql
            marks = ", ".join("?" * len(entries))
            asked = run(
                f"SELECT id, record_sha256, version_rank FROM {ARTICLES} WHERE id IN ({marks})",
                tuple(entry.id for entry in entries),
            )
            known = {identity: (sha256, rank) for identity, sha256, rank in asked}
            chosen, replaced, tally = sort_out(entries, known, force=force)
            for table in reversed(self.schema.tables) if replaced else ():
                key = "id" if table.name == ARTICLES else "article_id"
                run(f"DELETE FROM {table.name} WHERE {key} = ?", [(one,) for one in replaced])
            for table in self.schema.tables:
                rows = [row for entry in chosen for row in entry.rows[table.name]]
                if rows:
                    names = ", ".join(map(quoted, table.names))
                    marks = ", ".join("?" * len(table.names))
                    run(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
        return tally


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
