"""Split a text at the ends of all its spans, so that spans may overlap freely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    pass


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
