"""Word lists in code, and the number of words in a text: one definition for the whole package."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text separated by white space.

    >>> sorted(word_set("rise climb gain"))
    ['climb', 'gain', 'rise']
    """
    return frozenset(text.split())


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of some words, the longest first.

    Common beginnings are tried once: with hundreds of words a search takes a tenth of the time.

    >>> alternatives(["ten", "tens", "two"])
    't(?:en(?:s)?|wo)'
    """
    whole = set(words)
    tails: dict[str, set[str]] = defaultdict(set)
    for word in whole - {""}:
        tails[word[0]].add(word[1:])
    found = "|".join(re.escape(first) + alternatives(tails[first]) for first in sorted(tails))
    if "" in whole:
        return f"(?:{found})?" if found else ""
    return f"(?:{found})" if len(tails) > 1 else found


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


def article_name(title: str | None, uri: str | None, id: str) -> str:
    """Return how a list names an article: by its title, else its file, else its id.

    >>> article_name(None, "news/may.jsonl#L3", "0a9f"), article_name("Rain", None, "0a9f")
    ('may.jsonl#L3', 'Rain')
    """
    return title or (uri or "").rstrip("/").rpartition("/")[2] or id


def count_words(text: str) -> int:
    """Return the number of words in a text.

    >>> count_words("“We won 1,000 times – twice!” she said.")
    7
    """
    return sum(1 for _ in WORD.finditer(text))
