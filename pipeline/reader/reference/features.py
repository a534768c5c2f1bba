"""What the ranker of reference reads of a document: arrays, one row a mention or a pair."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from math import log1p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.document.columns import Columns
from pipeline.document.names import (
    NAME_LABELS,
    Chain,
    Reference,
    fold,
    genders,
    kinds,
    organisations,
    roles,
)
from pipeline.reader.reference.mentions import (
    HE,
    INDEFINITE,
    IT,
    NAME,
    PLURAL,
    REFLEXIVES,
    SHE,
    SPOKEN,
    THE,
    THEY,
    THOSE,
    TYPES,
    WE,
    WHICH,
    WHO,
    Mention,
    find_mentions,
)
from pipeline.reader.session import WIDTH, Floats, Integers, known_tensor, static_vectors

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
LABEL_COLUMNS = TYPES + OTHER_DEP + 1
"""Where the columns of the label begin in what is known of a mention."""
CLIMB = 12
"""Ancestors of a mention that are compared with another's."""
FAR, NONE = 5, 6
"""Codes of five steps or more to a common ancestor, and of no common ancestor."""
ROOM = {"name": 6, "pronoun": 4, "noun": 3, "other": 3, "mislabelled": 3}
"""Mentions of each sort before a pronoun that it may refer to; a label may be wrong."""
ROOM_OF_PERSON = ROOM | {"name": 8}
NAMES_BEHIND = 3
NEAREST = 5
"""Mentions before a relative pronoun that it may refer to."""
LATEST, LATER, SAME_HEAD = 16, 5, 3
"""Entities named before, entities named later only, and noun phrases with the same noun that a noun
phrase may refer to."""
SUBJECTS = ("nsubj", "nsubjpass")
SAID_BY = {"appos": 1, "attr": 2} | dict.fromkeys(SUBJECTS, 3)
"""Codes of what is said of a name, and of the subject that a verb says it of."""
MARKS = frozenset((",", "(", "-", "–", "—", ":"))
"""Marks between a noun phrase and the name that it is an apposition of."""
EMPTY = frozenset(("the", "a", "an", "this", "that", "'s", "’s", "-", "his", "her", "its"))
"""Words of a noun phrase that say nothing about what it is."""
PLURALS = (PLURAL, THOSE)
TAGS_BEHIND = ("IN", "WDT", "WP", "VBG", "VBN", "TO", ",", "POS")
"""Tags of the token behind a mention that have a column."""
CLAUSES = ("ccomp", "xcomp", "acomp", "attr")
"""Dependents of the verb of "it" that have a column: it is no thing in "it is clear that"."""
FORMS_OF_BE = frozenset(("is", "was", "be", "been", "'s", "’s"))
REACH = 400
"""No antecedent is farther back than so many mentions."""


class Scene(NamedTuple):
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


class Features(NamedTuple):
    """The arrays of a document with m mentions and p pairs."""

    mentions: list[Mention]
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


def features(scene: Scene, doc: Doc) -> Features:
    """Return the arrays of a document."""
    return _Builder(scene, doc).build()


