"""Mark the spans of a record's items in its text, and split it at their ends: they may overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord, Attribution, Span


class Mark(NamedTuple):
    """A span of the text with its reference: ``e2:name``, ``a12:cue``, ``f3``."""

    start: int
    end: int
    ref: str


class Piece(NamedTuple):
    """A stretch of text that is entirely inside or outside each mark."""

    start: int
    end: int
    refs: tuple[str, ...]


def cut(start: int, end: int, marks: Iterable[Mark]) -> Iterator[Piece]:
    """Yield the pieces of ``start`` to ``end`` in order, each with the marks that cover it.

    >>> [(p.start, p.end, p.refs) for p in cut(0, 9, [Mark(0, 6, "q1"), Mark(4, 9, "f1")])]
    [(0, 4, ('q1',)), (4, 6, ('q1', 'f1')), (6, 9, ('f1',))]
    """
    opening: dict[int, list[str]] = defaultdict(list)
    closing: dict[int, list[str]] = defaultdict(list)
    for mark in marks:
        first, last = max(mark.start, start), min(mark.end, end)
        if first < last:
            opening[first].append(mark.ref)
            closing[last].append(mark.ref)
    cuts = sorted({start, end, *opening, *closing})
    open_refs: list[str] = []
    for at, following in pairwise(cuts):
        for ref in closing[at]:
            open_refs.remove(ref)
        open_refs += opening[at]
        yield Piece(at, following, tuple(dict.fromkeys(open_refs)))


ROWS = 3
"""Lines that fit between two lines of text; statements nested deeper share the last one."""


def _warnings(record: ArticleRecord) -> Iterator[Mark]:
    for number, warning in enumerate(record.warnings, 1):
        if warning.start is not None and warning.end is not None and warning.start < warning.end:
            yield Mark(warning.start, warning.end, f"w{number}")


def parts(one: Attribution) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Yield the parts of an attribution, each with its role."""
    if one.source:
        yield "source", one.source.spans
    if one.cue:
        yield "cue", one.cue.spans
    if one.content:
        yield "content", one.content.spans


def depths(record: ArticleRecord) -> dict[str, int]:
    """Return the nesting depth of each attribution; 0 means not nested."""
    parents = {one.id: one.parent for one in record.attributions}
    found: dict[str, int] = {}
    for one in parents:
        seen = {one}
        above = parents[one]
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        found[one] = len(seen) - 1
    return found


def _taken(line: bytearray, span: Span) -> bool:
    return line.find(1, span.start, span.end) >= 0
