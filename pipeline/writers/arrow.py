"""Rows as Arrow tables, for DuckDB and Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, Inexact
from typing import Any, Final

import pyarrow as pa

from pipeline.writers.layout import SCHEMA, Column, Kind, Schema, Table
from pipeline.writers.tables import PRECISION

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
