"""Names in a document: their labels, and the words around them that are not part of them."""

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
PEOPLE = frozenset(("PERSON", "NORP"))
"""Labels of names that never include an article."""
EDGES = frozenset("\"'“”‘’«»„,;:()[]{}-–—…/|*_#&@\n")
PAIRS = {")": "(", "]": "["}


class Name(NamedTuple):
    """A name in a document, in token indices."""

    start: int
    end: int
    label: str


def title_length(columns: Columns, start: int, end: int) -> int:
    """Return the number of tokens from ``start`` that form a title."""
    lower = columns.lower
    known = titles()
    for length in (2, 1):
        if start + length < end + 1 and " ".join(lower[start : start + length]) in known:
            return length
    return 0


def trimmed(columns: Columns, start: int, end: int, label: str) -> tuple[int, int]:
    """Return a span without articles, titles, possessives and punctuation at its ends.

    A capitalized article within a sentence belongs to the name: "in The Hague". A span of nothing
    else becomes empty, except for a title on its own.
    """
    words, lower = columns.words, columns.lower
    while start < end and (words[start] in EDGES or words[start].isspace()):
        start += 1
    while end > start and _ends_no_name(words, start, end - 1):
        end -= 1
    own = label not in PEOPLE
    if own and is_own_article(columns, start - 1):
        start -= 1
    elif end - start > 1 and lower[start] in ARTICLES and label != "WORK_OF_ART":
        start += not (own and is_own_article(columns, start))
    while label == "PERSON":
        length = title_length(columns, start, end)
        if not 0 < length < end - start:
            break
        start += length
    return start, end


def is_own_article(columns: Columns, at: int) -> bool:
    """Return whether a token is "The" within a sentence: part of the name that follows."""
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
