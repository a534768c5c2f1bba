"""The smallest parts of numbers: runs of digits, number words and scales, with their positions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from pipeline.quantities import currencies, senses
from pipeline.quantities.exact import Value, simplest, times
from pipeline.text.words import alternatives

MAX_POWER = 30
MAX_LENGTH = 60
"""Maximum length of a numeral with its separators; longer ones are skipped."""

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
ORDINAL_TENS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
SCALES = {
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "quadrillion": 15,
    "quintillion": 18,
    "sextillion": 21,
    "septillion": 24,
    "milliard": 9,
    "lac": 5,
    "lacs": 5,
    "lakh": 5,
    "lakhs": 5,
    "crore": 7,
    "crores": 7,
    "mn": 6,
    "mln": 6,
    "mio": 6,
    "bn": 9,
    "bln": 9,
    "trn": 12,
    "tln": 12,
}
VAGUE = {
    "tens": 10,
    "dozens": 12,
    "scores": 20,
    "hundreds": 100,
    "thousands": 10**3,
    "millions": 10**6,
    "billions": 10**9,
    "trillions": 10**12,
}
MULTIPLES = {"twice": 2, "thrice": 3}
GLUED_SCALES = {"mil": 6, "bil": 9, "tn": 12, "cr": 7, **senses.SCALES}
VULGAR = {
    char: simplest(Fraction(int(top), int(base)))
    for char, top, base in (
        *("½12", "⅓13", "⅔23", "¼14", "¾34", "⅕15", "⅖25", "⅗35", "⅘45"),
        *("⅙16", "⅚56", "⅐17", "⅛18", "⅜38", "⅝58", "⅞78", "⅑19"),
    )
}


class Atom(NamedTuple):
    """One numeral or number word."""

    start: int
    end: int
    kind: str
    """digits, vulgar, unit, teen, tens, hundred, scale, dozen, vague, ordinal, digit ordinal, half,
    quarter, multiple or point."""
    value: Value
    scale: Decimal | None = None
    """The scale directly after digits: ``95m``."""
    plural: bool = False


def _words() -> dict[str, tuple[str, Decimal, bool]]:
    table: dict[str, tuple[str, Decimal, bool]] = {"nought": ("unit", Decimal(0), False)}
    for value, word in enumerate(UNITS.split()):
        table[word] = ("unit" if value < 10 else "teen", Decimal(value), False)
    for tens, word in enumerate(TENS.split(), 2):
        table[word] = ("tens", Decimal(10 * tens), False)
    ranks = dict(enumerate(ORDINALS.split(), 1)) | {
        10 * tens: word for tens, word in enumerate(ORDINAL_TENS.split(), 2)
    }
    ranks |= {100: "hundredth", 1000: "thousandth", 10**6: "millionth", 10**9: "billionth"}
    ranks |= {10**12: "trillionth", 10**4: "ten-thousandth", 10**5: "hundred-thousandth"}
    ranks |= {10**7: "ten-millionth", 10**8: "hundred-millionth"}
    for value, word in ranks.items():
        table[word] = ("ordinal", Decimal(value), False)
        if value > 2:
            table[word + "s"] = ("ordinal", Decimal(value), True)
    for word, power in SCALES.items():
        table[word] = ("scale", Decimal(10**power), False)
    for word, size in VAGUE.items():
        table[word] = ("vague", Decimal(size), True)
    for word, factor in MULTIPLES.items():
        table[word] = ("multiple", Decimal(factor), False)
    table["hundred"] = ("hundred", Decimal(100), False)
    for word in ("dozen", "doz", "dzs", "dozs"):
        table[word] = ("dozen", Decimal(12), False)
    table["half"] = ("half", Decimal("0.5"), False)
    table["halves"] = ("half", Decimal("0.5"), True)
    table["quarter"] = ("quarter", Decimal("0.25"), False)
    table["quarters"] = ("quarter", Decimal("0.25"), True)
    table["point"] = ("point", Decimal(0), False)
    return table


WORDS = _words()
GROUPED = r"\d{1,3}(?:['’]\d{3})+(?!\d)|"  # Swiss
GROUPED += r"\d{1,3}(?:,\d{2,3}){0,20},\d{3}(?!\d)|\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?!\d)"
DIGITS = rf"(?:{GROUPED}|\d+)(?:\.\d+)?|(?<![\w.])\.\d+"
SPACED = r"\d{1,3}(?:[ ]\d{3}){0,20}[ ]000(?![,.]?\d)|\d{1,3}(?:[ ]\d{3}){2,}(?![,.]?\d)"
SPACED += r"|(?:(?<=\br)|(?<=[€£$]))\d{1,3}(?:[ ]\d{3})+(?:[.,]\d\d)?(?![,.]?\d)"
"""Groups apart by a space; behind a sign of money the last one may be any: "R1 760"."""
COMMA = (
    r"0,\d{1,4}(?![\d,]|\.\d)|(?<=[€£$])\d{1,3},\d{1,2}(?![\d,]|\.\d)"
    r"|\d{1,3},\d{1,2}(?=[ ]?(?:%|€|per[ ]?cent\b|euros?\b|(?:[mb]illion|bn)\b))"
    r"|(?<=\bis )\d{1,3},\d{1,2}(?=\.?(?:\n|\Z))"
)
"""A decimal comma, if nothing else is possible: "0,5", "€3,50", "2,5%"."""
CONTINENTAL = r"\d{1,3}(?:\.\d{3}){1,20},\d{1,2}(?!\d)"
COUNTS = alternatives([*UNITS.split()[2:], *TENS.split(), "hundred", "thousand", "million"])
FOLD = rf"(?:{COUNTS}|\d+)[ -]?fold"
ATOM = re.compile(
    rf"(?=[\d.{''.join(VULGAR)}]|\b[{''.join(sorted({word[0] for word in WORDS}))}])"
    rf"(?:(?P<fold>(?<![\w.,]){FOLD}(?![a-z]))|(?P<word>\b{alternatives(WORDS)}\b)"
    r"|(?P<over>(?<![\w./⁄])\d{1,6}[ ]?[/⁄][ ]?(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?![\w/⁄]|,\d))"
    rf"|(?P<digits>(?<![\d]){CONTINENTAL}|(?<![\d.,(])(?:{COMMA})|(?<![\d.,]){SPACED}|{DIGITS})"
    rf"|(?P<vulgar>[{''.join(VULGAR)}]))"
)
COMMA_ALONE = re.compile(r"0,\d{1,4}|\d{1,3}(?:[ ]\d{3})*,\d{1,2}")
ORDINAL_END = re.compile(r"(?:st|nd|rd|th)\b")
GLUED = re.compile(r"[ ]?([a-z]{1,8})(?![\w])")
RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
PLAIN = str.maketrans(f"{RAISED_DIGITS}⁺⁻−", "0123456789+--")
POWER = rf"\^[+−-]?\d{{1,2}}(?![\w.])|[⁺⁻]?[{RAISED_DIGITS}]{{1,2}}"
EXPONENT = re.compile(
    rf"(?:e(?=[+-]?\d)|[ ]?[x×·⋅][ ]?10(?=[\^⁺⁻−{RAISED_DIGITS}]))({POWER}|[+−-]?\d{{1,2}}(?!\w))"
)
RAISED = re.compile(rf"({POWER})")
MAX_RAISED = 6
"""Longer numbers are not raised to a power, whose digits would be too many."""
SCALE_BEHIND = re.compile(r"[ ](?:million|billion|trillion|thousand|crore|lakh|bn|mln)\b|%")
CELL_BEFORE = re.compile(r"(?:[$£€]|[\d)%—–-][ \t]{1,6}|[\t|][ ]?|[ ]{2,})\(\Z")
SMALL_BASES = frozenset((2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64))
UNIT_BEHIND = re.compile(
    r"[ -](?:second|minute|hour|day|week|month|year|decade|game|match)(?:e?s)\b"
)


def lower(text: str) -> str:
    """Return a text in lowercase with the same offsets.

    ``str.lower`` turns "İ" into two characters; such characters stay unchanged.
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(part if len(part := char.lower()) == 1 else char for char in text)


