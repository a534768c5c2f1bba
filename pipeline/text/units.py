"""Numbers with their units in English text: money, percent, measures, times and ages.

``find_quantities`` gives every number of a text with the unit that stands beside it, by the letters
alone: no parse, no calendar. Money has its ISO 4217 code, measures have their UCUM code, percent
"%", percentage points "pp", basis points "bp". A number with nothing beside it has no unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from pipeline.text import currencies, numerals, unit_table
from pipeline.text.exact import Value, plus, simplest, times
from pipeline.text.lemmas import noun_lemma
from pipeline.text.numbers import Number, find_numbers, share_scale

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


class Quantity(NamedTuple):
    """A number with its unit; ``text[start:end]`` holds both."""

    start: int
    end: int
    number: Number
    kind: QuantityKind
    value: Value | None
    low: Value | None = None
    high: Value | None = None
    unit: str | None = None
    unit_text: str | None = None
    assumed: bool = False
    per: str | None = None


def _either(words: object) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


SIGNS = "".join(currencies.SYMBOLS)
LOWER_CODES = frozenset("usd eur gbp rmb cny jpy inr aud cad chf".split())
CODE = _either([*currencies.CODES, *LOWER_CODES, "RMB"])
MONEY_BEFORE = re.compile(
    rf"(?:(?<![\w$])(?P<left>[A-Za-z.]{{1,4}})[ ]?)?(?P<sign>[{SIGNS}])(?P<right>US|A|NZ|C|HK|AU)?[ ]?\Z"
    rf"|(?<![\w.])(?P<code>{CODE}|Y=|[Rr]s\.?|RM|Rp|PS|DM|S?Fr|[SND]kr|Ksh|Tk)[$]?[ ]?\Z"
    rf"|(?<![\w.])(?P<word>dollar)[ ]\Z"
)
MONEY_WORDS = _either(currencies.WORDS)
ADJECTIVES = _either({adjective for adjective, _ in currencies.COUNTRIES})
MONEY_WORD = re.compile(
    rf"[\s-]{{1,2}}(?:(?P<country>{ADJECTIVES})\s)?(?P<word>{MONEY_WORDS}|pound|cent|penny|pence|sen|kopeck|paise|satoshi)"
    r"(?P<plural>s|es)?\b(?:\s(?P<more>sterling)\b)?"
)
MONEY_SIGN = re.compile(rf"[ ]?(?P<sign>[{SIGNS}¢])(?![\d])")
MONEY_CODE = re.compile(
    rf"[ ]?(?P<code>{CODE})(?![\w=.]*\d)\b(?:[ ](?P<scale>thousand|million|billion|trillion|mln|bn)\b)?"
)
CENTS = re.compile(r"(?P<unit>[cp])(?=[\s,.;:)]|\Z)")
SYMBOL = re.compile(rf"(?P<gap>[  -]?){{?(?P<unit>{_either(unit_table.SYMBOLS)})(?![\w²³])}}?")
UNIT_WORD = re.compile(
    rf"[\s-]{{1,3}}(?P<unit>{_either([*unit_table.WORDS, 'points', 'point'])})(?P<plural>s|es)?\b(?![-/]?ft)"
)
PART_OF_A = re.compile(r"(?:[ ]of)?[ ]an?(?=[ ])")
PLURAL_FIRST = re.compile(
    r"[\s-]{1,2}(?P<unit>(?:degrees|parts|square|cubic|degree|deg\.?) [a-z]+(?: [a-z]+)?)\b"
)
GLUED_WORD = re.compile(r"(?P<unit>[a-z]{4,})\b")
FEET_INCHES = re.compile(r"(?P<feet>[‘’'′])[ ]?(?P<inches>\d{1,2}(?:\.\d)?)(?:[\"”″]|'')")
INCH_SIGN = re.compile(
    r"[ ]?\"(?=[ -](?:long|wide|tall|high|deep|thick|across|screen|display|diameter)\b)"
)
OLD = re.compile(
    r"[\s-]{1,3}(?P<unit>years?|months?|weeks?|days?|hours?)(?P<old>[\s-]{1,3}olds?\b|[ ]of[ ]age\b)"
    r"|[ ](?P<yo>y/?o)\b"
)
AGE_BEFORE = re.compile(
    r"\b(?:aged?|ages|(?:the[ ])?age[ ]of|ages[ ]of|age[ ]group)[ ](?:about[ ]|around[ ]|just[ ]|only[ ])?\Z"
)
PER = re.compile(
    r"(?P<link>[ -](?:an?|per|every|each)[ -]|[ ]?/[ ]?|[ ]p/)"
    r"(?P<what>(?:square|cubic)[ ](?:foot|met(?:er|re)|mile|kilomet(?:er|re)|inch|yard)|[A-Za-z]+(?:-(?:hour|foot|second))?)"
)
SAID_AGAIN = re.compile(
    r"[ ](?:(?P<country>us|u\.s\.)(?=[,;)]|\.?(?:\s|\Z))(?![ ](?!per|an?\b)[a-z])|dollars?\b)"
)
NEGATIVE = re.compile(r"(?:\b(?:minus|negative)[ ]|(?<![\w\d.])[-−])\Z")
BETWEEN = re.compile(r"\bbetween[ ](?:about[ ]|roughly[ ]|around[ ])?\Z")
LINK = re.compile(r"\s?(?:[-–—‒]|\bto\b|\bor\b)\s?|\s(?:up\s)?to\s(?:about\s|around\s|roughly\s)?")
AND = re.compile(r"\sand\s(?:about\s|around\s)?")
HOT = re.compile(r"\b(?:temperatures?|degrees?|celsius|fahrenheit|melting|boiling|thermometer|°)\b")
VIDEO = frozenset({"240", "360", "480", "576", "720", "1080", "1440", "2160"})


def find_quantities(text: str) -> list[Quantity]:
    """Return every number of a text with its unit, in order, ranges not yet joined.

    >>> [(q.kind, str(q.value), q.unit) for q in find_quantities("Up 6.4% to $1.8 bln")]
    [('percent', '6.4', '%'), ('money', '1800000000', 'USD')]
    """
    low = numerals.lower(text)
    found: list[Quantity] = []
    numbers = list(find_numbers(text, ranges=False))
    skip = -1
    for at, number in enumerate(numbers):
        if number.start < skip:
            continue
        following = numbers[at + 1].start if at + 1 < len(numbers) else len(text)
        quantity = _quantity(text, low, number, max(skip, 0), following)
        if found and (whole := _add_part(text, found[-1], quantity)) is not None:
            found[-1] = whole
        else:
            found.append(quantity)
        skip = quantity.end
    return found


def join_range(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    """Return two neighbouring quantities as one range, if the text says that they are its ends.

    "between three and 5 feet", "15-20 dollars", "€300 million to €350 million". The unit may stand
    at either end or at both. Whether "from 4 to 5" is a range or a change is not asked here.
    """
    gap = text[first.end : second.start]
    if len(gap) > 16 or first.number.kind != "cardinal" or second.number.kind != "cardinal":
        return None
    if not LINK.fullmatch(gap):
        lead = text[max(0, first.start - 20) : first.start].lower()
        if not AND.fullmatch(gap) or not BETWEEN.search(lead):
            return None
    return unite(text, first, second)


def unite(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    """Return the range from one quantity to another, if their units agree and it ascends."""
    if first.value is None or second.value is None:
        return None
    if first.unit != second.unit and first.unit is not None and second.unit is not None:
        return None
    given = second if second.unit is not None else first
    if first.kind == "number" and second.kind == "age" and second.unit is None:
        given = second
    low = share_scale(text, first.number, second.number)
    if low is first.number.value:
        low = first.value if first.unit is not None else _scaled(first.value, second)
    elif first.unit is not None:
        low = times(low, _factor(first))
    if not low < second.value:
        return None
    return second._replace(
        start=first.start,
        value=None,
        low=low,
        high=second.value,
        kind=given.kind,
        unit=given.unit,
        unit_text=given.unit_text,
        assumed=given.assumed or first.assumed,
        per=second.per or first.per,
    )


def like(first: Quantity, second: Quantity) -> Quantity:
    """Return the first quantity with the second one's unit, and its scale if it has none itself."""
    if first.value is None or second.value is None:
        return first
    value = _scaled(first.value, second)
    return first._replace(
        kind=second.kind,
        value=value,
        unit=second.unit,
        unit_text=second.unit_text,
        assumed=second.assumed,
        per=first.per or second.per,
    )


