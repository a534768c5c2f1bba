"""Read the date in a dateline.

Relative times are read against this date if there is no other.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import islice

from pipeline.times.timex import find

LINES = 4
"""A dateline is in one of the first lines that are not empty."""
LONGEST = 200
"""Maximum number of characters of a line to look at."""
DAY = re.compile(r"\d{4}-\d\d-\d\d")
YEAR = re.compile(r"\d\d")
"""Part of every date with its year; most lines have no number."""
PLACE = re.compile(r"[A-Z][A-Z.' ’\-]{2,}(?:, [\w. ]{2,30})?[,:]? ")
BEHIND = re.compile(r"[,.]? ?(?:\([^()\n]{2,40}\) ?)?(?:--|[-–—])")
WEEKDAY = re.compile(r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?", re.IGNORECASE)


def dateline(text: str) -> date | None:
    """Return the date in a dateline that includes the year, or None.

    The date is a separate line ("Friday, July 21, 2017"), or between a place in capitals and a dash
    ("LONDON, May 5, 2024 (Reuters) -").
    >>> dateline("LONDON, May 5, 2024 (Reuters) - It rained on Monday.")
    datetime.date(2024, 5, 5)
    >>> dateline("It rained in London on May 5, 2024 - and on May 6.")
    """
    lines = (line[:LONGEST].strip() for line in text[: 20 * LONGEST].splitlines())
    for line in islice((line for line in lines if line), LINES):
        day = _in_line(line)
        if day is not None:
            return day
    return None


def _in_line(line: str) -> date | None:
    for found in find(line) if YEAR.search(line) else ():
        if found.value is None or not DAY.fullmatch(found.value) or found.relative:
            continue
        before, behind = line[: found.start], line[found.end :]
        alone = WEEKDAY.fullmatch(before) and behind in ("", ".")
        if alone or (PLACE.fullmatch(before) and BEHIND.match(behind)):
            return date.fromisoformat(found.value)
    return None
