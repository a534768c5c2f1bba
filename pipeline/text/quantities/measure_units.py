"""Units of measure beside a number: symbols, words, ages, rates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from pipeline.text.lemmas import noun_lemma
from pipeline.text.numbers import Number
from pipeline.text.quantities import unit_table
from pipeline.text.quantities.exact import Value, plus, simplest, size

QuantityKind = Literal["money", "percent", "quantity", "duration", "age", "points", "number"]


class Unit(NamedTuple):
    """A unit as it is written beside a number."""

    kind: QuantityKind
    code: str | None
    text: str
    """The unit's own letters, without what joins it to the number."""
    end: int
    """Where it ends, if it stands behind the number."""
    assumed: bool = False
    factor: Value = Decimal(1)
    """What one of it is in units of the code: a cent a hundredth, a decade ten."""
    per: str | None = None


def either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


SYMBOL = re.compile(rf"(?P<gap>[  -]?){{?(?P<unit>{either(unit_table.SYMBOLS)})(?![\w²³])}}?")
COMPOUND = re.compile(
    rf"[ -]?(?P<unit>(?P<top>{either([*unit_table.SYMBOLS, *unit_table.TOPS])})"
    rf"/(?P<base>{either(unit_table.BASES)}))(?![\w²³/])"
)
UNIT_WORD = re.compile(
    rf"[\s-]{{1,3}}(?P<unit>{either([*unit_table.WORDS, 'points', 'point'])})"
    r"(?P<plural>s|es)?\b(?![-/]?ft)"
)
PART_OF_A = re.compile(r"(?:\sof)?\san?(?=\s)|\sof\s(?:1|one)(?=\sper[ ]?cent)")
RATES = re.compile(
    r"\brates?\b|\bfed\b|\bcentral bank\b|\binterest\b|\bhikes?\b|\beasing\b|\bcuts?\b|\brises?\b|%"
)
PLURAL_FIRST = re.compile(
    r"[\s-]{1,2}(?P<unit>(?:degrees?|parts|square|cubic|deg\.?|hands|inches|millimet(?:er|re)s)"
    r" [a-z]+(?: [a-z]+)?)\b"
)
GLUED_WORD = re.compile(r"(?P<unit>[a-z]{4,})\b")
FEET_INCHES = re.compile(r"(?P<feet>[‘’'′])[ ]?(?P<inches>\d{1,2}(?:\.\d)?)(?:[\"”″]|'')")
SIZED_CODE = re.compile(r"(?P<size>\d+)\.(?P<code>.+)")
FOOT_SIGN = re.compile(r"['’′](?![\w'’\"])")
DIMENSION = re.compile(
    r"\b(?:altitude|height|depth|elevation|length|width|distance|wingspan) of \Z"
)
INCH_SIGN = re.compile(
    r"[ ]?\"(?=[ -](?:long|wide|tall|high|deep|thick|across|screen|display|diameter)\b)"
)
OLD = re.compile(
    r"[\s-]{1,3}(?P<unit>years?|months?|weeks?|days?|hours?)"
    r"(?P<old>[\s-]{1,3}olds?\b|[ ]of[ ]age\b)"
    r"|[ ](?P<yo>y/?o)\b"
)
PER = re.compile(
    r"(?P<link>[ -](?:an?|per|every|each|to[ ]the(?=[ ]gallon))[ -]|[ ]?/[ ]?|[ ]p/)"
    r"(?:(?:(?:fully|common|adjusted)[ ])?(?:diluted|basic|common|ordinary)[ ](?=share\b))?"
    r"(?P<what>(?:square|cubic)[ ](?:foot|met(?:er|re)|mile|kilomet(?:er|re)|inch|yard)"
    r"|[a-z]*watt[ -]hour|[A-Za-z]+(?:-(?:hour|foot|second))?)"
    r"(?![ ](?:before|earlier|ago|later|after)\b)"
)
CONTEXTS = {
    "drachma": re.compile(r"\bweigh"),
    "stone": re.compile(
        r"\bweigh|\b(?:lost|lose|losing|shed|gain(?:ed)?|put on)[ ]"
        r"|\|[ ](?:and[ ])?\w+[ ](?:lbs?|pounds?)\b|\|[ ](?:heavier|lighter|overweight)"
    ),
    "league": re.compile(
        r"\|[ ](?:under the sea|from (?:shore|land|the coast)|off|away|distant)\b"
    ),
    "amp": re.compile(
        r"\b(?:volt\w*|circuits?|fuses?|current|electric\w*|outlets?|charg\w+|sockets?|breakers?)\b"
    ),
}
BARE_DEGREES = re.compile(r"[ ]?([CF])(?=[\s,.;)]|\Z)")
HOT = re.compile(
    r"\b(?:temperatures?|degrees?|celsius|fahrenheit|melting|boiling|thermometer|mercury|weather"
    r"|heat(?:wave)?s?|hott?(?:er|est)?|cold(?:er|est)?|warm(?:er|est)?|cool(?:er|est)?|°)\b"
)


