"""The invariants of a record that concern more than one field.

Spans equal their slices, ids are numbered in text order, every reference resolves, and links that
are stored on both sides agree. No record without that can be read.

A record contradicts itself if parts of one quotation have several speakers, a source comes after
its cue by a paragraph, or a description says nothing. None is made like that, and ``pipeline
validate`` refuses it; records of version 1.0.0, which may be, can still be read.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.records.labels import UNNAMED
from pipeline.text.paragraphs import paragraphs

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord, Attribution, Item, Span


def problems(record: ArticleRecord) -> Iterator[str]:
    """Yield a message for each violated invariant of a record."""
    yield from _text_problems(record)
    yield from _span_problems(record)
    yield from _number_problems(record)
    yield from _order_problems(record)
    yield from _reference_problems(record)
    yield from _mention_problems(record)
    yield from _link_problems(record)


def contradictions(record: ArticleRecord) -> Iterator[str]:
    """Yield a message for each way in which a record contradicts itself."""
    yield from _continuation_problems(record)
    yield from _source_problems(record)
    for entity in record.entities:
        for description in entity.descriptions:
            if not any(map(str.isalpha, description)):
                yield f"{entity.id}: the description {description!r} has no letter"


def _text_problems(record: ArticleRecord) -> Iterator[str]:
    try:
        data = record.text.encode("utf-8")
    except UnicodeEncodeError as error:
        yield f"text contains a lone surrogate at {error.start}"
        return
    if "\0" in record.text:
        yield f"text contains a NUL at {record.text.index(chr(0))}"
    if hashlib.sha256(data).hexdigest() != record.source.sha256:
        yield "source.sha256 is not that of text"


def _attribution_spans(attribution: Attribution) -> Iterator[tuple[str, Sequence[Span]]]:
    for role in ("source", "cue", "content"):
        part = getattr(attribution, role)
        if part is not None:
            yield role, part.spans


def _spans(record: ArticleRecord) -> Iterator[tuple[str, Span | Item]]:
    """Yield every span of a record with a name for messages."""
    for entity in record.entities:
        for mention in entity.mentions:
            yield f"a mention of {entity.id}", mention
    for item in (*record.quotes, *record.figures, *record.times):
        yield item.id, item
    yield from ((name, part) for name, part in _parts(record) if part is not None)
    for attribution in record.attributions:
        for role, spans in _attribution_spans(attribution):
            for span in spans:
                yield f"{attribution.id}.{role}", span


def _parts(record: ArticleRecord) -> Iterator[tuple[str, Span | None]]:
    for quote in record.quotes:
        yield f"{quote.id}.marks.open", quote.marks.open
        yield f"{quote.id}.marks.close", quote.marks.close
    for figure in record.figures:
        yield f"{figure.id}.measures", figure.measures
        yield f"{figure.id}.holder_text", figure.holder_text


def _span_problems(record: ArticleRecord) -> Iterator[str]:
    size = len(record.text)
    for name, span in _spans(record):
        if not span.start < span.end <= size:
            yield f"{name}: [{span.start}, {span.end}) is not a span of a text of {size} characters"
        elif record.text[span.start : span.end] != span.text:
            yield f"{name}: text[{span.start}:{span.end}] is not {span.text!r}"
    for warning in record.warnings:
        start, end = warning.start, warning.end
        if (start is None) != (end is None):
            yield f"warning {warning.code} has one offset without the other"
        elif start is not None and end is not None and not start <= end <= size:
            yield f"warning {warning.code}: [{start}, {end}) is not a span of the text"
    for quote in record.quotes:
        close = quote.marks.close
        if quote.marks.open.end > quote.start or (close is not None and close.start < quote.end):
            yield f"{quote.id}: its marks are not around it"


def _number_problems(record: ArticleRecord) -> Iterator[str]:
    layers: dict[str, list[tuple[str, int]]] = {
        "e": [(e.id, min(m.start for m in e.mentions)) for e in record.entities],
        "q": [(q.id, q.start) for q in record.quotes],
        "f": [(f.id, f.start) for f in record.figures],
        "t": [(t.id, t.start) for t in record.times],
        "a": [(a.id, first_offset(a)) for a in record.attributions],
    }
    for letter, items in layers.items():
        for number, (identity, _) in enumerate(items, 1):
            if identity != f"{letter}{number}":
                yield f"{identity}: the id should be {letter}{number}"
        starts = [start for _, start in items]
        if starts != sorted(starts):
            yield f"{letter}…: not in text order"


def _order_problems(record: ArticleRecord) -> Iterator[str]:
    for entity in record.entities:
        if list(entity.mentions) != sorted(entity.mentions, key=lambda m: (m.start, m.end)):
            yield f"{entity.id}: its mentions are not in text order"
    for attribution in record.attributions:
        if next(_attribution_spans(attribution), None) is None:
            yield f"{attribution.id} has neither source nor cue nor content"
        for role, spans in _attribution_spans(attribution):
            for left, right in pairwise(spans):
                if left.end > right.start:
                    yield f"{attribution.id}.{role}: its spans overlap or are not in text order"


def first_offset(attribution: Attribution) -> int:
    """Return where an attribution begins, whichever role comes first; -1 if it is empty."""
    starts = (s.start for _, spans in _attribution_spans(attribution) for s in spans)
    return min(starts, default=-1)


def _reference_problems(record: ArticleRecord) -> Iterator[str]:
    known = {
        "entity": {e.id for e in record.entities},
        "quote": {q.id for q in record.quotes},
        "figure": {f.id for f in record.figures},
        "time": {t.id for t in record.times},
        "attribution": {a.id for a in record.attributions},
    }
    wanted: list[tuple[str, str, str | None]] = []
    for q in record.quotes:
        wanted += [(f"{q.id}.continues", "quote", q.continues)]
        wanted += [(f"{q.id}.speaker", "entity", q.speaker)]
        wanted += [(f"{q.id}.speakers", "entity", one) for one in q.speakers]
        wanted += [(f"{q.id}.attribution", "attribution", q.attribution)]
        yield from speaker_problems(f"{q.id}.speaker", q.speaker, q.speakers, q.speaker_confidence)
        if q.continues == q.id:
            yield f"{q.id} continues itself"
    for f in record.figures:
        wanted += [(f"{f.id}.holder", "entity", f.holder), (f"{f.id}.time", "time", f.time)]
        wanted += [(f"{f.id}.attribution", "attribution", f.attribution)]
    for a in record.attributions:
        wanted += [(f"{a.id}.parent", "attribution", a.parent)]
        wanted += [(f"{a.id}.quotes", "quote", one) for one in a.quotes]
        wanted += [(f"{a.id}.figures", "figure", one) for one in a.figures]
        if a.source is not None:
            wanted += [(f"{a.id}.source.entity", "entity", a.source.entity)]
            wanted += [(f"{a.id}.source.entities", "entity", one) for one in a.source.entities]
            who = a.source.entity, a.source.entities, a.source.entity_confidence
            yield from speaker_problems(f"{a.id}.source.entity", *who)
            if a.source.anonymous and a.source.entities:
                yield f"{a.id}: an anonymous source has an entity"
            if a.source.kind is not None and a.source.anonymous != (a.source.kind in UNNAMED):
                yield f"{a.id}: a source of kind {a.source.kind} has anonymous={a.source.anonymous}"
    for place, kind, identity in wanted:
        if identity is not None and identity not in known[kind]:
            yield f"{place}: there is no {kind} {identity}"
    yield from _cycle_problems({a.id: a.parent for a in record.attributions}, "is inside")
    yield from _cycle_problems({q.id: q.continues for q in record.quotes}, "continues")


def speaker_problems(
    place: str, single: str | None, several: Sequence[str], confidence: float | None
) -> Iterator[str]:
    """Yield disagreements of a field for one entity, its list for several and its confidence."""
    if single != (several[0] if len(several) == 1 else None):
        yield f"{place} is {single}, but all of them are {', '.join(several) or 'none'}"
    if len(set(several)) < len(several):
        yield f"{place}: an entity is listed twice"
    if confidence is not None and not several:
        yield f"{place} is null but has a confidence"


def _cycle_problems(parents: dict[str, str | None], verb: str) -> Iterator[str]:
    settled: set[str] = set()
    for start in parents:
        path: set[str] = set()
        at: str | None = start
        while at is not None and at in parents and at not in settled:
            if at in path:
                yield f"{at} {verb} itself, through others"
                break
            path.add(at)
            at = parents[at]
        settled.update(path)


def _mention_problems(record: ArticleRecord) -> Iterator[str]:
    owners: dict[tuple[int, int], str] = {}
    for entity in record.entities:
        for mention in entity.mentions:
            place = mention.start, mention.end
            if place in owners:
                yield f"{entity.id}: {mention.text!r} at {mention.start} is also {owners[place]}"
            owners[place] = entity.id


def _link_problems(record: ArticleRecord) -> Iterator[str]:
    """Yield links between attributions, quotes and figures that only one side has."""
    for name, items in (("quotes", record.quotes), ("figures", record.figures)):
        up = {(item.attribution, item.id) for item in items if item.attribution is not None}
        down = {(a.id, one) for a in record.attributions for one in getattr(a, name)}
        for attribution, one in sorted(up ^ down):
            yield f"{attribution} and {one} are linked on one side only"


def _continuation_problems(record: ArticleRecord) -> Iterator[str]:
    """Yield quotations that have other speakers than the one that they continue."""
    said = {one.id: one.speakers for one in record.quotes}
    for one in record.quotes:
        before = said.get(one.continues or "", one.speakers)
        if set(before) != set(one.speakers):
            ours, theirs = (", ".join(who) or "none" for who in (one.speakers, before))
            yield f"{one.id} continues {one.continues}, but its speaker is {ours}, not {theirs}"


def _source_problems(record: ArticleRecord) -> Iterator[str]:
    """Yield sources that begin in a later paragraph than their cue.

    The layout has no exceptions: a signature and the name before a turn are beside their cue, which
    is the dash or the colon.
    """
    starts = [start for start, _ in paragraphs(record.text)]
    for one in record.attributions:
        if one.source is None or one.cue is None:
            continue
        cue, source = one.cue.spans[0].start, one.source.spans[0].start
        if bisect_right(starts, source) > bisect_right(starts, cue):
            yield f"{one.id}: its source begins in a later paragraph than its cue"
