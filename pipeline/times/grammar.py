"""The vocabulary and the grammars of time.

A text becomes a list of tokens and a string with one class character for each; ``.`` is any word
that is not about time. Uppercase classes can be the core of a time expression, others only modify
one. Words are looked up with their case: "May" is a month, "may" is not.

In a rule's pattern, ``<month>`` is one token of that class and ``d=(…)`` names a part. A match
becomes an `Expression`: the fields of a date, a clock time or a duration that the words give. The
rules are in `dates`, `clocks`, `relative`, `durations`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pipeline.data import read_table
from pipeline.times.calendar import Unit

TABLES: dict[str, dict[str, Any]] = read_table("times")
MONTHS: dict[str, int] = TABLES["months"]
WEEKDAYS: dict[str, int] = TABLES["weekdays"]
SEASONS: dict[str, str] = TABLES["seasons"]
PARTS: dict[str, str] = TABLES["parts"]
UNITS: dict[str, str] = TABLES["units"]
PLURALS: dict[str, str] = {f"{unit}s": code for unit, code in UNITS.items()} | TABLES["plurals"]
DEICTIC: dict[str, int] = TABLES["deictic"]
REFERENCES: dict[str, str] = TABLES["references"]
REGULAR: dict[str, str] = TABLES["regular"]
LONG: dict[str, str] = TABLES["long"]
DECADES: dict[str, int] = TABLES["decades"]
TO_DATE: dict[str, str] = TABLES["to_date"]
ORDINALS: dict[str, int] = TABLES["ordinals"]
HOLIDAYS: dict[str, str] = TABLES["holidays"]
COMPANY: dict[str, list[str]] = {name: words.split() for name, words in TABLES["company"].items()}

CORES = """
    now today clock date decade century teen holiday years past part regular month night noon
    weekend quarter recent season long unit units weekday weekdays year label oclock meridiem
    future period ago zone moment term to_date era plurals
"""
MODIFIERS = """
    the a this these that same last next near number few some couple ordinal half about full more
    than least at up to as much early earlier mid before possessive dash comma and or between
    slash of in in_the on from end fiscal every their so old ahead alternate intense while no
    possible back upwards plus all closing small starting
