"""Grammars of time: patterns over word classes, and the partial dates that they stand for.

A rule is a pattern in which ``<month>`` stands for one token of that class and ``d=(…)`` names a
part. What it matches becomes an `Expression`: the fields of a date, a clock or a duration that the
words give. The rules themselves stand in `timedates`, `timeclocks`, `timenear`, `timespans`,
`timeopen`, `timesets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pipeline.text.timing.calendar import Unit
from pipeline.text.timing.timewords import (
    ANCHOR,
    CLASSES,
    ORDINAL,
    ORDINALS,
    PLURALS,
    UNITS,
    Tokens,
)

Kind = Literal["date", "time", "duration", "set"]


@dataclass(slots=True)
class Expression:
    """What the words of one time expression say; ``first`` and ``last`` are token indices."""

    first: int
    last: int
    kind: Kind = "date"
    weak: bool = False
    """The words are times only in company, or by their part of speech."""
    value: str | None = None
    """A value that needs no calendar: a duration, a set, ``PRESENT_REF``."""
    year: int | None = None
    last_year: int | None = None
    decade: int | None = None
    century: int | None = None
    half: int | None = None
    quarter: int | None = None
    """1 to 4; 0 for "the period", the one that was spoken of."""
    season: str | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    holiday: str | None = None
    unit: Unit | None = None
    """The unit that is counted in: "last **month**", "two **weeks** ago"."""
    shift: int | None = None
    """Units from the base."""
    hours: Decimal | None = None
    anaphoric: bool = False
    """The base is the time last spoken of, not the day of publication."""
    toward: int | None = None
    """Which of the weekdays, months, … is meant: -1 last, 0 this, 1 next."""
    part: str | None = None
    clock: str | None = None
    ahead: bool = False
    """The next of its kind is meant, or the one around the day of publication."""
    earlier: bool = False
    """Only what is over of the period is meant: "earlier this month"."""
    whole: bool = False
    """The whole unit is meant, not what was spoken of moved by so much: "that year"."""
    reach: int | None = None
    """Characters within which the time last spoken of is the base."""
    needy: bool = False
    """Without a time spoken of before nothing tells which time is meant: "that night"."""
    nth: int | None = None
    """Which of the ``inner`` units of the period is meant, -1 the last, 0 the one around it."""
    inner: Unit | None = None
    inner_weekday: int | None = None
    last_nth: int | None = None
    """The last of the inner units, of several: "4 to 22 this month"."""
    away: tuple[tuple[int, Unit], ...] = ()
    """How far from the time lies what is meant: "two days after today"."""
    until: Expression | None = None
    """The other end of a range: "from May 5 to June 7, 2024"."""
    apart: bool = False
    """Each end of the range is told in full: "9 a.m. to 5 p.m.", which are two times."""


class Grammar:
    """A list of rules; of several that match at one place the longest that makes sense wins."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = list(rules)

    def rule(self, *patterns: str) -> Callable[[Build], Build]:
        """Register what makes an expression of the matches of patterns."""

        def register(build: Build) -> Build:
            self.rules += [Rule(re.compile(pattern_of(pattern)), build) for pattern in patterns]
            return build

        return register

    @cached_property
    def anywhere(self) -> re.Pattern[str]:
        """One pattern that matches wherever any rule does."""
        plain = (re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in self.rules)
        return re.compile("|".join(plain))

    def expressions(self, tokens: Tokens) -> Iterator[Expression]:
        """Yield the time expressions of a text in order."""
        codes = tokens.codes
        for run in RUN.finditer(codes):
            at, end = run.span()
            if ANCHOR.search(codes, at, end) is None:
                continue
            while at < end:
                match = self.anywhere.search(codes, at, min(at + 2 * LONGEST, end))
                if match is None:
                    at += LONGEST
                    continue
                at = match.start()
                made = self.longest(tokens, at, min(at + LONGEST, end))
                if made is None:
                    at += 1
                    continue
                yield made
                at = max(made.last, at + 1)

    def longest(self, tokens: Tokens, at: int, end: int) -> Expression | None:
        """Return the longest expression that begins at a token."""
        matches = [
            (match.end(), -i, match, rule)
            for i, rule in enumerate(self.rules)
            if (match := rule.pattern.match(tokens.codes, at, end))
        ]
        matches.sort(key=lambda item: item[:2], reverse=True)
        for _, _, match, rule in matches:
            made = rule.build(tokens, match)
            if made is not None:
                return made
        return None


