"""Times marked inline with their values, "It fell [last year|2024].", and valid values."""

from __future__ import annotations

import re
from datetime import date

MARKED = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]*)\]")
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
WEEK = re.compile(r"(\d{4})-W(\d\d)(?:-WE)?")
COUNT = r"(?:\d+(?:\.\d+)?|X)"
CLOCK = r"T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|24:00|MO|AF|EV|NI)"
LENGTH = rf"P(?=.)(?:{COUNT}(?:Y|Q|M|W|D|WE|SE|DE|CE|ME))*(?:T(?:{COUNT}[HMS])+)?"
PLACE = rf"""(?:BC\d\d(?:\d\d)? | \d\d | \d{{3}} | \d{{4}}
      | \d{{4}}-(?:Q[1-4]|H[12]|SP|SU|FA|WI|0[1-9]|1[0-2]|W\d\d(?:-WE)?)
      | \d{{4}}-\d\d-\d\d~?(?:{CLOCK})? | {CLOCK})"""
SHAPES = re.compile(
    rf"""(?:PRESENT|PAST|FUTURE)_REF | {LENGTH}(?:/{LENGTH})? | {PLACE}(?:/{PLACE})?
      | XXXX-(?:0[1-9]|1[0-2]|\d\d-\d\d|SP|SU|FA|WI|WXX-(?:[1-7]|WE|XX)|XX-(?:XX|\d\d))(?:{CLOCK})?
    """,
    re.VERBOSE,
)


def unmark(marked: str) -> tuple[str, list[tuple[str, str | None]]]:
    """Return the text without its marks, and the spans with their values."""
    wanted = [(m[1], m[2] or None) for m in MARKED.finditer(marked)]
    return MARKED.sub(r"\1", marked), wanted


def is_value(value: str) -> bool:
    """Return whether a value is valid TIMEX3 or ISO 8601-2, with existing days and weeks."""
    if SHAPES.fullmatch(value) is None:
        return False
    try:
        days = [date(*map(int, day)) for day in DAY.findall(value)]
        for year, week in WEEK.findall(value):
            date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return False
    return days == sorted(days)
