"""Find dates, clock times, durations and sets, and read them against the day of publication.

Where the day of publication is not known, the day of a dateline takes its place.

Two logistic regressions choose by what is around the time: whether "Friday" or "in March" is the
last or the next one, and which of the days that the text has named a clock time, or "today" in a
quotation, belongs to. ``pipeline.training.dating`` trains their weights.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice
from math import exp, fsum

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.document.annotations import DocTime
from pipeline.document.columns import NOUN_TAGS, text_of
from pipeline.document.rules import named
from pipeline.document.syntax import (
    AHEAD,
    MAX_CHILDREN,
    NAME_TAGS,
    TO_COME,
    ancestors,
    direction,
    is_verb,
    tense_of,
)
from pipeline.manifest import own_model
from pipeline.names.lists import organisations
from pipeline.quantities.numbers import parse_number
from pipeline.stages.order import check_order
from pipeline.text.spans import CharSpan
from pipeline.times import timex
from pipeline.times.dateline import dateline
from pipeline.times.relative import NamedDay

MODEL = "times"
"""The name of the weights in ``models/manifest.toml``."""
FILE_NAME = "weights.toml"
Weights = Mapping[str, Mapping[str, float]]
"""For each question, ``ahead`` and ``day``, the weight of each property, and of ``bias``."""
YEARLY = (20, 45, 80, 120, 180, 230, 300, 330)
"""Limits of the days since a month or holiday was over, in classes."""
BEFORE, SENTENCE = 5, 12
"""Number of words before a time whose forms, or whose kinds, are properties."""
FIRST = 250
"""Number of characters in which a text usually names the day that it is about."""
AGES = (("now", 0), ("1", 1), ("7", 7), ("60", 60))
"""Classes of the days since a day: at most so many."""
SENTENCE_END = re.compile(r"[.!?]\s")
REACH = 1000
"""Number of characters of a gap between two times in which sentences are counted."""


@cache
def weights() -> Weights:
    """Read the weights once, checked against the manifest.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(MODEL)
    table: Weights = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    return table


def evidence(held: Iterable[str], weights: Mapping[str, float]) -> float:
    """Return the log odds of the properties, the same in whatever order they come."""
    return fsum(weights.get(one, 0.0) for one in {"bias", *held})


def probability(odds: float) -> float:
    """Return the probability for log odds of at least 0."""
    return 1 / (1 + exp(-odds))