def _factor(quantity: Quantity) -> Value:
    number = quantity.number.value
    if not number or quantity.value is None:
        return Decimal(1)
    return simplest(Fraction(quantity.value) / Fraction(number))


def _scaled(value: Value, like: Quantity) -> Value:
    factor = _factor(like)
    return value if factor == 1 else times(value, factor)


def _quantity(text: str, low: str, number: Number, behind: int, following: int) -> Quantity:
    """Return one number with its unit, which lies between two bounds."""
    start, end = number.start, number.end
    sign = 1
    unit: Unit | None = None
    if number.kind in ("cardinal", "fraction"):
        before = MONEY_BEFORE.search(text, max(behind, start - 8), start)
        if before is not None:
            unit, start = _money_before(before)
            negative = NEGATIVE.search(low, max(0, start - 9), start)
            if negative is not None:
                start, sign = negative.start(), -1
            unit = _said_again(text, low, unit, end)
            end = unit.end
        else:
            unit = _unit_behind(text, low, number)
            if unit is not None:
                end = unit.end
                shown = text[end - len(unit.text) : end]
                unit = unit._replace(text=shown if shown.lower() == unit.text else unit.text)
    if unit is None or unit.kind == "duration":
        aged = AGE_BEFORE.search(low, max(0, start - 24), start)
        if aged is not None and number.kind == "cardinal" and _is_age(number.value, unit):
            code = unit.code if unit else "a"
            unit = Unit("age", code, unit.text if unit else "", end)
    if unit is None:
        return Quantity(start, end, number, "number", number.value, number.low)
    if unit.per is None:
        unit = _rate(low, unit, end, following)
    values = [
        None
        if value is None
        else times(value, sign * unit.factor)
        if sign * unit.factor != 1
        else value
        for value in (number.value, number.low)
    ]
    return Quantity(
        start,
        end,
        number,
        unit.kind,
        values[0],
        values[1],
        None,
        unit.code,
        unit.text or None,
        unit.assumed,
        unit.per,
    )


