"""The grammar of time: patterns over word classes, and the partial dates that they stand for.

A rule is a pattern in which ``<month>`` stands for one token of that class and ``d=(…)`` names a
part. What it matches becomes an `Expression`: the fields of a date, a clock or a duration that the
words give. Neighbours whose fields fit together ("the third quarter" + "of" + "last year") are one
expression; what the fields mean on the calendar is decided in `pipeline.text.timevalues`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.text.calendar import Unit
from pipeline.text.timewords import (
    ANCHOR,
    CLASSES,
    CLOCK,
    DECADE,
    DECADES,
    DEICTIC,
    LONG,
    MONTHS,
    NUMERIC_DATES,
    ORDINAL,
    ORDINALS,
    PARTS,
    PLURALS,
    REFERENCES,
    REGULAR,
    SCALES,
    SEASONS,
    SMALL,
    TENS,
    UNITS,
    WEEKDAYS,
    YEARS,
    Tokens,
)


@dataclass(slots=True)
class Expression:
    """What the words of one time expression say; ``first`` and ``last`` are token indices."""

    first: int
    last: int
    weak: bool = False
    """The words are times only in company, or by their part of speech."""
    value: str | None = None
    """A value that needs no calendar: a duration, a set, ``PRESENT_REF``."""
    kind: str = "date"
    year: int | None = None
    last_year: int | None = None
    decade: int | None = None
    century: int | None = None
    half: int | None = None
    quarter: int | None = None
    season: str | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    holiday: str | None = None
    unit: Unit | None = None
    """Unit of a shift, or of the period that is spoken of: "last **month**"."""
    shift: int | None = None
    """Units from the base."""
    hours: Decimal | None = None
    anaphoric: bool = False
    """The base is the time last spoken of, not the day of publication."""
    toward: int | None = None
    """Which of the weekdays, months, … is meant: -1 last, 0 this, 1 next."""
    part: str | None = None
    clock: str | None = None
    every: bool = False
    earlier: int = 0
    """-1 for "earlier this month", 1 for "later this month"."""


Build = Callable[[Tokens, "re.Match[str]"], Expression | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what it makes of a match."""

    pattern: re.Pattern[str]
    build: Build


def pattern_of(text: str) -> str:
    """Return a rule's pattern as a regular expression over class characters."""
    named = re.sub(r"(\w+)=\(", r"(?P<\1>", re.sub(r"\s+", "", text))
    return re.sub(r"(?<!\?P)<([a-z|]+)>", one_of, named)


def one_of(match: re.Match[str]) -> str:
    """Return the character class for ``<month|weekday>``."""
    return "[" + "".join(re.escape(CLASSES[name]) for name in match[1].split("|")) + "]"


NUMBER = "(?:<number|year>(?:<dash>?<number|half>|<and><number>){0,4})"
COUNT = (
    f"(?:<a>?<few><of>?|<a><couple><of>?|<a><number>{{1,3}}"
    f"|{NUMBER}(?:<dash>?<to><dash>?{NUMBER}|<or>{NUMBER}|<dash>{NUMBER})?)"
)
HEDGE = "(?:<about>{0,2}(?:<more><than>|<at><least>|<up><to>|<as><much><as>)?)"
AGO = "ago=(<ago>|<earlier>|<before>|<from><now>|<from><today>)?"


RULES: list[Rule] = []


def rule(*patterns: str) -> Callable[[Build], Build]:
    """Register a builder for patterns."""

    def register(build: Build) -> Build:
        RULES.extend(Rule(re.compile(pattern_of(pattern)), build) for pattern in patterns)
        return build

    return register


# ------------------------------------------------------------------------------------ words
def part(tokens: Tokens, match: re.Match[str], name: str) -> str:
    """Return the words of a named part, in lower case, parted by spaces."""
    if name not in match.re.groupindex:
        return ""
    first, last = match.span(name)
    return " ".join(tokens.words[first:last]).lower() if first >= 0 else ""


