"""Names as they are compared: without case, accents and marks, or with one letter changed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final


def fold(word: str) -> str:
    """Return a word in lowercase without accents; a word of accents alone becomes empty."""
    if word.isascii():
        return word.lower()
    word = word.replace("’", "'").replace("ʼ", "'")
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)).lower().strip()


LONGEST: Final = 160
"""A longer name is cut, so that every database can index it."""


def cut(text: str) -> str:
    """Return a name without what separates the parts of a key, at most ``LONGEST`` characters."""
    return text[:LONGEST].replace("|", " ")


@lru_cache(1 << 16)
def normal(text: str) -> str:
    """Return a name without case, accents, marks, possessive and article.

    >>> normal("The “Gdańsk” Shipyard’s")
    'gdansk shipyard'
    """
    folded = re.sub(r"['’]s?(?=\s|$)", "", fold(" ".join(text.split())))
    folded = re.sub(r"\b((?:[a-z]\.)+[a-z]?)(?![a-z])", lambda m: m[1].replace(".", ""), folded)
    words = re.sub(r"[^\w&-]+", " ", folded).replace("ł", "l").replace("-", " ").split()
    while len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words)[:LONGEST]


MIN_LETTERS = 5
"""Minimum length of words that are considered equal if they differ in one letter."""


def nearly(one: str, other: str) -> bool:
    """Return whether two long words are the same, but for one letter or two that are swapped.

    The s of a plural is no such letter.

    >>> nearly("schwarzenegger", "schwarzeneger"), nearly("michael", "micheal")
    (True, True)
    >>> nearly("roberts", "robert"), nearly("roe", "doe")
    (False, False)
    """
    short, long = sorted((one, other), key=len)
    if len(short) < MIN_LETTERS or len(long) - len(short) > 1 or long == f"{short}s":
        return False
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    a, b = short[at:], long[at:]
    if len(short) < len(long):
        return a == b[1:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
