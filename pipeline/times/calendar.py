"""Calendar periods, and the range of a TIMEX3 value: two dates or times, the end exclusive.

A period is a unit and its first day. Values are written as in TimeML (TIMEX3, based on ISO 8601):
``2025-Q1``, ``1998-W07``, ``1989-W43-WE``, ``1998-SU``, ``199`` for the nineties, ``19`` for the
twentieth century.

TIMEX3 does not define hours for parts of the day. Here a morning lasts from midnight to noon, so
that it includes "the early hours", an afternoon to 18:00, an evening to midnight, and a night from
18:00 to 06:00 of the next day. A clock time lasts a minute, or a second if seconds are given. A
season is three whole months, spring from March on. A duration that ends or begins now ("the past
three years") extends from or to the time of publication. References, sets and other durations have
no range.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from dateutil.relativedelta import relativedelta

Unit = Literal["D", "WE", "W", "M", "SE", "Q", "H", "Y", "DE", "CE"]
"""Day, weekend, week, month, season, quarter, half, year, decade, century, from fine to coarse."""

FINE_TO_COARSE: tuple[Unit, ...] = ("D", "WE", "W", "M", "SE", "Q", "H", "Y", "DE", "CE")
SEASON_STARTS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
"""Month in which each season begins; a winter belongs to the year in which it begins."""
SEASON_OF_MONTH = {month + i: name for name, month in SEASON_STARTS.items() for i in range(3)}
IN_MONTHS: dict[Unit, int] = {"M": 1, "Q": 3, "H": 6, "Y": 12, "DE": 120, "CE": 1200}
"""Length of the units that begin with a month of their year."""
STEPS = {unit: relativedelta(months=months) for unit, months in IN_MONTHS.items()} | {
    "D": relativedelta(days=1),
    "W": relativedelta(weeks=1),
    "WE": relativedelta(weeks=1),
    "SE": relativedelta(years=1),
}
MAX_STEPS = 10_000
LENGTHS = {"WE": relativedelta(days=2), "SE": relativedelta(months=3)}
"""Length of units whose length differs from the interval at which they repeat."""


class Period(NamedTuple):
    """A period of the calendar: ``unit`` long, beginning on ``first``."""

    unit: Unit
    first: date

    def shifted(self, count: int, unit: Unit | None = None) -> Period | None:
        """Return the period ``count`` units later, or None beyond the end of the calendar.

        >>> Period("Q", date(2025, 1, 1)).shifted(-1, "Y")
        Period(unit='Q', first=datetime.date(2024, 1, 1))
        """
        if abs(count) > MAX_STEPS:
            return None
        try:
            moved = self.first + STEPS[unit or self.unit] * count
        except (ValueError, OverflowError):
            return None
        return containing(self.unit, moved)

    @property
    def last(self) -> date:
        """The last day."""
        step = LENGTHS.get(self.unit) or STEPS[self.unit]
        try:
            last: date = self.first + step - timedelta(days=1)
        except (ValueError, OverflowError):
            return date.max
        return last

    @property
    def value(self) -> str:
        """The period in TIMEX3 format.

        >>> Period("W", date(2024, 12, 30)).value
        '2025-W01'
        """
        year = f"{self.first.year:04}"
        match self.unit:
            case "D":
                return self.first.isoformat()
            case "W" | "WE":
                iso = self.first.isocalendar()
                weekend = "-WE" if self.unit == "WE" else ""
                return f"{iso.year:04}-W{iso.week:02}{weekend}"
            case "M":
                return f"{year}-{self.first.month:02}"
            case "SE":
                return f"{year}-{SEASON_OF_MONTH[self.first.month]}"
            case "Q":
                return f"{year}-Q{(self.first.month + 2) // 3}"
            case "H":
                return f"{year}-H{1 if self.first.month < 7 else 2}"
            case "Y":
                return year
            case "DE":
                return year[:3]
            case "CE":
                return year[:2]


def containing(unit: Unit, day: date) -> Period:
    """Return the period of a unit that contains a day; for a weekend, that of the day's week.

    >>> containing("Q", date(2025, 5, 1)).value
    '2025-Q2'
    """
    if unit in IN_MONTHS:
        months = day.year * 12 + day.month - 1
        year, month = divmod(months // IN_MONTHS[unit] * IN_MONTHS[unit], 12)
        return Period(unit, date(max(year, 1), month + 1, 1))
    if unit == "SE":
        month = (day.month // 3 * 3) or 12
        return Period(unit, date(max(day.year - (day.month < 3), 1), month, 1))
    if unit == "W":
        return Period(unit, monday(day))
    if unit == "WE" and day < date(9999, 12, 20):
        return Period(unit, monday(day) + timedelta(days=5))
    return Period(unit, day)


def monday(day: date) -> date:
    """Return the Monday of a day's ISO week."""
    return date.fromordinal(max(day.toordinal() - day.weekday(), 1))


