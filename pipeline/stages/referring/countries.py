"""Which country a demonym or a capital belongs to, by ISO 3166-1 code."""

from __future__ import annotations

from functools import cache

from pipeline.stages.naming.names import fold, read_lines


@cache
def demonyms() -> dict[str, str]:
    """Return the code of the country by its folded demonyms, adjective and plural.

    >>> demonyms()["chinese"]
    'CN'
    """
    found: dict[str, str] = {}
    for _, line in read_lines("countries.txt"):
        code, _, people = (part.strip() for part in line.split("|"))
        for word in people.split(","):
            found.setdefault(fold(word.strip()), code)
    return found


@cache
def capitals() -> dict[str, str]:
    """Return the code of the country by the folded name of its seat of government.

    >>> capitals()["beijing"]
    'CN'
    """
    found: dict[str, str] = {}
    for _, line in read_lines("capitals.txt"):
        code, names = (part.strip() for part in line.split("|"))
        found |= {fold(name.strip()): code for name in names.split(",")}
    return found