def _is_age(value: Value | None, unit: Unit | None) -> bool:
    return value is not None and value == int(value) and 0 < value < (125 if unit is None else 2000)


# ------------------------------------------------------------------------------------------ money
def _money_before(found: re.Match[str]) -> tuple[Unit, int]:
    """Return the money that stands before a number, and where it starts."""
    shown = found[0].strip()
    if found["sign"]:
        sign, left, right = found["sign"], (found["left"] or "").lower(), found["right"]
        if sign == "$" and (left or right):
            code = currencies.DOLLARS.get((right or left).lower())
            apart = bool(left) and shown[len(left) : len(left) + 1] == " "
            if code is not None and not (apart and left in ("a", "s", "r", "b", "z", "j")):
                at = found.start("sign" if right else "left")
                return Unit("money", code, found[0][at - found.start() :].strip(), -1), at
        code = currencies.SYMBOLS[sign]
        unit = Unit("money", code, sign, -1, sign in currencies.ASSUMED)
        return unit, found.start("sign")
    if found["word"]:
        return Unit("money", "USD", "dollar", -1, assumed=True), found.start("word")
    return Unit("money", _code(found["code"]), shown.rstrip("$ "), -1), found.start()


def _code(written: str) -> str:
    code = currencies.PREFIXES.get(written.lower(), written.upper())
    return currencies.SAME_CODE.get(code, code)


