"""Write attributions with their final contents, their kind and their nesting."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import itemgetter

from pipeline.document.annotations import DocAttribution, DocQuote
from pipeline.records.labels import AttributionKind
from pipeline.stages.attributions.reading import Reading
from pipeline.text.spans import CharSpan


def write(reading: Reading, rows: Sequence[DocAttribution]) -> None:
    """Write attributions in text order, the outer first, and assign quotations to them."""
    doc = reading.doc
    ordered = sorted(
        rows, key=lambda row: (row.content[0][0], -row.content[-1][1], -_size(row), row.cue)
    )
    doc._.news.attributions = [
        row._replace(parent=parent) for row, parent in zip(ordered, parents(ordered), strict=True)
    ]
    doc._.news.quotes = _with_attributions(reading, ordered)
    for name in ("source", "cue", "content"):
        spans = [
            doc.char_span(start, end, alignment_mode="expand")
            for row in ordered
            for start, end in getattr(row, name)
        ]
        doc.spans[name + "s"] = [span for span in spans if span is not None]


def _with_attributions(reading: Reading, rows: Sequence[DocAttribution]) -> list[DocQuote]:
    """Return the quotations of speech, each with the smallest content that contains it.

    A content whose cue is inside the quotation reports someone else's words. Nested quotations are
    assigned only to such contents.
    """
    holder = [-1] * len(reading.lower)
    inner = list(holder)
    for at in sorted(range(len(rows)), key=lambda at: (-_size(rows[at]), at)):
        cue = reading.token_range(*rows[at].cue[0])[0]
        around = reading.tokens.get(reading.at_quote[cue], (0, 0))
        for bounds in rows[at].content:
            first, last = reading.token_range(*bounds)
            within = around[0] <= first < around[1]
            (inner if within else holder)[first:last] = [at] * (last - first)
    quotes: list[DocQuote] = []
    for index, quote in enumerate(reading.quotes):
        held: int | None = None
        if quote.speech:
            first, last = reading.token_range(*reading.bounds(index))
            held_by = (holder if quote.parent is None else inner)[first:last]
            at = max(dict.fromkeys(held_by), key=held_by.count)
            held = at if at >= 0 and 2 * held_by.count(at) >= last - first else None
        quotes.append(quote._replace(attribution=held, continues=_continued(quote, held, quotes)))
    return quotes


def _continued(quote: DocQuote, held: int | None, before: Sequence[DocQuote]) -> int | None:
    """Return the quotation that one continues, with its attribution decided.

    Behind a closing mark, that is a guess from the layout: “We lost,” she said. “Badly.” One that
    somebody says with a cue of its own is another utterance: “We lost,” she said. “No,” said Lee.
    """
    if quote.continues is None:
        return None
    other = before[quote.continues]
    own = other.close is not None and None not in (held, other.attribution)
    return None if own and held != other.attribution else quote.continues


def _size(row: DocAttribution) -> int:
    return sum(end - start for start, end in row.content)


def kind_of(reading: Reading, content: Iterable[CharSpan]) -> AttributionKind:
    """Return the kind of a content by the share of it that is quoted."""
    quoted = whole = 0
    for start, end in content:
        whole += end - start
        first, last = reading.token_range(start, end)
        quoted += reading.quoted_before[last] - reading.quoted_before[first]
    if not quoted:
        return "indirect"
    return "direct" if quoted >= 0.8 * whole else "mixed"


def parents(rows: list[DocAttribution]) -> list[int | None]:
    """Return for each attribution the smallest other one whose content contains all of it."""
    parents: list[int | None] = []
    places = [row.cue[0] if row.cue else row.content[0] for row in rows]
    # the smallest start of the remaining cues: a content that ends before it contains none
    firsts = list(accumulate((start for start, _ in reversed(places)), min))[::-1]
    open_: deque[int] = deque()
    kept = 0
    for at, row in enumerate(rows):
        start, end = places[at]
        while open_ and rows[open_[0]].content[-1][1] <= row.content[0][0]:
            open_.popleft()
        if len(open_) > 2 * kept + 16:
            open_ = deque(one for one in open_ if rows[one].content[-1][1] > firsts[at])
            kept = len(open_)
        parents.append(
            next((one for one in reversed(open_) if _holds(rows[one].content, start, end)), None)
        )
        open_.append(at)
    return parents


def _holds(content: Sequence[CharSpan], start: int, end: int) -> bool:
    """Return whether one part of a content, in text order, contains a span of the text."""
    at = bisect_right(content, start, key=itemgetter(0)) - 1
    return at >= 0 and end <= content[at][1]