"""
UPPERCASE = string.ascii_uppercase + "ΓΔΘΛΞΠΣΦΨΩÆ"
LOWERCASE = string.ascii_lowercase + string.digits + string.punctuation.replace(".", "")
CLASSES = {
    **dict(zip(CORES.split(), UPPERCASE, strict=True)),
    **dict(zip(MODIFIERS.split(), LOWERCASE, strict=False)),
    "other": ".",
}
"""The class characters by name."""

CAPITAL = frozenset(
    {"march", "may", "mar", "sat", "sun", "mon", "wed", *COMPANY["zone"], "bc", "bce", "ad", "ce"}
)
"""Words that are times only if capitalized: in lowercase they usually mean something else."""
FULL_NAMES = 5
ABBREVIATED = frozenset(
    name
    for name in (*MONTHS, *WEEKDAYS)
    if len(name) <= FULL_NAMES and name not in {"march", "april", "may", "june", "july"}
)
"""Names of months and days that may end in a full stop."""


def _vocabulary() -> dict[str, str]:
    """Return every written form of every known word with its class character."""
    classed = {
        "month": MONTHS,
        "weekday": WEEKDAYS,
        **COMPANY,
        "ordinal": ORDINALS,
        "season": SEASONS,
        "units": PLURALS,
        "part": PARTS,
        "today": DEICTIC,
        "recent": ("recent", "current"),
        "now": REFERENCES,
        "regular": REGULAR,
        "long": LONG,
        "decade": DECADES,
        "to_date": TO_DATE,
    }
    words: dict[str, str] = {}
    for name, forms in classed.items():
        for word in forms:
            written = {word.capitalize(), word.upper()}
            for form in written if word in CAPITAL else written | {word}:
                words.setdefault(form, CLASSES[name])
    return words


VOCABULARY = _vocabulary()
SMALL_MONTHS = ("may", "march")
BEFORE_MONTH = {
    before + CLASSES[name]
    for before in (*CLASSES.values(), "")
    for name in ("ordinal", "in", "from", "on")
} | {CLASSES["ordinal"] + CLASSES["of"], CLASSES["month"] + CLASSES["to"]}
BEHIND_MONTH = re.compile(r",? (?:[12]\d{3}|[0-3]?\d(?:st|nd|rd|th)|" + "|".join(ORDINALS) + r")\b")
"""Text after lowercase "may" and "march" if they are months."""
TOKEN = re.compile(
    r"""
    [oO]['’]clock\b
  | \d{4}-\d\d-\d\d (?=T\d\d:)
  | (?<=\d)T (?=\d\d:)
  | [1-4][QH]\d\d\b
  | \d{1,3}h[ ]?[0-5]?\dm(?:in)?(?:[ ]?[0-5]?\ds)?\b
  | (?:[01]\d|2[0-3])[hH][0-5]\d\b
  | (?:[bB]i|[sS]emi)-\w+
  | (?i:week|month|quarter|year)[- ]to[- ]date\b
  | (?i:b\.c\.(?:e\.)? | c\.e\. | a\.d\.)
  | [aApP]\.[mM]\.
  | [^\W\d_]\w*
  | \[[^\W\d_]+\]
  | [12]\d\d[1-9] (?=['’]s\b)
  | (?:['’‘](?=\d0s))? \d+ (?: [.,:/–-]\d+ )*
    (?: [ \u00a0]?[aApP]\.[ ]?[mM]\b\.? | [ ][aApP][ ][mM]\b | [ \u00a0]?[aApP][mM]\b
      | ['’]?[^\W\d_]+ )?
  | ['’][sS]\b
  | \n
  | [^\w\s]
    """,
    re.VERBOSE,
)
HOLIDAY = re.compile(
    "(?:"
    + "|".join(
        re.escape(name).replace("'", "['’]?").replace(r"\ ", r"[\s-]")
        for name in sorted(HOLIDAYS, key=len, reverse=True)
    )
    + r")\b",
    re.IGNORECASE,
)
HOLIDAY_FIRST = frozenset(
    form
    for name in HOLIDAYS
    for word in (re.split(r"\W", name)[0], re.split(r"\W", name.replace("'", ""))[0])
    for form in (word, word.capitalize(), word.upper())
)
CLOCK = re.compile(
    r"""(?P<hour>[01]?\d|2[0-4])
        (?: (?: [:.hH] | (?=\d\d[ ]?[aApP]\.?[ ]?[mM]) )
            (?P<minute>[0-5]\d) (?: :(?P<second>[0-5]\d) )? )?
        [ \u00a0]?(?P<half>[aApP]\.?[ ]?[mM]\.?)?""",
    re.VERBOSE,
)
H_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[hH][0-5]\d")
"""A time of day as written in South Africa: "15h10"."""
HOURS_AND_MINUTES = re.compile(r"(?P<H>\d+)h ?(?P<M>\d+)m(?:in)?(?: ?(?P<S>\d+)s)?")
"""A length in hours and minutes: "1h 12m"."""
NUMERIC_DATES = (
    re.compile(r"(?P<year>[12]\d{3})(?P<mark>[-/])(?P<month>[01]?\d)(?P=mark)(?P<day>[0-3]?\d)"),
    re.compile(r"(?P<month>[01]?\d)/(?P<day>[0-3]?\d)/(?P<year>(?:[12]\d)?\d\d)"),
    re.compile(r"(?P<month>[01]?\d)-(?P<day>[0-3]?\d)-(?P<year>[12]\d{3})"),
    re.compile(r"(?P<month>[01]\d)(?P<mark>[.-])(?P<day>[0-3]\d)(?P=mark)(?P<year>\d\d)"),
    re.compile(r"(?P<month>0?[1-9]|1[0-2])/(?P<year>[12]\d{3})(?P<day>)"),
    re.compile(r"(?P<year>[12]\d{3})[-/](?P<month>0?[1-9]|1[0-2])(?P<day>)"),
    re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)"),
    re.compile(r"(?P<day>[0-3]?\d)(?P<mark>[/.-])(?P<month>[01]?\d)(?P=mark)(?P<year>[12]\d{3})"),
)
OF_A_KIND = re.compile(r" (?:[a-z]+ year|season)\b")
"""Text after "2024-2025" that makes it one year."""
SPLIT = (
    re.compile(
        r"""(\d{1,2}(?:[:.]\d\d)?)([-–])
            (\d{1,2}(?:[:.]\d\d)?[ \u00a0]?[aApP]\.?[ ]?[mM]\.?|(?<=:\d\d[-–])\d{1,2}:\d\d)""",
        re.VERBOSE,
    ),
    re.compile(r"(\d{1,4}(?:/\d{1,4}){1,2})([-–])(\d{1,4}(?:/\d{1,4}){1,2})"),
    re.compile(r"([12]\d{3})([-–])([12]\d{3})"),
    re.compile(r"(\d{1,2})(-)([12]\d{3})"),
    re.compile(r"(\d\d:\d\d(?::\d\d)?)(Z)"),
    re.compile(r"(\d{1,3}(?:\.\d+)?)(h|(?:hr|min|sec|hour|minute|second|day|week|month|year)s?)"),
)
"""Written as one word but split into several tokens: two times of day, days or years with a dash
between them, a number with its unit."""
YEARS = re.compile(r"(?P<first>[12]\d{3})[–/-](?P<last>\d\d(?:\d\d)?)")
DECADE = re.compile(r"['’‘]?(?P<decade>\d*\d0)['’]?s")
YEAR = re.compile(r"[12]\d{3}")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)", re.IGNORECASE)
NUMBER = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,12}|[½¼¾])?|\d{1,3}/\d{1,3}|\d+[–-]\d+"
)
LABEL = re.compile(r"[QqH][1-4]|W(?:0[1-9]|[1-4]\d|5[0-3])|[1-4][QH](?:\d\d)?|FY\d{2,4}")
SEPTEMBER_11 = "9/11"
FRACTIONS = frozenset("½¼¾")
LONGEST_NUMERAL = 32


class TimeTokens(NamedTuple):
    """The words, numbers and marks of a text with their positions and class characters."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    codes: str


def tokens_of(text: str) -> TimeTokens:
    """Split a text into tokens and classify them.

    >>> tokens_of("on 3 March").codes == "".join(CLASSES[it] for it in ("on", "number", "month"))
    True
    """
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    codes: list[str] = []
    known = VOCABULARY.get
    skip = 0
    for match in TOKEN.finditer(text):
        word = match.group()
        start, end = match.span()
        if start < skip:
            continue
        code = known(word)
        if code is None and word.isalpha():
            if word in HOLIDAY_FIRST and (holiday := HOLIDAY.match(text, start)):
                word, end = holiday.group(), holiday.end()
                code, skip = CLASSES["holiday"], end
            elif word in SMALL_MONTHS and is_month(text, end, codes):
                code = CLASSES["month"]
            else:
                code = "."
        elif code is None and word == ".":
            if words and start == ends[-1] and words[-1].lower() in ABBREVIATED:
                words[-1] += word
                ends[-1] += 1
                continue
            code = "."
        elif code is None and word[0] == "[":  # "[Ten] years ago": a word inserted in a quotation
            word = word[1:-1] or word
            code = known(word, CLASSES["other"])
        elif code is None:
            *more, word = pieces_of(word, text, end)
            for piece in more:
                words.append(piece)
                starts.append(start)
                ends.append(start + len(piece))
                codes.append(known(piece) or class_of(piece))
                start += len(piece)
            code = known(word) or class_of(word)
        words.append(word)
        starts.append(start)
        ends.append(end)
        codes.append(code)
    return TimeTokens(words, starts, ends, "".join(codes))


def pieces_of(word: str, text: str, end: int) -> list[str]:
    """Return the tokens of one written word: three for "5-7pm", two for "90min"."""
    if word[0].isdecimal() and not word.isdecimal() and len(word) < LONGEST_NUMERAL:
        parts = next((one for shape in SPLIT if (one := shape.fullmatch(word))), None)
        if parts is not None and not OF_A_KIND.match(text, end):
            return list(parts.groups())
    return [word]


def is_month(text: str, end: int, codes: list[str]) -> bool:
    """Return whether lowercase "may" or "march" is a month, by its neighbours."""
    return "".join(codes[-2:]) in BEFORE_MONTH or BEHIND_MONTH.match(text, end) is not None


def class_of(word: str) -> str:
    """Return the class character of a token that is not a known word."""
    first = word[0]
    if first.isdecimal() or (len(word) > 2 and first in "'’‘"):
        return CLASSES[numeral(word)] if len(word) < LONGEST_NUMERAL else "."
    if word[-1].isdecimal() and LABEL.fullmatch(word):
        return CLASSES["label"]
    return CLASSES["number"] if word in FRACTIONS else "."


def numeral(word: str) -> str:
    """Return the name of the class of a token that begins with a digit."""
    if YEAR.fullmatch(word):
        return "year"
    if word == SEPTEMBER_11:
        return "date"
    clock = CLOCK.fullmatch(word)
    if clock and (clock["half"] or (":" in word and clock["minute"])):
        return "clock" if not clock["half"] or 0 < int(clock["hour"]) < 13 else "other"
    years = YEARS.fullmatch(word)
    if years and years["first"][-len(years["last"]) :] < years["last"]:
        return "years"
    if any(shape.fullmatch(word) for shape in NUMERIC_DATES):
        return "date"
    for name, shape in (("number", NUMBER), ("ordinal", ORDINAL), ("decade", DECADE)):
        if shape.fullmatch(word):
            return name
    if H_CLOCK.fullmatch(word):
        return "clock"
    if HOURS_AND_MINUTES.fullmatch(word):
        return "long"
    return "label" if LABEL.fullmatch(word) else "other"


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

    def __init__(self, rules: Iterable[GrammarRule] = ()) -> None:
        self.rules = list(rules)

    def rule(self, *patterns: str) -> Callable[[Build], Build]:
        """Register a function that builds an expression from a match of one of the patterns."""

        def register(build: Build) -> Build:
            self.rules += [
                GrammarRule(re.compile(pattern_of(pattern)), build) for pattern in patterns
            ]
            return build

        return register

    @cached_property
    def anywhere(self) -> re.Pattern[str]:
        """One pattern that matches wherever any rule does."""
        plain = (re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in self.rules)
        return re.compile("|".join(plain))

    def expressions(self, tokens: TimeTokens) -> Iterator[Expression]:
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

    def longest(self, tokens: TimeTokens, at: int, end: int) -> Expression | None:
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


Build = Callable[[TimeTokens, "re.Match[str]"], Expression | None]


@dataclass(frozen=True, slots=True)
class GrammarRule:
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
    '[a]?(?P<m>[M])'
    """
    named = re.sub(r"(\w+)=\(", r"(?P<\1>", re.sub(r"\s+", "", text))
    return re.sub(r"(?<!\?P)<([a-z_|]+)>", _one_of, named)


def _one_of(match: re.Match[str]) -> str:
    return "[" + "".join(re.escape(CLASSES[name]) for name in match[1].split("|")) + "]"


ANCHOR = re.compile(
    f"[{UPPERCASE}]|"
    + pattern_of(
        "<dash><ordinal|half>|<on|to|from><the><ordinal>|<on|at|from|between><number>"
        "|<in><number><number>"
    )
)
"""Found in every run of words that may be a time: a core, "45-second", "on the 9th", "at 5"."""


# -------------------------------------------------------------------------- parts of a match
def part(tokens: TimeTokens, match: re.Match[str], name: str) -> str:
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