def _said_again(text: str, low: str, unit: Unit, end: int) -> Unit:
    """Return the unit of "$75 U.S.", "$31.20 US", "$5 dollars", which is said on both sides."""
    behind = SAID_AGAIN.match(low, end)
    if behind is None or unit.code != "USD":
        return unit._replace(end=end)
    if not behind["country"]:
        return unit._replace(end=behind.end())
    if not text[behind.start("country")].isupper():
        return unit._replace(end=end)
    return unit._replace(end=behind.end(), assumed=False)


def _money_behind(text: str, low: str, end: int, number: Number) -> Unit | None:
    word = MONEY_WORD.match(low, end)
    if word is not None:
        unit = _money_word(low, word, number)
        if unit is not None:
            return unit
    sign = MONEY_SIGN.match(text, end)
    if sign is not None:
        if sign["sign"] == "¢":
            return Unit("money", "USD", "¢", sign.end(), True, Decimal("0.01"))
        code = currencies.SYMBOLS[sign["sign"]]
        return Unit("money", code, sign["sign"], sign.end(), sign["sign"] in currencies.ASSUMED)
    code_found = MONEY_CODE.match(text, end)
    if code_found is not None:
        scale = code_found["scale"]
        factor = Decimal(10) ** numerals.SCALES[scale] if scale else Decimal(1)
        return Unit(
            "money", _code(code_found["code"]), code_found["code"], code_found.end(), False, factor
        )
    cents = CENTS.match(text, end)
    if cents is not None and not number.words and text[number.start : end] not in VIDEO:
        code = currencies.SUBUNITS[cents["unit"]]
        return Unit("money", code, cents["unit"], cents.end(), True, Decimal("0.01"))
    return None


def _money_word(low: str, found: re.Match[str], number: Number) -> Unit | None:
    word, country = found["word"], found["country"]
    shown = low[found.start("country") if country else found.start("word") : found.end()]
    if word in currencies.SUBUNITS or word == "satoshi":
        if word == "satoshi":
            return Unit("money", "XBT", shown, found.end(), False, Decimal("0.00000001"))
        if word == "cent" and low.startswith("per ", found.start("word") - 4):
            return None
        assumed = word not in ("pence", "penny")
        code = currencies.SUBUNITS[word]
        return Unit("money", code, found[0].strip(" -"), found.end(), assumed, Decimal("0.01"))
    if word == "pound":
        # pounds of weight, unless the text or the size of the sum says money
        sterling = found["more"] or country in (
            "british",
            "egyptian",
            "lebanese",
            "syrian",
            "irish",
        )
        large = number.value is not None and abs(number.value) >= 10**6
        if not (sterling or large or "£" in low or "sterling" in low):
            return None
        word = "pound" if country else "sterling"
    elif word == "won" and not country:
        large = number.value is not None and abs(number.value) >= 1000
        if not large:
            return None
    elif word == "rand" and number.words and number.value is not None and number.value < 3:
        return None
    elif word == "crown" and not country:
        return None
    code = currencies.COUNTRIES.get((country, word)) if country else None
    if code is not None:
        return Unit("money", code, shown, found.end())
    if country:
        return None
    return Unit("money", currencies.WORDS[word], shown, found.end(), word in currencies.SHARED)


# --------------------------------------------------------------------------------------- measures
def _unit_behind(text: str, low: str, number: Number) -> Unit | None:
    """Return the unit that stands behind a number."""
    end = number.end
    old = OLD.match(low, end)
    if old is not None:
        shown = old["unit"] or old["yo"]
        code = "a" if old["yo"] else unit_table.WORDS[shown.rstrip("s")]
        return Unit("age", code, shown, old.end())
    money = _money_behind(text, low, end, number)
    if money is not None:
        return money
    feet = FEET_INCHES.match(text, end)
    if feet is not None and number.value is not None:
        whole = plus(number.value, simplest(Fraction(Decimal(feet["inches"])) / 12))
        factor = simplest(Fraction(whole) / Fraction(number.value)) if number.value else Decimal(1)
        return Unit("quantity", "[ft_i]", feet["feet"], feet.end(), False, factor)
    inch = INCH_SIGN.match(text, end)
    if inch is not None:
        return Unit("quantity", "[in_i]", '"', inch.end())
    return _word_unit(text, low, end, number) or _symbol_unit(text, low, number)


