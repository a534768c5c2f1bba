"""Align the network's spans with noun phrases: no partial names, no extra words in sources."""

from __future__ import annotations

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.reading import SOFT, Reading

BEFORE_NOUN = frozenset(("compound", "amod", "nmod", "nummod", "det"))
LEADING = frozenset(("WDT", "IN", "EX"))
RELATIVE = frozenset(("WP", "WDT"))
FARTHEST = 4
"""Maximum number of tokens to add at an end."""


def whole_source(reading: Reading, source: Bounds | None, cue: Bounds) -> Bounds | None:
    """Return a source with its final boundaries, or None if nothing is left.

    "Hillary" in "Hillary Clinton" is completed. Left out are "that" in "that the mayor described",
    the noun that "which" refers to, "on Tuesday" after a name, and commas at both ends.
    """
    if source is None:
        return None
    start, end = _without_marks(reading, *source)
    if start >= end:
        return None
    start, end = completed(reading, start, end, cue)
    start, end = _with_clause(reading, start, end, cue)
    start, end = _without_marks(reading, *_cut(reading, start, end))
    return (start, end) if start < end else None


def _with_clause(reading: Reading, start: int, end: int, cue: Bounds) -> Bounds:
    """Complete a relative clause at the end of a source, or remove it.

    "Diplomats, who asked" in "Diplomats, who asked not to be named, said".
    """
    columns = reading.columns
    for at in range(start + 1, end - 1):
        if columns.tags[at] not in RELATIVE:
            continue
        verb = columns.heads[at]
        if columns.deps[verb] != "relcl" or not at < verb < end:
            continue
        last = reading.doc[verb].right_edge.i + 1
        if end < last:
            whole = last <= cue[0] or cue[1] <= start
            return (start, last) if whole else (start, at)
    return start, end


def completed(reading: Reading, start: int, end: int, cue: Bounds) -> Bounds:
    """Extend a range to complete a name or a noun phrase at either end."""
    in_name, size = reading.in_name, len(reading.words)
    last = end
    while last < size and last - end < FARTHEST and _goes_on(reading, last - 1):
        last += 1
    if not (last > cue[0] and end <= cue[0]) and not _goes_on(reading, last - 1):
        end = last
    first = start
    while first > 0 and start - first < FARTHEST and in_name[first]:
        first -= 1
    if not (first < cue[1] <= start) and not in_name[first]:
        start = first
    return start, end


def _goes_on(reading: Reading, at: int) -> bool:
    """Return whether a noun phrase continues after this word."""
    if at + 1 >= len(reading.words):
        return False
    if reading.in_name[at + 1]:
        return True
    columns = reading.columns
    if columns.deps[at] not in BEFORE_NOUN or not at < columns.heads[at] <= at + FARTHEST:
        return False
    return columns.tags[at + 1][:2] in ("NN", "JJ")


def _cut(reading: Reading, start: int, end: int) -> Bounds:
    """Return a source without the words around the speaker."""
    doc, tags = reading.doc, reading.columns.tags
    if end - start > 1 and tags[end - 1] in RELATIVE:
        return end - 1, end  # "the department, which": the pronoun refers to it
    if end - start > 1 and tags[start] in LEADING:
        start += 1
    while end - start > 1 and tags[end - 1] == "IN":
        end -= 1
    at = end - 1
    while at > start and doc[at].ent_type_ in ("DATE", "TIME"):
        at -= 1
    if start < at < end - 1 and tags[at] == "IN":
        end = at  # "Lee on Tuesday"
    return start, end


def _without_marks(reading: Reading, start: int, end: int) -> Bounds:
    while start < end and (_soft(reading.lower[start]) or reading.dateline[start]):
        start += 1
    while start < end and _soft(reading.lower[end - 1]):
        end -= 1
    return start, end


def _soft(word: str) -> bool:
    return word in SOFT or word.isspace()
