"""The dates of holidays, by rules.

Easter and dates that depend on it are from `dateutil`. Jewish holidays follow the fixed arithmetic
of the Hebrew calendar, Islamic ones the tabular calendar, which may differ by a day from the
sighting of the moon (both after Reingold and Dershowitz, *Calendrical Calculations*).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta, weekday

from pipeline.times.grammar import HOLIDAYS

ISLAMIC_EPOCH = 227_014
"""Day number of 1 Muharram of the year 1."""
HEBREW_EPOCH = -1_373_427
"""Day number of the first day of the Hebrew era."""


class Holiday(NamedTuple):
    """The first and last day of a holiday; approximate if it depends on sighting the moon."""

    first: date
    last: date
    near: bool = False

    @property
    def value(self) -> str:
        """The holiday in ISO 8601-2, with ``~`` for approximate days.

        >>> holiday("christmas", 2024).value, holiday("ramadan", 2024).value
        ('2024-12-25', '2024-03-11~/2024-04-09~')
        """
        mark = "~" if self.near else ""
        first = f"{self.first.isoformat()}{mark}"
        return first if self.first == self.last else f"{first}/{self.last.isoformat()}{mark}"


def holiday(name: str, year: int) -> Holiday | None:
    """Return a holiday of a year; for Islamic holidays, the one that begins in it.

    Raises ValueError or OverflowError beyond the end of the calendar.
    """
    name = re.sub(r"[\s-]+", " ", name.lower().replace("’", "'"))
    rule = HOLIDAYS.get(name) or HOLIDAYS.get(name.replace("eid al ", "eid al-"))
    if rule is None:
        rule = next((r for n, r in HOLIDAYS.items() if n.replace("'", "") == name), None)
    if rule is None:
        return None
    if rule.startswith("hebrew"):
        day = hebrew_day(year, *map(int, rule.split()[1].split("-")))
    elif rule.startswith("islamic"):
        return islamic(year, rule.split()[1])
    elif rule[0] in "+-":
        day = easter(year) + timedelta(days=int(rule))
    elif "/" in rule:
        rule, _, later = rule.partition("+")
        month, week_day, which = map(int, rule.split("/"))
        start = date(year, month, 1) + (relativedelta(day=31) if which < 0 else relativedelta())
        day = start + relativedelta(weekday=weekday(week_day)(which))
        day += timedelta(days=int(later or 0))
    else:
        day = date(year, *map(int, rule.split("-")))
    return Holiday(day, day)


def islamic(year: int, rule: str) -> Holiday | None:
    """Return an Islamic month or day that begins in a Gregorian year."""
    month, _, day = rule.partition("-")
    about = int((year - 622) * 33 / 32)
    for islamic_year in range(about - 1, about + 3):
        first = islamic_day(islamic_year, int(month), int(day or 1))
        if first.year == year:
            length = 29 + int(month) % 2
            last = first if day else first + timedelta(days=length - 1)
            return Holiday(first, last, near=True)
    return None


def islamic_day(year: int, month: int, day: int) -> date:
    """Return a day of the tabular Islamic calendar."""
    before = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    return date.fromordinal(ISLAMIC_EPOCH + before + day)


def hebrew_day(year: int, month: int, day: int) -> date:
    """Return the day of a Hebrew month (Nisan is 1) in a Gregorian year."""
    hebrew_year = year + 3761 if month >= 7 else year + 3760
    start = hebrew_new_year(hebrew_year)
    length = hebrew_new_year(hebrew_year + 1) - start
    if month < 7:  # counted back from the next new year: from Nisan on, months have a fixed length
        following = hebrew_new_year(hebrew_year + 1)
        days = sum(30 if m % 2 else 29 for m in range(month, 7))
        return date.fromordinal(following - days + day - 1)
    lengths = {7: 30, 8: 30 if length % 10 == 5 else 29}
    days = sum(lengths[m] for m in range(7, month))
    return date.fromordinal(start + days + day - 1)


def hebrew_new_year(year: int) -> int:
    """Return the day number of Rosh Hashanah."""
    return HEBREW_EPOCH + elapsed(year) + postponed(year)


def elapsed(year: int) -> int:
    """Return the days from the era to the new moon of a year, with the first rule applied."""
    months = (235 * year - 234) // 19
    parts = 12_084 + 13_753 * months
    day = 29 * months + parts // 25_920
    return day + 1 if 3 * (day + 1) % 7 < 3 else day


def postponed(year: int) -> int:
    """Return the days by which a new year is postponed to avoid impossible year lengths."""
    if elapsed(year + 1) - elapsed(year) == 356:
        return 2
    return 1 if elapsed(year) - elapsed(year - 1) == 382 else 0