def _word_unit(text: str, low: str, end: int, number: Number) -> Unit | None:
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
    if word == "drachma":
        return False
    return word in ("knot", "kilo") and low[end - 1] == "s"


def _is_second(low: str, found: re.Match[str], number: Number) -> bool:
    """Tell "a 4.3-second dash" from "in the second"."""
    if number.words:
        return low[found.start()] == "-"
    return True


def _measure(low: str, code: str, start: int, end: int) -> Unit:
    shown = low[start:end]
    factor = Decimal(1)
    if code in ("10.a", "100.a", "2.wk"):
        size, code = code.split(".")
        factor = Decimal(size)
    if code == "%":
        kind: QuantityKind = "percent"
    elif code in ("pp", "bp"):
        kind = "points"
    elif code in unit_table.TIME:
        kind = "duration"
    else:
        kind = "quantity"
    return Unit(kind, code, shown, end, False, factor)


def _symbol_unit(text: str, low: str, number: Number) -> Unit | None:
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
    found = re.compile(r"[ ]?([CF])(?=[\s,.;)]|\Z)").match(text, number.end)
    if found is None or number.words or number.value is None or abs(number.value) > 5000:
        return None
    around = low[max(0, number.start - 80) : number.end + 80]
    if HOT.search(around) is None:
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


def _rate(low: str, unit: Unit, end: int, following: int) -> Unit:
    """Return a unit with what it is counted by: "a gallon", "per share", "/year"."""
    found = PER.match(low, end)
    if found is None or found.end() > following or unit.kind == "age":
        return unit
    what, link = found["what"], found["link"].strip(" -")
    single = " ".join([*what.split()[:-1], _single(what.split()[-1])])
    code = unit_table.PER_UNITS.get((unit.code or "", single))
    if link in ("every", "each") or (link == "per" and single == "cent"):
        return unit
    if code is None and link != "per" and single not in unit_table.PER and " " not in single:
        return unit
    if code is not None:
        return unit._replace(
            code=code, text=f"{unit.text}{low[end : found.end()]}", end=found.end()
        )
    return unit._replace(per=single)


def _add_part(text: str, whole: Quantity, part: Quantity) -> Quantity | None:
    """Return "5 feet 2 inches" or "13 dollars 45 cents" as one quantity."""
    if whole.value is None or part.value is None or not 0 <= part.value < 100:
        return None
    gap = text[whole.end : part.start]
    if (
        len(gap) > 6
        or gap.strip(" ,-") not in ("", "and")
        or whole.number.words != part.number.words
    ):
        return None
    if whole.unit == "[ft_i]" and part.value < 12 and whole.value == int(whole.value):
        inches = part.unit == "[in_i]" or (
            part.unit is None and gap == "-" and not part.number.words
        )
        if not inches and re.compile(r" ?in\b").match(text, part.end) and gap == " ":
            inches, part = (
                True,
                part._replace(end=re.compile(r" ?in\b").match(text, part.end).end()),
            )  # type: ignore[union-attr]
        if inches:
            value = plus(whole.value, simplest(Fraction(part.value) / 12))
            return whole._replace(end=part.end, value=value)
        return None
    if whole.kind == "money" and part.kind == "money" and part.value < 1:
        if (part.unit_text or "").rstrip("s") in ("cent", "pence", "c", "p") and gap.strip() != ",":
            return whole._replace(end=part.end, value=plus(whole.value, part.value))
    return None


def iterate(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a text with ranges joined, from left to right."""
    held: Quantity | None = None
    for quantity in find_quantities(text):
        if held is not None:
            joined = join_range(text, held, quantity)
            if joined is not None:
                yield joined
                held = None
                continue
            yield held
        held = quantity
    if held is not None:
        yield held
