"""The value of a time expression: the calendar meaning of its fields, read in text order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from pipeline.times.calendar import (
    FINE_TO_COARSE,
    Period,
    Stretch,
    Unit,
    containing,
    from_now,
    nearest_weekday,
    stretch,
    within,
)
from pipeline.times.context import is_day, lacks_year
from pipeline.times.grammar import Expression, Kind
from pipeline.times.holidays import holiday
from pipeline.times.relative import (
    ATTACKS,
    Direction,
    Judge,
    NamedDay,
    Unparsed,
    may_be_of_2001,
    toward,
    weekend,
    yearly_period,
)

COARSE: tuple[Unit, ...] = ("Q", "H", "SE", "M", "Y")
RECENT = 400
"""Maximum distance in characters at which "a year earlier" means the quarter mentioned before."""
FAR = 2000
"""Times at least this many characters apart are not in one sentence."""
COMPARED = re.compile(r"\b(?:from|with|versus|vs|than|against|over|up|down)\b(?:[^.\n]|\.\d)*\Z")
MONTHS = re.compile(r"P\d+M")
YEAR_OVER = 365
MOST_HOURS = 10**6
MOST_DAYS = 31
FAR_AHEAD = 4
"""Number of days from which a weekday named before is the same one again."""
MOST_NAMED = 4
"""Number of days named before, at most one of which a clock time belongs to."""
SURELY = 2
"""The direction of a clause that is certainly about the future."""
UNDATED = re.compile(r"T\d[\d:]+/T\d[\d:]+")
NEAR_MONTHS = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)
"""Distances in months from the current month to that of "the 9th", most likely first."""
CURRENT_DECADE = 2020
"""The decade of news without a day of publication."""
AGES = 10
"""Durations of at least this many years are not counted from the time of the news."""
CLOSING = re.compile(r"\b(?:at|as (?:of|at)|through|until)\s\Z")
SENTENCE_END = re.compile(r"[.!?]\s|\n")
TOLD = re.compile(r" that [^.!?\n]{0,100}")
"""Between the day of a statement and a day in what it says."""


class TimeReading(NamedTuple):
    """Kind and value of an expression, and whether the value depends on its context."""

    kind: Kind
    value: str | None
    relative: bool
    during: Stretch | None = None
    """When a duration that ends or begins now is."""


class MentionedTime(NamedTuple):
    """A time that the text has mentioned, and its position."""

    period: Period
    end: int


def shifted_away(found: Period | None, one: Expression) -> Period | None:
    """Return what is beside a day: "two weeks after today", "the first Monday after May 5"."""
    for count, unit in one.away:
        found = found and Period("D", found.first).shifted(count, unit)
    if found is None or one.beside is None:
        return found
    count, unit, weekday = one.beside
    if weekday is None:
        return containing(unit, found.first).shifted(count)
    way = 1 if count > 0 else -1
    near = nearest_weekday(found.first + timedelta(days=way), weekday, way)
    return Period("D", near).shifted(count - way, "W")


def between(first: TimeReading, last: TimeReading) -> TimeReading:
    """Return the range between two readings; without a value if the second is not the later."""
    value = f"{first.value}/{last.value}"
    whole = stretch(value) is not None or UNDATED.fullmatch(value) is not None
    return TimeReading(first.kind, value if whole else None, first.relative or last.relative)


def from_day(last: Expression, day: date) -> Expression:
    """Return the end of a range as the first such day, month or weekday from a day on."""
    if last.year is not None or last.toward is not None or last.unit is not None:
        return last
    if last.weekday is not None and last.day is None:
        day = nearest_weekday(day, last.weekday, 1)
        return replace(last, year=day.year, month=day.month, day=day.day, weekday=None)
    if last.month is not None:
        over = (last.month, last.day or MOST_DAYS) < (day.month, day.day)
        return replace(last, year=day.year + over)
    if last.day is not None:
        return replace(last, year=day.year, month=day.month, weekday=None)
    return last


def suffix_of(one: Expression) -> str:
    """Return the time of day of an expression as the ending of its value."""
    return f"T{one.clock or one.part}" if one.clock or one.part else ""


class Calendar:
    """Reads expressions in text order, relative to publication and the last time mentioned."""

    def __init__(
        self,
        text: str,
        published: date | None,
        moment: datetime | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.text = text
        self.judge = judge or Unparsed()
        self.moment = moment
        self.published = published
        self.last: MentionedTime | None = None
        self.last_day: MentionedTime | None = None
        self.last_coarse: MentionedTime | None = None
        self.last_quarter: MentionedTime | None = None
        """The last quarter mentioned, except those of "a year earlier"."""
        self.last_closing: MentionedTime | None = None
        """The last closing day of accounts mentioned: "at June 30"."""
        self.named: dict[date, NamedDay] = {}
        """The days that the text has named, the last one last."""
        self.tale: MentionedTime | None = None
        """The last month or day mentioned with its year."""
        self.spoken: dict[Unit, MentionedTime] = {}
        self.length, self.length_end = "", -1
        """The last number of months mentioned, "the first nine months", and where it ends."""

    @cached_property
    def _names_attacks(self) -> bool:
        """Whether the text mentions the attacks of Sept. 11, searched for at most once."""
        return ATTACKS.search(self.text) is not None

    def read(self, one: Expression, start: int, end: int) -> TimeReading:
        """Return the reading of the expression at ``text[start:end]``."""
        if one.until is not None:
            return between(*self.ends(one, (start, end), (start, end)))
        direction = Direction(self.judge, start, end)
        if one.kind == "duration" and one.hours and self.moment and direction() >= SURELY:
            one = replace(one, kind="time", value=None)  # "it will start in two hours"
        if one.value is not None or one.kind in ("duration", "set"):
            if one.value and MONTHS.fullmatch(one.value):
                self.length, self.length_end = one.value, end
            during = None
            if one.kind == "duration" and one.toward:
                during = from_now(one.value, one.toward, self.published, self.moment)
            return TimeReading(one.kind, one.value, (one.value or "").endswith("_REF"), during)
        try:
            return self._read(one, start, end, direction)
        except (ValueError, OverflowError):  # an invalid date: 31 April, the year 0
            return TimeReading(one.kind, None, True)

    def ends(
        self, one: Expression, place: tuple[int, int], last_place: tuple[int, int]
    ) -> tuple[TimeReading, TimeReading]:
        """Return the readings of both ends of a range; each supplies what the other lacks."""
        last = one.until or one
        one = replace(one, until=None)
        if last.year is not None and lacks_year(one):
            one.year = last.year - int((one.month or 0) > (last.month or 12))
        elif last.unit == "Y" and lacks_year(one):
            one.unit, one.shift = last.unit, last.shift
        first = self.read(one, *place)
        if last.clock and not is_day(last):
            day = (first.value or "").partition("T")[0]
            day = day if len(day) == len("2024-05-07") else ""  # "May through 5:30"
            if day and f"{day}T{last.clock}" <= (first.value or ""):
                day = str(date.fromisoformat(day) + timedelta(days=1))
            return first, TimeReading("time", f"{day}T{last.clock}", first.relative)
        begin = stretch(first.value)
        if begin is not None:
            last = from_day(last, date.fromisoformat(begin.start[:10]))
        return first, self.read(last, *last_place)

    def _read(self, one: Expression, start: int, end: int, direction: Direction) -> TimeReading:
        if one.hours is not None:
            return self._hours_away(one, end)
        if one.clock and not is_day(one):
            return TimeReading("time", f"T{one.clock}", False)
        if one.holiday is not None:
            return self._holiday(one, end, direction)
        if one.quarter == 0 and self._as_long(start, end):
            return TimeReading("duration", self.length, True)
        period, relative = self._period(one, start, direction)
        if period is None:
            return TimeReading(one.kind, None, True)
        self._note(one, period, end)
        if one.month is not None and CLOSING.search(self.text, max(0, start - 8), start):
            self.last_closing = self.last if period.unit == "D" else None
        value = period.value
        if one.clock or one.part:
            known = f"{value}T{one.clock or one.part}" if period.unit == "D" else None
            return TimeReading("time", known, relative)
        if one.last_day and period.unit == "D":
            last = period.first.replace(day=one.last_day)
            return TimeReading("date", f"{value}/{last.isoformat()}", relative)
        if one.last_year and period.unit == "Y":  # the winter of 1994-95 is one
            return TimeReading("date", f"{value}/{one.last_year:04}", relative)
        return TimeReading("date", value, relative)

    def _note(self, one: Expression, period: Period, end: int) -> None:
        if one.month is not None and (one.year is not None or self._goes_on(period)):
            self.tale = MentionedTime(period, end)
        self.last = self.spoken[period.unit] = MentionedTime(period, end)
        if period.unit == "Q" and not one.anaphoric:
            self.last_quarter = self.last
        if period.unit == "D":
            self.last_day = self.last
            day = period.first
            old = self.named.pop(day, NamedDay(day, None, 0, not self.named))
            self.named[day] = replace(old, end=end, times=old.times + 1)
        elif period.unit in COARSE and not (one.anaphoric and self.last_coarse):
            self.last_coarse = self.last

    def _goes_on(self, period: Period) -> bool:
        """Return whether a month or day without a year continues a narrative."""
        published = self.published
        return published is not None and (published - period.last).days > YEAR_OVER

    # -------------------------------------------------------------------------- hours and clocks
    def _hours_away(self, one: Expression, end: int) -> TimeReading:
        """Return the time this many hours away, or only the day if the time is unknown."""
        hours = one.hours or Decimal(0)
        if self.published is None or abs(hours) > MOST_HOURS:
            return TimeReading("time", None, True)
        away = timedelta(seconds=round(hours * 3600))
        moment = (self.moment or datetime.combine(self.published, time(12))) + away
        day = containing("D", moment.date())
        if self.moment is not None:
            self._note(one, day, end)
            spec = "seconds" if moment.second else "minutes"
            return TimeReading("time", moment.isoformat(timespec=spec), True)
        if abs(hours) < 24:
            return TimeReading("time", None, True)
        self._note(one, day, end)
        return TimeReading("date", day.value, True)

    def day_of_clock(self, start: int, end: int) -> date | None:
        """Return the day of a clock time, or of saying "today" in a quotation."""
        days = list(islice(reversed(self.named.values()), MOST_NAMED))
        if (beside := self._bracketed(days, start)) is not None:
            return beside
        if self.published is None:
            return days[0].day if days else None
        if self.published not in (one.day for one in days):
            days.append(self.named.get(self.published, NamedDay(self.published, None)))
        return self.judge.day(start, end, days, self.published) if days[1:] else days[0].day

    def _bracketed(self, days: list[NamedDay], start: int) -> date | None:
        """Return the day before the bracket of a clock time: "on Tuesday (20:00 BST)"."""
        ends = {one.end: one.day for one in days if one.end is not None}
        return ends.get(start - 2) if self.text[max(0, start - 2) : start] == " (" else None

    def is_one_sentence(self, start: int, end: int) -> bool:
        """Return whether no sentence ends within a span of the text."""
        return SENTENCE_END.search(self.text, start, end) is None

    def _holiday(self, one: Expression, end: int, direction: Direction) -> TimeReading:
        """Return a holiday in the year that the text gives or implies."""
        base = self.published
        year = one.year
        if year is None and one.unit == "Y" and base is not None:
            year = base.year + (one.shift or 0)
        if year is None and base is None:
            return TimeReading(one.kind, None, True)
        found = holiday(one.holiday or "", year or (base or date.min).year)
        if found is None:
            return TimeReading(one.kind, None, True)
        if year is None and base is not None:
            yearly = toward(containing("D", found.first), one, base, direction)
            found = holiday(one.holiday or "", yearly.first.year) or found
        if one.away or one.beside:
            move = one.away[0] if one.away else one.beside
            later = move is not None and move[0] > 0
            edge = found.last if later else found.first  # Ramadan is a month
            day = shifted_away(containing("D", edge), one)
            suffix = suffix_of(one)
            return TimeReading(
                "time" if suffix else "date", day and day.value + suffix, one.year is None
            )
        self._note(one, containing("D", found.first), end)
        if one.inner == "W" and one.nth == 0:
            return TimeReading("date", containing("W", found.first).value, one.year is None)
        if one.inner == "WE":
            near = found.first - timedelta(days=2 if found.first.weekday() < 2 else 0)
            return TimeReading("date", containing("WE", near).value, one.year is None)
        suffix = suffix_of(one)
        if suffix and found.first != found.last:  # one of the nights of Ramadan
            return TimeReading("time", None, True)
        return TimeReading("time" if suffix else "date", found.value + suffix, one.year is None)

    # ---------------------------------------------------------------------------------- periods
    def _period(
        self, one: Expression, start: int, direction: Direction
    ) -> tuple[Period | None, bool]:
        """Return the period that is meant, and whether it depends on the context."""
        found, relative = self._outer(one, start, direction)
        if found is not None and self._beyond(one, found):
            return None, relative
        if found is not None and one.nth is not None and one.inner is not None:
            found = within(found, one.nth, one.inner, one.inner_weekday)
        return shifted_away(found, one), relative

    def _outer(
        self, one: Expression, start: int, direction: Direction
    ) -> tuple[Period | None, bool]:
        if one.decade is not None:
            return Period("DE", date(self._decade(one.decade), 1, 1)), False
        if one.century is not None:
            return Period("CE", date(max((one.century - 1) * 100, 1), 1, 1)), False
        base = self._base(one, start)
        year, relative = one.year, one.year is None
        if year is None and one.unit == "Y" and base is not None and one.shift is not None:
            year = base.first.year + one.shift - self._before_first_day(one, base)
            finer = one.quarter is None and one.month is None and base.unit in COARSE
            if finer and not one.whole:
                return base.shifted(one.shift, "Y"), True
        if one.quarter == 0:
            return self._same_period(one, year, base), relative
        anchor = self.published
        yearly = yearly_period(one, year or (anchor.year if anchor else 4))
        if yearly is not None:
            if year is not None:
                return yearly, relative
            if may_be_of_2001(one, anchor) and self._names_attacks:
                return Period("D", date(2001, 9, 11)), True
            told = self._told(one, yearly, start, direction)
            if told is not None:
                return told, True
            return (toward(yearly, one, anchor, direction) if anchor else None), True
        if one.day is not None:
            return self._day_of_near_month(one, direction), True
        if one.weekday is not None:
            return self._weekday(one, direction), True
        if one.unit is not None and one.shift is not None and one.unit != "Y":
            return self._shifted(one, base, direction), True
        if year is not None:
            return Period("Y", date(year, 1, 1)), relative
        if one.part is not None and anchor is not None:
            near = self.last_day is not None and start - self.last_day.end <= RECENT
            day = self.last_day if near else None
            if day and day.period.first > anchor and direction() < 0:
                day = None
            return (day.period if day else containing("D", anchor)), True
        return None, True

    def _told(
        self, one: Expression, yearly: Period, start: int, direction: Direction
    ) -> Period | None:
        """Return a month or day that continues a narrative: "In May 2001 it rose. In July, …"."""
        tale = self.tale
        if tale is None or self.published is None or one.toward is not None or one.ahead:
            return None
        near = start - tale.end <= RECENT and "\n" not in self.text[tale.end : start]
        if not near or one.month is None or direction() >= 0:
            return None
        found = yearly.shifted(tale.period.first.year - yearly.first.year, "Y")
        if found is not None and found.last < tale.period.first:
            found = found.shifted(1, "Y")
        over = found is not None and (self.published - found.last).days > YEAR_OVER
        return found if over else None

    def _beyond(self, one: Expression, found: Period) -> bool:
        """Return whether "200 years later" is too far from the news to be counted from it."""
        later = one.anaphoric and one.unit == "Y" and (one.shift or 0) >= AGES
        return later and self.published is not None and found.first > self.published

    def _decade(self, number: int) -> int:
        """Return the first year of "the '20s": the last such decade that has begun."""
        if number >= 100:
            return number
        known = self.published.year if self.published else CURRENT_DECADE
        return max(c for c in (1800, 1900, 2000) if c == 1800 or c + number <= known) + number

    def _base(self, one: Expression, start: int) -> Period | None:
        """Return the time from which an expression counts."""
        published = containing("D", self.published) if self.published else None
        if not one.anaphoric:
            if one.unit == "D" and published is not None and self.judge.is_quoted(start):
                quoted = self.day_of_clock(start, start + 1)
                return containing("D", quoted) if quoted else None
            return self._discussed(one, start) or published
        if one.unit == "Y" and not one.whole:
            coarse, day = self.last_coarse, self.last_closing
            if day is not None and self._is_nearer(day, coarse, start):
                return containing("Y", day.period.first)
            if coarse is not None and start - coarse.end <= RECENT:
                return coarse.period
            base = self.last.period if self.last else None if one.needy else published
            return containing("Y", base.first) if base else None
        spoken = self._spoken(one.unit or "D")
        if spoken is not None and (one.reach is None or start - spoken.end <= one.reach):
            return spoken.period
        return None if one.needy else published

    def _is_nearer(self, day: MentionedTime, coarse: MentionedTime | None, start: int) -> bool:
        """Return whether to count from a day in the sentence, not from a period before it.

        "The debt stood at $6bn at June 30, double the level of two years earlier."
        """
        if coarse is not None and coarse.end > day.end:
            return False
        if start - day.end > RECENT or SENTENCE_END.search(self.text, day.end, start):
            return False
        if coarse is None or day.end - coarse.end > FAR:
            return True
        return SENTENCE_END.search(self.text, coarse.end, day.end) is not None

    def _discussed(self, one: Expression, start: int) -> Period | None:
        """Return the period that "from $3 a year ago" compares with the year before."""
        coarse = self.last_coarse
        if one.unit != "Y" or one.whole or one.shift != -1 or coarse is None:
            return None
        if start - coarse.end > RECENT or coarse.period.unit == "Y":
            return None
        return coarse.period if COMPARED.search(self.text, max(0, start - 60), start) else None

    def _spoken(self, unit: Unit) -> MentionedTime | None:
        """Return the last time mentioned that is no longer than a unit."""
        if unit == "D":
            return self.last_day
        finer = FINE_TO_COARSE[: FINE_TO_COARSE.index(unit) + 1]
        spoken = [self.spoken[one] for one in finer if one in self.spoken]
        return max(spoken, key=lambda one: one.end, default=None)

    @staticmethod
    def _before_first_day(one: Expression, base: Period) -> int:
        """Return 1 if "earlier this month" is written on the first day: the last month is meant."""
        if not one.earlier or one.shift or one.unit not in ("M", "Q", "Y"):
            return 0
        return int(base.unit == "D" and containing(one.unit, base.first).first == base.first)

    def _as_long(self, start: int, end: int) -> bool:
        """Return whether "the same period" has the last number of months mentioned."""
        if "period" not in self.text[start:end]:
            return False
        spoken = self.last_coarse
        finer = spoken is not None and spoken.period.unit != "Y" and spoken.end > self.length_end
        return not finer and 0 <= self.length_end >= start - RECENT

    def _same_period(self, one: Expression, year: int | None, base: Period | None) -> Period | None:
        """Return the last quarter mentioned, or the last complete one, in a year."""
        spoken = self.last_coarse.period if self.last_coarse else None
        fine = spoken if spoken and spoken.unit != "Y" else None
        if fine is None and self.published and not one.needy:
            fine = containing("Q", self.published).shifted(-1)
            year = year and base and year  # the year that the words give, if any
        if fine is None:
            return None
        return fine if year is None else fine.shifted(year - fine.first.year, "Y")

    def _day_of_near_month(self, one: Expression, direction: Direction) -> Period | None:
        """Return "the 9th" or "Monday the 9th" in the month that is meant."""
        if self.published is None or one.day is None:
            return None
        found = []
        for away in NEAR_MONTHS:
            month = containing("M", self.published).shifted(away)
            day = month and within(month, one.day, "D")
            if day and one.weekday in (None, day.first.weekday()):
                found.append(day)
        tense = direction()
        ahead = [day for day in found if day.first >= self.published]
        gone = [day for day in found if day.first <= self.published]
        right = (gone[:1] if tense < 0 else ahead[:1]) or gone[:1] or ahead[:1]
        return right[0] if right else None

    def _weekday(self, one: Expression, direction: Direction) -> Period | None:
        """Return the weekday that news means: today, otherwise the nearest one in the tense."""
        anchor, wanted = self.published, one.weekday or 0
        if one.anaphoric and self.last_day is not None:
            anchor = self.last_day.period.first
        if anchor is None:
            return None
        if one.unit == "W" and one.shift is not None:
            week = containing("W", anchor).shifted(one.shift)
            return week and Period("D", week.first + timedelta(days=wanted))
        if one.toward:
            step = timedelta(days=one.toward)
            return Period("D", nearest_weekday(anchor + step, wanted, one.toward))
        if one.toward == 0:
            return Period("D", nearest_weekday(anchor, wanted, direction() or 1))
        gone, coming = (nearest_weekday(anchor, wanted, way) for way in (-1, 1))
        behind, ahead = (anchor - gone).days, (coming - anchor).days
        if not behind and self._is_told_before(direction):
            return Period("D", gone - timedelta(days=7))
        again = gone in self.named and ahead > FAR_AHEAD  # "met Monday … will meet later Monday"
        later = behind > 0 and not again and direction.is_ahead("W", behind, ahead)
        return Period("D", coming if later else gone)

    def _is_told_before(self, direction: Direction) -> bool:
        """Return whether a statement of an earlier day tells of a day that is over.

        "The police said on Thursday that the crash on Wednesday killed two."
        """
        day = self.last_day
        if day is None or self.published is None or day.period.first >= self.published:
            return False
        told = TOLD.fullmatch(self.text, day.end, direction.start)
        return told is not None and direction() < 0

    def _shifted(self, one: Expression, base: Period | None, direction: Direction) -> Period | None:
        """Return the day, weekend, week, month or quarter at this distance."""
        if base is None or one.unit is None or one.shift is None:
            return None
        if one.unit == "WE":
            return weekend(base.first, one.shift, direction, near=one.ahead)
        if one.unit == "Q" and one.shift == 0 and one.anaphoric:  # "the quarter"
            if self.last_quarter is not None:
                return self.last_quarter.period
            return containing("Q", base.first).shifted(-1)
        shift = one.shift - self._before_first_day(one, base)
        return containing(one.unit, base.first).shifted(shift)