def find_atoms(text: str, low: str) -> list[Atom]:
    """Return the numerals and number words of a text in order; ``low`` is its lowercase form."""
    atoms: list[Atom] = []
    behind = 0
    for found in ATOM.finditer(low):
        if found.start() >= behind and (atom := _atom(text, low, found)) is not None:
            atoms.append(atom)
            behind = atom.end
    return atoms


def _atom(text: str, low: str, found: re.Match[str]) -> Atom | None:
    start, end = found.span()
    group = found.lastgroup
    if group == "word":
        kind, value, plural = WORDS[found[0]]
        return Atom(start, end, kind, value, None, plural)
    if end - start > MAX_LENGTH:
        return None
    if group == "digits":
        return _digits(text, low, start, end)
    if group == "vulgar":
        return Atom(start, end, "vulgar", VULGAR[found[0]])
    if group == "over":
        top, base = (int(part.replace(",", "")) for part in re.split("[/⁄]", found[0]))
        improper = top >= base and (top == base or top > 10 * base or base not in SMALL_BASES)
        if not base or improper or _in_a_row(low, start, end):
            return None  # "120/80" is a blood pressure, "20/20" an eyesight
        return Atom(start, end, "vulgar", simplest(Fraction(top, base)))
    number = re.split("[ -]?fold", found[0])[0]
    value = Decimal(number) if number.isdecimal() else WORDS[number][1]
    return Atom(start, end, "multiple", value)


