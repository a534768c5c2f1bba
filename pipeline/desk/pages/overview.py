"""The page's data for all articles together: speakers, figures over time, identities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict

from pipeline.desk.pages import figures
from pipeline.desk.pages.article import (
    UNSURE,
    UNSURE_FIGURE,
    UNSURE_WHO,
    excerpt,
    name,
    unsure,
    unsure_who,
)
from pipeline.desk.pages.speakers import RecordSpeakers, Speaker
from pipeline.records.corrections import items_of
from pipeline.records.review import expected_harm
from pipeline.records.schema import ArticleRecord, Figure
from pipeline.text.measures import as_written, normalised, period_length, without
from pipeline.text.words import count_words
from pipeline.times.calendar import stretch

Card = Mapping[str, Any]
"""An identity as ``pipeline.archive.identities`` returns it."""
Cards = Callable[[Sequence[str]], Iterable[Card]]
"""Returns the cards of all identities that articles, given by their ids, name."""
ROW: Final = ("id", "label", "name", "aliases", "first_seen", "last_seen", "entities", "mentions")
SERIES: Final = ("measure", "scope", "kind", "unit", "rate_per", "change", "period")


def identity_row(card: Card) -> dict[str, Any]:
    """Return an identity as the index of the page lists it."""
    return {name: card[name] for name in ROW}


def identity_view(card: Card, number: Callable[[str], int | None]) -> dict[str, Any]:
    """Return the card of an identity; ``number`` returns the number of an article on the page.

    It is ``at`` of what an article says, and null if the page does not have the article.
    """

    def placed(one: Mapping[str, Any]) -> dict[str, Any]:
        return {**one, "at": number(one["article"])}

    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for value in card["values"]:
        grouped.setdefault(tuple(value[name] for name in SERIES), []).append(value)
    often = sorted(grouped.items(), key=lambda one: -len(one[1]))
    return {
        **{name: value for name, value in card.items() if name != "values"},
        "members": [placed(one) for one in card["members"]],
        "statements": [placed(one) for one in card["statements"]],
        "series": [
            {
                "measure": figures.scoped(
                    as_written(measure, (one["measures"] for one in values)), scope, period
                ),
                "unit": figures.UNITS.get(unit, unit) if unit else "",
                "change": change,
                "points": [placed(_point(one)) for one in values],
            }
            for (measure, scope, _, unit, _, change, period), values in often
        ],
    }


def _point(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value of a series in the form of a point of ``overview``."""
    number = figures.grouped(value["value_text"])
    day = figures.first_day(value["period_start"])
    kept = ("article", "text", "given_by", "relation", "title", "uri")
    return {
        **{name: value[name] for name in kept},
        "day": day,
        "told": value["time_text"] is not None,
        "number": float(value["value"]) * (-1 if value["change"] == "decrease" else 1),
        "value": figures.labelled(number, value["bound"], value["unit"], value["rate_per"]),
        "figure": value["figure_id"],
    }


Series = tuple[str | None, ...]
"""What the values of a series have in common, beginning with the holder, measure and scope."""
UNPLOTTED = frozenset({"score", "ordinal"})
"""Kinds of figure that are not meaningful over time."""


class Row(TypedDict):
    """One article in the index."""

    title: str
    titled: bool
    """Whether it has a title; otherwise the first words serve as one."""
    name: str
    published: str | None
    publisher: str | None
    statements: int
    quotes: int
    figures: int
    entities: int
    words: int
    warnings: int
    unsure: int
    unsure_who: int
    harm: float
    """The expected harm of its findings."""


class SpeakerSummary(TypedDict):
    """One speaker over all articles; speakers with the same name and kind are combined."""

    name: str
    kind: str
    standing: str
    label: str | None
    words: int
    quoted: int
    statements: int
    articles: list[list[int]]
    """For each article: its number, and the speaker's index among the article's speakers."""


class MeasureSeries(TypedDict):
    """A series: one measure of one holder, with values on at least two days."""

    whose: str | None
    what: str
    unit: str
    change: bool
    points: list[Point]


class Point(TypedDict):
    """One figure on one day."""

    day: str
    told: bool
    """Whether the text gives the day; otherwise it is the day of publication."""
    number: float
    value: str
    text: str
    whose: str | None
    article: int
    title: str
    figure: str


class OverviewView(TypedDict):
    counts: dict[str, int]
    articles: list[Row]
    speakers: list[SpeakerSummary]
    measures: list[MeasureSeries]
    pipeline: list[str]
    unsure_below: float
    unsure_who_below: float
    unsure_figure_below: float


