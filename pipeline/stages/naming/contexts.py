"""Tell the label of a name by the words around it, where the base model is often wrong."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from pipeline.document.columns import PROPER_TAGS, Columns
from pipeline.document.names import first_names, kinds, organisations, places
from pipeline.stages.naming.namespans import Name, is_organisation, looks_personal
from pipeline.stages.naming.newnames import NO_FIRST_NAMES
from pipeline.text.wordset import word_set

STORMS = word_set("hurricane typhoon cyclone hurricanes typhoons cyclones")
COPULAS = frozenset(("is", "was", "are", "were", "'s", "’s"))
INSIDE = word_set("in inside near throughout outside")
PEOPLE = frozenset(("JFK", "FDR", "LBJ", "RFK", "MLK", "AOC", "RBG", "DSK"))
"""Persons who are known by their initials."""
ACRONYM = re.compile(r"[A-Z]{3,6}")
SHOUT = 0.3
"""A text with a larger share of words in capitals shouts: capitals tell nothing in it."""


def relabel(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names with the labels that the words around them tell."""
    acronyms = any(n.label == "PERSON" and ACRONYM.fullmatch(columns.words[n.start]) for n in names)
    shouted = acronyms and shouts(columns)
    storms = _named_by(columns, STORMS)
    defined = definitions(columns, names)
    longer = {
        columns.lower[name.start]
        for name in names
        if name.end - name.start > 1 and is_organisation(columns.lower[name.start : name.end])
    }
    found = []
    for name in names:
        label = name.label
        key = tuple(columns.words[name.start : name.end])
        word = columns.words[name.end - 1]
        if word in storms and name.end - name.start <= 2:
            label = "EVENT"
        elif key in defined:
            label = defined[key]
        elif label == "PERSON":
            label = _no_person(columns, name, shouted)
        elif (
            label in ("ORG", "NORP")
            and name.end - name.start == 1
            and word[1:].islower()
            and _is_first_name(word.lower())
            and word.lower() not in longer
        ):
            label = "PERSON"
        found.append(name._replace(label=label))
    return found


def _is_first_name(word: str) -> bool:
    return (
        word in first_names()
        and word not in NO_FIRST_NAMES
        and word not in organisations().known
        and word not in places().demonyms
    )


def shouts(columns: Columns) -> bool:
    """Tell whether a good part of the text is in capitals."""
    long = [word for word in columns.words if len(word) > 3 and word.isalpha()]
    return sum(word.isupper() for word in long) > SHOUT * len(long)


def _named_by(columns: Columns, kinds: frozenset[str]) -> frozenset[str]:
    """Return the words with a capital that one of these nouns stands in front of."""
    lower, words = columns.lower, columns.words
    found = set()
    for i, word in enumerate(lower[:-1]):
        if word not in kinds:
            continue
        at = i + 2 if words[i + 1] == "," and i + 2 < len(words) else i + 1
        if words[at][0].isupper() and words[at][1:].islower() and columns.tags[at] in PROPER_TAGS:
            found.add(words[at])
    return frozenset(found)


def definitions(columns: Columns, names: list[Name]) -> dict[tuple[str, ...], str]:
    """Return the labels of the names that the text says what they are, by their words."""
    heads: dict[int, list[int]] = {}
    for i, head in enumerate(columns.heads):
        if columns.deps[i] in ("attr", "appos") and columns.tags[i] in ("NN", "NNS"):
            heads.setdefault(head, []).append(i)
    told: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for name in names:
        key = tuple(columns.words[name.start : name.end])
        for i in _defining(columns, name, heads):
            label = kinds().get(columns.lower[i])
            if label and _may_become(columns, name, label):
                told[key][label] += 1
    known = organisations().known
    counts = Counter(tuple(columns.words[name.start : name.end]) for name in names)
    found = {}
    for name in names:
        key = tuple(columns.words[name.start : name.end])
        if key not in told or name.label in told[key] or " ".join(key).lower() in known:
            continue
        best = max(told[key], key=lambda one: (told[key][one], one))
        if name.label != "GPE" or 2 * told[key][best] >= counts[key]:
            found[key] = best
    return found


def _may_become(columns: Columns, name: Name, label: str) -> bool:
    """Tell whether what defines a name may change its label; what looks like a person may not."""
    start, end, old = name
    if label == old:
        return True
    if old == "PERSON" and end - start > 1:
        return label in ("ORG", "WORK_OF_ART") and not looks_personal(columns, start, end)
    if label == "PERSON" and old == "ORG":
        words = columns.words[start:end]
        tied = 2 * words.count("-")  # Lopez-Cantera is one word
        return len(words) - tied == 1 and not words[0].isupper()
    return True


def _defining(columns: Columns, name: Name, heads: dict[int, list[int]]) -> list[int]:
    """Return the nouns that say what a name is: behind "is", in an apposition, in front."""
    root = columns.root(name.start, name.end)
    found = list(heads.get(root, ()))
    verb = columns.heads[root]
    if columns.deps[root] == "nsubj" and columns.lower[verb] in COPULAS:
        found += heads.get(verb, ())
    before = name.start - 1
    if before >= 0 and columns.words[before] == "," and columns.deps[root] == "appos":
        before = columns.heads[root]
    if before >= 0 and columns.tags[before] == "NN":
        found.append(before)
    return found


def _no_person(columns: Columns, name: Name, shouted: bool) -> str:
    """Return the label of a name that the model takes for a person."""
    start, end, label = name
    words, lower = columns.words, columns.lower
    if end - start == 1 and not shouted and ACRONYM.fullmatch(words[start]):
        colon = end < len(words) and words[end] == ":"
        if not colon and lower[start] not in first_names() and words[start] not in PEOPLE:
            return "ORG"
    if looks_personal(columns, start, end) or lower[start] in first_names():
        return label
    before = lower[start - 1] if start else ""
    after = columns.tags[end] if end < len(words) else ""
    inside = before in INSIDE and end - start <= 2 and columns.deps[start - 1] == "prep"
    if inside and after != "POS" and not after.startswith("NN"):
        return "GPE"
    return label
