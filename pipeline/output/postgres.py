"""Load into PostgreSQL with COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool

from pipeline.errors import DatabaseUnsuitable, LoadFailed
from pipeline.output.layout import ARTICLES, LoadEntry, Table
from pipeline.output.loading import LoadTally
from pipeline.output.sql import SqlDatabase

STAGED: Final = "pipeline_staged"
LOCK: Final = 0x6E657773
"""The advisory lock held while tables are created; an arbitrary but fixed number."""


class PostgresTarget(SqlDatabase):
    """A PostgreSQL database.

    The rows of ``articles`` are staged and then inserted or updated in the order of their ids, so
    that two loaders with the same articles wait for each other without a deadlock. The transaction
    that has an article's row locked may replace the rows that belong to it, which come by COPY.
    """

    dialect = "postgresql"
    errors = (*SqlDatabase.errors, psycopg.Error)
    in_list = "{} = ANY(?)"

    def engine(self, url: URL) -> Engine:
        # readers see all tables at one moment; loaders wait for rows, and then must see what the
        # other loader committed
        isolation = "REPEATABLE READ" if self.reading else "READ COMMITTED"
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            isolation_level=isolation,
            connect_args={"client_encoding": "utf8"},
        )

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        return super().execute(statement.replace("?", "%s"), parameters)

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            with self._cursor() as cursor:
                copy_rows(cursor, table.name, table, rows)

    def _cursor(self) -> psycopg.Cursor[Any]:
        driver: Any = self.connection.connection.driver_connection
        cursor: psycopg.Cursor[Any] = driver.cursor()
        return cursor

    def prepare(self) -> None:
        self.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        encoding = self.execute("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            hint = "CREATE DATABASE news ENCODING 'UTF8' TEMPLATE template0"
            message = f"keeps text in {encoding}, which has not every character"
            raise DatabaseUnsuitable(message, where=self.shown, hint=hint)
        super().prepare()

    def put(self, entries: Sequence[LoadEntry], *, force: bool = False) -> LoadTally:
        with self.transaction(LoadFailed), self._cursor() as cursor:
            return self._put(cursor, {entry.id: entry for entry in entries}, force=force)

    def _put(
        self, cursor: psycopg.Cursor[Any], entries: dict[str, LoadEntry], *, force: bool
    ) -> LoadTally:
        articles, *below = self.schema.tables
        cursor.execute(_statement(STAGE))
        copy_rows(
            cursor, STAGED, articles, (row for e in entries.values() for row in e.rows[ARTICLES])
        )
        cursor.execute(_upsert(articles, force=force))
        inserted = dict(cursor.fetchall())
        replaced = [identity for identity, new in inserted.items() if not new]
        if replaced:
            for table in reversed(below):
                delete = sql.SQL("DELETE FROM {} WHERE article_id = ANY(%s)")
                cursor.execute(delete.format(sql.Identifier(table.name)), (replaced,))
        for table in below:
            rows = (row for identity in inserted for row in entries[identity].rows[table.name])
            copy_rows(cursor, table.name, table, rows)
        unchanged = 0
        if len(inserted) < len(entries):
            cursor.execute(_statement(UNCHANGED))
            # those just stored count as identical as well
            unchanged = cursor.fetchall()[0][0] - len(inserted)
        new = len(inserted) - len(replaced)
        older = len(entries) - len(inserted) - unchanged
        return LoadTally(new, len(replaced), unchanged, older)


STAGE: Final = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS {STAGED} (LIKE {ARTICLES}) ON COMMIT DELETE ROWS"
)
UNCHANGED: Final = (
    f"SELECT count(*) FROM {STAGED} AS s JOIN {ARTICLES} AS a USING (id)"
    " WHERE a.record_sha256 = s.record_sha256"
)


def _statement(text: str) -> sql.SQL:
    return sql.SQL(text)


def _upsert(articles: Table, *, force: bool) -> sql.Composed:
    """Return the statement that yields the id of each stored article, and whether it is new."""
    newer = "" if force else "AND a.version_rank <= excluded.version_rank"
    text = f"""
        INSERT INTO {ARTICLES} AS a ({{names}}) SELECT {{names}} FROM {STAGED} ORDER BY id
        ON CONFLICT (id) DO UPDATE SET {{changes}}
        WHERE a.record_sha256 <> excluded.record_sha256 {newer}
        RETURNING id, xmax = 0"""  # of a row that is new, no transaction has locked a version
    names = [sql.Identifier(name) for name in sorted(articles.names, key="id".__ne__)]
    change = sql.SQL("{0} = excluded.{0}")
    return _statement(text).format(
        names=sql.SQL(", ").join(names),
        changes=sql.SQL(", ").join(change.format(name) for name in names[1:]),
    )


def copy_rows(
    cursor: psycopg.Cursor[Any], name: str, table: Table, rows: Iterable[Sequence[Any]]
) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, table.names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
