"""Cut what a network tags where its noun phrase ends: no half names, in sources no other words."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.reading import SOFT, Reading

BEFORE_NOUN = frozenset(("compound", "amod", "nmod", "nummod", "det"))
LEADING = frozenset(("WDT", "IN", "EX"))
RELATIVE = frozenset(("WP", "WDT"))
FARTHEST = 4
"""So many tokens at most are missing at an end."""


def whole_source(reading: Reading, source: Bounds | None, cue: Bounds) -> Bounds | None:
    """Return a source as it is written, or none if nothing is left of it.

    "Hillary" of "Hillary Clinton" is completed; "that" of "that the mayor described", the noun that
    "which" refers to and "on Tuesday" behind a name are left out, and commas at both ends.
    """
    if source is None:
        return None
    start, end = _without_marks(reading, *source)
    if start >= end:
        return None
    doc = reading.doc
    start, end = completed(doc, start, end, cue)
    start, end = _with_clause(doc, start, end, cue)
    start, end = _without_marks(reading, *_cut(doc, start, end))
    return (start, end) if start < end else None


def _with_clause(doc: Doc, start: int, end: int, cue: Bounds) -> Bounds:
    """Return a source with the rest of a relative clause that it ends in, else without the clause.

    "Diplomats, who asked" of "Diplomats, who asked not to be named, said".
    """
    for at in range(start + 1, end - 1):
        verb = doc[at].head
        if doc[at].tag_ not in RELATIVE or verb.dep_ != "relcl" or not at < verb.i < end:
            continue
        last = verb.right_edge.i + 1
        if end < last:
            whole = last <= cue[0] or cue[1] <= start
            return (start, last) if whole else (start, at)
    return start, end


def completed(doc: Doc, start: int, end: int, cue: Bounds) -> Bounds:
    """Return a range with the rest of a name, and of a noun phrase, that it ends or begins in."""
    last = end
    while last < len(doc) and last - end < FARTHEST and _goes_on(doc, last - 1):
        last += 1
    if not (last > cue[0] and end <= cue[0]) and not _goes_on(doc, last - 1):
        end = last
    first = start
    while first > 0 and start - first < FARTHEST and doc[first].ent_iob_ == "I":
        first -= 1
    if not (first < cue[1] <= start) and doc[first].ent_iob_ != "I":
        start = first
    return start, end


def _goes_on(doc: Doc, at: int) -> bool:
    """Tell whether the word at a place is no end of a noun phrase: the next one belongs to it."""
    if at + 1 >= len(doc):
        return False
    token, following = doc[at], doc[at + 1]
    if following.ent_iob_ == "I":
        return True
    inside = at < token.head.i <= at + FARTHEST
    return token.dep_ in BEFORE_NOUN and inside and following.tag_[:2] in ("NN", "JJ")


def _cut(doc: Doc, start: int, end: int) -> Bounds:
    """Return a source without what stands around the one who speaks."""
    if end - start > 1 and doc[end - 1].tag_ in RELATIVE:
        return end - 1, end  # "the department, which": the pronoun stands for it
    if end - start > 1 and doc[start].tag_ in LEADING:
        start += 1
    while end - start > 1 and doc[end - 1].tag_ == "IN":
        end -= 1
    at = end - 1
    while at > start and doc[at].ent_type_ in ("DATE", "TIME"):
        at -= 1
    if start < at < end - 1 and doc[at].tag_ == "IN":
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
