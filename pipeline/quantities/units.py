"""Numbers with their units in English text: money, percent, measures, times and ages.

``find_quantities`` returns every number of a text with the unit next to it, by the text alone,
without a parse or a calendar. Money has its ISO 4217 code, measures have their UCUM code, percent
is "%", percentage points "pp", basis points "bp". A number without a unit next to it has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from pipeline.quantities import numerals, senses
from pipeline.quantities.currencies import BEFORE, PREFIXES, REACH, countries
from pipeline.quantities.exact import Value, plus, simplest, times
from pipeline.quantities.measures import (
    QuantityKind,
    Unit,
    find_rate,
    measure_behind,
    old_behind,
    over_both,
    rate,
)
from pipeline.quantities.money import (
    exchange_rate,
    is_small,
    money_before,
    money_behind,
    said_again,
)
from pipeline.quantities.numbers import Number, find_numbers, joined, share_scale
from pipeline.text.words import word_set

__all__ = ["Quantity", "find_quantities", "iterate", "join_range", "like", "rate"]

AGE_BEFORE = re.compile(
    r"\b(?:(?:aged?|ages|(?:the[ ])?age[ ]of|ages[ ]of|age[ ]group)[ ]"
    r"(?:about|around|just|only|between|from|over|under|above|below|at[ ](?:least|most)|up[ ]to"
    r"|(?:more|less)[ ]than|nearly|almost|roughly)?|as[ ](?:young|old)[ ]as)[ ]?\Z"
)
TURNING_BEFORE = re.compile(r"\bturn(?:s|ed|ing)?[ ]\Z")
TURNING_BEHIND = re.compile(
    r"[ ]?(?:[.,;:)”\"]|\Z|(?:and|or|in|on|at|next|last|this|later|earlier|today|yesterday|tomorrow"
    r"|before|after|when|while|during|ago)\b)"
)
"""Follows the age in "who turns 62 in May"."""
MAGNITUDE_BEFORE = re.compile(r"\bmagnitudes?[ -](?:of[ ]|was[ ]|is[ ]|about[ ])?\Z")
CHILD_BEFORE = re.compile(
    r"\b(?:boy|girl|man|woman|child|son|daughter|baby|toddler|teenager|youth)[ ]of[ ]"
    r"(?:about[ ]|just[ ]|only[ ]|nearly[ ])?\Z"
)
CHILD_BEHIND = re.compile(r"[ ]?(?:[.,;:)”\"]|\Z|(?:and|who|was|is|in|at|on|with|when|had|to)\b)")
"""Follows the age in "a boy of six"."""
DECADE = re.compile(
    r"\b(?:his|her|hers|their|my|your|our|its)[ ](?:(?:very[ ])?(?:early|mid|middle|late)[ -])?"
    r"(?P<age>(?P<ten>[2-9]0)['’]?s)\b"
)
"""The age in "in her 40s"."""
MORE_DECADES = re.compile(
    r"(?:,[ ]|,?[ ](?:and|or|to)[ ]|[-–])(?:(?:early|mid|middle|late)[ -])?"
    r"(?P<age>(?P<ten>[2-9]0)['’]?s)\b"
)
"""Follows it in a list: "in their 30s, 40s and 50s"."""
NEGATIVE = re.compile(r"(?:\b(?:(?<!plus[ ]or[ ])minus|negative)[ ]|(?<![\w\d.])[-−])\Z")
MINUS_APART = re.compile(
    r"(?:(?:\A|\n)[ ]*|\b(?:to|at|of|is|was|were|be|hits?|below|convert"
    r"|reach(?:ed|es)?|from|between|than|about|around|and|or)[ ])(?P<minus>[-–−])[ ]\Z"
)
"""A minus followed by a space; after a preposition, a dash is not a minus."""
CELL = re.compile(r"(?:[\t|][ ]?|[ ]{2,})\(\Z")
"""Before an amount in brackets that fills a table cell: "(€23m)" is a loss."""
INCHES = re.compile(r" ?in\b")
SMALL = re.compile(r"\d\d(?=[.,;!?]|\s*\Z| more\b)(?![.,]\d)")
SAID_CENTS = re.compile(r"\s*(?:[.,;:!?)”\"'’]|\b(?:a|and|at|but|each|for|in|more|or|per|to)\b)")
SMALL_LAST = re.compile(r"\d\d(?=[.;!?]?\s*(?:\Z|\n))")
BETWEEN = re.compile(
    r"\bbetween[ ](?:(?:the[ ])?ages?[ ]of[ ])?(?:about[ ]|roughly[ ]|around[ ])?\Z"
)
LINK = re.compile(
    r"-to-|-[ ](?:to|or)[ ]|\s?(?:[-–—‒]|\bto\b|\bor\b)\s?"
    r"|\s(?:up\s)?to\s(?:about\s|around\s|roughly\s)?"
)
TOLERANCE = re.compile(
    r",?[ ](?:give[ ]or[ ]take|plus[ ]or[ ]minus|\+/-|±)[ ]?(?:about[ ])?|[ ]?±[ ]?"
)
BY = re.compile(r"[ ]?(?:by|x|×)[ ]?|-by-")
"""Between the sides of an area: "10 by 12 feet"."""
A_TIME = re.compile(r"\ban?[ ](?P<unit>hour|minute|day|week|month|year)[ ]and[ ]\Z")
"""Before the smaller part of "a minute and four seconds"."""
OF_A_UNIT = re.compile(r"[ ]of[ ]an?[ ]")
"""Between a fraction and its unit: "two-hundredths of a second"."""
A_UNIT = re.compile(
    r"\b(?:under|less than|more than|over|about|nearly|almost|within|up to|at least|roughly"
    r"|around|barely)[ ](?P<article>an?)(?=[ ](?:[a-z]+metres?|[a-z]+meters?|met(?:er|re)|mile|foot"
    r"|yard|inch|hectare|acre|tonne|ton|lit(?:er|re)|gallon|kilo|kilogram(?:me)?|gram|degree)\b)"
)
"""Before a single unit: "less than a kilometre"."""
ONE_AND = re.compile(r"\b(?:an?|one|last|next|past)[ -](?P<unit>[a-z]+)[ -](?P<joint>and|or)[ -]\Z")
"""Before the half of "a year and a half" and the two of "a week or two"."""
AND = re.compile(r"\sand\s(?:about\s|around\s)?")


UNCHANGED = word_set("feet yen yuan won baht rand renminbi ringgit kronor kroner")
"""Units without a plural "s"."""


SMALLER = {
    "[ft_i]": ("[in_i]", 12),
    "[lb_av]": ("[oz_av]", 16),
    "[stone_av]": ("[lb_av]", 14),
}
"""The unit that can follow another, "7 pounds 6 ounces", and its number per larger unit."""
PARTS_OF_TIME = {
    ("a", "mo"): 12,
    ("wk", "d"): 7,
    ("d", "h"): 24,
    ("h", "min"): 60,
    ("min", "s"): 60,
}
"""The same for durations, which are expressed in the smaller unit: "2 hours 5 minutes"."""


class Quantity(NamedTuple):
    """A number with its unit; ``text[start:end]`` contains both."""

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


def find_quantities(text: str) -> list[Quantity]:
    """Return every number of a text with its unit, in order, before ranges are joined.

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
        quantity = _quantity(text, low, number, max(skip, 0), _next(low, numbers, at))
        for more in (_and_a_half, _behind_a_time, _of_a_unit):
            quantity = more(low, quantity, max(skip, 0)) or quantity
        if quantity.start < skip:
            continue
        if found and (whole := _add_part(text, found[-1], quantity)) is not None:
            found[-1] = whole
        else:
            found.append(quantity)
            found[-2:] = _over_bracket(text, low, found[-2:])
        skip = quantity.end
    found = _with_others(text, low, found)
    for at in range(len(found) - 2, -1, -1):
        side, other = found[at], found[at + 1]
        if side.kind == "number" and other.kind == "quantity":
            found[at] = like(side, other) if BY.fullmatch(text, side.end, other.start) else side
    return found


