"""What the stages find in a document, kept on ``doc._.news``.

Every offset is a code point offset into ``doc.text``, half open. The values are plain tuples of
strings, numbers and tuples and live in ``doc.user_data``, so that a document survives ``to_bytes``,
a ``DocBin`` and the processes of ``nlp.pipe(n_process=…)``. One item refers to another by its
index in the list of its layer; ids are given when the record is assembled.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from spacy.tokens import Doc

from pipeline.document.rules import By
from pipeline.outcomes import Notice
from pipeline.records.labels import (
    AttributionKind,
    Bound,
    Change,
    ChangeRole,
    CueType,
    FigureKind,
    MentionKind,
    QuoteKind,
    SourceForm,
    SourceKind,
    TimeKind,
)
from pipeline.text.spans import CharSpan


class DocQuote(NamedTuple):
    """Words inside quotation marks; written by ``news_quotes``."""

    start: int
    end: int
    open: CharSpan
    close: CharSpan | None
    kind: QuoteKind
    speech: bool
    parent: int | None = None
    """Index of the enclosing quote."""
    continues: int | None = None
    """Index of the quote that this one continues."""
    attribution: int | None = None
    """Index of its attribution; written by ``news_attributions``."""
    speaker: int | None = None
    """Index of the speaker, if there is exactly one; written by ``news_resolve``."""
    speakers: tuple[int, ...] = ()
    """Indices of all speakers; written by ``news_resolve``."""
    speaker_confidence: float | None = None
    """Calibrated probability that the speakers are right; written by ``news_resolve``."""


class DocTime(NamedTuple):
    """A time expression with its TIMEX3 value; written by ``news_times``."""

    start: int
    end: int
    kind: TimeKind
    value: str | None
    relative: bool = False
    during: tuple[str, str] | None = None
    """The range of a duration that ends or begins at publication: "the past three years"."""


class DocFigure(NamedTuple):
    """A number with its unit and relations; written by ``news_figures``.

    ``value``, ``low`` and ``high`` are exact decimals (or fractions) as strings.
    """

    start: int
    end: int
    kind: FigureKind
    value: str | None
    low: str | None = None
    high: str | None = None
    unit: str | None = None
    unit_assumed: bool = False
    unit_text: str | None = None
    bound: Bound | None = None
    vague: bool = False
    change: Change | None = None
    change_role: ChangeRole | None = None
    per: str | None = None
    """The denominator of a rate: "gallon", "share", "year"."""
    measures: CharSpan | None = None
    holder: CharSpan | None = None
    """The words of the holder; ``news_resolve`` looks up the entity at this place."""
    time: int | None = None
    """Index of the time of the figure."""
    confidence: float | None = None
    """Calibrated probability that value, unit and relations are right."""


class DocAttribution(NamedTuple):
    """Who says, thinks or shows what; written by ``news_attributions``.

    Spans are in text order; a role that is not found is an empty tuple.
    """

    source: tuple[CharSpan, ...]
    cue: tuple[CharSpan, ...]
    content: tuple[CharSpan, ...]
    kind: AttributionKind
    form: SourceForm = "none"
    lemma: str | None = None
    type: CueType | None = None
    negated: bool = False
    parent: int | None = None
    """Index of the attribution whose content contains this one."""
    confidence: float | None = None
    entity: int | None = None
    """Index of the entity of the source, if there is exactly one; written by ``news_resolve``."""
    anonymous: bool = False
    """The text does not name the source; written by ``news_resolve``."""
    source_kind: SourceKind | None = None
    """The kind of the source; written by ``news_resolve``."""
    entities: tuple[int, ...] = ()
    """Indices of all entities of the source; written by ``news_resolve``."""
    entity_confidence: float | None = None
    """Calibrated probability that the entities are right; written by ``news_resolve``."""

    @property
    def anchor(self) -> CharSpan:
        """The place by which it is known: its first cue, or its content if it has none."""
        return (self.cue or self.content or self.source)[0]


class DocMention(NamedTuple):
    """A mention of an entity."""

    start: int
    end: int
    kind: MentionKind
    confidence: float | None = None
    """Calibrated probability that it refers to the entity; None if no model decided."""


class DocEntity(NamedTuple):
    """A named person, organisation, place, … with its mentions; written by ``news_resolve``."""

    name: str
    label: str
    mentions: tuple[DocMention, ...]
    descriptions: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    confidence: float | None = None


Layer = Literal["entities", "quotes", "times", "figures", "attributions"]


class Decision(NamedTuple):
    """What decided something about an item: a model, or a rule."""

    layer: Layer
    start: int
    end: int
    """The place of the item: of a mention, or of an attribution's first cue (see ``anchor``)."""
    what: str
    """What was decided, such as "speaker" or "unit"."""
    by: str
    """The name of the model, or the id of the rule."""
    example: str | None = None
    """An example of the rule; None for a model."""
    confidence: float | None = None


