"""The words of time: each known word gets a class of one character, so that phrases are patterns.

A text becomes a row of tokens and a string with one class character for each; ``.`` stands for any
word that says nothing about time. Upper case classes can stand at the heart of a time expression,
the others only beside one. Words are looked up as they are written: "May" is a month, "may" is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

CLASSES = {
    # hearts of expressions
    "now": "A",
    "today": "B",
    "clock": "C",
    "date": "D",
    "decade": "E",
    "century": "F",
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
    # their company
    "the": "t",
    "a": "a",
    "this": "i",
    "that": "j",
    "same": "k",
    "last": "l",
    "next": "x",
    "number": "n",
    "few": "v",
    "ordinal": "r",
    "half": "f",
    "about": "h",
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
    "ago": "g",
    "before": "b",
    "possessive": "s",
    "dash": "-",
    "comma": ",",
    "and": "&",
    "or": "|",
    "of": "w",
    "in": "y",
    "on": "o",
    "from": "4",
    "end": "*",
    "fiscal": "$",
    "every": "%",
    "per": "/",
    "period": "p",
    "their": "5",
    "so": "6",
    "parts": "7",
    "mid": "8",
    "zone": "9",
    "couple": "c",
    "full": "+",
    "oclock": "z",
    "other": ".",
}
ABSORBED = "_"
"""Class of a token that belongs to the holiday's name before it."""
ANCHOR = re.compile("[A-Z]")

MONTHS = {
    name: i % 12 + 1
    for i, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "jan",
            "feb",
            "mar",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "nov",
            "dec",
        ]
    )
} | {"sept": 9}
WEEKDAYS = {
    name: i % 7
    for i, name in enumerate(
        [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "mon",
            "tue",
            "wed",
            "thu",
            "fri",
            "sat",
            "sun",
        ]
    )
} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
UNITS = {
    "second": "TS",
    "minute": "TM",
    "hour": "TH",
    "day": "D",
    "night": "D",
    "weekend": "WE",
    "week": "W",
    "fortnight": "2W",
    "month": "M",
    "quarter": "Q",
    "season": "SE",
    "year": "Y",
    "decade": "DE",
    "century": "CE",
    "millennium": "ME",
} | {"sec": "TS", "min": "TM", "hr": "TH", "mo": "M", "yr": "Y", "wk": "W"}
PLURALS = {
    **{f"{unit}s": code for unit, code in UNITS.items() if unit not in ("century", "millennium")},
    "centuries": "CE",
    "millennia": "ME",
}
PARTS = {
    "morning": "MO",
    "afternoon": "AF",
    "evening": "EV",
    "night": "NI",
    "dawn": "MO",
    "dusk": "EV",
    "midmorning": "MO",
    "midafternoon": "AF",
    "lunchtime": "MI",
}
DEICTIC = {"today": 0, "yesterday": -1, "tomorrow": 1}
REFERENCES = {
    "now": "PRESENT_REF",
    "currently": "PRESENT_REF",
    "nowadays": "PRESENT_REF",
    "presently": "PRESENT_REF",
    "current": "PRESENT_REF",
    "recently": "PAST_REF",
    "lately": "PAST_REF",
    "previously": "PAST_REF",
    "recent": "PAST_REF",
    "past": "PAST_REF",
    "soon": "FUTURE_REF",
    "future": "FUTURE_REF",
}
REGULAR = {
    "hourly": "PT1H",
    "daily": "P1D",
    "nightly": "P1D",
    "weekly": "P1W",
    "biweekly": "P2W",
    "fortnightly": "P2W",
    "monthly": "P1M",
    "quarterly": "P3M",
    "yearly": "P1Y",
    "annual": "P1Y",
    "annually": "P1Y",
    "biennial": "P2Y",
}
LONG = {
    "hourlong": "PT1H",
    "daylong": "P1D",
    "weeklong": "P1W",
    "monthlong": "P1M",
    "yearlong": "P1Y",
    "decadelong": "P10Y",
    "overnight": "",
}
DECADES = {
    name: 10 * i
    for i, name in enumerate(
        [
            "twenties",
            "thirties",
            "forties",
            "fifties",
            "sixties",
            "seventies",
            "eighties",
            "nineties",
        ],
        start=2,
    )
}
ORDINALS = {
    name: i
    for i, name in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            "twenty-first",
        ],
        start=1,
    )
}
SMALL = {
    name: i
    for i, name in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    name: 10 * i
    for i, name in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

COMPANY = {
    "the": "the",
    "a": "a an",
    "this": "this these",
    "that": "that those",
    "same": "same corresponding comparable",
    "last": "last previous prior preceding latest final",
    "next": "next following coming upcoming subsequent",
    "few": "few several many some dozens hundreds thousands",
    "couple": "couple",
    "half": "half",
    "about": "about around nearly almost roughly approximately over under just barely exactly",
    "full": "another additional full entire whole",
    "more": "more less fewer longer",
    "than": "than",
    "least": "least most",
    "at": "at",
    "up": "up",
    "to": "to through until till",
    "as": "as",
    "much": "much many long little",
    "early": "early late",
    "earlier": "earlier later",
    "ago": "ago hence",
    "before": "before after",
    "possessive": "'s ’s",
    "dash": "- – —",
    "comma": ",",
    "and": "and",
    "or": "or",
    "of": "of",
    "in": "in into",
    "on": "on",
    "from": "from",
    "end": "end beginning start middle rest turn close height remainder part much most",
    "fiscal": "fiscal financial calendar",
    "every": "every each",
    "per": "per",
    "period": "period",
    "their": "its their his her our",
    "so": "so",
    "mid": "mid",
    "zone": "gmt utc est edt cst cdt mst mdt pst pdt et bst cet ist jst",
    "parts": "mornings afternoons evenings nights",
    "night": "tonight overnight",
    "noon": "noon midnight midday",
    "weekend": "weekend",
    "quarter": "quarter",
    "unit": "second minute hour day week fortnight month season year decade",
    "weekdays": " ".join(f"{day}s" for day in list(WEEKDAYS)[:7]) + " weekends weekdays",
    "century": "century",
    "oclock": "o'clock o’clock",
}
HOMOGRAPHS = frozenset(["may", "march", "mar", "sat", "sun", "second", "fall", "spring", "jan"])
"""Words that are times only in company or by their part of speech."""
PROPER = frozenset({*MONTHS, *WEEKDAYS, "gmt", "utc"})
"""Words written with a capital wherever they are meant as times."""
ABBREVIATED = frozenset(
    name
    for name in (*MONTHS, *WEEKDAYS)
    if len(name) <= 5 and name not in {"march", "april", "may", "june", "july"}
)


def _vocabulary() -> dict[str, str]:
    """Return every written form of every known word with its class character."""
    words: dict[str, str] = {}

    def add(name: str, forms: Iterable[str]) -> None:
        for word in forms:
            written = {word.capitalize(), word.upper()}
            if word not in PROPER:
                written.add(word)
            for form in written:
                words.setdefault(form, CLASSES[name])

    add("month", MONTHS)
    add("weekday", WEEKDAYS)
    for name, forms in COMPANY.items():
        add(name, forms.split())
    add("season", SEASONS)
    add("units", PLURALS)
    add("part", PARTS)
    add("today", DEICTIC)
    add("recent", ("recent", "current", "future"))
    add("past", ("past",))
    add("now", REFERENCES)
    add("regular", REGULAR)
    add("long", LONG)
    add("decade", DECADES)
    add("ordinal", ORDINALS)
    add("number", (*SMALL, *TENS, *SCALES))
    for word in ["May", "MAY", "March", "MARCH"]:
        words[word] = CLASSES["month"]
    return words


VOCABULARY = _vocabulary()
TOKEN = re.compile(
    r"""
    [oO]['’]clock\b
  | [^\W\d_]\w*
  | (?:['’‘](?=\d0s))? \d+ (?: [.,:/–-]\d+ )*
    (?: [ \u00a0]?[aApP]\.[ ]?[mM]\b\.? | [ \u00a0]?[aApP][mM]\b | ['’]?[^\W\d_]+ )?
  | ['’][sS]\b
  | \n
  | [^\w\s]
    """,
    re.VERBOSE,
)
CLOCK = re.compile(
    r"""(?P<hour>[01]?\d|2[0-4])
        (?: [:.](?P<minute>[0-5]\d) (?: :(?P<second>[0-5]\d) )? )?
        [ \u00a0]?(?P<half>[aApP]\.?[ ]?[mM]\.?)?""",
    re.VERBOSE,
)
NUMERIC_DATES = (
    re.compile(r"(?P<year>[12]\d{3})(?P<mark>[-/])(?P<month>[01]?\d)(?P=mark)(?P<day>[0-3]?\d)"),
    re.compile(r"(?P<month>[01]?\d)/(?P<day>[0-3]?\d)/(?P<year>(?:[12]\d)?\d\d)"),
    re.compile(r"(?P<day>[0-3]?\d)[/.](?P<month>[01]?\d)[/.](?P<year>[12]\d{3})"),
)
YEARS = re.compile(r"(?P<first>[12]\d{3})[–/-](?P<last>\d\d(?:\d\d)?)")
DECADE = re.compile(r"['’‘]?(?P<decade>\d*\d0)['’]?s")
YEAR = re.compile(r"[12]\d{3}")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)", re.IGNORECASE)
NUMBER = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,12})?|\d{1,3}/\d{1,3}|\d+[–-]\d+"
)
LABEL = re.compile(r"[QH][1-4]|[1-4][QH]|FY\d{2,4}")


