"""Features of the candidate sources of an attribution: one row of numbers per candidate."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from math import log1p
from typing import NamedTuple, TypeAlias

import numpy as np

from pipeline.document.columns import NOUN_TAGS, PLURAL_TAGS, PROPER_TAGS
from pipeline.model.session import Floats, Integers
from pipeline.model.speakers.scene import (
    GENDERED,
    Mentioned,
    SceneAttribution,
    SpeakerScene,
    sureness,
)
from pipeline.names.lists import kinds, sense_of
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
BEHIND = slice(INDEX["behind"], INDEX["behind pronoun"] + 1)
OF_CHAIN = slice(INDEX[f"label {LABELS[0]}"], INDEX["new"] + 1)
NEVER = (-1, 0)
Row: TypeAlias = "array[float]"
"""Numbers in single precision, faster to set one by one than those of numpy."""


def empty_row(features: Sequence[str]) -> Row:
    """Return a row of zeros."""
    return array("f", bytes(4 * len(features)))


def stacked(rows: Sequence[Row], features: Sequence[str]) -> Floats:
    """Return the (n, k) table of n rows."""
    flat = np.frombuffer(bytearray().join(rows), dtype=np.float32)
    return flat.reshape(len(rows), len(features))


class SourceQuery(NamedTuple):
    """A source with its candidates."""

    number: int
    candidates: list[int]
    enclosing: Shares
    """The probability that each chain says the quotation that the source is in."""


class SourceReader:
    """Rows of features for the candidates of sources."""

    def __init__(self, scene: SpeakerScene) -> None:
        self.scene = scene

    def candidates(self, number: int, enclosing: Shares) -> list[int]:
        """Return the candidate chains of a source, likeliest first."""
        scene, one = self.scene, self.scene.sources[number]
        found: list[int] = []
        for start, end in self._window(number):
            found += [r.chain for r in scene.within(start, end, INSIDE)]
            found += [r.chain for r in scene.at(start)]
        found += [r.chain for r in self._subjects(one)]
        found += enclosing
        believed = self._believed(number)
        found += sorted(c for c, share in believed.items() if share >= LIKELY)
        for other in (*scene.last(number), *scene.next(number)):
            found += scene.at_source[other]
        place = self.place(number)
        near = [r.chain for r in scene.before(place, BEFORE)]
        stop = max((end for _, end in (*one.source, *one.cue)), default=place)
        near[6:6] = [r.chain for r in scene.after(place, AFTER) if r.start < stop + INSIDE]
        found += [c for c in near if scene.chains[c].label in LABELS]
        return list(dict.fromkeys(found))[:CANDIDATES]

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

    def rows(self, asked: Sequence[SourceQuery]) -> Floats:
        """Return a row of features for each candidate of some sources."""
        rows: list[Row] = []
        near: list[tuple[int, int]] = []
        for one in asked:
            window = self._window(one.number)
            inside = [r for start, end in window for r in self._inside(start, end)]
            common = self._of_source(one.number, window, inside)
            mine = {chain: array("f", common) for chain in one.candidates}
            self._of_mentions(mine, one.number, window, inside)
            self._of_cue(mine, self.scene.sources[one.number])
            self._of_shares(mine, one)
            self._of_others(mine, one.number)
            rows += mine.values()
            behind = self._behind(one.number)
            near += [behind.get(chain, NEVER) for chain in one.candidates]
        table = stacked(rows, FEATURES)
        if rows:
            sizes = [len(one.candidates) for one in asked]
            place = np.repeat([self.place(one.number) for one in asked], sizes)
            self._of_behind(table, place, near)
            self._of_chains(table, place, [c for one in asked for c in one.candidates])
        return table

    def _inside(self, start: int, end: int) -> list[Mentioned]:
        over = [r for r in self.scene.at(start) if r.start < start]
        return [*over, *self.scene.within(start, end, INSIDE)]

    # ------------------------------------------------------------------ of the source itself
    def _of_source(
        self, number: int, window: Sequence[TokenSpan], inside: Sequence[Mentioned]
    ) -> Row:
        """Return a row with what is the same for all candidates."""
        scene, columns, row = self.scene, self.scene.columns, empty_row(FEATURES)
        one, head, believed = scene.sources[number], scene.heads[number], self._believed(number)
        if believed:
            row[INDEX["anaphor"]] = 1.0
            row[INDEX["believed nobody"]] = max(0.0, 1.0 - sum(believed.values()))
        row[INDEX["according"]] = (one.lemma or "").startswith("accord")
        row[INDEX["colon"]] = one.lemma == ":"
        _one_of(row, "type", one.type, TYPES)
        if head is None or not window:
            row[INDEX["no source"]] = 1.0
            return row
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
        return row

    # -------------------------------------------------------------------- mention in the source
    def _of_mentions(
        self,
        rows: Mapping[int, Row],
        number: int,
        window: Sequence[TokenSpan],
        inside: Sequence[Mentioned],
    ) -> None:
        head = self.scene.heads[number]
        if head is None:
            return
        for chain in {r.chain for r in inside} & rows.keys():
            mine = (r for r in inside if r.chain == chain)
            best = min(mine, key=lambda r: (not r.start <= head < r.end, r.start - r.end))
            self._of_mention(rows[chain], best, head, window, inside)

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
    def _of_cue(self, rows: Mapping[int, Row], one: SceneAttribution) -> None:
        scene, columns = self.scene, self.scene.columns
        for first, last in one.cue:
            for chain, r in _nearest(scene.after(last, AFTER)).items():
                if chain in rows:
                    above, row = columns.heads[r.head], rows[chain]
                    row[INDEX["below cue"]] = first <= above < last
                    if first <= columns.heads[above] < last or first <= above < last:
                        row[INDEX["agent"]] = columns.lower[above] == "by"
                        row[INDEX["of according"]] = columns.lower[above] == "to"
        for r in self._subjects(one):
            if r.chain in rows:
                rows[r.chain][INDEX["subject of cue"]] = 1.0

    # ------------------------------------------------------------------------------ elsewhere
    def _subjects(self, one: SceneAttribution) -> Iterator[Mentioned]:
        """Yield the references that are the subject of a word of the cue."""
        for first, last in one.cue:
            for token in range(first, min(last, first + INSIDE)):
                yield from self.scene.subjects.get(token, ())

    def _of_shares(self, rows: Mapping[int, Row], one: SourceQuery) -> None:
        """Fill in who a pronoun or noun phrase is, and who speaks around the source."""
        believed, head = self._believed(one.number), self.scene.heads[one.number]
        most = max(believed.values(), default=0.0)
        for chain in believed.keys() & rows.keys():
            rows[chain][INDEX["believed"]] = believed[chain]
            rows[chain][INDEX["believed most"]] = believed[chain] == most
        speaks = head is not None and self.scene.columns.lower[head] in ("i", "we")
        for chain in one.enclosing.keys() & rows.keys():
            rows[chain][INDEX["speaker here"]] = one.enclosing[chain]
            rows[chain][INDEX["speaker I"]] = one.enclosing[chain] * speaks
        wanted = 0 if head is None else GENDERED.get(self.scene.columns.lower[head], 0)
        for chain, row in rows.items() if wanted else ():
            known = self.scene.gender.get(chain, 0) * wanted
            row[INDEX["same gender"]] = known > 0
            row[INDEX["other gender"]] = known < 0
            row[INDEX["open gender"]] = known == 0

    def _of_others(self, rows: Mapping[int, Row], number: int) -> None:
        """Fill in who is behind the source and in the content, and who speaks before and after."""
        scene, columns = self.scene, self.scene.columns
        one, place = scene.sources[number], self.place(number)
        stop = one.source[-1][1] if one.source else place
        for chain, r in _nearest(scene.after(stop, AFTER)).items():
            if chain in rows:
                gap, row = r.start - stop, rows[chain]
                row[INDEX["ahead"]] = log1p(min(gap, FAR)) / 6
                row[INDEX["ahead near"]] = gap < INSIDE
                row[INDEX["ahead touching"]] = gap <= 3
                row[INDEX["ahead apposed"]] = columns.deps[r.head] == "appos" and gap < INSIDE
        for chain in scene.named(one.content) & rows.keys():
            rows[chain][INDEX["in content"]] = 1.0
        behind = scene.last(number)
        speakers = [*zip(("spoke last", "spoke before"), behind, strict=False)]
        speakers += [("speaks next", other) for other in scene.next(number)]
        for name, other in speakers:
            for chain in rows.keys() & set(scene.at_source[other]):
                rows[chain][INDEX[name]] = 1.0
        if behind:
            last = behind[0]
            for chain in scene.named(scene.sources[last].content) & rows.keys():
                rows[chain][INDEX["in last content"]] = 1.0
            same = columns.paragraphs[self.place(last)] == columns.paragraphs[place]
            for chain in rows.keys() & set(scene.at_source[last]):
                rows[chain][INDEX["spoke last here"]] = same
                rows[chain][INDEX["spoke lone"]] = len(scene.at_source[last]) == 1

    def _behind(self, number: int) -> dict[int, tuple[int, int]]:
        """Return the nearest reference to each chain before a source, by its number, and how many
        persons are nearer.
        """
        scene = self.scene
        found: dict[int, tuple[int, int]] = {}
        persons = 0
        last = bisect_left(scene.starts, self.place(number))
        for at in range(last - 1, max(-1, last - 1 - 2 * BEFORE), -1):
            chain = scene.references[at].chain
            if chain not in found:
                found[chain] = (at, persons)
                persons += scene.chains[chain].label == "PERSON"
        return found

    def _of_behind(self, table: Floats, place: Integers, near: Sequence[tuple[int, int]]) -> None:
        """Fill in the nearest reference to each candidate before its source."""
        scene = self.scene
        _, sentences, paragraphs = scene.columns.arrays
        at, rank = np.array(near).T
        known = at >= 0
        found = [scene.references[one] for one in at.tolist()]
        start = np.where(known, [r.start for r in found], place)
        sentence = sentences[place] - sentences[start]
        paragraph = paragraphs[place] - paragraphs[start]
        kind = np.array([KINDS.index(r.kind) for r in found])
        values = (
            np.log1p(np.minimum(place - start, FAR)) / 6,
            np.zeros(len(at)),
            sentence == 0,
            sentence == 1,
            paragraph == 0,
            (paragraph >= 1) & (paragraph <= 2),
            [scene.is_subject(r) for r in found],
            [scene.quoted[r.head] >= 0 for r in found],
            *(rank == other for other in range(3)),
            *(kind == other for other in range(len(KINDS))),
        )
        table[:, BEHIND] = np.where(known, values, 0.0).T
        table[:, INDEX["behind far"]] = ~known
        table[:, INDEX["behind sure"]] = np.where(known, [sureness(r) for r in found], 0.0)

    def _of_chains(self, table: Floats, place: Integers, chains: Sequence[int]) -> None:
        """Fill in what each candidate is, and how often the text mentions it."""
        scene = self.scene
        places = [scene.places.get(chain, ()) for chain in chains]
        label = np.array(
            [
                LABELS.index(scene.chains[chain].label)
                if scene.chains[chain].label in LABELS
                else len(LABELS)
                for chain in chains
            ]
        )
        table[:, OF_CHAIN] = np.array(
            (
                *(label == other for other in range(len(LABELS) + 1)),
                np.log1p([len(those) for those in places]) / 3,
                np.log1p([scene.speaking.get(chain, 0) for chain in chains]) / 2,
                [
                    not those or those[0] >= at
                    for those, at in zip(places, place.tolist(), strict=True)
                ],
            )
        ).T


def _nearest(references: Sequence[Mentioned]) -> dict[int, Mentioned]:
    """Return the first of some references to each chain."""
    return {r.chain: r for r in reversed(references)}


def _one_of(row: Row, group: str, value: str | None, values: Sequence[str]) -> None:
    if value in values:
        row[INDEX[f"{group} {value}"]] = 1.0
