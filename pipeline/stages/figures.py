"""Find figures and store them in ``doc._.news.figures`` and ``doc.spans["figures"]``.

Numbers and units are read from the text alone; the parse is asked only where one stands: whether a
bare number counts something, what a figure measures and whose it is, how it changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.document.columns import text_of
from pipeline.records.labels import Change, ChangeRole, FigureKind
from pipeline.stages.annotations import Figure, Time
from pipeline.stages.measuring import figurekinds, hedges, measures
from pipeline.stages.measuring.dating import Dates
from pipeline.stages.measuring.lengths import is_led_to
from pipeline.stages.measuring.levels import in_millions, is_level, is_millions, is_sterling
from pipeline.stages.measuring.neighbours import with_before
from pipeline.stages.measuring.points import in_percentage_points, is_of_poll, lead_to_share
from pipeline.stages.measuring.scores import is_score
from pipeline.stages.measuring.sites import Site, site
from pipeline.stages.places import Places
from pipeline.text import units
from pipeline.text.quantities import numerals
from pipeline.text.quantities.designations import find_designations, may_be_year
from pipeline.text.quantities.dollars import dollars_of, dollars_of_holder, in_dollars_of
from pipeline.text.quantities.exact import plain
from pipeline.text.units import Quantity
from pipeline.text.wordset import word_set

INDEX_WORDS = word_set(
    """
    index indexes indices dow nasdaq ftse dax cac nikkei sensex nifty stoxx topix kospi asx
    tsx hang average benchmark composite stocks shares market markets futures exchange
    e-minis gauge
    """
)
KINDS: dict[str, FigureKind] = {
    "money": "money",
    "percent": "percent",
    "quantity": "quantity",
    "duration": "duration",
    "age": "age",
    "points": "points",
}
ENDED = frozenset(("money", "points", "quantity", "duration"))
"""Kinds of which "fell 2 to 9" tells an amount and an end, and no range."""
LINKS = ("http", "www.")
DASH = re.compile(r"\s?[-–—]\s?")
FROM_TO = re.compile(r"(?:[a-z]+ )?to(?: (?:about|around|nearly|just|only|over|under))?")
SUM_OF = re.compile(r"\b(?:average|total|sum|maximum|minimum|median|population) of \Z")
AT_A_POINT = re.compile(r"\bat (?:one|a) point\Z")
SERIAL = re.compile(r"\d{10,}")
"""A number that nobody counts to without a separator: the id of a post, an account."""
DATED = frozenset(("date", "time", "set"))


@Language.factory(
    "news_figures",
    requires=["token.tag", "token.dep", "token.head", "token.ent_type"],
    assigns=["doc._.news", "doc.spans"],
)
def make_figures(nlp: Language, name: str) -> Figures:  # noqa: ARG001 (spaCy passes both)
    """Make the stage."""
    return Figures()


class Candidate(NamedTuple):
    """A quantity that may be a figure, and the end of a change that it is known to be."""

    quantity: Quantity
    role: ChangeRole | None = None


class Figures:
    """Find figures by their numerals and units; the parse sorts out what bare numbers are."""

    def __call__(self, doc: Doc) -> Doc:
        news = doc._.news
        search = _Search(doc, news.times)
        found = list(search.figures())
        news.figures = found
        doc.spans["figures"] = [search.span(figure.start, figure.end) for figure in found]
        return doc


class _Search:
    """One document's figures."""

    def __init__(self, doc: Doc, times: list[Time]) -> None:
        self.doc, self.text = doc, text_of(doc)
        self.low = numerals.lower(self.text)
        self.times = times
        self.starts: list[int] = []

    def figures(self) -> Iterator[Figure]:
        """Yield the figures in text order."""
        quantities = units.find_quantities(self.text)
        if not quantities:
            return
        home = dollars_of(self.text)
        quantities = [in_dollars_of(home, one) for one in quantities]
        self.starts = [token.idx for token in self.doc]
        named = list(find_designations(self.text))
        dated = ((t.start, t.end) for t in self.times if t.kind in DATED)
        taken = Places([*named, *dated])
        self.links = Places([(a, b) for a, b in named if self.text.startswith(LINKS, a, b)])
        self.others = frozenset(
            at
            for q in quantities
            if q.unit is not None
            for at in range(self._index(q.start), self._index(q.end - 1) + 1)
        )
        figures = [q.start for q in quantities if not taken.touch(q.start, q.end)]
        self.dates = Dates(self.doc, self.low, self.times, figures, self._index)
        self.lengths = Places([(t.start, t.end) for t in self.times])
        yield from self._merged(quantities, taken)

    def _merged(self, quantities: list[Quantity], taken: Places) -> Iterator[Figure]:
        before: Figure | None = None
        counted = [
            q
            for at, q in enumerate(quantities)
            if not self._is_named(q, taken) or self._is_no_year(quantities, at)
        ]
        for candidate in self._candidates(counted):
            figure = self._figure(candidate, before)
            if figure is not None:
                yield figure
                before = figure

    def _is_named(self, quantity: Quantity, taken: Places) -> bool:
        """Tell whether a bare number is part of a date, a time of day, an address."""
        if self.links.touch(quantity.start, quantity.end):
            return True
        bare = quantity.kind == "number" or (quantity.kind == "age" and not quantity.unit_text)
        return bare and taken.touch(quantity.start, quantity.end)

    def _is_no_year(self, quantities: list[Quantity], at: int) -> bool:
        """Tell what is no year, though it may be one: "2000 - 2500 calories", "a total of 1500"."""
        one = quantities[at]
        if not may_be_year(self.text[one.start : one.end]):
            return False
        if SUM_OF.search(self.low, max(0, one.start - 16), one.start):
            return True
        if at + 1 == len(quantities) or quantities[at + 1].unit is None:
            return False
        return DASH.fullmatch(self.text, one.end, quantities[at + 1].start) is not None

    def _candidates(self, quantities: list[Quantity]) -> Iterator[Candidate]:
        """Yield quantities, ranges as one, scores as one, the two ends of a change apart."""
        at = 0
        while at < len(quantities):
            first = quantities[at]
            second = quantities[at + 1] if at + 1 < len(quantities) else None
            if second is not None and second.start - first.end < 40:
                pair = self._pair(first, second)
                if pair is not None:
                    yield from pair
                    at += 2
                    continue
            yield Candidate(first)
            at += 1

    def _pair(self, first: Quantity, second: Quantity) -> list[Candidate] | None:
        if first.kind == "number" and second.kind == "number":
            after = self._token_at(second.end)
            if is_score(self.text, first.start, second.end, after):
                return [Candidate(second._replace(start=first.start, unit="score"))]
        lead = self.low[max(0, first.start - 6) : first.start]
        gap = self.low[first.end : second.start].strip()
        from_to = lead.endswith("from ") and FROM_TO.fullmatch(gap) is not None
        if from_to and self._is_change(first, second):
            if first.unit is None and second.unit is not None:
                first = units.like(first, second)
            elif second.unit is None and second.kind == "number" and first.unit is not None:
                second = units.like(second, first)
            return [Candidate(first, "from"), Candidate(second, "to")]
        joined = units.join_interval(self.text, first, second)
        joined = joined or units.join_range(self.text, first, second)
        if joined is None:
            return None
        if gap == "to" and first.unit is not None and self._is_amount_and_end(first, second):
            return [Candidate(first), Candidate(second, "to")]
        return [Candidate(joined)]

    def _is_amount_and_end(self, first: Quantity, second: Quantity) -> bool:
        """Tell "climbed 0.1% to 1,333" and "up $5 to $9" from "5% to 6%"."""
        if first.unit == second.unit and first.kind not in ENDED:
            return False
        place = self._place(first)
        _, lead = hedges.hedge(
            self.low, first.start, first.end, self.doc[place.first], lasting=False
        )
        moved = hedges.movement(place.top, self._index(lead))
        return moved is not None and moved.role == "delta" and moved.word.i < place.first

    def _is_change(self, first: Quantity, second: Quantity) -> bool:
        """Tell "fell from 5 to 4" from "prices from 4 to 5": a verb or noun of change leads it."""
        if first.value is None or second.value is None:
            return False
        at = self._index(first.start) - 1
        if at < 1:
            return False
        preposition = self.doc[at]
        head = preposition.head
        near = list(head.children)[:8] if head.dep_ in ("prep", "pobj") else []
        for token in (head, *near):
            if hedges.is_change(token):
                return True
        if first.value > second.value and (
            first.unit == second.unit or first.unit is None or second.unit is None
        ):
            return True
        return any(hedges.is_change(self.doc[i]) for i in range(max(0, at - 3), at))

    # ------------------------------------------------------------------------------------- places
    def _index(self, offset: int) -> int:
        """Return the index of the token that an offset lies in."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def span(self, start: int, end: int) -> Span:
        """Return the tokens that a stretch of the text touches."""
        return self.doc[self._index(start) : self._index(end - 1) + 1]

    def _token_at(self, offset: int) -> Token | None:
        """Return the first token at or behind an offset, spaces left out."""
        at = bisect_left(self.starts, offset)
        while at < len(self.doc) and self.doc[at].is_space:
            at += 1
        return self.doc[at] if at < len(self.doc) else None

    # ------------------------------------------------------------------------------------- figures
    def _figure(self, candidate: Candidate, before: Figure | None) -> Figure | None:
        quantity = candidate.quantity
        if quantity.unit == "{point}" and lead_to_share(self.low, quantity.end):
            quantity = quantity._replace(unit="pp")
            candidate = candidate._replace(quantity=quantity)
        place = self._place(quantity)
        kind = self._kind(candidate, place)
        if kind is None:
            return None
        if kind == "score":
            return self._score(quantity, place)
        start, end = quantity.start, quantity.end
        if kind == "ordinal":
            start = figurekinds.rank_start(self.text, start)
        unit, unit_text = quantity.unit, quantity.unit_text
        if kind == "age" and unit is None:
            unit = "a"
        if quantity.kind == "points" and kind == "count":
            unit = unit_text = None
            end = quantity.number.end
            place = site(self.doc, place.first, self._index(end - 1) + 1, self.others)
        bound, lead = hedges.hedge(
            self.low, start, end, self.doc[place.first], lasting=kind == "duration"
        )
        if kind == "age" and self.low.endswith("a ", 0, start):
            bound, lead = None, start  # "arms around a 6-year-old"
        if quantity.number.vague:
            bound = bound or "at_least"
        place = place._replace(lead=self._index(lead))
        change, role = self._change(candidate, place, kind, lead)
        measured = self._measured(kind, place, start, change and role)
        if kind == "count" and measured.unit is not None:
            unit_text = self.text[slice(*measured.unit)]
            if bound is None and measured.unit[0] - end <= 1:
                bound = hedges.hedge_behind(self.low, measured.unit[1])  # "10 points or more"
        elif kind == "count" and is_level(quantity, place, measured.span, self.text):
            kind, unit = "points", "{point}"
        if unit == "USD" and quantity.assumed and measured.holder is not None:
            unit = dollars_of_holder(self.text[slice(*measured.holder)], self.text) or unit
        if is_sterling(quantity, place, measured.head):
            kind, unit = "money", "GBP"
        if unit == "m" and is_millions(self.text, quantity, measured.head, change, before):
            kind, unit, unit_text = "count", None, None
            quantity = quantity._replace(value=in_millions(quantity.value))
        figure = Figure(
            start,
            end,
            kind,
            None if quantity.value is None else plain(quantity.value),
            None if quantity.low is None else plain(quantity.low),
            None if quantity.high is None else plain(quantity.high),
            unit,
            quantity.assumed,
            unit_text,
            bound,
            quantity.number.vague,
            change,
            role,
            quantity.per or self._rate(kind, end, measured),
            measured.span,
            measured.holder,
            self._time(kind, start, end, place, measured.head),
        )
        figure = in_percentage_points(self.low, figure, before)
        return with_before(self.low, figure, place, before, lead)

    def _rate(self, kind: FigureKind, end: int, measured: measures.Measured) -> str | None:
        """Return what it is counted by behind its noun: "78,000 times a minute", "3,000 a year"."""
        noun = measured.head
        if noun is not None and noun.idx >= end and kind in ("count", "quantity", "money"):
            end = noun.idx + len(noun)
        elif kind != "count":
            return None
        return units.rate(self.low, end)

    def _place(self, quantity: Quantity) -> Site:
        """Return where a quantity stands in the parse."""
        tolerated = quantity.value is not None and quantity.high is not None  # "5, give or take 1"
        end = quantity.number.end if tolerated else quantity.end
        first, last = self._index(quantity.start), self._index(end - 1) + 1
        return site(self.doc, first, last, self.others)

    def _kind(self, candidate: Candidate, place: Site) -> FigureKind | None:
        quantity = candidate.quantity
        if quantity.unit == "score":
            return "score"
        if quantity.kind == "points" and quantity.unit == "{point}":
            if AT_A_POINT.search(self.low, max(0, quantity.start - 4), quantity.end):
                return None
            polled = is_of_poll(self.low, quantity.start, quantity.end)
            return "points" if self._is_index(place) and not polled else "count"
        if quantity.kind == "number":
            if SERIAL.fullmatch(self.text, quantity.start, quantity.end):
                return None
            return figurekinds.bare_kind(
                quantity, place, self.text, paired=candidate.role is not None
            )
        return None if figurekinds.is_named(quantity, place) else KINDS[quantity.kind]

    def _is_index(self, place: Site) -> bool:
        """Tell points of an index from points that are scored."""
        sentence = place.top.sent if self.doc.has_annotation("SENT_START") else self.doc[:]
        start, end = max(sentence.start, place.first - 40), min(sentence.end, place.last + 40)
        return any(token.lower_ in INDEX_WORDS for token in self.doc[start:end])

    def _score(self, quantity: Quantity, place: Site) -> Figure:
        a, b = re.findall(r"\d+", self.text[quantity.start : quantity.end])
        holder = measures.of_score(place)
        return Figure(quantity.start, quantity.end, "score", f"{int(a)}-{int(b)}", holder=holder)

    def _change(
        self, candidate: Candidate, place: Site, kind: FigureKind, lead: int
    ) -> tuple[Change | None, ChangeRole | None]:
        quantity = candidate.quantity
        if kind in ("age", "ordinal"):
            return None, None
        if kind in ("duration", "ratio") and not is_led_to(place):
            return None, None  # "fell by a half", but not "lost two-thirds of her stake"
        if candidate.role is not None:
            moved = hedges.movement(place.top, self._index(lead))
            if moved is not None:
                return moved.change, candidate.role
            return None, candidate.role
        moved = hedges.movement(place.top, self._index(lead), counts=kind == "count")
        if moved is not None:
            return moved.change, moved.role
        sign = self.text[quantity.start - 1] if quantity.start else ""
        if kind in ("percent", "points", "money") and place.first:
            first = self.text[quantity.start]
            name = self.doc[place.first - 1]
            if first in "-−" and name.tag_ in ("NNP", "NN", "CD", "NNPS"):
                return "decrease", "delta"
            if sign == "+":
                return "increase", "delta"
        return None, None

    def _measured(
        self, kind: FigureKind, place: Site, start: int, role: ChangeRole | None
    ) -> measures.Measured:
        if kind == "ordinal":
            return measures.of_rank(site(self.doc, self._index(start), place.last))
        if kind == "count":
            return measures.of_count(place, changing=role is not None)
        if kind == "age":
            return measures.of_age(place)
        if kind == "duration":
            return measures.of_time(place, changing=role is not None)
        return measures.of_amount(place, end_of_change=role in ("from", "to"))

    def _time(
        self, kind: FigureKind, start: int, end: int, place: Site, noun: Token | None
    ) -> int | None:
        """Return the time that a figure holds for: the length itself, or the date in its clause."""
        if kind == "duration":
            at = self.lengths.find(start, end)
            if at is not None:
                return at
        if not self.times or kind in ("age", "ordinal"):
            return None
        return self.dates.of(start, end, place.top, noun)
