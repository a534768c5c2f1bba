"""A name at a place: its labels, and what around it is no part of it."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.document.columns import Columns
from pipeline.document.names import titles
from pipeline.text.wordset import word_set

NAME_LABELS = (
    "PERSON",
    "ORG",
    "GPE",
    "LOC",
    "FAC",
    "NORP",
    "EVENT",
    "WORK_OF_ART",
    "LAW",
    "PRODUCT",
    "LANGUAGE",
)
ARTICLES = word_set("the a an")
POSSESSIVES = frozenset(("'s", "’s", "'", "’"))
EDGES = frozenset("\"'“”‘’«»„,;:()[]{}-–—…/|*_#&@\n")
PAIRS = {")": "(", "]": "["}


class Name(NamedTuple):
    """A name at a place, in token indices."""

    start: int
    end: int
    label: str


def title_length(columns: Columns, start: int, end: int) -> int:
    """Return how many tokens from ``start`` are one title."""
    lower = columns.lower
    known = titles()
    for length in (2, 1):
        if start + length < end + 1 and " ".join(lower[start : start + length]) in known:
            return length
    return 0


def trimmed(columns: Columns, start: int, end: int, label: str) -> tuple[int, int]:
    """Return a span without articles, titles, possessives and marks at its ends.

    An article with a capital within a sentence belongs to the name: "in The Hague". Nothing is left
    of a span that is nothing else, but for a title that is all there is.
    """
    words, lower = columns.words, columns.lower
    while start < end and (words[start] in EDGES or words[start].isspace()):
        start += 1
    while end > start and _ends_no_name(words, start, end - 1):
        end -= 1
    if has_article(columns, start):
        start -= 1
    elif end - start > 1 and lower[start] in ARTICLES and label != "WORK_OF_ART":
        start += not has_article(columns, start + 1)
    while label == "PERSON":
        length = title_length(columns, start, end)
        if not 0 < length < end - start:
            break
        start += length
    return start, end


def has_article(columns: Columns, start: int) -> bool:
    """Tell whether "The" with a capital, in a sentence that goes on, is before a token."""
    at = start - 1
    return (
        at > 0
        and columns.words[at] == "The"
        and (columns.words[at - 1].islower() or columns.words[at - 1] == ",")
        and columns.sentences[at - 1] == columns.sentences[at]
    )


def _ends_no_name(words: list[str], start: int, at: int) -> bool:
    word = words[at]
    if word in PAIRS:
        return PAIRS[word] not in words[start:at]
    return word in EDGES or word in POSSESSIVES or word.isspace()