Item = TypeVar("Item", DocQuote, DocTime, DocFigure, DocAttribution, DocEntity, Notice, Decision)


class _Items(Generic[Item]):
    """A layer of ``News``: reading it gives a fresh list, assigning to it writes it whole."""

    def __init__(self, row: type[Item]) -> None:
        self.row: type[Item] = row

    def __set_name__(self, owner: type[News], name: str) -> None:
        self.name = name

    def __get__(self, news: News, owner: type[News]) -> list[Item]:
        items = news.data.get(self.name, ())
        return [item if isinstance(item, self.row) else self.row(*item) for item in items]

    def __set__(self, news: News, items: Iterable[Item]) -> None:
        news.data[self.name] = list(items)


class _Entities(_Items[DocEntity]):
    def __get__(self, news: News, owner: type[News]) -> list[DocEntity]:
        return [
            item._replace(mentions=tuple(DocMention(*mention) for mention in item.mentions))
            for item in super().__get__(news, owner)
        ]


class News:
    """The annotations of one document, accessed as ``doc._.news``.

    Each layer is read as a fresh list and written whole: ``doc._.news.quotes = found``.
    """

    __slots__ = ("data",)

    quotes = _Items(DocQuote)
    times = _Items(DocTime)
    figures = _Items(DocFigure)
    attributions = _Items(DocAttribution)
    entities = _Entities(DocEntity)
    decisions = _Items(Decision)
    """What decided about the items, if ``keep_decisions`` was called before the stages."""
    notices = _Items(Notice)
    """What a user should know about how the text was read; the record's warnings."""

    def __init__(self, doc: Doc) -> None:
        self.data: dict[str, Any] = doc.user_data.setdefault("news", {})

    def has(self, layer: str) -> bool:
        """Return whether a layer has been written, even if nothing was found."""
        return layer in self.data

    @property
    def failed(self) -> bool:
        """Whether a stage failed on the document, so that its findings are missing."""
        return bool(self.data.get("failed"))

    @property
    def published(self) -> date | None:
        """The article's date of publication, to which relative times refer."""
        value = self.data.get("published")
        return date.fromisoformat(value[:10]) if value else None

    @published.setter
    def published(self, value: date | None) -> None:
        self.data["published"] = value.isoformat() if value else None

    @property
    def moment(self) -> datetime | None:
        """The time of publication, if more than the day is known."""
        value = self.data.get("published") or ""
        return datetime.fromisoformat(value) if "T" in value else None

    @property
    def keeps_decisions(self) -> bool:
        """Whether ``keep_decisions`` was called."""
        return "decisions" in self.data

    def keep_decisions(self) -> None:
        """Record from now on what decides about the items."""
        self.decisions = []

    def decide(
        self, layer: Layer, place: CharSpan, what: str, by: By, confidence: float | None = None
    ) -> None:
        """Record what decided about an item, if decisions are kept."""
        kept = self.data.get("decisions")
        if kept is not None:
            id, example = (by, None) if isinstance(by, str) else by[:2]
            kept.append(Decision(layer, *place, what, id, example, confidence))


def snapshot(doc: Doc) -> Callable[[], None]:
    """Return a function that restores the entities, spans and annotations that a document has now,
    after a stage failed.

    A stage replaces a layer, and never changes one in place, so that references are enough.
    """
    ents, spans, news = doc.ents, dict(doc.spans), dict(News(doc).data)

    def restore() -> None:
        doc.ents = ents
        doc.spans.clear()
        doc.spans.update(spans)
        doc.user_data["news"] = {**news, "failed": True}

    return restore


if not Doc.has_extension("news"):
    Doc.set_extension("news", getter=News)


class SpanIndex:
    """Spans of a text that can be looked up by overlap."""

    def __init__(self, places: Iterable[CharSpan]) -> None:
        indexed = sorted((start, end, at) for at, (start, end) in enumerate(places))
        self.starts = [start for start, _, _ in indexed]
        self.ends = [end for _, end, _ in indexed]
        self.index = [at for _, _, at in indexed]

    def find(self, start: int, end: int) -> int | None:
        """Return the index of the span that overlaps a stretch; of several, the last to start."""
        at = bisect_left(self.starts, end) - 1
        for near in range(at, max(-1, at - 4), -1):
            if self.ends[near] > start:
                return self.index[near]
        return None

    def touch(self, start: int, end: int) -> bool:
        """Return whether a stretch overlaps any place."""
        return self.find(start, end) is not None
