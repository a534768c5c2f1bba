"""The vocabulary of time: each known word has a one-character class, so phrases are patterns.

A text becomes a list of tokens and a string with one class character for each; ``.`` is any word
that is not about time. Uppercase classes can be the core of a time expression, others only modify
one. Words are looked up with their case: "May" is a month, "may" is not.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pipeline.data import read_table

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

CLASSES = {
    # cores of expressions
    "now": "A",
    "today": "B",
    "clock": "C",
    "date": "D",
    "decade": "E",
    "century": "F",
    "teen": "G",
    "holiday": "H",
    "years": "I",
    "past": "J",
    "part": "K",
    "regular": "L",
    "month": "M",
    "night": "N",
    "noon": "O",
    "weekend": "P",
    "quarter": "Q",
    "recent": "R",
    "season": "S",
    "long": "T",
    "unit": "U",
    "units": "V",
    "weekday": "W",
    "weekdays": "X",
    "year": "Y",
    "label": "Z",
    "oclock": "Ω",
    "meridiem": "Λ",
    "future": "Φ",
    "period": "Π",
    "ago": "Γ",
    "zone": "Δ",
    "moment": "Θ",
    "term": "Ψ",
    "to_date": "Σ",
    "era": "Æ",
    # words around a core
    "the": "t",
    "a": "a",
    "this": "i",
    "these": "!",
    "that": "j",
    "same": "k",
    "last": "l",
    "next": "x",
    "near": "d",
    "number": "n",
    "few": "v",
    "some": ";",
    "couple": "c",
    "ordinal": "r",
    "half": "f",
    "about": "h",
    "full": "+",
    "more": "m",
    "than": "0",
    "least": "1",
    "at": "@",
    "up": "u",
    "to": "2",
    "as": "=",
    "much": "3",
    "early": "e",
    "earlier": "q",
    "mid": "8",
    "before": "b",
    "possessive": "s",
    "dash": "-",
    "comma": ",",
    "and": "&",
    "or": "|",
    "between": "?",
    "slash": "/",
    "of": "w",
    "in": "y",
    "in_the": "z",
    "on": "o",
    "from": "4",
    "end": "*",
    "fiscal": "$",
    "every": "%",
    "their": "5",
    "so": "6",
    "plurals": "Ξ",
    "old": "#",
    "ahead": "9",
    "alternate": "g",
    "intense": '"',
    "while": "~",
    "no": "^",
    "possible": "`",
    "back": "\\",
    "upwards": "<",
    "plus": ">",
    "all": "(",
    "closing": ")",
    "small": "}",
    "starting": "{",
    "other": ".",
}
ANCHOR = re.compile("[A-ZΩΦΠΓΔΘΨΞΛΣÆ]|-[rf]|[o24]tr|[o@4?]n|ynn")
"""Found in every run of words that may be a time: a core, "45-second", "on the 9th", "at 5"."""

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
        (?: (?: [:.] | (?=\d\d[ ]?[aApP]\.?[ ]?[mM]) )
            (?P<minute>[0-5]\d) (?: :(?P<second>[0-5]\d) )? )?
        [ \u00a0]?(?P<half>[aApP]\.?[ ]?[mM]\.?)?""",
    re.VERBOSE,
)
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


class Tokens(NamedTuple):
    """The words, numbers and marks of a text with their positions and class characters."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    codes: str


def tokens_of(text: str) -> Tokens:
    """Split a text into tokens and classify them.

    >>> tokens_of("on 3 March").codes
    'onM'
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
    return Tokens(words, starts, ends, "".join(codes))


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
    return "label" if LABEL.fullmatch(word) else "other"
