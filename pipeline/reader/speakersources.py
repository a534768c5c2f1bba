"""Features of the candidate sources of an attribution: one row of numbers per candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p

import numpy as np
from numpy.typing import NDArray

from pipeline.document.columns import NOUN_TAGS, PROPER_TAGS
from pipeline.document.names import kinds, sense_of
from pipeline.reader.speakerscene import GENDERED, Mentioned, Range, Scene, Source, sureness

Floats = NDArray[np.float32]
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
PLURAL = frozenset(("NNS", "NNPS"))
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
        for first, last in one.cue:
            for token in range(first, min(last, first + INSIDE)):
                found |= dict.fromkeys(r.chain for r in scene.subjects.get(token, ()))
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

    def _window(self, number: int) -> list[Range]:
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
        table = np.zeros((len(candidates), len(FEATURES)), dtype=np.float32)
        if not candidates:
            return table
        one, window = self.scene.sources[number], self._window(number)
        head = self.scene.heads[number]
        inside = [r for start, end in window for r in self._inside(start, end)]
        common = np.zeros(len(FEATURES), dtype=np.float32)
        self._of_source(common, one, head, window, inside)
        table += common
        behind, believed = self._behind(number), self._believed(number)
        for row, chain in zip(table, candidates, strict=True):
            mine = [r for r in inside if r.chain == chain]
            if mine and head is not None:
                best = min(mine, key=lambda r: (not r.start <= head < r.end, r.start - r.end))
                self._of_mention(row, best, head, window, inside)
            self._of_cue(row, chain, one)
            self._of_place(row, chain, number, behind)
            self._of_chain(row, chain, number, head, enclosing)
            if believed:
                share = believed.get(chain, 0.0)
                _set(row, "anaphor", 1.0)
                _set(row, "believed", share)
                _set(row, "believed most", float(share == max(believed.values())))
                _set(row, "believed nobody", max(0.0, 1.0 - sum(believed.values())))
        return table

    def _inside(self, start: int, end: int) -> list[Mentioned]:
        over = [r for r in self.scene.at(start) if r.start < start]
        return [*over, *self.scene.within(start, end, INSIDE)]

    # ------------------------------------------------------------------ of the source itself
    def _of_source(
        self,
        row: Floats,
        one: Source,
        head: int | None,
        window: Sequence[Range],
        inside: Sequence[Mentioned],
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        _set(row, "according", float((one.lemma or "").startswith("accord")))
        _set(row, "colon", float(one.lemma == ":"))
        _one_of(row, "type", one.type, TYPES)
        if head is None or not window:
            _set(row, "no source", 1.0)
            return
        start, end = window[0]
        _set(row, "long", log1p(end - start) / 3)
        words, tags = columns.lower[start:end], columns.tags[start:end]
        _set(row, "and", float("and" in words or "&" in words))
        _set(row, "plural", float(columns.tags[head] in PLURAL))
        _set(row, "proper", float(columns.tags[head] in PROPER_TAGS))
        _set(row, "definite", float(words[0] in ("the", "this", "that")))
        _set(row, "indefinite", float(words[0] in ("a", "an", "some", "many", "several", "one")))
        _set(row, "possessive", float(tags[0] == "PRP$"))
        _set(row, "quoted", float(scene.quoted[head] >= 0))
        _set(row, "after cue", float(bool(one.cue) and start > one.cue[0][0]))
        _set(row, "comma", float("," in words))
        persons = {r.chain for r in inside if scene.chains[r.chain].label == "PERSON"}
        _set(row, "persons", min(len(persons), 3) / 3)
        _set(row, "names", min(len({r.chain for r in inside}), 4) / 4)
        if end - start <= 2:
            _one_of(row, "is", words[-1], PRONOUNS)
        _one_of(row, "head", sense_of(columns.lower[head]), SENSES)
        _set(row, "head place", float(kinds().get(columns.lower[head]) == "GPE"))

    # -------------------------------------------------------------------- mention in the source
    def _of_mention(
        self,
        row: Floats,
        one: Mentioned,
        head: int,
        window: Sequence[Range],
        inside: Sequence[Mentioned],
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        start, end = next(r for r in window if r[0] < one.end and one.start < r[1])
        _set(row, "inside", 1.0)
        covers = one.start <= head < one.end
        _set(row, "covers", float(covers))
        first = start
        while first < one.start and columns.tags[first] == "DT":
            first += 1
        _set(row, "starts", float(one.start <= first))
        _set(row, "ends", float(one.end >= end))
        _set(row, "whole", float(one.start <= first and one.end >= end))
        _set(row, "share", min(1.0, (one.end - one.start) / max(1, end - start)))
        _set(row, "earlier", float(one.end <= head))
        _set(row, "later", float(one.start > head))
        others = [r for r in inside if r.chain != one.chain]
        _set(row, "first", float(all(r.start > one.start for r in others)))
        _set(row, "last", float(all(r.end < one.end for r in others)))
        _set(row, "only", float(not others))
        _set(row, "other head", float(any(r.start <= head < r.end for r in others)))
        persons = any(scene.chains[r.chain].label == "PERSON" for r in others)
        _set(row, "other person", float(persons))
        _one_of(row, "inside", one.kind, KINDS)
        _set(row, "inside sure", sureness(one))
        _one_of(row, "dep", columns.deps[one.head], DEPS)
        article = columns.lower[one.start - 1] if one.start else ""
        native = scene.chains[one.chain].label == "NORP" and columns.tags[one.head] not in PLURAL
        _set(row, "native", float(native and article in ("the", "a", "an")))
        self._of_path(row, one, head, covers)
        self._of_neighbours(row, one, start, end)

    def _of_path(self, row: Floats, one: Mentioned, head: int, covers: bool) -> None:
        """Fill in how a mention is attached to the head of its source."""
        columns = self.scene.columns
        path = [head] if covers else self.scene.path(one.head, head)
        if path is None:
            _set(row, "apart", 1.0)
            return
        _set(row, f"above {min(len(path) - 1, 2)}", 1.0)
        for token in path[1:-1]:
            if columns.tags[token] in ("IN", "TO", "VBG"):
                _one_of(row, "prep", columns.lower[token], PREPOSITIONS)
        low, high = sorted((one.head, head))
        between = columns.lower[low + 1 : high]
        _set(row, "over comma", float("," in between))
        if "and" in between:
            _set(row, "joined", 1.0)
            plain = "NNS" in (columns.tags[head], columns.tags[path[-2]] if path[1:] else "")
            _set(row, "joined to nouns", float(plain))
        _set(row, "named", float(not {"named", "called", "pseudonym"}.isdisjoint(between)))

    def _of_neighbours(self, row: Floats, one: Mentioned, start: int, end: int) -> None:
        """Fill in which words are left and right of a mention in its source."""
        columns = self.scene.columns
        for side, at, inside in (
            ("left", one.start - 1, one.start - 1 >= start),
            ("right", one.end, one.end < end),
        ):
            if not inside:
                _set(row, f"{side} edge", 1.0)
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
    def _of_cue(self, row: Floats, chain: int, one: Source) -> None:
        scene, columns = self.scene, self.scene.columns
        for first, last in one.cue:
            for token in range(first, min(last, first + INSIDE)):
                subjects = scene.subjects.get(token, ())
                if any(r.chain == chain for r in subjects):
                    _set(row, "subject of cue", 1.0)
            for r in scene.after(last, AFTER):
                if r.chain != chain:
                    continue
                above = columns.heads[r.head]
                _set(row, "below cue", float(first <= above < last))
                if first <= columns.heads[above] < last or first <= above < last:
                    _set(row, "agent", float(columns.lower[above] == "by"))
                    _set(row, "of according", float(columns.lower[above] == "to"))
                break

    # ------------------------------------------------------------------------------ elsewhere
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
        row: Floats,
        chain: int,
        number: int,
        behind: Mapping[int, tuple[Mentioned, int]],
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        one, place = scene.sources[number], self.place(number)
        if chain in behind:
            r, rank = behind[chain]
            _set(row, "behind", log1p(min(place - r.start, FAR)) / 6)
            sentences = columns.sentences[place] - columns.sentences[r.start]
            paragraphs = columns.paragraphs[place] - columns.paragraphs[r.start]
            _set(row, "same sentence", float(sentences == 0))
            _set(row, "last sentence", float(sentences == 1))
            _set(row, "same paragraph", float(paragraphs == 0))
            _set(row, "last paragraph", float(1 <= paragraphs <= 2))
            _set(row, "subject behind", float(scene.is_subject(r)))
            _set(row, "quoted behind", float(scene.quoted[r.head] >= 0))
            if rank < 3:
                _set(row, f"rank {rank}", 1.0)
            _one_of(row, "behind", r.kind, KINDS)
            _set(row, "behind sure", sureness(r))
        else:
            _set(row, "behind far", 1.0)
        stop = one.source[-1][1] if one.source else place
        for r in scene.after(stop, AFTER):
            if r.chain == chain:
                gap = r.start - stop
                _set(row, "ahead", log1p(min(gap, FAR)) / 6)
                _set(row, "ahead near", float(gap < INSIDE))
                _set(row, "ahead touching", float(gap <= 3))
                _set(row, "ahead apposed", float(columns.deps[r.head] == "appos" and gap < INSIDE))
                break
        _set(row, "in content", float(scene.named_in(chain, one.content)))

    def _of_chain(
        self, row: Floats, chain: int, number: int, head: int | None, enclosing: Shares
    ) -> None:
        scene, columns = self.scene, self.scene.columns
        label = scene.chains[chain].label
        _one_of(row, "label", label if label in LABELS else "other", (*LABELS, "other"))
        places = scene.places.get(chain, ())
        _set(row, "often", log1p(len(places)) / 3)
        _set(row, "speaks often", log1p(scene.speaking.get(chain, 0)) / 2)
        _set(row, "new", float(not places or places[0] >= self.place(number)))
        share = enclosing.get(chain, 0.0)
        _set(row, "speaker here", share)
        word = "" if head is None else columns.lower[head]
        _set(row, "speaker I", share * (word in ("i", "we")))
        for gap, name in ((1, "spoke last"), (2, "spoke before"), (-1, "speaks next")):
            other = number - gap
            if 0 <= other < len(scene.sources):
                at = scene.at_source[other]
                _set(row, name, float(chain in at))
                if gap == 1 and chain in at:
                    here = columns.paragraphs[self.place(other)]
                    same = columns.paragraphs[self.place(number)] == here
                    _set(row, "spoke last here", float(same))
                    _set(row, "spoke lone", float(len(at) == 1))
        if number:
            last = scene.sources[number - 1].content
            _set(row, "in last content", float(scene.named_in(chain, last)))
        wanted = GENDERED.get(word, 0)
        if wanted:
            known = scene.gender.get(chain, 0) * wanted
            _set(row, "same gender", float(known > 0))
            _set(row, "other gender", float(known < 0))
            _set(row, "open gender", float(known == 0))


def _set(row: Floats, name: str, value: float) -> None:
    row[INDEX[name]] = value


def _one_of(row: Floats, group: str, value: str | None, values: Sequence[str]) -> None:
    if value in values:
        row[INDEX[f"{group} {value}"]] = 1.0
