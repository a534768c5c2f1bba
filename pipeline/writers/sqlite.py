"""Load into SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import NullPool

from pipeline.errors import BadDatabaseUrl, DatabaseUnavailable, LoadFailed
from pipeline.writers.layout import ARTICLES
from pipeline.writers.loading import Tally, sort_out
from pipeline.writers.sql import SqlTarget
from pipeline.writers.tables import DialectName, quoted

if TYPE_CHECKING:
    import sqlite3

    from pipeline.writers.rows import Entry

PATIENCE: Final = 60
"""Seconds to wait for another writer."""


class SqliteTarget(SqlTarget):
    """An SQLite file. One loader writes at a time, the others wait for it."""

    dialect: ClassVar[DialectName] = "sqlite"
    busy = ("database is locked",)
    unsuitable = ("file is not a database",)

    def open(self, url: URL) -> Engine:
        if not url.database or url.database == ":memory:" or url.host:
            hint = (
                "sqlite:///news.db is a file here, sqlite:////data/news.db one at an absolute path"
            )
            raise BadDatabaseUrl("the address names no file", where=self.shown, hint=hint)
        if self.reading and not Path(url.database).exists():
            raise DatabaseUnavailable("no such file", where=self.shown, hint="")
        engine = create_engine(
            url.set(drivername="sqlite"),
            poolclass=NullPool,
            # one thread at a time uses it: first the one that opens it, then the one that stores
            connect_args={
                "timeout": PATIENCE,
                "isolation_level": None,
                "check_same_thread": False,
            },
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