class Dating:
    """What a parsed document says about the times in it; ``quotes`` are in text order."""

    def __init__(self, doc: Doc, quotes: Iterable[CharSpan] = ()) -> None:
        self.doc = doc
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in quotes:
            self.starts.append(start)
            self.ends.append(max([end, *self.ends[-1:]]))
        self.judged: dict[int, float] = {}
        """How likely the answers are that were given for times, by where these end."""

    def tense(self, start: int, end: int) -> int:
        """Return whether the time at ``text[start:end]`` is past (-1), future (1, 2) or neither."""
        return direction(self._span(start, end).root)

    def is_ahead(self, start: int, end: int, unit: str, behind: int, ahead: int) -> bool:
        """Return whether a weekday or a yearly period is the next one, ``ahead`` days away."""
        odds = evidence(self.course(start, end, unit, behind, ahead), weights()["ahead"])
        self.judged[end] = probability(abs(odds))
        return odds > 0

    def day(self, start: int, end: int, named: Sequence[NamedDay], published: date) -> date:
        """Return the day of a clock time, or of saying "today", among the days named.

        A clock time that heads an update of a live blog is of the day of publication.
        """
        if text_of(self.doc)[max(0, start - 1) : start] in ("", "\n"):
            return published
        odds = weights()["day"]
        choices = [
            (evidence(p, odds), -i) for i, p in enumerate(self.days(start, end, named, published))
        ]
        best, at = max(choices)
        self.judged[end] = 1 / sum(exp(min(one - best, 0.0)) for one, _ in choices)
        return named[-at].day

    def is_quoted(self, start: int) -> bool:
        """Return whether a place is in a quotation."""
        before = bisect(self.starts, start)
        return before > 0 and start < self.ends[before - 1]

    def _span(self, start: int, end: int) -> Span:
        span = self.doc.char_span(start, end, alignment_mode="expand")
        assert span is not None  # places of the text always have tokens
        return span

    def course(self, start: int, end: int, unit: str, behind: int, ahead: int) -> Iterator[str]:
        """Yield the properties that tell a past time from a future one."""
        span = self._span(start, end)
        doc, first, own = span.doc, span.start, span.root
        tense = direction(own)
        kind = "W" if unit == "W" else "Y"
        age = kind + str(behind if unit == "W" else sum(behind > limit for limit in YEARLY))
        words = list(doc[max(first - SENTENCE, 0) : first])
        forms = [one.lower_ for one in words]
        before = forms[-1] if forms else ""
        above = (one for one in islice(ancestors(own), MAX_CHILDREN) if is_verb(one))
        verbs = list(islice(above, 2))
        tag = verbs[0].tag_ if verbs else ""
        yield from (f"unit={unit}", age, f"tense={tense}", f"{kind} tense={tense}")
        yield from (f"{age} tense={tense}", f"{before} tense={tense}", f"{before} tag={tag}")
        yield from (f"before={before}", f"{kind} before={before}", f"{age} before={before}")
        yield from (f"{age} tag={tag}", f"dep={own.dep_}", f"head={own.head.lower_}")
        near = "nearer" if ahead < behind else "farther"
        until = next((form for form in forms[-2:] if form in TO_COME), "")
        yield from (near, f"{near} tense={tense}", f"until={until}", f"until={until} {near}")
        yield from (f"dep={own.dep_} {near}", f"{near} tag={tag}")
        yield f"after={doc[span.end].lower_ if span.end < len(doc) else ''}"
        yield from (f"word={form}" for form in forms[-BEFORE:])
        for place, verb in enumerate(verbs):
            yield f"tag{place}={verb.tag_}"
            yield f"verb{place}={verb.lower_}"
            for one in islice(verb.children, MAX_CHILDREN):
                if one.tag_ == "MD" or one.dep_ in ("aux", "auxpass"):
                    yield f"aux{place}={one.lower_}"
        yield from (f"with={tag}" for tag in {one.tag_ for one in words} & {"MD", "VBD"})
        if not AHEAD.isdisjoint(forms):
            yield "plan"
        root = span.sent.root
        yield f"root={tense_of(root) if is_verb(root) else ''}"
        yield "top" if start < FIRST else "below"
        if self.is_quoted(start):
            yield "quoted"

    def days(
        self, start: int, end: int, named: Sequence[NamedDay], published: date
    ) -> Iterator[list[str]]:
        """Yield the properties of each day that a time may belong to."""
        tense = self.tense(start, end)
        tense = (tense > 0) - (tense < 0)
        kind, text = ("clock", "quoted")[self.is_quoted(start)], text_of(self.doc)
        for rank, one in enumerate(named):
            since = (published - one.day).days
            age = next((name for name, most in AGES if since <= most), "far") if since >= 0 else "-"
            held = [f"age={age}", f"count={min(one.times, 3)}", f"tense={tense} {age}"]
            if one.end is None:
                held.append("unsaid")
            elif one.end > start:
                held.append("later")
            else:
                gap = text[max(one.end, start - REACH) : start]
                breaks = min(gap.count("\n\n"), 3)
                ends = min(len(SENTENCE_END.findall(gap)), 3) if not breaks else "-"
                held += [f"rank={min(rank, 3)}", f"breaks={breaks}", f"ends={ends}"]
            if one.first:
                held.append("first")
            yield [*held, *(f"{kind} {property}" for property in held)]


@Language.factory(
    "news_times",
    requires=["token.tag", "token.dep", "token.head", "doc._.news_quotes"],
    assigns=["doc._.news_times", "doc.spans"],
)
def make_times(nlp: Language, name: str) -> Times:  # noqa: ARG001 (spaCy passes both)
    """Make the stage."""
    return Times()


COMBINED = named("combined", "from Monday noon to Tuesday")
RULES = {id: named(id, example) for id, example in timex.EXAMPLES.items()}


class Times:
    """Find time expressions by their words; the parse gives tense and sorts out homographs."""

    dating: Callable[[Doc, Iterable[tuple[int, int]]], Dating] = Dating
    """What decides which day a time means."""

    def __call__(self, doc: Doc) -> Doc:
        check_order(doc, "news_times")
        news = doc._.news
        times: list[DocTime] = []
        spans = []
        text = text_of(doc)
        anchor = news.published or dateline(text)
        judge = self.dating(doc, ((one.start, one.end) for one in news.quotes if one.speech))
        for found in timex.find(text, anchor, moment=news.moment, judge=judge):
            span = doc.char_span(found.start, found.end, alignment_mode="expand")
            if span is None or is_name(span) or (found.weak and not is_meant(span[-1])):
                continue
            if found.kind == "set" and len(span) == 1 and span[0].tag_ in DAILY:
                continue  # a daily, its annual
            if is_of_event(span) or (found.rule == "holiday" and is_of_noun(span)):
                continue
            kept = span if found.kind == "set" else own(span)
            if kept is None:
                continue
            if times and kept.start_char < times[-1].end:
                kept = span
            start = found.start if kept.start == span.start else kept.start_char
            value = counted(found.value, kept) if kept.start < span.start else found.value
            during = found.during if value == found.value else None
            times.append(DocTime(start, found.end, found.kind, value, found.relative, during))
            spans.append(kept)
            news.decide("times", (start, found.end), "value", RULES.get(found.rule, COMBINED))
            if found.end in judge.judged:
                sure = round(judge.judged[found.end], 4)
                news.decide("times", (start, found.end), "which one", MODEL, sure)
        news.times = times
        doc.spans["times"] = spans
        return doc


