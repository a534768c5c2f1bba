"""Words around a time: neighbours to join, modifiers, and words that only look like times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal

from pipeline.text.words import word_set
from pipeline.times.calendar import FINE_TO_COARSE
from pipeline.times.clocks import in_part
from pipeline.times.dates import day_number
from pipeline.times.grammar import (
    CLASSES,
    UNITS,
    WEEKDAYS,
    YEAR,
    Expression,
    Kind,
    TimeTokens,
    ordinal_of,
    pattern_of,
)


def is_year(one: Expression) -> bool:
    """Return whether an expression gives a year and nothing finer."""
    finer = (one.quarter, one.month, one.half, one.season, one.weekday, one.holiday, one.value)
    return (one.year is not None or one.unit == "Y") and all(f is None for f in finer)


def is_bare_year(one: Expression) -> bool:
    """Return whether an expression is four digits that may be a number."""
    return one.weak and one.year is not None and is_year(one) and one.last_year is None


YEAR_BEFORE = word_set(
    """in since by of from until till to through before after during late early mid fiscal circa
    year between around about for and or than the this that its their his her our a an another
    's ’s"""
)
OWNED = frozenset({"the", "its", "their", "his", "her", "our", "this", "that", "'s", "’s"})
OLD_YEAR_BEFORE = word_set("in since of by from until to after before (")
COUNTED_NOUNS = frozenset(
    {"people", "men", "women", "children", "others", "more", "percent", "per", "%"}
)
NOT_PLURAL = frozenset({"was", "is", "has", "as", "its", "this", "his", "us", "across", "plus"})
AFTER_YEAR = word_set("and or to when the as at on in by with after for but")
AFTER_PART = word_set("and or but when as with to in it he she they we the a until till on")
BEFORE_PART = frozenset({"at", "before", "by", "until", "till", "after", "since", "from", "to"})
DATE_BEFORE = word_set(
    """in since by of from until till to through before after during late early last next this for
    and or every each between mid around about on that throughout over"""
)
THROUGHOUT = frozenset({"during", "throughout", "through", "into"})
THE_WORDS = frozenset({"the", "early", "late", "earlier", "later", "mid"})
NUMBERED = word_set(
    """room flight page route highway channel model number section article chapter verse gate bus
    train line unit"""
)
CURRENCIES = frozenset({"$", "€", "£", "¥", "#", "No"})
LONGEST_RANGE = 150
"""Number of years of a range of years."""
SURE_MONTHS = frozenset({"sept"})
HOMOGRAPHS = frozenset({"may", "march", "fall", "spring", "summer", "winter", "autumn"})


def stands(tokens: TimeTokens, one: Expression, text: str) -> bool:
    """Return whether the context allows an expression to be a time."""
    before = tokens.words[one.first - 1] if one.first else ""
    after = tokens.words[one.last] if one.last < len(tokens.words) else ""
    if one.last - one.first == 1 and (before in COLOURS or after in NAMED_AFTER):
        return one.month is None and one.weekday is None and one.holiday is None
    if not one.weak:
        return True
    if one.year is not None and is_year(one):
        return is_calendar_year(tokens, one, before, after, text)
    word = tokens.words[one.first]
    lower = before.lower()
    if one.month is not None:
        if word == "March" and after == "on" and is_place(tokens, one.last + 1):
            return False
        told = lower in ("in", "since", "until", "till", "to", "through") and word != "Mar"
        return (
            word.lower() in HOMOGRAPHS or word.endswith(".") or told or word.lower() in SURE_MONTHS
        )
    if one.clock is not None or (one.day is not None and one.month is None):
        return False  # an hour without a day, a day without a month
    if one.part is not None:
        if after == "trading":
            return True
        told = word.lower() in THE_WORDS or lower == "the" or lower in BEFORE_PART
        alone = not after[:1].isalpha() or after.lower() in AFTER_PART
        return told and alone and (one.part != "NI" or lower in THROUGHOUT)
    if one.season is not None and after == "of":
        return False  # the fall of the wall
    if one.season is not None:
        return not before or lower in DATE_BEFORE or word.lower() in THE_WORDS
    if one.unit is not None and one.shift == 0:
        if after in ("'s", "’s"):
            return True  # the day's trading
        idiom = after.lower() == "of" or (one.unit == "D" and lower != "by")
        return not idiom and (not before or lower in DATE_BEFORE - {"that", "on", "every", "each"})
    return one.weekday is None and one.half is None


COLOURS = frozenset({"Black", "Bloody", "Red"})
NAMED_AFTER = word_set(
    """Accord Accords Agreement Agreements Brigade Brigades Charter Club Declaration Foundation Fund
    Group Institute Magazine Massacre Movement Pact Party Plot Project Rebellion Revolution Rising
    Society Uprising War Wars"""
)
"""Things named after a day or month: the October Revolution, the Good Friday Agreement."""


def is_place(tokens: TimeTokens, at: int) -> bool:
    """Return whether a word may be the place of a march: "the March on Washington"."""
    return (
        tokens.words[at : at + 1] != [] and tokens.words[at].istitle() and tokens.codes[at] == "."
    )


