"""Find figures, with what they measure, their holder and their time.

Numbers and units are read from the text alone. What a bare number is, what a figure measures, whose
it is, how it changed and whether the words beside it bound it is decided by a trained scorer.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.document.annotations import DocFigure, DocTime, News, SpanIndex
from pipeline.document.rules import By, named
from pipeline.document.syntax import clause_head, own_subject
from pipeline.model.figures.features import NumberQuery
from pipeline.model.figures.scorer import MODEL, FigureReading, scorer
from pipeline.quantities import units
from pipeline.quantities.exact import Value, plain, size
from pipeline.quantities.numbers import find_numbers
from pipeline.quantities.units import Quantity, dollars_of_holder
from pipeline.records.labels import Bound, FigureKind
from pipeline.stages.figures.candidates import Candidates, rank_start, tolerated_end
from pipeline.stages.figures.nounphrases import kind_behind, phrase, words
from pipeline.stages.order import check_order
from pipeline.text.lemmas import verb_lemma
from pipeline.text.spans import CharSpan
from pipeline.text.words import word_set
from pipeline.times.grammar import WEEKDAYS

REACH = 300
"""Maximum number of characters between a figure and its date."""
THAN = re.compile(r"\b(?:than|versus|against|compared (?:with|to)) (?:(?:in|at|on|during) )?\Z")
"""Precedes a date that the figure is compared with: "a third more than in 2021"."""
REPORTING = word_set("report post announce disclose publish release unveil forecast predict")
DAYS = WEEKDAYS.keys() | {"today", "yesterday"}
"""Times of reporting, not of the figure: "posted a profit of $2bn on Monday"."""
COMPARES = re.compile(r"\b(?:from|against|versus|compared|while)\b")
"""Between a figure and a date after another figure, these show that the date is the other's."""


class Dates:
    """The dates and figures of one document."""

    def __init__(
        self,
        doc: Doc,
        low: str,
        times: list[DocTime],
        figures: list[int],
        index: Callable[[int], int],
    ) -> None:
        self.doc, self.low, self.times, self.figures, self.index = doc, low, times, figures, index
        self.starts = [time.start for time in times]

    def of(self, start: int, end: int, top: Token, noun: Token | None) -> int | None:
        """Return the index of the nearest date in the clause of a figure that measures a noun.

        In a list, "5% in May, 4% in June", each figure takes the date after it.
        """
        verb = clause_head(top)
        before = behind = None
        for at in range(bisect_left(self.starts, start - REACH), len(self.times)):
            time = self.times[at]
            if time.start > end + REACH or behind is not None:
                break
            if (time.start < end and start < time.end) or not self._may_be(time, verb, noun):
                continue
            if time.end <= start:
                before = at
            elif not self._is_compared(end, time.start):
                behind = at
        if before is None or behind is None:
            return before if behind is None else behind
        a, b = self.times[before], self.times[behind]
        listed = self._holds_figure(0, a.start) and not self._holds_figure(end, b.start)
        return behind if listed or b.start - end < start - a.end else before

    def _may_be(self, time: DocTime, verb: Token, noun: Token | None) -> bool:
        """Return whether a time is a date in the clause of a verb that may be a figure's."""
        token = self.doc[self.index(time.end - 1)]
        if time.kind != "date" or clause_head(token).i != verb.i or _is_of_another(token, noun):
            return False
        if THAN.search(self.low, max(0, time.start - 12), time.start):
            return False
        if verb_lemma(verb.lower_) in REPORTING and token.lower_ in DAYS:
            return False
        return not _is_of_report(self.doc, self.index(time.start), verb)

    def _holds_figure(self, start: int, end: int) -> bool:
        return bisect_left(self.figures, end) > bisect_right(self.figures, start)

    def _is_compared(self, end: int, date: int) -> bool:
        compares = COMPARES.search(self.low, end, date)
        return compares is not None and self._holds_figure(compares.end(), date)


def _is_of_another(token: Token, noun: Token | None) -> bool:
    """Distinguish "recent polls" from the "current population", if that is what is measured."""
    since = token.head
    if since.lower_ == "since" and since.head.tag_ in ("JJS", "RBS"):
        return True  # "to 203, the fewest since 1965"
    return token.dep_ == "amod" and (noun is None or token.head.i != noun.i)


def _is_of_report(doc: Doc, first: int, verb: Token) -> bool:
    """Return whether a date is the time of reporting: "said on Tuesday its profit fell"."""
    report = verb.head
    if verb.dep_ != "ccomp" or report.i >= first:
        return False
    who = own_subject(verb)
    if who is None or first >= who.left_edge.i:
        return False
    return all(
        doc[at].tag_ in ("IN", "RB") and doc[at].dep_ != "mark" for at in range(report.i + 1, first)
    )


