"""The page's data for one article: its text in pieces, with the items of each piece.

The spans of items may overlap: the text is split at their ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import pairwise
from typing import Any, NamedTuple, TypedDict

from pipeline.desk.pages import figures
from pipeline.desk.pages.speakers import RecordSpeakers, Speaker, depths
from pipeline.records.schema import ArticleRecord, Attribution, Figure, Span, Time
from pipeline.text.paragraphs import BREAK, head, paragraphs
from pipeline.text.words import article_name, count_words


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


def cut(size: int, marks: Iterable[Mark]) -> Iterator[Piece]:
    """Yield the pieces of a text of this size in order, each with the marks that cover it.

    >>> [(p.start, p.end, p.refs) for p in cut(9, [Mark(0, 6, "q1"), Mark(4, 9, "f1")])]
    [(0, 4, ('q1',)), (4, 6, ('q1', 'f1')), (6, 9, ('f1',))]
    """
    opening: dict[int, list[str]] = defaultdict(list)
    closing: dict[int, list[str]] = defaultdict(list)
    for mark in marks:
        first, last = max(mark.start, 0), min(mark.end, size)
        if first < last:
            opening[first].append(mark.ref)
            closing[last].append(mark.ref)
    cuts = sorted({0, size, *opening, *closing})
    open_refs: list[str] = []
    for at, following in pairwise(cuts):
        for ref in closing[at]:
            open_refs.remove(ref)
        open_refs += opening[at]
        yield Piece(at, following, tuple(dict.fromkeys(open_refs)))


ROWS = 3
"""Lines that fit between two lines of text; statements nested deeper share the last one."""


def parts(one: Attribution) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Yield the parts of an attribution, each with its role."""
    if one.source:
        yield "source", one.source.spans
    if one.cue:
        yield "cue", one.cue.spans
    if one.content:
        yield "content", one.content.spans


def marks_of(record: ArticleRecord) -> Iterator[Mark]:
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


def row_numbers(record: ArticleRecord) -> dict[str, int]:
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


UNSURE = 0.5
"""A statement with a lower confidence is shown as unsure."""
UNSURE_WHO = 0.8
"""A speaker or a source with a lower confidence is shown as unsure."""
UNSURE_FIGURE = 0.4
"""A figure with a lower confidence is shown as unsure."""
EXCERPT = 90
PARAGRAPH = "¶"
"""Marks the reference of a paragraph among the references of its pieces."""

PieceView = str | tuple[str, str]
"""Text, or text with its references, separated by spaces."""


class EntityView(TypedDict):
    id: str
    name: str
    label: str
    descriptions: list[str]
    identifiers: list[str]
    mentions: int


class QuoteView(TypedDict):
    id: str
    kind: str
    speech: bool
    speakers: list[int]
    """Indices into the article's speakers."""
    identity: float | None
    """Confidence that these are the speakers."""
    attribution: str | None


class FigureView(TypedDict):
    id: str
    text: str
    kind: str
    value: str
    number: float | None
    assumed: bool
    vague: bool
    change: str | None
    role: str | None
    what: str | None
    whose: str | None
    when: str | None
    said: list[int]
    """Indices of the speakers who say it."""
    attribution: str | None
    confidence: float | None
    """Confidence that value, unit and relations are correct."""


class TimeView(TypedDict):
    id: str
    text: str
    kind: str
    value: str | None
    relative: bool
    range: list[str] | None
    """Its first day or minute, and the one after its last."""


class StatementView(TypedDict):
    id: str
    kind: str
    source: str | None
    """Its words in the text."""
    form: str | None
    speakers: list[int]
    identity: float | None
    cue: str | None
    lemma: str | None
    type: str | None
    negated: bool
    parent: str | None
    row: int
    confidence: float | None


class WarningView(TypedDict):
    code: str
    message: str
    placed: bool


class ArticleView(TypedDict):
    id: str
    name: str
    title: str | None
    headed: bool
    """Whether the text begins with the title."""
    uri: str | None
    byline: str | None
    publisher: str | None
    published: str | None
    language: str | None
    paragraphs: list[list[PieceView]]
    words: int
    entities: list[EntityView]
    quotes: list[QuoteView]
    figures: list[FigureView]
    times: list[TimeView]
    statements: list[StatementView]
    speakers: list[dict[str, Any]]
    """The fields of ``Speaker``."""
    warnings: list[WarningView]
    models: list[str]


