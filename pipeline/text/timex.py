"""Find time expressions in English text and give each its TIMEX3 value.

The words are matched by grammars (`timedates`, `timeclocks`, `timenear`, `timespans`, `timeopen`,
`timesets`); neighbours are joined (`timecontext`) and homographs sorted out (`timehomographs`);
what is left is read off the calendar against the day of publication (`timevalues`). Sources: the
TimeML annotation guidelines 1.2.1 and TIMEX3 (Saurí et al. 2006) for spans and values, ISO 8601-2
for intervals and approximate days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import NamedTuple

from pipeline.text.timing.timeclocks import CLOCKS
from pipeline.text.timing.timecontext import joined, listed
from pipeline.text.timing.timedates import DATES
from pipeline.text.timing.timegrammar import Grammar, Kind
from pipeline.text.timing.timehomographs import is_homograph, stands
from pipeline.text.timing.timenear import NEAR
from pipeline.text.timing.timeopen import OPEN
from pipeline.text.timing.timesets import SETS
from pipeline.text.timing.timespans import SPANS
from pipeline.text.timing.timevalues import Calendar
from pipeline.text.timing.timewords import tokens_of

GRAMMAR = Grammar(
    [*DATES.rules, *CLOCKS.rules, *NEAR.rules, *SPANS.rules, *OPEN.rules, *SETS.rules]
)
Tense = Callable[[int, int], int]
"""Tells whether a stretch of text is of the past (-1), the future (1, surely 2), neither (0)."""


class Timex(NamedTuple):
    """A time expression; ``value`` is None where nothing tells which time is meant."""

    start: int
    end: int
    kind: Kind
    value: str | None
    relative: bool = False
    """The value depends on the day of publication or on a time mentioned before."""
    weak: bool = False
    """Only the part of speech shows that it is a time: "May", "fall"."""


def no_tense(_start: int, _end: int) -> int:
    """Know nothing about tense."""
    return 0


def find(text: str, published: date | None = None, *, tense: Tense = no_tense) -> Iterator[Timex]:
    """Yield the time expressions of a text in order, read against its day of publication.

    Offsets count code points, half open. Never raises.

    >>> [(t.value, t.kind) for t in find("It fell last year for 3 days.", date(2025, 5, 1))]
    [('2024', 'date'), ('P3D', 'duration')]
    """
    tokens = tokens_of(text)
    calendar = Calendar(text, published)
    for found in listed(tokens, joined(tokens, GRAMMAR.expressions(tokens))):
        if stands(tokens, found, text):
            start, end = tokens.starts[found.first], tokens.ends[found.last - 1]
            reading = calendar.read(found, start, end, partial(tense, start, end))
            yield Timex(start, end, *reading, is_homograph(tokens, found))
