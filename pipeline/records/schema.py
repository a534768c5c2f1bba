"""Models of a record, which is one line of JSONL per article.

Offsets are code point offsets into ``ArticleRecord.text``, half open. A record that breaks an
invariant of ``records.check`` can be neither created nor read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from pipeline.outcomes import STAGE_FAILED
from pipeline.records import check, labels


def exact(pattern: str) -> tuple[Any, ...]:
    """Return pydantic's annotations of a number that JSON has as a string of a pattern."""
    matches = re.compile(pattern).fullmatch

    def read(number: object) -> Decimal | str:
        text = written(number) if isinstance(number, Decimal) else number
        if not isinstance(text, str) or not matches(text):
            raise ValueError(f"not an exact number: {text!r:.100}")
        return decimal(text)

    schema = {"pattern": pattern, "type": "string"}
    return PlainValidator(read), PlainSerializer(written, return_type=str), WithJsonSchema(schema)


def decimal(text: str) -> Decimal | str:
    """Return a number as a decimal if that is written the same, otherwise unchanged.

    >>> decimal("1.50"), decimal("1/3"), decimal("2-1"), decimal("007")
    (Decimal('1.50'), '1/3', '2-1', '007')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if written(number) == text else text


def written(number: Decimal | str) -> str:
    """Return a number as JSON has it, without an exponent.

    >>> written(Decimal("1E+3")), written(Decimal("0.0000001")), written("1/3")
    ('1000', '0.0000001', '1/3')
    """
    return f"{number:f}" if isinstance(number, Decimal) else number


SCHEMA_VERSION: Final = "1.1"
ADDED: Final[dict[str, Any]] = {
    "1.0": {
        "entities": {"__all__": {"mentions": {"__all__": {"confidence"}}}},
        "quotes": {"__all__": {"speakers", "speaker_confidence"}},
        "attributions": {
            "__all__": {"source": {"entities": True, "entity_confidence": True, "kind": True}}
        },
        "figures": {"__all__": {"holder_text", "confidence"}},
        "times": {"__all__": {"range"}},
        "source": {"from_text"},
        "provenance": {"kernel"},
    }
}
"""The fields that an older schema lacks, in pydantic's ``exclude`` notation."""