def article_view(record: ArticleRecord) -> ArticleView:
    """Return the page's data for an article."""
    speakers = RecordSpeakers(record)
    ranked = speakers.all()
    place = {id(one): number for number, one in enumerate(ranked)}

    def numbers_of(who: Iterable[Speaker]) -> list[int]:
        return [place[id(one)] for one in who]

    names = {one.id: one.name for one in record.entities}
    times = {one.id: one for one in record.times}
    rows = row_numbers(record)
    by_attribution = speakers.by_attribution
    return {
        "id": record.id,
        "name": name(record),
        "title": record.source.title,
        "headed": _headed(record),
        "uri": record.source.uri,
        "byline": record.source.byline,
        "publisher": record.source.publisher,
        "published": record.source.published,
        "language": record.source.language,
        "paragraphs": [[piece for _, piece in block] for block in _pieces(record)],
        "words": count_words(record.text),
        "entities": [
            {
                "id": one.id,
                "name": one.name,
                "label": one.label,
                "descriptions": list(one.descriptions),
                "identifiers": [f"{key} {value}" for key, value in one.identifiers.items()],
                "mentions": len(one.mentions),
            }
            for one in record.entities
        ],
        "quotes": [
            {
                "id": one.id,
                "kind": one.kind,
                "speech": one.speech,
                "speakers": numbers_of(speakers.by_quote[one.id]),
                "identity": one.speaker_confidence,
                "attribution": one.attribution,
            }
            for one in record.quotes
        ],
        "figures": [
            _figure(one, names, times, numbers_of(by_attribution.get(one.attribution or "", ())))
            for one in record.figures
        ],
        "times": [
            {
                "id": one.id,
                "text": _one_line(one.text),
                "kind": one.kind,
                "value": one.value,
                "relative": one.relative,
                "range": [one.range.start, one.range.end] if one.range else None,
            }
            for one in record.times
        ],
        "statements": [
            _statement(one, rows[one.id], numbers_of(by_attribution[one.id]))
            for one in record.attributions
        ],
        "speakers": [asdict(one) for one in ranked],
        "warnings": [
            {"code": one.code, "message": one.message, "placed": one.start is not None}
            for one in record.warnings
        ],
        "models": [
            f"{one.name} {one.version}"
            for one in (record.provenance.models if record.provenance else ())
        ],
    }


def starts(record: ArticleRecord) -> list[list[int]]:
    """Return the text offset at which each piece of each paragraph begins."""
    return [[start for start, _ in block] for block in _pieces(record)]


def name(record: ArticleRecord) -> str:
    """Return a name for an article without a title: its file, otherwise its id."""
    return article_name(None, record.source.uri, record.id)


def excerpt(record: ArticleRecord) -> str:
    """Return the first words of an article, or its headline if it has one."""
    text = record.text
    start, end = next(iter(head(text)), (0, 4 * EXCERPT))
    first = _one_line(text[start:end])
    if len(first) <= EXCERPT:
        return first
    return first[:EXCERPT].rpartition(" ")[0] + " …"


def unsure(record: ArticleRecord) -> int:
    """Return the number of statements with a low confidence."""
    sure = Counter(
        one.confidence is not None and one.confidence < UNSURE for one in record.attributions
    )
    return sure[True]


def unsure_who(record: ArticleRecord) -> int:
    """Return the number of quotes and statements with an unsure speaker or source."""
    said = [one.speaker_confidence for one in record.quotes]
    told = [one.source.entity_confidence for one in record.attributions if one.source]
    return sum(sure is not None and sure < UNSURE_WHO for sure in (*said, *told))


def _headed(record: ArticleRecord) -> bool:
    title = record.source.title
    if title is None:
        return False
    first = next(iter(paragraphs(record.text)), (0, 0))
    return _one_line(record.text[slice(*first)]).casefold() == _one_line(title).casefold()


def _pieces(record: ArticleRecord) -> list[list[tuple[int, PieceView]]]:
    """Return the paragraphs in pieces, each with the text offset at which it begins.

    Hard-wrapped lines are joined.
    """
    text = record.text
    bounds = paragraphs(text)
    # if marks begin together, the outer one comes first: the last mark is the innermost
    marks = sorted(marks_of(record), key=lambda mark: (mark.start, -mark.end, mark.ref))
    marks += [Mark(*bound, f"{PARAGRAPH}{number}") for number, bound in enumerate(bounds)]
    found: list[list[tuple[int, PieceView]]] = [[] for _ in bounds]
    for piece in cut(len(text), marks):
        block = next((ref for ref in piece.refs if ref.startswith(PARAGRAPH)), None)
        shown = BREAK.sub(" ", text[piece.start : piece.end])
        if block is not None and shown:
            refs = " ".join(ref for ref in piece.refs if ref != block)
            view: PieceView = (shown, refs) if refs else shown
            found[int(block.removeprefix(PARAGRAPH))].append((piece.start, view))
    return found


def _figure(
    one: Figure, names: dict[str, str], times: dict[str, Time], said: list[int]
) -> FigureView:
    owner = _one_line(one.holder_text.text) if one.holder_text else None
    return {
        "id": one.id,
        "text": _one_line(one.text),
        "kind": one.kind,
        "value": figures.shown(one),
        "number": figures.number(one),
        "assumed": one.unit_assumed,
        "vague": one.vague,
        "change": one.change,
        "role": one.change_role,
        "what": _one_line(one.measures.text) if one.measures else None,
        "whose": names.get(one.holder or "", owner),
        "when": _when(times.get(one.time or "")),
        "said": said,
        "attribution": one.attribution,
        "confidence": one.confidence,
    }


def _when(time: Time | None) -> str | None:
    """Return a calendar date as its value, any other time as its text."""
    if time is None:
        return None
    return time.value if figures.first_day(time.value) and time.value else _one_line(time.text)


def _statement(one: Attribution, row: int, speakers: list[int]) -> StatementView:
    source, cue = one.source, one.cue
    return {
        "id": one.id,
        "kind": one.kind,
        "source": " … ".join(_one_line(span.text) for span in source.spans) if source else None,
        "form": source.form if source else None,
        "speakers": speakers,
        "identity": source.entity_confidence if source else None,
        "cue": " … ".join(_one_line(span.text) for span in cue.spans) if cue else None,
        "lemma": cue.lemma if cue else None,
        "type": cue.type if cue else None,
        "negated": bool(cue and cue.negated),
        "parent": one.parent,
        "row": row,
        "confidence": one.confidence,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
