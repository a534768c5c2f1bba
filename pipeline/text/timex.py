"""Find time expressions in English text and give each its TIMEX3 value.

The words are matched by the grammar of `pipeline.text.timegrammar`; here neighbours are joined,
the context decides on years and other homographs, and what is left is read off the calendar
against the day of publication. Sources: TimeML annotation guidelines 1.2.1 and TIMEX3 (Saurí et al.
2006) for spans and values, ISO 8601-2 for intervals and approximate dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Literal, NamedTuple

from pipeline.text.calendar import (
    SEASONS,
    Period,
    containing,
    nearest_weekday,
    nearest_year,
)
from pipeline.text.timegrammar import Expression, expressions
from pipeline.text.timewords import CLASSES, Tokens, tokens_of

Kind = Literal["date", "time", "duration", "set"]
Tense = Callable[[int, int], int]
"""Tells for a stretch of text whether it speaks of the past (-1), the future (1) or neither (0)."""


class Timex(NamedTuple):
    """A time expression; ``value`` is None where nothing tells which time is meant."""

    start: int
    end: int
    kind: Kind
    value: str | None
    relative: bool = False
    """The value depends on the day of publication or on a time mentioned before."""
    weak: bool = False
    """The words are times only by their part of speech ("may", "fall"), which the text hides."""


def no_tense(_start: int, _end: int) -> int:
    """Know nothing about tense."""
    return 0


def find(text: str, published: date | None = None, *, tense: Tense = no_tense) -> Iterator[Timex]:
    """Yield the time expressions of a text in order, read against its day of publication.

    >>> [(t.value, t.kind) for t in find("It fell last year for 3 days.", date(2025, 5, 1))]
    [('2024', 'date'), ('P3D', 'duration')]
    """
    tokens = tokens_of(text)
    calendar = Calendar(published)
    for found in joined(tokens, expressions(tokens)):
        start, end = tokens.starts[found.first], tokens.ends[found.last - 1]
        if not stands(tokens, found, text):
            continue
        kind, value, relative = calendar.read(found, partial(tense, start, end))
        yield Timex(start, end, kind, value, relative, is_homograph(tokens, found))


# ------------------------------------------------------------------------- neighbours
WITH_YEAR = re.compile(r"[ws]?")
WITH_DAY = re.compile(r",?o?|w|,?@|s")
WITH_DATE = re.compile(r",?")


def joined(tokens: Tokens, found: Iterator[Expression]) -> Iterator[Expression]:
    """Join neighbours that give one time together, and take in what modifies it."""
    held: Expression | None = None
    floor = 0
    for this in found:
        if held is not None:
            between = tokens.codes[held.last : this.first]
            both = join(held, this, between) if len(between) < 3 else None
            if both is not None:
                held = both
                continue
            yield widened(tokens, held, floor)
            floor = held.last
        held = this
    if held is not None:
        yield widened(tokens, held, floor)


def is_year(one: Expression) -> bool:
    """Tell whether an expression gives a year and nothing finer."""
    finer = (one.quarter, one.month, one.half, one.season, one.weekday, one.holiday, one.value)
    return (one.year is not None or one.unit == "Y") and all(f is None for f in finer)


def is_day(one: Expression) -> bool:
    """Tell whether an expression gives a day."""
    return one.value is None and (
        one.day is not None or one.weekday is not None or one.unit == "D" or one.holiday is not None
    )


def is_time(one: Expression) -> bool:
    """Tell whether an expression gives a time of day and no day."""
    return (one.part or one.clock) is not None and not is_day(one)


def wants_year(one: Expression) -> bool:
    """Tell whether an expression lacks the year that it belongs to."""
    if one.year is not None or one.value is not None:
        return False
    parts = (one.quarter, one.month, one.half, one.season, one.holiday)
    return any(p is not None for p in parts) or (one.unit == "Q" and one.shift == 0)


def join(a: Expression, b: Expression, between: str) -> Expression | None:
    """Return two neighbours as one expression, or None where they stay two."""
    if is_time(a) and is_day(b) and WITH_DAY.fullmatch(between):
        return merged(a, b, kind="time")
    if is_day(a) and is_time(b) and WITH_DAY.fullmatch(between) and between != "w":
        return merged(a, b, kind="time")
    if is_time(a) and is_time(b) and not (a.clock and b.clock) and between in ("", "y"):
        return None
    if a.weekday is not None and b.day is not None and b.weekday is None and not a.part:
        return merged(a, b) if WITH_DATE.fullmatch(between) else None
    if wants_year(a) and is_year(b) and not a.anaphoric and WITH_YEAR.fullmatch(between):
        return merged(a, b)
    if wants_year(a) and is_year(b) and a.unit == "Q" and between in ("", "w"):
        a.quarter, a.unit, a.shift = 0, None, None
        return merged(a, b)
    if is_year(a) and wants_year(b) and not a.weak and between == "s":
        return merged(a, b)
    if a.weekday is not None and b.unit == "W" and b.shift is not None and between in ("", "w"):
        return merged(a, b)
    return None


def merged(a: Expression, b: Expression, kind: str = "date") -> Expression:
    """Return one expression with the fields of both."""
    for name in Expression.__slots__:
        if name in ("first", "last", "weak", "kind"):
            continue
        value = getattr(b, name)
        if value is not None and value is not False and (name != "earlier" or value):
            setattr(a, name, value)
    a.last = b.last
    a.weak = False
    a.kind = kind
    return a


BEFORE = re.compile(
    "(?:{the}?{end}{of}|(?:{early}|{earlier}|{mid})(?:{in_}{the}?|{on}|{dash}|{that})?|{about})$".format(
        the=re.escape(CLASSES["the"]),
        end=re.escape(CLASSES["end"]),
        of=CLASSES["of"],
        early=CLASSES["early"],
        earlier=CLASSES["earlier"],
        mid=CLASSES["mid"],
        in_=CLASSES["in"],
        on=CLASSES["on"],
        dash=re.escape(CLASSES["dash"]),
        that=CLASSES["that"],
        about=CLASSES["about"],
    )
)


def widened(tokens: Tokens, one: Expression, floor: int) -> Expression:
    """Take in the words before an expression that say which part of it is meant."""
    if one.kind in ("duration", "set") or (one.value is not None and one.value.endswith("_REF")):
        return one
    low = max(one.first - 4, floor)
    match = BEFORE.search(tokens.codes[low : one.first])
    if match is None:
        return one
    first = low + match.start()
    word = tokens.words[first].lower()
    if CLASSES["about"] == tokens.codes[first] and one.clock is None:
        return one
    one.first = first
    if word in (
        "early",
        "late",
        "earlier",
        "later",
        "mid",
        "the",
        "end",
        "beginning",
        "start",
        "middle",
    ):
        one.weak = False
    if word in ("earlier", "later"):
        one.earlier = -1 if word == "earlier" else 1
    return one


# ------------------------------------------------------------------- homographs and their company
YEAR_BEFORE = frozenset(
    [
        "in",
        "since",
        "by",
        "of",
        "from",
        "until",
        "till",
        "to",
        "through",
        "before",
        "after",
        "during",
        "late",
        "early",
        "mid",
        "fiscal",
        "circa",
        "year",
        "between",
        "around",
        "about",
        "for",
        "and",
        "or",
        "than",
        "the",
        "this",
        "that",
        "its",
        "their",
        "his",
        "her",
        "our",
        "a",
        "an",
        "another",
    ]
)
COUNTED = frozenset(
    [
        "people",
        "men",
        "women",
        "children",
        "workers",
        "jobs",
        "others",
        "more",
        "percent",
        "per",
        "%",
    ]
)
NOT_PLURAL = frozenset(
    [
        "was",
        "is",
        "has",
        "as",
        "its",
        "this",
        "his",
        "us",
        "less",
        "across",
        "plus",
        "versus",
        "perhaps",
        "was",
        "does",
    ]
)
DATE_BEFORE = frozenset(
    [
        "in",
        "since",
        "by",
        "of",
        "from",
        "until",
        "till",
        "to",
        "through",
        "before",
        "after",
        "during",
        "late",
        "early",
        "last",
        "next",
        "this",
        "for",
        "and",
        "or",
        "every",
        "each",
        "between",
        "mid",
        "around",
        "about",
        "on",
        "that",
    ]
)


def stands(tokens: Tokens, one: Expression, text: str) -> bool:
    """Tell whether the context lets an expression be a time."""
    first, last = one.first, one.last
    before = tokens.words[first - 1] if first else ""
    after = tokens.words[last] if last < len(tokens.words) else ""
    word = tokens.words[first]
    if one.year is not None and one.weak and is_year(one):
        return is_calendar_year(one, before, after, tokens, text)
    if not one.weak:
        return True
    if one.month is not None:
        name = word.lower()
        if name not in ("may", "march"):
            return word.endswith(".") or name == "sept"
        return word != word.upper() or not before or before.lower() in DATE_BEFORE
    if one.weekday is not None or one.half is not None:
        return False
    if one.part is not None:
        return word.lower() == "the" and after.lower() != "of" and one.part != "NI"
    if one.season is not None:
        return before.lower() in DATE_BEFORE or word.lower() in ("the", "early", "late", "mid")
    if one.unit is not None and one.shift == 0:
        return (
            before.lower() in DATE_BEFORE - {"this", "last", "next", "that", "on", "every", "each"}
            and after.lower() != "of"
        )
    return True


def is_calendar_year(one: Expression, before: str, after: str, tokens: Tokens, text: str) -> bool:
    """Tell a year from a number of four digits by the words around it."""
    year = one.year or 0
    joint = tokens.ends[one.last - 1]
    if text[joint : joint + 1] in ("%", "°") or before in ("$", "€", "£", "¥", "#", "No"):
        return False
    low = after.lower()
    if low in COUNTED or (
        before in ("-", "–", "/")
        and not before.isspace()
        and one.first > 1
        and tokens.ends[one.first - 1] == tokens.starts[one.first]
        and tokens.words[one.first - 2].isalpha()
    ):
        return False
    plural = (
        low.endswith("s")
        and len(low) > 2
        and low.isalpha()
        and low not in NOT_PLURAL
        and after == low
    )
    lower = before.lower()
    if plural and lower not in (
        "the",
        "its",
        "their",
        "his",
        "her",
        "our",
        "'s",
        "’s",
        "this",
        "that",
    ):
        return False
    if not 1000 <= year <= 2100 or (
        not year >= 1800
        and lower
        not in (
            "in",
            "since",
            "of",
            "by",
            "from",
            "until",
            "to",
            "after",
            "before",
            "between",
            "during",
            "(",
        )
    ):
        return False
    if (
        lower in YEAR_BEFORE
        or not before
        or before in "(\n,;.—–[\"“'’:"
        or lower in ("'s", "’s", ")")
    ):
        return True
    return (
        lower.islower()
        and before == lower
        and not (
            low.isalpha()
            and low == after
            and low
            not in (
                "and",
                "or",
                "to",
                "when",
                "the",
                "as",
                "at",
                "on",
                "in",
                "by",
                "with",
                "after",
                "for",
            )
        )
    )


def is_homograph(tokens: Tokens, one: Expression) -> bool:
    """Tell whether only the part of speech shows that this is a time."""
    if not one.weak or one.last - one.first > 1:
        return False
    return tokens.words[one.first].lower() in (
        "may",
        "march",
        "fall",
        "spring",
        "summer",
        "winter",
        "current",
    )


# --------------------------------------------------------------------------- the calendar
class Calendar:
    """Reads expressions in text order against the publication and what was spoken of last."""

    def __init__(self, published: date | None) -> None:
        self.published = published
        self.spoken: Period | None = None

    def read(self, one: Expression, direction: Callable[[], int]) -> tuple[Kind, str | None, bool]:
        """Return kind, value and whether the value depends on the context."""
        if one.value is not None or one.kind in ("duration", "set"):
            return one.kind, one.value, bool(one.value and one.value.endswith("_REF"))  # type: ignore[return-value]
        try:
            period, relative = self.period(one, direction)
        except (ValueError, OverflowError):
            period, relative = None, True
        kind: Kind = "time" if one.clock or one.part or one.kind == "time" else "date"
        if one.hours is not None:
            return self.hours_away(one)
        if one.clock and not is_day(one):
            return kind, f"T{one.clock}", False
        if period is None:
            return kind, None, True
        self.spoken = period
        value = period.value
        if one.clock:
            return kind, f"{value}T{one.clock}", relative
        if one.part:
            return kind, f"{value}T{one.part}", relative
        if one.last_day:
            return kind, f"{value}/{value[:-2]}{one.last_day:02}", relative
        if one.last_year:
            return kind, f"{value}/{one.last_year:04}", relative
        return kind, value, relative

    def hours_away(self, one: Expression) -> tuple[Kind, str | None, bool]:
        """Return the day that lies so many hours away; an hour is not known that exactly."""
        if self.published is None or one.anaphoric or one.hours is None:
            return "time", None, True
        if abs(one.hours) < 24 or abs(one.hours) > 10**6:
            return "time", None, True
        moment = datetime.combine(self.published, time(12)) + timedelta(hours=float(one.hours))
        self.spoken = containing("D", moment.date())
        return "date", self.spoken.value, True

    def period(self, one: Expression, direction: Callable[[], int]) -> tuple[Period | None, bool]:
        """Return the stretch of the calendar that is meant."""
        anchor = self.published
        year, relative = one.year, one.year is None
        if one.decade is not None:
            return Period("DE", date(one.decade, 1, 1)), False
        if one.century is not None:
            return Period("CE", date(max((one.century - 1) * 100, 1), 1, 1)), False
        base = (
            (self.spoken if one.anaphoric else None) or (anchor and containing("D", anchor)) or None
        )
        if year is None and one.unit == "Y" and base is not None and one.shift is not None:
            year = base.first.year + one.shift
            if not 1 <= year <= 9999:
                return None, True
        if one.quarter == 0:  # the quarter, or period, that was spoken of
            return self.same_period(year, one), relative
        yearly = self.yearly(one, year or (anchor.year if anchor else None))
        if yearly is not None:
            if year is not None:
                return yearly, relative
            if anchor is None:
                return None, True
            return self.toward(yearly, one, anchor, direction), True
        if one.weekday is not None:
            return self.weekday(one, direction), True
        if one.unit is not None and one.shift is not None:
            return self.shifted(one, base, direction), True
        if one.part is not None and anchor is not None:
            spoken = self.spoken if self.spoken and self.spoken.unit == "D" else None
            return spoken or containing("D", anchor), True
        if year is not None:
            return Period("Y", date(year, 1, 1)), relative
        return None, True

    def same_period(self, year: int | None, one: Expression) -> Period | None:
        """Return the quarter last spoken of, or the last whole one, in a year."""
        fine = self.spoken if self.spoken and self.spoken.unit in ("Q", "H", "M", "SE") else None
        if fine is None and self.published:
            fine = containing("Q", self.published).shifted(-1)
        if fine is None or year is None:
            return None
        return fine.shifted(year - fine.first.year, "Y")

    @staticmethod
    def yearly(one: Expression, year: int | None) -> Period | None:
        """Return a month, day, quarter, half or season in a year."""
        if year is None:
            return None
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

    @staticmethod
    def toward(
        yearly: Period, one: Expression, anchor: date, direction: Callable[[], int]
    ) -> Period:
        """Return "last June", "this June", "next June", or the June that the tense points to."""
        if one.toward is None:
            return nearest_year(yearly, anchor, direction())
        if one.toward == 0:
            return yearly
        if one.toward < 0:
            return yearly if yearly.last < anchor else yearly.shifted(-1, "Y") or yearly
        return yearly if yearly.first > anchor else yearly.shifted(1, "Y") or yearly

    def weekday(self, one: Expression, direction: Callable[[], int]) -> Period | None:
        """Return the day of the week that news means: today, else the nearest in the tense."""
        anchor, wanted = self.published, one.weekday or 0
        if one.anaphoric and self.spoken is not None and self.spoken.unit == "D":
            anchor = self.spoken.first
        if anchor is None:
            return None
        if one.unit == "W" and one.shift is not None:
            week = containing("W", anchor).shifted(one.shift)
            return week and Period("D", week.first + timedelta(days=wanted))
        if one.toward:
            day = nearest_weekday(anchor + timedelta(days=one.toward), wanted, one.toward)
        elif one.toward == 0:
            day = nearest_weekday(anchor, wanted, direction() or 1)
        else:
            day = nearest_weekday(anchor, wanted, direction() or -1)
        return Period("D", day)

    def shifted(
        self, one: Expression, base: Period | None, direction: Callable[[], int]
    ) -> Period | None:
        """Return the day, week, month, … so many units away."""
        if base is None or one.unit is None or one.shift is None:
            return None
        shift = one.shift
        if one.unit == "WE":
            week = containing("WE", base.first)
            if shift == 0 and base.first < week.first:  # on Monday, "the weekend" is the last one
                near = base.first.weekday() >= 3
                tense = direction()
                back = tense < 0 or (tense == 0 and not near)
                return week.shifted(-1) if back else week
            return week.shifted(shift)
        if one.unit == "Q" and shift == 0 and one.anaphoric:
            if self.spoken and self.spoken.unit == "Q":
                return self.spoken
            return containing("Q", base.first).shifted(-1)
        if (
            one.earlier < 0
            and shift == 0
            and one.unit in ("M", "Y", "Q")
            and containing(one.unit, base.first).first == base.first
        ):
            shift = -1  # nothing of this month is over on its first day
        if one.unit == "Y" and one.anaphoric and base.unit in ("Q", "M", "D") and shift:
            return base.shifted(shift, "Y")
        return containing(one.unit, base.first).shifted(shift)
