"""Read records back from a database: what was loaded must come back unchanged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.errors import BrokenRecord, DatabaseUnavailable
from pipeline.output.layout import ARTICLES, OWNER, SPANS, TABLES, Kind, Table
from pipeline.output.loading import Target, connect
from pipeline.output.sql import Database
from pipeline.records.schema import ArticleRecord


def read_records(address: str, ids: Iterable[str] | None = None) -> Iterator[BaseModel]:
    """Yield the records of a database, all of them or those with some ids, in the order of the ids.

    Raises what ``connect`` raises, and ``BrokenRecord`` for rows that do not form a record.
    """
    with connect(address, reading=True) as target:
        rows = rows_of(target)
        at = next(table for table in TABLES if table.name == ARTICLES).names.index("id")
        wanted = sorted(row[at] for row in rows[ARTICLES]) if ids is None else ids
        yield from records(wanted, rows)


def rows_of(target: Target) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows by table; columns that an older database lacks are null."""
    if not isinstance(target, Database):
        return _rows_of_files(target)
    found = {}
    with target.transaction(DatabaseUnavailable):
        for table in target.schema.tables:
            there = target.columns(table.name)
            names = ", ".join(f'"{one}"' if one in there else "NULL" for one in table.names)
            found[table.name] = target.rows(f"SELECT {names} FROM {table.name}")
    return found


def _rows_of_files(target: Target) -> dict[str, list[tuple[Any, ...]]]:
    import pyarrow.parquet as pq

    from pipeline.output.parquet import ParquetTarget

    assert isinstance(target, ParquetTarget)
    found = {}
    for table in target.schema.tables:
        made = pq.read_table(target.folder / f"{table.name}.parquet")
        columns = (
            made[name].to_pylist() if name in made.column_names else [None] * made.num_rows
            for name in table.names
        )
        found[table.name] = list(zip(*columns, strict=True))
    return found


def records(
    ids: Iterable[str],
    rows: Mapping[str, Iterable[Sequence[Any]]],
    tables: Sequence[Table] = TABLES,
    model: type[BaseModel] = ArticleRecord,
) -> Iterator[BaseModel]:
    """Yield the records made from the rows of some articles, in the order of the ids.

    The rows may come in any order; ids without an article are skipped. Raises ``BrokenRecord`` for
    rows that do not form a record.
    """
    grouped: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table in tables:
        at = "id" if table.name == ARTICLES else "article_id"
        of = grouped[table.name] = defaultdict(list)
        for row in rows[table.name]:
            cells = dict(zip(table.names, row, strict=True))
            of[cells[at]].append(cells)
    for identity in ids:
        if identity not in grouped[ARTICLES]:
            continue
        found = {name: of[identity] for name, of in grouped.items()}
        item = _item(tables, found)
        try:
            yield model.model_validate_json(json.dumps(item))
        except ValidationError as error:
            message = "its rows make no record: they were changed, or a newer pipeline stored them"
            raise BrokenRecord(message, where=f"record {identity[:100]!r}") from error


def _item(tables: Sequence[Table], cells: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return one record as JSON data."""
    by_name = {table.name: table for table in tables}
    spans: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in sorted(cells[SPANS], key=lambda row: row["position"]):
        spans[row[OWNER[SPANS]]].append((row["role"], _values(by_name[SPANS], row)))
    mentions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(cells["mentions"], key=lambda row: row["position"]):
        mentions[row[OWNER["mentions"]]].append(_values(by_name["mentions"], row))
    record = _values(by_name[ARTICLES], cells[ARTICLES][0])
    for table in tables:
        if table.name in (ARTICLES, SPANS, "mentions"):
            continue
        items = [_values(table, row, spans[row["id"]]) for row in cells[table.name]]
        record[table.name] = sorted(items, key=lambda item: int(item["id"][1:]))
    for entity in record["entities"]:
        entity["mentions"] = mentions[entity["id"]]
    return record


def _values(
    table: Table, cells: Mapping[str, Any], spans: Iterable[tuple[str, dict[str, Any]]] = ()
) -> dict[str, Any]:
    """Return the item of a row, with null for models that are null."""
    item: dict[str, Any] = {}
    for column in table.columns:
        if not column.path or column.derived:
            continue
        at = item
        for key in column.path[:-1]:
            at = at.setdefault(key, {})
        value = cells[column.name]
        if value is not None:
            at[column.path[-1]] = _value(column.kind, value)
        elif column.knows_null:
            at[column.path[-1]] = None
    for role, span in spans:
        item.setdefault(role, {}).setdefault("spans", []).append(span)
    for path in table.optional:
        at = item
        for key in path[:-1]:
            at = at.setdefault(key, {})
        if all(value is None for value in at.setdefault(path[-1], {}).values()):
            at[path[-1]] = None
    return item


def _value(kind: Kind, value: Any) -> Any:
    if kind == "json":
        return json.loads(value) if isinstance(value, str) else value
    if kind == "boolean":
        return bool(value)
    return float(value) if kind == "real" else value
