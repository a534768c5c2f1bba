"""Load into a folder of Parquet files, one per table.

The folder is replaced as a whole: it is exchanged with a new one in one step, so that a reader
always finds a folder with all its files. Its articles are kept unless newer records of them are
loaded. First, all new records are written to one file per table, each batch as a row group. Then
old and new rows are copied together. The old files are generation 0, and each batch is one more
generation; of each article, only the rows of the winning generation are copied.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Context, Decimal, Inexact
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DatabaseUnavailable, DatabaseUnsuitable, LoadFailed, PipelineError
from pipeline.output.layout import ARTICLES, SCHEMA, Column, Kind, LoadEntry, Schema, Table
from pipeline.output.loading import LoadTally, Target, sort_out
from pipeline.output.sql import PRECISION, one_line

TYPES: Final[dict[Kind, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "number": pa.decimal128(*PRECISION),
    "json": pa.string(),
    "bytes": pa.binary(),
}
DIGITS, DECIMALS = PRECISION
STEP: Final = Decimal(1).scaleb(-DECIMALS)
EXACT: Final = Context(prec=DIGITS, traps=[Inexact])


def arrow_schema(table: Table, schema: Schema = SCHEMA) -> pa.Schema:
    """Return the Arrow schema of a table, with the versions of schema and pipeline as metadata."""
    versions = {"schema_version": schema.version, "pipeline_version": schema.pipeline}
    fields = [pa.field(c.name, TYPES[c.kind], nullable=c.nullable) for c in table.columns]
    return pa.schema(fields, metadata=versions)


def arrow_table(table: Table, rows: Iterable[Sequence[Any]], schema: Schema = SCHEMA) -> pa.Table:
    """Return rows as an Arrow table."""
    columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    arrays = [
        pa.array(_cells(column, cells), TYPES[column.kind])
        for column, cells in zip(table.columns, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table, schema))


def _cells(column: Column, cells: Sequence[Any]) -> Sequence[Any]:
    return [_decimal(cell) for cell in cells] if column.kind == "number" else cells


def _decimal(text: str | None) -> Decimal | None:
    """Return a decimal, or None if the type cannot hold it exactly."""
    if text is None:
        return None
    try:
        return Decimal(text).quantize(STEP, context=EXACT)
    except ArithmeticError:
        return None


COMPRESSION: Final = "zstd"
AT_FDCWD: Final = -100
RENAME_EXCHANGE: Final = 2
RENAME_SWAP: Final = 2
CANNOT: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})
"""Errors of systems whose kernel or file system, such as NFS, cannot exchange folders."""


class ParquetTarget(Target):
    """A folder of Parquet files. A loader waits for the previous one to finish."""

    def __init__(self, address: str, schema: Schema, *, reading: bool = False) -> None:
        self.folder = Path(os.path.realpath(address))
        self.shown = address
        self.schema = schema
        self.arriving = self._beside("new")
        self.joined = self._beside("tmp")
        self.old = self._beside("old")
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.generation = 0
        self.groups: dict[str, list[int]] = {table.name: [] for table in schema.tables}
        """The generation of each new row group."""
        self.lock: int | None = None
        if reading and not self.folder.is_dir():
            raise DatabaseUnavailable("no such folder", where=self.shown, hint="")
        try:
            if not reading:
                self._begin()
            self.known = self._known()
        except BaseException:
            self._unlock()
            raise
        self.winners = dict.fromkeys(self.known, 0)

    def _beside(self, end: str) -> Path:
        return self.folder.with_name(f".{self.folder.name}.{end}")

    def _begin(self) -> None:
        """Wait for other loaders, and clean up after one that was killed."""
        with self._failing(DatabaseUnavailable):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.lock = os.open(self.folder.parent, os.O_RDONLY)
            fcntl.flock(self.lock, fcntl.LOCK_EX)  # released with the process, however it ends
            if not self.folder.exists() and self.old.exists():  # killed between two renames
                self.old.rename(self.folder)
            for left in (self.arriving, self.joined, self.old):
                shutil.rmtree(left, ignore_errors=True)

    def _known(self) -> dict[str, tuple[str, int]]:
        """Return hash and rank of each article; raise ``DatabaseUnsuitable`` for another folder."""
        if not self.folder.exists() or not any(self.folder.iterdir()):
            return {}
        for table in self.schema.tables:
            try:
                found = pq.read_schema(self._file(self.folder, table))
                version = found.metadata[b"schema_version"].decode()
            except (OSError, pa.ArrowException, TypeError, KeyError) as error:
                message = f"{table.name}.parquet is not there, or not of this pipeline"
                raise DatabaseUnsuitable(message, where=self.shown) from error
            self.check_versions((version, ""))
            for column in table.columns:
                if column.name not in found.names:
                    self.check_missing(table.name, column.name, column.nullable)
        wanted = ["id", "record_sha256", "version_rank"]
        path = self._file(self.folder, self.schema.tables[0])
        columns = (column.to_pylist() for column in pq.read_table(path, columns=wanted).columns)
        return {one: (sha256, rank) for one, sha256, rank in zip(*columns, strict=True)}

    def put(self, entries: Sequence[LoadEntry], *, force: bool = False) -> LoadTally:
        chosen, _, tally = sort_out(entries, self.known, force=force)
        if not chosen:
            return tally
        self.generation += 1
        if self.generation == 1:
            with self._failing():
                self.arriving.mkdir()
        for entry in chosen:
            self.known[entry.id] = (entry.sha256, entry.rank)
            self.winners[entry.id] = self.generation
        with self._failing():
            for table in self.schema.tables:
                writer = self._writer(self.arriving, table)
                rows = [row for entry in chosen for row in entry.rows[table.name]]
                if rows:
                    made = arrow_table(table, rows, self.schema)
                    writer.write_table(made, row_group_size=len(rows))
                    self.groups[table.name].append(self.generation)
        return tally

    def _writer(self, folder: Path, table: Table) -> pq.ParquetWriter:
        if table.name not in self.writers:
            path = self._file(folder, table)
            schema = arrow_schema(table, self.schema)
            self.writers[table.name] = pq.ParquetWriter(path, schema, compression=COMPRESSION)
        return self.writers[table.name]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and (self.generation or not self.folder.exists()):
                with self._failing():
                    self._place()
        finally:
            while self.writers:  # after a failure, which may well recur: the disk is full
                with suppress(OSError, pa.ArrowException):
                    self._close()
            for left in (self.arriving, self.joined) if self.lock is not None else ():
                shutil.rmtree(left, ignore_errors=True)
            self._unlock()

    def _place(self) -> None:
        self._close()
        self.joined.mkdir()
        for table in self.schema.tables:
            writer = self._writer(self.joined, table)
            for part in self._won(table):
                writer.write_table(part)
        self._close()
        for path in (*self.joined.iterdir(), self.joined):
            _sync(path)
        if not self.folder.exists():
            self.joined.rename(self.folder)
        elif not exchange(self.joined, self.folder):  # then there is briefly no folder
            self.folder.rename(self.old)
            self.joined.rename(self.folder)
        _sync(self.folder.parent)
        shutil.rmtree(self.old, ignore_errors=True)

    def _won(self, table: Table) -> Iterator[pa.Table]:
        """Yield the rows of a table to keep, one row group at a time."""
        key = "id" if table.name == ARTICLES else "article_id"
        for folder in (self.folder, self.arriving):
            path = self._file(folder, table)
            if not path.exists():
                continue
            with pq.ParquetFile(path) as file:
                for number in range(file.num_row_groups):
                    generation = self.groups[table.name][number] if folder == self.arriving else 0
                    found = self._completed(table, file.read_row_group(number))
                    kept = [self.winners[one] == generation for one in found[key].to_pylist()]
                    yield found.filter(pa.array(kept, pa.bool_()))

    def _close(self) -> None:
        while self.writers:
            self.writers.popitem()[1].close()

    def _completed(self, table: Table, found: pa.Table) -> pa.Table:
        """Add the columns that an older schema lacks, as nulls."""
        schema = arrow_schema(table, self.schema)
        columns = [
            found[field.name].cast(field.type)
            if field.name in found.column_names
            else pa.nulls(found.num_rows, field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    @staticmethod
    def _file(folder: Path, table: Table) -> Path:
        return folder / f"{table.name}.parquet"

    @contextmanager
    def _failing(self, kind: type[PipelineError] = LoadFailed) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            message = getattr(error, "strerror", None) or one_line(error)
            raise kind(message.lower(), where=self.shown) from error

    def _unlock(self) -> None:
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


def exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; return False if the system does not support it.

    Raises ``OSError`` if it is supported but fails.
    """
    system = ctypes.CDLL(None, use_errno=True)
    one, other = os.fsencode(first), os.fsencode(second)
    if hasattr(system, "renameat2"):  # Linux
        failed = system.renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE)
    elif hasattr(system, "renamex_np"):  # macOS
        failed = system.renamex_np(one, other, RENAME_SWAP)
    else:
        return False
    if not failed:
        return True
    if (number := ctypes.get_errno()) in CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(second))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
