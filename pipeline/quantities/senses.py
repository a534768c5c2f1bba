"""Decide what an ambiguous letter or word beside a number means: "5m", "900 pounds", "R2".

A logistic regression chooses among the readings that ``senses.toml`` lists, by the number, the
words around it, and the other units and currencies of the text. ``pipeline.training.senses``
trains its weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from pipeline.data import read_table
from pipeline.manifest import own_model
from pipeline.quantities import currencies, unit_table
from pipeline.quantities.unit_table import phrases, single
from pipeline.text.spans import CharSpan
from pipeline.text.words import alternatives

MODEL = "senses"
"""The name of the weights in ``models/manifest.toml``."""
FILE_NAME = "weights.json"
_TABLE = read_table("senses")
SCALES: dict[str, int] = _TABLE["scales"]
"""Powers of ten."""
LETTERS, MARKS, WORDS = (
    {form: tuple(str(listed).split()) for form, listed in _TABLE[kind].items()}
    for kind in ("letters", "marks", "words")
)
"""Readings by form: letters after a number, letters before one, and nouns in the singular."""
LETTER = re.compile(
    rf"[ -]?(?P<form>{alternatives(LETTERS)}|pts|kts)"
    r"(?![\w^²³]|\.\w|/(?:s|h|d|ha|k?m|l|kg)\b)"
)
WINDOW = 90
"""Number of characters around that are read."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[%°$£€¥₹₩]|\d[\d.,:/]*")
LOW_END = re.compile(r"\d[\d.,]*[a-zA-Z]{0,2}(?:\s?[-–]\s?|-to-|[ ](?:to|or|and)[ ])\Z")
HIGH_END = re.compile(r"(?:\s?[-–]\s?|-to-|[ ](?:to|or|and)[ ])\d[\d.,]*[a-zA-Z]{0,2}")
"""The other end of a range."""
CODE_BEHIND = re.compile(rf"[ ]?(?:{currencies.CODE})(?!\w)")
SIZES = re.compile(r"thousand|[mb]illion|trillion|lakh|crore|bn|mln|mn")
KINDS = {code: kind for kind, codes in _TABLE["kinds"].items() for code in codes.split()}
TOLD = {
    **{word: KINDS[code] for word, code in unit_table.WORDS.items() if code in KINDS},
    **{word: KINDS[code] for word, code in unit_table.SYMBOLS.items() if code in KINDS},
    **dict.fromkeys(currencies.NOUNS, "money"),
    **{sign: f"{sign} money" for sign in currencies.SYMBOLS},
}
"""What the units and currencies of a text tell of it."""
for _form in (*LETTERS, *WORDS):
    TOLD.pop(_form, None)


def key_of(form: str) -> str:
    """Return a form in lowercase and in the singular."""
    low = form.lower()
    return low[:-1] if low in ("pts", "kts") else single(low)


OWN = ("case", "home", "gap", "plural", "is=", "number", "money", "<0", ">0", "close", "next=")
"""Properties that count for each form by itself; the others only for all that mean the same."""


