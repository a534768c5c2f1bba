"""Load records into a database.

A batch of records is one transaction, and an article is replaced as a whole within one. So the
database has only whole articles at any time, and an interrupted load is finished by loading again.
If there are several records of an article, the one with the newer schema and pipeline stays; with
the same versions, the one loaded last.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from typing import Final, NamedTuple, Self

from pipeline.errors import BadDatabaseUrl, DatabaseUnsuitable, needing
from pipeline.output import layout
from pipeline.output.layout import SCHEMA, LoadEntry, Schema
from pipeline.records.schema import ArticleRecord

BATCH: Final = 500
"""Maximum number of articles in one transaction."""
BATCH_SIZE: Final = 16_000_000
"""Characters of records in one transaction; once reached, no further article is added."""
PARQUET: Final = ".parquet"
WAYS: Final = {
    "sqlite": ("pipeline.output.sql", "SqliteTarget"),
    "postgresql": ("pipeline.output.postgres", "PostgresTarget"),
    "postgres": ("pipeline.output.postgres", "PostgresTarget"),
    "duckdb": ("pipeline.output.duckdb", "DuckdbTarget"),
    PARQUET: ("pipeline.output.parquet", "ParquetTarget"),
}
NEEDED: Final = {
    "pipeline.output.postgres": ("sql", ("psycopg",)),
    "pipeline.output.duckdb": ("duckdb", ("duckdb", "pyarrow")),
    "pipeline.output.parquet": ("parquet", ("pyarrow",)),
}
"""Extra and packages required by each kind of database."""


class LoadTally(NamedTuple):
    """Counts of what happened to the articles."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    older: int = 0
    """Unchanged, since the database has them from a newer schema or pipeline."""

    def plus(self, other: LoadTally) -> LoadTally:
        return LoadTally(*(a + b for a, b in zip(self, other, strict=True)))


class Target(ABC):
    """A database to load records into."""

    shown: str
    schema: Schema

    @abstractmethod
    def put(self, entries: Sequence[LoadEntry], *, force: bool = False) -> LoadTally:
        """Store articles, each id once, in one transaction; ``force`` replaces newer records."""

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Close the database; on success, finish a target that is replaced as a whole."""

    def check_versions(self, stored: tuple[str, str] | None) -> tuple[str, str]:
        """Return the versions that last prepared the database; raise ``DatabaseUnsuitable``."""
        if stored is None:
            message = "contains no records of this pipeline"
            raise DatabaseUnsuitable(message, where=self.shown, hint="")
        if stored[0].partition(".")[0] != self.schema.major:
            message = f"made for records of schema {stored[0]}; these are of {self.schema.version}"
            raise DatabaseUnsuitable(message, where=self.shown)
        return stored

    def check_missing(self, table: str, column: str, nullable: bool | None) -> None:
        """Raise ``DatabaseUnsuitable`` if a missing column cannot be added to existing rows."""
        if not nullable:
            message = f"{table} lacks {column}, which cannot be added to rows"
            raise DatabaseUnsuitable(message, where=self.shown)


def connect(address: str, schema: Schema = SCHEMA, *, reading: bool = False) -> Target:
    """Open the database of an address; an empty one is prepared first, unless for ``reading``.

    Raises ``BadDatabaseUrl``, ``ExtraMissing``, ``DatabaseUnavailable``, ``DatabaseUnsuitable`` or
    ``DatabaseBusy``.
    """
    scheme, mark, _ = address.partition("://")
    if mark:
        way = WAYS.get(scheme.partition("+")[0].lower())
    else:
        way = WAYS[PARQUET] if address.rstrip("/").endswith(PARQUET) else None
    if way is None or scheme == PARQUET:
        shown = f"cannot load into {scheme!r}" if mark else f"{address!r} is not an address"
        meant = f"sqlite:///{address}" if not mark and address.endswith((".db", ".sqlite")) else ""
        hint = f"did you mean {meant}?" if meant else None
        raise BadDatabaseUrl(shown, hint=hint)
    module, name = way
    extra, packages = NEEDED.get(module, ("", ()))
    for package in packages:
        with needing(extra, f"loading into {scheme if mark else 'Parquet'} needs {package}"):
            import_module(package)
    opened: Target = getattr(import_module(module), name)(address, schema, reading=reading)
    return opened


def has_identities(address: str) -> bool:
    """Return whether the database of an address has tables of identities; Parquet has none."""
    return "://" in address


def load(records: Iterable[ArticleRecord], address: str, *, force: bool = False) -> LoadTally:
    """Load records into a database and return the counts.

    ``force`` lets a record of an older pipeline replace that of a newer one. Raises what
    ``connect`` raises, ``BrokenRecord`` for a record that no database can store, and
    ``LoadFailed``.
    """
    tally = LoadTally()
    stored: Future[LoadTally] | None = None
    # a batch is stored while the next one is read; an interrupt waits for the current batch
    with connect(address) as target, ThreadPoolExecutor(1) as storing:
        for batch in batches(layout.entry(record) for record in records):
            if stored is not None:
                tally = tally.plus(stored.result())
            stored = storing.submit(target.put, batch, force=force)
        if stored is not None:
            tally = tally.plus(stored.result())
    return tally


def batches(entries: Iterable[LoadEntry]) -> Iterator[list[LoadEntry]]:
    """Yield the articles in batches without duplicates."""
    batch: dict[str, LoadEntry] = {}
    size = 0
    for entry in entries:
        if entry.id in batch or len(batch) == BATCH or size >= BATCH_SIZE:
            yield list(batch.values())
            batch, size = {}, 0
        batch[entry.id] = entry
        size += entry.size
    if batch:
        yield list(batch.values())


def sort_out(
    entries: Sequence[LoadEntry], known: Mapping[str, tuple[str, int]], *, force: bool
) -> tuple[list[LoadEntry], list[str], LoadTally]:
    """Return the articles to store, those of them that replace one, and the counts.

    ``known``: ``record_sha256`` and ``version_rank`` of the articles in the database.
    """
    chosen: list[LoadEntry] = []
    replaced: list[str] = []
    new = unchanged = older = 0
    for entry in entries:
        sha256, rank = known.get(entry.id, ("", 0))
        if sha256 == entry.sha256:
            unchanged += 1
        elif rank > entry.rank and not force:
            older += 1
        else:
            chosen.append(entry)
            if entry.id in known:
                replaced.append(entry.id)
            else:
                new += 1
    return chosen, replaced, LoadTally(new, len(replaced), unchanged, older)