KINDS: dict[str, FigureKind] = {
    "count": "count",
    "ordinal": "ordinal",
    "ratio": "ratio",
    "multiple": "multiple",
    "age": "age",
    "points": "points",
    "pp": "points",
}
RATED = frozenset(("count", "quantity", "money"))
"""Kinds of figures that are counted by something behind their noun: "78,000 times a minute"."""
SHORT = frozenset(("count", "ordinal", "age", "duration"))
"""Kinds of figures whose noun is given without what follows it."""
POINTS = re.compile(r"[ -]points?\b")
TWICE = named("twice", "he was re-elected twice")
WRITTEN = named("written", "$5, 5%, five km")
DOLLARS = named("dollars", "SYDNEY – It cost $5 million.")
OWNER = named("owner", "Canada paid $5 million.")
VAGUE = named("vague", "dozens, millions")
LENGTH = named("length", "30 years")
CLAUSE = named("clause", "It rose 5% in May.")


@Language.factory(
    "news_figures",
    requires=["token.tag", "token.dep", "token.head", "token.ent_type", "doc._.news_times"],
    assigns=["doc._.news_figures", "doc.spans"],
    default_config={"encoder": False},
)
def make_figures(nlp: Language, name: str, encoder: bool) -> Figures:  # noqa: ARG001
    """Make the stage; ``encoder``: the scorer reads the states of the encoder."""
    return Figures(encoded=encoder)


class Figures:
    """Find numbers with their units, and ask the scorer what they are."""

    def __init__(self, *, encoded: bool = False) -> None:
        self.encoded = encoded

    def __call__(self, doc: Doc) -> Doc:
        check_order(doc, "news_figures")
        news = doc._.news
        search = _Search(doc, news.times, encoded=self.encoded)
        found = list(search.figures())
        news.figures = found
        bounds = [search.candidates.bounds(figure.start, figure.end) for figure in found]
        doc.spans["figures"] = [doc[first:last] for first, last in bounds]
        return doc