def number_of(text: str) -> Decimal | None:
    """Return the number that digits or words stand for."""
    whole = Decimal(0)
    group = Decimal(0)
    for word in re.split(r"[\s-]+", text.replace(",", "")):
        if word in ("a", "and", ""):
            continue
        if word in SMALL or word in TENS:
            group += SMALL.get(word, 0) or TENS.get(word, 0)
        elif word in SCALES:
            group = (group or Decimal(1)) * SCALES[word]
            if SCALES[word] > 100:
                whole, group = whole + group, Decimal(0)
        elif word == "half":
            group += Decimal("0.5")
        elif "/" in word:
            top, _, bottom = word.partition("/")
            if not int(bottom):
                return None
            group += Decimal(int(top)) / int(bottom)
        else:
            try:
                group += Decimal(word)
            except ArithmeticError:
                return None
    return whole + group


def ordinal_of(word: str) -> int | None:
    digits = ORDINAL.fullmatch(word)
    return int(digits[1][:4]) if digits else ORDINALS.get(word)


def unit_of(word: str) -> str:
    return UNITS.get(word) or PLURALS.get(word) or UNITS["day"]


def year_of(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) == 4 else None


def duration(count: Decimal | None, unit: str) -> str:
    """Return an ISO 8601 duration; the number is X where the text leaves it open.

    >>> duration(Decimal("2.5"), "Y"), duration(None, "TM")
    ('P2Y6M', 'PTXM')
    """
    factor = {
        "WE": (1, "WE"),
        "SE": (1, "SE"),
        "2W": (2, "W"),
        "DE": (10, "Y"),
        "CE": (100, "Y"),
        "ME": (1000, "Y"),
    }
    if count is None:
        code = "W" if unit == "2W" else unit
        return f"PTX{code[1]}" if code[0] == "T" else f"PX{code}"
    times, code = factor.get(unit, (1, unit))
    count *= times
    time = "T" if code[0] == "T" else ""
    code = code[1] if time else code
    finer = {"Y": (12, "M"), "H": (60, "M"), "M": (60, "S") if time else None}.get(code)
    if count != count.to_integral_value() and finer:
        more = (count % 1) * finer[0]
        if more == more.to_integral_value():
            whole = f"{int(count)}{code}" if count >= 1 else ""
            return f"P{time}{whole}{int(more)}{finer[1]}"
    plain = f"{count.quantize(Decimal('0.001')).normalize():f}" if count % 1 else f"{int(count)}"
    return f"P{time}{plain}{code}"


LAST = frozenset(["last", "past", "previous", "prior", "preceding", "latest", "final"])
NEXT = frozenset(["next", "following", "coming", "upcoming", "subsequent"])
ANAPHORIC = frozenset(
    ["previous", "prior", "preceding", "following", "subsequent", "that", "those", "same"]
)


