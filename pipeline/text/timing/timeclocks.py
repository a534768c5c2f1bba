"""Rules for parts of the day and clock times."""

from __future__ import annotations

import re

from pipeline.text.numbers import parse_number
from pipeline.text.timing.timedates import EARLY
from pipeline.text.timing.timegrammar import Expression, Grammar, part
from pipeline.text.timing.timewords import CLASSES, CLOCK, PARTS, Tokens
from pipeline.text.wordset import word_set

CLOCKS = Grammar()


@CLOCKS.rule(f"<the>? {EARLY}? <the>? k=(<part>)")
def part_of_day(tokens: Tokens, match: re.Match[str]) -> Expression:
    """ "the early morning", for the most part beside a day."""
    made = Expression(match.start(), match.end(), "time", weak=True)
    made.part = PARTS[part(tokens, match, "k")]
    return made


@CLOCKS.rule("<at> k=(<part>)")
def at_night(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "at night", of no day in particular."""
    if part(tokens, match, "k") != "night":
        return None
    return Expression(match.start() + 1, match.end(), "time", value="TNI")


@CLOCKS.rule("<the> e=(<early|small>) <part>? h=(<units>)")
def early_hours(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "the early hours" of a day, "the wee hours", "the early morning hours"."""
    if part(tokens, match, "h") != "hours":
        return None
    made = Expression(match.start(), match.end(), "time", weak=True)
    made.part = "NI" if part(tokens, match, "e") == "late" else "MO"
    return made


@CLOCKS.rule(
    "c=(<clock>) z=(<zone>)?",
    "c=(<noon>) z=(<zone>)?",
    "c=(<number>) <oclock>",
    "c=(<number>) i=(<in>) <the> k=(<part>)",
    "c=(<year|number>) z=(<zone>)",
)
def clock(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "5:30 p.m. EST", "22:30", "noon", "five o'clock", "1500 GMT"."""
    before = tokens.words[match.start() - 1].lower() if match.start() else ""
    evening = part(tokens, match, "k")
    if evening and before not in BEFORE_CLOCK:
        return None  # eight in the morning and nine at night fell ill
    oclock = bool(evening) or tokens.codes[match.end() - 1] == CLASSES["oclock"]
    time = clock_of(part(tokens, match, "c"), oclock=oclock)
    if time is None:
        return None
    if before == "in" and is_bare_clock(tokens, match):
        return run_in(match, part(tokens, match, "c"))
    if evening and PARTS[evening] != "MO" and int(time[:2]) < 12:
        time = f"{int(time[:2]) + 12:02}{time[2:]}"
    zone = "Z" if part(tokens, match, "z") in ("gmt", "utc") else ""
    last = match.end() + zone_words(tokens, match.end())
    return Expression(match.start(), last, "time", clock=time + zone)


BEFORE_CLOCK = word_set("at about around by until till before after past from to")


def is_bare_clock(tokens: Tokens, match: re.Match[str]) -> bool:
    """Tell whether nothing but a colon makes a clock time of "4:05"."""
    return match.end() - match.start() == 1 and tokens.words[match.start()][-1].isdecimal()


def run_in(match: re.Match[str], word: str) -> Expression | None:
    """Return "2:05:30" as the length that a runner took; "4:05" may be minutes or hours."""
    numbers = [int(number) for number in word.split(":") if number.isdecimal()]
    if len(numbers) != 3:
        return None
    value = "PT" + "".join(f"{n}{unit}" for n, unit in zip(numbers, "HMS", strict=True) if n)
    return Expression(match.start(), match.end(), "duration", value=value) if any(numbers) else None


def zone_words(tokens: Tokens, at: int) -> int:
    """Count the words that name a zone: "local time", "Eastern Daylight Time"."""
    words = [word.lower() for word in tokens.words[at : at + 3]]
    if words and tokens.words[at] in ZONES and not (words[1:] and tokens.words[at + 1].istitle()):
        return 2 if words[1:2] == ["time"] else 1
    if len(words) < 2 or not (words[0] == "local" or tokens.words[at][0].isupper()):
        return 0
    if words[1] == "time":
        return 2
    return 3 if words[1] in ("standard", "daylight", "summer", "mean") and "time" in words else 0


ZONES = frozenset({"Eastern", "Central", "Mountain", "Pacific"})


def clock_of(word: str, *, oclock: bool) -> str | None:
    """Return a time of day as ISO 8601 writes it."""
    if word in ("noon", "midday"):
        return "12:00"
    if word == "midnight":
        return "24:00"
    if oclock:
        number = parse_number(word)
        hour = int(number.value) if number and number.value is not None else 0
        return f"{hour:02}:00" if 0 < hour <= 12 else None
    if word.isdecimal():
        if len(word) != 4 or int(word[:2]) > 24 or int(word[2:]) > 59:
            return None
        return f"{int(word[:2]):02}:{int(word[2:]):02}"
    found = CLOCK.fullmatch(word)
    if found is None:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
    seconds = f":{int(found['second']):02}" if found["second"] else ""
    return f"{hour:02}:{int(found['minute'] or 0):02}{seconds}"
