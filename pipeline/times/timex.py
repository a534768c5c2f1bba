"""Find time expressions in English text and give each its TIMEX3 value.

In `timing`, the words are matched by grammars (`dates`, `clocks`, `relative`, `durations`);
neighbours are joined and homographs removed (`context`); the rest is placed on the calendar
relative to the day of publication (`values`). Sources: the TimeML annotation guidelines 1.2.1 and
TIMEX3 (Saurí et al. 2006) for spans and values, ISO 8601-2 for intervals and approximate days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from pipeline.quantities.numbers import joined as pairs
from pipeline.times.calendar import Stretch
from pipeline.times.clocks import CLOCKS, SETS
from pipeline.times.context import is_day, is_homograph, joined, listed, span_of, stands
from pipeline.times.dates import DATES
from pipeline.times.durations import SPANS
from pipeline.times.grammar import CLASSES, Expression, Grammar, Kind, TimeTokens, tokens_of
from pipeline.times.relative import NEAR, Judge
from pipeline.times.values import Calendar, between

GRAMMAR = Grammar([*DATES.rules, *CLOCKS.rules, *NEAR.rules, *SPANS.rules, *SETS.rules])
EXAMPLES = {rule.build.__name__: (rule.build.__doc__ or "").strip() for rule in GRAMMAR.rules}
"""Examples of each rule of the grammar."""
CLOCK = re.compile(r"T[\d:]+")
JOINTS = frozenset(CLASSES[name] for name in ("dash", "to", "from", "and", "comma"))


class Timex(NamedTuple):
    """A time expression; ``value`` is None if the text does not show which time is meant."""

    start: int
    end: int
    kind: Kind
    value: str | None
    relative: bool = False
    """Whether the value depends on the day of publication or an earlier time in the text."""
    during: Stretch | None = None
    """When a duration is that ends or begins at publication: "the past three years"."""
    weak: bool = False
    """Whether only the part of speech shows that it is a time: "May", "fall"."""
    rule: str = ""
    """The name of the rule of the grammar that found it."""


def find(
    text: str,
    published: date | None = None,
    *,
    moment: datetime | None = None,
    judge: Judge | None = None,
) -> Iterator[Timex]:
    """Yield the time expressions of a text in order, relative to its day of publication.

    ``moment`` is the time of publication, from which hours and minutes are counted. ``judge``
    decides by the sentence whether "Friday" is the last or the next one.
    Offsets are in code points, half-open. Never raises.

    >>> [(t.value, t.kind) for t in find("It fell last year for 3 days.", date(2025, 5, 1))]
    [('2024', 'date'), ('P3D', 'duration')]
    """
    tokens = tokens_of(text)
    calendar = Calendar(text, published, moment, judge)
    singles = listed(tokens, joined(tokens, GRAMMAR.expressions(tokens)))
    kept = pairs((one for one in singles if stands(tokens, one, text)), partial(span_of, tokens))
    held: list[Timex] = []
    """A clock time whose day is not yet known, and the times after it in its sentence."""
    for found in kept:
        start = tokens.starts[found.first]
        alone = found.apart and not is_day(found)  # opening hours are on no specific day
        if held and (alone or not calendar.is_one_sentence(held[-1].end, start)):
            yield from (dated(one, calendar) for one in held)
            held = []
        if alone:
            yield from readable(found, calendar, tokens)
            continue
        held += readable(found, calendar, tokens)
        if is_day(found) or not is_undated(held[0]):
            yield from (dated(one, calendar) for one in held)
            held = []
    yield from (dated(one, calendar) for one in held)


def readable(found: Expression, calendar: Calendar, tokens: TimeTokens) -> Iterator[Timex]:
    """Yield an expression with its reading, or the two ends of a range that are two times."""
    start, end = tokens.starts[found.first], tokens.ends[found.last - 1]
    last = found.until
    if last is None or last.first <= found.first:
        yield Timex(
            start, end, *calendar.read(found, start, end), is_homograph(tokens, found), found.rule
        )
        return
    first = replace(found, last=last.first, until=None)
    while tokens.codes[first.last - 1] in JOINTS:
        first.last -= 1
    middle, second = tokens.ends[first.last - 1], tokens.starts[last.first]
    ends = calendar.ends(found, (start, middle), (second, end))
    whole = between(*ends)
    if whole.value and not found.apart:
        yield Timex(start, end, *whole, is_homograph(tokens, found), found.rule)
        return
    yield Timex(start, middle, *ends[0], is_homograph(tokens, first), first.rule)
    yield Timex(second, end, *ends[1], is_homograph(tokens, last), last.rule)


def is_undated(one: Timex) -> bool:
    """Return whether a time is a clock time without a day."""
    return one.kind == "time" and CLOCK.fullmatch(one.value or "") is not None


def dated(one: Timex, calendar: Calendar) -> Timex:
    """Return a clock time on the day that the text means, if known."""
    day = calendar.day_of_clock(one.start, one.end) if is_undated(one) else None
    return one._replace(value=f"{day}{one.value}", relative=True) if day else one
