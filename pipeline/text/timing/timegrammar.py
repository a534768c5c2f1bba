"""Grammars of time: patterns over word classes, and the partial dates that they produce.

In a rule's pattern, ``<month>`` is one token of that class and ``d=(…)`` names a part. A match
becomes an `Expression`: the fields of a date, a clock time or a duration that the words give. The
rules are in `timedates`, `timeclocks`, `timenear`, `timespans`, `timesets`.
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
    """The content of one time expression; ``first`` and ``last`` are token indices."""

    first: int
    last: int
    kind: Kind = "date"
    rule: str = ""
    """The name of the rule that made it."""
    weak: bool = False
    """Whether the words are a time only in context, or by their part of speech."""
    value: str | None = None
    """A value that needs no calendar: a duration, a set, ``PRESENT_REF``."""
    year: int | None = None
    last_year: int | None = None
    decade: int | None = None
    century: int | None = None
    half: int | None = None
    quarter: int | None = None
    """1 to 4; 0 for "the period", the quarter mentioned before."""
    season: str | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    holiday: str | None = None
    unit: Unit | None = None
    """The unit to count in: "last **month**", "two **weeks** ago"."""
    shift: int | None = None
    """Number of units from the base."""
    hours: Decimal | None = None
    anaphoric: bool = False
    """Whether the base is the last time mentioned, not the day of publication."""
    toward: int | None = None
    """Which weekday, month, … is meant: -1 last, 0 this, 1 next."""
    part: str | None = None
    clock: str | None = None
    ahead: bool = False
    """Whether the next period of its kind is meant, or the current one."""
    earlier: bool = False
    """Whether only the past part of the period is meant: "earlier this month"."""
    whole: bool = False
    """Whether the whole unit is meant, not the shifted time: "that year"."""
    reach: int | None = None
    """Maximum distance in characters of the last mentioned time to be the base."""
    needy: bool = False
    """Whether an earlier time in the text is required: "that night"."""
    nth: int | None = None
    """Index of the ``inner`` unit that is meant, -1 for the last, 0 for the one around it."""
    inner: Unit | None = None
    inner_weekday: int | None = None
    away: tuple[tuple[int, Unit], ...] = ()
    """Distance from the time to what is meant: "two days after today"."""
    beside: tuple[int, Unit, int | None] | None = None
    """What is meant beside the time, with its weekday: "the week after", "the Monday before"."""
    until: Expression | None = None
    """The other end of a range: "from May 5 to June 7, 2024"."""
    apart: bool = False
    """Whether both ends of the range are complete and so are two times, as in TIMEX3."""


class Grammar:
    """A list of rules; of several matches at a position, the longest meaningful one wins."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = list(rules)

    def rule(self, *patterns: str) -> Callable[[Build], Build]:
        """Register a function that builds an expression from a match of one of the patterns."""

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
                for side in (made, made.until):
                    if side is not None:
                        side.rule = rule.build.__name__
                return made
        return None


Build = Callable[[Tokens, "re.Match[str]"], Expression | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and the function that builds an expression from a match."""

    pattern: re.Pattern[str]
    build: Build


RUN = re.compile(r"[^.]+")
LONGEST = 60
"""Maximum number of tokens of a time expression. A list of 10,000 numbers is searched in windows;
otherwise each number would search to the end of the list."""


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
    """Return the words of a named part, lowercase and separated by spaces."""
    if name not in match.re.groupindex:
        return ""
    first, last = match.span(name)
    return " ".join(tokens.words[first:last]).lower() if first >= 0 else ""


def is_part(match: re.Match[str], name: str, *classes: str) -> bool:
    """Return whether a named part is one token of one of the classes."""
    return match[name] in {CLASSES[one] for one in classes}


def ordinal_of(word: str) -> int | None:
    """Return the number for "third" or "3rd"."""
    digits = ORDINAL.fullmatch(word)
    return int(digits[1][:4]) if digits else ORDINALS.get(word)


def unit_of(word: str) -> str:
    """Return the code of a unit, given in the singular or plural."""
    return UNITS.get(word) or PLURALS[word]


def year_of(word: str) -> int | None:
    """Return four digits as a year, None for anything else."""
    return int(word) if word.isdecimal() and len(word) == 4 else None


# --------------------------------------------------------------------------------- durations
WHOLE_UNITS = {
    "2W": (2, "W"),
    "Q": (3, "M"),
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
    """Return an ISO 8601 duration; the number is X if the text does not give it.

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
