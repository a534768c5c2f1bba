"""Read annotated names, and complete the annotation with a recogniser.

A row is an article with ``id`` and ``text``, annotated in one of two ways or not at all:

- ``entities``, each with ``label``, ``label_alt`` and ``mentions`` [start, end, kind]: contains
  every name with its label;
- ``names`` [[start, end, label], …] with coarse labels (PER, ORG, LOC, MISC): peoples, works and
  the like may be missing.

Where a label is coarse, the recogniser (the base model or a teacher) chooses among the finer ones
if it has named the same words, else any is right. Everything else is taken from the recogniser.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS
from pipeline.errors import BadRow
from pipeline.reader.names.decode import LABELS
from pipeline.text.words import word_set

PLACES = frozenset(("GPE", "LOC", "FAC"))
FINER = {
    "PER": frozenset(("PERSON",)),
    "ORG": frozenset(("ORG",)),
    "LOC": PLACES,
    "MISC": frozenset(NAME_LABELS) - {"PERSON", "ORG"} - PLACES,
}
"""The labels that a coarse one may mean."""
COARSE = frozenset(("PERSON", "ORG")) | PLACES
"""The labels for which a coarse annotation is complete."""
ALL = frozenset(NAME_LABELS)
LEADING = word_set("the a an")
TRAILING = frozenset(("'s", "’s", "'", "’"))


Seen = tuple[int, int, str]
"""The tokens of a name from a recogniser, with its label."""


class Mark(NamedTuple):
    """Characters of a name with one of these labels; without labels, they are not annotated."""

    start: int
    end: int
    labels: frozenset[str]


class Article(NamedTuple):
    """An article with its names, and the weight of each of its tokens."""

    id: str
    text: str
    marks: tuple[Mark, ...]
    complete: frozenset[str]
    """The labels for which the annotation is complete."""
    weight: float

    @property
    def whole(self) -> bool:
        """Return whether every name is annotated, of any label."""
        return self.complete == ALL


def read_corpus(path: Path, weight: float) -> Iterator[Article]:
    """Yield the articles of a file.

    Raises ``BadRow`` for an invalid row.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                marks, complete = _marks(row)
                yield Article(str(row["id"]), row["text"], marks, complete, weight)
            except (ValueError, KeyError, TypeError) as error:
                hint = "give id and text, and entities or names"
                raise BadRow(f"line {number}: {error!r}", where=str(path), hint=hint) from error


def _marks(row: dict[str, Any]) -> tuple[tuple[Mark, ...], frozenset[str]]:
    if "entities" not in row and "names" not in row:
        return (), frozenset()
    if "entities" not in row:
        found = (Mark(start, end, FINER[label]) for start, end, label in row["names"])
        return tuple(found), COARSE
    marks = []
    for entity in row["entities"]:
        others = entity.get("label_alt") or ()
        labels = frozenset((entity["label"], *((others,) if isinstance(others, str) else others)))
        marks += [Mark(m[0], m[1], labels) for m in entity["mentions"] if m[2] == "name"]
    return tuple(marks), ALL


def filled(article: Article, columns: Columns, seen: Sequence[Seen]) -> tuple[Mark, ...]:
    """Return an article's marks, cut to tokens, and those from a recogniser."""
    seen = [one for one in seen if one[2] in LABELS]
    label_of = {at: label for start, end, label in seen for at in range(start, end)}
    taken: set[int] = set()
    found: list[Mark] = []
    for mark in sorted(article.marks, key=lambda one: (one.start, -one.end)):
        start, end = around(columns, mark)
        if start >= end or not taken.isdisjoint(range(start, end)):
            continue
        taken.update(range(start, end))
        whole = _whole(columns, start, end, mark)
        start, end = trimmed(columns, start, end)
        labels = mark.labels if whole else frozenset[str]()
        if len(labels) > 1 and article.complete == COARSE:
            fine = {label_of[at] for at in range(start, end) if at in label_of} & labels
            labels = frozenset(fine) if len(fine) == 1 else labels
        found.append(Mark(columns.starts[start], columns.ends[end - 1], labels))
    for start, end, label in seen:
        if label in article.complete or not taken.isdisjoint(range(start, end)):
            continue
        if label in NAME_LABELS:
            start, end = trimmed(columns, start, end)
        found.append(Mark(columns.starts[start], columns.ends[end - 1], frozenset((label,))))
    return tuple(sorted(found, key=lambda one: one.start))


def trimmed(columns: Columns, start: int, end: int) -> tuple[int, int]:
    """Return a span without an article before and a possessive after it."""
    while start < end - 1 and columns.lower[start] in LEADING:
        start += 1
    while end - 1 > start and columns.words[end - 1] in TRAILING:
        end -= 1
    return start, end


def aligned(columns: Columns, marks: Sequence[Mark]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield the tokens of each mark with its labels: none if it does not match token boundaries."""
    for mark in marks:
        start, end = around(columns, mark)
        if start < end:
            whole = _whole(columns, start, end, mark)
            yield start, end, mark.labels if whole else frozenset()


def around(columns: Columns, mark: Mark) -> tuple[int, int]:
    """Return the tokens that share characters with a mark."""
    return bisect_right(columns.ends, mark.start), bisect_left(columns.starts, mark.end)


def _whole(columns: Columns, start: int, end: int, mark: Mark) -> bool:
    return (columns.starts[start], columns.ends[end - 1]) == (mark.start, mark.end)
