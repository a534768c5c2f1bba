"""Full names for an office with a surname: "President Trump"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from pipeline.data import read_lines

LAST_YEAR = 9999


class Term(NamedTuple):
    """One holder of an office, with the first and the last year of the term."""

    name: str
    first: int
    last: int


def holder(offices: Iterable[str], surname: str, published: date | None) -> str | None:
    """Return the full name for an office and a surname, if there is only one candidate.

    ``offices`` are titles as the text gives them, ``surname`` a folded word. Of several namesakes
    (the two Presidents Bush), it is the one who was in office when the article was published.

    >>> holder(["former U.S. President"], "clinton", None)
    'Bill Clinton'
    >>> holder(["President"], "bush", None)
    >>> holder(["President"], "bush", date(2005, 5, 1))
    'George W. Bush'
    """
    terms = [term for office in offices for term in _held(office.lower(), surname)]
    if published is not None:
        terms = [term for term in terms if term.first <= published.year]
        sitting = [term for term in terms if published.year <= term.last]
        terms = sitting or terms
    names = {term.name for term in terms}
    return names.pop() if len(names) == 1 else None


def _held(office: str, surname: str) -> list[Term]:
    """Return the terms in the office that a title ends with, the longest office first."""
    words = office.split()
    for start in range(len(words)):
        terms = _terms().get((" ".join(words[start:]), surname))
        if terms or words[start:] == ["vice", "president"]:
            return terms or []
    return []


@cache
def _terms() -> dict[tuple[str, str], list[Term]]:
    terms: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for _, line in read_lines("officeholders.txt"):
        office, surname, name, first, last = (part.strip() for part in line.split("|"))
        terms[office, surname].append(Term(name, int(first), int(last or LAST_YEAR)))
    return terms
