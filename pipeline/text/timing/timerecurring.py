"""Decide which day, month or season is meant by a name that recurs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from pipeline.text.timing.calendar import (
    SEASONS,
    Period,
    containing,
    in_years,
)
from pipeline.text.timing.timegrammar import Expression

ATTACKS = re.compile(
    r"\b(?:9/11|Sept(?:\.|ember) 11(?:th)?(?:, 2001|(?: terror(?:ist)?)? attacks))\b"
)
JUST_AHEAD, JUST_OVER = 10, 100
"""Days around a Sept. 11 within which it may be that of the current year."""


@dataclass(frozen=True, slots=True)
class Named:
    """A day that a text may be about; ``end`` is where it was last named, None for publication."""

    day: date
    end: int | None
    times: int = 0
    """How often the text has named it so far."""
    first: bool = False
    """Whether it is the first day that the text names."""


class Judge(Protocol):
    """Decides what the words of a time leave open."""

    def tense(self, start: int, end: int) -> int:
        """Return whether the time at a place is past (-1), future (1, certainly 2) or neither."""

    def is_ahead(self, start: int, end: int, unit: str, behind: int, ahead: int) -> bool:
        """Return whether a weekday ("W") or a yearly period is the next one, not the last one.

        ``behind`` and ``ahead``: days since the last one and until the next one.
        """

    def day(self, start: int, end: int, named: Sequence[Named], published: date) -> date:
        """Return which of the days a time of day belongs to, the last named first."""

    def is_quoted(self, start: int) -> bool:
        """Return whether a place is in a quotation."""


class Unparsed:
    """Decides without a parse: the nearest weekday gone, the nearest year, the last day named."""

    def tense(self, start: int, end: int) -> int:  # noqa: ARG002 (the protocol)
        """Return 0: the tense is unknown."""
        return 0

    def is_ahead(self, start: int, end: int, unit: str, behind: int, ahead: int) -> bool:  # noqa: ARG002
        """Return whether the next one is tomorrow, or nearer than half a year."""
        return ahead < (LIKELY_AHEAD if unit == "W" else NEAR_AHEAD)

    def day(self, start: int, end: int, named: Sequence[Named], published: date) -> date:  # noqa: ARG002
        """Return the last day named."""
        return named[0].day

    def is_quoted(self, start: int) -> bool:  # noqa: ARG002
        """Return False: quotations are unknown."""
        return False


LIKELY_AHEAD, NEAR_AHEAD = 2, 165
"""In days: without a parse, a weekday or yearly period less far ahead is the next one."""


class Direction(NamedTuple):
    """Where a time is, for what the judge says of it; called, it returns the tense."""

    judge: Judge
    start: int
    end: int

    def __call__(self) -> int:
        return self.judge.tense(self.start, self.end)

    def is_ahead(self, unit: str, behind: int, ahead: int) -> bool:
        """Return whether the next weekday or yearly period is meant."""
        return self.judge.is_ahead(self.start, self.end, unit, behind, ahead)


def may_be_of_2001(one: Expression, anchor: date | None) -> bool:
    """Return whether "since Sept. 11" means the attacks, if the text names them elsewhere."""
    if (one.month, one.day, one.weekday) != (9, 11, None) or anchor is None:
        return False
    here = -JUST_AHEAD <= (anchor - date(anchor.year, 9, 11)).days <= JUST_OVER
    return not here


def yearly_period(one: Expression, year: int) -> Period | None:
    """Return the month, day, quarter, half or season of a year given by the fields."""
    if one.month is not None and one.day is not None:
        return Period("D", date(year, one.month, one.day))
    if one.month is not None:
        return Period("M", date(year, one.month, 1))
    if one.quarter is not None:
        return Period("Q", date(year, one.quarter * 3 - 2, 1))
    if one.half is not None:
        return Period("H", date(year, one.half * 6 - 5, 1))
    if one.season is not None:
        return Period("SE", date(year, SEASONS[one.season], 1))
    return None


def toward(yearly: Period, one: Expression, anchor: date, direction: Direction) -> Period:
    """Return "last June", "this June", "next June", or the June that the sentence means."""
    if one.ahead:
        return yearly if yearly.last >= anchor else yearly.shifted(1, "Y") or yearly
    if one.toward is None:
        gone, coming = in_years(yearly, anchor)
        behind, away = (anchor - gone.last).days, (coming.first - anchor).days
        return coming if behind > 0 and direction.is_ahead(yearly.unit, behind, away) else gone
    if one.toward < 0:
        return yearly if yearly.last < anchor else yearly.shifted(-1, "Y") or yearly
    if one.toward > 0:
        return yearly if yearly.first > anchor else yearly.shifted(1, "Y") or yearly
    return yearly


def weekend(day: date, shift: int, direction: Direction, *, near: bool) -> Period | None:
    """Return "the weekend": from Monday to Wednesday the last one, unless the future is meant.

    ``near``: it is "this weekend", which is in the past only if the tense is."""
    week = containing("WE", day)
    if shift or day >= week.first:
        return week.shifted(shift)
    tense = direction()
    over = tense < 0 or (tense == 0 and day.weekday() < 3 and not near)
    return week.shifted(-1) if over else week