def is_name(span: Span) -> bool:
    """Tell whether words of time are a name: Theresa May, "Today" of NBC, Sunday Night Baseball."""
    label = span[0].ent_type_
    doc, first, last = span.doc, span.start, span.end
    longer = (first and doc[first].ent_iob_ == "I") or (
        last < len(doc) and doc[last].ent_iob_ == "I"
    )
    if label == "PERSON":
        return len(span) == 1 and (bool(longer) or span.text in GIVEN_NAMES)
    if label == "ORG":
        return bool(longer) and span.text.istitle()  # the Sunday Courier, Sheffield Wednesday
    if label != "WORK_OF_ART":
        return False
    after = last + (last < len(doc) and doc[last].text in ",.")
    marked = first and after < len(doc) and doc[first - 1].is_quote and doc[after].is_quote
    return span.text[0].isupper() and bool(longer or marked)


def is_of_event(span: Span) -> bool:
    """Tell whether a year is part of a name: Euro 2024, the 2017 Harbour Marathon."""
    year = span[0]
    if len(span) > 1 or not YEAR.fullmatch(year.text):
        return False
    if year.ent_type_ == "EVENT" and year.ent_iob_ == "I":
        return True
    head, before = year.head, year.nbor(-1) if year.i else year
    if head.tag_ not in NAME_TAGS or not 0 < head.i - year.i < MOST_BEFORE:
        return False  # the 2020 election, in 2020 Lee won
    event = organisations().last_words.get(head.lower_) == "EVENT" or head.ent_type_ == "EVENT"
    return event and before.tag_ in ARTICLES


def is_of_noun(span: Span) -> bool:
    """Tell whether a holiday is part of another noun: the Christmas market."""
    root, head = span.root, span.root.head
    if len(span) > 1 or root.dep_ != "compound" or head.i < span.end:
        return False
    return head.text.islower() and head.lower_.rstrip("s") not in PERIODS


YEAR = re.compile(r"\d{4}")
PERIODS = frozenset({"holiday", "day", "eve", "week", "weekend", "season", "period"})
GIVEN_NAMES = frozenset({"April", "May", "June", "August", "Summer", "Autumn", "Dawn"})


def is_meant(token: Token) -> bool:
    """Tell by its tag and entity whether "May" or "spring" is meant as a time."""
    if token.tag_ not in NOUN_TAGS or token.ent_type_ not in ("", "DATE", "TIME"):
        return False
    if token.text[0].islower() or token.tag_ not in NAME_TAGS or token.dep_ != "compound":
        return True
    return token.head.text[0].islower()  # a March meeting


def own(span: Span) -> Span | None:
    """Return a time without the article of another noun: "the [weekend] storm".

    None where nothing is left that is a time, "a day job", and for a time that the words before it
    make another thing, "past election years", "visiting hours".
    """
    first = span[0]
    if first.tag_ in ARTICLES and first.head.i >= span.end and len(span) > 1:
        rest = span.doc[span.start + 1 : span.end]
        return None if rest.text in BARE else rest
    if first.tag_ != "NNS" or len(span) > 1:
        return span
    before = [one for one in islice(first.lefts, MOST_BEFORE) if one.i < first.i]
    if any(
        one.dep_ == "compound" or (one.tag_ == "VBG" and first.lower_ == "hours") for one in before
    ):
        return None
    return described(first, before)


DAILY = frozenset({"NN", "NNP"})
ARTICLES = frozenset({"DT", "PRP$"})
BARE = frozenset({"day", "week", "month", "year", "hour", "minute", "decade", "century", "night"})
MOST_BEFORE = 5


def described(unit: Token, before: list[Token]) -> Span:
    """Return a length without a number with the words that describe it: "the darkest days"."""
    doc, start = unit.doc, unit.left_edge.i
    after = doc[unit.i + 1 : unit.i + 2].text.lower()
    plain = after not in FROM_WHEN and doc[start].lower_ not in NO_DESCRIPTION
    plain = plain and len(before) == unit.i - start < MOST_BEFORE
    if plain and all(one.dep_ in DESCRIBING and one.tag_ in DESCRIBING_TAGS for one in before):
        return doc[start : unit.i + 1]
    return doc[unit.i : unit.i + 1]


FROM_WHEN = frozenset({"after", "before", "later", "ago", "since"})
NO_DESCRIPTION = frozenset({"only", "this"})
DESCRIBING = frozenset({"det", "amod", "poss", "nummod"})
DESCRIBING_TAGS = frozenset({"DT", "JJ", "JJR", "JJS", "PRP$", "CD", "VBG", "VBN"})


def counted(value: str | None, span: Span) -> str | None:
    """Return the length of "three remarkable weeks", whose number stands apart from its unit."""
    number = next((one for one in span if one.tag_ == "CD"), None)
    parsed = parse_number(number.text) if number is not None else None
    if value is None or parsed is None or not isinstance(parsed.value, Decimal):
        return value
    whole = parsed.value == int(parsed.value)
    return value.replace("X", f"{int(parsed.value)}") if whole else value
