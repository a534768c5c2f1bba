"""Units of measure beside a number, with their UCUM codes: symbols, words, powers, ages, rates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from pipeline.quantities import senses, unit_table
from pipeline.quantities.currencies import countries
from pipeline.quantities.exact import Value, plus, simplest
from pipeline.quantities.number_reader import Number
from pipeline.quantities.unit_table import phrases, single
from pipeline.text.words import alternatives

QuantityKind = Literal["money", "percent", "quantity", "duration", "age", "points", "number"]


class Unit(NamedTuple):
    """A unit as written beside a number."""

    kind: QuantityKind
    code: str | None
    text: str
    """The letters of the unit, without what joins it to the number."""
    end: int
    """Its end, if it is after the number."""
    assumed: bool = False
    factor: Value = Decimal(1)
    """Its value in units of the code: 1/100 for a cent, 10 for a decade."""
    per: str | None = None


class Base(NamedTuple):
    """A unit found at an offset, before any denominator."""

    code: str
    start: int
    end: int
    symbol: str | None
    """Its letters, if it is a symbol."""
    word: str = ""
    """Its key, if it is a word."""


GAP = re.compile(r"[\s-]{1,3}")
HEDGE = re.compile(r"\+|[ -]plus|-odd|[ ]or[ ](?:more|less|fewer|so)")
"""May occur between a number and its unit: "18+ years", "1,000 or more kilograms"."""
LENGTH_SYMBOLS = frozenset(
    one for one, code in unit_table.SYMBOLS.items() if code in unit_table.LENGTHS
)
ENDS = re.compile(r"\s*\Z|\s+[^a-z\d]|[”\"’]")
POWER = re.compile(r"(?:(?P<two>square|sq\.?)|(?P<three>cubic|cu\.?))[ -]")
RAISED = re.compile(r"\^?[23](?!\w)|[²³](?!\w)")
SYMBOL = re.compile(rf"{{?(?P<unit>{alternatives(unit_table.SYMBOLS)})(?=\^?[²³23]?(?![\w²³]))}}?")
BASE_SYMBOL = re.compile(
    rf"{alternatives([*unit_table.SYMBOLS, *unit_table.BASES])}(?=\^?[²³23]?(?![\w²³]))"
)
TOP = re.compile(rf"[ -]?(?P<unit>{alternatives(unit_table.TOPS)})(?=[ ]?/)")
PART_OF_A = re.compile(r"(?:\sof)?\san?(?=\s)|\sof\s(?:1|one)(?=\sper[ ]?cent)")
FEET_INCHES = re.compile(r"(?P<feet>[‘’'′])[ ]?(?P<inches>\d{1,2}(?:\.\d)?)(?:[\"”″]|'')")
SIZED_CODE = re.compile(r"(?P<size>\d+)\.(?P<code>.+)")
FOOT_SIGN = re.compile(r"['’′](?![\w'’\"])")
DIMENSION = re.compile(
    r"\b(?:altitude|height|depth|elevation|length|width|distance|wingspan) of \Z"
)
INCH_SIGN = re.compile(
    r"(?:[ ]?\"|[ ]in)(?=[ -](?:long|wide|tall|high|deep|thick|across|screen|display|diameter)\b)"
    r"|in(?!\w)|(?:\"|[ ]in\.?)(?=[ ]of[ ](?:rain|snow)\b)"
)
OLD = re.compile(
    r"[\s-]{1,3}(?P<unit>years?|months?|weeks?|days?|hours?)"
    r"(?P<old>[\s-]{1,3}olds?\b|[ ]of[ ]age\b)"
    r"|[ -]?(?P<yo>y\.?/?o)\b"
)
LINK = re.compile(
    r"(?P<link>[ -](?:an?|per|every|each|to[ ]the(?=[ ]gallon))[ -]|[ ]?/[ ]?|[ ]p/)"
    r"(?:(?:(?:fully|common|adjusted)[ ])?(?:diluted|basic|common|ordinary)[ ](?=share\b))?"
)
COUNT = re.compile(r"(1,000|100|10)[ ]?|(?:thousand|million)[ ]")
WHAT = re.compile(r"[^\W\d_]+(?:-(?:hour|foot|second))?")
SINCE = re.compile(r"[ ](?:before|earlier|ago|later|after)\b")
"""After "a year", these make it a time."""
HEAT = {
    "Cel": re.compile(r"(?i:celsius|centigrade)|\d[ ]?[°º]?C\b"),
    "[degF]": re.compile(r"(?i:fahrenheit)|\d[ ]?[°º]?F\b"),
}
"""Shows on which scale a text gives temperatures."""


def old_behind(low: str, end: int) -> Unit | None:
    """Return the unit of an age: "years old", "-month-old", "weeks of age"."""
    old = OLD.match(low, end)
    if old is None:
        return None
    shown = old["unit"] or old["yo"]
    code = "a" if old["yo"] else unit_table.WORDS[shown.rstrip("s")]
    return Unit("age", code, shown, old.end())


def measure_behind(text: str, low: str, number: Number) -> Unit | None:
    """Return the unit after a number."""
    end = number.end
    feet = FEET_INCHES.match(text, end)
    if feet is not None and number.value is not None:
        whole = plus(number.value, simplest(Fraction(Decimal(feet["inches"])) / 12))
        factor = simplest(Fraction(whole) / Fraction(number.value)) if number.value else Decimal(1)
        return Unit("quantity", "[ft_i]", feet["feet"], feet.end(), False, factor)
    foot = FOOT_SIGN.match(text, end)
    if foot is not None and DIMENSION.search(low, max(0, number.start - 30), number.start):
        return Unit("quantity", "[ft_i]", foot[0].strip(), foot.end())
    inch = None if number.words else INCH_SIGN.match(text, end)
    if inch is not None:
        return Unit("quantity", "[in_i]", inch[0].strip(), inch.end())
    share = number.value is not None and 0 < number.value < 1
    part = PART_OF_A.match(low, end) if share else None
    hedge = HEDGE.match(low, end) if number.kind == "cardinal" else None
    for at in {one.end() for one in (part, hedge) if one is not None} or (end,):
        unit = _behind(text, low, at, number)
        if unit is not None:
            return unit
    return None


def _behind(text: str, low: str, at: int, number: Number) -> Unit | None:
    gap = GAP.match(low, at)
    start = gap.end() if gap is not None else at
    top = None if number.words else TOP.match(text, at)
    if top is not None:
        found = _over(text, low, unit_table.TOPS[top["unit"]], top.end())
        return _measure(text, found[0], top.start("unit"), found[1]) if found else None
    letter = None if number.words else senses.LETTER.match(low, at)
    base = find_base(text, low, start)
    if letter is not None and base is not None and base.end > letter.end("form"):
        letter = None  # "b/d"
    if base is not None and base.code not in unit_table.NO_TOPS:
        over = None if SIZED_CODE.fullmatch(base.code) else _over(text, low, base.code, base.end)
        clear = letter is None or text.startswith("/", letter.end("form"))
        right = base.symbol is None or _is_symbol(text, base, number, gap)
        if over is not None and clear and right:
            return _measure(text, over[0], base.start, over[1])
    if letter is not None:
        form = letter.span("form")
        readings = senses.LETTERS[senses.key_of(letter["form"])]
        return _meant(text, low, senses.read(text, number[:2], form, readings), *form)
    if base is None:
        return None
    if base.symbol:
        right = _is_symbol(text, base, number, gap)
        return _measure(text, base.code, base.start, base.end) if right else None
    if not _is_word(low, base, number, gap):
        return None
    if base.word in senses.WORDS and base.code in (unit_table.WORDS.get(base.word), "{point}"):
        place = base.start, base.end
        reading = senses.read(text, number[:2], place, senses.WORDS[base.word])
        return _meant(text, low, reading, *place)
    code = "t" if base.word == "ton" and _is_metric(text) else base.code
    return _measure(text, code, base.start, base.end)


def _meant(text: str, low: str, reading: str, start: int, end: int) -> Unit | None:
    """Return the unit of an ambiguous form by its reading."""
    if reading in ("none", "money", "scale"):
        return None
    if reading in ("score", "pp", "{point}"):
        return Unit("points", None if reading == "score" else reading, text[start:end], end)
    if reading == "heat":
        told = [code for code, words in HEAT.items() if words.search(text)]
        reading = told[0] if len(told) == 1 else "deg"
    over = None if reading in unit_table.NO_TOPS else _over(text, low, reading, end)
    return _measure(text, over[0], start, over[1]) if over else _measure(text, reading, start, end)


def _is_metric(text: str) -> bool:
    """Return whether a text mentions other countries more than the United States."""
    told = countries(text)
    return told["USD"] < told.total() / 2


def find_base(text: str, low: str, at: int, *, below: bool = False) -> Base | None:
    """Return the unit that starts at an offset: a word or a symbol, with its power.

    ``below`` accepts letters that are units only in a denominator.
    """
    power = POWER.match(low, at)
    start = at
    if power is not None:
        at = power.end()
    for phrase, end in phrases(low, at, 4, unit_table.STARTS):
        code = unit_table.WORDS.get(phrase)
        if code is None and phrase == "point" and power is None:
            code = "{point}"
        if code is None or low.startswith(("/ft", "-ft"), end):
            continue
        if power is None:
            return Base(code, start, end, None, phrase)
        raised = _raised(code, "2" if power["two"] else "3")
        if raised is not None:
            return Base(raised, start, end, None, phrase)
    found = (BASE_SYMBOL if below else SYMBOL).match(text, at)
    if power is not None and (found is None or found[0].rstrip(".") not in LENGTH_SYMBOLS):
        power, found = None, SYMBOL.match(text, start)
    if found is None:
        return None
    symbol = found["unit"] if not below else found[0]
    if symbol.endswith(".") and symbol[:-1] in unit_table.SYMBOLS and ENDS.match(text, found.end()):
        symbol = symbol[:-1]  # the dot ends the sentence
    code = unit_table.SYMBOLS.get(symbol) or unit_table.BASES[symbol]
    end = found.start() + len(symbol)
    sign = RAISED.match(text, end)
    if power is not None or sign is not None:
        square = (power is not None and power["two"]) or (sign is not None and sign[0][-1] in "2²")
        exponent = "2" if square else "3"
        raised = _raised(code, exponent) if code != "s" else f"s{exponent}"
        if raised is None:
            return None
        end = end if sign is None else sign.end()
        return Base(raised, start, end, text[start:end])
    return Base(code, found.start(), end, symbol)


def _raised(code: str, power: str) -> str | None:
    if code not in unit_table.LENGTHS:
        return None
    return unit_table.POWERS.get((code, power), f"{code}{power}")


def _is_word(low: str, base: Base, number: Number, gap: re.Match[str] | None) -> bool:
    """Return whether a word after a number is its unit, and not something else."""
    word, end = base.word, base.end
    if gap is None:
        return not number.words and end - base.start >= 4 and word != "point"
    if word == "second" and low[end - 1] != "s" and number.words and gap[0] != "-":
        return False  # "in the second"
    return word != "percentage" or not low.startswith(" point", end)


def _is_symbol(text: str, base: Base, number: Number, gap: re.Match[str] | None) -> bool:
    """Return whether letters are the symbol of a unit, and not something else."""
    symbol = base.symbol or ""
    if gap is not None and len(gap[0]) > 1:
        return False
    if number.words and (gap is None or len(symbol) < 2 or symbol == "HP") and symbol.isalpha():
        return False
    return not (symbol == "′" and text[base.end : base.end + 1].isdecimal())


def _measure(text: str, code: str, start: int, end: int) -> Unit:
    factor = Decimal(1)
    sized = SIZED_CODE.fullmatch(code)
    if sized is not None:
        factor, code = Decimal(sized["size"]), sized["code"]
    kind: QuantityKind = "quantity"
    if code == "%":
        kind = "percent"
    elif code in ("pp", "bp"):
        kind = "points"
    elif code in unit_table.TIME:
        kind = "duration"
    return Unit(kind, code, text[start:end], end, False, factor)


# ------------------------------------------------------------------------------------------- rates
def _over(text: str, low: str, top: str, end: int) -> tuple[str, int] | None:
    """Return the code of a unit with a denominator, and its end: "mg/dL", "miles an hour"."""
    link = LINK.match(low, end)
    if link is None or link["link"].strip(" -") in ("every", "each", "p/"):
        return None
    count = COUNT.match(low, link.end())
    if count is not None and not count[1]:
        return None
    line = link["link"].strip() == "/"
    base = find_base(text, low, count.end() if count else link.end(), below=line)
    if base is None or base.code in ("%", "pp", "bp", "deg", "{point}") or base.word == "turn":
        return None
    if SIZED_CODE.match(base.code) or (base.symbol and link["link"].strip(" -") in ("a", "an")):
        return None
    code = base.code
    if top == "[lb_av]" and code in unit_table.TIME and not line:
        return None  # wages: "12 pounds an hour"
    if not line and code in unit_table.TIME - unit_table.FLOWS and (top, code) != ("[bbl_us]", "d"):
        return None
    if count is not None:
        code = f"({count[1].replace(',', '')}.{code})"
    elif "." in code:
        code = f"({code})"
    return unit_table.COMPOUNDS.get((top, code), f"{top}/{code}"), base.end


def over_both(text: str, low: str, codes: Sequence[str], end: int) -> list[str] | None:
    """Return codes with the denominator after a bracket: "165 kilometers (103 miles) per hour"."""
    found = [_over(text, low, code, end) for code in codes if code not in unit_table.NO_TOPS]
    return [one[0] for one in found if one is not None] if all(found) and found else None


def _singular(words: str) -> str:
    """Return words with the last one in the singular."""
    start = max(words.rfind(" "), words.rfind("-")) + 1
    return words[:start] + single(words[start:])


def rate(low: str, end: int, text: str = "") -> str | None:
    """Return the denominator at an offset of a lowercase text: "week" for " a week"."""
    found = find_rate(low, end, text)
    return None if found is None else found[0]


def find_rate(low: str, end: int, text: str = "") -> tuple[str, int] | None:
    """Return the denominator at an offset, and where its words end."""
    link = LINK.match(low, end)
    joint = link["link"].strip(" -") if link else ""
    if link is None or joint in ("every", "each", "p/"):
        return None
    count = COUNT.match(low, link.end())
    base = find_base(text or low, low, (count or link).end(), below=joint == "/")
    if base is not None and base.word != "point" and (base.word or joint in ("per", "/")):
        if SINCE.match(low, base.end):
            return None
        return _singular(low[link.end() : base.end]), base.end
    if joint == "/":
        return None
    what = WHAT.match(low, link.end())
    if what is None or count is not None:
        return None
    one = _singular(what[0])
    right = one != "cent" if joint == "per" else one in unit_table.PER
    return (one, what.end()) if right else None
