"""Features of the candidate sources of an attribution: one row of numbers per candidate."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from math import log1p
from typing import TypeAlias

import numpy as np

from pipeline.document.columns import NOUN_TAGS, PLURAL_TAGS, PROPER_TAGS
from pipeline.document.names import kinds, sense_of
from pipeline.reader.session import Floats
from pipeline.reader.speakers.scene import GENDERED, Mentioned, Scene, Source, sureness
from pipeline.text.spans import TokenSpan

Shares = Mapping[int, float]
"""The probability that each chain is a speaker."""

WINDOW = 60
"""Number of tokens to look at on each side of the head of a source."""
INSIDE = 12
BEFORE = 24
AFTER = 6
CANDIDATES = 20
FAR = 400
LIKELY = 0.05
"""Minimum probability of a chain that a pronoun or noun phrase refers to, to be a candidate."""
LABELS = ("PERSON", "ORG", "GPE", "NORP")
PRONOUNS = ("he", "she", "they", "it", "i", "we", "who", "which")
TYPES = ("say", "think", "ask", "show", "decline")
SENSES = ("person", "group", "body", "document", "data")
DEPS = ("nsubj", "nsubjpass", "appos", "poss", "pobj", "conj", "compound", "dobj", "amod", "ROOT")
PREPOSITIONS = ("of", "for", "by", "from", "to", "at", "in", "with", "including", "as")
NEIGHBOURS = (",", "POS", "NN", "NNS", "NNP", "IN", "DT", "CC", "(", "edge")
KINDS = ("name", "nominal", "pronoun")

FEATURES: tuple[str, ...] = (
    *("no source", "long", "and", "plural", "proper", "definite", "indefinite", "possessive"),
    *("quoted", "according", "colon", "after cue", "persons", "names", "comma"),
    *(f"is {one}" for one in PRONOUNS),
    *(f"type {one}" for one in TYPES),
    *(f"head {one}" for one in SENSES),
    *("inside", "covers", "starts", "ends", "whole", "share", "earlier", "later", "first", "last"),
    *("only", "other head", "other person", "above 0", "above 1", "above 2", "apart"),
    *("joined", "joined to nouns", "named", "over comma"),
    *(f"inside {one}" for one in KINDS),
    *(f"dep {one}" for one in DEPS),
    *(f"prep {one}" for one in PREPOSITIONS),
    *(f"left {one}" for one in NEIGHBOURS),
    *(f"right {one}" for one in NEIGHBOURS),
    *(f"left {one}" for one in SENSES),
    *(f"right {one}" for one in SENSES),
    *("subject of cue", "below cue", "agent", "of according"),
    *("behind", "behind far", "same sentence", "last sentence", "same paragraph"),
    *("last paragraph", "subject behind", "quoted behind", "rank 0", "rank 1", "rank 2"),
    *(f"behind {one}" for one in KINDS),
    *("ahead", "ahead near", "ahead touching", "ahead apposed", "in content", "in last content"),
    *("spoke last", "spoke last here", "spoke before", "speaks next", "spoke lone"),
    *("same gender", "other gender", "open gender"),
    *(f"label {one}" for one in LABELS),
    *("label other", "often", "speaks often", "new", "speaker here", "speaker I"),
    *("inside sure", "behind sure", "native", "head place"),
    *("anaphor", "believed", "believed most", "believed nobody"),
)
INDEX = {name: at for at, name in enumerate(FEATURES)}
Row: TypeAlias = "array[float]"
"""Numbers in single precision, faster to set one by one than those of numpy."""


def empty_row(features: Sequence[str]) -> Row:
    """Return a row of zeros."""
    return array("f", bytes(4 * len(features)))


def stacked(rows: Sequence[Row], features: Sequence[str]) -> Floats:
    """Return the (n, k) table of n rows."""
    return np.frombuffer(b"".join(rows), dtype=np.float32).reshape(len(rows), len(features))


class SourceReader:
    """Rows of features for the candidates of one source after another."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def candidates(self, number: int, enclosing: Shares) -> list[int]:
        """Return the candidate chains of a source, likeliest first."""
        scene, one = self.scene, self.scene.sources[number]
        found: dict[int, None] = {}
        for start, end in self._window(number):
            found |= dict.fromkeys(r.chain for r in scene.within(start, end, INSIDE))
            found |= dict.fromkeys(r.chain for r in scene.at(start))
        found |= dict.fromkeys(r.chain for r in self._subjects(one))
        found |= dict.fromkeys(enclosing)
        believed = self._believed(number)
        found |= dict.fromkeys(c for c in sorted(believed) if believed[c] >= LIKELY)
        for other in (number - 1, number - 2, number + 1):
            if 0 <= other < len(scene.sources):
                found |= dict.fromkeys(scene.at_source[other])
        place = self.place(number)
        near = [r.chain for r in scene.before(place, BEFORE)]
        stop = max((end for _, end in (*one.source, *one.cue)), default=place)
        near[6:6] = [r.chain for r in scene.after(place, AFTER) if r.start < stop + INSIDE]
        labelled = (c for c in near if scene.chains[c].label in LABELS)
        found |= dict.fromkeys(labelled)
        return list(found)[:CANDIDATES]

    def _believed(self, number: int) -> Mapping[int, float]:
        """Return the probability that the head of a source refers to each chain."""
        head = self.scene.heads[number]
        return {} if head is None else self.scene.beliefs.get(head, {})

    def place(self, number: int) -> int:
        """Return the token before which antecedents are looked for."""
        one = self.scene.sources[number]
        ranges = one.source or one.cue or one.content
        return ranges[0][0] if ranges else 0

    def _window(self, number: int) -> list[TokenSpan]:
        """Return the ranges of a source near its head."""
        head = self.scene.heads[number]
        if head is None:
            return []
        return [
            (max(start, head - WINDOW), min(end, head + WINDOW))
            for start, end in self.scene.sources[number].source
            if start < head + WINDOW and end > head - WINDOW
        ]

    def rows(self, number: int, candidates: Sequence[int], enclosing: Shares) -> Floats:
        """Return a row of features for each candidate."""
        if not candidates:
            return stacked([], FEATURES)
        one, window = self.scene.sources[number], self._window(number)
        head = self.scene.heads[number]
        inside = [r for start, end in window for r in self._inside(start, end)]
        common = empty_row(FEATURES)
        self._of_source(common, one, head, window, inside)
        rows: list[Row] = []
        behind, believed = self._behind(number), self._believed(number)
        if believed:
            common[INDEX["anaphor"]] = 1.0
            common[INDEX["believed nobody"]] = max(0.0, 1.0 - sum(believed.values()))
        most = max(believed.values(), default=0.0)
        subjects = {r.chain for r in self._subjects(one)}
        for chain in candidates:
            rows.append(row := common[:])
            mine = [r for r in inside if r.chain == chain]
            if mine and head is not None:
                best = min(mine, key=lambda r: (not r.start <= head < r.end, r.start - r.end))
                self._of_mention(row, best, head, window, inside)
            self._of_cue(row, chain, one)
            self._of_place(row, chain, number, behind)
            self._of_chain(row, chain, number, head, enclosing)
            if believed:
                share = believed.get(chain, 0.0)
                row[INDEX["believed"]] = share
                row[INDEX["believed most"]] = share == most
            row[INDEX["subject of cue"]] = chain in subjects
        return stacked(rows, FEATURES)

    def _inside(self, start: int, end: int) -> list[Mentioned]:
        over = [r for r in self.scene.at(start) if r.start < start]
        return [*over, *self.scene.within(start, end, INSIDE)]

    # ------------------------------------------------------------------ of the source itself
    def _of_source(
        self,
        row: Row,
        one: Source,
        head: int | None,
        window: Sequence[TokenSpan],
        inside: Sequence[Mentioned],
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        row[INDEX["according"]] = (one.lemma or "").startswith("accord")
        row[INDEX["colon"]] = one.lemma == ":"
        _one_of(row, "type", one.type, TYPES)
        if head is None or not window:
            row[INDEX["no source"]] = 1.0
            return
        start, end = window[0]
        row[INDEX["long"]] = log1p(end - start) / 3
        words, tags = columns.lower[start:end], columns.tags[start:end]
        row[INDEX["and"]] = "and" in words or "&" in words
        row[INDEX["plural"]] = columns.tags[head] in PLURAL_TAGS
        row[INDEX["proper"]] = columns.tags[head] in PROPER_TAGS
        row[INDEX["definite"]] = words[0] in ("the", "this", "that")
        row[INDEX["indefinite"]] = words[0] in ("a", "an", "some", "many", "several", "one")
        row[INDEX["possessive"]] = tags[0] == "PRP$"
        row[INDEX["quoted"]] = scene.quoted[head] >= 0
        row[INDEX["after cue"]] = bool(one.cue) and start > one.cue[0][0]
        row[INDEX["comma"]] = "," in words
        persons = {r.chain for r in inside if scene.chains[r.chain].label == "PERSON"}
        row[INDEX["persons"]] = min(len(persons), 3) / 3
        row[INDEX["names"]] = min(len({r.chain for r in inside}), 4) / 4
        if end - start <= 2:
            _one_of(row, "is", words[-1], PRONOUNS)
        _one_of(row, "head", sense_of(columns.lower[head]), SENSES)
        row[INDEX["head place"]] = kinds().get(columns.lower[head]) == "GPE"

    # -------------------------------------------------------------------- mention in the source
    def _of_mention(
        self,
        row: Row,
        one: Mentioned,
        head: int,
        window: Sequence[TokenSpan],
        inside: Sequence[Mentioned],
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        start, end = next(r for r in window if r[0] < one.end and one.start < r[1])
        row[INDEX["inside"]] = 1.0
        covers = one.start <= head < one.end
        row[INDEX["covers"]] = covers
        first = start
        while first < one.start and columns.tags[first] == "DT":
            first += 1
        row[INDEX["starts"]] = one.start <= first
        row[INDEX["ends"]] = one.end >= end
        row[INDEX["whole"]] = one.start <= first and one.end >= end
        row[INDEX["share"]] = min(1.0, (one.end - one.start) / max(1, end - start))
        row[INDEX["earlier"]] = one.end <= head
        row[INDEX["later"]] = one.start > head
        others = [r for r in inside if r.chain != one.chain]
        row[INDEX["first"]] = all(r.start > one.start for r in others)
        row[INDEX["last"]] = all(r.end < one.end for r in others)
        row[INDEX["only"]] = not others
        row[INDEX["other head"]] = any(r.start <= head < r.end for r in others)
        persons = any(scene.chains[r.chain].label == "PERSON" for r in others)
        row[INDEX["other person"]] = persons
        _one_of(row, "inside", one.kind, KINDS)
        row[INDEX["inside sure"]] = sureness(one)
        _one_of(row, "dep", columns.deps[one.head], DEPS)
        article = columns.lower[one.start - 1] if one.start else ""
        native = (
            scene.chains[one.chain].label == "NORP" and columns.tags[one.head] not in PLURAL_TAGS
        )
        row[INDEX["native"]] = native and article in ("the", "a", "an")
        self._of_path(row, one, head, covers)
        self._of_neighbours(row, one, start, end)

    def _of_path(self, row: Row, one: Mentioned, head: int, covers: bool) -> None:
        """Fill in how a mention is attached to the head of its source."""
        columns = self.scene.columns
        path = [head] if covers else self.scene.path(one.head, head)
        if path is None:
            row[INDEX["apart"]] = 1.0
            return
        row[INDEX[f"above {min(len(path) - 1, 2)}"]] = 1.0
        for token in path[1:-1]:
            if columns.tags[token] in ("IN", "TO", "VBG"):
                _one_of(row, "prep", columns.lower[token], PREPOSITIONS)
        low, high = sorted((one.head, head))
        between = columns.lower[low + 1 : high]
        row[INDEX["over comma"]] = "," in between
        if "and" in between:
            row[INDEX["joined"]] = 1.0
            plain = "NNS" in (columns.tags[head], columns.tags[path[-2]] if path[1:] else "")
            row[INDEX["joined to nouns"]] = plain
        row[INDEX["named"]] = not {"named", "called", "pseudonym"}.isdisjoint(between)

    def _of_neighbours(self, row: Row, one: Mentioned, start: int, end: int) -> None:
        """Fill in which words are left and right of a mention in its source."""
        columns = self.scene.columns
        for side, at, inside in (
            ("left", one.start - 1, one.start - 1 >= start),
            ("right", one.end, one.end < end),
        ):
            if not inside:
                row[INDEX[f"{side} edge"]] = 1.0
                continue
            tag = columns.tags[at]
            name = "(" if tag == "-LRB-" else "NNP" if tag == "NNPS" else tag
            _one_of(row, side, name, NEIGHBOURS)
            if tag in NOUN_TAGS:
                _one_of(row, side, sense_of(columns.lower[at]), SENSES)
            elif tag == "POS" or (side == "right" and columns.lower[at] == "and"):
                noun = next(
                    (i for i in range(at + 1, min(end, at + 5)) if columns.tags[i] in NOUN_TAGS),
                    None,
                )
                if noun is not None:
                    _one_of(row, side, sense_of(columns.lower[noun]), SENSES)

    # ------------------------------------------------------------------------- around the cue
    def _of_cue(self, row: Row, chain: int, one: Source) -> None:
        scene, columns = self.scene, self.scene.columns
        for first, last in one.cue:
            for r in scene.after(last, AFTER):
                if r.chain != chain:
                    continue
                above = columns.heads[r.head]
                row[INDEX["below cue"]] = first <= above < last
                if first <= columns.heads[above] < last or first <= above < last:
                    row[INDEX["agent"]] = columns.lower[above] == "by"
                    row[INDEX["of according"]] = columns.lower[above] == "to"
                break

    # ------------------------------------------------------------------------------ elsewhere
    def _subjects(self, one: Source) -> Iterator[Mentioned]:
        """Yield the references that are the subject of a word of the cue."""
        for first, last in one.cue:
            for token in range(first, min(last, first + INSIDE)):
                yield from self.scene.subjects.get(token, ())

    def _behind(self, number: int) -> dict[int, tuple[Mentioned, int]]:
        """Return the nearest reference to each chain before a source, and how many persons are
        nearer.
        """
        found: dict[int, tuple[Mentioned, int]] = {}
        persons = 0
        for r in self.scene.before(self.place(number), BEFORE * 2):
            if r.chain not in found:
                found[r.chain] = (r, persons)
                persons += self.scene.chains[r.chain].label == "PERSON"
        return found

    def _of_place(
        self,
        row: Row,
        chain: int,
        number: int,
        behind: Mapping[int, tuple[Mentioned, int]],
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        one, place = scene.sources[number], self.place(number)
        if chain in behind:
            r, rank = behind[chain]
            row[INDEX["behind"]] = log1p(min(place - r.start, FAR)) / 6
            sentences = columns.sentences[place] - columns.sentences[r.start]
            paragraphs = columns.paragraphs[place] - columns.paragraphs[r.start]
            row[INDEX["same sentence"]] = sentences == 0
            row[INDEX["last sentence"]] = sentences == 1
            row[INDEX["same paragraph"]] = paragraphs == 0
            row[INDEX["last paragraph"]] = 1 <= paragraphs <= 2
            row[INDEX["subject behind"]] = scene.is_subject(r)
            row[INDEX["quoted behind"]] = scene.quoted[r.head] >= 0
            if rank < 3:
                row[INDEX[f"rank {rank}"]] = 1.0
            _one_of(row, "behind", r.kind, KINDS)
            row[INDEX["behind sure"]] = sureness(r)
        else:
            row[INDEX["behind far"]] = 1.0
        stop = one.source[-1][1] if one.source else place
        for r in scene.after(stop, AFTER):
            if r.chain == chain:
                gap = r.start - stop
                row[INDEX["ahead"]] = log1p(min(gap, FAR)) / 6
                row[INDEX["ahead near"]] = gap < INSIDE
                row[INDEX["ahead touching"]] = gap <= 3
                row[INDEX["ahead apposed"]] = columns.deps[r.head] == "appos" and gap < INSIDE
                break
        row[INDEX["in content"]] = scene.named_in(chain, one.content)

    def _of_chain(
        self, row: Row, chain: int, number: int, head: int | None, enclosing: Shares
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        label = scene.chains[chain].label
        _one_of(row, "label", label if label in LABELS else "other", (*LABELS, "other"))
        places = scene.places.get(chain, ())
        row[INDEX["often"]] = log1p(len(places)) / 3
        row[INDEX["speaks often"]] = log1p(scene.speaking.get(chain, 0)) / 2
        row[INDEX["new"]] = not places or places[0] >= self.place(number)
        share = enclosing.get(chain, 0.0)
        row[INDEX["speaker here"]] = share
        word = "" if head is None else columns.lower[head]
        row[INDEX["speaker I"]] = share * (word in ("i", "we"))
        for gap, name in ((1, "spoke last"), (2, "spoke before"), (-1, "speaks next")):
            other = number - gap
            if 0 <= other < len(scene.sources):
                at = scene.at_source[other]
                row[INDEX[name]] = chain in at
                if gap == 1 and chain in at:
                    here = columns.paragraphs[self.place(other)]
                    same = columns.paragraphs[self.place(number)] == here
                    row[INDEX["spoke last here"]] = same
                    row[INDEX["spoke lone"]] = len(at) == 1
        if number:
            last = scene.sources[number - 1].content
            row[INDEX["in last content"]] = scene.named_in(chain, last)
        wanted = GENDERED.get(word, 0)
        if wanted:
            known = scene.gender.get(chain, 0) * wanted
            row[INDEX["same gender"]] = known > 0
            row[INDEX["other gender"]] = known < 0
            row[INDEX["open gender"]] = known == 0


def _one_of(row: Row, group: str, value: str | None, values: Sequence[str]) -> None:
    if value in values:
        row[INDEX[f"{group} {value}"]] = 1.0
