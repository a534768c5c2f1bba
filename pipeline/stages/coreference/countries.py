"""Countries (ISO 3166-1) by demonym and capital, and cities by their short names."""

from __future__ import annotations

from functools import cache

from pipeline.data import read_lines
from pipeline.document.names import fold


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


@cache
def short_names(file: str) -> dict[str, str]:
    """Return the folded name of a city or organisation by its other names, of a file of data.

    >>> short_names("short_places.txt")["l.a."]
    'los angeles'
    """
    found: dict[str, str] = {}
    for _, line in read_lines(file):
        name, *others = (part.strip() for part in line.split("|"))
        found |= dict.fromkeys(others, name)
    return found
