"""Word lists in code, and the number of words in a text: one definition for the whole package."""

from __future__ import annotations

import re
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text separated by white space.

    >>> sorted(word_set("rise climb gain"))
    ['climb', 'gain', 'rise']
    """
    return frozenset(text.split())


WORD: Final = re.compile(r"\w+(?:['’.,-]\w+)*")
"""A run of letters and digits, with the apostrophes, hyphens, points and commas inside it.

"Smith's", "5-year-old", "U.S" and "1,000.50" are one word each; a dash or "$" is not a word.
"""


def plural(number: int, plurals: str) -> str:
    """Return a number with its noun, which is given in the plural.

    >>> plural(1, "entities"), plural(3, "records")
    ('1 entity', '3 records')
    """
    if number == 1:
        plurals = plurals[:-3] + "y" if plurals.endswith("ies") else plurals[:-1]
    return f"{number:,} {plurals}"


def count_words(text: str) -> int:
    """Return the number of words in a text.

    >>> count_words("“We won 1,000 times – twice!” she said.")
    7
    """
    return sum(1 for _ in WORD.finditer(text))
