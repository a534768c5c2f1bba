"""Records as tables in memory, the same as those of ``pipeline load``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from pipeline.errors import UsageError, needing
from pipeline.outcomes import Failure
from pipeline.output.layout import TABLES, LoadEntry, Table, entry
from pipeline.records.schema import ArticleRecord

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Frame = TypeVar("Frame")
BY_NAME: Final = {table.name: table for table in TABLES}


@overload
def to_arrow(records: Iterable[ArticleRecord], table: str) -> pa.Table: ...
@overload
def to_arrow(records: Iterable[ArticleRecord], table: None = None) -> dict[str, pa.Table]: ...
def to_arrow(
    records: Iterable[ArticleRecord], table: str | None = None
) -> pa.Table | dict[str, pa.Table]:
    """Return a table of records as an Arrow table, or all tables by name.

    The tables are ``articles``, ``entities``, ``mentions``, ``times``, ``attributions``,
    ``quotes``, ``figures`` and ``spans``. If there are several records of an article, the one with
    the newer schema and pipeline counts; with the same versions, the last one.

    Raises ``ExtraMissing`` without the extra ``parquet``, ``UsageError`` for an unknown table or
    a ``Failure`` among the records, and ``BrokenRecord`` for a record that no table can hold.
    """
    return _made(records, table, lambda made: made, "parquet", "pyarrow")


@overload
def to_pandas(records: Iterable[ArticleRecord], table: str) -> pd.DataFrame: ...
@overload
def to_pandas(records: Iterable[ArticleRecord], table: None = None) -> dict[str, pd.DataFrame]: ...
def to_pandas(
    records: Iterable[ArticleRecord], table: str | None = None
) -> pd.DataFrame | dict[str, pd.DataFrame]:
    """Return a table of records as a pandas frame, or all tables by name; see ``to_arrow``.

    Integers and booleans have pandas' nullable types, exact numbers are ``Decimal`` objects. Needs
    the extra ``pandas``.
    """
    pandas = _imported("pandas", "pandas")
    pyarrow = _imported("pandas", "pyarrow")
    # without these, offsets that may be null would become floats
    nullable = {
        pyarrow.int64(): pandas.Int64Dtype(),
        pyarrow.float64(): pandas.Float64Dtype(),
        pyarrow.bool_(): pandas.BooleanDtype(),
    }

    def frame(made: pa.Table) -> pd.DataFrame:
        return made.to_pandas(types_mapper=nullable.get)

    return _made(records, table, frame, "pandas", "pyarrow")


@overload
def to_polars(records: Iterable[ArticleRecord], table: str) -> pl.DataFrame: ...
@overload
def to_polars(records: Iterable[ArticleRecord], table: None = None) -> dict[str, pl.DataFrame]: ...
def to_polars(
    records: Iterable[ArticleRecord], table: str | None = None
) -> pl.DataFrame | dict[str, pl.DataFrame]:
    """Return a table of records as a Polars frame, or all tables by name; see ``to_arrow``.

    Needs the extra ``polars``.
    """
    polars = _imported("polars", "polars")
    return _made(records, table, polars.from_arrow, "polars", "pyarrow")


def _imported(extra: str, package: str) -> Any:
    with needing(extra, f"this needs {package}"):
        return import_module(package)


def _made(
    records: Iterable[ArticleRecord], name: str | None, frame: Callable[[Any], Frame], *needed: str
) -> Frame | dict[str, Frame]:
    _imported(*needed)
    from pipeline.output.parquet import arrow_table

    if name is not None and name not in BY_NAME:
        raise UsageError(f"no table {name!r}", hint=f"the tables are {', '.join(BY_NAME)}")
    wanted = TABLES if name is None else (BY_NAME[name],)
    kept: dict[str, LoadEntry] = {}
    for record in records:
        if isinstance(record, Failure):
            raise UsageError(
                f"not a record but a failure: {record.report()}",
                hint="leave out failures: [r for r in found if isinstance(r, ArticleRecord)]",
            )
        one = entry(record, wanted)
        if one.id not in kept or kept[one.id].rank <= one.rank:
            kept[one.id] = one

    def made(table: Table) -> Frame:
        rows = (row for one in kept.values() for row in one.rows[table.name])
        return frame(arrow_table(table, rows))

    return made(BY_NAME[name]) if name is not None else {one.name: made(one) for one in wanted}
