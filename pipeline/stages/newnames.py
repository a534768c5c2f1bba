"""Find names that a form gives away: speakers of a transcript, long forms of acronyms, committees."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.stages.columns import PROPER_TAGS, Columns
from pipeline.stages.names import titles
from pipeline.stages.namespans import Name

SMALL = frozenset("of the for and & in on to at with a an de la".split())
ACRONYM = re.compile(r"[A-Z][A-Z.&-]{1,9}")
NO_SPEAKERS = frozenset("q a by update note editor watch photo video correction crosstalk".split())
CHAMBERS = frozenset(("senate", "house"))
BODIES = frozenset(("committee", "subcommittee"))
MARKS = frozenset("\"“”'‘’")


def transcript_speakers(columns: Columns) -> list[Name]:
    """Return the names in capitals that open paragraphs of a transcript ("PENCE: Well, …")."""
    words, paragraphs = columns.words, columns.paragraphs
    found: list[Name] = []
    for i in range(1, len(words)):
        if words[i] != ":":
            continue
        start = i
        while start and i - start < 6 and paragraphs[start - 1] == paragraphs[i]:
            start -= 1
        if start and paragraphs[start - 1] == paragraphs[i]:
            continue
        while start < i and (words[start] in MARKS or columns.lower[start] in titles() or words[start].isspace()):
            start += 1
        form = words[start:i]
        if form and all(w.replace("-", "").replace("'", "").replace(".", "").isupper() for w in form):
            if columns.lower[start] not in NO_SPEAKERS and len(form) <= 4 and len(form[0]) > 1:
                found.append(Name(start, i, "PERSON"))
    counts = Counter(tuple(words[n.start : n.end]) for n in found)
    return [n for n in found if counts[tuple(words[n.start : n.end])] > 1]


def abbreviated(columns: Columns) -> list[Name]:
    """Return names that an acronym in brackets abbreviates (after Schwartz and Hearst 2003)."""
    words = columns.words
    found: list[Name] = []
    for i in range(2, len(words) - 1):
        if words[i - 1] != "(" or words[i + 1] != ")" or not ACRONYM.fullmatch(words[i]):
            continue
        letters = [c.lower() for c in words[i] if c.isalpha()]
        start = _long_form(words, i - 1, letters)
        if start is not None and len(letters) > 1:
            found.append(Name(start, i - 1, "ORG"))
            found.append(Name(i, i + 1, "ORG"))
    return found


def _long_form(words: list[str], end: int, letters: list[str]) -> int | None:
    """Return where the words start whose first letters are these, small words free to count."""
    at, left = end, len(letters)
    while at > 0 and left > 0 and end - at < 12:
        at -= 1
        word = words[at]
        if word[0].lower() == letters[left - 1] and (word[0].isupper() or word in SMALL):
            left -= 1
        elif word.lower() not in SMALL and word not in ("-", ","):
            return None
    return at if left == 0 and words[at][0].isupper() else None


def bodies(columns: Columns, names: list[Name]) -> list[Name]:
    """Return committees of a chamber written small: "Senate banking committee"."""
    lower, tags = columns.lower, columns.tags
    found: list[Name] = []
    for name in names:
        if name.label != "ORG" or lower[name.end - 1] not in CHAMBERS:
            continue
        end = name.end
        while end < len(lower) and end - name.end < 4 and (tags[end] in PROPER_TAGS or tags[end] in ("NN", "NNS", "JJ", "CC")):
            end += 1
            if lower[end - 1] in BODIES:
                found.append(Name(name.start, end, "ORG"))
                break
    return found