@cache
def weights() -> Mapping[str, float]:
    """Read the weights once, checked against the manifest.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(MODEL)
    table: Mapping[str, float] = json.loads((folder / FILE_NAME).read_bytes())
    return table


def sense(text: str, number: CharSpan, form: CharSpan, readings: Sequence[str]) -> str:
    """Return the likeliest reading of the letters or the word at ``form`` beside a number."""
    held, odds = list(properties(text, number, form)), weights()
    totals = [sum(odds.get(one, 0.0) for one in answer(reading, held)) for reading in readings]
    return readings[totals.index(max(totals))]


reader: Callable[[str, CharSpan, CharSpan, Sequence[str]], str] = sense
"""Answers the questions of the grammar; training puts the annotator in its place."""


def read(text: str, number: CharSpan, form: CharSpan, readings: Sequence[str]) -> str:
    """Ask the reader."""
    return reader(text, number, form, readings)


def is_mark(text: str, at: int, number: CharSpan) -> bool:
    """Return whether the letter before a number is a currency: "R400", not "R2"."""
    return read(text, number, (at, at + 1), MARKS[text[at].lower()]) == "money"


def answer(reading: str, held: Sequence[str]) -> Iterator[str]:
    """Yield the properties of one reading, given those of its place; the first is the form."""
    form, kind = held[0], KINDS.get(reading, reading)
    yield f"{form} {reading}"
    for one in held[1:]:
        yield f"{kind} {one}"
        if one.startswith(OWN):
            yield f"{form} {reading} {one}"


@lru_cache(maxsize=4)
def _told(text: str) -> frozenset[str]:
    """Return the kinds of units and currencies in a text."""
    return frozenset(_kinds(WORD.findall(text)))


def _kinds(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        kind = TOLD.get(word) or TOLD.get(single(word.lower()))
        if kind is not None:
            yield from kind.split()


def _shape(word: str) -> str:
    """Return a word in lowercase; a number is only that."""
    return "0" if word[0].isdecimal() else word.lower()


def _case(word: str) -> str:
    return "A" if word[0].isupper() else "a" if word[0].isalpha() else "0"


def properties(text: str, number: CharSpan, form: CharSpan) -> Iterator[str]:
    """Yield the form, and what is around it; bags of words start with "w"."""
    start, end = min(number[0], form[0]), max(number[1], form[1])
    shown, digits = text[slice(*form)], text[slice(*number)]
    low = key_of(shown)
    yield f"{low}<" if form[0] < number[0] else low
    yield f"case={'A' if shown.isupper() else 'a'}"
    gap = text[number[1] : form[0]] if form[0] >= number[1] else text[form[1] : number[0]]
    yield f"gap={'-' if '-' in gap else '_' if gap else ''}"
    if len(shown) > 2:
        yield f"plural={low != shown.lower()}"
    yield from _digits(digits)
    high = HIGH_END.match(text, end)
    after = end if high is None else high.end()  # "12m-15m people"
    lead, tail = text[max(0, start - WINDOW) : start], text[after : after + WINDOW]
    if form[0] >= number[1]:
        yield from _money(text, number[0], after)
    else:
        yield f"home={currencies.countries(text)[currencies.ONE_LETTER[shown]] > 0}"
    before, behind = WORD.findall(lead), WORD.findall(tail)
    for place in range(2):
        for side, words in (("<", before[::-1]), (">", behind)):
            yield f"{side}{place}={_shape(words[place]) if place < len(words) else '-'}"
    yield f"open={lead[-1:] if not lead[-1:].isalnum() else 'x'}"
    yield f"close={text[end : end + 1] if not text[end : end + 1].isalnum() else 'x'}"
    if tail[:1] == " " and behind:
        word = behind[0]
        yield f"next={_case(word)}"
        yield f"ends={word.lower()[-1] == 's' and len(word) > 3} {word.lower()[-2:]}"
        yield from (f"next {kind}" for kind in _kinds(behind[:2]))
    if before:
        yield f"prev={_case(before[-1])}"
    near = set(_kinds([*before, *behind]))
    yield from (f"near {kind}" for kind in sorted(near))
    yield from (f"text {kind}" for kind in sorted(_told(text) - near))
    yield from sorted({f"w={single(word.lower())}" for word in (*before, *behind) if len(word) > 2})


def _money(text: str, start: int, end: int) -> Iterator[str]:
    """Yield whether a currency is before a number or behind it, or at the other end of a range."""
    other = LOW_END.search(text, max(0, start - 24), start)
    for at in (start, other.start() if other is not None else start):
        sign = currencies.BEFORE.search(text, max(0, at - currencies.REACH), at)
        if sign is not None and not sign["one"] and not sign["rand"]:
            yield "money"
            break
    noun = text[end : end + 40].lower()
    named = noun[:1] in " -" and any(
        phrase.rpartition(" ")[2] in currencies.NOUNS for phrase, _ in phrases(noun, 1, 3)
    )
    if named or CODE_BEHIND.match(text, end):
        yield "money behind"


def _digits(digits: str) -> Iterator[str]:
    """Yield how a number is written, and its size."""
    if not digits[-1].isdecimal():
        yield "number=words"
        yield f"scaled={SIZES.search(digits) is not None}"
        return
    whole, _, part = digits.lstrip("-−").partition(".")
    yield f"number={len(whole.replace(',', ''))}"
    yield f"decimals={min(len(part), 3)}"
    yield f"grouped={',' in whole or ' ' in whole}"
    yield f"is={digits}"
