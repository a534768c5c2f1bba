"""Rules for dates."""

from __future__ import annotations

import re

from pipeline.quantities.numbers import parse_number
from pipeline.text.words import word_set
from pipeline.times.grammar import (
    ABBREVIATED,
    CLASSES,
    DECADE,
    DECADES,
    MONTHS,
    NUMERIC_DATES,
    SEASONS,
    SEPTEMBER_11,
    WEEKDAYS,
    YEARS,
    Expression,
    Grammar,
    TimeTokens,
    ordinal_of,
    part,
    pattern_of,
    year_of,
)

DATES = Grammar()
HOMOGRAPHS = frozenset({"may", "march"})
NOT_ALONE = frozenset({"april", "august"})
"""Months that are names or adjectives in lowercase, unless the context shows otherwise."""
DAY = "(?:(?:<number><dash>?)?<ordinal>|<number>)"
TO = "(?:<dash>|<to>)"
MARK = "<of|comma|dash|slash>?"
EARLY = "(?:<early|mid><dash>?(?:<to><dash>?<early>)?)"


@DATES.rule(
    f"m=(<month>) <dash|slash|the|from>? d=({DAY}) (?:{TO} e=({DAY}))?"
    f"(?:{MARK} y=(<year>))? w=(<weekend>)?",
    f"<the>? d=({DAY}) (?:{TO} <the>? e=({DAY}))? <of|dash|slash>? m=(<month>)"
    f"(?:{MARK} y=(<year>))? w=(<weekend>)?",
    f"m=(<month>) <the>? d=(<number><dash>?<number>) (?:{MARK} y=(<year>))?",
    f"b=(<between>) m=(<month>) d=({DAY}) <and> e=({DAY}) (?:{MARK} y=(<year>))?",
    f"b=(<between>) <the>? d=({DAY}) <and> <the>? e=({DAY}) <of>? m=(<month>)"
    f"(?:{MARK} y=(<year>))?",
)
def day_of_month(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "May 7", "7-9 May 2016", "the fourth of March", "Oct/2", "between 4 and 7 May"."""
    first, _, last = re.sub(r"(?<=\d)[-–](?=\d)", "/", part(tokens, match, "d")).partition("/")
    last = last or part(tokens, match, "e")
    days = [day_number(day) for day in (first, last) if day]
    end = match.end()
    if days[1:] == [0] and match.start("m") < match.start("d"):  # May 5 - two days later
        days, end = days[:1], match.end("d")
    if not all(0 < day <= 31 for day in days) or not are_together(tokens, match):
        return None
    start = match.start() + bool(part(tokens, match, "b"))
    if tokens.codes[start] == CLASSES["the"] and first.isdecimal():
        return None
    year = year_of(part(tokens, match, "y"))
    made = Expression(start, end, year=year, month=month_of(tokens, match))
    made.day = days[0]
    made.last_day = days[1] if len(days) > 1 and days[1] > days[0] else None
    if part(tokens, match, "w"):
        made.nth, made.inner = 0, "WE"
    if year is None and (made.month, made.day) == (9, 11):
        made.year = 2001 if names_attacks(tokens, match.end()) else None
    return made


def are_together(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether the marks beside a month have no spaces, as in "2-Oct" and "Oct/2"."""
    month, year = match.start("m"), match.start("y")
    marks = [at for at in (month - 1, month + 1, year - 1) if match.start() < at < match.end() - 1]
    joined = CLASSES["dash"] + CLASSES["slash"]
    return all(
        tokens.ends[at - 1] == tokens.starts[at] and tokens.ends[at] == tokens.starts[at + 1]
        for at in marks
        if tokens.codes[at] in joined
    )


def day_number(word: str) -> int:
    """Return the day of the month in "7", "7th" or "twenty-first", 0 for anything else."""
    if word.isdecimal():
        return int(word) if len(word) <= 2 else 0
    tens, _, ones = word.replace("-", " ").rpartition(" ")
    digit = ordinal_of(ones) or (CARDINALS.index(ones) if tens and ones in CARDINALS else 0)
    return TENS.get(tens.strip(), 40) + digit if digit else 0


CARDINALS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = {"": 0, "twenty": 20, "thirty": 30}


def names_attacks(tokens: TimeTokens, at: int) -> bool:
    """Return whether "Sept. 11" is followed by "attacks" or "terror attacks", and so is of 2001."""
    words = [word.lower() for word in tokens.words[at : at + 3]]
    return words[:1] == ["hijackers"] or "attacks" in words[: 1 + (words[:1] in ATTACKS)]


ATTACKS = (["terror"], ["terrorist"])


def month_of(tokens: TimeTokens, match: re.Match[str]) -> int:
    """Return the number of the month in the part ``m``."""
    return MONTHS[part(tokens, match, "m").rstrip(".")]


@DATES.rule("m=(<month>) <comma|of|dash>? y=(<year>)")
def month_of_year(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "May 2016"."""
    year = year_of(part(tokens, match, "y"))
    return Expression(match.start(), match.end(), year=year, month=month_of(tokens, match))


@DATES.rule("m=(<month>)")
def month(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "May": a homograph; "Mar" and "Dec" without a full stop only beside a day or year."""
    word = part(tokens, match, "m")
    if tokens.words[match.start() : match.end() + 1] == ["May", "Day"]:
        return Expression(match.start(), match.end() + 1, month=5, day=1)
    small = tokens.words[match.start()].islower() and word in NOT_ALONE
    paired = PAIRED.match(tokens.codes, match.end()) is not None
    weak = word in HOMOGRAPHS or small or (word in ABBREVIATED and word != "sept" and not paired)
    made = Expression(match.start(), match.end(), month=month_of(tokens, match), weak=weak)
    made.ahead = is_due(tokens, match.end())
    return made


@DATES.rule("<the>? f=(<month>) <dash> m=(<month>) <period|quarter>?")
def months(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "January-March", "the July-September period": a quarter or a half of a year."""
    first, last = MONTHS[part(tokens, match, "f").rstrip(".")], month_of(tokens, match)
    if tokens.ends[match.start("f")] != tokens.starts[match.start("m")] - 1:
        return None  # May - June was hot
    made = Expression(match.start(), match.end())
    if last % 3 == 0 and first == last - 2:
        made.quarter = last // 3
    elif last % 6 == 0 and first == last - 5:
        made.half = last // 6
    else:
        return None
    return made


PAIRING = re.compile(pattern_of("<weekday><dash|to>") + "$")
PAIRED = re.compile(pattern_of("<dash|to><month|weekday>"))


def is_due(tokens: TimeTokens, at: int) -> bool:
    """Return whether a contract for a future month follows: "crude contract", "delivery"."""
    words = tokens.words[at : at + 3]
    plain = next((i for i, word in enumerate(words) if not word.islower()), len(words))
    return any(word in DUE for word in words[:plain])


DUE = frozenset({"delivery", "settlement", "futures", "contract", "contracts"})


SHORT_DAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
AFTER_ANY = frozenset({"", ".", ",", "in", "and", "or", "when", "at", "to", "with"})


@DATES.rule("<weekday>")
def weekday(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "Friday"; "Fri." only beside a date; not the Sunday Times."""
    first = match.start()
    before = tokens.words[first - 1] if first else ""
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    named = after.istitle() and tokens.codes[match.end()] == "." and after.isalpha()
    if named and before.lower() in ("the", "'s", "’s"):
        return None  # the Sunday Times
    name = tokens.words[first].lower().rstrip(".")
    weak = name in SHORT_DAYS and PAIRED.match(tokens.codes, first + 1) is None
    weak = weak and PAIRING.search(tokens.codes[max(first - 2, 0) : first]) is None
    if before.lower() == "one" or (before.lower() == "a" and after in AFTER_ANY):
        value = f"XXXX-WXX-{WEEKDAYS[name] + 1}"  # any Friday: "on a Friday in June"
        return Expression(first, match.end(), value=value)
    if before.lower() in ("on", "this"):
        weak = False
    if before == "Super":
        return None  # the primaries of a Super Tuesday
    return Expression(first, match.end(), weekday=WEEKDAYS[name], weak=weak)


@DATES.rule(
    "<holiday> (?:<comma>? y=(<year>))?",
    "<the>? h=(<holiday>) w=(<weekend>) (?:<comma>? y=(<year>))?",
)
def holiday(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "Christmas Eve", "Thanksgiving 2016", "Labor Day weekend"."""
    weekend = part(tokens, match, "w")
    name = tokens.words[match.start("h") if weekend else match.start()]
    year = year_of(part(tokens, match, "y"))
    made = Expression(match.start(), match.end(), holiday=name, year=year)
    if weekend:
        made.nth, made.inner = 0, "WE"
    return made


@DATES.rule("<date>")
def numeric_date(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "2016-05-07", "5/7/2016", and "9/11" as the name of a day in 2001."""
    word = tokens.words[match.start()]
    made = Expression(match.start(), match.end())
    if word == SEPTEMBER_11:
        made.year, made.month, made.day = 2001, 9, 11
        return made
    for shape in NUMERIC_DATES:
        found = shape.fullmatch(word)
        if found and 0 < int(found["month"]) <= 12 and 0 < int(found["day"] or 1) <= 31:
            year = int(found["year"])
            made.year = year if year > 99 else year + (2000 if year < 50 else 1900)
            made.month, made.day = int(found["month"]), int(found["day"] or 0) or None
            return made
    return None


@DATES.rule("(?<=<on|from|to|between|before|weekday|comma>)d=(<number>)")
def day_without_year(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "on 5/7": the month first, if possible; not a fraction or a score."""
    word = tokens.words[match.start()]
    found = MONTH_AND_DAY.fullmatch(word)
    before = tokens.words[max(match.start() - 2, 0) : match.start()]
    if before[1:] == [","] and before[0].lower().rstrip(".") not in WEEKDAYS:
        return None
    if found is None or is_noun_after(tokens, match.end()):
        return None
    month, day = int(found[1]), int(found[2])
    if month > 12:
        month, day = day, month
    return Expression(match.start(), match.end(), month=month, day=day) if month <= 12 else None


MONTH_AND_DAY = re.compile(r"([1-9]|[0-2]\d|3[01])/([1-9]|[0-2]\d|3[01])")


def is_noun_after(tokens: TimeTokens, at: int) -> bool:
    """Return whether the next word is something counted or measured: "from 1/2 point"."""
    after = tokens.words[at] if at < len(tokens.words) else ""
    if tokens.codes[at : at + 1].isupper():
        return False  # a word of time
    return (after[:1].isalpha() and after.lower() not in AFTER_NUMBER) or after == "%"


AFTER_NUMBER = word_set(
    """and or but to through until till for in at on when as with by if from the this that next
    last it he she they we i you is was will would please every each"""
)


@DATES.rule(
    f"<the> d=(<ordinal>) (?:{TO} <the>? e=(<ordinal>))?",
    "w=(<weekday>) <comma>? <the>? d=(<ordinal>) (?!<of>?<month>)",
    "w=(<weekday>) d=(<number>) (?!<of|dash|slash>?<month>|<oclock|meridiem>|<dash|to><clock>)",
)
def day_alone(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "on the 9th", "Monday the 21st": the tense or the weekday determines the month."""
    word = part(tokens, match, "d")
    number = day_number(word)
    named = part(tokens, match, "w")
    if not (named or word[0].isdecimal()) or not 0 < number <= 31:
        return None
    if is_noun_after(tokens, match.end()):
        return None
    made = Expression(match.start(), match.end(), day=number)
    made.weekday = WEEKDAYS[named.rstrip(".")] if named else None
    before = tokens.codes[match.start() - 1 : match.start()]
    last = ordinal_of(part(tokens, match, "e"))
    if last:
        made.until = Expression(match.start("e"), match.end(), day=last)
    made.weak = not named and not last and before not in BEFORE_DAY
    return made


BEFORE_DAY = frozenset(CLASSES[name] for name in ("on", "from", "to", "before"))


@DATES.rule("y=(<year>)", "<the>? f=(<fiscal>) <unit>? y=(<year>)", "<the>? u=(<unit>) y=(<year>)")
def year(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "2016", "fiscal 2016", "the year 2000"."""
    words = [word.lower() for word in tokens.words[match.start() : match.start("y")]]
    if words and words[-1] not in ("year", "fiscal", "financial", "calendar", "fy"):
        return None
    made = Expression(match.start(), match.end(), weak=not words)
    made.year = int(part(tokens, match, "y"))
    return made if words else of_its_kind(tokens, made)


def of_its_kind(tokens: TimeTokens, made: Expression) -> Expression:
    """Include the kind of year: "the 2012-13 school year", "the 2012 season"."""
    words = [word.lower() for word in tokens.words[made.last : made.last + 2]]
    length = 1 if words[:1] == ["season"] else 2 if words[1:] == ["year"] else 0
    if length == 2 and words[0] not in KINDS_OF_YEAR:
        return made
    if length:
        the = made.first > 0 and tokens.codes[made.first - 1] == CLASSES["the"]
        made.first, made.last, made.weak = made.first - the, made.last + length, False
    return made


KINDS_OF_YEAR = word_set("fiscal financial calendar tax budget school academic model crop")


@DATES.rule("y=(<number|year>) e=(<era>)", "e=(<era>) y=(<number|year>)")
def year_of_era(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "44 BC", "AD 79", "664 b.c.e."."""
    year, era = part(tokens, match, "y"), part(tokens, match, "e").replace(".", "")
    first = match.start("e") < match.start("y")
    if not year.isdecimal() or len(year) > MOST_DIGITS or (first and era != "ad"):
        return None
    if era[0] == "b":
        return Expression(match.start(), match.end(), value=f"BC{int(year):04}")
    return Expression(match.start(), match.end(), year=int(year))


MOST_DIGITS = 4


@DATES.rule("<years>")
def years(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "1995-96", "2014-2016"."""
    found = YEARS.fullmatch(tokens.words[match.start()])
    if found is None:
        return None
    first, last = int(found["first"]), int(found["last"])
    if len(found["last"]) == 2:
        last += first // 100 * 100
    if not first < last <= first + 150:
        return None
    made = Expression(match.start(), match.end(), year=first, last_year=last, weak=True)
    return of_its_kind(tokens, made)


TEN_TO_99 = "(?:<number>(?:<dash>?<number>)?|<teen>)"


@DATES.rule(
    f"c=(<teen>) <dash>? n=({TEN_TO_99})",
    f"(?<=<unit|of|in|from|to|before|month|ordinal|number|comma>)c=(<number>) n=({TEN_TO_99})",
    "(?<=<unit|of|in|from|to|before|month|ordinal|number|comma>)"
    f"m=(<number><number>(?:<and>?{TEN_TO_99})?)",
)
def spelled_year(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "nineteen ninety-six", "in twenty sixteen", "the year two thousand and five"."""
    texts = [part(tokens, match, name).replace(" - ", "-") for name in ("c", "n", "m")]
    numbers = [parse_number(text) for text in texts if text]
    values = [int(one.value) for one in numbers if one and one.value is not None]
    if len(values) != len(numbers) or (texts[2] and " thousand" not in texts[2]):
        return None
    year = values[0] if texts[2] else values[0] * 100 + values[1]
    spoken = texts[0] in SPOKEN_CENTURIES or texts[2]
    if not spoken or year % 100 < 10 > len(texts[2]) or is_noun_after(tokens, match.end()):
        return None
    named = [word.lower() for word in tokens.words[match.start() - 2 : match.start()]]
    first = match.start() - 2 * (named == ["the", "year"])
    return Expression(first, match.end(), year=year) if 1000 <= year <= 2100 else None


SPOKEN_CENTURIES = frozenset({"fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"})


@DATES.rule("<the>? u=(<unit>) n=(<number>) (?:<of|in|comma>? y=(<year>))?")
def week_of_year(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "week 10 of 2017", "in week 10"; not "week 22 of a pregnancy"."""
    number, year = part(tokens, match, "n"), year_of(part(tokens, match, "y"))
    if tokens.words[match.start("u")] != "week" or not number.isdecimal() or len(number) > 2:
        return None
    made = Expression(match.start(), match.end(), year=year, nth=int(number), inner="W")
    if year is None:
        made.unit, made.shift = "Y", 0
    of = tokens.codes[match.end() : match.end() + 1] == CLASSES["of"]
    return None if year is None and (of or is_noun_after(tokens, match.end())) else made


@DATES.rule(f"<the>? {EARLY}? c=(<teen>)? <dash>? d=(<decade>)")
def decade(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the 1990s", "the early '80s", "the nineties"."""
    word = part(tokens, match, "d")
    found = DECADE.fullmatch(word)
    number = int(found["decade"]) if found else DECADES[word]
    if match["c"] and (century := parse_number(part(tokens, match, "c"))) and century.value:
        return Expression(match.start(), match.end(), decade=int(century.value) * 100 + number)
    if number < 100:
        if match.start() == match.start("d") and word[0] not in "'’‘":
            return None  # temperatures in the 90s have an article too, but no apostrophe
        if found and word[0].isdecimal():
            return None
    made = Expression(match.start(), match.end())
    if number > 1000 and number % 100 == 0 and number < 2000:  # the 1800s
        made.century = number // 100 + 1
    else:
        made.decade = number
    return made


@DATES.rule(f"<the>? {EARLY}? r=({DAY}) <dash>? <century>")
def century(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the 20th century"."""
    word = part(tokens, match, "r")
    number = 0 if word.isdecimal() else day_number(word)
    last = tokens.words[match.end() - 1].lower()
    if not number or number > 30 or last != "century":
        return None
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    if tokens.words[match.end() - 1] == "Century" and after.istitle():
        return None  # 21st Century Fox
    if tokens.codes[match.end() : match.end() + 1] == CLASSES["era"] and after[0] in "bB":
        return Expression(match.start(), match.end() + 1, value=f"BC{number - 1:02}")
    return Expression(match.start(), match.end(), century=number)


@DATES.rule(
    f"<the>? {EARLY}? r=(<ordinal>) <and|or|to> {EARLY}? <ordinal> u=(<units>|<century>)",
    f"<the>? {EARLY}? r=(<ordinal>) u=(<units>)",
)
def listed_century(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the 19th" in "the 19th and 20th centuries", together with the one that has the noun."""
    number = ordinal_of(part(tokens, match, "r"))
    alone = match.end("r") == match.start("u")
    words = ("centuries",) if alone else ("centuries", "century")
    if not number or number > 30 or part(tokens, match, "u") not in words:
        return None
    return Expression(match.start(), match.end("u" if alone else "r"), century=number)


YEAR_BEFORE = "(?:y=(<year>)<possessive>?)?"
YEAR_AGO = "a=(<unit><dash><ago|earlier>)?"


@DATES.rule(
    f"(?:<the>|<their>)? <same>? {YEAR_BEFORE} {YEAR_AGO} <fiscal>? <dash>? "
    "r=(<ordinal|last>) <dash>? <fiscal>? <quarter>",
)
def quarter(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the first quarter", "its fiscal third quarter", "the year-ago fourth quarter"."""
    number = ordinal_of(part(tokens, match, "r"))
    after = [word.lower() for word in tokens.words[match.end() : match.end() + 3]]
    if not number or number > 4 or after in SPORTS:
        return None
    year = year_of(part(tokens, match, "y"))
    made = Expression(match.start(), match.end(), year=year, quarter=number)
    if tokens.codes[match.end() - 2] == CLASSES["dash"] and year is None:
        made.first += tokens.codes[match.start()] in ARTICLES  # it is that of the loss
    if part(tokens, match, "a"):
        made.unit, made.shift = "Y", -1
    return made


SPORTS = [["of", "the", noun] for noun in ("game", "match", "contest")]
ARTICLES = CLASSES["the"] + CLASSES["their"]


@DATES.rule(f"(?:<the>|<their>)? {YEAR_BEFORE} <fiscal>? r=(<ordinal|last>) <dash>? <half>")
def half(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the first half", only beside a year: it may be the half of a match."""
    word = part(tokens, match, "r")
    number = 2 if word in ("last", "latest", "final") else ordinal_of(word)
    if not number or number > 2:
        return None
    year = year_of(part(tokens, match, "y"))
    after = "".join(tokens.words[match.end() : match.end() + 1])
    dashed = tokens.codes[match.end() - 2] == CLASSES["dash"] and after in TAKINGS
    made = Expression(match.start(), match.end(), year=year, half=number)
    made.weak = year is None and not dashed
    return made


TAKINGS = frozenset({"profit", "profits", "earnings", "results", "revenue", "sales", "loss", "net"})


@DATES.rule("z=(<label>) (?:<of>? y=(<year>))?", "y=(<year>) <dash>? z=(<label>)")
def label(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "Q3 2016", "FY2016", "2016-W07"."""
    word = part(tokens, match, "z")
    number = int(re.sub(r"\D", "", word))
    made = Expression(match.start(), match.end(), year=year_of(part(tokens, match, "y")))
    if word[0] == "w":
        made.nth, made.inner = number, "W"
        return made if made.year else None
    if number > 9:
        made.year = number if number > 999 else 2000 + number % 100
        number = number if word.startswith("fy") else number // 100
    if word.startswith("fy"):
        return made
    if "q" in word:
        made.quarter = number
    else:
        made.half, made.weak = number, made.year is None
    return made if made.half is None or number <= 2 else None


@DATES.rule(f"<the>? {EARLY}? s=(<season>) m=(<units>)? (?:<of>? y=(<year>)(?:<dash><year>)?)?")
def season(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the spring", "summer 2016"; not "the Winter Olympics"."""
    after = tokens.words[match.end()] if match.end() < len(tokens.words) else ""
    if tokens.words[match.start("s")].istitle() and after.istitle():
        return None
    year = year_of(part(tokens, match, "y"))
    if match["m"] and part(tokens, match, "m") != "months":
        return None
    made = Expression(match.start(), match.end(), year=year, weak=year is None)
    made.season = SEASONS[part(tokens, match, "s")]
    return made
