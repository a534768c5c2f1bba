"""The context of a time expression: neighbours to join and modifiers to include."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal

from pipeline.text.timing.calendar import FINE_TO_COARSE
from pipeline.text.timing.timeclocks import in_part
from pipeline.text.timing.timedates import day_number
from pipeline.text.timing.timegrammar import Expression, Kind, ordinal_of, pattern_of
from pipeline.text.timing.timehomographs import is_bare_year, is_year
from pipeline.text.timing.timewords import CLASSES, UNITS, WEEKDAYS, Tokens
from pipeline.text.words import word_set

BESIDE_YEAR = re.compile(pattern_of("<of>?"))
BESIDE_DAY = re.compile(
    pattern_of(
        "<comma>?<on|from|between>?|<of>|<early><in>?|<comma>?<at|to|before>?<about>?|<possessive>"
        "|<dash>"
    )
)
BESIDE_DATE = re.compile(pattern_of("<comma>?"))
LONGEST_JOINT = 3
JOINED = tuple(
    f.name for f in fields(Expression) if f.name not in ("first", "last", "weak", "kind", "rule")
)


def joined(tokens: Tokens, found: Iterable[Expression]) -> Iterator[Expression]:
    """Join neighbours that form one time, and include their modifiers."""
    held: Expression | None = None
    floor = 0
    for this in parted(tokens, found):
        if held is not None:
            between = tokens.codes[held.last : this.first]
            both = join(tokens, held, this, between) if len(between) <= LONGEST_JOINT else None
            if both is not None:
                held = both
                continue
            yield widened(tokens, held, floor)
            floor = held.last
        held = this
    if held is not None:
        yield widened(tokens, held, floor)


def parted(tokens: Tokens, found: Iterable[Expression]) -> Iterator[Expression]:
    """Yield the expressions with the part of each that is meant: "the last week of May"."""
    held: Expression | None = None
    floor = 0
    for single in found:
        this = inner(tokens, single, floor)
        if held is not None and held.last > this.first:  # it included "the last week" of
            if held.first < this.first:
                this = single
            else:
                held = None
        if held is not None:
            yield held
            floor = held.last
        held = this
    if held is not None:
        yield held


def listed(tokens: Tokens, found: Iterable[Expression]) -> Iterator[Expression]:
    """Yield the expressions, and days in a list such as the 4 in "March 3 and 4"."""
    held: Expression | None = None
    for this in found:
        if held is not None:
            yield from more_days(tokens, held, this.first)
        yield this
        held = this
    if held is not None:
        yield from more_days(tokens, held, len(tokens.words))


THROUGH = re.compile(pattern_of("<comma>?<from>?<dash|to>|<comma><to>"))


def ranged(tokens: Tokens, found: Iterable[Expression]) -> Iterator[Expression]:
    """Yield the expressions, with two dates or times joined by "to" or a dash as one range."""
    held: Expression | None = None
    for this in found:
        if held is not None:
            both = span_of(tokens, held, this)
            if both is None:
                yield held
            else:
                this = both
        held = this
    if held is not None:
        yield held


def span_of(tokens: Tokens, a: Expression, b: Expression) -> Expression | None:
    """Return the range between two expressions, or None if they do not depend on each other.

    It is one time if its ends share words, the year in "March to May 2024" or the day in "tomorrow
    at 9 to 10:30". "Monday to Friday" are two times, as in TIMEX3, of which the second follows.
    """
    between = tokens.codes[a.last : b.first]
    told = CLASSES["between"] in tokens.codes[max(a.first - 2, 0) : a.first]
    if not (THROUGH.fullmatch(between) or (told and between == CLASSES["and"])):
        return None
    if a.until or b.until or a.value or b.value or tokens.words[b.first - 1] == "—":
        return None
    year = lacks_year(a) and (b.year is not None or b.unit == "Y")
    bare = b.day is not None and b.month is None and not b.weekday
    fine = all(one.clock or is_day(one) or one.month for one in (a, b))
    clocks = bool(a.clock and b.clock) and is_day(a) != is_day(b)
    made = replace(a, last=b.last, until=b, apart=not (year or bare or clocks))
    return made if year or fine else None


LIST = re.compile(pattern_of("(?:<comma><number>){0,9}<comma>?<and|or><number>"))
AFTER_LIST = word_set(
    """in at on for to and or but as when with it he she they we the a this is are was were will
    would"""
)


def more_days(tokens: Tokens, one: Expression, end: int) -> Iterator[Expression]:
    """Yield further days of the same month after a day, up to a token."""
    if one.day is None or one.last_day or tokens.codes[one.last - 1] != CLASSES["number"]:
        return
    match = LIST.match(tokens.codes, one.last, end)
    if match is None:
        return
    after = "".join(tokens.words[match.end() : match.end() + 1])
    if after[:1].isalnum() and after.lower() not in AFTER_LIST:
        return  # March 3 and 4 people
    for at in range(one.last, match.end()):
        word = tokens.words[at]
        if tokens.codes[at] != CLASSES["number"]:
            continue
        if not word.isdecimal() or not one.day < int(word[:3]) <= MOST_DAYS:
            return
        yield replace(
            one, first=at, last=at + 1, day=int(word), weekday=None, part=None, clock=None
        )


MOST_DAYS = 31
INNER = re.compile(
    pattern_of(
        "<the>? r=(<ordinal|last>)? <full>? u=(<unit|weekend|weekday|quarter>|<half>)"
        "(<of|in|end|starting|before>)?"
    )
    + "$"
)
LONGEST_INNER = 5
DAYS = re.compile(
    pattern_of("(?:<the>?d=(<number|ordinal>)<dash|to|and>)?<the>?e=(<number|ordinal>)<of|in>?")
    + "$"
)


def inner(tokens: Tokens, one: Expression, floor: int) -> Expression:
    """Include the part that is meant: "the first week of May", "the week of May 5"."""
    if one.kind != "date" or one.value is not None or one.nth is not None:
        return one
    low = max(one.first - LONGEST_INNER, floor)
    if one.unit == "M" and one.month is None:
        days = days_of(tokens, one, low)
        if days is not None:
            return days
    match = INNER.search(tokens.codes[low : one.first])
    if match is None:
        return one
    first = low + match.start()
    if match["u"] == CLASSES["half"]:
        halved = one.decade or one.century or one.month or one.unit in ("M", "W", "DE", "Q")
        halved = halved and one.day is None and match[3] == CLASSES["of"]
        return replace(one, first=first, weak=False) if match["r"] and halved else one
    joint = tokens.words[low + match.start(3)].lower() if match[3] else ""
    if joint in BESIDE:
        return beside(tokens, one, first, match, BESIDE[joint])
    if match[3] == CLASSES["end"] and joint not in ("beginning", "start"):
        return one
    bare = not match["r"] and match[0][0] != CLASSES["the"]
    if bare and match["u"] != CLASSES["weekend"] and tokens.words[low + match.start("u")] != "week":
        return one
    if match[3] is None and (not match["r"] or one.unit is None):
        return one  # the first week May was in office
    which = tokens.words[low + match.start("r")].lower() if match["r"] else None
    word = tokens.words[low + match.start("u")].lower().rstrip(".")
    nth = 0 if which is None else -1 if which in ("last", "final") else ordinal_of(which)
    if nth is None or (nth == 0 and (word in WEEKDAYS or not (is_named(one) or is_one_day(one)))):
        return one
    weekday = WEEKDAYS.get(word)
    unit = "D" if weekday is not None else UNITS[word]
    if unit not in FINE_TO_COARSE:
        return one
    return replace(one, first=first, weak=False, nth=nth, inner=unit, inner_weekday=weekday)


BESIDE = {"after": 1, "before": -1}


def beside(
    tokens: Tokens, one: Expression, first: int, match: re.Match[str], way: int
) -> Expression:
    """Return "the day after Christmas", "the first Monday after May 5", "the week before"."""
    if not is_one_day(one) or one.inner or tokens.codes[one.last : one.last + 1] == POSSESSIVE:
        return one  # the day after Thursday's vote
    low = one.first - (match.end() - match.start())
    which = tokens.words[low + match.start("r") - match.start()].lower() if match["r"] else "first"
    word = tokens.words[low + match.start("u") - match.start()].lower().rstrip(".")
    nth, unit = ordinal_of(which), "D" if word in WEEKDAYS else UNITS[word]
    if not nth or (match["r"] and word not in WEEKDAYS) or unit not in ("D", "WE", "W", "M", "Y"):
        return one
    return replace(one, first=first, weak=False, beside=(way * nth, unit, WEEKDAYS.get(word)))  # type: ignore[arg-type] # one of the five


POSSESSIVE = CLASSES["possessive"]


def days_of(tokens: Tokens, one: Expression, low: int) -> Expression | None:
    """Return "the 3rd of next month" and "4 to 22 this month", or None without such days."""
    match = DAYS.search(tokens.codes[low : one.first])
    if match is None:
        return None
    words = [tokens.words[low + match.start(x)].lower() for x in "de" if match[x]]
    words = [end for word in words for end in re.split("[-–]", word)]
    days = [day_number(word) for word in words]
    told = len(days) > 1 or not words[0].isdecimal()
    if not told or not all(0 < day <= MOST_DAYS for day in days) or sorted(days) != days:
        return None
    made = replace(one, first=low + match.start(), weak=False, inner="D", nth=days[0])
    if len(days) > 1:
        made.until = replace(made, nth=days[1])
    return made


def is_named(one: Expression) -> bool:
    """Return whether an expression names a month, a day or a year."""
    return one.month is not None or one.year is not None or one.holiday is not None


def is_day(one: Expression) -> bool:
    """Return whether an expression gives a day."""
    named = one.day is not None or one.weekday is not None or one.holiday is not None
    unit = one.beside[1] if one.beside else one.inner or ("D" if named or one.away else one.unit)
    return one.value is None and unit == "D" and (one.inner is None or one.until is None)


def is_one_day(one: Expression) -> bool:
    """Return whether an expression gives a single day without a time."""
    return is_day(one) and not (one.part or one.clock or one.last_day or one.until)


def is_time(one: Expression) -> bool:
    """Return whether an expression gives a time of day but no day."""
    return (one.part or one.clock) is not None and not is_day(one)


def lacks_year(one: Expression) -> bool:
    """Return whether an expression belongs to a year that it does not give."""
    if one.year is not None or one.value is not None or one.unit == "Y":
        return False
    parts = (one.quarter, one.month, one.half, one.season, one.holiday)
    if one.unit == "M":
        return one.needy and one.shift == 0  # the same month
    return any(p is not None for p in parts) or (one.unit == "Q" and one.shift == 0)


def join(tokens: Tokens, a: Expression, b: Expression, between: str) -> Expression | None:
    """Join two neighbours to one expression, or return None if they stay separate."""
    if a.kind == "duration" == b.kind:
        return longer(a, b) if BESIDE_LENGTH.fullmatch(between) else None
    if a.kind == "duration":
        return edge_of(tokens, a, b, between) or away_from(tokens, a, b, between)
    if a.unit and (a.shift or 0) < 0 and is_one_day(b) and between == "":
        ago = tokens.words[a.last - 1].lower() == "ago" and not b.away  # a week ago Friday
        return replace(b, first=a.first, away=((a.shift or 0, a.unit),)) if ago else None
    if "set" in (a.kind, b.kind):
        return set_at(a, b, between)
    if a.part and b.clock and is_time(a) and is_time(b) and between == CLASSES["at"]:
        return at_part(replace(merged(a, b, "time"), part=None), a.part)
    if a.clock and b.part and is_time(b) and not b.clock:
        return in_the_evening(a, b, between)
    if is_time(a) and is_day(b) and BESIDE_DAY.fullmatch(between):
        bare = a.clock is None and a.last - a.first == 1  # a good night Tuesday
        return None if bare and between != CLASSES["of"] else merged(a, b, "time")
    if is_day(a) and not a.clock and is_time(b) and between != CLASSES["of"]:
        beside = BESIDE_DAY.fullmatch(between) or between == CLASSES["in"]
        return merged(a, b, "time") if beside and (b.clock or not a.part) else None
    if a.weekday is not None and b.day is not None and b.weekday is None:
        return merged(a, b, a.kind) if BESIDE_DATE.fullmatch(between) else None
    same = a.quarter == 0 and between == CLASSES["in"]  # the same period in 2014
    same = same or (between == CLASSES["comma"] and a.day is not None and b.year is not None)
    if lacks_year(a) and is_year(b) and (same or BESIDE_YEAR.fullmatch(between)):
        if a.unit in ("Q", "M"):
            a = replace(a, quarter=0, unit=None, shift=None, needy=a.unit == "M")
        return replace(merged(a, b), anaphoric=b.anaphoric)
    in_it = between == CLASSES["in"] and a.unit == "Y" and b.month is not None  # next year in May
    if is_year(a) and lacks_year(b) and (between == CLASSES["possessive"] or in_it):
        return merged(a, b)
    if is_bare_year(a) and between == "" and (b.season or b.month) and b.year is None:
        return merged(a, b) if b.day is None and b.last - b.first == 1 else None  # 2018 Jan
    if a.unit == "M" and a.nth is None and b.day is not None and b.month is None:
        beside = between in ("", CLASSES["on"], CLASSES["comma"])
        return replace(a, last=b.last, nth=b.day, inner="D", weak=False) if beside else None
    weeks = [one.unit == "W" and one.shift is not None for one in (a, b)]
    if a.weekday is not None and weeks[1]:
        return merged(a, b) if between in ("", CLASSES["of"], CLASSES["from"]) else None
    if weeks[0] and b.weekday is not None and b.unit is None and not b.day:
        return merged(a, b) if between in ("", CLASSES["on"], CLASSES["possessive"]) else None
    return None


def edge_of(tokens: Tokens, a: Expression, b: Expression, between: str) -> Expression | None:
    """Return "the first two weeks of May", "the last three months of 2018" as a range."""
    found = COUNTED_DAYS.fullmatch((a.value or "").removeprefix("P"))
    words = [word.lower() for word in tokens.words[a.first : a.first + 2]]
    way = next((EDGES[word] for word in words if word in EDGES), 0)
    plain = b.kind == "date" and not (b.value or b.until or b.inner or is_day(b))
    if found is None or not way or not plain or between not in (CLASSES["of"], CLASSES["in"]):
        return None
    count, unit = int(found[1]), found[2]
    first, last = (1, count) if way > 0 else (-count, -1)
    made = replace(b, first=a.first, weak=False, inner=unit, nth=first)  # type: ignore[arg-type] # D, W, M, Y
    made.until = replace(made, nth=last)
    return made


EDGES = {"first": 1, "opening": 1, "last": -1, "final": -1, "closing": -1}


def away_from(tokens: Tokens, a: Expression, b: Expression, between: str) -> Expression | None:
    """Return a day given by its distance: "two days after today", "a month and two days ago"."""
    days, _, clock = (a.value or "").removeprefix("P").partition("T")
    parts, hours = COUNTED_DAYS.findall(days), COUNTED_HOURS.findall(clock)
    whole = "".join(f"{count}{unit}" for count, unit in parts) == days
    if not whole or "".join(f"{count}{unit}" for count, unit in hours) != clock:
        return None
    seconds = sum(int(count) * SECONDS[unit] for count, unit in hours)
    if tokens.words[b.last - 1].lower() in DISTANT and BESIDE_LENGTH.fullmatch(between):
        sign = 1 if (b.hours or b.shift or 0) > 0 else -1
        if b.hours and not days:
            return replace(b, first=a.first, hours=b.hours + sign * Decimal(seconds) / 3600)
        if not b.shift or not b.unit or clock:
            return None
    else:
        words = " ".join(tokens.words[a.last : b.first]).lower()
        if words not in DIRECTIONS or not (is_one_day(b) or (b.clock and not days and not b.until)):
            return None
        sign = DIRECTIONS[words]
        if b.clock:
            return clock_away(replace(b, first=a.first), sign * seconds)
        if clock:
            return None
    away = tuple((sign * int(count), unit) for count, unit in parts)
    return replace(b, first=a.first, away=away)


def clock_away(one: Expression, seconds: int) -> Expression:
    """Return the time at a distance from a clock time: "two hours before midnight"."""
    hour, minute, *rest = map(int, (one.clock or "").split(":"))
    total = hour * 3600 + minute * 60 + sum(rest) + seconds
    days, second = divmod(total, 86_400)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}" + f":{second % 60:02}" * (second % 60 > 0)
    return replace(one, clock=clock, away=((days, "D"),) if days and is_day(one) else one.away)


COUNTED_DAYS = re.compile(r"(\d{1,4})([DWMY])")
COUNTED_HOURS = re.compile(r"(\d{1,4})([HMS])")
SECONDS = {"H": 3600, "M": 60, "S": 1}
DISTANT = frozenset({"ago", "now", "hence", "later"})
DIRECTIONS = {"after": 1, "from": 1, "before": -1, "prior to": -1, "ahead of": -1, "following": 1}


def set_at(a: Expression, b: Expression, between: str) -> Expression | None:
    """Return "every Monday at 4 pm" and "at noon every day" as one set."""
    regular, clock = (a, b) if a.kind == "set" else (b, a)
    if not clock.clock or not is_time(clock) or between not in ("", CLASSES["at"]):
        return None
    value = {"P1D": "XXXX-XX-XX"}.get(regular.value or "", regular.value or "")
    day, _, part = value.partition("T")
    if clock.until or not day.startswith("XXXX-") or (part and part not in PARTS_OF_DAY):
        return None
    time = in_part(clock.clock, part) if part else clock.clock
    return replace(regular, first=a.first, last=b.last, value=f"{day}T{time}")


PARTS_OF_DAY = frozenset({"MO", "AF", "EV", "NI"})


def in_the_evening(a: Expression, b: Expression, between: str) -> Expression | None:
    """Return "10 o'clock in the evening", "10:00 on Tuesday" and "morning" as one time."""
    if a.clock is None or b.part is None or between not in ("", CLASSES["in"]):
        return None
    return at_part(replace(a, last=b.last), b.part)


def at_part(one: Expression, part: str | None) -> Expression:
    """Return a clock time, or a range of two, in a part of the day."""
    if one.clock is None or part is None:
        return one
    one = replace(one, clock=in_part(one.clock, part), part=None)
    if one.until is not None and one.until.clock:
        one.until = replace(one.until, clock=in_part(one.until.clock, part))
    return one


BESIDE_LENGTH = re.compile(pattern_of("(?:<comma>?<and>|<comma>)?"))
LENGTH = re.compile(r"P(?:\d+[YMWD])*(?:T(?:\d+[HM]|\d+(?:\.\d+)?S)+)?")
COUNTED = re.compile(r"PT?\d+(?:\.\d+)?[A-Z]")


def longer(a: Expression, b: Expression) -> Expression | None:
    """Join "two hours and 30 minutes"; return None if the second unit is not finer."""
    long, more = a.value or "", b.value or ""
    if LENGTH.fullmatch(long) is None or LENGTH.fullmatch(more) is None:
        return None
    units = (("T" if "T" in long else "") + long[-1], ("T" if "T" in more else "") + more[-1])
    if units[1] not in FINER.get(units[0], ()) or COUNTED.fullmatch(more) is None:
        return None
    same_half = "T" in long
    return replace(a, last=b.last, value=long + more.lstrip("PT" if same_half else "P"))


FINER = {"Y": "MD", "M": "WD", "W": "D", "D": ("TH",), "TH": ("TM",), "TM": ("TS",)}
"""For each unit, those that form one duration with it: years and months, hours and minutes."""


def merged(a: Expression, b: Expression, kind: Kind = "date") -> Expression:
    """Return one expression with the fields of both."""
    fields = {name: getattr(b, name) for name in JOINED}
    # 0 is Monday
    given = {n: v for n, v in fields.items() if v is not None and v is not False and v != ()}
    made = replace(a, last=b.last, weak=False, kind=kind, **given | {"apart": False})
    return at_part(made, made.part)


BEFORE = re.compile(
    "(?:"
    + "|".join(
        pattern_of(pattern)
        for pattern in (
            "<the>? <end|mid> <of>",
            "(?:<early>|<earlier>|<mid>) (?:<in><the>?|<on>|<dash>|<that>)?",
            "<about>",
        )
    )
    + ")$"
)
MOST_BEFORE = 4


def widened(tokens: Tokens, one: Expression, floor: int) -> Expression:
    """Include the words before an expression that say which part of it is meant."""
    if one.kind in ("duration", "set") or (one.value or "").endswith("_REF"):
        return one
    low = max(one.first - MOST_BEFORE, floor)
    match = BEFORE.search(tokens.codes[low : one.first])
    if match is None:
        return one
    first = low + match.start()
    word = tokens.words[first].lower()
    if tokens.codes[first] == CLASSES["about"] and one.clock is None and word != "around":
        return one
    idiom = one.unit == "D" and one.weak and tokens.codes[one.first - 1] == CLASSES["of"]
    idiom = idiom and tokens.words[one.first - 2].lower() not in ("rest", "remainder")
    weak = is_bare_year(one) or idiom  # "at the end of the day" is not a time
    return replace(one, first=first, weak=weak, earlier=word == "earlier")