def nearest_weekday(anchor: date, weekday: int, direction: int) -> date:
    """Return the weekday (Monday is 0) nearest to an anchor, or the anchor if it is that weekday.

    ``direction`` is negative for the past, positive for the future.
    """
    ahead = (weekday - anchor.weekday()) % 7
    days = ahead if direction > 0 else -((-ahead) % 7)
    try:
        return anchor + timedelta(days=days)
    except OverflowError:
        return anchor


def in_years(period: Period, anchor: date) -> tuple[Period, Period]:
    """Return a yearly period (a month, a day of a month, …) before and after an anchor.

    Both are the same if it includes the anchor.
    """
    here = period.shifted(anchor.year - period.first.year, "Y") or period
    if here.first <= anchor <= here.last:
        return here, here
    if here.first > anchor:
        return here.shifted(-1, "Y") or here, here
    return here, here.shifted(1, "Y") or here


def within(period: Period, nth: int, unit: Unit, weekday: int | None = None) -> Period | None:
    """Return the nth unit, or weekday, of a period: "the third week of May".

    The last is -1; 0 is the unit around the period, as in "the week of May 5". As in ISO 8601, a
    week belongs to the month or year of its Thursday. None if a period has no such unit.

    >>> within(Period("M", date(2025, 5, 1)), -1, "D", weekday=0)
    Period(unit='D', first=datetime.date(2025, 5, 26))
    """
    if nth == 0:
        coarser = FINE_TO_COARSE.index(unit) >= FINE_TO_COARSE.index(period.unit)
        return containing(unit, period.first) if coarser else None
    if period.unit not in INNER.get(unit, ()):
        return None
    chosen = {"W": 3, "WE": 5}.get(unit, weekday)
    edge = period.first if nth > 0 else period.last
    if chosen is not None:
        edge = nearest_weekday(edge, chosen, nth)
    away = nth - 1 if nth > 0 else nth + 1
    found = containing(unit, edge).shifted(away, "W" if weekday is not None else unit)
    if found is None or not period.first <= found.last or not found.first <= period.last:
        return None
    return found


INNER: dict[Unit, tuple[Unit, ...]] = {
    "D": ("W", "M", "Q", "H", "Y"),
    "W": ("M", "Q", "H", "Y"),
    "WE": ("M", "Q", "H", "Y"),
    "M": ("Q", "H", "Y"),
    "Q": ("H", "Y"),
    "Y": ("DE", "CE"),
    "DE": ("CE",),
}
"""For each unit, the smaller units whose first and last can be determined."""


DIGITS: dict[int, Unit] = {2: "CE", 3: "DE", 4: "Y"}
VALUE = re.compile(
    r"""(?P<year>\d{4})-(?:
        (?P<unit>[QH])(?P<nth>[1-4])
      | (?P<season>SP|SU|FA|WI)
      | W(?P<week>\d\d)(?P<weekend>-WE)?
      | (?P<month>\d\d)(?:-(?P<day>\d\d)
        (?:T(?:(?P<part>MO|AF|EV|NI)|(?P<clock>(?:[01]\d|2[0-3]):\d\d(?::\d\d)?|24:00)(?P<zone>Z?)))?)?
    )""",
    re.VERBOSE | re.ASCII,
)
LENGTH = re.compile(r"P(?:(\d+)([YMWD])|T(\d+)([HM]))")
DAY_STEPS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
CLOCK_STEPS = {"H": "hours", "M": "minutes"}
PARTS = {"MO": (0, 12), "AF": (12, 18), "EV": (18, 24), "NI": (18, 30)}
"""First and last hour of each part of the day."""


