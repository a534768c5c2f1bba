"""Decide which day, month or season is meant by a name that recurs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from pipeline.text.timing.calendar import (
    SEASONS,
    Period,
    containing,
    nearest_weekday,
    nearest_year,
)
from pipeline.text.timing.timegrammar import Expression

Direction = Callable[[], int]
"""Returns whether a clause is about the past (-1), the future (1, certainly 2), or neither (0)."""
UNTOLD = re.compile(r"\b(?:before|ahead of|until|till)\s(?:[\w’']+\s)?\Z")
UNTOLD_REACH = 30
"""Number of characters before a weekday to search for "before" or "until"."""
LIKELY_AHEAD = 4
"""Maximum number of days ahead that a day's name can mean in the present tense alone."""
ATTACKS = re.compile(
    r"\b(?:9/11|Sept(?:\.|ember) 11(?:th)?(?:, 2001|(?: terror(?:ist)?)? attacks))\b"
)
JUST_AHEAD, JUST_OVER = 10, 100
"""Days around a Sept. 11 within which it may be that of the current year."""


def named_day(anchor: date, weekday: int, before: str, direction: int) -> date:
    """Return the day that news means by a weekday alone: the last one or the next one.

    Yesterday's weekday never means next week, and tomorrow's never last week, unless the tense is
    certain; "before Monday's vote" leaves both open.

    >>> named_day(date(2025, 5, 1), 2, "it is coming off a win on ", 1).isoformat()
    '2025-04-30'
    """
    gone, coming = (nearest_weekday(anchor, weekday, way) for way in (-1, 1))
    behind, ahead = (anchor - gone).days, (coming - anchor).days
    if direction == 0:
        return coming if ahead < (behind if UNTOLD.search(before) else 2) else gone
    enough = 2 if ahead > LIKELY_AHEAD else 1
    return coming if direction >= enough else gone


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
    """Return "last June", "this June", "next June", or the June that the tense indicates."""
    if one.ahead:
        return yearly if yearly.last >= anchor else yearly.shifted(1, "Y") or yearly
    if one.toward is None:
        return nearest_year(yearly, anchor, direction())
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
