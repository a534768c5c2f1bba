"""Convert a record to rows of tables, independent of any database."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from pipeline.errors import BrokenRecord
from pipeline.records.schema import ArticleRecord
from pipeline.text.words import count_words
from pipeline.writers.layout import ARTICLES, OWNER, SPANS, TABLES, Column, Table, version_rank

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
Rows = dict[str, list[Row]]

MAX_KEY: Final = 2000
"""Maximum bytes of a key that every database can index."""
MAX_DIGITS: Final = 1000
WRITE_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode
EMPTY: Final = {tuple: "[]", dict: "{}", type(None): None}
DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Entry(NamedTuple):
    """An article to load."""

    id: str
    sha256: str
    """SHA-256 of the record's line: a record with the same hash need not be loaded."""
    rank: int
    """Orders two records of an article by their schema and pipeline versions."""
    size: int
    """Characters in the record's line."""
    rows: Rows


def entry(record: ArticleRecord, tables: Sequence[Table] = TABLES) -> Entry:
    """Return the rows of a record.

    Raises ``BrokenRecord`` for values that no database can store: NUL in a string, an infinite
    number, an id too long to be indexed.
    """
    line = record.to_line().removesuffix("\n")
    item = record.model_dump()
    identity: str = item["id"]
    _refuse_unstorable(item, line)
    sha256 = hashlib.sha256(line.encode()).hexdigest()
    rank = version_rank(item["schema_version"], (item["provenance"] or {}).get("pipeline"))
    rows: Rows = {table.name: [] for table in tables}
    for table in tables:
        cells = _cells_of(table)
        if table.name == ARTICLES:
            rows[ARTICLES].append((*cells(item), sha256, rank))
        elif table.name == SPANS:
            for one in item[table.layer]:
                for role, position, span in _spans(one):
                    rows[SPANS].append((identity, one["id"], role, position, *cells(span)))
        elif table.name in OWNER:
            for one in item[table.layer]:
                for position, part in enumerate(one[table.name]):
                    rows[table.name].append((identity, one["id"], position, *cells(part)))
        else:
            rows[table.name] = [(identity, *cells(one)) for one in item[table.layer]]
    return Entry(identity, sha256, rank, len(line), rows)


def exact(text: str | None) -> str | None:
    """Return a number if it is a plain decimal, otherwise None.

    >>> exact("-0.50"), exact("1/3"), exact(None)
    ('-0.50', None, None)
    """
    if text is None or len(text) > MAX_DIGITS or not DECIMAL.fullmatch(text):
        return None
    return text


def _spans(item: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Yield the role, the position and the span for each span of the item's models."""
    for role, part in item.items():
        if isinstance(part, dict):
            for position, span in enumerate(part.get("spans", ())):
                yield role, position, span


@lru_cache
def _cells_of(table: Table) -> Callable[[Mapping[str, Any]], Row]:
    """Return a function that returns the cells of an item, except those without a path."""
    columns = [column for column in table.columns if column.path]
    outer = itemgetter(*(column.path[0] for column in columns))
    # most rows are spans, whose cells are values of the item unchanged
    made = [
        (index, column.path[1:], _maker(column))
        for index, column in enumerate(columns)
        if column.path[1:] or _maker(column)
    ]

    def cells(item: Mapping[str, Any]) -> Row:
        row: Row = outer(item)
        if not made:
            return row
        changed: list[Any] = list(row)
        for index, path, make in made:
            value = changed[index]
            for key in path:
                if value is None:
                    break
                value = value[key]
            changed[index] = value if make is None else make(value)
        return tuple(changed)

    return cells


def _maker(column: Column) -> Callable[[Any], Cell] | None:
    if column.kind == "number":
        return exact
    if column.kind == "json":
        return _json
    if column.derived:
        return count_words
    return None


def _json(value: object) -> str | None:
    if not value:
        return EMPTY[type(value)]
    return WRITE_JSON(value)


def _refuse_unstorable(item: Mapping[str, Any], line: str) -> None:
    """Raise for values that a record can contain but a database cannot store."""
    where = f"record {item['id'][:100]!r}"
    if "\\u0000" in line and any("\0" in text for text in _strings(item)):
        raise BrokenRecord("a string contains NUL, which databases cannot store", where=where)
    try:
        json.dumps(item["source"]["meta"], allow_nan=False)
    except ValueError as error:
        raise BrokenRecord(
            "source.meta contains a number that is not finite", where=where
        ) from error
    for name, value in (("id", item["id"]), ("published", item["source"]["published"])):
        if value is not None and len(value.encode()) > MAX_KEY:
            raise BrokenRecord(f"{name} is longer than {MAX_KEY:,} bytes", where=where)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