# ------------------------------------------------------------------------- dates of the calendar
@rule(
    "m=(<month>) d=(<number|ordinal>) (?:<dash> e=(<number|ordinal>))? (?:<comma>? y=(<year>))?",
    "<the>? d=(<number|ordinal>) (?:<dash> e=(<number|ordinal>))? <of>? m=(<month>) (?:<comma>? y=(<year>))?",
)
def day_of_month(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    days = part(tokens, match, "d")
    last = part(tokens, match, "e")
    if "-" in days or "–" in days:
        days, last = re.split("[-–]", days, maxsplit=1)
    if not last and match["d"] == CLASSES["number"] and not days.isdecimal():
        return None
    first_day = ordinal_of(days) or (int(days) if days.isdecimal() and len(days) <= 2 else 0)
    last_day = ordinal_of(last) or (int(last) if last.isdecimal() and len(last) <= 2 else 0)
    if not 0 < first_day <= 31 or last_day > 31:
        return None
    return Expression(
        match.start(),
        match.end(),
        year=year_of(part(tokens, match, "y")),
        month=month_of(tokens, match),
        day=first_day,
        last_day=last_day if last_day > first_day else None,
    )


def month_of(tokens: Tokens, match: re.Match[str]) -> int:
    return MONTHS[part(tokens, match, "m").rstrip(".")]


@rule("m=(<month>) (?:<comma>|<of>)? y=(<year>)")
def month_of_year(tokens: Tokens, match: re.Match[str]) -> Expression:
    year = year_of(part(tokens, match, "y"))
    return Expression(match.start(), match.end(), year=year, month=month_of(tokens, match))


@rule("m=(<month>)")
def month_alone(tokens: Tokens, match: re.Match[str]) -> Expression:
    word = tokens.words[match.start()].lower()
    weak = word in (
        "may",
        "march",
        "mar",
        "jan",
        "sun",
        "sat",
        "dec",
        "apr",
        "jun",
        "jul",
        "feb",
        "aug",
        "oct",
        "nov",
        "sep",
        "sept",
    )
    return Expression(match.start(), match.end(), month=month_of(tokens, match), weak=weak)


@rule("m=(<weekday>)")
def weekday_alone(tokens: Tokens, match: re.Match[str]) -> Expression:
    word = tokens.words[match.start()].lower()
    name = word.rstrip(".")
    return Expression(
        match.start(), match.end(), weekday=WEEKDAYS[name], weak=not word.endswith("day")
    )


@rule("<date>")
def numeric_date(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = tokens.words[match.start()]
    for shape in NUMERIC_DATES:
        found = shape.fullmatch(word)
        if found and 0 < int(found["month"]) <= 12 and 0 < int(found["day"]) <= 31:
            year = int(found["year"])
            if len(found["year"]) == 2:
                year += 2000 if year < 50 else 1900
            return Expression(
                match.start(),
                match.end(),
                year=year,
                month=int(found["month"]),
                day=int(found["day"]),
            )
    return None


@rule("(?:<the>? f=(<fiscal>)? (?:<unit>)?)? y=(<year>)", "<the> <unit> y=(<year>)")
def year_alone(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    before = tokens.words[match.start() : match.start("y")]
    if before and before[-1].lower() not in ("year", "fiscal", "financial", "calendar"):
        return None
    first = match.start() if len(before) != 1 or before[0].lower() != "the" else match.start("y")
    return Expression(
        first, match.end(), year=int(part(tokens, match, "y")), weak=first == match.start("y")
    )


@rule("<years>")
def years(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    found = YEARS.fullmatch(tokens.words[match.start()])
    if found is None:
        return None
    first = int(found["first"])
    last = (
        int(found["last"]) if len(found["last"]) == 4 else first // 100 * 100 + int(found["last"])
    )
    if not first < last <= first + 150:
        return None
    return Expression(match.start(), match.end(), year=first, last_year=last, weak=True)


@rule("c=(<number>) n=(<number>(?:<dash>?<number>)?)")
def spelled_year(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    century = SMALL.get(part(tokens, match, "c"), 0)
    rest = number_of(part(tokens, match, "n"))
    if not 15 <= century <= 19 or rest is None or not 10 <= rest <= 99:
        return None
    return Expression(match.start(), match.end(), year=century * 100 + int(rest))


@rule("<the><unit>n=(<number>{2,4})")
def spelled_millennium(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    number = number_of(part(tokens, match, "n"))
    if tokens.words[match.start() + 1].lower() != "year" or number is None:
        return None
    if not 1000 <= number <= 2100:
        return None
    return Expression(match.start(), match.end(), year=int(number))


@rule("<the>? (?:<early|mid><dash>?)? d=(<decade>)")
def decade(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "d")
    found = DECADE.fullmatch(word)
    number = int(found["decade"]) if found else DECADES[word]
    if number < 100:
        number += 1900 if number >= 30 else 2000
    if not found and match.start() == match.start("d"):
        return None  # "temperatures in thirties" needs its article
    return Expression(match.start(), match.end(), decade=number) if number >= 1000 else None


@rule("<the>? (?:<early|mid><dash>?)? r=(<ordinal>) <dash>? <century>")
def century(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    number = ordinal_of(part(tokens, match, "r"))
    if not number or number > 30:
        return None
    return Expression(match.start(), match.end(), century=number)


@rule(
    "(?:<the>|<their>)? (?:y=(<year>)<possessive>?)? f=(<fiscal>)? <dash>? r=(<ordinal>) <dash>? <fiscal>? <quarter>",
)
def quarter(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    number = ordinal_of(part(tokens, match, "r"))
    if not number or number > 4:
        return None
    year = year_of(part(tokens, match, "y"))
    return Expression(match.start(), match.end(), year=year, quarter=number)


@rule("(?:<the>|<their>)? (?:y=(<year>)<possessive>?)? r=(<ordinal|last>) <dash>? <half>")
def half(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "r")
    number = 2 if word in ("last", "latest", "final") else ordinal_of(word)
    if not number or number > 2:
        return None
    year = year_of(part(tokens, match, "y"))
    return Expression(match.start(), match.end(), year=year, half=number, weak=year is None)


@rule("z=(<label>) (?:<of>? y=(<year>))?")
def label(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "z")
    year = year_of(part(tokens, match, "y"))
    if word.startswith("fy"):
        number = int(word[2:])
        return Expression(
            match.start(), match.end(), year=number if number > 999 else 2000 + number
        )
    number = int(re.sub(r"\D", "", word))
    if "q" in word:
        return Expression(match.start(), match.end(), year=year, quarter=number)
    if number > 2:
        return None
    return Expression(match.start(), match.end(), year=year, half=number, weak=year is None)


@rule("<the>? (?:<early|mid><dash>?)? s=(<season>) (?:<of>? y=(<year>))?")
def season(tokens: Tokens, match: re.Match[str]) -> Expression:
    word = part(tokens, match, "s")
    year = year_of(part(tokens, match, "y"))
    weak = year is None
    return Expression(match.start(), match.end(), year=year, season=SEASONS[word], weak=weak)


# ------------------------------------------------------------------------ from the day of writing
@rule("<today>")
def today(tokens: Tokens, match: re.Match[str]) -> Expression:
    shift = DEICTIC[tokens.words[match.start()].lower()]
    return Expression(match.start(), match.end(), unit="D", shift=shift)


@rule("<now>", "<recent>")
def reference(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = tokens.words[match.start()].lower()
    if word == "future":
        return None
    return Expression(match.start(), match.end(), value=REFERENCES[word])


@rule("<night>")
def tonight(tokens: Tokens, match: re.Match[str]) -> Expression:
    shift = -1 if tokens.words[match.start()].lower() == "overnight" else 0
    return Expression(match.start(), match.end(), kind="time", unit="D", shift=shift, part="NI")


@rule(
    "(?:<the>|<this>|<their>)? m=(<this|that|same|last|past|next|recent>) <fiscal>? "
    "u=(<unit|quarter|weekend|month|weekday|season|part|holiday|period>)"
)
def near(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    mode = part(tokens, match, "m")
    word = part(tokens, match, "u").rstrip(".")
    code = match["u"]
    if mode in ("recent", "future", "these", "those"):
        return None
    toward = -1 if mode in LAST else 1 if mode in NEXT else 0
    made = Expression(match.start(), match.end(), anaphoric=mode in ANAPHORIC)
    the = match.start() < match.start("m") and tokens.words[match.start()].lower() == "the"
    if code in (CLASSES["unit"], CLASSES["quarter"], CLASSES["weekend"]):
        unit = UNITS[word]
        if unit[0] == "T" or unit in ("2W", "ME"):
            if mode in ("this", "that", "same"):
                return None
            made.value, made.kind = duration(Decimal(1), unit), "duration"
            return made
        if the and mode in ("past", "last") and unit not in ("Q", "WE"):
            made.value, made.kind = duration(Decimal(1), unit), "duration"
            return made
        if mode in ("final",) or (unit == "D" and mode in ("this", "last", "latest")):
            return None
        if unit == "SE":
            return None
        made.unit, made.shift = unit, toward  # type: ignore[assignment]
    elif code == CLASSES["period"]:
        if mode not in ("same", "corresponding", "comparable", "latest", "last", "previous"):
            return None
        made.unit, made.shift, made.anaphoric = "Q", -1 if mode == "latest" else 0, mode != "latest"
        if mode in ("same", "corresponding", "comparable"):
            made.weak = True
    elif code == CLASSES["part"]:
        if mode in NEXT or mode not in ("this", "that", "last", "same"):
            return None
        made.kind, made.part, made.unit = "time", PARTS[word], "D"
        made.shift = -1 if mode == "last" else 0
    else:
        if code == CLASSES["month"]:
            made.month = MONTHS[word]
        elif code == CLASSES["weekday"]:
            made.weekday = WEEKDAYS[word]
        elif code == CLASSES["season"]:
            made.season = SEASONS[word]
        else:
            made.holiday = word
        made.toward = toward
    return made


@rule("(?:<the>) u=(<unit|quarter|weekend>)")
def the_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "u")
    if tokens.words[match.start("u")][0].isupper() or word not in (
        "year",
        "quarter",
        "month",
        "week",
        "weekend",
    ):
        return None
    made = Expression(match.start(), match.end(), unit=UNITS[word], shift=0)  # type: ignore[arg-type]
    made.anaphoric = word != "weekend"
    made.weak = word != "weekend" and word != "quarter"
    return made


@rule("<the>? (?:<early|mid><dash>?)? <the>? k=(<part>)")
def part_of_day(tokens: Tokens, match: re.Match[str]) -> Expression:
    return Expression(
        match.start(), match.end(), kind="time", part=PARTS[part(tokens, match, "k")], weak=True
    )


@rule(
    "c=(<clock>) z=(<zone>)?", "c=(<noon>)", "c=(<number>) <oclock>", "c=(<year|number>) z=(<zone>)"
)
def clock(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "c")
    zone = "Z" if part(tokens, match, "z") in ("gmt", "utc") else ""
    if word in ("noon", "midday"):
        time = "12:00"
    elif word == "midnight":
        time = "24:00"
    elif match["c"] == CLASSES["year"] or (match["c"] == CLASSES["number"] and zone):
        if not word.isdecimal() or len(word) != 4 or int(word[:2]) > 24 or int(word[2:]) > 59:
            return None
        time = f"{word[:2]}:{word[2:]}"
    elif match["c"] == CLASSES["number"]:
        hour = SMALL.get(word, int(word) if word.isdecimal() and len(word) < 3 else 0)
        if not 0 < hour <= 12:
            return None
        time = f"{hour:02}:00"
    else:
        found = CLOCK.fullmatch(word)
        if found is None:
            return None
        hour = int(found["hour"])
        if found["half"]:
            hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
        time = f"{hour:02}:{found['minute'] or '00'}" + (
            f":{found['second']}" if found["second"] else ""
        )
    return Expression(match.start(), match.end(), kind="time", clock=time + zone)


# ------------------------------------------------------------------------------------- durations
def counted(text: str) -> tuple[bool, Decimal | None]:
    """Tell whether a count is well formed, and its number, None where it is left open."""
    if re.search(r"\b(few|several|many|some|dozens|hundreds|thousands)\b", text):
        return True, None
    if "couple" in text:
        return True, Decimal(2)
    if re.search(r"\b(to|or)\b", text) or re.fullmatch(r"\d+ ?[-–] ?\d+", text):
        return True, None
    number = number_of(text)
    return number is not None and number > 0, number


def timed(
    made: Expression, tokens: Tokens, match: re.Match[str], count: Decimal | None, unit: str
) -> Expression | None:
    """Turn a duration into the time that lies so far back or ahead, if the text says so."""
    made.kind, made.value = "duration", duration(count, unit)
    ago = part(tokens, match, "ago")
    if not ago:
        return made
    if ago in ("before", "after"):
        after = tokens.codes[match.end() : match.end() + 1]
        following = tokens.words[match.end()] if after else ""
        if following and following not in (".", ",", ";", ")", "\n", "”", '"', "—"):
            made.last = match.start("ago")
            return made
    sign = -1 if ago in ("ago", "earlier", "before") else 1
    made.anaphoric = ago in ("earlier", "later", "before", "after")
    made.kind, made.value = "date", None
    if count is None:
        made.value = "PAST_REF" if sign < 0 else "FUTURE_REF"
        if made.anaphoric:
            made.value = None
            made.kind = "time" if unit[0] == "T" else "date"
            made.unit = None
        return made
    if unit[0] == "T":
        factor = {"TS": 3600, "TM": 60, "TH": 1}[unit]
        made.kind, made.hours = "time", sign * count / factor
        return made
    times, code = {"2W": (2, "W"), "DE": (10, "Y"), "CE": (100, "Y"), "ME": (1000, "Y")}.get(
        unit, (1, unit)
    )
    count *= times
    if count % 1:
        finer = {"Y": (12, "M"), "M": (30, "D"), "W": (7, "D")}.get(code)
        if finer is None:
            return made
        count, code = count * finer[0], finer[1]
    if code == "SE":
        return None
    made.unit, made.shift = code, int(sign * count)  # type: ignore[assignment]
    return made


@rule(
    f"{HEDGE} n=({COUNT}) <more>? <dash>? u=(<unit|units|quarter|century>) t=(<and><a><half>)? {AGO}",
    f"(?:<the>|<this>|<their>)? m=(<last|past|next|ordinal|full|recent>) n=({COUNT}) <fiscal>? u=(<units>) (?:<or><so>)?",
    f"{HEDGE} (?:<the>|<this>) n=({COUNT}) u=(<units>)",
    f"<a> <full> n=({COUNT}) u=(<units>)",
)
def count_of_units(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    good, count = counted(part(tokens, match, "n"))
    word = part(tokens, match, "u")
    if not good or (word in ("night", "nights", "second") and count is None):
        return None
    if match["u"] not in (CLASSES["units"],):
        dashed = tokens.codes[match.end("n")] == CLASSES["dash"]
        if count is None and not dashed:
            return None
        if word == "quarter" and not dashed and count != 1:
            return None
    if part(tokens, match, "t") and count is not None:
        count += Decimal("0.5")
    return timed(Expression(match.start(), match.end()), tokens, match, count, unit_of(word))


@rule(f"{HEDGE} <a> <full>? u=(<unit|quarter|century>) t=(<and><a><half>)? (?:<or><so>)? {AGO}")
def one_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "u")
    if word in ("season", "second", "night"):
        return None
    ago = part(tokens, match, "ago")
    if word == "quarter" and not ago:
        return None
    before = match.start() - 1
    count = Decimal("1.5") if match["t"] else Decimal(1)
    made = timed(Expression(match.start(), match.end()), tokens, match, count, unit_of(word))
    if (
        made
        and made.kind == "duration"
        and before >= 0
        and not match["t"]
        and match.end() - match.start() == 2
    ):
        previous = tokens.words[before]
        if tokens.codes[before] in (CLASSES["number"], CLASSES["year"]) or previous.lower() in (
            "%",
            "percent",
            "times",
            "once",
            "twice",
        ):
            made.kind = "set"
    return made


@rule(f"{HEDGE} <half> <a> u=(<unit|century>) {AGO}", "<a>? <half> <dash> u=(<unit|century>)")
def half_a_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    made = Expression(match.start(), match.end())
    return timed(made, tokens, match, Decimal("0.5"), unit_of(part(tokens, match, "u")))


@rule("<the>? m=(<recent|past|next|last|early|full>) u=(<units>)", "<the> u=(<units>) <before>")
def open_units(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    if "m" not in match.re.groupindex:
        return None
    mode = part(tokens, match, "m")
    if mode in ("current", "full", "latest", "final"):
        return None
    value = duration(None, unit_of(part(tokens, match, "u")))
    return Expression(match.start(), match.end(), kind="duration", value=value)


@rule(f"u=(<units>) {AGO}")
def bare_units(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "u")
    if tokens.words[match.start()][0].isupper() or word in (
        "quarters",
        "nights",
        "seasons",
        "seconds",
        "minutes",
    ):
        return None
    return timed(Expression(match.start(), match.end()), tokens, match, None, unit_of(word))


@rule(
    "(?:<the>|<their>)? <same>? (?:y=(<unit>) <dash>? <ago|earlier>) (?:p=(<period|quarter|units>))?"
)
def year_ago(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    dashed = match.end("y") < match.end() and tokens.codes[match.end("y")] == CLASSES["dash"]
    if part(tokens, match, "y") != "year" or not dashed:
        return None
    bare = match.start() if match["p"] else match.start("y")
    made = Expression(bare, match.end(), unit="Y", shift=-1, anaphoric=True)
    if match["p"] in (CLASSES["period"], CLASSES["quarter"]):
        made.quarter = 0
    return made


@rule("<the> y=(<year>) (?:<period|quarter>)")
def period_of_year(tokens: Tokens, match: re.Match[str]) -> Expression:
    return Expression(match.start(), match.end(), year=int(part(tokens, match, "y")), quarter=0)


@rule("<long>")
def lasting(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    value = LONG[tokens.words[match.start()].lower()]
    return Expression(match.start(), match.end(), kind="duration", value=value)


# ------------------------------------------------------------------------------------------ sets
@rule("<regular>")
def regularly(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    i = match.start()
    word = tokens.words[i]
    if word[0].isupper():
        near = tokens.words[i - 1 : i] + tokens.words[i + 1 : i + 2]
        if any(other[0].isupper() for other in near):
            return None  # the Daily Mail, the LA Weekly
    return Expression(i, match.end(), kind="set", value=REGULAR[word.lower()], every=True)


@rule(
    f"<every> n=({COUNT})? u=(<unit|units|quarter|weekend|month|weekday|season|part>)",
    "<per> u=(<unit>)",
)
def every_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "u").rstrip(".")
    made = Expression(match.start(), match.end(), kind="set", every=True)
    count: Decimal | None = Decimal(1)
    if part(tokens, match, "n"):
        good, count = counted(part(tokens, match, "n"))
        if not good:
            return None
    code = match["u"]
    if code == CLASSES["month"]:
        made.value = f"XXXX-{MONTHS[word]:02}"
    elif code == CLASSES["weekday"]:
        made.value = f"XXXX-WXX-{WEEKDAYS[word] + 1}"
    elif code == CLASSES["season"]:
        made.value = f"XXXX-{SEASONS[word]}"
    elif code == CLASSES["part"]:
        made.value = f"XXXX-XX-XXT{PARTS[word]}"
    elif word in ("weekend", "weekends"):
        made.value = "XXXX-WXX-WE"
    elif word == "quarter":
        made.value = "P3M"
    else:
        made.value = duration(count, unit_of(word))
    return made


@rule("w=(<weekdays>)", "w=(<weekday>) p=(<parts>)")
def weekly(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    word = part(tokens, match, "w").rstrip("s")
    if word == "weekday":
        return Expression(match.start(), match.end(), kind="set", value="XXXX-WXX-XX", every=True)
    value = "XXXX-WXX-WE" if word == "weekend" else f"XXXX-WXX-{WEEKDAYS[word] + 1}"
    if part(tokens, match, "p"):
        value += "T" + PARTS[part(tokens, match, "p").rstrip("s")]
    return Expression(match.start(), match.end(), kind="set", value=value, every=True)


# -------------------------------------------------------------------------------------- matching
RUN = re.compile(r"[^.]+")
HEART = re.compile(
    "|".join(f"(?:{re.sub(r'[(][?]P<[a-z]+>', '(?:', rule.pattern.pattern)})" for rule in RULES)
)


def expressions(tokens: Tokens) -> Iterator[Expression]:
    """Yield the time expressions of a text in order, the longest reading at each place."""
    codes = tokens.codes
    for run in RUN.finditer(codes):
        at, end = run.span()
        if ANCHOR.search(codes, at, end) is None:
            continue
        while at < end:
            match = HEART.search(codes, at, end)
            if match is None:
                break
            at = match.start()
            made = longest(tokens, at, end)
            if made is None:
                at += 1
                continue
            yield made
            at = made.last


def longest(tokens: Tokens, at: int, end: int) -> Expression | None:
    """Return the longest expression that begins at a token."""
    matches = [
        (match.end(), -i, match)
        for i, one in enumerate(RULES)
        if (match := one.pattern.match(tokens.codes, at, end)) and match.end() > at
    ]
    matches.sort(key=lambda item: item[:2], reverse=True)
    for _, i, match in matches:
        made = RULES[-i].build(tokens, match)
        if made is not None:
            return made
    return None
