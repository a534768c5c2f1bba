"""Find the time of a figure: a date in its clause that is not another figure's."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from spacy.tokens import Doc, Token

from pipeline.stages.annotations import Time
from pipeline.stages.syntax import clause_head, own_subject
from pipeline.text.lemmas import verb_lemma
from pipeline.text.timing.timewords import WEEKDAYS
from pipeline.text.words import word_set

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
        self, doc: Doc, low: str, times: list[Time], figures: list[int], index: Callable[[int], int]
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

    def _may_be(self, time: Time, verb: Token, noun: Token | None) -> bool:
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
