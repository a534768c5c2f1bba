"""Find names in lines that are all in capitals, by the names of the article and the word lists.

The base model is right about one name in four there: it knows names by their capitals.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from pipeline.document.columns import Columns
from pipeline.document.names import (
    SUFFIXES,
    first_names,
    openers,
    organisations,
    other_names,
    places,
)
from pipeline.stages.naming.namespans import NO_NAMES, Name
from pipeline.stages.naming.newnames import COMMON_PLACES, NO_FIRST_NAMES

BEHIND_CITY = frozenset(("—", "–", "--", "-", "("))
"""What stands behind the city of a dateline."""
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MIN_WORDS = 3
"""So many words in capitals make a line; fewer are a speaker, an acronym, a dateline."""
LONGEST = 6
COMMON_ORGANISATIONS = frozenset(("who", "house", "apple", "amazon", "fox", "guardian", "treasury"))
"""Organisations that in capitals may be a common word."""
Words = tuple[str, ...]


def capital_lines(columns: Columns) -> list[tuple[int, int]]:
    """Return the lines in capitals (token indices), none if there is nothing else."""
    words, paragraphs = columns.words, columns.paragraphs
    lines: list[tuple[int, int]] = []
    start, size = 0, len(words)
    while start < size:
        end = bisect_right(paragraphs, paragraphs[start], start)
        capitals = 0
        for word in words[start:end]:
            if len(word) > 1 and word[:2].isalpha():
                if not word.isupper():
                    break
                capitals += 1
        else:
            if capitals >= MIN_WORDS:
                lines.append((start, end))
        start = end
    return lines if 2 * sum(end - start for start, end in lines) < size else []


def datelines(columns: Columns) -> list[Name]:
    """Return the places in capitals on a line with a date, and the cities of two words before a
    dash or an agency: "MEXICO CITY — ", "CAPE TOWN (AP) - ".
    """
    words, paragraphs = columns.words, columns.paragraphs
    found = []
    start, size = 0, len(words)
    while start < size:
        end = bisect_right(paragraphs, paragraphs[start], start)
        place = start
        while place < end and words[place].isupper() and words[place].isalpha():
            place += 1
        dated = DATE.fullmatch("".join(words[place:end]).strip()) is not None
        opens = place - start > 1 and place < end and words[place] in BEHIND_CITY
        city = opens and " ".join(columns.lower[start:place]) in places().others
        if start < place <= start + 3 and (dated or city):
            found.append(Name(start, place, "GPE"))
        start = end
    return found


def part(names: list[Name], lines: list[tuple[int, int]]) -> tuple[list[Name], list[Name]]:
    """Return the names that are in none of the lines, and the others."""
    if not lines:
        return names, []
    within = {i for start, end in lines for i in range(start, end)}
    doubted = [name for name in names if name.start in within]
    return [name for name in names if name.start not in within], doubted


def names_in_capitals(
    columns: Columns, names: list[Name], lines: list[tuple[int, int]], doubted: list[Name]
) -> list[Name]:
    """Return names with those of the lines in capitals, of which they hold none yet.

    Of what the model found there (``doubted``) only persons of one word are kept.
    """
    if not lines:
        return names
    known: dict[Words, str] = {}
    for name in names:
        form = tuple(columns.lower[name.start : name.end])
        known.setdefault(form, name.label)
        last = form[-1]
        if name.label == "PERSON" and len(form) > 1 and not (last in SUFFIXES or last in openers()):
            known.setdefault(form[-1:], "PERSON")
    found = [name for line in lines for name in _names_of(columns, known, *line)]
    taken = {i for name in found for i in range(name.start, name.end)}
    for name in doubted:
        single = name.label == "PERSON" and name.end - name.start == 1
        if single and name.start not in taken and columns.lower[name.start] not in openers():
            found.append(name)
    return sorted(names + found)


def _names_of(columns: Columns, known: dict[Words, str], start: int, end: int) -> Iterator[Name]:
    lower = columns.lower
    i = start
    while i < end:
        for stop in range(min(end, i + LONGEST), i, -1):
            form = tuple(lower[i:stop])
            label = known.get(form) or _listed(form)
            if label:
                yield Name(i, stop, label)
                i = stop
                break
        else:
            stop = _person(columns, i, end)
            if stop:
                yield Name(i, stop, "PERSON")
            i = stop or i + 1


def _listed(form: Words) -> str:
    """Return the label of a name that stands in a word list."""
    key = " ".join(form)
    gazetteer = places()
    if key == "u.s.":
        return "GPE"
    if key in organisations().known and key not in COMMON_ORGANISATIONS:
        return "ORG"
    if key in COMMON_PLACES or key in openers() or len(key) < 4:
        return ""
    if key in gazetteer.countries or key in gazetteer.states:
        return "GPE"
    if key in gazetteer.demonyms:
        return "NORP"
    return gazetteer.others.get(key) or other_names().get(key, "")


def _person(columns: Columns, i: int, end: int) -> int:
    """Return where a person's name ends that a first name opens, or 0."""
    words, lower = columns.words, columns.lower
    first = lower[i]
    if first not in first_names() or first in NO_FIRST_NAMES or _common(first):
        return 0
    stop = i + 1
    if stop < end - 1 and len(words[stop].rstrip(".")) == 1 and words[stop][0].isalpha():
        stop += 1
    if stop >= end or not words[stop].isalpha() or _common(lower[stop]):
        return 0
    return stop + 1


def _common(word: str) -> bool:
    return word in openers() or word in NO_NAMES
