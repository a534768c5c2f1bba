"""The calendar range of a TIMEX3 value: two dates or times, with an exclusive end.

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
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from pipeline.text.timing.calendar import SEASONS, Period, Unit, containing

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
STEPS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
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
    unit = CLOCK_STEPS[found[4]] if found[3] else STEPS[found[2]]
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
        return _of(Period("SE", date(year, SEASONS[found["season"]], 1)))
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
