"""Rules for sets of times: "every year", "daily", "on Mondays"."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.text.timing.timedates import day_number
from pipeline.text.timing.timegrammar import (
    Expression,
    Grammar,
    duration,
    is_part,
    ordinal_of,
    part,
    unit_of,
)
from pipeline.text.timing.timespans import COUNT, counted
from pipeline.text.timing.timewords import (
    MONTHS,
    PARTS,
    REGULAR,
    SEASONS,
    WEEKDAYS,
    Tokens,
)

SETS = Grammar()


@SETS.rule("<regular>")
def regularly(tokens: Tokens, match: re.Match[str]) -> Expression | None:
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
def every_unit(tokens: Tokens, match: re.Match[str]) -> Expression | None:
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
def monthly(tokens: Tokens, match: re.Match[str]) -> Expression | None:
    """ "the 15th of every month", "every month on the 15th"."""
    day = day_number(part(tokens, match, "d"))
    if part(tokens, match, "u") != "month" or not 0 < day <= 31:
        return None
    return Expression(match.start(), match.end(), "set", value=f"XXXX-XX-{day:02}")


@SETS.rule("w=(<weekdays>)", "w=(<weekdays|weekday>) p=(<plurals>)")
def weekly(tokens: Tokens, match: re.Match[str]) -> Expression:
    """ "Mondays", "Tuesday nights", "weekends"."""
    word = part(tokens, match, "w").rstrip("s")
    value = WEEKLY.get(word) or f"XXXX-WXX-{WEEKDAYS[word.rstrip('.')] + 1}"
    if part(tokens, match, "p"):
        value += "T" + PARTS[part(tokens, match, "p").rstrip("s")]
    return Expression(match.start(), match.end(), "set", value=value)