def _over_bracket(text: str, low: str, pair: list[Quantity]) -> list[Quantity]:
    """Give two quantities their shared denominator: "165 kilometers (103 miles) per hour"."""
    if len(pair) < 2 or text[pair[1].end : pair[1].end + 1] != ")":
        return pair
    if text[pair[0].end : pair[1].start] != " (" or {one.kind for one in pair} != {"quantity"}:
        return pair
    codes = over_both(text, low, [one.unit or "" for one in pair], pair[1].end + 1)
    if codes is None:
        return pair
    return [one._replace(unit=code) for one, code in zip(pair, codes, strict=True)]


def _with_others(text: str, low: str, found: list[Quantity]) -> list[Quantity]:
    """Add the ages of people "in their 40s", and single units: "less than a kilometre"."""
    ages = []
    for one in A_UNIT.finditer(low):
        number = Number(*one.span("article"), Decimal(1), words=True)
        quantity = _quantity(text, low, number, one.start("article"), len(low))
        if quantity.unit is not None:
            ages.append(quantity)
    for first in DECADE.finditer(low):
        decade: re.Match[str] | None = first
        while decade is not None:
            ten, place = Decimal(decade["ten"]), decade.span("age")
            number = Number(*place, None, ten, plus(ten, Decimal(9)))
            ages.append(Quantity(*place, number, "age", None, ten, number.high, "a"))
            decade = MORE_DECADES.match(low, place[1])
    if not ages:
        return found
    rest = [one for one in found if not any(a.start < one.end and one.start < a.end for a in ages)]
    return sorted([*ages, *rest])


