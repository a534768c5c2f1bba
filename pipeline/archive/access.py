"""Run the same statements in each kind of database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import count
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from pipeline.errors import BadDatabaseUrl, DatabaseUnsuitable, LoadFailed, PipelineError
from pipeline.output.layout import FOLLOWED, Column, Table
from pipeline.output.loading import connect
from pipeline.output.sql import DISK, Database

Row = tuple[Any, ...]
BEGIN: Final = {
    ("sqlite", True): ("PRAGMA query_only = ON",),
    ("postgresql", True): ("SET TRANSACTION READ ONLY",),
    # records that are loaded meanwhile are seen whole or not at all; the snapshot is taken after
    # the lock, and so has what the previous holder stored
    ("postgresql", False): (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        f"LOCK TABLE {FOLLOWED.name} IN EXCLUSIVE MODE",
    ),
}
"""What a transaction begins with, by the dialect and whether it only reads; DuckDB opens the file
read-only."""
COLUMN_TYPES: Final = {"text": "TEXT", "integer": "BIGINT"}
AGAIN: Final = "fix the cause and repeat the command: what was stored before is kept"


def texts(*names: str) -> tuple[Column, ...]:
    """Return columns of text."""
    return tuple(Column(name, "text") for name in names)


KEY: Final = texts("key")


class Store:
    """An open database. Statements run within ``transaction``, and have ``?`` for parameters.

    ``among`` makes the condition that a column is in a list, which is one parameter, made by
    ``listed``. ``insert`` inserts rows in bulk.
    """

    def __init__(self, target: Database, failure: type[PipelineError]) -> None:
        """``failure`` is raised if the database refuses a statement."""
        self.target, self.failure = target, failure
        self.dialect = target.dialect
        self.among, self.listed, self.insert = target.among, target.listed, target.insert
        self._numbers = count()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block in one transaction; writers of derived tables wait for each other."""
        try:
            with self.target.transaction(self.failure):
                for statement in BEGIN.get((self.dialect, self.target.reading), ()):
                    self.run(statement)
                yield
        except LoadFailed as error:
            if error.hint != DISK:
                error.hint = AGAIN
            raise

    def rows(self, statement: str, *parameters: Any) -> list[Row]:
        """Return the rows of a query."""
        return self.target.rows(statement, parameters)

    def matching(self, query: str, column: str, values: Iterable[Any]) -> list[Row]:
        """Return the rows of a query without WHERE that have one of the values in a column."""
        return self.rows(f"{query} WHERE {self.among(column)}", self.listed(values))

    def named(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query by the names of its columns."""
        return self.target.named(statement, parameters)

    def run(self, statement: str, *parameters: Any) -> None:
        """Run a statement that has no result."""
        self.target.execute(statement, parameters)

    @contextmanager
    def keys(
        self, rows: Iterable[Sequence[Any]], columns: tuple[Column, ...] = KEY
    ) -> Iterator[str]:
        """Yield the name of a temporary table with rows."""
        table = Table(f"keys_{next(self._numbers)}", columns, (), "")
        described = ", ".join(f'"{one.name}" {COLUMN_TYPES[one.kind]}' for one in columns)
        self.run(f"CREATE TEMPORARY TABLE {table.name} ({described})")
        self.insert(table, [tuple(row) for row in rows])
        if self.dialect == "postgresql":
            self.run(f"ANALYZE {table.name}")
        yield table.name
        # after an error the transaction is over, and the table with it
        self.run(f"DROP TABLE {table.name}")

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


MOST_NAMES = 20_000
"""Names among which a similar one is looked for, the most frequent ones."""
MOST_ALIKE = 3


def alike(address: str, text: str, view: str, column: str) -> list[str]:
    """Return the names of a column that are most like a text, or like it in their last word.

    There are none if a name has all words of the text, which is then not misspelt. Raises what
    ``opened`` raises.
    """
    asked = f"""
        SELECT {column} FROM {view} WHERE {column} IS NOT NULL
        GROUP BY {column} ORDER BY COUNT(*) DESC, {column} LIMIT {MOST_NAMES}"""
    with opened(address, reading=True) as store, store.transaction():
        names = [name for (name,) in store.rows(asked) if name.strip()]
    words = text.casefold().split()
    if not words or any(all(one in name.casefold() for one in words) for name in names):
        return []
    whole: dict[str, str] = {}
    last: dict[str, str] = {}
    for name in names:
        whole.setdefault(name.casefold(), name)
        last.setdefault(name.casefold().split()[-1], name)
    found = [whole[one] for one in get_close_matches(" ".join(words), whole, MOST_ALIKE)]
    found += [last[one] for one in get_close_matches(words[-1], last, MOST_ALIKE, cutoff=0.75)]
    return list(dict.fromkeys(found))[:MOST_ALIKE]


@contextmanager
def opened(
    address: str, *, reading: bool = False, failure: type[PipelineError] = LoadFailed
) -> Iterator[Store]:
    """Open a database that has records; ``failure`` is raised if it refuses a statement.

    Raises what ``pipeline.output.loading.connect`` raises, also for Parquet files, and
    ``DatabaseUnsuitable`` for a database without records.
    """
    if "://" not in address:
        hint = "sqlite:///FILE, duckdb:///FILE or postgresql://…"
        raise BadDatabaseUrl(f"{address!r} is not the address of a database", hint=hint)
    if not reading:  # which would create a database
        with connect(address, reading=True):
            pass
    with connect(address, reading=reading) as target:
        assert isinstance(target, Database)
        store = Store(target, failure)
        with store.transaction():
            if "v_statements" not in target.present():
                hint = f"update it: pipeline copies --db {address}"
                raise DatabaseUnsuitable("made by an older pipeline", where=address, hint=hint)
        yield store


class StoredArticle(NamedTuple):
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


def fetch(store: Store, ids: Iterable[str]) -> Sequence[StoredArticle]:
    asked = f"SELECT {', '.join(StoredArticle._fields)} FROM articles"
    return sorted(StoredArticle(*row) for row in store.matching(asked, "id", ids))


def moment(published: str | None) -> tuple[bool, datetime]:
    """Return a sort key of a date or time in ISO 8601; unknown ones are last.

    >>> moment("2025-05-02") < moment("2025-05-01T23:30:00-05:00") < moment(None)
    True
    """
    with suppress(ValueError):
        found = datetime.fromisoformat(published or "")
        return False, found if found.tzinfo else found.replace(tzinfo=UTC)
    return True, datetime.min.replace(tzinfo=UTC)
