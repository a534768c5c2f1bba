"""Word lists of names, titles, roles and places; names, people and entities of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pipeline.document.rules import By
from pipeline.names.lists import Gender, titles
from pipeline.names.persons import PersonName
from pipeline.records.labels import MentionKind
from pipeline.text.words import word_set

if TYPE_CHECKING:
    from pipeline.document.columns import Columns
INITIAL = re.compile(r"[B-HJ-Z]\.?")
"""An initial that is no word."""


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
"""In the order of the outputs of the networks."""
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
    if label == "PERSON" and end - start == 1 and INITIAL.fullmatch(words[start - 1]):
        start -= start > 0  # "P Chidambaram"
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


class Reference(NamedTuple):
    """A mention of a chain, in token indices."""

    start: int
    end: int
    head: int
    kind: MentionKind
    chain: int
    confidence: float | None = None
    """Calibrated probability that it refers to the chain; None for names."""
    by: By = ""
    """What decided that it refers to the chain."""


@dataclass(slots=True)
class Chain:
    """One entity under construction."""

    label: str
    name: str
    words: tuple[str, ...] = ()
    person: PersonName | None = None
    gender: Gender | None = None
    described: set[str] = field(default_factory=set)
    """Words of its descriptions, lowercase."""
    roles: set[str] = field(default_factory=set)
    """Its roles and those they imply: a mayor is an official."""
    called: set[str] = field(default_factory=set)
    """Its roles as written in the text."""
    descriptions: list[str] = field(default_factory=list)
    full: int = 0
    """Number of full mentions of its name."""
    code: str | None = None
