"""Rules for parts of the day, clock times, and sets of times: “every year”, “on Mondays”."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.quantities.numbers import parse_number
from pipeline.text.words import word_set
from pipeline.times.dates import EARLY, day_number, is_noun_after
from pipeline.times.durations import COUNT, counted
from pipeline.times.grammar import (
    CLASSES,
    CLOCK,
    MONTHS,
    PARTS,
    REGULAR,
    SEASONS,
    WEEKDAYS,
    Expression,
    Grammar,
    TimeTokens,
    duration,
    is_part,
    ordinal_of,
    part,
    unit_of,
)

CLOCKS = Grammar()


@CLOCKS.rule(f"<the>? {EARLY}? <the>? k=(<part>)")
def part_of_day(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "the early morning", usually beside a day."""
    made = Expression(match.start(), match.end(), "time", weak=True)
    made.part = PARTS[part(tokens, match, "k")]
    return made


@CLOCKS.rule("<the> e=(<early|small>) <part>? h=(<units>)")
def early_hours(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the early hours" of a day, "the wee hours", "the early morning hours"."""
    if part(tokens, match, "h") != "hours":
        return None
    made = Expression(match.start(), match.end(), "time", weak=True)
    made.part = "NI" if part(tokens, match, "e") == "late" else "MO"
    return made


HOUR = "<clock|number>"
SPELLED = "c=(<number>) (?:<dash>?m=(<number>(?:<dash>?<number>)?))? <oclock>?"


@CLOCKS.rule(
    "c=(<clock>) z=(<zone>)?",
    "twelve=(<number>)? c=(<noon>) z=(<zone>)?",
    f"{SPELLED} h=(<meridiem>)? z=(<zone>)?",
    f"{SPELLED} (?:(?:<in><the>|<at>|<this>)k=(<part>)|n=(<night>))",
    "c=(<year|number>) (?:z=(<zone>)|u=(<units>))",
)
def clock(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "5:30 p.m. EST", "22:30", "noon", "five o'clock", "8 tonight", "1500 GMT"."""
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    evening, half = part(tokens, match, "k") or part(tokens, match, "n"), part(tokens, match, "h")
    if part(tokens, match, "twelve") not in ("", "12", "twelve"):
        return None
    if part(tokens, match, "u") and not is_military(tokens, match, before):
        return None
    spelled = CLASSES["oclock"] in match[0] or bool(evening or half)
    spelled = spelled or (before in BEFORE_CLOCK and bool(part(tokens, match, "m")))
    time = clock_of(part(tokens, match, "c"), oclock=spelled)
    if time is not None and part(tokens, match, "m"):
        time = with_minutes(time, part(tokens, match, "m"))
    word = part(tokens, match, "c")
    plain = match[0] == tokens.codes[match.start()] and WITH_MARK.search(word) is None
    if time is None or (plain and not is_said(tokens, match, before)):
        return None
    if half:
        time = clock_of(f"{int(time[:2])}{time[2:]}{half}", oclock=False) or time
    after = " ".join(tokens.words[match.end() : match.end() + 2]).lower()
    left = before not in BEFORE_TRAIN and LEFT.match(after) is not None
    if left and is_bare_clock(tokens, match):
        minutes, seconds = map(int, word.split(":")[:2])
        value = f"PT{minutes}M" + f"{seconds}S" * (seconds > 0)
        return Expression(match.start(), match.end(), "duration", value=value)
    if before == "in" and is_bare_clock(tokens, match):
        return run_in(match, part(tokens, match, "c"))
    last = match.end() + zone_words(tokens, match.end())
    made = Expression(match.start(), last, "time", clock=time)
    if evening:
        made.clock, made.last = in_part(time, PARTS.get(evening, "NI")), match.end()
        if evening == "tonight" or tokens.codes[match.end() - 2] == CLASSES["this"]:
            made.unit, made.shift = "D", 0
    return made


def is_military(tokens: TimeTokens, match: re.Match[str], before: str) -> bool:
    """Return whether "0730 hours" and "at 1500 hours" are times of day, not lengths."""
    word = part(tokens, match, "c")
    told = word[0] == "0" or before in BEFORE_CLOCK - {"about", "around", "past"}
    return len(word) == MOST_DIGITS and part(tokens, match, "u") in ("hours", "hrs") and told


MOST_DIGITS = 4
WITH_MARK = re.compile(r"[:h]|\D\Z")
"""In "22:30", "15h10" and "noon", which are times of day without a word before them."""


def is_said(tokens: TimeTokens, match: re.Match[str], before: str) -> bool:
    """Return whether "at 7.30" and "by 1730" are times of day, not decimals and other numbers."""
    return before in BEFORE_CLOCK - {"from", "to"} and not is_noun_after(tokens, match.end())


def later(clock: str) -> str:
    """Return the time twelve hours later on the same day, or the same time after noon.

    >>> later("09:30"), later("13:00")
    ('21:30', '13:00')
    """
    return f"{int(clock[:2]) + 12:02}{clock[2:]}" if clock < "12:00" else clock


def with_minutes(hour: str, word: str) -> str | None:
    """Return the time of "ten" and "thirty", spelled out; not of digits."""
    number = None if word[0].isdecimal() else parse_number(word.replace(" - ", "-"))
    if number is None or number.value is None or not 10 <= number.value < 60:
        return None
    return f"{hour[:2]}:{int(number.value)}"


def in_part(clock: str, part: str) -> str:
    """Return a clock time in a part of the day: 8:00 in the evening is 20:00.

    >>> in_part("08:00", "EV"), in_part("02:00", "NI"), in_part("12:00", "NI")
    ('20:00', '02:00', '00:00')
    """
    hour = int(clock[:2])
    if part == "NI" and hour == 12:
        hour = 0
    elif hour < 12 and (part in ("AF", "EV") or (part == "NI" and hour > 5)):
        hour += 12
    return f"{hour:02}{clock[2:]}"


@CLOCKS.rule(
    f"<a>? p=(<half|quarter>) w=(<past|to|before>) h=({HOUR}|<noon>) <oclock>? z=(<meridiem>)?",
    f"p=(<number>(?:<dash>?<number>)?) <unit|units>? w=(<past|to|before>) h=({HOUR}|<noon>)"
    "<oclock>? z=(<meridiem>)?",
)
def to_the_hour(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "half past seven", "a quarter to three", "ten past four", "20 minutes before noon"."""
    share, way = part(tokens, match, "p"), part(tokens, match, "w")
    hour = clock_of(part(tokens, match, "h"), oclock=True)
    if hour is not None and not hour.endswith(":00"):
        return None  # from 9 to 10:30
    half = part(tokens, match, "z")
    if hour is not None and half:
        hour = clock_of(f"{int(hour[:2])}{hour[2:]}{half}", oclock=False)
    number = parse_number(share.replace(" - ", "-"))
    minutes = MINUTES.get(share) or (number and number.value)
    told = (
        share in MINUTES
        or way == "past"
        or tokens.words[match.start("w") - 1].lower().startswith("min")
    )
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    if hour is None or not minutes or not 0 < minutes < 60 or minutes % 1 or way not in WAYS:
        return None
    if not told and before not in BEFORE_CLOCK - {"from", "to", "past"}:
        return None  # they voted ten to three
    total = int(hour[:2]) * 60 + int(hour[3:5]) + WAYS[way] * int(minutes)
    clock = f"{total // 60 % 24:02}:{total % 60:02}"
    return Expression(match.start(), match.end(), "time", clock=clock)


MINUTES = {"half": 30, "quarter": 15}
WAYS = {"past": 1, "after": 1, "to": -1, "before": -1, "till": -1}


@CLOCKS.rule("(?<=<at|about|before|to|from|today|night>)c=(<number>)")
def bare_hour(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "at 5", "after seven", times only beside a day: "Monday at 5", "tomorrow after seven"."""
    clock = clock_of(part(tokens, match, "c"), oclock=True)
    before = tokens.words[match.start() - 1].lower()
    beside = tokens.codes[match.start() - 1] in CLASSES["today"] + CLASSES["night"]
    if (
        clock is None
        or not (beside or before in BEFORE_CLOCK)
        or is_noun_after(tokens, match.end())
    ):
        return None
    return Expression(match.start(), match.end(), "time", clock=clock, weak=True)


@CLOCKS.rule(
    f"a=({HOUR}|<noon>) <dash|to> b=(<clock|noon>)",
    "a=(<clock|noon>) <dash|to> b=(<number>) (?:<in><the>k=(<part>))?",
    f"(?<=<from|between>)a=({HOUR}|<noon>) <dash|to|and> b=({HOUR}|<noon>)"
    "(?:<oclock>|h=(<meridiem>)|<in><the>k=(<part>))?",
)
def clock_range(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "5-7 pm", "from 9 to noon", "between 10:30 and 12": the ends share a.m. or p.m."""
    first, last = part(tokens, match, "a"), part(tokens, match, "b")
    whole, half = part(tokens, match, "k"), part(tokens, match, "h")
    if half:
        last = f"{hour_of(last)}{half}"
    told = bool(whole or half) or any(
        tokens.codes[match.start(x)] != CLASSES["number"] for x in "ab"
    )
    begin, end = (clock_of(one, oclock=True) for one in (first, last))
    sized = tokens.codes[match.start("b")] == CLASSES["number"] and not (whole or half)
    if begin is None or end is None or (sized and is_noun_after(tokens, match.end())):
        return None
    halves = [HALF_OF_DAY.search(one) is None for one in (first, last)]
    if halves == [True, False] and begin < "12:00" <= end and later(begin) < end:
        begin = later(begin)
    elif halves[1] and end < begin and begin <= later(end):
        end = later(end)  # from 11 to 1, from 6:30 pm to 9
    if whole:
        end = in_part(end, PARTS[whole])
        begin = in_part(begin, PARTS[whole]) if halves[0] else begin
    start = match.start("a")
    until = Expression(match.start("b"), match.end(), "time", clock=end)
    made = Expression(start, match.end(), "time", clock=begin, until=until, weak=not told)
    plain = ":" in first and ":" in last
    made.apart = not whole and (halves == [False, False] or (halves == [True, True] and plain))
    return made


def hour_of(word: str) -> str:
    """Return a spelled hour in digits."""
    number = parse_number(word)
    return f"{number.value}" if number and number.value is not None else word


HALF_OF_DAY = re.compile(r"[ap]\.? ?m|noon|mid")
"""What says in which half of the day a time is."""


LEFT = re.compile(r"(?:left|remaining|to (?:go|play|spare))\b")
"""Follows the minutes and seconds of a match: "with 6:42 left"."""
BEFORE_TRAIN = frozenset({"at", "the", "by", "until"})
"""Before a time of day that "left" may follow: "the 6:42 left on time"."""
BEFORE_CLOCK = word_set("at about around by until till before after past from to since")


def is_bare_clock(tokens: TimeTokens, match: re.Match[str]) -> bool:
    """Return whether only a colon makes "4:05" a clock time."""
    return match.end() - match.start() == 1 and tokens.words[match.start()][-1].isdecimal()


def run_in(match: re.Match[str], word: str) -> Expression | None:
    """Return "2:05:30" as a runner's time; "4:05" may be minutes or hours."""
    numbers = [int(number) for number in word.split(":") if number.isdecimal()]
    if len(numbers) != 3:
        return None
    value = "PT" + "".join(f"{n}{unit}" for n, unit in zip(numbers, "HMS", strict=True) if n)
    return Expression(match.start(), match.end(), "duration", value=value) if any(numbers) else None


def zone_words(tokens: TimeTokens, at: int) -> int:
    """Return the number of words that name a time zone: "local time", "Eastern Daylight Time"."""
    words = [word.lower() for word in tokens.words[at : at + 3]]
    offset = tokens.words[at + 1][:1].isdecimal() if words[1:] else False
    if offset and words[0] in "+-−–" and tokens.codes[at - 1] == CLASSES["zone"]:
        return 2
    if words and tokens.words[at] in ZONES and not (words[1:] and tokens.words[at + 1].istitle()):
        return 2 if words[1:2] == ["time"] else 1
    if len(words) < 2 or not (words[0] == "local" or tokens.words[at][0].isupper()):
        return 0
    if words[1] == "time":
        return 2
    return 3 if words[1] in ("standard", "daylight", "summer", "mean") and "time" in words else 0


ZONES = frozenset({"Eastern", "Central", "Mountain", "Pacific"})


def clock_of(word: str, *, oclock: bool) -> str | None:
    """Return a time of day in ISO 8601; ``oclock``: "five" and "5" are hours."""
    if word in ("noon", "midday", "midnight"):
        return "00:00" if word == "midnight" else "12:00"
    found = CLOCK.fullmatch(word)
    if found and (found["half"] or found["minute"]):
        hour = int(found["hour"])
        if found["half"]:
            hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
        seconds = f":{int(found['second']):02}" if found["second"] else ""
        return f"{hour:02}:{int(found['minute'] or 0):02}{seconds}"
    if word.isdecimal() and len(word) == 4:
        return f"{word[:2]}:{word[2:]}" if int(word[:2]) <= 24 and int(word[2:]) < 60 else None
    number = parse_number(word) if oclock and "/" not in word else None
    whole = number is not None and number.value is not None and number.value % 1 == 0
    hour = int(number.value) if number and number.value is not None and whole else 0
    return f"{hour:02}:00" if 0 < hour <= 12 else None


SETS = Grammar()


@SETS.rule("<regular>")
def regularly(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "annual"; not in the Daily Mail or the LA Weekly."""
    i = match.start()
    word = tokens.words[i]
    if word[0].isupper():
        near = tokens.words[max(i - 1, 0) : i] + tokens.words[i + 1 : i + 2]
        if any(other[0].isupper() for other in near):
            return None
    return Expression(i, match.end(), "set", value=REGULAR[word.lower()])


@SETS.rule(
    f"<every> <full>? n=({COUNT})? u=(<unit|units|quarter|weekend|month|weekday|season|part>)",
    "<every> h=(<half>) u=(<unit>)",
    "<every> <alternate> u=(<weekday>)",
    "<every> u=(<weekday>) p=(<part>)",
    "<every> <full>? u=(<weekdays>) p=(<part>)?",
    "<every> u=(<month>) d=(<number|ordinal>)",
    "<every> d=(<ordinal>) <of>? u=(<month>)",
    "<every> r=(<ordinal>) u=(<unit|weekday>)",
    "<every> o=(<alternate>) u=(<unit>)",
)
def every_unit(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "every year", "each Thursday", "every two weeks"."""
    word = part(tokens, match, "u").rstrip(".")
    made = Expression(match.start(), match.end(), "set")
    counting = part(tokens, match, "n")
    good, count = counted(counting) if counting else (True, Decimal(1))
    if part(tokens, match, "h"):
        count = Decimal("0.5")
    if part(tokens, match, "o"):
        count = Decimal(2)
    if part(tokens, match, "r"):
        count = Decimal(ordinal_of(part(tokens, match, "r")) or 1)
    if not good:
        return None
    if is_part(match, "u", "month"):
        made.value = f"XXXX-{MONTHS[word]:02}"
        day = day_number(part(tokens, match, "d") or counting)
        made.value += f"-{day:02}" if 0 < day <= 31 else ""
    elif is_part(match, "u", "weekdays"):
        if word not in WEEKLY:
            return None
        made.value = WEEKLY[word] + (f"T{PARTS[part(tokens, match, 'p')]}" if match["p"] else "")
    elif is_part(match, "u", "weekday"):
        made.value = f"XXXX-WXX-{WEEKDAYS[word] + 1}"
        if part(tokens, match, "p"):
            made.value += f"T{PARTS[part(tokens, match, 'p')]}"
    elif is_part(match, "u", "season"):
        made.value = f"XXXX-{SEASONS[word]}"
    elif is_part(match, "u", "part"):
        made.value = f"XXXX-XX-XXT{PARTS[word]}"
    elif is_part(match, "u", "weekend"):
        made.value = "XXXX-WXX-WE"
    else:
        made.value = "P3M" if word == "quarter" else duration(count, unit_of(word))
    return made


WEEKLY = {"weekday": "XXXX-WXX-XX", "weekend": "XXXX-WXX-WE"}


@SETS.rule(
    "<the>? d=(<ordinal>) <of> <every> u=(<unit>)",
    "<every> u=(<unit>) <on> <the>? d=(<ordinal>)",
)
def monthly(tokens: TimeTokens, match: re.Match[str]) -> Expression | None:
    """ "the 15th of every month", "every month on the 15th"."""
    day = day_number(part(tokens, match, "d"))
    if part(tokens, match, "u") != "month" or not 0 < day <= 31:
        return None
    return Expression(match.start(), match.end(), "set", value=f"XXXX-XX-{day:02}")


@SETS.rule("w=(<weekdays>)", "w=(<weekdays|weekday>) p=(<plurals>)")
def weekly(tokens: TimeTokens, match: re.Match[str]) -> Expression:
    """ "Mondays", "Tuesday nights", "weekends"."""
    word = part(tokens, match, "w").rstrip("s")
    value = WEEKLY.get(word) or f"XXXX-WXX-{WEEKDAYS[word.rstrip('.')] + 1}"
    if part(tokens, match, "p"):
        value += "T" + PARTS[part(tokens, match, "p").rstrip("s")]
    return Expression(match.start(), match.end(), "set", value=value)
