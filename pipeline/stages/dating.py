"""Decide which day, month or year a time means, where its words leave it open.

Two logistic regressions choose by what is around the time: whether "Friday" or "in March" is the
last or the next one, and which of the days that the text has named a clock time, or "today" in a
quotation, belongs to. ``pipeline.training.dating`` trains their weights.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice
from math import exp

from spacy.tokens import Doc, Span

from pipeline.document.columns import text_of
from pipeline.manifest import own_model
from pipeline.stages.annotations import Bounds
from pipeline.stages.syntax import ancestors, is_verb
from pipeline.stages.tense import AHEAD, MAX_CHILDREN, TO_COME, direction, tense_of
from pipeline.text.timing.timerecurring import Named

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
    """Return the log odds of the properties."""
    return sum(weights.get(one, 0.0) for one in {"bias", *held})


def probability(odds: float) -> float:
    """Return the probability for log odds of at least 0."""
    return 1 / (1 + exp(-odds))


class Dating:
    """What a parsed document says about the times in it; ``quotes`` are in text order."""

    def __init__(self, doc: Doc, quotes: Iterable[Bounds] = ()) -> None:
        self.doc = doc
        self.text = text_of(doc)
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

    def day(self, start: int, end: int, named: Sequence[Named], published: date) -> date:
        """Return the day of a clock time, or of saying "today", among the days named."""
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
        self, start: int, end: int, named: Sequence[Named], published: date
    ) -> Iterator[list[str]]:
        """Yield the properties of each day that a time may belong to."""
        tense = self.tense(start, end)
        tense = (tense > 0) - (tense < 0)
        kind = ("clock", "quoted")[self.is_quoted(start)]
        for rank, one in enumerate(named):
            since = (published - one.day).days
            age = next((name for name, most in AGES if since <= most), "far") if since >= 0 else "-"
            held = [f"age={age}", f"count={min(one.times, 3)}", f"tense={tense} {age}"]
            if one.end is None:
                held.append("unsaid")
            elif one.end > start:
                held.append("later")
            else:
                gap = self.text[max(one.end, start - REACH) : start]
                breaks = min(gap.count("\n\n"), 3)
                ends = min(len(SENTENCE_END.findall(gap)), 3) if not breaks else "-"
                held += [f"rank={min(rank, 3)}", f"breaks={breaks}", f"ends={ends}"]
            if one.first:
                held.append("first")
            yield [*held, *(f"{kind} {property}" for property in held)]