def _next(low: str, numbers: list[Number], at: int) -> int:
    """Return where the next number starts, skipping the "second" in "metres per second"."""
    for number in numbers[at + 1 : at + 3]:
        if low[number.start : number.end] != "second":
            return number.start
    return len(low)


def join_range(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    """Return two neighbouring quantities as one range, if the text joins them.

    "between three and 5 feet", "15-20 dollars", "€300 million to €350 million". The unit may be at
    either end or at both. This does not decide whether "from 4 to 5" is a range or a change.
    """
    by = find_rate(numerals.lower(text[first.end : second.start]), 0) if first.per else None
    behind = first.end if by is None or second.per != first.per else first.end + by[1]
    gap = text[behind : second.start]  # "$350 per kg to $680 per kg"
    if first.unit == "%" and second.unit is None and gap.strip() == "to":
        return None  # "firmed 0.6% to 91.83"
    if len(gap) > 16 or first.number.kind != "cardinal" or second.number.kind != "cardinal":
        return None
    if not LINK.fullmatch(gap):
        lead = text[max(0, first.start - 32) : first.start].lower()
        if not AND.fullmatch(gap) or not BETWEEN.search(lead):
            return None
    return unite(text, first, second)


def join_interval(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    """Return "$640 million, give or take $20 million" as one quantity with low and high ends."""
    if first.value is None or second.value is None or second.value <= 0:
        return None
    if not TOLERANCE.fullmatch(text, first.end, second.start):
        return None
    margin = second
    if second.unit is None and first.unit is not None:
        margin = like(second, first)
    elif first.unit is None and second.unit is not None and first.kind == "number":
        first = like(first, second)
    if margin.unit != first.unit and (first.unit, margin.unit) != ("%", "pp"):
        return None
    middle, amount = first.value, margin.value
    if middle is None or amount is None:
        return None
    scale = numerals.scale_at_end(text[second.number.start : second.number.end])
    if scale is not None and middle < amount:
        middle = times(middle, scale)  # "324 ± 3 million years"
    low, high = plus(middle, times(amount, Decimal(-1))), plus(middle, amount)
    return first._replace(end=second.end, value=middle, low=low, high=high)


def unite(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    """Return the range between two quantities, if their units agree and the second is larger."""
    if first.kind == "age" and not first.unit_text and second.kind == "duration":
        first, second = first._replace(unit=None), second._replace(kind="age")
    if first.kind == "age" and first.unit_text and second.kind == "duration":
        second = second._replace(kind="age")  # "aged five months to three years"
    if first.kind in ("duration", "age") and second.kind in ("duration", "age"):
        first = _in_unit(first, second.unit or "")
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


def _in_unit(length: Quantity, unit: str) -> Quantity:
    """Return a duration in the next larger unit, if that is requested: 0.5 a for 6 mo."""
    size = PARTS_OF_TIME.get((unit, length.unit or ""))
    if size is None or length.value is None:
        return length
    return length._replace(value=times(length.value, Fraction(1, size)), unit=unit)


def like(first: Quantity, second: Quantity) -> Quantity:
    """Return the first quantity with the second's unit, and its scale if it has none itself."""
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


class Beside(NamedTuple):
    """The unit next to a number, with the bounds of both."""

    start: int
    end: int
    sign: int
    unit: Unit | None


def _in_front(text: str, low: str, before: re.Match[str], end: int) -> Beside:
    """Return the currency in front of a number that ends here."""
    unit, start = money_before(before)
    sign = -1 if before["minus"] else 1
    negative = NEGATIVE.search(low, max(0, start - 9), start)
    if negative is not None:
        start, sign = negative.start(), -1
    unit = said_again(text, low, unit, end)
    end = unit.end
    if text.startswith(")", end) and CELL.search(text, max(0, start - 4), start):
        start, end, sign = start - 1, end + 1, -1
    return Beside(start, end, sign, unit)


def _beside(text: str, low: str, number: Number, behind: int) -> Beside:
    """Return the unit in front of a number, else behind it, if any; it begins after ``behind``."""
    start, end = number.start, number.end
    if number.kind not in ("cardinal", "fraction"):
        return Beside(start, end, 1, None)
    before = BEFORE.search(text, max(behind, start - REACH), start)
    if before is not None and not (
        before["rand"] and not senses.is_mark(text, before.start("rand"), number[:2])
    ):  # not "Class R 5"
        return _in_front(text, low, before, end)
    unit = _unit_behind(text, low, number)
    if unit is not None:
        end = unit.end
        shown = text[end - len(unit.text) : end]
        unit = unit._replace(text=shown if shown.lower() == unit.text else unit.text)
    return Beside(start, end, 1, unit)


def _aged(low: str, number: Number, beside: Beside) -> Unit | None:
    """Return the unit of an age, "aged 5", or the one that is there."""
    start, end, _, unit = beside
    if unit is not None and unit.kind != "duration":
        return unit
    aged = AGE_BEFORE.search(low, max(0, start - 24), start)
    if aged is None and unit is None and CHILD_BEHIND.match(low, end):
        aged = CHILD_BEFORE.search(low, max(0, start - 24), start)
    if aged is None and unit is None and TURNING_BEHIND.match(low, end):
        aged = TURNING_BEFORE.search(low, max(0, start - 24), start)
    if aged is None or number.kind != "cardinal" or not _is_age(number.value, unit):
        return unit
    return Unit("age", unit.code if unit else "a", unit.text if unit else "", end)


def _quantity(text: str, low: str, number: Number, behind: int, following: int) -> Quantity:
    """Return one number with its unit, which is between two bounds."""
    beside = _beside(text, low, number, behind)
    start, end, sign, unit = beside
    if unit is None and number.kind == "cardinal" and _is_magnitude(low, start, end):
        unit = Unit("quantity", None, "", end)
    unit = _aged(low, number, beside._replace(unit=unit))
    if unit is None:
        return Quantity(start, end, number, "number", number.value, number.low)
    if unit.code in ("Cel", "[degF]") and not number.words:
        minus = MINUS_APART.search(low, max(0, start - 14), start)
        if minus is not None:
            start, sign = minus.start("minus"), -1
    if unit.kind != "age" and "/" not in (unit.code or "") and end <= following:
        unit = unit._replace(per=unit.per or rate(low, end, text))
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


def _is_magnitude(low: str, start: int, end: int) -> bool:
    """Return whether a number is an earthquake's magnitude, which has no unit."""
    return bool(
        MAGNITUDE_BEFORE.search(low, max(0, start - 24), start)
        or low.startswith(("-magnitude", " magnitude"), end)
    )


def _unit_behind(text: str, low: str, number: Number) -> Unit | None:
    if number.vague and low.startswith(" of ", number.end):
        # "tens of thousands of dollars"
        number = number._replace(end=number.end + 3)
        unit = money_behind(text, low, number.end, number) or measure_behind(text, low, number)
        if unit is None or not is_plural(unit.text):
            return None
        return unit
    return (
        old_behind(low, number.end)
        or money_behind(text, low, number.end, number)
        or measure_behind(text, low, number)
        or exchange_rate(text, low, number)
    )


def is_plural(word: str) -> bool:
    return word.endswith("s") or word in UNCHANGED


def _is_age(value: Value | None, unit: Unit | None) -> bool:
    return value is not None and value == int(value) and 0 < value < (125 if unit is None else 2000)


def _and_a_half(low: str, part: Quantity, behind: int) -> Quantity | None:
    """Return the quantity "a year and a half" or "a week or two", given its last number."""
    amount = part.value
    if part.unit is not None or amount is None or not part.number.words:
        return None
    found = ONE_AND.search(low, max(behind, part.start - 24), part.start)
    unit = found and measure_behind(low, low, Number(0, found.start("unit") - 1, Decimal(1)))
    if found is None or unit is None or unit.end != found.end("unit"):
        return None
    part = part._replace(kind=unit.kind, unit=unit.code, unit_text=unit.text)
    if found["joint"] == "or" and amount == 2:
        start = found.start() if low[found.start()] in "ao" else found.start("unit")
        return part._replace(start=start, value=None, low=unit.factor, high=2 * unit.factor)
    if found["joint"] == "or" or part.number.kind != "fraction":
        return None
    value = times(plus(amount, Decimal(1)), unit.factor)
    start = found.start() if low[found.start()] in "ao" else found.start("unit")
    return part._replace(start=start, value=value)


def _behind_a_time(low: str, part: Quantity, behind: int) -> Quantity | None:
    """Return the duration "a minute and four seconds", given its last number."""
    if part.kind != "duration" or part.value is None:
        return None
    found = A_TIME.search(low, max(behind, part.start - 14), part.start)
    unit = found and measure_behind(low, low, Number(0, found.start("unit") - 1, Decimal(1)))
    size = PARTS_OF_TIME.get(((unit and unit.code) or "", part.unit or ""), 0)
    if found is None or not part.value < size:
        return None
    return part._replace(start=found.start(), value=plus(Decimal(size), part.value))


def _of_a_unit(low: str, part: Quantity, behind: int) -> Quantity | None:  # noqa: ARG001
    """Return "two-hundredths of a second" with its unit."""
    found = OF_A_UNIT.match(low, part.end)
    if found is None or part.unit is not None or part.number.kind != "fraction":
        return None
    unit = measure_behind(low, low, Number(part.start, found.end() - 1, Decimal(1)))
    if unit is None or part.value is None:
        return None
    value = times(part.value, unit.factor)
    return part._replace(
        end=unit.end, kind=unit.kind, value=value, unit=unit.code, unit_text=unit.text
    )


def _add_part(text: str, whole: Quantity, part: Quantity) -> Quantity | None:
    """Return "5 feet 2 inches" or "13 dollars 45 cents" as one quantity."""
    amount = part.value
    if whole.value is None or amount is None or not 0 <= amount < 100:
        return None
    gap = text[whole.end : part.start]
    if len(gap) > 6 or gap.strip(" ,-") not in ("", "and"):
        return None
    if whole.kind == part.kind == "duration" and gap in (" ", " and ", ", "):
        size = PARTS_OF_TIME.get((whole.unit or "", part.unit or ""), 0)
        if amount < size and whole.value == int(whole.value):
            value = plus(times(whole.value, Decimal(size)), amount)
            return part._replace(start=whole.start, value=value)
    hundredths = whole.kind == "money" and is_small(part.unit_text)
    if is_small(whole.unit_text) or (whole.number.words != part.number.words and not hundredths):
        return None
    half = part.number.kind == "fraction" and gap == " and " and text.startswith("a ", part.start)
    if half and part.unit is None and whole.kind in ("quantity", "duration"):
        share = times(amount, _factor(whole))  # "two years and a half"
        return whole._replace(end=part.end, value=plus(whole.value, share))
    if whole.unit in SMALLER and whole.value == int(whole.value):
        added = _of_smaller_unit(text, SMALLER[whole.unit], whole, part, amount, gap)
    else:
        added = _cents(text, whole, part, amount, gap)
    if added is None:
        return None
    return whole._replace(end=added[0], value=plus(whole.value, added[1]))


def _of_smaller_unit(
    text: str, smaller: tuple[str, int], whole: Quantity, part: Quantity, amount: Value, gap: str
) -> tuple[int, Value] | None:
    """Return the end and the share of the inches in "5 feet 2 inches"."""
    unit, size = smaller
    foot = whole.unit_text == "foot" and gap == " "
    end = _inches_end(text, part, "-" if foot else gap) if unit == "[in_i]" else part.end
    if end is None or not amount < size or (unit != "[in_i]" and part.unit != unit):
        return None
    return end, simplest(Fraction(amount) / size)


def _cents(
    text: str, whole: Quantity, part: Quantity, amount: Value, gap: str
) -> tuple[int, Value] | None:
    """Return the end and the share of the cents in "13 dollars 45 cents" and "$13 45"."""
    if whole.kind != "money" or whole.value is None:
        return None
    bare = SMALL if gap == " " else SMALL_LAST if gap == " and " else None
    even = whole.value == int(whole.value)
    if even and part.unit is None and part.number.words and gap == " ":
        said = part.number.kind == "cardinal" and amount > 10  # "four pounds fifty"
        said = said and SAID_CENTS.match(text, part.end) is not None
        return (part.end, times(amount, Decimal("0.01"))) if said else None
    if even and part.unit is None and bare and bare.match(text, part.start):
        return part.end, times(amount, Decimal("0.01"))
    if is_small(part.unit_text) and amount < 1 and gap.strip() != ",":
        return part.end, amount
    return None


def _inches_end(text: str, part: Quantity, gap: str) -> int | None:
    """Return the end of the inches in "6-foot-3" or "5 ft 2 in", or None."""
    if part.unit == "[in_i]" or (part.unit is None and gap == "-" and part.kind == "number"):
        return part.end
    short = INCHES.match(text, part.end) if gap == " " else None
    return short.end() if short is not None else None


def iterate(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a text in order, with ranges joined."""
    yield from joined(find_quantities(text), partial(join_range, text))


# ------------------------------------------------------------------------- whose dollars
COUNTRIES = {
    "Australia": "AUD",
    "Canada": "CAD",
    "New Zealand": "NZD",
    "Singapore": "SGD",
    "Hong Kong": "HKD",
}
AGENCIES = re.compile(r"\b(?:Reuters|AP|AFP|Bloomberg|CNBC|Dow Jones)\b")
"""These use "$" for US dollars everywhere."""
DOLLARS = frozenset((*COUNTRIES.values(), "USD"))
LETTERED = re.compile(r"(?<![^\W\d_])([A-Za-z.]{1,4})[ ]?\$|\$(US|AU?|NZ|C|HK)(?![a-z])")


def dollars_of(text: str) -> str | None:
    """Return the code of the dollars that a bare "$" means, or None if nothing shows it.

    An article that mentions Australia, its states or its cities twice as often as any other country
    means Australian dollars, unless it marks those ("A$5m") or an agency wrote it.

    >>> dollars_of("SYDNEY - It cost $5 million."), dollars_of("It cost $5 million.")
    ('AUD', None)
    """
    if "$" not in text and " dollars" not in text and " cents" not in text:
        return None
    if "$" not in text and "dollar" not in text:
        return "EUR" if "€" in text or " euro" in text else None
    told = countries(text).most_common(2)
    if AGENCIES.search(text, 0, 200) or not told:
        return None
    code = told[0][0]
    if len(told) > 1 and told[0][1] < 2 * told[1][1]:
        return None
    return code if code in DOLLARS and code not in _set_apart(text) else None


def _set_apart(text: str) -> set[str | None]:
    """Return the codes of the dollars that a text marks with letters."""
    table = PREFIXES["$"]
    return {table.get(left or right) for left, right in LETTERED.findall(text)}


def dollars_of_holder(holder: str, text: str) -> str | None:
    """Return the code of the dollars of a country that holds a figure, unless the text marks those
    or an agency wrote it.
    """
    code = COUNTRIES.get(holder)
    return None if code is None or AGENCIES.search(text) or code in _set_apart(text) else code


CENTS = word_set("EUR ZAR KES UGX TZS SOS LKR MUR SCR SZL SLE ERN XCG")
"""Other currencies whose hundredths are cents."""


def cents_of(quantities: list[Quantity]) -> str | None:
    """Return what "cents" are of if the text counts in another currency than dollars."""
    told = Counter(
        one.unit for one in quantities if one.kind == "money" and not is_small(one.unit_text)
    )
    code = told.most_common(1)[0][0] if told else None
    return code if code in CENTS else None


def in_dollars_of(code: str | None, quantity: Quantity) -> Quantity:
    """Return a quantity with this code, if it is in unspecified dollars."""
    if code is None or not quantity.assumed or quantity.unit != "USD":
        return quantity
    if code in CENTS and not is_small(quantity.unit_text):
        return quantity
    return quantity._replace(unit=code)