def old_behind(low: str, end: int) -> Unit | None:
    """Return the unit of an age: "years old", "-month-old", "weeks of age"."""
    old = OLD.match(low, end)
    if old is None:
        return None
    shown = old["unit"] or old["yo"]
    code = "a" if old["yo"] else unit_table.WORDS[shown.rstrip("s")]
    return Unit("age", code, shown, old.end())


def measure_behind(text: str, low: str, number: Number) -> Unit | None:
    """Return the unit that stands behind a number."""
    end = number.end
    feet = FEET_INCHES.match(text, end)
    if feet is not None and number.value is not None:
        whole = plus(number.value, simplest(Fraction(Decimal(feet["inches"])) / 12))
        factor = simplest(Fraction(whole) / Fraction(number.value)) if number.value else Decimal(1)
        return Unit("quantity", "[ft_i]", feet["feet"], feet.end(), False, factor)
    foot = FOOT_SIGN.match(text, end)
    if foot is not None and DIMENSION.search(low, max(0, number.start - 30), number.start):
        return Unit("quantity", "[ft_i]", foot[0].strip(), foot.end())
    inch = INCH_SIGN.match(text, end)
    if inch is not None:
        return Unit("quantity", "[in_i]", '"', inch.end())
    return _word_unit(low, end, number) or _symbol_unit(text, low, number)


def _word_unit(low: str, end: int, number: Number) -> Unit | None:
    pair = PLURAL_FIRST.match(low, end)
    if pair is not None:
        words = pair["unit"].split()
        for size in (3, 2):
            key = " ".join(
                [
                    _single(words[0]),
                    *words[1 : size - 1],
                    _single(words[-1 if size > len(words) else size - 1]),
                ]
            )
            code = unit_table.WORDS.get(key)
            if code is not None and len(words) >= size:
                return _measure(
                    low, code, pair.start("unit"), pair.start("unit") + len(" ".join(words[:size]))
                )
    part = PART_OF_A.match(low, end) if number.kind == "fraction" else None
    found = UNIT_WORD.match(low, part.end() if part is not None else end)
    if found is not None:
        word = found["unit"]
        if word in ("point", "points"):
            if number.kind == "fraction" and RATES.search(low, max(0, end - 60), found.end() + 40):
                return Unit("points", "pp", low[found.start("unit") : found.end()], found.end())
            return _points(low, found)
        if word in unit_table.DOUBTFUL and not _is_measure(low, word, found.end(), number):
            return None
        code = unit_table.WORDS[word]
        if word == "second" and not found["plural"] and not _is_second(low, found, number):
            return None
        if word == "percentage" and low.startswith(" point", found.end()):
            return None
        return _measure(low, code, found.start("unit"), found.end())
    glued = GLUED_WORD.match(low, end)
    if glued is not None and not number.words:
        code = unit_table.WORDS.get(_single(glued["unit"]))
        if code is not None:
            return _measure(low, code, glued.start(), glued.end())
    return None


def _single(word: str) -> str:
    return {"feet": "feet", "celsius": "celsius"}.get(word) or noun_lemma(word)


def _points(low: str, found: re.Match[str]) -> Unit:
    shown = low[found.start("unit") : found.end()]
    return Unit("points", "{point}", shown, found.end())


def _is_measure(low: str, word: str, end: int, number: Number) -> bool:
    """Tell cups of flour from cups that are won, and half turns from turns in the road."""
    if word in ("cup", "quart"):
        part = number.value is not None and number.value != int(number.value)
        return part or low.startswith(" of ", end)
    if word == "turn":
        return number.kind == "fraction"
    if word == "bit":
        return not number.words
    if word in CONTEXTS:
        around = f"{low[max(0, number.start - 40) : number.start]}|{low[end : end + 30]}"
        return CONTEXTS[word].search(around) is not None
    return word in ("knot", "kilo") and low[end - 1] == "s"


