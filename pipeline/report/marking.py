"""Mark the spans of a record's items in its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.report.segments import Mark

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord, Attribution, Span

ROWS = 3
"""Lines that fit between two lines of text; statements nested deeper share the last one."""


def marks(record: ArticleRecord) -> Iterator[Mark]:
    """Yield the marks of all layers.

    A reference is an item's id, followed by the role of the span if an item has several, and by the
    confidence, in percent, that a mention refers to its entity.
    """
    for entity in record.entities:
        for mention in entity.mentions:
            sure = "" if mention.confidence is None else f":{100 * mention.confidence:.0f}"
            yield Mark(mention.start, mention.end, f"{entity.id}:{mention.kind}{sure}")
    for quote in record.quotes:
        close = quote.marks.close
        yield Mark(quote.marks.open.start, close.end if close else quote.end, quote.id)
    for figure in record.figures:
        yield Mark(figure.start, figure.end, figure.id)
        if figure.measures:
            yield Mark(figure.measures.start, figure.measures.end, f"{figure.id}:what")
    for time in record.times:
        yield Mark(time.start, time.end, time.id)
    for one in record.attributions:
        for role, spans in parts(one):
            for span in spans:
                yield Mark(span.start, span.end, f"{one.id}:{role}")
    yield from _warnings(record)


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


def rows(record: ArticleRecord) -> dict[str, int]:
    """Return the line below the text that each attribution is drawn on.

    Outer attributions come first. No two that overlap share a line, as long as there is a free
    line; statements of the same source may overlap in its name.
    """
    depth = depths(record)
    told = [bytearray(len(record.text)) for _ in range(ROWS)]
    named = [bytearray(len(record.text)) for _ in range(ROWS)]
    found: dict[str, int] = {}
    for one in sorted(record.attributions, key=lambda one: depth[one.id]):
        places = [(role == "source", span) for role, spans in parts(one) for span in spans]
        row = min(depth[one.id], ROWS - 1)
        while row < ROWS - 1 and any(
            _taken(told[row], span) or (not is_source and _taken(named[row], span))
            for is_source, span in places
        ):
            row += 1
        for is_source, span in places:
            line = named[row] if is_source else told[row]
            line[span.start : span.end] = b"\x01" * (span.end - span.start)
        found[one.id] = row
    return found


def _taken(line: bytearray, span: Span) -> bool:
    return line.find(1, span.start, span.end) >= 0