NonEmpty = Annotated[str, StringConstraints(min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[Decimal | str, *exact(r"^-?\d+(\.\d+)?(/\d+)?$")]
Value = Annotated[Decimal | str, *exact(r"^-?\d+(\.\d+)?(/\d+)?$|^\d+-\d+$")]
Published = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$"),
]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?$")]
Offset = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


LAYERS: Final = ("entities", "quotes", "figures", "times", "attributions")
NAMES: Final = "_names"
NAMING: Final = ("quotes", "figures", "attributions")
"""The layers whose items know the names of the record's entities."""
SEPARATOR: Final = " … "
"""Between the parts of discontinuous words."""


def only(ids: Sequence[str]) -> str | None:
    """Return the only id of a list; None if there are several or none."""
    return ids[0] if len(ids) == 1 else None


def _listed(field: str) -> Any:
    """Return a field of ids that defaults to the single id of another field, as in schema 1.0."""

    def ids(data: dict[str, Any]) -> tuple[str, ...]:
        return () if data.get(field) is None else (data[field],)

    return Field(default_factory=ids)


class Model(BaseModel):
    """A frozen part of a record that refuses unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )

    def _bound(self, names: Mapping[str, str]) -> Self:
        """Return this part of a record with the names of the record's entities by id.

        A part that already belongs to a record with other names is copied.
        """
        found = self if self.__dict__.get(NAMES, names) is names else self.model_copy()
        # pydantic neither serialises nor compares what is not a field
        found.__dict__[NAMES] = names
        return found

    def _names_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        names = self.__dict__.get(NAMES, {})
        return tuple(names[id] for id in ids if id in names)


class Span(Model):
    """A span of the article: ``record.text[start:end] == text``."""

    start: Offset
    """Offset of the first code point."""
    end: Offset
    """Offset after the last code point."""
    text: NonEmpty
    """The text of the span."""


class Item(Model):
    """A span of the article that other items can refer to."""

    id: NonEmpty
    """Unique within the record: a letter for the layer and a number in text order."""
    start: Offset
    """Offset of the first code point."""
    end: Offset
    """Offset after the last code point."""
    text: NonEmpty
    """The text of the span."""


class Mention(Span):
    """One mention of an entity."""

    kind: labels.MentionKind
    """``name`` (Greer), ``nominal`` (the ambassador) or ``pronoun`` (he)."""
    confidence: Probability | None = None
    """Probability that it refers to this entity, calibrated; null if no model decided."""


class Entity(Model):
    """A named person, organisation, place, group, law, work, event or product."""

    id: NonEmpty
    """``e1``, ``e2``, … in text order; other items refer to it."""
    name: NonEmpty
    """The fullest name in the article."""
    label: labels.EntityLabel
    """OntoNotes label."""
    mentions: Annotated[tuple[Mention, ...], Field(min_length=1)]
    """All mentions, in text order."""
    descriptions: tuple[NonEmpty, ...]
    """Titles and roles, in the words of the text."""
    identifiers: dict[NonEmpty, NonEmpty]
    """Identifiers such as ``{"iso3166": "CN"}`` for a country."""


class Marks(Model):
    """The quotation marks around a quote."""

    open: Span
    """The opening mark."""
    close: Span | None
    """The closing mark; null if the text has none."""


class Quote(Item):
    """The text inside quotation marks."""

    marks: Marks
    """The marks around the text."""
    kind: labels.QuoteKind
    """``direct``: a complete utterance; ``mixed``: quoted words within the reporter's sentence."""
    speech: bool
    """False if nobody is quoted: a title, a nickname, scare quotes or a sign."""
    continues: NonEmpty | None
    """The quote that this one continues."""
    speaker: NonEmpty | None
    """The entity that says it; null if none is known, or if there are several."""
    attribution: NonEmpty | None
    """The attribution whose content contains the quote."""
    speakers: tuple[NonEmpty, ...] = _listed("speaker")
    """All entities that say it, as in "Greer and union leaders said"."""
    speaker_confidence: Probability | None = None
    """Probability that the speakers are right, calibrated; null without a speaker, or if no model
    decided. It is not the probability that the text is a quote.
    """

    @property
    def speaker_name(self) -> str | None:
        """The name of the speaker; None if there is none, or if there are several."""
        return only(self.speaker_names)

    @property
    def speaker_names(self) -> tuple[str, ...]:
        """The names of all speakers; empty if the quote is not in a record."""
        return self._names_of(self.speakers)


class Rate(Model):
    """What a figure is given per, as in ``45 cents a gallon``."""

    per: NonEmpty
    """The word in the text: ``gallon``, ``share``, ``year``."""


class Figure(Item):
    """A number that says how much, how many, what share or what rank."""

    kind: labels.FigureKind
    """The kind of number."""
    value: Value | None
    """Exact decimal; ``1/3`` if no decimal is exact, ``2-1`` for a score; null if only a range is
    given.
    """
    low: Number | None
    """Lower end of a range or an interval."""
    high: Number | None
    """Upper end of a range or an interval."""
    unit: NonEmpty | None
    """ISO 4217 for money; ``%``, ``pp``, ``bp`` or ``{point}``; otherwise UCUM."""
    unit_assumed: bool
    """True if the text does not give the full unit: a bare ``$``."""
    unit_text: NonEmpty | None
    """The unit in the words of the text."""
    bound: labels.Bound | None
    """``approx`` (about), ``at_least``, ``at_most``, ``more_than`` or ``less_than``."""
    vague: bool
    """True for "dozens" or "millions": ``low`` is known, but the value is not."""
    change: labels.Change | None
    """Direction of the change, if the figure belongs to one."""
    change_role: labels.ChangeRole | None
    """``delta`` (fell 6%), ``from`` or ``to`` (fell from 9 to 3)."""
    rate: Rate | None
    """What the figure is given per."""
    measures: Span | None
    """The words for what the figure counts or measures."""
    holder: NonEmpty | None
    """The entity that the figure belongs to."""
    holder_text: Span | None = None
    """The words for the holder, even if they name no entity; null if the text has none."""
    confidence: Probability | None = None
    """Probability that value, unit and relations are right, calibrated; null if no model
    decided.
    """
    time: NonEmpty | None
    """The time that the figure applies to."""
    attribution: NonEmpty | None
    """The innermost attribution whose content contains the figure."""

    @property
    def holder_name(self) -> str | None:
        """The name of the holder; None if it is not an entity, or the figure not in a record."""
        return only(self._names_of(() if self.holder is None else (self.holder,)))


class Range(Model):
    """An interval on the calendar, half open: a range ends where the next one begins."""

    start: Moment
    """The first day or minute, in ISO 8601; with ``Z`` if the text gives UTC."""
    end: Moment
    """The day or minute after the last one."""

    @classmethod
    def of(cls, bounds: tuple[str, str] | None) -> Self | None:
        """Return the range from one moment to another; None without any."""
        return cls(start=bounds[0], end=bounds[1]) if bounds else None


class Time(Item):
    """A time expression."""

    kind: labels.TimeKind
    """``date``, ``time`` (of day), ``duration`` or ``set`` (every Monday)."""
    value: NonEmpty | None
    """TIMEX3 / ISO 8601-2; null if the time is relative and the article has no known date."""
    relative: bool
    """True if the time is resolved against another date: "last year"."""
    range: Range | None = None
    """``value`` as an interval, the end not included. A duration has one only if it ends or begins
    at publication ("the past three years"). Null for sets and times that are vague or not resolved,
    and in records of schema 1.0.
    """


class AttributionSource(Model):
    """The source of an attribution: who or what says it."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """The words that name the source, in text order."""
    form: labels.SourceForm
    """How the text refers to the source; ``none`` if it gives only the content."""
    entity: NonEmpty | None
    """The entity that the words refer to; null if none is known, or if there are several."""
    anonymous: bool
    """True if the text does not name the source: an ``unnamed_person`` or an ``unnamed_group``."""
    entities: tuple[NonEmpty, ...] = _listed("entity")
    """All entities that the words refer to."""
    entity_confidence: Probability | None = None
    """Probability that the entities are right, calibrated; null without an entity, or if no model
    decided.
    """
    kind: labels.SourceKind | None = None
    """The kind of source. A phrase that contains a name ("a spokesman for Firth Capital") is never
    ``unknown``. Null in records of schema 1.0.
    """


class Cue(Model):
    """The words that introduce the content."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """A verb group, "according to" or a noun."""
    lemma: NonEmpty | None
    """Dictionary form of the verb or noun."""
    type: labels.CueType | None
    """The type of act; null for a word that is not in the lexicon."""
    negated: bool
    """True for "did not say"."""


class Content(Model):
    """What is said. A statement that "she said" interrupts is one content in two parts."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """The parts of the statement, in text order, including quotation marks."""


class Attribution(Model):
    """Source, cue and content of one statement."""

    id: NonEmpty
    """``a1``, ``a2``, … in text order."""
    kind: labels.AttributionKind
    """How much is in quotation marks: all (``direct``), some (``mixed``) or none (``indirect``)."""
    source: AttributionSource | None
    """Null if the text gives no source."""
    cue: Cue | None
    """Null if no words introduce the content."""
    content: Content | None
    """Null if there is none: "declined to comment"."""
    quotes: tuple[NonEmpty, ...]
    """Ids of the quotes in the content."""
    figures: tuple[NonEmpty, ...]
    """Ids of the figures in the content."""
    parent: NonEmpty | None
    """The attribution whose content contains this one."""
    confidence: Probability | None
    """Probability that an annotator would mark it, calibrated; null if no model decided.

    It says whether the words are attributed, not whether the entity of the source is right: see
    ``source.entity_confidence``.
    """

    @property
    def source_name(self) -> str | None:
        """The name of the source; None if it is not an entity, or if there are several."""
        return only(self.source_names)

    @property
    def source_names(self) -> tuple[str, ...]:
        """The names of all sources; empty if the attribution is not in a record."""
        return self._names_of(self.source.entities if self.source else ())

    @property
    def source_text(self) -> str | None:
        """The words for the source, ``…`` between separate parts."""
        return _text(self.source)

    @property
    def cue_text(self) -> str | None:
        """The words of the cue, ``…`` between separate parts."""
        return _text(self.cue)

    @property
    def content_text(self) -> str | None:
        """The words of the content, ``…`` between separate parts."""
        return _text(self.content)


def _text(words: AttributionSource | Cue | Content | None) -> str | None:
    return SEPARATOR.join(span.text for span in words.spans) if words else None


class Source(Model):
    """Origin and metadata of the article."""

    uri: NonEmpty | None
    """Path or URL of the input."""
    title: NonEmpty | None
    """As given in the input, otherwise the headline above the story, if the text has one."""
    byline: NonEmpty | None
    """As given in the input."""
    publisher: NonEmpty | None
    """As given in the input."""
    published: Published | None
    """Date of publication as given in the input, otherwise that of a dateline with a year; relative
    times are resolved against it."""
    language: NonEmpty | None
    """As given in the input."""
    sha256: Sha256
    """SHA-256 of ``text`` in UTF-8."""
    meta: dict[str, JsonValue]
    """All other keys of the JSONL row, unchanged."""
    from_text: tuple[Literal["title", "published"], ...] = ()
    """What the input does not give and was read from the text."""


class ModelVersion(Model):
    """A model that was used."""

    name: NonEmpty
    """As in ``models/manifest.toml``."""
    version: NonEmpty
    """Version of the model."""
    sha256: Sha256
    """SHA-256 of all its files together."""


class Provenance(Model):
    """The software, settings and models that made the record."""

    pipeline: NonEmpty
    """Version of this package."""
    settings: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Fingerprint of the settings that affect records."""
    models: tuple[ModelVersion, ...]
    """All models that were used."""
    kernel: NonEmpty | None = None
    """The libraries that multiplied matrices and their kernel; null in older records. This is the
    only field that depends on the machine."""


class Warning(Model):
    """Something that a user of the record should know."""

    code: Annotated[str, StringConstraints(pattern=r"^W\d{3}$")]
    """Stable code; see the reference of warnings."""
    message: NonEmpty
    """Human-readable message."""
    start: Offset | None
    """Start of the span that it concerns, if any."""
    end: Offset | None
    """End of the span that it concerns, if any."""


class ArticleRecord(Model):
    """Everything found in one article."""

    schema_version: Literal["1.0", "1.1"]
    """Version of the schema. Within 1.x, fields are only added."""
    id: NonEmpty
    """The id given in the input, or else the first 32 hex digits of the text's SHA-256."""
    source: Source
    """Where the article comes from."""
    text: str
    """The article exactly as it was read; all offsets refer to it."""
    entities: tuple[Entity, ...]
    """Named entities."""
    quotes: tuple[Quote, ...]
    """Text in quotation marks."""
    figures: tuple[Figure, ...]
    """Numbers with their units and relations."""
    times: tuple[Time, ...]
    """Time expressions."""
    attributions: tuple[Attribution, ...]
    """Who says, thinks or shows what."""
    provenance: Provenance | None
    """The software, settings and models that made the record."""
    warnings: tuple[Warning, ...]
    """Warnings about the record."""

    @model_validator(mode="after")
    def _hold_invariants(self) -> Self:
        problem = next(check.problems(self), None)
        if problem:
            raise ValueError(problem)
        names = {one.id: one.name for one in self.entities}
        layers = [getattr(self, layer) for layer in NAMING]
        known = next((one.__dict__[NAMES] for one in chain(*layers) if NAMES in one.__dict__), None)
        if known == names:
            names = known  # comparing the names of each part would be quadratic
        for layer, parts in zip(NAMING, layers, strict=True):
            self.__dict__[layer] = tuple(one._bound(names) for one in parts)
        return self

    def entity(self, id: str) -> Entity:
        """Return the entity with an id; raise ``KeyError`` if there is none."""
        for one in self.entities:
            if one.id == id:
                return one
        raise KeyError(id)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Yield the id, the title and the number of items of each layer."""
        yield "id", self.id
        if self.source.title:
            yield "title", self.source.title
        for layer in LAYERS:
            yield layer, len(getattr(self, layer))

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        """Return a short view for notebooks: who said what, and the figures."""
        return markup(self)

    @property
    def incomplete(self) -> bool:
        """Whether a stage failed on the article, so that its findings are missing."""
        return any(warning.code == STAGE_FAILED for warning in self.warnings)

    def to_line(self) -> str:
        """Return the record as one line of JSONL, including the line feed.

        A record of an older schema keeps its bytes: newer fields are left out.
        """
        return self.model_dump_json(exclude=ADDED.get(self.schema_version)) + "\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Return the record of a line; raise ``pydantic.ValidationError`` if it is invalid."""
        return cls.model_validate_json(line)


ROWS: Final = 8
"""Rows of a table; further ones are counted."""
CHARACTERS: Final = 200
"""Characters of a cell."""
ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
    | {chr(code): f"U+{code:04X}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
)
"""Markup, and marks that reverse the direction of what follows."""


def markup(record: ArticleRecord) -> str:
    """Return a short view of a record for notebooks: self-contained HTML without a script."""
    source = record.source
    counts = [f"{layer}: {len(getattr(record, layer))}" for layer in LAYERS]
    about = [one for one in (source.publisher, source.published) if one]
    quotes = [
        (", ".join(one.speaker_names), one.text, one.kind) for one in record.quotes if one.speech
    ]
    figures = [
        (one.text, one.measures.text if one.measures else "", one.holder_name or "")
        for one in record.figures
    ]
    return "".join(
        (
            f"<div><p><b>{_cell(source.title or record.id)}</b><br>",
            f"{_cell(' · '.join((*about, *counts)))}</p>",
            *_table(("speaker", "quote", "kind"), quotes),
            *_table(("figure", "measures", "holder"), figures),
            "</div>",
        )
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<table><thead>{_row('th', head)}</thead><tbody>"
    for row in rows[:ROWS]:
        yield _row("td", row)
    yield "</tbody></table>"
    if len(rows) > ROWS:
        yield f"<p>… {len(rows) - ROWS} more</p>"


def _row(name: str, cells: Iterable[str]) -> str:
    made = (f'<{name} style="text-align: left"><bdi>{_cell(c)}</bdi></{name}>' for c in cells)
    return f"<tr>{''.join(made)}</tr>"


def _cell(text: str) -> str:
    """Return text as markup, on one line and cut if it is long."""
    line = " ".join(text.split())
    cut = line if len(line) <= CHARACTERS else line[: CHARACTERS - 1] + "…"
    return cut.translate(ESCAPES)


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8 as 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a record."""
    schema = ArticleRecord.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