@dataclass
class Overview:
    """Takes records one by one and keeps only what the index needs."""

    rows: list[Row] = field(default_factory=list)
    voices: dict[tuple[str, str | None, str], SpeakerSummary] = field(default_factory=dict)
    measures: dict[Series, MeasureSeries] = field(default_factory=dict)
    texts: dict[Series, list[str]] = field(default_factory=dict)
    """The words of the text for what is measured."""
    versions: set[str] = field(default_factory=set)

    def add(self, record: ArticleRecord) -> None:
        """Add a record."""
        article = len(self.rows)
        self.rows.append(
            {
                "title": record.source.title or excerpt(record) or name(record),
                "titled": record.source.title is not None,
                "name": name(record),
                "published": record.source.published,
                "publisher": record.source.publisher,
                "statements": len(record.attributions),
                "quotes": sum(one.speech for one in record.quotes),
                "figures": len(record.figures),
                "entities": len(record.entities),
                "words": count_words(record.text),
                "warnings": len(record.warnings),
                "unsure": unsure(record),
                "unsure_who": unsure_who(record),
                "harm": round(sum(expected_harm(items_of(record), record).values()), 2),
            }
        )
        for place, speaker in enumerate(RecordSpeakers(record).all()):
            self._hear(article, place, speaker)
        for one in record.figures:
            self._measure(one, article, record)
        if record.provenance:
            self.versions.add(record.provenance.pipeline)

    def view(self) -> OverviewView:
        """Return the page's data for all articles."""
        voices = sorted(
            self.voices.values(),
            # "they" in two articles may or may not be the same source
            key=lambda one: (one["standing"] == "open", -one["words"], one["name"]),
        )
        moved = [
            key
            for key, one in self.measures.items()
            if len({point["day"] for point in one["points"]}) > 1
        ]
        # figures without a holder may be of different things
        moved.sort(
            key=lambda key: (
                not key[0],
                -len(self.measures[key]["points"]),
                self.measures[key]["change"],
                str(key),
            )
        )
        measures = [self.measures[key] for key in moved]
        for key, one in zip(moved, measures, strict=True):
            _, measure, scope, period, *_ = key
            what = as_written(measure or "", self.texts[key])
            one["what"] = figures.scoped(what, scope or "", period or "")
            one["points"].sort(key=lambda point: (point["day"], point["article"]))
        return {
            "counts": {
                "articles": len(self.rows),
                "quotes": sum(row["quotes"] for row in self.rows),
                "statements": sum(row["statements"] for row in self.rows),
                "figures": sum(row["figures"] for row in self.rows),
                "sources": len(voices),
            },
            "articles": self.rows,
            "speakers": voices,
            "measures": measures,
            "pipeline": sorted(self.versions),
            "unsure_below": UNSURE,
            "unsure_who_below": UNSURE_WHO,
            "unsure_figure_below": UNSURE_FIGURE,
        }

    def _hear(self, article: int, place: int, speaker: Speaker) -> None:
        key = (speaker.kind, speaker.label, speaker.name.casefold())
        voice = self.voices.setdefault(
            key,
            {
                "name": speaker.name,
                "kind": speaker.kind,
                "standing": speaker.standing,
                "label": speaker.label,
                "words": 0,
                "quoted": 0,
                "statements": 0,
                "articles": [],
            },
        )
        voice["words"] += speaker.words
        voice["quoted"] += speaker.quoted
        voice["statements"] += len(speaker.statements) + len(speaker.quotes)
        voice["articles"].append([article, place])

    def _measure(self, one: Figure, article: int, record: ArticleRecord) -> None:
        number, time = (
            figures.number(one),
            next((t for t in record.times if t.id == one.time), None),
        )
        told = figures.first_day(time.value) if time else None
        day = told or figures.first_day(record.source.published)
        earlier = one.change_role == "from" and not told
        if not day or earlier or number is None or one.value is None or one.kind in UNPLOTTED:
            return
        holder = next((entity for entity in record.entities if entity.id == one.holder), None)
        spans = [(m.start, m.end) for m in holder.mentions] if holder else []
        if time:
            spans.append((time.start, time.end))
        if one.measures is None:
            return
        start, end = one.measures.start, one.measures.end
        inside = [span for span in spans if start <= span[0] and span[1] <= end]
        form = normalised(without(one.measures.text, start, inside))
        if form is None:
            return
        delta = one.change_role == "delta"
        length = stretch(time.value) if time and told else None
        key: Series = (
            holder.name.casefold() if holder else None,
            *form,
            period_length(*length) if length else "day",
            one.kind,
            one.unit,
            one.rate.per if one.rate else None,
            "delta" if delta else None,
        )
        unit = figures.UNITS.get(one.unit, one.unit) if one.unit else ""
        whose = holder.name if holder else None
        measure = self.measures.setdefault(
            key, {"whose": whose, "what": "", "unit": unit, "change": delta, "points": []}
        )
        self.texts.setdefault(key, []).append(one.measures.text)
        measure["points"].append(
            {
                "day": day,
                "told": bool(told),
                "number": -number if delta and one.change == "decrease" else number,
                "value": figures.shown(one),
                "text": " ".join(one.text.split()),
                "whose": whose,
                "article": article,
                "title": self.rows[article]["title"],
                "figure": one.id,
            }
        )