def _in_a_row(low: str, start: int, end: int) -> bool:
    """Distinguish a fraction from a date: "24/7" is not one, nor is the start of "1/2/2020"."""
    return bool(re.match(r"[/⁄]\d", low[end : end + 2])) or low[start:end] in (
        "24/7",
        "9/11",
        "7/7",
    )


def _digits(text: str, low: str, start: int, end: int) -> Atom | None:
    if low.startswith(".", end) and low[end + 1 : end + 2].isdecimal():
        return None
    if start and low[start - 1] == "." and start > 1 and low[start - 2].isdecimal():
        return None
    raw = low[start:end]
    if "," in raw and "." in raw and raw.rfind(",") > raw.rfind("."):
        raw = raw.replace(".", "").replace(",", ".")
    elif COMMA_ALONE.fullmatch(raw):
        raw = raw.replace(",", ".")
    value = Decimal(re.sub(r"[,\s'’]", "", raw))
    if ORDINAL_END.match(low, end):
        return Atom(start, end + 2, "digit ordinal", value)
    power = EXPONENT.match(low, end)
    if power is not None and abs(_power(power)) <= MAX_POWER:
        scaled = Decimal(f"{value:f}e{_power(power)}")
        return Atom(start, power.end(), "digits", scaled)
    raised = RAISED.match(low, end)
    if (
        raised is not None
        and value
        and len(raw) <= MAX_RAISED
        and (raw == "10" or "^" in raised[1])
    ):
        power_of = simplest(Fraction(value) ** _power(raised))
        if isinstance(power_of, Decimal):
            return Atom(start, raised.end(), "digits", power_of)
    if _is_accounting(text, low, start, end):
        return Atom(start - 1, end + 1, "digits", -value)
    suffix = GLUED.match(low, end)
    scale = suffix and _scale(text, low, start, end, suffix)
    if suffix is not None and scale:
        return Atom(start, suffix.end(), "digits", value, scale)
    return Atom(start, end, "digits", value)


def _power(found: re.Match[str]) -> int:
    return int(found[1].strip("^").translate(PLAIN))


def _is_accounting(text: str, low: str, start: int, end: int) -> bool:
    """Return whether brackets mean a loss: "(1.3) million", or in a row of a table."""
    if not start or text[start - 1] != "(" or text[end : end + 1] != ")":
        return False
    if "." not in text[start:end] and "," not in text[start:end]:
        return False
    return bool(
        SCALE_BEHIND.match(low, end + 1) or CELL_BEFORE.search(text, max(0, start - 8), start)
    )


def _scale(text: str, low: str, start: int, end: int, suffix: re.Match[str]) -> Decimal | None:
    """Return the scale in ``95m``."""
    word, form = suffix[1], suffix.span(1)
    power = SCALES.get(word, GLUED_SCALES.get(word))
    if power is None:
        return None
    spaced = text[end] == " "
    if word in senses.SCALES:
        asked = senses.LETTER.match(low, end)
        readings = senses.LETTERS[word]
        sure = asked is not None and senses.read(text, (start, end), form, readings) == "scale"
    elif word == "cr":
        sure = currencies.BEFORE.search(text, max(0, start - currencies.REACH), start) is not None
    else:
        sure = not spaced or word == "tn"
    return Decimal(10**power) if sure else None


SCALE = re.compile(r"([a-z]+)[ -]?\Z")


def scale_at_end(text: str) -> Value | None:
    """Return the scale at the end of a number's text: 1000000 for "3 million" and "3m"."""
    low, scale = lower(text), None
    while (found := SCALE.search(low)) is not None:
        power = SCALES.get(
            found[1], GLUED_SCALES.get(found[1], 2 if found[1] == "hundred" else None)
        )
        if power is None or (scale is None and not low.endswith(found[1])):
            break
        scale = times(scale or Decimal(1), Decimal(10**power))
        low = low[: found.start()]
    return scale