Build = Callable[[Tokens, "re.Match[str]"], Expression | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what it makes of a match."""

    pattern: re.Pattern[str]
    build: Build


RUN = re.compile(r"[^.]+")
LONGEST = 60
"""Tokens of a time expression, at most: a list of 10,000 numbers is looked through in windows, or
each number would look to the end of the list."""


def pattern_of(text: str) -> str:
    """Return a rule's pattern as a regular expression over class characters.

    >>> pattern_of("<the>? m=(<month>)")
    '[t]?(?P<m>[M])'
    """
    named = re.sub(r"(\w+)=\(", r"(?P<\1>", re.sub(r"\s+", "", text))
    return re.sub(r"(?<!\?P)<([a-z_|]+)>", _one_of, named)


def _one_of(match: re.Match[str]) -> str:
    return "[" + "".join(re.escape(CLASSES[name]) for name in match[1].split("|")) + "]"


# -------------------------------------------------------------------------- parts of a match
def part(tokens: Tokens, match: re.Match[str], name: str) -> str:
    """Return the words of a named part, in lower case, parted by spaces."""
    if name not in match.re.groupindex:
        return ""
    first, last = match.span(name)
    return " ".join(tokens.words[first:last]).lower() if first >= 0 else ""


def is_part(match: re.Match[str], name: str, *classes: str) -> bool:
    """Tell whether a named part is one token of one of the classes."""
    return match[name] in {CLASSES[one] for one in classes}


def ordinal_of(word: str) -> int | None:
    """Return the number of "third" or "3rd"."""
    digits = ORDINAL.fullmatch(word)
    return int(digits[1][:4]) if digits else ORDINALS.get(word)


def unit_of(word: str) -> str:
    """Return the code of a unit's name, singular or plural."""
    return UNITS.get(word) or PLURALS[word]


def year_of(word: str) -> int | None:
    """Return the year that four digits are, None for anything else."""
    return int(word) if word.isdecimal() and len(word) == 4 else None


# --------------------------------------------------------------------------------- durations
WHOLE_UNITS = {
    "2W": (2, "W"),
    "DE": (10, "Y"),
    "CE": (100, "Y"),
    "ME": (1000, "Y"),
}
FINER_UNITS = {
    "Y": (12, "M"),
    "TH": (60, "TM"),
    "TM": (60, "TS"),
}


def duration(count: Decimal | None, unit: str) -> str:
    """Return a duration of ISO 8601; the number is X where the text leaves it open.

    >>> duration(Decimal("2.5"), "Y"), duration(Decimal("0.5"), "TH"), duration(None, "TM")
    ('P2Y6M', 'PT30M', 'PTXM')
    """
    if count is None:
        code = "W" if unit == "2W" else unit
        return f"PTX{code[1:]}" if code[0] == "T" else f"PX{code}"
    factor, code = WHOLE_UNITS.get(unit, (1, unit))
    count *= factor
    time, letters = ("T", code[1:]) if code[0] == "T" else ("", code)
    if count % 1 and code in FINER_UNITS:
        parts, finer = FINER_UNITS[code]
        more = (count % 1) * parts
        if not more % 1:
            whole = f"{int(count)}{letters}" if count >= 1 else ""
            return f"P{time}{whole}{int(more)}{finer[-1]}"
    number = f"{count.quantize(Decimal('0.001')).normalize():f}" if count % 1 else f"{int(count)}"
    return f"P{time}{number}{letters}"
