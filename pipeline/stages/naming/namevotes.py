"""Agree on the label of each name over a document."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from pipeline.document.columns import PROPER_TAGS, SUBJECTS, Columns
from pipeline.document.names import (
    PARTICLES,
    SUFFIXES,
    SURNAME_FIRST,
    first_names,
    no_names,
    openers,
    organisations,
    other_names,
    places,
    titles,
)
from pipeline.stages.naming.namespans import (
    Name,
    is_organisation,
    looks_personal,
)
from pipeline.stages.naming.orgnames import LEGAL

COMMON_LABELS = frozenset(("PERSON", "ORG", "PRODUCT", "WORK_OF_ART", "FAC"))
"""What the base model calls common words with a capital."""
DRAWN_OUT = re.compile(r"([a-vx-z])\1\1")
PLACE_LABELS = ("GPE", "LOC", "FAC")
THINGS = ("ORG", "LAW", "EVENT", "FAC", "WORK_OF_ART", "PRODUCT")
"""The likelier first: a name that a document has twice, labelled so and so, is one thing."""


def plain(word: str) -> str:
    """Return a word with one kind of apostrophe."""
    return word.replace("’", "'")


class Votes:
    """What the whole document says of each name."""

    def __init__(self, columns: Columns, names: list[Name]) -> None:
        self.columns = columns
        self.labels: dict[str, Counter[str]] = defaultdict(Counter)
        self.surnames: Counter[str] = Counter()
        self.first: Counter[str] = Counter()
        self.titled: Counter[str] = Counter()
        """How often a word stands behind a title, or before an age."""
        self.alone: Counter[str] = Counter()
        """How often a word is a person's name by itself."""
        self.acronyms: set[tuple[str, ...]] = set()
        """Organisations in capitals: WHO is no pronoun where it is one of them."""
        self.firms: set[str] = set()
        """First words of companies: "Orchard" is short for "Orchard Biologics Inc."."""
        lower = columns.lower
        for name in names:
            key = self.key(name.start, name.end)
            label = name.label
            aged = _has_age(columns, name)
            personal = aged or label == "PERSON" or looks_personal(columns, name.start, name.end)
            self.labels[key][label] += 1
            if label == "ORG" and _is_acronym(columns, name):
                self.acronyms.add((columns.words[name.start],))
            if name.end - name.start > 1 and lower[name.end - 1] in LEGAL:
                self.firms.add(lower[name.start])
            if (
                not personal
                or key in other_names()
                or is_organisation(lower[name.start : name.end])
            ):
                continue
            words = [
                w
                for w in (plain(word) for word in lower[name.start : name.end])
                if (w not in SUFFIXES and w.replace("'", "").isalpha()) or "-" in w
            ]
            if len(words) > 1 and (label == "PERSON" or words[0] in first_names()):
                self.surnames[words[-1]] += 1
                self.first[words[0]] += 1
            elif len(words) == 1:
                self.alone[words[0]] += 1
            titled = name.start and lower[name.start - 1] in titles()
            if len(words) == 1 and (titled or aged):
                self.titled[words[0]] += 1

    def key(self, start: int, end: int) -> str:
        """Return a name's words in lower case."""
        return " ".join(self.columns.lower[start:end])

    def decide(self, name: Name) -> Name:
        """Return a name with the label that it gets, without what a headline adds to a surname."""
        label = self.label(name.start, name.end, name.label)
        start, end = name.start, name.end
        first = self.columns.lower[start]
        if (
            label == "PERSON"
            and end - start > 1
            and (self.alone[first] > 1 or (self.surnames[first] > 1 and self.alone[first]))
            and first not in first_names()
            and first not in SURNAME_FIRST
            and first not in PARTICLES
            and sum(self.labels[self.key(start, end)].values()) == 1
        ):
            end = start + 1  # "Obama Speech", "Clinton Breaks"
        return Name(start, end, label)

    def label(self, start: int, end: int, label: str) -> str:
        """Return the label of the name at a place that the model labels ``label``."""
        columns = self.columns
        key = self.key(start, end)
        spelled = key.replace(" - ", "-")
        gazetteer = places()
        if columns.lower[end - 1] in ("administration", "campaign") and end - start > 1:
            return "ORG"
        if spelled in other_names():
            return other_names()[spelled]
        if self._dateline(start, end) and (
            spelled in gazetteer.others or spelled in gazetteer.states
        ):
            return "GPE"
        if end - start == 1:
            word = plain(columns.lower[start])
            if self.surnames[word] and self._personal(word, start):
                return "PERSON"
            if self.titled[word]:
                return "PERSON"
            if word in self.firms:
                return "ORG"
        if key in gazetteer.countries or key in gazetteer.states:
            return "GPE"
        if key in gazetteer.demonyms:
            return "NORP"
        if end - start > 1 and columns.lower[end - 1] in organisations().last_words:
            return organisations().last_words[columns.lower[end - 1]]
        if is_organisation(columns.lower[start:end]):
            if label in ("GPE", "FAC") and spelled in organisations().known:
                return "ORG"
            return label if label in ("FAC", "EVENT", "LAW", "GPE", "WORK_OF_ART") else "ORG"
        if spelled in gazetteer.others:
            return gazetteer.others[spelled]
        if label != "PERSON" and looks_personal(columns, start, end):
            return "PERSON"
        if label == "NORP" and self._singled_out(end):
            return "ORG"
        counts = self.labels.get(key)
        if counts:
            most = max(counts.values())
            tied = [one for one, count in counts.items() if count == most]
            things = [one for one in THINGS if one in tied]
            if label in things or len(things) == len(tied):
                return things[0]
            if label not in tied:
                return max(tied)
        if (
            end - start == 1
            and columns.lower[start] in self.first
            and label != "PERSON"
            and not counts
        ):
            return "PERSON"
        return label

    def _dateline(self, start: int, end: int) -> bool:
        """Tell whether a name in capitals opens a paragraph, a bracket, comma or dash behind it."""
        words, paragraphs = self.columns.words, self.columns.paragraphs
        return (
            end < len(words)
            and words[end] in ("(", ",", "-", "--", "—", "–")
            and (start == 0 or paragraphs[start - 1] != paragraphs[start])
            and all(word.isupper() for word in words[start:end])
        )

    def _singled_out(self, end: int) -> bool:
        """Tell whether ", a …" follows: one thing, no people."""
        words, lower = self.columns.words, self.columns.lower
        return end + 1 < len(words) and words[end] == "," and lower[end + 1] in ("a", "an")

    def _personal(self, word: str, at: int) -> bool:
        """Tell whether a word that is somebody's surname here means the person when it is alone."""
        gazetteer = places()
        if word in gazetteer.countries or word in gazetteer.states or word in gazetteer.demonyms:
            columns = self.columns
            if (
                word in gazetteer.demonyms
                and columns.tags[at] == "NNP"
                and columns.deps[at] in SUBJECTS
                and (at == 0 or columns.tags[at - 1] != "DT")
            ):
                return True  # "Cuban said", where a Mark Cuban is named
            counts = self.labels.get(word, Counter())
            return counts["PERSON"] > sum(counts[label] for label in PLACE_LABELS)
        return True


