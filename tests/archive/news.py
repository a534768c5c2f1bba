"""A week of articles with copies, updates, repeated quotations and series."""

from __future__ import annotations

from typing import Any

from pipeline.archive.access import opened
from pipeline.output.layout import DERIVED
from pipeline.records.schema import ArticleRecord
from tests.archive.articles import Says, Value, article, prose

LOST = "We lost the bridge, and we will lose the market too."
WIRE = f"LONDON (Reuters) - {prose(1)}"


def week() -> list[ArticleRecord]:
    """Return the articles of a week."""

    def on(id: str, day: int, publisher: str, *parts: Any) -> ArticleRecord:
        return article(id, *parts, published=f"2025-05-0{day}", publisher=publisher, title=id)

    return [
        on("wire", 1, "Wire", WIRE, Says("Ann Roe", LOST), Value("5", given_by="Ministry")),
        on("mirror", 2, "Sun", WIRE, Says("Ann Roe", LOST), Value("5", given_by="Ministry")),
        on("update", 2, "Wire", WIRE, prose(2, 3), Says("Roe", LOST), Value("6")),
        on("own", 3, "Star", prose(3), Says("Roe", "and we will lose the market too")),
        on("other", 3, "Moon", prose(4), Says("Bo Lee", LOST.replace(",", " –"))),
        on("nobody", 4, "Moon", prose(5), Says(None, LOST)),
        on("next", 5, "Star", prose(6), Value("9", time="2025"), Value("8", given_by="Bank")),
        on("short", 5, "Star", prose(7, 1)),
    ]


def tables(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all derived tables."""
    with opened(address, reading=True) as store, store.transaction():
        return {
            table.name: sorted(
                (tuple(map(_plain, row)) for row in store.rows(f"SELECT * FROM {table.name}")),
                key=repr,
            )
            for table in DERIVED
        }


def _plain(cell: Any) -> Any:
    return bytes(cell) if isinstance(cell, memoryview | bytearray) else cell


def rows(address: str, statement: str) -> list[tuple[Any, ...]]:
    with opened(address, reading=True) as store, store.transaction():
        return store.rows(statement)
