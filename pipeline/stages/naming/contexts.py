"""Tell the label of a name by the words around it, where the base model is often wrong."""

from __future__ import annotations

import re

from pipeline.stages.columns import Columns
from pipeline.stages.naming.names import first_names, organisations, word_set
from pipeline.stages.naming.namespans import Name, looks_personal

STORMS = word_set("hurricane typhoon cyclone hurricanes typhoons cyclones")
INSIDE = word_set("in inside near throughout outside")
ACRONYM = re.compile(r"[A-Z]{2,6}")
SHOUT = 0.3
"""A text with a larger share of words in capitals shouts: capitals tell nothing in it."""


def relabel(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names with the labels that the words around them tell."""
    shouted = shouts(columns)
    storms = _storms(columns)
    found = []
    for name in names:
        label = name.label
        word = columns.words[name.end - 1]
        if word in storms and name.end - name.start <= 2:
            label = "EVENT"
        elif label == "PERSON":
            label = _no_person(columns, name, shouted)
        elif label == "ORG" and name.end - name.start == 1 and word[1:].islower():
            if word.lower() in first_names() and word.lower() not in organisations().known:
                label = "PERSON"
        found.append(name._replace(label=label))
    return found


def shouts(columns: Columns) -> bool:
    """Tell whether a good part of the text is in capitals."""
    long = [word for word in columns.words if len(word) > 3 and word.isalpha()]
    return sum(word.isupper() for word in long) > SHOUT * len(long)


def _storms(columns: Columns) -> frozenset[str]:
    """Return the names of storms: what "Hurricane" stands in front of, in capitals."""
    lower, words = columns.lower, columns.words
    found = set()
    for i in range(len(words) - 1):
        if lower[i] in STORMS and words[i + 1][0].isupper() and words[i + 1][1:].islower():
            found.add(words[i + 1])
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