class _Builder:
    def __init__(self, scene: Scene, doc: Doc) -> None:
        self.scene = scene
        self.doc = doc
        self.columns = scene.columns
        self.mentions = find_mentions(scene.columns, scene.names, scene.speech)
        self.heads = [one.head for one in self.mentions]
        self.head = np.array(self.heads, dtype=np.int64)
        self.above = np.array(scene.columns.heads, dtype=np.int64)
        self.sentences = np.array(scene.columns.sentences, dtype=np.int64)
        self.paragraphs = np.array(scene.columns.paragraphs, dtype=np.int64)
        self.speech = np.array(scene.speech, dtype=np.int64)
        deps = [DEPS.get(scene.columns.deps[head], OTHER_DEP) for head in self.heads]
        self.deps = np.array(deps, dtype=np.int64)
        self.types = np.array([one.type for one in self.mentions], dtype=np.int64)
        self.chain = np.array([one.chain for one in self.mentions], dtype=np.int64)
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
        for token, speech in enumerate(scene.speech):
            if speech >= 0:
                spoken.setdefault(speech, token)
        self.speeches = sorted((token, speech) for speech, token in spoken.items())
        """Where each speech begins, in text order."""
        self.voiced = {speech: self._mention_at(token) for speech, token in scene.voices.items()}

    def _mention_at(self, token: int) -> int:
        """Return the mention that a token heads or is part of, or -1."""
        at = bisect_left(self.mentions, (token + 1,)) - 1
        for near in range(at, max(-1, at - 6), -1):
            one = self.mentions[near]
            if one.head == token or (one.type == NAME and one.start <= token < one.end):
                return near
        return -1

    def build(self) -> Features:
        anaphors: list[int] = []
        others: list[int] = []
        for at, one in enumerate(self.mentions):
            if one.is_anaphor:
                found = self._candidates(at, one)
                anaphors += [at] * len(found)
                others += found
            self._pass(at, one)
        rows = np.array([anaphors, others], dtype=np.int64).T
        known = self._known()
        return Features(
            self.mentions,
            known,
            rows,
            self._relations(rows),
            self._nouns_alone(),
            self._states(),
            self.voiced,
        )

    def _states(self) -> Floats:
        """Return the vectors in context of the head of each mention and of the word above it."""
        found = known_tensor(self.doc)
        return np.concatenate([found[self.head], found[self.above[self.head]]], axis=1)

    def _pass(self, at: int, one: Mention) -> None:
        """Note a mention that is behind us now."""
        if one.type == NAME:
            self.latest.pop(one.chain, None)
            self.latest[one.chain] = at
        elif one.type >= THE:
            self.same_word.setdefault(self.columns.lower[one.head], []).append(at)

    # ------------------------------------------------------------------------- candidates
    def _candidates(self, at: int, one: Mention) -> list[int]:
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

    def _for_pronoun(self, at: int, one: Mention) -> set[int]:
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
            table: dict[str, list[int]] = {sort: [] for sort in ROOM}
            for at, other in enumerate(self.mentions):
                sort = self._sort(kind, person, other)
                if sort is not None:
                    table[sort].append(at)
            self.by_sort[kind] = table
        return self.by_sort[kind]

    def _sort(self, kind: int, person: bool, other: Mention) -> str | None:
        """Return as what a mention may be the antecedent of a pronoun, if it may."""
        if other.type == NAME:
            human = self.scene.chains[other.chain].label == "PERSON"
            return "name" if human == person or kind in (THEY, WE) else "mislabelled"
        if other.type < THE:
            if kind in SPOKEN or other.type in SPOKEN:
                return "pronoun" if kind == other.type or kind in SPOKEN else None
            return "pronoun" if other.type in (kind, WHO, WHICH) else None
        human = self.columns.lower[other.head] in animates()
        if kind in SPOKEN:
            return None
        if kind == THEY:
            return "noun" if other.type in PLURALS else None
        if other.type in PLURALS:
            return None
        return "noun" if human == person else "other"

    def _for_noun(self, at: int, one: Mention) -> set[int]:
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
        return found

    # --------------------------------------------------------------------------- mentions
    def _known(self) -> Floats:
        columns, scene = self.columns, self.scene
        size = len(self.mentions)
        blocks = [_one_hot(self.types, TYPES), _one_hot(self.deps, OTHER_DEP + 1)]
        labels = [
            NAME_LABELS.index(scene.chains[one.chain].label)
            if one.chain >= 0
            else noun_labels().get(columns.lower[one.head], len(NAME_LABELS))
            for one in self.mentions
        ]
        blocks.append(_one_hot(np.array(labels, dtype=np.int64), len(NAME_LABELS) + 1))
        head, up = self.head, self.above[self.head]
        tags = [columns.tags[at] for at in self.heads]
        lower = [columns.lower[at] for at in self.heads]
        behind = [*columns.tags[1:], ""]
        starts = np.array([one.start for one in self.mentions], dtype=np.int64)
        ends = np.array([one.end for one in self.mentions], dtype=np.int64)
        opens = np.diff(self.sentences, prepend=-1) != 0
        of_place = [
            np.logical_or(up == head, [columns.deps[at] == "ROOT" for at in up.tolist()]),
            self.speech[head] >= 0,
            self.sentences[head] == 0,
            self.paragraphs[head] == 0,
            opens[starts],
            [at in scene.sources for at in self.heads],
            [behind[at] == "IN" for at in self.heads],
            np.minimum(ends - starts, 8) / 4,
            [word in animates() for word in lower],
            [word in REFLEXIVES for word in lower],
            np.logical_or(self.deps == DEPS["poss"], [tag in ("PRP$", "WP$") for tag in tags]),
            [tag[:3] == "NNP" for tag in tags],
        ]
        of_name = np.zeros((size, 6), dtype=np.float32)
        of_chain = np.zeros((len(scene.chains), 5), dtype=np.float32)
        counts = Counter(one.chain for one in self.mentions if one.chain >= 0)
        for rank, (chain, count) in enumerate(counts.most_common()):
            gender = scene.chains[chain].gender
            of_chain[chain] = (
                gender == "m",
                gender == "f",
                log1p(count),
                rank == 0,
                min(rank, 10) / 5,
            )
        named = self.chain >= 0
        of_name[named, :5] = of_chain[self.chain[named]]
        of_name[[places[0] for places in self.of_chain.values()], 5] = 1.0
        blocks += [np.stack(of_place, axis=1, dtype=np.float32), of_name, self._surroundings()]
        self._lean = self._leanings()
        blocks.append(self._lean)
        return np.concatenate(blocks, axis=1)

    def _surroundings(self) -> Floats:
        """Return (m, 21): noun phrases with the same noun, and the words around."""
        columns = self.columns
        tags, deps, lower = columns.tags, columns.deps, columns.lower
        clauses: dict[int, list[int]] = {}
        for token, dep in enumerate(deps):
            if dep in CLAUSES:
                clauses.setdefault(columns.heads[token], []).append(CLAUSES.index(dep))
        found = np.zeros((len(self.mentions), 9 + len(TAGS_BEHIND) + len(CLAUSES)), np.float32)
        nouns = [at for at, one in enumerate(self.mentions) if THE <= one.type < NAME]
        total = Counter(lower[self.heads[at]] for at in nouns)
        before: Counter[str] = Counter()
        fresh: dict[str, bool] = {}
        rows: list[tuple[float, ...]] = []
        for one in (self.mentions[at] for at in nouns):
            word = lower[one.head]
            size = sum(w not in EMPTY for w in lower[one.start : one.head])
            rows.append(
                (
                    log1p(before[word]),
                    log1p(total[word]),
                    fresh.setdefault(word, one.type == INDEFINITE),
                    one.type in PLURALS,
                    min(size, 3) / 3,
                    tags[one.head] == "JJ",
                )
            )
            before[word] += 1
        found[nouns, :6] = np.array(rows, dtype=np.float32).reshape(-1, 6)
        found[:, 6] = [tags[one.start - 1 : one.start] == ["IN"] for one in self.mentions]
        found[:, 7] = np.minimum(self.paragraphs[self.head], 10) / 10
        behind = [*tags[1:], ""]
        for at, head in enumerate(self.heads):
            if behind[head] in TAGS_BEHIND:
                found[at, 9 + TAGS_BEHIND.index(behind[head])] = 1.0
        for at in np.flatnonzero(self.types == IT).tolist():
            verb = columns.heads[self.heads[at]]
            found[at, 8] = lower[verb] in FORMS_OF_BE
            for clause in clauses.get(verb, ()):
                found[at, 9 + len(TAGS_BEHIND) + clause] = 1.0
        return found

    def _nouns_alone(self) -> Floats:
        """Return (m, 300): the vectors of the heads of noun phrases without a name."""
        found = np.zeros((len(self.mentions), WIDTH), dtype=np.float32)
        asked = [at for at, one in enumerate(self.mentions) if THE <= one.type < NAME]
        if asked:
            found[asked] = self._table[self._row[asked]]
        return found

    def _leanings(self) -> Floats:
        """Return (m, 4): how far a name or noun leans to women, by vector and by ending."""
        found = np.zeros((len(self.mentions), len(AXES) + 1), dtype=np.float32)
        asked = [
            (at, self.columns.words[one.start if one.type == NAME else one.head], one.type == NAME)
            for at, one in enumerate(self.mentions)
            if one.type >= THE
            and (one.type != NAME or self.scene.chains[one.chain].label == "PERSON")
        ]
        self._row = np.zeros(len(self.mentions), dtype=np.int64)
        if asked:
            rows = [at for at, *_ in asked]
            self._row[rows] = np.arange(len(rows))
            self._table = table = unit_vectors(self.doc, [word for _, word, _ in asked])
            found[rows, :-1] = np.round(table @ gender_axes(self.doc), 4) * 3
            found[rows, -1] = [by_ending(fold(word)) if name else 0.0 for _, word, name in asked]
        return found

    # ------------------------------------------------------------------------------ pairs
    def _relations(self, pairs: Integers) -> Floats:
        if not len(pairs):
            return np.zeros((0, 1), dtype=np.float32)
        scene = self.scene
        first, second = pairs[:, 0], pairs[:, 1]
        i, j = self.head[first], self.head[second]
        sentences, paragraphs, speech = self.sentences, self.paragraphs, self.speech
        types, deps, chain, verb = self.types, self.deps, self.chain, self.above
        source = np.array([h in scene.sources for h in self.heads], dtype=bool)
        behind = j > i
        sentence = np.abs(sentences[i] - sentences[j])
        inside, other = speech[i], speech[j]
        voices = np.array(
            [self.voiced.get(s, -1) for s in range(max(scene.speech, default=-1) + 1)] + [-1]
        )
        voice = voices[inside]
        up_i, up_j, lca_dep = self._paths(first, second, i, j)
        subject_j = deps[second] <= 1
        away = np.abs(i - j)
        starts = np.flatnonzero(np.diff(first, prepend=-1))
        begin = np.repeat(starts, np.diff(np.append(starts, len(pairs))))
        nearest = np.empty(len(pairs), dtype=np.float32)
        nearest[np.lexsort((away, first))] = np.minimum(np.arange(len(pairs)) - begin, 10) / 5
        columns_of_pairs = [
            np.log1p(away) / 3,
            sentence == 0,
            sentence == 1,
            sentence == 2,
            np.log1p(sentence),
            np.minimum(np.abs(paragraphs[i] - paragraphs[j]), 3) / 3,
            paragraphs[i] == paragraphs[j],
            np.minimum(np.abs(second - first), 40) / 20,
            behind,
            nearest,
            deps[first] == deps[second],
            subject_j & (deps[first] <= 1),
            source[first] & source[second],
            source[second],
            (inside >= 0) & (inside == other),
            (inside >= 0) & (other >= 0) & (inside != other),
            (inside < 0) & (other >= 0),
            (inside >= 0) & (other < 0),
            (voice >= 0) & (voice == second),
            (voice >= 0) & (voice == np.where(other >= 0, voices[other], -3)),
            types[first] == types[second],
            *self._agreement(pairs),
            up_i[:, None] == np.arange(NONE + 1),
            up_j[:, None] == np.arange(NONE + 1),
            (up_j == 1) & subject_j & (up_i > 0),
            (up_j == 1) & subject_j & (up_i > 1),
            (up_i == 1) & (up_j == 1),
            (up_j == 0) & (up_i > 0) & (up_i < NONE),
            (up_i == 0) & (up_j > 0) & (up_j < NONE),
            *self._subjects(i, j),
            *self._recency(pairs, chain, sentences),
            *self._leans(pairs, types),
            (up_i == 0) & (up_j == 1) & (deps[second] == 5),
            (up_i == 0) & (up_j == 1) & (deps[second] == 4),
            (up_j == 0) & (up_i == 1),
            verb[i] == j,
            lca_dep,
            *self._nouns(pairs, types, chain),
            *self._beside(first, second),
            *self._around(first, second, j, sentences),
            *self._rivals(pairs, types, chain, subject_j),
            *self._owned(i, j),
            np.zeros(len(pairs)),
        ]
        blocks = [np.reshape(block, (len(pairs), -1)) for block in columns_of_pairs]
        return np.concatenate(blocks, axis=1, dtype=np.float32)

    def _agreement(self, pairs: Integers) -> list[NDArray[np.bool_]]:
        """Return whether genders agree or differ, by list, title or pronoun."""
        gender = np.zeros(len(self.mentions), dtype=np.int64)
        for at, mention in enumerate(self.mentions):
            if mention.chain >= 0:
                known = self.scene.chains[mention.chain].gender
            else:
                role = roles().get(self.columns.lower[mention.head])
                known = role.gender if role is not None and mention.type >= THE else None
            gender[at] = {"m": 1, "f": 2, None: 0}[known]
        gender[[m.type == HE for m in self.mentions]] = 1
        gender[[m.type == SHE for m in self.mentions]] = 2
        a, b = gender[pairs[:, 0]], gender[pairs[:, 1]]
        return [(a > 0) & (a == b), (a > 0) & (b > 0) & (a != b), (a > 0) & (b == 0)]

    def _paths(
        self, first: Integers, second: Integers, i: Integers, j: Integers
    ) -> tuple[Integers, Integers, NDArray[np.bool_]]:
        """Return the steps from either head to their lowest common ancestor (5: far, 6: none)."""
        ancestors = np.full((len(self.mentions), CLIMB), -1, dtype=np.int64)
        token, climbing = self.head, np.arange(len(self.mentions))
        for step in range(CLIMB):
            ancestors[climbing, step] = token
            up = self.above[token]
            token, climbing = up[up != token], climbing[up != token]
        up_i = np.full(len(first), NONE, dtype=np.int64)
        up_j = np.full(len(first), NONE, dtype=np.int64)
        near = np.flatnonzero(self.sentences[i] == self.sentences[j])
        root = np.zeros(len(first), dtype=bool)
        for begin in range(0, len(near), 4096):
            part = near[begin : begin + 4096]
            a, b = ancestors[first[part]], ancestors[second[part]]
            same = (a[:, :, None] == b[:, None, :]) & (a[:, :, None] >= 0)
            flat = same.reshape(len(part), -1)
            met = flat.any(axis=1)
            place = flat.argmax(axis=1)
            up_i[part[met]] = np.minimum(place[met] // CLIMB, FAR)
            up_j[part[met]] = np.minimum(place[met] % CLIMB, FAR)
            meeting = a[np.arange(len(part)), place // CLIMB]
            root[part] = met & (self.above[meeting] == meeting)
        return up_i, up_j, root

    def _subjects(self, i: Integers, j: Integers) -> list[NDArray[np.bool_]]:
        """Return whether an antecedent is the subject of the 1st, 2nd, 3rd verb above."""
        columns = self.columns
        heads, deps = columns.heads, columns.deps
        subject_of: dict[int, int] = {}
        for token, dep in enumerate(deps):
            if dep in ("nsubj", "nsubjpass") and heads[token] not in subject_of:
                subject_of[heads[token]] = token
        above = np.full((len(columns.words), 3), -1, dtype=np.int64)
        for token in {one.head for one in self.mentions if one.is_anaphor}:
            at, level = token, 0
            for _ in range(CLIMB):
                up = heads[at]
                if up == at or level == 3:
                    break
                subject = subject_of.get(up, -1)
                if subject >= 0 and subject != token:
                    above[token, level] = subject
                    level += 1
                at = up
        return [above[i, level] == j for level in range(3)]

    def _recency(self, pairs: Integers, chain: Integers, sentences: Integers) -> list[Any]:
        """Return how recent and how prominent the entity of a named antecedent is."""
        first, second = pairs[:, 0], pairs[:, 1]
        size = len(self.mentions) + 1
        places = np.flatnonzero(chain >= 0)
        keys = np.sort(chain[places] * size + places)
        number = chain[second]
        named = number >= 0
        begin = np.searchsorted(keys, number * size)
        count = np.searchsorted(keys, (number + 1) * size) - begin
        before = np.searchsorted(keys, number * size + first) - begin
        padded = np.append(keys, 0)
        last = padded[begin + before - 1] - number * size
        seen = named & (before > 0)
        opening = padded[begin] - number * size
        sources = np.array(self._last_sources(), dtype=np.int64).reshape(-1)[first]
        subjects = self._paragraph_subjects()
        opener = np.array(
            [subjects.get(self.columns.paragraphs[head], -1) for head in self.heads], dtype=np.int64
        ).reshape(-1)
        subject = [
            chain_number * (len(self.columns.words) + 1) + self.columns.sentences[one.head]
            for one in self.mentions
            if (chain_number := one.chain) >= 0 and self.columns.deps[one.head] in SUBJECTS
        ]
        heads = self.head
        asked = number * (len(self.columns.words) + 1) + sentences[heads[first]] - 1
        same_source = (sources >= 0) & (chain[sources] == number)
        return [
            np.where(named, np.log1p(before), 0.0),
            seen & (last == second),
            named & (before == 0),
            named & (sentences[heads[first]] > 0) & np.isin(asked, subject),
            np.where(seen, np.minimum(first - last, 60) / 30, 0.0),
            named & (before >= 0.5 * count),
            named & (opening < 4),
            sources == second,
            opener[first] == second,
            named & same_source,
        ]

    def _last_sources(self) -> list[int]:
        """Return for each mention the last mention before it that is a source, or -1."""
        found, last = [], -1
        for at, one in enumerate(self.mentions):
            found.append(last)
            if one.head in self.scene.sources:
                last = at
        return found

    def _paragraph_subjects(self) -> dict[int, int]:
        """Return the first mention of each paragraph that is a subject."""
        found: dict[int, int] = {}
        for at, one in enumerate(self.mentions):
            if self.columns.deps[one.head] in ("nsubj", "nsubjpass"):
                found.setdefault(self.columns.paragraphs[one.head], at)
        return found

    def _leans(self, pairs: Integers, types: Integers) -> list[Floats]:
        """Return how far a name leans to the gender of a pronoun."""
        sign = np.where(types == SHE, 1.0, np.where(types == HE, -1.0, 0.0)).astype(np.float32)
        return [self._lean[pairs[:, 1]] * sign[pairs[:, 0]][:, None]]

    def _owned(self, i: Integers, j: Integers) -> list[NDArray[np.bool_]]:
        """Return whether the anaphor owns what the antecedent is said to be, by a comma or a verb.

        "Eleanor West, her manager," and "West is her manager" are not about one person.
        """
        columns = self.columns
        up = self.above
        codes = np.array([SAID_BY.get(dep, 0) for dep in columns.deps], dtype=np.int64)
        thing = up[i]
        said = np.where(thing != i, codes[thing], 0)
        above = up[thing]
        return [
            (said == 1) & (above == j),
            (said == 2) & (codes[j] == 3) & (up[j] == above),
        ]

    def _beside(self, first: Integers, second: Integers) -> list[NDArray[np.bool_]]:
        """Return whether the antecedent is right behind or before, and the same over a comma."""
        starts = np.array([one.start for one in self.mentions], dtype=np.int64)
        ends = np.array([one.end for one in self.mentions], dtype=np.int64)
        words = [*self.columns.words, ""]
        marked = np.array([words[one.end] in MARKS for one in self.mentions], dtype=bool)
        behind, before = starts[second] - ends[first], starts[first] - ends[second]
        return [
            behind == 0,
            (behind == 1) & marked[first],
            before == 0,
            (before == 1) & marked[second],
        ]

    def _around(
        self, first: Integers, second: Integers, j: Integers, sentences: Integers
    ) -> list[Any]:
        """Return what ties an antecedent to the voices of the speech around the anaphor."""
        size = len(self.mentions)
        around = np.full((size, 2), -1, dtype=np.int64)
        own = np.full(size, -1, dtype=np.int64)
        for at, one in enumerate(self.mentions):
            if one.type in SPOKEN:
                around[at] = self._voices_around(at)
            speech = self.scene.speech[one.head]
            if speech >= 0:
                own[at] = self.scene.voices.get(speech, -1)
        voice = own[first]
        near = (voice >= 0) & (sentences[j] == sentences[voice])
        return [
            around[first, 0] == second,
            around[first, 1] == second,
            near,
            np.where(near, 1 / (1 + np.abs(j - voice)), 0.0),
        ]

    def _rivals(
        self, pairs: Integers, types: Integers, chain: Integers, subject: NDArray[np.bool_]
    ) -> list[Any]:
        """Return how the entity of a named antecedent ranks among its rivals.

        Those are the entities of one label, for he and she the persons whose gender may agree: the
        rank by distance, whether no rival has more names, how many there are, the share of the
        antecedents that are its own, and whether this is the nearest subject before.
        """
        rows = np.flatnonzero(chain[pairs[:, 1]] >= 0)
        found = np.zeros((6, len(pairs)), dtype=np.float32)
        if not len(rows):
            return list(found)
        first, second = pairs[rows, 0], pairs[rows, 1]
        number = chain[second]
        labels = np.array([NAME_LABELS.index(one.label) for one in self.scene.chains])
        gender = np.array([{"m": 1, "f": 2, None: 0}[one.gender] for one in self.scene.chains])
        wanted = np.where(types[first] == HE, 1, np.where(types[first] == SHE, 2, 0))
        differs = (wanted > 0) & (gender[number] > 0) & (gender[number] != wanted)
        groups = len(NAME_LABELS) + 1
        group = first * groups + np.where(differs, groups - 1, labels[number])
        size = len(labels)
        rivals, at = np.unique(group * size + number, return_inverse=True)
        away = np.abs(second - first)
        nearest = np.full(len(rivals), REACH + len(self.mentions))
        np.minimum.at(nearest, at, away)
        own = np.bincount(at)
        of_group = rivals // size
        _, begin, inside, many = np.unique(
            of_group, return_index=True, return_inverse=True, return_counts=True
        )
        order = np.lexsort((nearest, of_group))
        rank = np.empty(len(rivals), dtype=np.int64)
        rank[order] = np.arange(len(rivals)) - begin[inside]
        names = np.array([len(self.of_chain.get(one, ())) for one in range(size)])[rivals % size]
        most = np.zeros(len(begin), dtype=np.int64)
        np.maximum.at(most, inside, names)
        total = np.bincount(inside, weights=own)
        found[0, rows] = rank[at] == 0
        found[1, rows] = np.minimum(rank[at], 5) / 5
        found[2, rows] = (names == most[inside])[at]
        found[3, rows] = np.minimum(many[inside][at], 6) / 6
        found[4, rows] = (own / total[inside])[at]
        before = np.where(subject[rows] & (second < first), away, len(self.mentions))
        closest = np.full(len(begin), len(self.mentions))
        np.minimum.at(closest, inside[at], before)
        found[5, rows] = (before == closest[inside[at]]) & (before < len(self.mentions))
        return list(found)

    def _nouns(self, pairs: Integers, types: Integers, chain: Integers) -> list[Any]:
        """Return what the words of noun phrases have in common with their antecedents."""
        columns, chains = self.columns, self.scene.chains
        first, second = pairs[:, 0], pairs[:, 1]
        noun = types[first] >= THE
        size = len(chains) + 1
        in_roles, described, in_name = self._words_of_chains()
        hits: list[list[int]] = [[], [], []]
        shared: dict[int, int] = {}
        wanted = np.zeros(len(self.mentions), dtype=np.int64)
        for at in np.unique(first[noun]).tolist():
            one = self.mentions[at]
            word = columns.lower[one.head]
            for found, table in zip(hits, (in_roles, described, in_name), strict=True):
                found.extend(at * size + owner for owner in table.get(word, ()))
            modifiers = self._modifiers(one)
            wanted[at] = len(modifiers)
            for modifier in modifiers:
                owners = described.get(modifier, set()) | in_name.get(fold(modifier), set())
                for owner in owners:
                    shared[at * size + owner] = shared.get(at * size + owner, 0) + 1
        number = chain[second]
        named = noun & (number >= 0)
        keys = np.where(named, first * size + number, -1)
        theirs = np.zeros(len(pairs), dtype=np.int64)
        if shared:
            known = np.array(sorted(shared), dtype=np.int64)
            counts = np.array([shared[key] for key in known.tolist()], dtype=np.int64)
            place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            theirs = np.where(known[place] == keys, counts[place], 0)
        return [
            *self._same_words(pairs, noun & (number < 0) & (types[second] >= THE)),
            *(named & np.isin(keys, found) for found in hits),
            named & (wanted[first] > 0) & (theirs == wanted[first]),
            named & (wanted[first] > theirs),
            np.where(named, self._label_fit(first, number), 0.0),
            *self._likeness(first, number, named),
        ]

    def _likeness(self, first: Integers, number: Integers, named: NDArray[np.bool_]) -> Floats:
        """Return (3, p): how like the vector of a noun is to words of a chain and to its label.

        The best cosine with a word of the name, the best with a word that describes it, and the
        cosine with the nouns of its label against the best one of another label.
        """
        found = np.zeros((3, len(first)), dtype=np.float32)
        if not named.any():
            return found
        chains, lower = self.scene.chains, self.columns.lower
        nouns, at = np.unique(first[named], return_inverse=True)
        wanted, which = np.unique(number[named], return_inverse=True)
        table = unit_vectors(self.doc, [lower[self.heads[one]] for one in nouns.tolist()])
        owner, words = [], []
        for place, chain in enumerate(wanted.tolist()):
            mine = [word for word in chains[chain].words if word.isalpha()]
            said = sorted(word for word in chains[chain].described if word.isalpha())[:12]
            owner += [(place, 0)] * len(mine) + [(place, 1)] * len(said)
            words += mine + said
        best = np.zeros((2, len(nouns), len(wanted)), dtype=np.float32)
        if words:
            cosines = table @ unit_vectors(self.doc, words).T
            for column, (place, sort) in enumerate(owner):
                np.maximum(best[sort, :, place], cosines[:, column], out=best[sort, :, place])
        kinds_of = table @ label_vectors(self.doc)
        labels = np.array([NAME_LABELS.index(chains[one].label) for one in wanted.tolist()])
        own = np.arange(len(NAME_LABELS)) == labels[:, None]
        others = np.where(own, np.float32(-np.inf), kinds_of[:, None]).max(axis=2)
        fit = 2 * (kinds_of[:, labels] - others)
        found[0, named] = best[0][at, which]
        found[1, named] = best[1][at, which]
        found[2, named] = fit[at, which]
        return np.round(found, 4)

    def _words_of_chains(self) -> tuple[dict[str, set[int]], ...]:
        """Return the chains by the words of their roles, descriptions and names."""
        tables: tuple[dict[str, set[int]], ...] = ({}, {}, {})
        for number, chain in enumerate(self.scene.chains):
            for table, words in zip(
                tables, (chain.roles, chain.described, chain.words), strict=True
            ):
                for word in words:
                    table.setdefault(word, set()).add(number)
        return tables

    def _modifiers(self, one: Mention) -> list[str]:
        return [w for w in self.columns.lower[one.start : one.head] if w not in EMPTY]

    def _same_words(self, pairs: Integers, unnamed: NDArray[np.bool_]) -> Floats:
        """Return (4, p): same head noun, all modifiers shared, any modifiers, cosine of heads."""
        found = np.zeros((4, len(pairs)), dtype=np.float32)
        rows = np.flatnonzero(unnamed)
        if len(rows):
            one_row, two_row = self._row[pairs[rows, 0]], self._row[pairs[rows, 1]]
            alike = (self._table[one_row] * self._table[two_row]).sum(axis=1)
            found[3, rows] = np.round(alike, 4)
        for row in rows.tolist():
            one, two = self.mentions[pairs[row, 0]], self.mentions[pairs[row, 1]]
            same = self.columns.lower[two.head] == self.columns.lower[one.head]
            modifiers = self._modifiers(one)
            theirs = self.columns.lower[two.start : two.head]
            alike = same and all(word in theirs for word in modifiers)
            found[:3, row] = same, alike, bool(modifiers)
        return found

    def _label_fit(self, first: Integers, number: Integers) -> Floats:
        """Return 1 where the noun gives the label that the chain has, -1 for another, else 0."""
        table, lower = noun_labels(), self.columns.lower
        given = np.array([table.get(lower[head], -1) for head in self.heads], dtype=np.int64)
        labels = np.array([NAME_LABELS.index(one.label) for one in self.scene.chains] + [-1])
        mine = given[first]
        fit: Floats = np.where(mine < 0, 0.0, np.where(mine == labels[number], 1.0, -1.0))
        return fit


@cache
def _endings() -> Mapping[str, float]:
    """Return how far first names with an ending are women's (1) or men's (-1)."""
    votes: dict[str, list[float]] = {}
    for name, gender in genders().items():
        for length in (1, 2, 3):
            votes.setdefault(name[-length:], []).append(1.0 if gender == "f" else -1.0)
    return {end: sum(them) / (len(them) + 2.0) for end, them in votes.items()}


def by_ending(name: str) -> float:
    """Return how far the ending of a folded first name is a woman's (1) or a man's (-1)."""
    table = _endings()
    return next((table[name[-n:]] for n in (3, 2, 1) if name[-n:] in table), 0.0)


AXES = (("she", "he"), ("her", "his"), ("woman", "man"))


def unit_vectors(doc: Doc, words: Sequence[str]) -> Floats:
    """Return (w, 300): the static vectors of words at length one, or zero."""
    return word_vectors(doc.vocab, words)


def word_vectors(vocab: Vocab, words: Sequence[str]) -> Floats:
    """Return (w, 300): the static vectors of words at length one, or zero."""
    table = static_vectors(vocab, [vocab.strings[word] for word in words])
    found: Floats = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    return found


@cache
def _axes(vocab: Vocab) -> tuple[Floats, Floats]:
    """Return the axes of gender (300, 3) and the mean vectors of the labels' nouns (300, 11)."""

    def vectors(words: Sequence[str]) -> Floats:
        return static_vectors(vocab, [vocab.strings.add(word) for word in words])

    pairs = vectors([one for one, _ in AXES]) - vectors([other for _, other in AXES])
    by_label: list[Floats] = []
    for number in range(len(NAME_LABELS)):
        nouns = sorted(word for word, label in noun_labels().items() if label == number)
        found = vectors(nouns or ["thing"])
        norm = np.linalg.norm(found, axis=1, keepdims=True)
        by_label.append((found / np.maximum(norm, 1e-6)).mean(axis=0))
    tables = (pairs, np.stack(by_label))
    units = [one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-6) for one in tables]
    return units[0].T, units[1].T


def gender_axes(doc: Doc) -> Floats:
    """Return (300, 3): directions in the static vectors that tell women from men."""
    return _axes(doc.vocab)[0]


def label_vectors(doc: Doc) -> Floats:
    """Return (300, 11): the direction of the nouns for things of each label."""
    return _axes(doc.vocab)[1]


def _one_hot(codes: Integers, size: int) -> Floats:
    found = np.zeros((len(codes), size), dtype=np.float32)
    found[np.arange(len(codes)), codes] = 1.0
    return found