class Tokens(NamedTuple):
    """A text's words, numbers and marks with their places, and one class character for each."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    codes: str


def tokens_of(text: str) -> Tokens:
    """Split a text into tokens and class them."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    codes: list[str] = []
    known = VOCABULARY.get
    for match in TOKEN.finditer(text):
        word = match.group()
        code = known(word)
        if code is None:
            code = class_of(word)
            if (
                word == "."
                and words
                and words[-1].lower() in ABBREVIATED
                and ends[-1] == match.start()
            ):
                words[-1] += word
                ends[-1] += 1
                continue
        start, end = match.span()
        words.append(word)
        starts.append(start)
        ends.append(end)
        codes.append(code)
    return Tokens(words, starts, ends, "".join(codes))


def class_of(word: str) -> str:
    """Return the class character of a token that is no known word."""
    first = word[0]
    if first.isdecimal() or (len(word) > 2 and first in "'’‘"):
        return CLASSES[numeral(word)] if len(word) < 32 else "."
    if word[-1].isdecimal() and LABEL.fullmatch(word):
        return CLASSES["label"]
    return "."


def numeral(word: str) -> str:
    """Return the name of the class of a token that begins with a digit."""
    clock = CLOCK.fullmatch(word)
    if clock and (clock["half"] or (":" in word and clock["minute"])):
        return "clock" if not clock["half"] or 0 < int(clock["hour"]) < 13 else "other"
    for name, shape in (("year", YEAR), ("number", NUMBER), ("ordinal", ORDINAL)):
        if shape.fullmatch(word):
            years = YEARS.fullmatch(word)
            return "years" if years else name
    if DECADE.fullmatch(word):
        return "decade"
    if any(shape.fullmatch(word) for shape in NUMERIC_DATES):
        return "date"
    if YEARS.fullmatch(word):
        return "years"
    return "label" if LABEL.fullmatch(word) else "other"
