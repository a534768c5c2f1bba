"""Tell the label of a name by the words around it, where the base model is often wrong."""

from __future__ import annotations

import re

from pipeline.stages.columns import PROPER_TAGS, Columns
from pipeline.stages.naming.names import first_names, organisations, word_set
from pipeline.stages.naming.namespans import Name, looks_personal

STORMS = word_set("hurricane typhoon cyclone hurricanes typhoons cyclones")
SHIPS = word_set("ship vessel ferry yacht submarine frigate destroyer trawler steamer")
INSIDE = word_set("in inside near throughout outside")
ACRONYM = re.compile(r"[A-Z]{3,6}")
NO_FIRST_NAMES = word_set("santa genesis marine mars saturn venus apollo phoenix athena minerva")
"""First names that are more often something else."""
SHOUT = 0.3
"""A text with a larger share of words in capitals shouts: capitals tell nothing in it."""


def relabel(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names with the labels that the words around them tell."""
    shouted = shouts(columns)
    storms = _named_by(columns, STORMS)
    ships = _named_by(columns, SHIPS)
    found = []
    for name in names:
        label = name.label
        word = columns.words[name.end - 1]
        if word in storms and name.end - name.start <= 2:
            label = "EVENT"
        elif word in ships and name.end - name.start == 1:
            label = "PRODUCT"
        elif label == "PERSON":
            label = _no_person(columns, name, shouted)
        elif label == "ORG" and name.end - name.start == 1 and word[1:].islower():
            low = word.lower()
            if low in first_names() and low not in organisations().known | NO_FIRST_NAMES:
                label = "PERSON"
        found.append(name._replace(label=label))
    return found


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


def _no_person(columns: Columns, name: Name, shouted: bool) -> str:
    """Return the label of a name that the model takes for a person."""
    start, end, label = name
    words, lower = columns.words, columns.lower
    if end - start == 1 and not shouted and ACRONYM.fullmatch(words[start]):
        colon = end < len(words) and words[end] == ":"
        if not colon and lower[start] not in first_names():
            return "ORG"
    if looks_personal(columns, start, end) or lower[start] in first_names():
        return label
    before = lower[start - 1] if start else ""
    if before in INSIDE and end - start <= 2 and columns.deps[start - 1] == "prep":
        return "GPE"
    return label
