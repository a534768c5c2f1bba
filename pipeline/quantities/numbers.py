"""Numbers in English text, in digits and in words, as exact values.

``find_numbers`` scans a text once and yields every number with its position; ``parse_number`` reads
a text that is one number. Neither knows units, currencies or calendars: a year, a price and a house
number are all just numbers. Values are ``Decimal``, or ``Fraction`` if no decimal is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from pipeline.quantities import numerals
from pipeline.quantities.exact import Value, plain, times
from pipeline.quantities.number_reader import Number, NumberKind, NumberReader

__all__ = ["Number", "NumberKind", "Value", "find_numbers", "join_range", "parse_number", "plain"]

Item = TypeVar("Item")
RANGE = re.compile(r"\s?(?:[-–—‒]|\bto\b|\bor\b|\band\b)\s?")


def find_numbers(text: str, *, ranges: bool = True) -> Iterator[Number]:
    """Yield the numbers of a text from left to right.

    With ``ranges``, two numbers joined by a dash, "to" or "or" become one with ``low`` and
    ``high``, if the second is larger.

    >>> [(str(n.value), n.kind) for n in find_numbers("Half a million of the 1.2 bn live here.")]
    [('500000', 'fraction'), ('1200000000', 'cardinal')]
    """
    numbers = _single_numbers(text)
    yield from joined(numbers, partial(join_range, text)) if ranges else numbers


def _single_numbers(text: str) -> Iterator[Number]:
    low = numerals.lower(text)
    atoms = numerals.find_atoms(text, low)
    reader = NumberReader(text, low, atoms)
    at = 0
    while at < len(atoms):
        number, at = reader.read(at)
        if number is not None:
            yield number


def joined(items: Iterable[Item], join: Callable[[Item, Item], Item | None]) -> Iterator[Item]:
    """Yield items in order, with two neighbours as one if ``join`` returns what they form."""
    held: Item | None = None
    for item in items:
        if held is None:
            held = item
        elif (both := join(held, item)) is not None:
            yield both
            held = None
        else:
            yield held
            held = item
    if held is not None:
        yield held


def parse_number(text: str) -> Number | None:
    """Return the number in a text, or None if the text is anything else or more.

    >>> parse_number("two and a half").value
    Decimal('2.5')
    >>> parse_number("two dogs") is None
    True
    """
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    for number in find_numbers(text):
        return number if (number.start, number.end) == (start, end) else None
    return None


def join_range(text: str, first: Number, second: Number) -> Number | None:
    """Return two neighbouring numbers as one range, if the words between them indicate one.

    A single scale applies to both ends: "1 to 2 thousand", "$3-5 million".
    """
    if not RANGE.fullmatch(text, first.end, second.start):
        return None
    if text[first.end : second.start].strip() == "and":
        return None
    a, b = first.value, second.value
    if a is None or b is None or first.kind != second.kind or first.kind != "cardinal":
        return None
    a = share_scale(text, first, second)
    if not a < b:
        return None
    return Number(first.start, second.end, None, a, b, words=first.words and second.words)


def share_scale(text: str, first: Number, second: Number) -> Value:
    """Return the first number of a range, with the scale of the second one if it has none."""
    a, b = first.value, second.value
    if a is None or b is None:
        raise ValueError("both ends of a range have a value")
    scale = numerals.scale_at_end(text[second.start : second.end])
    if scale is None or numerals.scale_at_end(text[first.start : first.end]) is not None:
        return a
    scaled = times(a, scale)
    return scaled if a < 1000 and scaled <= b else a