class Stretch(NamedTuple):
    """Two dates or times in ISO 8601; the second is exclusive."""

    start: str
    end: str


def stretch(value: str | None) -> Stretch | None:
    """Return the range of a TIMEX3 value, or None if it has none.

    >>> stretch("2024-Q1")
    Stretch(start='2024-01-01', end='2024-04-01')
    >>> stretch("2024-05-02T17:30")
    Stretch(start='2024-05-02T17:30', end='2024-05-02T17:31')
    """
    first, slash, last = (value or "").replace("~", "").partition("/")
    try:
        begin = end = _single(first)
        if slash:
            end = _single(last)
    except (ValueError, OverflowError):  # an invalid day, or beyond the end of the calendar
        return None
    if begin is None or end is None:
        return None
    # a range of clock times ends at the second time, a range of days after its last day
    stop = end.start if slash and ":" in last else end.end
    return Stretch(begin.start, stop) if begin.start <= end.start and begin.start < stop else None


def from_now(
    value: str | None, toward: int, published: date | None, moment: datetime | None = None
) -> Stretch | None:
    """Return the range of a duration that ends (-1) or begins (1) at publication.

    Hours and minutes need the time of publication. None if the length is not known.

    >>> from_now("P3Y", -1, date(2025, 5, 1))
    Stretch(start='2022-05-01', end='2025-05-01')
    """
    found = LENGTH.fullmatch(value or "")
    now = moment.replace(tzinfo=None) if found and found[3] and moment else published
    if found is None or now is None or (found[3] and moment is None):
        return None
    unit = CLOCK_STEPS[found[4]] if found[3] else DAY_STEPS[found[2]]
    try:
        other = now + relativedelta(**{unit: toward * int((found[1] or found[3])[:MOST_DIGITS])})
    except (ValueError, OverflowError):
        return None
    spec = {"timespec": "minutes"} if found[3] else {}
    first, last = sorted((now, other))
    return Stretch(first.isoformat(**spec), last.isoformat(**spec))


MOST_DIGITS = 5


def _single(value: str) -> Stretch | None:
    """Return the range of a single value; raise ValueError if it has none."""
    if value.isascii() and value.isdecimal() and len(value) in DIGITS:
        return _of(containing(DIGITS[len(value)], date(int(value.ljust(4, "0")), 1, 1)))
    found = VALUE.fullmatch(value)
    if found is None:
        return None
    year = int(found["year"])
    if found["unit"]:
        months = 3 if found["unit"] == "Q" else 6
        month = (int(found["nth"]) - 1) * months + 1
        return _of(Period("Q" if months == 3 else "H", date(year, month, 1)))
    if found["season"]:
        return _of(Period("SE", date(year, SEASON_STARTS[found["season"]], 1)))
    if found["week"]:
        first = date.fromisocalendar(year, int(found["week"]), 6 if found["weekend"] else 1)
        return _of(Period("WE" if found["weekend"] else "W", first))
    first = date(year, int(found["month"]), int(found["day"] or 1))
    if not found["day"]:
        return _of(Period("M", first))
    midnight = datetime(first.year, first.month, first.day)
    if found["part"]:
        begin, end = (midnight + timedelta(hours=hours) for hours in PARTS[found["part"]])
        return Stretch(begin.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))
    return (
        _clock(midnight, found["clock"], found["zone"])
        if found["clock"]
        else _of(Period("D", first))
    )


def _of(period: Period) -> Stretch:
    return Stretch(period.first.isoformat(), (period.last + timedelta(days=1)).isoformat())


def _clock(midnight: datetime, clock: str, zone: str) -> Stretch:
    hours, minutes, *seconds = map(int, clock.split(":"))
    begin = midnight + timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    step, spec = (timedelta(seconds=1), "seconds") if seconds else (timedelta(minutes=1), "minutes")
    start, end = (one.isoformat(timespec=spec) for one in (begin, begin + step))
    return Stretch(start + zone, end + zone)
