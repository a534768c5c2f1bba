"""Rules for times relative to another: “today”, “last year”, “the day before”, “in May”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from pipeline.text.words import word_set
from pipeline.times.calendar import SEASON_STARTS, Period, Unit, containing, in_years
from pipeline.times.durations import FROM_NOW
from pipeline.times.grammar import (
    CLASSES,
    DEICTIC,
    MONTHS,
    PARTS,
    REFERENCES,
    SEASONS,
    TO_DATE,
    UNITS,
    WEEKDAYS,
    Expression,
    Grammar,
    TimeTokens,
    duration,
    is_part,
    part,
)

ATTACKS = re.compile(
    r"\b(?:9/11|Sept(?:\.|ember) 11(?:th)?(?:, 2001|(?: terror(?:ist)?)? attacks))\b"
)
JUST_AHEAD, JUST_OVER = 10, 100
"""Days around a Sept. 11 within which it may be that of the current year."""


@dataclass(frozen=True, slots=True)
class NamedDay:
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

    def day(self, start: int, end: int, named: Sequence[NamedDay], published: date) -> date:
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

    def day(self, start: int, end: int, named: Sequence[NamedDay], published: date) -> date:  # noqa: ARG002
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
        return Period("SE", date(year, SEASON_STARTS[one.season], 1))
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


NEAR = Grammar()
LAST = frozenset({"last", "past", "previous", "prior", "preceding", "latest", "final"})
NEXT = frozenset({"next", "following", "coming", "upcoming", "subsequent"})
SAME = frozenset({"same", "corresponding", "comparable"})
NEEDY = frozenset({"that", *SAME})
ANAPHORIC = frozenset({"previous", "prior", "preceding", "following", "subsequent", "that", *SAME})


@NEAR.rule("<today>")
def today(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "yesterday"; not the newspaper USA Today."""
    if match.start() and tokens.words[match.start() - 1] == "USA":
        return None
    shift = DEICTIC[tokens.words[match.start()].lower()]
    return Expression(match.start(), match.end(), unit="D", shift=shift)


