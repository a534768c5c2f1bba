"""Words behind a number, and the tables in which they are looked up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

from pipeline.text.lemmas import noun_lemma

LONGEST = 6
"""Words of the longest phrase that is looked up."""
WORD = re.compile(r"[^\W\d_](?:\w|['’ʻ.&](?=\w))*\.?|&")
GAP = re.compile(r"\s|[-‑]|[-‑]\s|\s\s")
UNCHANGED = frozenset(("celsius", "texas", "lats", "litas"))


def table(name: str) -> dict[str, Any]:
    """Return a table of this package."""
    file = resources.files("pipeline.text.quantities") / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def parts(listed: str) -> list[str]:
    """Return the phrases of a row of a table."""
    return [one for one in listed.split(" | ") if one]


def keys(listed: str) -> set[str]:
    """Return the keys of the phrases of a row of a table, and of their plurals."""
    return {key(form) for one in parts(listed) for form in (one, f"{one}s")}


@lru_cache(maxsize=4096)
def single(word: str) -> str:
    """Return a word in lower case without its plural."""
    return word if word in UNCHANGED else noun_lemma(word)


def key(phrase: str) -> str:
    """Return a phrase in lower case as it is looked up: hyphens are spaces, plurals are undone.

    >>> key("degrees Celsius"), key("kilowatt-hours"), key("square feet")
    ('degree celsius', 'kilowatt hour', 'square foot')
    """
    return " ".join(single(word) for word in phrase.lower().replace("-", " ").split())


def phrases(low: str, at: int, most: int = LONGEST) -> Iterator[tuple[str, int]]:
    """Yield the phrases that start at a place of a text in lower case, longest first, as keys, with
    their ends.
    """
    words: list[str] = []
    ends: list[int] = []
    while len(words) < most:
        found = WORD.match(low, at)
        if found is None:
            break
        words.append(found[0])
        ends.append(found.end())
        gap = GAP.match(low, found.end())
        if gap is None:
            break
        at = gap.end()
    for size in range(len(words), 0, -1):
        lead = " ".join(single(word) for word in words[: size - 1])
        last, end = words[size - 1], ends[size - 1]
        forms = [(last, end), (last[:-1], end - 1)] if last.endswith(".") else [(last, end)]
        for form, stop in forms:
            yield f"{lead} {single(form)}".strip(), stop