class _Search:
    """One document's figures."""

    def __init__(self, doc: Doc, times: list[DocTime], *, encoded: bool) -> None:
        self.doc, self.times, self.encoded = doc, times, encoded
        self.candidates = Candidates(doc, times)
        self.news: News = doc._.news
        self.text, self.low = self.candidates.text, self.candidates.low

    def figures(self) -> Iterator[DocFigure]:
        """Yield the figures in text order."""
        asked = self.candidates.asked()
        if not asked:
            return
        starts = [one.quantity.start for one in asked]
        self.dates = Dates(self.doc, self.low, self.times, starts, self.candidates.index)
        self.lengths = SpanIndex([(one.start, one.end) for one in self.times])
        before: DocFigure | None = None
        columns, dated = self.candidates.columns, self.candidates.dated()
        readings = scorer(encoded=self.encoded).read(self.doc, columns, asked, dated)
        for one, reading in zip(asked, readings, strict=True):
            by: By = MODEL
            if reading.kind == "none" and one.quantity.number.kind == "multiple":
                reading, by = reading._replace(kind="count"), TWICE
            if reading.kind != "none":
                before = self._figure(one, reading, before)
                if self.news.keeps_decisions:
                    self._explain(one.quantity, reading, before, by)
                yield before

    def _figure(
        self, one: NumberQuery, reading: FigureReading, before: DocFigure | None
    ) -> DocFigure:
        quantity = one.quantity
        start, end, kind, unit, unit_text = self._kind(quantity, reading, before)
        noun = None if reading.measures is None else self.doc[reading.measures]
        measures = None if noun is None else self._phrase(one, kind, noun)
        place = one.first, one.last
        owner = None if reading.holder is None else words(place, self.doc[reading.holder])
        if kind == "count" and noun is not None and noun.i >= one.last and measures is not None:
            unit_text = self.text[slice(*measures)]
        assumed = quantity.assumed
        if unit is not None and reading.kind == "alike" and before is not None:
            assumed = before.unit_assumed
        if unit == "USD" and assumed and owner is not None:
            unit = dollars_of_holder(self.text[slice(*owner)], self.text) or unit
        change, role = reading.change or (None, None)
        return DocFigure(
            start,
            end,
            kind,
            _shown(quantity.value) if quantity.unit != "score" else self._score(quantity),
            _shown(quantity.low),
            _shown(quantity.high),
            unit,
            assumed,
            unit_text,
            self._bound(reading, quantity),
            quantity.number.vague,
            change,
            role,
            quantity.per or self._rate(kind, end, noun),
            measures,
            owner,
            self._time(kind, one, noun),
            round(reading.confidence, 4),
        )

    def _explain(
        self, quantity: Quantity, reading: FigureReading, figure: DocFigure, by: By
    ) -> None:
        """Record what decided about a figure."""
        place = figure.start, figure.end
        self.news.decide("figures", place, "kind", by, figure.confidence)
        for what in ("measures", "holder", "change"):
            if getattr(figure, what) is not None:
                self.news.decide("figures", place, what, MODEL)
        if figure.unit is not None:
            self.news.decide("figures", place, "unit", unit_rule(quantity, reading, figure))
        if figure.bound is not None:
            self.news.decide("figures", place, "bound", MODEL if reading.bound else VAGUE)
        if figure.time is not None:
            length = self.times[figure.time].kind == "duration"
            self.news.decide("figures", place, "time", LENGTH if length else CLAUSE)

    def _kind(
        self, quantity: Quantity, reading: FigureReading, before: DocFigure | None
    ) -> tuple[int, int, FigureKind, str | None, str | None]:
        """Return bounds, kind, unit and its words."""
        start, end = quantity.start, quantity.end
        if quantity.unit == "score":
            return start, end, "score", None, None
        if reading.kind == "own":
            unit = quantity.unit or ("a" if quantity.kind == "age" else None)
            return start, end, quantity.kind, unit, quantity.unit_text  # type: ignore[return-value]
        if reading.kind == "alike" and before is not None:
            return start, end, before.kind, before.unit, None
        if reading.kind == "alike":
            return start, end, "count", None, None
        kind = KINDS[reading.kind]
        if kind == "ordinal":
            return self._rank(start), end, kind, None, None
        if kind == "age":
            return start, end, kind, "a", None
        if kind == "multiple" and self.low.startswith(" times", end):
            return start, end + len(" times"), kind, None, None
        if kind != "points":
            return start, tolerated_end(quantity) or end, kind, None, None
        return self._points(quantity, reading)

    def _points(
        self, quantity: Quantity, reading: FigureReading
    ) -> tuple[int, int, FigureKind, str | None, str | None]:
        """Return what ``_kind`` does for points: of a percentage or of a game."""
        behind = POINTS.match(self.low, quantity.number.end)
        word = None if behind is None else behind[0].strip(" -")
        end = quantity.end if behind is None else behind.end()
        unit = "pp" if reading.kind == "pp" else None
        return quantity.start, end, "points", unit, word

    def _rank(self, start: int) -> int:
        """Return where a rank starts: with "#19" and "number three", but not with "number 27"."""
        rank = rank_start(self.text, start)
        spelled = self.low.startswith("number ", rank) and self.text[start].isdecimal()
        return start if spelled else rank

    def _score(self, quantity: Quantity) -> str:
        text = self.text[quantity.start : quantity.end].replace("/", "-")
        sides = find_numbers(text, ranges=False)
        return "-".join(plain(size(one.value)) for one in sides if one.value is not None)

    def _phrase(self, one: NumberQuery, kind: FigureKind, noun: Token) -> CharSpan | None:
        """Return the bounds of the phrase that a figure measures."""
        place = one.first, one.last
        modified = noun.i >= one.last and any(
            self.doc[at].head.i == noun.i for at in range(one.first, one.last)
        )
        found = phrase(place, noun, complements=not modified and kind not in SHORT)
        more = kind_behind(noun, one.last) if kind == "count" else None
        return found if found is None or more is None else (found[0], more)

    def _bound(self, reading: FigureReading, quantity: Quantity) -> Bound | None:
        return reading.bound or ("at_least" if quantity.number.vague else None)

    def _rate(self, kind: FigureKind, end: int, noun: Token | None) -> str | None:
        """Return what it is counted by behind its noun: "78,000 times a minute", "3,000 a year"."""
        if noun is not None and noun.idx >= end and kind in RATED:
            end = noun.idx + len(noun)
        elif kind != "count":
            return None
        return units.rate(self.low, end, self.text)

    def _time(self, kind: FigureKind, one: NumberQuery, noun: Token | None) -> int | None:
        """Return the time that a figure holds for: the length itself, or the date in its clause."""
        start, end = one.quantity.start, one.quantity.end
        if kind == "duration":
            at = self.lengths.find(start, end)
            if at is not None:
                return at
        if not self.times or kind in ("age", "ordinal"):
            return None
        top = self.doc[self.candidates.columns.root(one.first, one.last)]
        return self.dates.of(start, end, top, noun)


def unit_rule(quantity: Quantity, reading: FigureReading, figure: DocFigure) -> By:
    """Return what decided about the unit of a figure."""
    if reading.kind in ("alike", "pp"):
        return MODEL
    if figure.unit == quantity.unit:
        return WRITTEN if not quantity.assumed or quantity.unit == "USD" else DOLLARS
    return OWNER if figure.kind == "money" else WRITTEN


def _shown(value: Value | None) -> str | None:
    return None if value is None else plain(value)
