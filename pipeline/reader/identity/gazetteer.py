"""Word lists about who and what a name may mean across articles."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipeline.data import read_lines
from pipeline.document.names import fold, places

FORMER: Final = frozenset(("former", "ex", "retired", "late", "onetime", "then", "future"))


@cache
def nationalities() -> dict[str, str]:
    """Return the ISO 3166-1 code of a country by its folded names and demonyms.

    >>> nationalities()["british"], nationalities()["u.s."]
    ('GB', 'US')
    """
    found: dict[str, str] = {}
    for _, line in read_lines("countries.txt"):
        code, names, people = (part.strip() for part in line.split("|"))
        for word in (*names.split(","), *people.split(",")):
            found.setdefault(fold(word.strip()), code)
    return found


@cache
def seats() -> dict[str, str]:
    """Return the code of a country by its folded capital, states and their names."""
    found: dict[str, str] = dict.fromkeys(places().states, "US")
    found |= dict.fromkeys(("england", "scotland", "wales", "northern ireland"), "GB")
    for _, line in read_lines("capitals.txt"):
        code, names = (part.strip() for part in line.split("|"))
        found |= {fold(name.strip()): code for name in names.split(",")}
    return found


class Fields(NamedTuple):
    """Fields of work."""

    nouns: dict[str, str]
    """Noun for a person to the field that it is of."""
    apart: frozenset[frozenset[str]]
    """Pairs of fields that one person hardly works in at the same time."""


@cache
def fields() -> Fields:
    """Return the fields of work by the nouns for people in them."""
    nouns: dict[str, str] = {}
    apart: set[frozenset[str]] = set()
    for section, line in read_lines("domains.txt"):
        if section == "apart":
            apart |= {frozenset(pair.split()) for pair in line.split("|")}
        else:
            nouns |= dict.fromkeys(line.split(), section)
    return Fields(nouns, frozenset(apart))


@cache
def common_surnames() -> frozenset[str]:
    """Return folded surnames that many people have."""
    return frozenset(word for _, line in read_lines("surnames.txt") for word in line.split())


class Institutions(NamedTuple):
    """Institutions that have several names, or that several countries have."""

    generic: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    """Names, and the countries to think of first."""
    known: dict[str, tuple[str, str]]
    """Other name to the name and its country, which may be empty."""


@cache
def institutions() -> Institutions:
    """Return the list of institutions."""
    generic: list[tuple[re.Pattern[str], tuple[str, ...]]] = []
    known: dict[str, tuple[str, str]] = {}
    for section, line in read_lines("institutions.txt"):
        if section == "generic":
            name, _, countries = (part.strip() for part in line.partition("|"))
            pattern = re.compile(re.escape(name).replace(r"\*", ".+"))
            generic.append((pattern, tuple(countries.split())))
        else:
            name, country, others = (part.strip() for part in line.split("|"))
            where = country.replace("-", "")
            known |= {other.strip(): (name, where) for other in (*others.split(","), name)}
    return Institutions(tuple(generic), known)


@lru_cache(1 << 14)
def generic(name: str) -> tuple[str, ...] | None:
    """Return the countries to think of first for an institution that many have; else None."""
    return next((on for pattern, on in institutions().generic if pattern.fullmatch(name)), None)
