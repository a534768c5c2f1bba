"""Find names that stand elsewhere in the document, or that a title or a first name gives away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from pipeline.document.columns import PROPER_TAGS, Columns
from pipeline.document.names import (
    PARTICLES,
    SUFFIXES,
    organisations,
    titles,
)
from pipeline.stages.naming.namespans import (
    NAME_LABELS,
    Name,
    affiliate,
    is_organisation,
    looks_personal,
    title_length,
)
from pipeline.stages.naming.namevotes import Votes

CLOSED_TAGS = frozenset(
    ("IN", "DT", "PRP", "PRP$", "MD", "CC", "TO", "WDT", "WP", "WRB", "RB", "EX", "UH")
)


def find_missed(columns: Columns, names: list[Name], votes: Votes) -> list[Name]:
    """Return the names, with those added that stand elsewhere in the document, in text order."""
    words = columns.words
    forms = _forms(columns, names, votes)
    small = {
        word
        for word, low in zip(words, columns.lower, strict=True)
        if word == low and low in votes.surnames
    }
    covered = bytearray(len(words))
    for name in names:
        covered[name.start : name.end] = b"\x01" * (name.end - name.start)
    added: list[Name] = []
    for i, word in enumerate(words):
        if covered[i] or not word[0].isupper():
            continue
        end, label = 0, ""
        for form in forms.get(word, ()):
            stop = i + len(form)
            if tuple(words[i:stop]) != form or any(covered[i:stop]):
                continue
            if len(form) == 1 and not _stands_for_a_name(columns, i, votes, small):
                continue
            end = stop
            label = votes.label(i, stop, "") or _label_of(votes, " ".join(columns.lower[i:stop]))
            break
        if not end:
            end, label = _titled(columns, i, covered)
        if end and label:
            name = affiliate(columns, Name(i, end, label))
            added.append(name)
            covered[i : name.end] = b"\x01" * (name.end - i)
    return sorted(names + added)


def _forms(columns: Columns, names: list[Name], votes: Votes) -> dict[str, list[tuple[str, ...]]]:
    """Return the forms that names of the document have elsewhere, by their first words.

    Names as they stand, surnames alone, and surnames in capitals: PENCE in a transcript is Pence.
    """
    words, tags = columns.words, columns.tags
    known: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for name in names:
        if name.label not in NAME_LABELS:
            continue
        form = tuple(words[name.start : name.end])
        tagged = len(form[0]) > 1 and tags[name.start] in PROPER_TAGS
        if len(form) > 1 or form in votes.acronyms or tagged:
            known[form[0]].add(form)
        if name.label != "PERSON":
            continue
        if len(form) > 1 and form[-1][0].isupper():
            last = form[-2] if form[-1].lower() in SUFFIXES and len(form) > 2 else form[-1]
            known[last].add((last,))
        if form[-1][1:].islower() and len(form[-1]) > 2:
            shout = form[-1].upper()
            known[shout].add((shout,))
    return {first: sorted(them, key=len, reverse=True)[:20] for first, them in known.items()}


def _stands_for_a_name(columns: Columns, i: int, votes: Votes, small: Set[str]) -> bool:
    """Tell whether a single word is a name here: tagged so, or a surname that is no other word."""
    tag, word = columns.tags[i], columns.lower[i]
    if tag in PROPER_TAGS or (columns.words[i],) in votes.acronyms:
        return True
    return word in votes.surnames and tag not in CLOSED_TAGS and word not in small


def _label_of(votes: Votes, key: str) -> str:
    counts = votes.labels.get(key)
    if counts:
        return max(counts, key=lambda one: (counts[one], one))
    return "PERSON" if key in votes.surnames else ""


def _titled(columns: Columns, i: int, covered: bytearray) -> tuple[int, str]:
    """Return end and label of a name that only a title or a first name gives away."""
    words, lower, tags = columns.words, columns.lower, columns.tags
    end = i
    while (
        end < len(words)
        and end - i < 4
        and not covered[end]
        and (
            (words[end][0].isupper() and tags[end] in PROPER_TAGS)
            or (
                end > i
                and lower[end] in PARTICLES
                and end + 1 < len(words)
                and words[end + 1][0].isupper()
            )
        )
    ):
        end += 1
    if end == i or title_length(columns, i, end):
        return 0, ""
    if is_organisation(lower[i:end]) or lower[i] in organisations().known:
        return 0, ""
    before = lower[i - 1] if i else ""
    if (
        before in titles()
        and before not in ("former", "then", "late", "chief", "director")
        and words[i - 1][0].isupper()
    ):
        return end, "PERSON"
    if end - i >= 2 and looks_personal(columns, i, end):
        return end, "PERSON"
    return 0, ""
