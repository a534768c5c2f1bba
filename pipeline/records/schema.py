"""The models of a record, one line of JSONL per article.

Offsets are code point offsets into ``ArticleRecord.text``, half open. A record that breaks an
invariant of ``records.check`` cannot be built, neither from parts nor from a line of JSONL.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from pipeline.records import check
from pipeline.records.labels import (
    AttributionKind,
    Bound,
    Change,
    ChangeRole,
    CueType,
    EntityLabel,
    FigureKind,
    MentionKind,
    QuoteKind,
    SourceForm,
    TimeKind,
)

SCHEMA_VERSION: Final = "1.0"

NonEmpty = Annotated[str, StringConstraints(min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?(/\d+)?$")]
Value = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?(/\d+)?$|^\d+-\d+$")]
Published = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$"),
]
Offset = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """A frozen part of a record that knows no other keys than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Span(Model):
    """A stretch of the article: ``record.text[start:end] == text``."""

    start: Offset
    end: Offset
    text: NonEmpty


class Item(Model):
    """A stretch of the article that other items can refer to."""

    id: NonEmpty
    start: Offset
    end: Offset
    text: NonEmpty


class Mention(Span):
    """One place where an entity is spoken of."""

    kind: MentionKind


class Entity(Model):
    """A named person, organisation, place, group, law, work, event or product."""

    id: NonEmpty
    name: NonEmpty
    label: EntityLabel
    """OntoNotes label."""
    mentions: Annotated[tuple[Mention, ...], Field(min_length=1)]
    descriptions: tuple[NonEmpty, ...]
    """Titles and roles as the text gives them."""
    identifiers: dict[NonEmpty, NonEmpty]
    """For example ``{"iso3166": "CN"}`` for a country."""


class Marks(Model):
    """The quotation marks around a quote; ``close`` is null where the author forgot it."""

    open: Span
    close: Span | None


class Quote(Item):
    """The words inside quotation marks."""

    marks: Marks
    kind: QuoteKind
    """``direct``: a whole utterance; ``mixed``: words woven into the reporter's sentence."""
    speech: bool
    """False for a title, a nickname, scare quotes, a sign: nobody is quoted."""
    continues: NonEmpty | None
    """The quote that this one carries on."""
    speaker: NonEmpty | None
    attribution: NonEmpty | None


class Rate(Model):
    """What a figure is counted by: ``45 cents a gallon``."""

    per: NonEmpty


class Figure(Item):
    """A number that says how much, how many, what share or what rank."""

    kind: FigureKind
    value: Value | None
    """Exact decimal, ``1/3`` where no decimal is, ``2-1`` for a score; null for a pure range."""
    low: Number | None
    high: Number | None
    unit: NonEmpty | None
    """ISO 4217 for money, ``%``, ``pp``, ``bp``, ``{point}``, else UCUM."""
    unit_assumed: bool
    unit_text: NonEmpty | None
    bound: Bound | None
    vague: bool
    change: Change | None
    change_role: ChangeRole | None
    rate: Rate | None
    measures: Span | None
    holder: NonEmpty | None
    time: NonEmpty | None
    attribution: NonEmpty | None


class Time(Item):
    """A time expression."""

    kind: TimeKind
    value: NonEmpty | None
    """TIMEX3 / ISO 8601-2; null when relative and the article has no known date."""
    relative: bool


class AttributionSource(Model):
    """Who or what says it."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    form: SourceForm
    entity: NonEmpty | None
    anonymous: bool
    """The text does not name the source."""


class Cue(Model):
    """The words that tell of the saying."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    lemma: NonEmpty | None
    type: CueType | None
    negated: bool


class Content(Model):
    """What is said; parts of one statement split by "she said" are one content."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]


class Attribution(Model):
    """Source, cue and content of one statement."""

    id: NonEmpty
    kind: AttributionKind
    source: AttributionSource | None
    cue: Cue | None
    content: Content | None
    """Null where nothing is told: "declined to comment"."""
    quotes: tuple[NonEmpty, ...]
    figures: tuple[NonEmpty, ...]
    parent: NonEmpty | None
    """The attribution inside whose content this one stands."""
    confidence: Probability | None


class Source(Model):
    """Where the article comes from; ``sha256`` is that of ``text`` in UTF-8."""

    uri: NonEmpty | None
    title: NonEmpty | None
    byline: NonEmpty | None
    publisher: NonEmpty | None
    published: Published | None
    language: NonEmpty | None
    sha256: Sha256
    meta: dict[str, JsonValue]


class ModelVersion(Model):
    """A model that took part."""

    name: NonEmpty
    version: NonEmpty
    sha256: Sha256


class Provenance(Model):
    """What made the record."""

    pipeline: NonEmpty
    settings: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    models: tuple[ModelVersion, ...]


class Warning(Model):
    """Something that a user of the record should know."""

    code: Annotated[str, StringConstraints(pattern=r"^W\d{3}$")]
    message: NonEmpty
    start: Offset | None
    end: Offset | None


class ArticleRecord(Model):
    """Everything that was found in one article."""

    schema_version: Literal["1.0"]
    id: NonEmpty
    source: Source
    text: str
    entities: tuple[Entity, ...]
    quotes: tuple[Quote, ...]
    figures: tuple[Figure, ...]
    times: tuple[Time, ...]
    attributions: tuple[Attribution, ...]
    provenance: Provenance | None
    warnings: tuple[Warning, ...]

    @model_validator(mode="after")
    def _hold_invariants(self) -> Self:
        problem = next(check.problems(self), None)
        if problem:
            raise ValueError(problem)
        return self

    def to_line(self) -> str:
        """Return the record as one line of JSONL, the closing line feed included."""
        return self.model_dump_json() + "\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Return the record of a line; raise ``pydantic.ValidationError`` if it is not one."""
        return cls.model_validate_json(line)


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8 as 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a record."""
    schema = ArticleRecord.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