@NEAR.rule("<the>? u=(<unit|weekend|weekday>) b=(<before>) l=(<last|next>)")
def week_before_last(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the week before last", "the month after next", "the Monday after next"."""
    word = part(tokens, match, "u").rstrip(".")
    unit = UNITS.get(word, "W")
    which = part(tokens, match, "b"), part(tokens, match, "l")
    if which not in SECOND or unit not in ("WE", "W", "M", "Y"):
        return None
    made = Expression(match.start(), match.end(), unit=unit, shift=SECOND[which], whole=True)  # type: ignore[arg-type]
    made.weekday = WEEKDAYS.get(word)
    return made


SECOND = {("before", "last"): -2, ("after", "next"): 2}


@NEAR.rule("h=(<intense|more|least>)? w=(<now|recent>)")
def reference(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "now", "right now", "most recently", "recent times"."""
    if tokens.codes[match.start() - 1 : match.start()] == CLASSES["every"]:
        return None  # every now and then
    how, word = part(tokens, match, "h"), part(tokens, match, "w")
    first = match.start() if (how, word) in MODIFIED else match.start("w")
    after = tokens.words[match.end()].lower() if match.end() < len(tokens.words) else ""
    before = how or (tokens.words[first - 1].lower() if first else "")
    if word == "soon" and (before == "too" or (before == "as" and after == "as")):
        return None
    if is_part(match, "w", "recent"):  # an adjective otherwise: the current president
        past = word == "recent" and after in ("times", "past")
        return Expression(first, match.end() + 1, value=REFERENCES[word]) if past else None
    return Expression(first, match.end(), value=REFERENCES[word])


MODIFIED = frozenset(
    {("right", "now"), ("very", "soon")} | {(how, "recently") for how in ("more", "most", "very")}
)


@NEAR.rule("p=(<as><now><as><possible>|<the><alternate><unit>|<these|that><units>)")
def fixed_phrase(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "as soon as possible", "the other day", "those days"."""
    value = FIXED_PHRASES.get(part(tokens, match, "p"))
    return Expression(match.start(), match.end(), value=value) if value else None


FIXED_PHRASES = {
    "as soon as possible": "FUTURE_REF",
    "the other day": "PAST_REF",
    "the other week": "PAST_REF",
    "these days": "PRESENT_REF",
    "those days": "PAST_REF",
}


@NEAR.rule("<at> (?:<the|this>)? m=(<moment>)")
def at_the_moment(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "at the moment", "at present"; not "at the moment when she left"."""
    word = part(tokens, match, "m")
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    clause = after.istitle() or after in ("of", "when", "that", "he", "she", "they")
    if clause or (match.end() - match.start() == 3) == (word == "present"):
        return None
    return Expression(match.start() + 1, match.end(), value="PRESENT_REF")


@NEAR.rule("<the> <intense>? <near>? f=(<future|past>)", "<in> f=(<future>)")
def the_future(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the near future", "in future"; not "the future king"."""
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    if after[:1].isalnum() and after.lower() not in FUNCTION_WORDS:
        return None
    value = "FUTURE_REF" if part(tokens, match, "f") == "future" else "PAST_REF"
    first = match.start() + (tokens.codes[match.start()] == CLASSES["in"])
    return Expression(first, match.end(), value=value)


FUNCTION_WORDS = frozenset(
    {"and", "or", "but", "of", "in", "for", "to", "as", "is", "was", "will", "the", "that", "when"}
    | {"has", "have", "had", "if", "with", "by", "because", "so", "while", "than", "may", "could"}
)


@NEAR.rule("<night>")
def tonight(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "tonight", "overnight"."""
    shift = -1 if tokens.words[match.start()].lower() == "overnight" else 0
    return Expression(match.start(), match.end(), "time", unit="D", shift=shift, part="NI")


@NEAR.rule(
    "(?:<the>|<this>|<their>)? m=(<this|that|same|last|past|next|recent>) <fiscal>? "
    "u=(<unit|century|quarter|weekend|month|weekday|season|part|holiday|period>)",
    "<that> m=(<same>) u=(<unit|quarter|weekend|month|weekday|season|part>)",
    "<the> <this>? m=(<last|past|next>) <fiscal>? u=(<unit|quarter>) (?:<or><so>)?",
)
def near(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "last year", "this past spring", "the same period", "next Monday", "that night"."""
    mode, word = part(tokens, match, "m"), part(tokens, match, "u").rstrip(".")
    place = mode == "past" and match.start() == match.start("m")
    if mode in ("recent", "final") or (place and not is_part(match, "u", "unit")):
        return None  # "past November" may be a place on the way
    if mode == "that" and is_part(match, "u", "month", "weekday", "holiday"):
        before = tokens.words[match.start() - 1].lower() if match.start() else ""
        if before not in BEFORE_THAT:
            return None  # he said that Monday's vote was fair
    if is_title(tokens, match):
        return None
    made = Expression(match.start(), match.end(), anaphoric=mode in ANAPHORIC)
    toward = -1 if mode in LAST else 1 if mode in NEXT else 0
    article = match.start() < match.start("m") and tokens.codes[match.start()] == CLASSES["the"]
    if is_part(match, "u", "unit", "century", "quarter", "weekend"):
        return near_unit(made, mode, UNITS[word], toward, article)
    if is_part(match, "u", "period"):
        if mode not in {*SAME, "latest", "last", "previous"}:
            return None
        made.quarter, made.weak = 0, mode in SAME
        made.anaphoric = mode in SAME
        return made
    if is_part(match, "u", "part"):
        if mode in ("past", "coming", "upcoming", "latest") or (mode == "last" and word != "night"):
            return None
        made.kind, made.part, made.unit, made.shift = "time", PARTS[word], "D", toward
        made.anaphoric = mode not in ("this", "last")
        made.needy = made.anaphoric and mode != "previous"
        return made
    made.toward = toward
    if is_part(match, "u", "month"):
        made.month = MONTHS[word]
    elif is_part(match, "u", "weekday"):
        made.weekday = WEEKDAYS[word]
        if mode in ("last", "next"):  # the day in the week before or after
            made.unit, made.shift, made.toward = "W", toward, None
    elif is_part(match, "u", "season"):
        made.season = SEASONS[word]
    else:
        made.holiday = tokens.words[match.start("u")]
    return made


def is_title(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether "This Week" is the title of a programme, as in "told ABC's This Week"."""
    words = tokens.words[match.start() : match.end()]
    before = tokens.words[match.start() - 1] if match.start() else ""
    after = "".join(tokens.words[match.end() : match.end() + 1])
    shown = before.islower() or before in ("'s", "’s") or (before in ('"', "“") and after.istitle())
    return shown and is_part(match, "u", "unit") and all(word.istitle() for word in words)


BEFORE_THAT = word_set("on by since until till before after in during of for from late early")


def near_unit(
    made: Expression, mode: str, unit: str, toward: int, article: bool
) -> Expression | None:
    """Read "this week", "last quarter", "the past year", "the next day"."""
    article = article or mode == "past"
    lasting = mode in ("past", "last", "next", "coming") and article and unit not in ("Q", "WE")
    if unit[0] == "T" or unit in ("2W", "ME") or (lasting and unit != "D"):
        if not toward or mode == "latest" or (unit == "TM" and mode == "last"):
            return None  # at the last minute
        made.kind, made.value = "duration", duration(Decimal(1), unit)
        made.toward = FROM_NOW.get(mode)
        return made
    if unit == "SE" or (unit == "D" and mode in ("this", "last", "latest", "coming", "upcoming")):
        return None
    made.ahead = mode == "this" or (unit == "WE" and mode in ("coming", "upcoming"))
    toward = 0 if unit == "WE" and made.ahead else toward
    made.unit, made.shift = unit, toward  # type: ignore[assignment] # the others returned above
    made.anaphoric = made.anaphoric or (unit == "D" and article)
    made.whole, made.needy = True, mode in NEEDY or (unit == "D" and toward > 0)
    return made


@NEAR.rule("<the> (?:<full|fiscal|recent>{1,2})? u=(<unit|quarter|weekend|century>)")
def the_unit(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the week", "the full year", "the quarter"; weak because of many idioms."""
    word = part(tokens, match, "u")
    if tokens.words[match.start("u")][0].isupper() or word not in THE_UNITS:
        return None
    made = Expression(match.start(), match.end(), unit=UNITS[word], shift=0)  # type: ignore[arg-type]
    bare = match.end() - match.start() == 2
    if tokens.codes[match.end() : match.end() + 1] == CLASSES["dash"]:
        return None  # the quarter-century
    after = "".join(tokens.words[match.end() : match.end() + 2]).lower()
    if bare and after.startswith(("ahead", "since")) and word != "quarter":
        made.kind, made.value = "duration", duration(Decimal(1), UNITS[word])
        made.last += after.startswith("ahead")  # the year ahead; the year since
        return made
    if word == "quarter" and after.startswith("of") and after != "ofthe":
        return None  # the quarter of all voters
    ended = day_of_end(tokens, match.end())
    if ended is not None and word in ("year", "quarter", "week"):
        return ending(made, word, ended)
    made.anaphoric = bare and word in ("quarter", "month", "year", "week", "day")
    made.weak = word not in ("weekend", "quarter") and bare
    made.whole, made.reach = True, None if word == "quarter" else AROUND
    return made


class End(NamedTuple):
    """The day on which a period ends, as far as it is given."""

    month: int
    day: int | None
    year: int | None


def day_of_end(tokens: TimeTokens, at: int) -> End | None:
    """Return the day in "ended March 31, 2024", or the month in "to March", after a period."""
    words = [word.lower().rstrip(".") for word in tokens.words[at : at + 5]]
    if len(words) < 2 or words[0] not in ("ended", "ending", "to", "through"):
        return None
    month = MONTHS.get(words[1])
    if month is None:
        return None
    days = [int(word) for word in words[2:3] if re.fullmatch(r"[0-3]?\d", word)]
    years = [int(word) for word in words[2:] if re.fullmatch(r"[12]\d{3}", word)]
    return End(month, next(iter(days), None) or None, next(iter(years), None))


def ending(made: Expression, unit: str, end: End) -> Expression | None:
    """Return the quarter or week with this end, or the length of a year with this end."""
    if unit == "year":
        made.kind, made.value = "duration", "P1Y"
        return made
    made.unit = made.shift = None
    if unit == "quarter":
        made.quarter = (end.month + 1) // 3 or 4
        made.year = end.year if end.year is None or end.month > 1 else end.year - 1
        return made
    if end.day is None:
        return None
    made.month, made.day, made.year, made.nth, made.inner = end.month, end.day, end.year, 0, "W"
    return made


AROUND = 200
"""Maximum distance in characters at which "the year" means a year mentioned before, rather than
that of publication."""


@NEAR.rule("m=(<last|next|this>) y=(<unit>) <possessive> <quarter|period>")
def period_of_last_year(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "last year's quarter"."""
    mode = part(tokens, match, "m")
    if part(tokens, match, "y") != "year":
        return None
    shift = -1 if mode in LAST else 1 if mode in NEXT else 0
    return Expression(match.start(), match.end(), quarter=0, unit="Y", shift=shift)


@NEAR.rule("<the>? <end> <of> <the>? u=(<unit>) <on>? w=(<weekday|today>)")
def end_of_day(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the end of the day Saturday", "end of day tomorrow"."""
    if part(tokens, match, "u") != "day":
        return None
    word = part(tokens, match, "w").rstrip(".")
    made = Expression(match.start(), match.end(), weekday=WEEKDAYS.get(word))
    if word in DEICTIC:
        made.unit, made.shift = "D", DEICTIC[word]
    return made


THE_UNITS = word_set("day week weekend month quarter year decade century")


@NEAR.rule("<to_date>")
def to_date(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "year to date": from the first day of the period until today."""
    unit: Unit = TO_DATE[tokens.words[match.start()].lower()]  # type: ignore[assignment]
    made = Expression(match.start(), match.end(), unit=unit, shift=0)
    made.until = Expression(match.start(), match.end(), unit="D", shift=0)
    return made


@NEAR.rule("<the> u=(<unit|part>) b=(<before>)")
def the_day_before(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the day before" the last time mentioned; not "the day before the vote"."""
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    word = part(tokens, match, "u")
    if (after[:1].isalnum() and after.lower() not in AFTER_BEFORE) or UNITS.get(word, "T")[
        0
    ] == "T":
        return None
    made = Expression(match.start(), match.end(), unit=UNITS[word], anaphoric=True)  # type: ignore[arg-type]
    made.shift = -1 if part(tokens, match, "b") == "before" else 1
    made.whole = True
    if word == "night":
        made.kind, made.part = "time", "NI"
    return made


AFTER_BEFORE = frozenset({"and", "but", "at", "on", "when", "by", "because", "as", "was", "were"})


@NEAR.rule("(?:<the>)? e=(<unit> <possessive|dash>? <end>)", "e=(<mid> <dash> <unit>)")
def year_end(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "year-end", "the year's end", "month's end", "mid-year"."""
    words = part(tokens, match, "e").split()
    if words[0] == "mid":
        words = [words[-1], "-", "end"]
    owned = "s" in words[1]
    if words[-1] != "end" or words[0] not in (("week", "month", "year") if owned else ("year",)):
        return None
    unit: Unit = UNITS[words[0]]  # type: ignore[assignment] # three of them
    return Expression(match.start() if owned else match.start("e"), match.end(), unit=unit, shift=0)