def _is_second(low: str, found: re.Match[str], number: Number) -> bool:
    """Tell "a 4.3-second dash" from "in the second"."""
    if number.words:
        return low[found.start()] == "-"
    return True


def _measure(low: str, code: str, start: int, end: int) -> Unit:
    shown = low[start:end]
    factor = Decimal(1)
    sized = SIZED_CODE.fullmatch(code)
    if sized is not None:
        factor, code = Decimal(sized["size"]), sized["code"]
    if code == "%":
        kind: QuantityKind = "percent"
    elif code in ("pp", "bp"):
        kind = "points"
    elif code in unit_table.TIME:
        kind = "duration"
    else:
        kind = "quantity"
    return Unit(kind, code, shown, end, False, factor)


def _compound(text: str, number: Number) -> Unit | None:
    """Read a unit over another: "mg/dL", "kWh/100km"."""
    found = COMPOUND.match(text, number.end)
    if found is None or number.words:
        return None
    top = unit_table.SYMBOLS.get(found["top"], unit_table.TOPS.get(found["top"], ""))
    if top in unit_table.NO_TOPS or SIZED_CODE.fullmatch(top):
        return None
    code = f"{top}/{unit_table.BASES[found['base']]}"
    return Unit("quantity", code, found["unit"], found.end())


def _symbol_unit(text: str, low: str, number: Number) -> Unit | None:
    compound = _compound(text, number)
    if compound is not None:
        return compound
    found = SYMBOL.match(text, number.end)
    if found is None:
        if low.startswith(("c", "f", " c", " f"), number.end):
            return _bare_temperature(text, low, number)
        return None
    symbol = found["unit"]
    if symbol in unit_table.GLUED and found["gap"]:
        behind = text[found.end() : found.end() + 2]
        close = behind[:1] in ("", ".", ",", ";", ")", " ") and symbol in unit_table.APART
        if not close or found["gap"] == "-" or number.words:
            return None
    if number.words and symbol not in ("%", "pc", "mph", "km", "kg", "pct"):
        return None
    if symbol == "s" and "." not in text[number.start : number.end]:
        return None  # "the 90s", "Model 3s", "2018s best": only "7.2s" is surely a time
    if symbol == "′" and text[found.end() : found.end() + 1].isdecimal():
        return None
    code = unit_table.SYMBOLS[symbol]
    unit = _measure(low, code, found.start("unit"), found.end())
    return unit._replace(text=symbol)


def _bare_temperature(text: str, low: str, number: Number) -> Unit | None:
    """Read "12 C" and "90F" as degrees where the words around speak of heat."""
    found = BARE_DEGREES.match(text, number.end)
    if found is None or number.words or number.value is None or size(number.value) > 5000:
        return None
    around = low[max(0, number.start - 80) : number.end + 80]
    below = number.value < 0 and not found[0].startswith(" ")  # "-20C" says enough
    if not below and HOT.search(around) is None:
        return None
    return Unit("quantity", "Cel" if found[1] == "C" else "[degF]", found[1], found.end())


def rate(low: str, end: int) -> str | None:
    """Return what is counted by behind a place, in a text in lower case: " a week" is "week"."""
    found = PER.match(low, end)
    if found is None or found["link"].strip(" -") in ("every", "each", "/", "p/"):
        return None
    what = found["what"]
    single = " ".join([*what.split()[:-1], _single(what.split()[-1])])
    if found["link"].strip(" -") == "per":
        return None if single == "cent" else single
    return single if single in unit_table.PER else None


def with_rate(low: str, unit: Unit, end: int, following: int) -> Unit:
    """Return a unit with what it is counted by: "a gallon", "per share", "/year"."""
    found = PER.match(low, end)
    if found is None or found.end() > following or unit.kind == "age":
        return unit
    what, link = found["what"], found["link"].strip(" -")
    single = " ".join([*what.split()[:-1], _single(what.split()[-1])])
    code = unit_table.PER_UNITS.get((unit.code or "", single))
    if link in ("every", "each") or (link == "per" and single == "cent"):
        return unit
    known = single in unit_table.PER or (link == "/" and what in unit_table.BASES)
    if code is None and link != "per" and not known and " " not in single:
        return unit
    if code is not None:
        return unit._replace(
            code=code, text=f"{unit.text}{low[end : found.end()]}", end=found.end()
        )
    return unit._replace(per=single)
