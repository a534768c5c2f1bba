"""Words and letters that may occur between a number and a hyphen."""

from __future__ import annotations

from pipeline.text.quantities import currencies, unit_table
from pipeline.text.quantities.numerals import SCALES
from pipeline.text.quantities.phrases import key, single


def is_part(word: str) -> bool:
    """Return whether a lowercase word names something that can be halved: a point, a mile."""
    return single(word) in unit_table.WORDS or single(word) == "point"


def is_measure(word: str) -> bool:
    """Return whether words are a unit, money, a scale or a counted noun."""
    whole, low = key(word), single(word.lower())
    return (
        whole in unit_table.WORDS
        or (word.strip() in unit_table.SYMBOLS and not (len(word) == 2 and word[0] == " "))
        or low in currencies.NOUNS
        or word in currencies.CODES
        or low in SCALES
        or low in unit_table.PER
    )