def is_calendar_year(
    tokens: TimeTokens, one: Expression, before: str, after: str, text: str
) -> bool:
    """Distinguish a year from a four-digit number by the words around it."""
    if tokens.codes[one.first] not in (CLASSES["year"], CLASSES["years"]):
        before = ""  # "early 2016" includes the evidence
    year, lower, low = one.year or 0, before.lower(), after.lower()
    end = tokens.ends[one.last - 1]
    if text[end : end + 1] in ("%", "°") or before in CURRENCIES or low in COUNTED_NOUNS:
        return False
    if lower in NUMBERED or is_address(tokens, one.last) or is_counted(tokens, one.last, lower):
        return False
    if before in ("-", "–", "/") and tokens.ends[one.first - 1] == tokens.starts[one.first]:
        prefix = tokens.words[one.first - 2] if one.first > 1 else ""
        if not YEAR.fullmatch(prefix) and prefix.lower() not in ("pre", "post"):
            return False
        before, lower = "", ""
    word = low.isalpha() and low == after
    plural = word and low.endswith("s") and len(low) > 3 and low not in NOT_PLURAL
    paired = (
        one.first > 1 and lower in ("and", "or") and YEAR.fullmatch(tokens.words[one.first - 2])
    )
    if plural and lower not in OWNED and not paired:
        return False
    if not 1000 <= year <= 2100 or (year < 1800 and lower not in OLD_YEAR_BEFORE):
        return False
    if (year % 100 == 0 and lower in ("of", "from") and year < 1800) or counts_on(tokens, one):
        return False
    if not before or lower in YEAR_BEFORE or before in "(\n,;:.—–-[\"“'’)":
        return True
    if one.last_year is not None and year >= MODERN:
        return True
    if before != lower or not lower.isalpha():
        return False
    return not word or low in AFTER_YEAR or (year % 100 > 0 and is_of_it(tokens, one.first))


MODERN = 1900


def is_of_it(tokens: TimeTokens, at: int) -> bool:
    """Return whether a year modifies a noun with an article or owner: "the fatal 2012 raid"."""
    return any(word.lower() in {*OWNED, "a"} for word in tokens.words[max(at - 3, 0) : at - 1])


def is_address(tokens: TimeTokens, at: int) -> bool:
    """Return whether a street follows: "1812 Elm Street"."""
    words = tokens.words[at : at + 4]
    return bool(words) and words[0].istitle() and any(word in STREETS for word in words[1:])


def is_counted(tokens: TimeTokens, at: int, before: str) -> bool:
    """Return whether a participle and a plural follow: "a poll of 2012 registered voters"."""
    words = tokens.words[at : at + 2]
    told = len(words) > 1 and words[0].endswith("ed") and words[1].endswith("s")
    return told and words[1].islower() and before in ("of", "with", "among", "from", "than", "for")


STREETS = frozenset({"Street", "St", "Avenue", "Ave", "Road", "Boulevard", "Blvd", "Drive", "Lane"})


def counts_on(tokens: TimeTokens, one: Expression) -> bool:
    """Return whether a range continues to a number that is not a year: "2000 - 2500 calories"."""
    if tokens.codes[one.last : one.last + 1] != CLASSES["dash"]:
        return False
    following = "".join(tokens.words[one.last + 1 : one.last + 2])
    return following.isdecimal() and not 0 < int(following[:5]) - (one.year or 0) < LONGEST_RANGE


def is_homograph(tokens: TimeTokens, one: Expression) -> bool:
    """Return whether only the part of speech shows that this is a time."""
    if not one.weak or one.last - one.first > 1:
        return False
    if one.value is not None:
        return True
    before = tokens.words[one.first - 1].lower() if one.first else ""
    word = tokens.words[one.first].lower()
    return word in HOMOGRAPHS and (word not in ("may", "march") or before not in DATE_BEFORE)


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


def joined(tokens: TimeTokens, found: Iterable[Expression]) -> Iterator[Expression]:
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


def parted(tokens: TimeTokens, found: Iterable[Expression]) -> Iterator[Expression]:
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


def listed(tokens: TimeTokens, found: Iterable[Expression]) -> Iterator[Expression]:
    """Yield the expressions, and days in a list such as the 4 in "March 3 and 4"."""
    times = list(found)
    ends = [*(one.first for one in times[1:]), len(tokens.words)]
    for one, end in zip(times, ends, strict=False):
        yield one
        yield from more_days(tokens, one, end)


THROUGH = re.compile(pattern_of("<comma>?<from>?<dash|to>|<comma><to>"))


def span_of(tokens: TimeTokens, a: Expression, b: Expression) -> Expression | None:
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


def more_days(tokens: TimeTokens, one: Expression, end: int) -> Iterator[Expression]:
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


def inner(tokens: TimeTokens, one: Expression, floor: int) -> Expression:
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
    tokens: TimeTokens, one: Expression, first: int, match: re.Match[str], way: int
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


def days_of(tokens: TimeTokens, one: Expression, low: int) -> Expression | None:
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


def join(tokens: TimeTokens, a: Expression, b: Expression, between: str) -> Expression | None:
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


def edge_of(tokens: TimeTokens, a: Expression, b: Expression, between: str) -> Expression | None:
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


EDGES = {"first": 1, "last": -1, "final": -1}


def away_from(tokens: TimeTokens, a: Expression, b: Expression, between: str) -> Expression | None:
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


def widened(tokens: TimeTokens, one: Expression, floor: int) -> Expression:
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
