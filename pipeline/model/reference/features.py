"""What the ranker of reference reads of a document: arrays, one row a mention or a pair."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from itertools import chain as chained
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Chain, Reference
from pipeline.model.encoder import sections
from pipeline.model.reference.mentions import (
    HE,
    NAME,
    PLURAL,
    SHE,
    SPOKEN,
    THE,
    THEY,
    THOSE,
    TYPE_NAMES,
    TYPES,
    WE,
    WHICH,
    WHO,
    MentionCandidate,
    find_mentions,
    is_national,
)
from pipeline.model.session import WIDTH, Floats, Integers, known_tensor, static_vectors, words_of
from pipeline.names.lists import kinds, organisations, roles
from pipeline.names.spelling import fold

DEPS = {
    dep: at
    for at, group in enumerate(
        (
            ("nsubj", "csubj"),
            ("nsubjpass", "csubjpass"),
            ("dobj", "dative"),
            ("pobj",),
            ("poss",),
            ("appos",),
            ("conj",),
            ("compound", "nmod", "amod", "det"),
            ("attr", "oprd"),
        )
    )
    for dep in group
}
OTHER_DEP = 9
DEP_GROUPS = (
    *("subject", "passive subject", "object", "object of a preposition", "possessor"),
    *("apposition", "conjunct", "modifier", "attribute", "other"),
)
LABEL_COLUMNS = TYPES + OTHER_DEP + 1
"""Where the columns of the label begin in what is known of a mention."""
ROOM = {"name": 6, "pronoun": 4, "noun": 3, "other": 3, "mislabelled": 3}
"""Mentions of each sort before a pronoun that it may refer to; a label may be wrong."""
ROOM_OF_PERSON = ROOM | {"name": 8}
NAMES_BEHIND = 3
NEAREST = 5
"""Mentions before a relative pronoun that it may refer to."""
LATEST, LATER, SAME_HEAD = 16, 5, 3
"""Entities named before, entities named later only, and noun phrases with the same noun that a noun
phrase may refer to."""
EMPTY = frozenset(("the", "a", "an", "this", "that", "'s", "’s", "-", "his", "her", "its"))
"""Words of a noun phrase that say nothing about what it is."""
PERSON = NAME_LABELS.index("PERSON")
GENDERS = {None: 0, "m": 1, "f": 2}
REACH = 400
"""No antecedent is farther back than so many mentions."""


FEATURES: Mapping[str, tuple[str, ...]] = {
    "known": (
        *(f"type {one}" for one in TYPE_NAMES),
        *(f"is {one}" for one in DEP_GROUPS),
        *(f"label {one}" for one in (*NAME_LABELS, "none")),
        *("source", "entity is a man", "entity is a woman", "names of the entity"),
    ),
    "relations": (
        *("distance", "same sentence", "next sentence", "sentences apart", "paragraphs apart"),
        *("same paragraph", "mentions apart", "behind", "rank by distance", "source"),
        *("same speech", "antecedent in speech", "anaphor in speech", "voice of the speech"),
        *("voice of both speeches", "genders agree", "genders differ", "names before"),
        *("last name", "same noun", "role", "in the name", "not all modifiers", "label agrees"),
        *("like the name", "speaker"),
    ),
}
"""The columns of the arrays."""


class ReferenceScene(NamedTuple):
    """A document as the ranker sees it, names already in chains."""

    columns: Columns
    chains: Sequence[Chain]
    names: Sequence[Reference]
    speech: Sequence[int]
    """For each token the index of the speech that it is part of, or -1."""
    voices: Mapping[int, int]
    """By the index of a speech, the token that heads the source of its attribution."""
    sources: frozenset[int]
    """Tokens that head the source of an attribution."""
    replies: Mapping[int, int] = {}
    """By the head of the source of a reply, the head of the source of what is replied to."""


class ReferenceFeatures(NamedTuple):
    """The arrays of a document, or of a section of it, with m mentions and p pairs."""

    mentions: list[MentionCandidate]
    known: Floats
    """(m, k) what is known of each mention."""
    pairs: Integers
    """(p, 2) an anaphor and a possible antecedent, sorted by the anaphor."""
    relations: Floats
    """(p, r) what is known of each pair; the last column is filled when the speakers are known."""
    nouns: Floats
    """(m, 300) the static vector, at length one, of the head of each noun phrase without a name."""
    states: Floats
    """(m, 192) what the base model makes of the head of each mention and of the word above it."""
    voices: Mapping[int, int] = {}
    """By the index of a speech, the mention that is the source of its attribution, or -1."""


@cache
def animates() -> frozenset[str]:
    """Return nouns that stand for a person."""
    return frozenset(role.split()[-1] for role in roles())


@cache
def noun_labels() -> Mapping[str, int]:
    """Return the label, as an index of ``NAME_LABELS``, that nouns give to what they define."""
    found = {
        word: NAME_LABELS.index(label) for word, label in kinds().items() if label in NAME_LABELS
    }
    return dict.fromkeys(organisations().nominals, 1) | found


def features(scene: ReferenceScene, doc: Doc) -> ReferenceFeatures:
    """Return the arrays of a document."""
    found = Pairs(scene, doc)
    return found.section(slice(0, len(found.pairs)), np.arange(len(found.mentions)))


class Pairs:
    """The mentions and pairs of a document, from which the arrays of its sections are made.

    All arrays at once take 8 KB for every 10 tokens.
    """

    def __init__(self, scene: ReferenceScene, doc: Doc) -> None:
        self.scene = scene
        self.doc = doc
        self.columns = columns = scene.columns
        self.mentions = find_mentions(columns, scene.names, scene.speech)
        table = np.fromiter(chained.from_iterable(self.mentions), dtype=np.int64).reshape(-1, 5)
        self.starts, _, self.head, self.types, self.chain = table.T.copy()
        self.heads: list[int] = self.head.tolist()
        self.lower = [columns.lower[head] for head in self.heads]
        self.above, self.sentences, self.paragraphs = columns.arrays
        self.speech = np.array(scene.speech, dtype=np.int64)
        self.deps = np.array([DEPS.get(columns.deps[head], OTHER_DEP) for head in self.heads], int)
        self.labels = np.array([*(NAME_LABELS.index(one.label) for one in scene.chains), -1])
        """The label of each chain, and of none."""
        self.genders = np.array([*(GENDERS[one.gender] for one in scene.chains), 0])
        given, living = noun_labels(), animates()
        self.given = np.array([given.get(word, -1) for word in self.lower], dtype=np.int64)
        """The label that each head gives, or -1."""
        animate = np.array([word in living for word in self.lower], dtype=bool)
        self.person = np.where(self.chain < 0, animate, self.labels[self.chain] == PERSON)
        self.source = np.array([head in scene.sources for head in self.heads], dtype=bool)
        self.noun = (self.types >= THE) & (self.types < NAME)
        self.plural = (self.types == PLURAL) | (self.types == THOSE)
        self.nouns = np.flatnonzero(self.noun).tolist()
        self.modifiers = [
            tuple([word for word in columns.lower[one.start : one.head] if word not in EMPTY])
            for one in self.mentions
        ]
        self.of_chain: dict[int, list[int]] = {}
        for at, one in enumerate(self.mentions):
            if one.chain >= 0:
                self.of_chain.setdefault(one.chain, []).append(at)
        self.first_places = sorted(places[0] for places in self.of_chain.values())
        self.latest: dict[int, int] = {}
        """The last mention by name of each chain so far, the most recent last."""
        self.same_word: dict[str, list[int]] = {}
        self.by_sort: dict[int, dict[str, list[int]]] = {}
        spoken: dict[int, int] = {}
        for token in np.flatnonzero(np.diff(self.speech, prepend=-1)).tolist():
            if scene.speech[token] >= 0:
                spoken.setdefault(scene.speech[token], token)
        self.speeches = sorted((token, speech) for speech, token in spoken.items())
        """Where each speech begins, in text order."""
        self.voiced = {speech: self._mention_at(token) for speech, token in scene.voices.items()}
        self.pairs = self._pairs()
        self.known = self._known()

    def _mention_at(self, token: int) -> int:
        """Return the mention that a token heads or is part of, or -1."""
        at = bisect_left(self.mentions, (token + 1,)) - 1
        for near in range(at, max(-1, at - 6), -1):
            one = self.mentions[near]
            if one.head == token or (one.type == NAME and one.start <= token < one.end):
                return near
        return -1

    def outline(self) -> ReferenceFeatures:
        """Return the mentions and pairs, with none of the arrays but the last column of relations.

        It is where the speakers are filled in for ``section``.
        """
        none = np.zeros((0, 0), dtype=np.float32)
        told = np.zeros((len(self.pairs), 1), dtype=np.float32)
        return ReferenceFeatures(self.mentions, none, self.pairs, told, none, none, self.voiced)

    def tokens(self) -> Integers:
        """Return the tokens that head or begin a mention of a pair, in order."""
        used = np.unique(self.pairs)
        return np.union1d(self.head[used], self.starts[used])

    def bounds(self) -> list[int]:
        """Return the rows between which the pairs of each section are, those of whole anaphors."""
        starts = [start for start, _ in sections(self.sentences)]
        rows: list[int] = np.searchsorted(self.starts[self.pairs[:, 0]], starts).tolist()
        return [*rows, len(self.pairs)]

    def section(self, rows: slice, used: Integers) -> ReferenceFeatures:
        """Return the arrays of some pairs, those of whole anaphors, and of the mentions used."""
        place = np.zeros(len(self.mentions), dtype=np.int64)
        place[used] = np.arange(len(used))
        pairs = self.pairs[rows]
        return ReferenceFeatures(
            [self.mentions[at] for at in used.tolist()],
            self.known[used],
            place[pairs],
            self._relations(pairs),
            self._nouns_alone(used),
            self._states(used),
            self.voiced,
        )

    def _pairs(self) -> Integers:
        anaphors: list[int] = []
        sizes: list[int] = []
        others: list[int] = []
        for at, one in enumerate(self.mentions):
            if one.is_anaphor:
                found = self._candidates(at, one)
                anaphors.append(at)
                sizes.append(len(found))
                others += found
            if one.type == NAME:
                self.latest.pop(one.chain, None)
                self.latest[one.chain] = at
            elif one.type >= THE:
                self.same_word.setdefault(self.lower[at], []).append(at)
        return np.array((np.repeat(anaphors, sizes), others), dtype=np.int64).T

    def _states(self, used: Integers) -> Floats:
        """Return the vectors in context of the head of some mentions and of the word above it."""
        found, head = known_tensor(self.doc), self.head[used]
        return np.concatenate([found[head], found[self.above[head]]], axis=1)

    # ------------------------------------------------------------------------- candidates
    def _candidates(self, at: int, one: MentionCandidate) -> list[int]:
        if one.type >= THE:
            found = self._for_noun(at, one)
        elif one.type in (WHO, WHICH):
            found = set(range(max(0, at - NEAREST), at))
        else:
            found = self._for_pronoun(at, one)
        voice = self.voiced.get(self.scene.speech[one.head], -1)
        if voice >= 0:
            found.add(voice)
        if one.type in SPOKEN:
            found.update(other for other in self._voices_around(at) if other >= 0)
        if one.type == WE and voice >= 0:
            found.update(self._near(voice))
        found.discard(at)
        return sorted(found)

    def _voices_around(self, at: int) -> tuple[int, int]:
        """Return the mentions that are the voices of the speech before and behind, or -1."""
        token = self.heads[at]
        place = bisect_left(self.speeches, (token + 1,))
        before = place - 1 - (self.scene.speech[token] >= 0)
        numbers = [
            self.speeches[one][1] if 0 <= one < len(self.speeches) else -1
            for one in (before, place)
        ]
        return self.voiced.get(numbers[0], -1), self.voiced.get(numbers[1], -1)

    def _near(self, voice: int) -> list[int]:
        """Return the names in the sentence of a mention, close to it."""
        sentences = self.columns.sentences
        around = range(max(0, voice - 4), min(len(self.mentions), voice + 5))
        sentence = sentences[self.heads[voice]]
        return [
            one
            for one in around
            if self.mentions[one].type == NAME and sentences[self.heads[one]] == sentence
        ]

    def _for_pronoun(self, at: int, one: MentionCandidate) -> set[int]:
        mentions, chains = self.mentions, self.scene.chains
        person = one.type in (HE, SHE) or one.type in SPOKEN
        room = ROOM_OF_PERSON if person else ROOM
        before: dict[str, list[int]] = {}
        for sort, places in self._sorted(one.type, person).items():
            behind = bisect_left(places, at)
            before[sort] = places[max(0, behind - room[sort]) : behind]
        first = at - REACH + 1
        if all(len(before[sort]) == room[sort] for sort in ("name", "pronoun")):
            first = max(first, min(before["name"][0], before["pronoun"][0]))
        found = {other for places in before.values() for other in places if other >= first}
        sentences, left = self.columns.sentences, NAMES_BEHIND
        for other in range(at + 1, min(len(mentions), at + 40)):
            later = mentions[other]
            if sentences[later.head] != sentences[one.head] or not left:
                break
            if later.type == NAME and (chains[later.chain].label == "PERSON") == person:
                left -= 1
                found.add(other)
        return found

    def _sorted(self, kind: int, person: bool) -> dict[str, list[int]]:
        """Return the possible antecedents of pronouns of a type, by what they are."""
        if kind not in self.by_sort:
            types, same = self.types, self.person == person
            named, single = types == NAME, self.noun & ~self.plural
            sorts = {"name": named & same, "mislabelled": named & ~same}
            if kind in (THEY, WE):
                sorts = {"name": named}
            if kind in SPOKEN:
                sorts["pronoun"] = types < THE
            else:
                sorts["pronoun"] = (types == kind) | (types == WHO) | (types == WHICH)
                sorts["noun"] = self.plural if kind == THEY else single & same
                sorts["other"] = single & ~same & (kind != THEY)
            self.by_sort[kind] = {sort: np.flatnonzero(at).tolist() for sort, at in sorts.items()}
        return self.by_sort[kind]

    def _for_noun(self, at: int, one: MentionCandidate) -> set[int]:
        found = {
            place for place in islice(reversed(self.latest.values()), LATEST) if at - place <= REACH
        }
        for other in range(at + 1, min(len(self.mentions), at + 4)):
            later = self.mentions[other]
            if later.type == NAME and one.end <= later.start <= one.end + 2:
                found.add(other)
                break
        behind = bisect_left(self.first_places, at)
        found.update(self.first_places[behind : behind + LATER])
        same = self.same_word.get(self.columns.lower[one.head], ())
        found.update(place for place in same[-SAME_HEAD:] if at - place <= REACH)
        if is_national(self.columns, one.head):
            found = {place for place in found if self.person[place]}
        return found

    # --------------------------------------------------------------------------- mentions
    def _known(self) -> Floats:
        types, chain = self.types, self.chain
        given = np.where(self.given < 0, len(NAME_LABELS), self.given)
        named = list(self.of_chain)
        gender = self.genders[named]
        of_chain = np.zeros((3, len(self.labels)))
        of_chain[:, named] = (
            gender == GENDERS["m"],
            gender == GENDERS["f"],
            np.log1p([len(self.of_chain[one]) for one in named]),
        )
        return _rows(
            _one_hot(types, TYPES),
            _one_hot(self.deps, OTHER_DEP + 1),
            _one_hot(np.where(chain >= 0, self.labels[chain], given), len(NAME_LABELS) + 1),
            self.source,
            of_chain[:, chain],
        )

    def _nouns_alone(self, used: Integers) -> Floats:
        """Return (m, 300): the vectors of the heads of those mentions that have no name."""
        found = np.zeros((len(used), WIDTH), dtype=np.float32)
        alone = self.noun[used]
        found[alone] = self._vectors(self.head[used[alone]])
        return found

    def _vectors(self, tokens: Integers) -> Floats:
        """Return the static vectors of tokens, at length one."""
        words = words_of(self.doc)
        return unit_rows(words.vectors[words.places[tokens]])

    # ------------------------------------------------------------------------------ pairs
    def _relations(self, pairs: Integers) -> Floats:
        if not len(pairs):
            return np.zeros((0, 1), dtype=np.float32)
        first, second = pairs.T.copy()
        i, j = self.head[first], self.head[second]
        sentences, paragraphs, speech = self.sentences, self.paragraphs, self.speech
        sentence = np.abs(sentences[i] - sentences[j])
        inside, other = speech[i], speech[j]
        voices = self._voices
        voice = voices[inside]
        away = np.abs(i - j)
        starts = np.flatnonzero(np.diff(first, prepend=-1))
        begin = np.repeat(starts, np.diff(np.append(starts, len(pairs))))
        nearest = np.empty(len(pairs))
        order = np.argsort(first * len(speech) + away, kind="stable")
        nearest[order] = np.minimum(np.arange(len(pairs)) - begin, 10) / 5
        return _rows(
            np.log1p(away) / 3,
            sentence == 0,
            sentence == 1,
            np.log1p(sentence),
            np.minimum(np.abs(paragraphs[i] - paragraphs[j]), 3) / 3,
            paragraphs[i] == paragraphs[j],
            np.minimum(np.abs(second - first), 40) / 20,
            j > i,
            nearest,
            self.source[second],
            (inside >= 0) & (inside == other),
            (inside < 0) & (other >= 0),
            (inside >= 0) & (other < 0),
            (voice >= 0) & (voice == second),
            (voice >= 0) & (voice == np.where(other >= 0, voices[other], -3)),
            *self._agreement(first, second),
            *self._recency(first, second),
            self._nouns(first, second),
            np.zeros(len(pairs)),
        )

    def _agreement(self, first: Integers, second: Integers) -> list[NDArray[np.bool_]]:
        """Return whether genders agree or differ, by list, title or pronoun."""
        a, b = self._gender[first], self._gender[second]
        return [(a > 0) & (a == b), (a > 0) & (b > 0) & (a != b)]

    @cached_property
    def _voices(self) -> Integers:
        """The mention that is the voice of each speech, and -1 for none at the end."""
        return np.array([self.voiced.get(s, -1) for s in range(self.speech.max() + 1)] + [-1])

    @cached_property
    def _gender(self) -> Integers:
        """The gender of each mention, as numbered in ``GENDERS``."""
        gender: Integers = self.genders[self.chain]
        for at in self.nouns:
            role = roles().get(self.lower[at])
            gender[at] = 0 if role is None else GENDERS[role.gender]
        gender[self.types == HE] = 1
        gender[self.types == SHE] = 2
        return gender

    def _recency(self, first: Integers, second: Integers) -> list[Any]:
        """Return how often the entity of a named antecedent is named before, and which is last."""
        chain, size = self.chain, len(self.mentions) + 1
        places = np.flatnonzero(chain >= 0)
        keys = np.sort(chain[places] * size + places)
        number = chain[second]
        named = number >= 0
        begin = np.searchsorted(keys, number * size)
        before = np.searchsorted(keys, number * size + first) - begin
        last = np.append(keys, 0)[begin + before - 1] - number * size
        seen = named & (before > 0)
        return [np.where(named, np.log1p(before), 0.0), seen & (last == second)]

    def _nouns(self, first: Integers, second: Integers) -> Floats:
        """Return what the words of noun phrases have in common with their antecedents.

        Of other noun phrases, whether they have the same noun. Of the entities of names, whether
        the noun is one of their roles or in the name, whether not all modifiers are said of them,
        how the labels agree, and how like the vectors of noun and name are.
        """
        found = np.zeros((6, len(first)), dtype=np.float32)
        noun = self.types[first] >= THE
        number = self.chain[second]
        unnamed = noun & (number < 0) & (self.types[second] >= THE)
        found[0] = unnamed & (self._words[first] == self._words[second])
        rows = np.flatnonzero(noun & (number >= 0))
        if not len(rows):
            return found
        number = number[rows]
        nouns, at = np.unique(first[rows], return_inverse=True)
        wanted = np.array([len(self.modifiers[one]) for one in nouns.tolist()])
        asked, place = np.unique(number, return_inverse=True)
        columns = np.full(len(self.scene.chains), -1)
        columns[asked] = np.arange(len(asked))
        hits = np.zeros((3, len(nouns), len(asked)), dtype=np.int8)

        def those(owners: list[int]) -> Integers:
            """Return the columns of those chains that are asked for."""
            found: Integers = columns[owners]
            return found[found >= 0]

        by_role, described, in_name = self._words_of_chains
        for row, one in enumerate(nouns.tolist()):
            for sort, table in enumerate((by_role, in_name)):
                if owners := table.get(self.lower[one]):
                    hits[sort, row, those(owners)] = 1
            for word in self.modifiers[one]:
                if owners := described.get(word, []) + in_name.get(fold(word), []):
                    hits[2, row, those(owners)] += 1
        found[1:3, rows] = hits[:2, at, place]
        found[3, rows] = wanted[at] > hits[2, at, place]
        given = self.given[nouns][at]
        found[4, rows] = np.where(given < 0, 0, np.where(given == self.labels[number], 1, -1))
        found[5, rows] = self._likeness(nouns, asked)[at, place]
        return found

    def _likeness(self, nouns: Integers, chains: Integers) -> Floats:
        """Return (n, c): the best cosine of nouns with a word of the name of chains."""
        best = np.zeros((len(nouns), len(chains)), dtype=np.float32)
        words: list[str] = []
        starts: dict[int, int] = {}
        for place, chain in enumerate(chains.tolist()):
            if mine := [word for word in self.scene.chains[chain].words if word.isalpha()]:
                starts[place] = len(words)
                words += mine
        if words:
            table = word_vectors(self.doc.vocab, [self.lower[one] for one in nouns.tolist()])
            cosines = table @ word_vectors(self.doc.vocab, words).T
            tops = np.maximum.reduceat(cosines, [*starts.values()], axis=1)
            best[:, [*starts]] = np.maximum(tops, 0)
        likeness: Floats = np.round(best, 4)
        return likeness

    @cached_property
    def _words_of_chains(self) -> tuple[dict[str, list[int]], ...]:
        """Return the chains by the words of their roles, descriptions and names."""
        tables: tuple[dict[str, list[int]], ...] = ({}, {}, {})
        for number, one in enumerate(self.scene.chains):
            for table, words in zip(tables, (one.roles, one.described, one.words), strict=True):
                for word in words:
                    table.setdefault(word, []).append(number)
        return tables

    @cached_property
    def _words(self) -> Integers:
        """A number for the word that heads each mention."""
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(word, len(numbers)) for word in self.lower])


def word_vectors(vocab: Vocab, words: Sequence[str]) -> Floats:
    """Return (w, 300): the static vectors of words at length one, or zero."""
    return unit_rows(static_vectors(vocab, [vocab.strings[word] for word in words]))


def unit_rows(table: Floats) -> Floats:
    """Return the rows of a table at length one, or zero."""
    found: Floats = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    return found


def _one_hot(codes: Integers, size: int) -> NDArray[np.bool_]:
    """Return (size, n): which of the n codes is each number."""
    return np.equal.outer(np.arange(size), codes)


def _rows(*features: Any) -> Floats:
    """Return (n, k): k features, some of them together, that have n values each."""
    parts = [np.atleast_2d(one) for one in features]
    table = np.empty((parts[0].shape[1], sum(map(len, parts))), dtype=np.float32)
    np.concatenate(parts, out=table.T)
    return table
