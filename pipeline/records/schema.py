"""The models of a record, one line of JSONL per article.

Offsets are code point offsets into ``ArticleRecord.text``, half open. A record that breaks an
invariant of ``records.check`` cannot be built, neither from parts nor from a line of JSONL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from pipeline.outcomes import STAGE_FAILED
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
    SourceKind,
    TimeKind,
)

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
        "provenance": {"kernel"},
    },
}
"""The fields that an older schema does not have, in pydantic's notation of what to leave out."""

NonEmpty = Annotated[str, StringConstraints(min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?(/\d+)?$")]
Value = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?(/\d+)?$|^\d+-\d+$")]
Published = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$"),
]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?$")]
Offset = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


def only(ids: Sequence[str]) -> str | None:
    """Return the only id of a list; None where there are several or none."""
    return ids[0] if len(ids) == 1 else None


def _listed(field: str) -> Any:
    """Return a field of ids that defaults to the one id of another, as in records of 1.0."""

    def ids(data: dict[str, Any]) -> tuple[str, ...]:
        return () if data.get(field) is None else (data[field],)

    return Field(default_factory=ids)


class Model(BaseModel):
    """A frozen part of a record that knows no other keys than its own."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class Span(Model):
    """A stretch of the article: ``record.text[start:end] == text``."""

    start: Offset
    """Offset of the first code point."""
    end: Offset
    """Offset behind the last code point."""
    text: NonEmpty
    """The words that stand there."""


class Item(Model):
    """A stretch of the article that other items can refer to."""

    id: NonEmpty
    """Unique within the record: a letter for the layer, a number in text order."""
    start: Offset
    """Offset of the first code point."""
    end: Offset
    """Offset behind the last code point."""
    text: NonEmpty
    """The words that stand there."""


class Mention(Span):
    """One place where an entity is spoken of."""

    kind: MentionKind
    """``name`` (Greer), ``nominal`` (the ambassador) or ``pronoun`` (he)."""
    confidence: Probability | None = None
    """How likely it refers to this entity, calibrated; null where no model decided."""


class Entity(Model):
    """A named person, organisation, place, group, law, work, event or product."""

    id: NonEmpty
    """``e1``, ``e2``, …; what other items refer to."""
    name: NonEmpty
    """The fullest name that the article gives."""
    label: EntityLabel
    """OntoNotes label."""
    mentions: Annotated[tuple[Mention, ...], Field(min_length=1)]
    """Every place where the article speaks of it, in text order."""
    descriptions: tuple[NonEmpty, ...]
    """Titles and roles as the text gives them."""
    identifiers: dict[NonEmpty, NonEmpty]
    """For example ``{"iso3166": "CN"}`` for a country."""


class Marks(Model):
    """The quotation marks around a quote; ``close`` is null where the author forgot it."""

    open: Span
    """The opening mark."""
    close: Span | None
    """The closing mark."""


class Quote(Item):
    """The words inside quotation marks."""

    marks: Marks
    """The marks around the words."""
    kind: QuoteKind
    """``direct``: a whole utterance; ``mixed``: words woven into the reporter's sentence."""
    speech: bool
    """False for a title, a nickname, scare quotes, a sign: nobody is quoted."""
    continues: NonEmpty | None
    """The quote that this one carries on."""
    speaker: NonEmpty | None
    """The entity that says it; null where nobody is named, and where there are several."""
    attribution: NonEmpty | None
    """The attribution whose content holds it."""
    speakers: tuple[NonEmpty, ...] = _listed("speaker")
    """All entities that say it: "Greer and union leaders said"."""
    speaker_confidence: Probability | None = None
    """How likely the speakers are the right ones, calibrated; null without a speaker, and where no
    model decided. It does not say how likely the words are a quote.
    """


class Rate(Model):
    """What a figure is counted by: ``45 cents a gallon``."""

    per: NonEmpty
    """The word as it stands: ``gallon``, ``share``, ``year``."""


class Figure(Item):
    """A number that says how much, how many, what share or what rank."""

    kind: FigureKind
    """What sort of number it is."""
    value: Value | None
    """Exact decimal, ``1/3`` where no decimal is, ``2-1`` for a score; null for a pure range."""
    low: Number | None
    """Lower end of a range or an interval."""
    high: Number | None
    """Upper end of a range or an interval."""
    unit: NonEmpty | None
    """ISO 4217 for money, ``%``, ``pp``, ``bp``, ``{point}``, else UCUM."""
    unit_assumed: bool
    """True where the text leaves part of the unit to the reader: a bare ``$``."""
    unit_text: NonEmpty | None
    """The unit as it stands."""
    bound: Bound | None
    """A hedge: ``approx`` (about), ``at_least``, ``at_most``, ``more_than``, ``less_than``."""
    vague: bool
    """True for "dozens", "millions": ``low`` is known and the value is not."""
    change: Change | None
    """Set where the figure belongs to a change."""
    change_role: ChangeRole | None
    """``delta`` (fell 6%), ``from`` or ``to`` (fell from 9 to 3)."""
    rate: Rate | None
    """What it is counted by."""
    measures: Span | None
    """The words for what it counts or sizes."""
    holder: NonEmpty | None
    """The entity whose figure it is."""
    holder_text: Span | None = None
    """The words for whose figure it is, also where they name no entity; null where none are."""
    confidence: Probability | None = None
    """How likely value, unit and relations are right, calibrated; null where no model decided."""
    time: NonEmpty | None
    """The time that it holds for."""
    attribution: NonEmpty | None
    """The innermost attribution whose content holds it."""


class Range(Model):
    """A stretch of the calendar, half open: a range ends where the next one begins."""

    start: Moment
    """Its first day, or its first minute: ISO 8601, with ``Z`` where the text gives UTC."""
    end: Moment
    """The day or the minute behind it."""


class Time(Item):
    """A time expression."""

    kind: TimeKind
    """``date``, ``time`` (of day), ``duration`` or ``set`` (every Monday)."""
    value: NonEmpty | None
    """TIMEX3 / ISO 8601-2; null when relative and the article has no known date."""
    relative: bool
    """True where it is read against another date: "last year"."""
    range: Range | None = None
    """``value`` as two dates or times, the end not included. Null for durations, sets, seasons,
    what is vague or not resolved, and in records of schema 1.0, which do not have it.
    """


class AttributionSource(Model):
    """Who or what says it."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """The words that name the source, in text order."""
    form: SourceForm
    """How it is named; ``none`` where only the content stands."""
    entity: NonEmpty | None
    """The entity behind the words, through names, pronouns and titles; null for several."""
    anonymous: bool
    """The text does not name the source, an ``unnamed_person`` or an ``unnamed_group``."""
    entities: tuple[NonEmpty, ...] = _listed("entity")
    """All entities behind the words."""
    entity_confidence: Probability | None = None
    """How likely the entities are the right ones, calibrated; null without an entity, and where no
    model decided.
    """
    kind: SourceKind | None = None
    """What sort of source it is. A phrase with a name in it ("a spokesman for Firth Capital") is
    never ``unknown``. Null in records of schema 1.0, which do not have it.
    """


class Cue(Model):
    """The words that tell of the saying."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """The verb group, "according to" or the noun."""
    lemma: NonEmpty | None
    """The verb or noun in its dictionary form."""
    type: CueType | None
    """What sort of act it is; null for a word that the lexicon does not know."""
    negated: bool
    """True for "did not say"."""


class Content(Model):
    """What is said; parts of one statement split by "she said" are one content."""

    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """The parts of the statement, in text order, marks included."""


class Attribution(Model):
    """Source, cue and content of one statement."""

    id: NonEmpty
    """``a1``, ``a2``, … in text order."""
    kind: AttributionKind
    """What stands in marks: all of it (``direct``), a part (``mixed``), nothing (``indirect``)."""
    source: AttributionSource | None
    """Null where a quote or a claim has no source in the text."""
    cue: Cue | None
    """Null where no word tells of the saying."""
    content: Content | None
    """Null where nothing is told: "declined to comment"."""
    quotes: tuple[NonEmpty, ...]
    """Ids of the quotes in the content."""
    figures: tuple[NonEmpty, ...]
    """Ids of the figures in the content."""
    parent: NonEmpty | None
    """The attribution inside whose content this one stands."""
    confidence: Probability | None
    """How likely an annotator would mark it, calibrated; null where no model decided.

    It says that the words are attributed, not that the entity of the source is the right one: see
    ``source.entity_confidence``.
    """


class Source(Model):
    """Where the article comes from; ``sha256`` is that of ``text`` in UTF-8."""

    uri: NonEmpty | None
    """The path or the URL of the input."""
    title: NonEmpty | None
    """As the input gives it."""
    byline: NonEmpty | None
    """As the input gives it."""
    publisher: NonEmpty | None
    """As the input gives it."""
    published: Published | None
    """What relative times are read against."""
    language: NonEmpty | None
    """As the input gives it."""
    sha256: Sha256
    """Checksum of the text."""
    meta: dict[str, JsonValue]
    """All other keys of the JSONL row, untouched."""


class ModelVersion(Model):
    """A model that took part."""

    name: NonEmpty
    """As in ``models/manifest.toml``."""
    version: NonEmpty
    """Of the model."""
    sha256: Sha256
    """Of all its files together."""


class Provenance(Model):
    """What made the record."""

    pipeline: NonEmpty
    """Version of this package."""
    settings: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Fingerprint of the settings that shape a record."""
    models: tuple[ModelVersion, ...]
    """Every model that was used."""
    kernel: NonEmpty | None = None
    """The libraries that multiplied matrices and their kernel; null in older records. Of all
    fields, this one alone depends on the machine."""


class Warning(Model):
    """Something that a user of the record should know."""

    code: Annotated[str, StringConstraints(pattern=r"^W\d{3}$")]
    """Stable: the reference of errors lists them."""
    message: NonEmpty
    """For a person to read."""
    start: Offset | None
    """Where it concerns a place in the text."""
    end: Offset | None
    """Where it concerns a place in the text."""


class ArticleRecord(Model):
    """Everything that was found in one article."""

    schema_version: Literal["1.0", "1.1"]
    """Raised when a field is added; a new major would be announced."""
    id: NonEmpty
    """The caller's, else the first 32 hex digits of the text's SHA-256."""
    source: Source
    """Where the article comes from."""
    text: str
    """The article exactly as it was read; all offsets count into it."""
    entities: tuple[Entity, ...]
    """Who and what has a name."""
    quotes: tuple[Quote, ...]
    """What stands in quotation marks."""
    figures: tuple[Figure, ...]
    """Numbers that say how much."""
    times: tuple[Time, ...]
    """Time expressions."""
    attributions: tuple[Attribution, ...]
    """Who says, thinks or shows what."""
    provenance: Provenance | None
    """What made the record."""
    warnings: tuple[Warning, ...]
    """What a user of the record should know."""

    @model_validator(mode="after")
    def _hold_invariants(self) -> Self:
        problem = next(check.problems(self), None)
        if problem:
            raise ValueError(problem)
        return self

    @property
    def incomplete(self) -> bool:
        """Whether a stage failed on the article, so that the record lacks what it finds."""
        return any(warning.code == STAGE_FAILED for warning in self.warnings)

    def to_line(self) -> str:
        """Return the record as one line of JSONL, the closing line feed included.

        A record of an older schema keeps its bytes: fields that came later are left out.
        """
        return self.model_dump_json(exclude=ADDED.get(self.schema_version)) + "\n"

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
