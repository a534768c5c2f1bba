"""Phrases after a number, and the tables in which they are looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.text.lemmas import noun_lemma

LONGEST = 6
"""Maximum number of words of a phrase."""
WORD = re.compile(r"[^\W\d_](?:\w|['’ʻ.&](?=\w))*\.?|&")
GAP = re.compile(r"\s|[-‑]|[-‑]\s|\s\s")
UNCHANGED = frozenset(("celsius", "texas", "lats", "litas"))


def parts(listed: str) -> list[str]:
    """Return the phrases in a row of a table."""
    return [one for one in listed.split(" | ") if one]


def keys(listed: str) -> set[str]:
    """Return the keys of the phrases in a row of a table, and of their plurals."""
    return {key(form) for one in parts(listed) for form in (one, f"{one}s")}


@lru_cache(maxsize=4096)
def single(word: str) -> str:
    """Return a word in lowercase, singular."""
    return word if word in UNCHANGED else noun_lemma(word)


def key(phrase: str) -> str:
    """Return the lookup key of a phrase: lowercase, with spaces for hyphens, in the singular.

    >>> key("degrees Celsius"), key("kilowatt-hours"), key("square feet")
    ('degree celsius', 'kilowatt hour', 'square foot')
    """
    return " ".join(single(word) for word in phrase.lower().replace("-", " ").split())


def first_words(keyed: Iterable[str]) -> frozenset[str]:
    """Return the first words of phrases."""
    return frozenset(phrase.split(" ")[0] for phrase in keyed)


def phrases(
    low: str, at: int, most: int = LONGEST, starts: frozenset[str] | None = None
) -> list[tuple[str, int]]:
    """Return the phrases that start at an offset of a lowercase text, as keys, with their ends.

    The longest comes first. ``starts`` are the first words of the phrases to look for.
    """
    words: list[str] = []
    found: list[tuple[str, int]] = []
    while len(words) < most:
        word = WORD.match(low, at)
        if word is None:
            break
        shown, end = word[0], word.end()
        one = single(shown)
        bare = single(shown[:-1]) if shown[-1] == "." else one
        if starts is not None and not words and one not in starts and bare not in starts:
            return []
        lead = f"{' '.join(words)} " if words else ""
        if bare != one:
            found.append((lead + bare, end - 1))
        found.append((lead + one, end))
        words.append(one)
        gap = GAP.match(low, end)
        if gap is None:
            break
        at = gap.end()
    return found[::-1]