def _is_acronym(columns: Columns, name: Name) -> bool:
    """Tell whether a name is one word in capitals, that stands in brackets: it explains itself."""
    word = columns.words[name.start]
    return (
        name.end - name.start == 1
        and len(word) > 2
        and word.isalpha()
        and word.isupper()
        and name.start > 0
        and columns.words[name.start - 1] == "("
    )


def _has_age(columns: Columns, name: Name) -> bool:
    """Tell whether an age stands behind a name: "Brandt, 23, scored twice"."""
    words = columns.words[name.end : name.end + 3]
    closed = len(words) == 3 and words[0] == words[2] == ","
    return closed and words[1].isdecimal() and 15 <= int(words[1]) <= 99


def common_words(columns: Columns, names: list[Name]) -> list[Name]:
    """Return names without the common words that open a sentence.

    They are told by standing small elsewhere, or by the list of openers if no name has them within
    a sentence; what draws a letter out ("VERYYYY") is no name either.
    """
    dropped = (
        _no_names(columns, names) | _small_elsewhere(columns, names) | _openers(columns, names)
    )
    return [name for name in names if name not in dropped] if dropped else names


def _small_elsewhere(columns: Columns, names: list[Name]) -> set[Name]:
    """Return the names of one word that stands without its capital elsewhere."""
    suspects: dict[str, list[Name]] = defaultdict(list)
    words, lower = columns.words, columns.lower
    for name in names:
        if name.end - name.start == 1 and name.label in COMMON_LABELS:
            suspects[lower[name.start]].append(name)
    if not suspects:
        return set()
    small = {w for w in suspects if w not in first_names()}.intersection(
        word for word, low in zip(words, lower, strict=True) if word == low and low in suspects
    )
    return {
        name
        for word in small
        for name in suspects[word]
        if not words[name.start].isupper()
        and (columns.tags[name.start] not in PROPER_TAGS or opens(columns, name.start))
    }


def _openers(columns: Columns, names: list[Name]) -> set[Name]:
    """Return the names that are words which open sentences, and stand in no name within one."""
    lower = columns.lower
    openings = [
        name
        for name in names
        if name.label in COMMON_LABELS
        and openers().issuperset(lower[name.start : name.end])
        and opens(columns, name.start)
        and (name.end - name.start == 1 or columns.deps[name.end - 1] not in SUBJECTS)
    ]
    if not openings:
        return set()
    within = {
        lower[i]
        for name in names
        if not opens(columns, name.start)
        for i in range(name.start, name.end)
    }
    known = organisations().known
    return {
        name
        for name in openings
        if lower[name.start] not in within and " ".join(lower[name.start : name.end]) not in known
    }


def opens(columns: Columns, i: int) -> bool:
    """Tell whether a token opens a sentence, a bracket or a quotation."""
    return (
        i == 0
        or columns.sentences[i] != columns.sentences[i - 1]
        or columns.words[i - 1] in ("(", '"', "“", ":", "-")
    )


def _no_names(columns: Columns, names: list[Name]) -> set[Name]:
    """Return the names that are an abbreviation of a common noun or a word drawn out."""
    words, lower = columns.words, columns.lower
    return {
        name
        for name in names
        if name.end - name.start == 1
        and (
            (words[name.start] in no_names() and name.label in COMMON_LABELS)
            or (len(words[name.start]) > 5 and DRAWN_OUT.search(lower[name.start]))
        )
    }
