"""Mark the spans of a record's items in its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord, Attribution, Span
from pipeline.report.segments import Mark

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
