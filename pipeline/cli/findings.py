"""Findings of a record for display: speakers and their confidence, figures, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.cli.table import count_layers
from pipeline.report import figures as wording
from pipeline.report.article import excerpt, name
from pipeline.report.speakers import Speakers
from pipeline.text.words import count_words

if TYPE_CHECKING:
    from collections import Counter

    from pipeline.records.schema import ArticleRecord, Attribution, Figure, Quote, Span
    from pipeline.report.speakers import Speaker, Standing

TELLING = {"money": 0, "percent": 0, "points": 0, "quantity": 1, "multiple": 1, "ratio": 1}
"""Kinds of figure that are most informative; other kinds follow, ordinals are last."""


class Said(NamedTuple):
    """A quote, or a reported statement."""

    text: str
    kind: str
    """``direct`` and ``mixed`` are in quotation marks; ``indirect`` is in the reporter's words."""
    confidence: float | None
    """Confidence that the words are attributed."""
    identity: float | None = None
    """Confidence that this is their speaker."""


class Voice(NamedTuple):
    """One speaker; ``name`` is None for quotes without a known speaker."""

    name: str | None
    standing: Standing
    about: str | None
    words: int
    quotes: int
    said: tuple[Said, ...]
    """Strongest first: whole utterances, then by confidence, then by length."""


class Amount(NamedTuple):
    """One figure."""

    text: str
    value: str
    measures: str
    holder: str
    time: str
    change: str | None


class Caution(NamedTuple):
    """One warning."""

    code: str
    message: str
    start: int | None


class Findings(NamedTuple):
    """The findings of one article."""

    title: str
    published: str | None
    words: int
    counts: Counter[str]
    voices: tuple[Voice, ...]
    amounts: tuple[Amount, ...]
    cautions: tuple[Caution, ...]


def findings(record: ArticleRecord, amounts: int | None = None) -> Findings:
    """Return the findings of a record, with at most ``amounts`` of its figures, in text order."""
    return Findings(
        title=record.source.title or excerpt(record) or name(record),
        published=record.source.published and record.source.published[:10],
        words=count_words(record.text),
        counts=count_layers(record),
        voices=tuple(_voices(record)),
        amounts=tuple(_amount(one, record) for one in key_figures(record.figures, amounts)),
        cautions=tuple(Caution(one.code, one.message, one.start) for one in record.warnings),
    )


def key_figures(figures: tuple[Figure, ...], number: int | None) -> list[Figure]:
    """Return the most informative figures in text order; all of them if ``number`` is None."""
    if number is None or len(figures) <= number:
        return list(figures)
    ranked = sorted(figures, key=lambda one: (_rank(one), one.start))
    return sorted(ranked[:number], key=lambda one: one.start)


def _rank(figure: Figure) -> int:
    kind = 9 if figure.kind == "ordinal" else TELLING.get(figure.kind, 3)
    if figure.kind == "count" and not any(map(str.isdigit, figure.text)):  # "two men"
        kind = 6
    return kind + (0 if figure.measures else 2)


def _amount(figure: Figure, record: ArticleRecord) -> Amount:
    words = figure.holder_text.text if figure.holder_text else ""
    holder = next((one.name for one in record.entities if one.id == figure.holder), words)
    time = next((one for one in record.times if one.id == figure.time), None)
    return Amount(
        text=figure.text,
        value=wording.shown(figure),
        measures=figure.measures.text if figure.measures else "",
        holder=holder,
        # a duration would only repeat the figure
        time=(time.value or time.text) if time and time.kind != "duration" else "",
        change=figure.change,
    )


def _voices(record: ArticleRecord) -> list[Voice]:
    """Return the speakers, those with most words first, then the quotes without a speaker."""
    speakers = Speakers(record)
    entities = {one.id: one for one in record.entities}
    statements = {one.id: one for one in record.attributions}
    said: dict[int, list[Said]] = {}
    nobody: list[Said] = []
    for quote in (one for one in record.quotes if one.speech):
        words = _quoted(quote, statements.get(quote.attribution or ""))
        who = speakers.by_quote[quote.id]
        for place in [said.setdefault(id(one), []) for one in who] or [nobody]:
            place.append(words)
    voices = []
    for one in speakers.all():
        quotes = said.get(id(one), [])
        entity = entities.get(one.entity or "")
        about = entity.descriptions[0] if entity and entity.descriptions else None
        shown = quotes or _reported(one, statements)
        strongest = tuple(sorted(shown, key=_strength))
        voices.append(Voice(one.name, one.standing, about, one.words, len(quotes), strongest))
    if nobody:
        total = sum(count_words(one.text) for one in nobody)
        strongest = tuple(sorted(nobody, key=_strength))
        voices.append(Voice(None, "open", None, total, len(nobody), strongest))
    return voices


def _quoted(quote: Quote, statement: Attribution | None) -> Said:
    sure = statement.confidence if statement else None
    return Said(quote.text, quote.kind, sure, quote.speaker_confidence)


def _reported(speaker: Speaker, statements: dict[str, Attribution]) -> list[Said]:
    """Return the reported statements of a speaker who is not quoted."""
    told = [statements[id] for id in speaker.statements]
    return [
        Said(
            _joined(one.content.spans),
            "indirect",
            one.confidence,
            one.source.entity_confidence if one.source else None,
        )
        for one in told
        if one.content
    ]


def _joined(spans: tuple[Span, ...]) -> str:
    return " … ".join(span.text for span in spans)


def _strength(said: Said) -> tuple[int, float, int]:
    """Return a sort key by strength; confidence is rounded, so that length can decide."""
    return said.kind != "direct", -round(said.confidence or 0.0, 1), -len(said.text)
