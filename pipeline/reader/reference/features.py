"""What the ranker of reference reads of a document: arrays, one row a mention or a pair."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain as chained
from itertools import islice
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
from pipeline.reader.encoder import sections
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
    TYPE_NAMES,
    TYPES,
    WE,
    WHICH,
    WHO,
    Mention,
    find_mentions,
    is_national,
)
from pipeline.reader.session import WIDTH, Floats, Integers, known_tensor, static_vectors, words_of

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
SAID_BY = {"appos": 1, "attr": 2, "nsubj": 3, "nsubjpass": 3}
"""Codes of what is said of a name, and of the subject that a verb says it of."""
MARKS = frozenset((",", "(", "-", "–", "—", ":"))
"""Marks between a noun phrase and the name that it is an apposition of."""
EMPTY = frozenset(("the", "a", "an", "this", "that", "'s", "’s", "-", "his", "her", "its"))
"""Words of a noun phrase that say nothing about what it is."""
TAGS_BEHIND = ("IN", "WDT", "WP", "VBG", "VBN", "TO", ",", "POS")
"""Tags of the token behind a mention that have a column."""
CLAUSES = {"ccomp": 1, "xcomp": 2, "acomp": 3, "attr": 4}
"""Dependents of the verb of "it" that have a column: it is no thing in "it is clear that"."""
PERSON = NAME_LABELS.index("PERSON")
BEHIND = {tag: at for at, tag in enumerate(TAGS_BEHIND, 1)}
GENDERS = {None: 0, "m": 1, "f": 2}
FORMS_OF_BE = frozenset(("is", "was", "be", "been", "'s", "’s"))
ROWS = 4096
"""Number of rows of large intermediate arrays."""
REACH = 400
"""No antecedent is farther back than so many mentions."""


AXES = (("she", "he"), ("her", "his"), ("woman", "man"))
LEANINGS = (*(f"leans to {one}" for one, _ in AXES), "ending leans to she")
FEATURES: Mapping[str, tuple[str, ...]] = {
    "known": (
        *(f"type {one}" for one in TYPE_NAMES),
        *(f"is {one}" for one in DEP_GROUPS),
        *(f"label {one}" for one in (*NAME_LABELS, "none")),
        *("below the root", "in speech", "in the first sentence", "in the first paragraph"),
        *("opens a sentence", "source", "before a preposition", "words", "stands for a person"),
        *("reflexive", "possessive", "proper noun", "entity is a man", "entity is a woman"),
        *("names of the entity", "entity is named most", "rank of the entity"),
        *("first of its entity", "same nouns before", "same nouns", "introduced", "plural"),
        *("modifiers", "adjective", "behind a preposition", "paragraph", "below a form of be"),
        *(f"before {tag}" for tag in TAGS_BEHIND),
        *(f"verb has {dep}" for dep in CLAUSES),
        *LEANINGS,
    ),
    "relations": (
        *("distance", "same sentence", "next sentence", "two sentences apart", "sentences apart"),
        *("paragraphs apart", "same paragraph", "mentions apart", "behind", "rank by distance"),
        *("same dependency", "both subjects", "both sources", "source", "same speech"),
        *("other speech", "antecedent in speech", "anaphor in speech", "voice of the speech"),
        *("voice of both speeches", "same type", "genders agree", "genders differ"),
        "gender unknown",
        *(f"{way} {steps}" for way in ("up", "down") for steps in range(NONE + 1)),
        *("subject above", "subject farther above", "siblings", "below", "above"),
        *(f"subject of verb {level} above" for level in (1, 2, 3)),
        *("names before", "last name", "not yet named", "subject of the last sentence"),
        *("mentions since", "mostly named before", "named at the beginning", "last source"),
        *("first subject of the paragraph", "entity of the last source"),
        *LEANINGS,
        *("own apposition", "own possessor", "possessed", "head", "meets at the root"),
        *("same noun", "same modifiers", "modified", "like the noun", "role", "description"),
        *("in the name", "all modifiers", "not all modifiers", "label agrees", "like the name"),
        *("like a description", "like the label", "right before", "before over a mark"),
        *("right behind", "behind over a mark", "last voice", "next voice", "beside the voice"),
        *("near the voice", "nearest rival", "rank among rivals", "most named rival", "rivals"),
        *("share of candidates", "nearest subject", "owned by apposition", "owned by a verb"),
        "speaker",
    ),
}
"""The columns of the arrays."""


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
    replies: Mapping[int, int] = {}
    """By the head of the source of a reply, the head of the source of what is replied to."""


class Features(NamedTuple):
    """The arrays of a document, or of a section of it, with m mentions and p pairs."""

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
    found = Pairs(scene, doc)
    return found.section(slice(0, len(found.pairs)), np.arange(len(found.mentions)))


class Pairs:
    """The mentions and pairs of a document, from which the arrays of its sections are made.

    All arrays at once take 10 KB for every 10 tokens.
    """

    def __init__(self, scene: Scene, doc: Doc) -> None:
        self.scene = scene
        self.doc = doc
        self.columns = columns = scene.columns
        self.mentions = find_mentions(columns, scene.names, scene.speech)
        table = np.fromiter(chained.from_iterable(self.mentions), dtype=np.int64).reshape(-1, 5)
        self.starts, self.ends, self.head, self.types, self.chain = table.T.copy()
        self.heads: list[int] = self.head.tolist()
        self.lower = [columns.lower[head] for head in self.heads]
        self.above, self.sentences, self.paragraphs = columns.arrays
        self.speech = np.array(scene.speech, dtype=np.int64)
        self.said = columns.of_deps(SAID_BY)
        self.subject = self.said[self.head] == SAID_BY["nsubj"]
        self.deps = np.array([DEPS.get(columns.deps[head], OTHER_DEP) for head in self.heads], int)
        self.labels = np.array([*(NAME_LABELS.index(one.label) for one in scene.chains), -1])
        """The label of each chain, and of none."""
        self.genders = np.array([*(GENDERS[one.gender] for one in scene.chains), 0])
        given, living = noun_labels(), animates()
        self.given = np.array([given.get(word, -1) for word in self.lower], dtype=np.int64)
        """The label that each head gives, or -1."""
        self.animate = np.array([word in living for word in self.lower], dtype=bool)
        self.person = np.where(self.chain < 0, self.animate, self.labels[self.chain] == PERSON)
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

    def outline(self) -> Features:
        """Return the mentions and pairs, with none of the arrays but the last column of relations.

        It is where the speakers are filled in for ``section``.
        """
        none = np.zeros((0, 0), dtype=np.float32)
        told = np.zeros((len(self.pairs), 1), dtype=np.float32)
        return Features(self.mentions, none, self.pairs, told, none, none, self.voiced)

    def tokens(self) -> Integers:
        """Return the tokens that head or begin a mention of a pair, in order."""
        used = np.unique(self.pairs)
        return np.union1d(self.head[used], self.starts[used])

    def bounds(self) -> list[int]:
        """Return the rows between which the pairs of each section are, those of whole anaphors."""
        starts = [start for start, _ in sections(self.sentences)]
        rows: list[int] = np.searchsorted(self.starts[self.pairs[:, 0]], starts).tolist()
        return [*rows, len(self.pairs)]

    def section(self, rows: slice, used: Integers) -> Features:
        """Return the arrays of some pairs, those of whole anaphors, and of the mentions used."""
        place = np.zeros(len(self.mentions), dtype=np.int64)
        place[used] = np.arange(len(used))
        pairs = self.pairs[rows]
        return Features(
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
        if is_national(self.columns, one.head):
            found = {place for place in found if self.person[place]}
        return found

    # --------------------------------------------------------------------------- mentions
    def _known(self) -> Floats:
        columns, types, chain = self.columns, self.types, self.chain
        head, up = self.head, self.above[self.head]
        codes = columns.of_tags(BEHIND)
        behind = np.append(codes[1:], 0)[head]
        given = np.where(self.given < 0, len(NAME_LABELS), self.given)
        opens = np.diff(self.sentences, prepend=-1) != 0
        ranked = sorted(self.of_chain, key=lambda one: -len(self.of_chain[one]))
        ranks, gender = np.arange(len(ranked)), self.genders[ranked]
        of_chain = np.zeros((5, len(self.labels)))
        of_chain[:, ranked] = (
            gender == 1,
            gender == 2,
            np.log1p([len(self.of_chain[one]) for one in ranked]),
            ranks == 0,
            np.minimum(ranks, 10) / 5,
        )
        opening = np.zeros(len(self.mentions), dtype=bool)
        opening[[places[0] for places in self.of_chain.values()]] = True
        self._lean = self._leanings()
        return _rows(
            _one_hot(types, TYPES),
            _one_hot(self.deps, OTHER_DEP + 1),
            _one_hot(np.where(chain >= 0, self.labels[chain], given), len(NAME_LABELS) + 1),
            (up == head) | (columns.of_deps({"ROOT": 1})[up] == 1),
            self.speech[head] >= 0,
            self.sentences[head] == 0,
            self.paragraphs[head] == 0,
            opens[self.starts],
            self.source,
            behind == BEHIND["IN"],
            np.minimum(self.ends - self.starts, 8) / 4,
            self.animate,
            [word in REFLEXIVES for word in self.lower],
            (self.deps == DEPS["poss"]) | (columns.of_tags({"PRP$": 1, "WP$": 1})[head] == 1),
            columns.of_tags({"NNP": 1, "NNPS": 1})[head],
            of_chain[:, chain],
            opening,
            self._surroundings(codes),
            _one_hot(behind - 1, len(TAGS_BEHIND)),
            self._clauses(),
            self._lean,
        )

    def _surroundings(self, tags: Integers) -> Floats:
        """Return (9, m): noun phrases with the same noun, and what is around a mention."""
        columns, nouns = self.columns, self.nouns
        found = np.zeros((9, len(self.mentions)), np.float32)
        count: Counter[str] = Counter()
        fresh: dict[str, bool] = {}
        before = []
        words = [self.lower[at] for at in nouns]
        for at, word in zip(nouns, words, strict=True):
            before.append(count[word])
            count[word] += 1
            fresh.setdefault(word, self.mentions[at].type == INDEFINITE)
        found[0, nouns] = np.log1p(before)
        found[1, nouns] = np.log1p([count[word] for word in words])
        found[2, nouns] = [fresh[word] for word in words]
        found[3] = self.plural
        found[4, nouns] = np.minimum([len(self.modifiers[at]) for at in nouns], 3) / 3
        found[5, nouns] = columns.of_tags({"JJ": 1})[self.head[nouns]]
        found[6] = np.append(0, tags[:-1])[self.starts] == BEHIND["IN"]
        found[7] = np.minimum(self.paragraphs[self.head], 10) / 10
        its = np.flatnonzero(self.types == IT)
        verbs = self.above[self.head[its]].tolist()
        found[8, its] = [columns.lower[verb] in FORMS_OF_BE for verb in verbs]
        return found

    def _clauses(self) -> NDArray[np.bool_]:
        """Return (4, m): of "it", whether its verb has a clause or the like of each sort."""
        sorts = self.columns.of_deps(CLAUSES)
        tokens = np.flatnonzero(sorts)
        has = np.zeros((len(CLAUSES), len(sorts)), dtype=bool)
        has[sorts[tokens] - 1, self.above[tokens]] = True
        found: NDArray[np.bool_] = has[:, self.above[self.head]] & (self.types == IT)
        return found

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

    def _leanings(self) -> Floats:
        """Return (4, m): how far a name or noun leans to women, by vector and by ending."""
        found = np.zeros((len(AXES) + 1, len(self.mentions)), dtype=np.float32)
        person = (self.chain >= 0) & self.person
        every = np.flatnonzero(self.noun | person)
        tokens = np.where(person, self.starts, self.head)
        for begin in range(0, len(every), 8 * ROWS):
            asked = every[begin : begin + 8 * ROWS]
            leaning = self._vectors(tokens[asked]) @ gender_axes(self.doc)
            found[:-1, asked] = np.round(leaning, 4).T * 3
        for at in np.flatnonzero(person).tolist():
            found[-1, at] = by_ending(self.columns.words[self.mentions[at].start])
        return found

    # ------------------------------------------------------------------------------ pairs
    def _relations(self, pairs: Integers) -> Floats:
        if not len(pairs):
            return np.zeros((0, 1), dtype=np.float32)
        first, second = pairs.T.copy()
        i, j = self.head[first], self.head[second]
        sentences, paragraphs, speech = self.sentences, self.paragraphs, self.speech
        types, deps, source = self.types, self.deps, self.source
        sentence = np.abs(sentences[i] - sentences[j])
        inside, other = speech[i], speech[j]
        voices = self._voices
        voice = voices[inside]
        up_i, up_j, lca_dep = self._paths(first, second, i, j)
        subject_j = deps[second] <= 1
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
            sentence == 2,
            np.log1p(sentence),
            np.minimum(np.abs(paragraphs[i] - paragraphs[j]), 3) / 3,
            paragraphs[i] == paragraphs[j],
            np.minimum(np.abs(second - first), 40) / 20,
            j > i,
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
            *self._agreement(first, second),
            _one_hot(up_i, NONE + 1),
            _one_hot(up_j, NONE + 1),
            (up_j == 1) & subject_j & (up_i > 0),
            (up_j == 1) & subject_j & (up_i > 1),
            (up_i == 1) & (up_j == 1),
            (up_j == 0) & (up_i > 0) & (up_i < NONE),
            (up_i == 0) & (up_j > 0) & (up_j < NONE),
            *self._subjects(first, j),
            *self._recency(first, second),
            self._leans(first, second),
            (up_i == 0) & (up_j == 1) & (deps[second] == 5),
            (up_i == 0) & (up_j == 1) & (deps[second] == 4),
            (up_j == 0) & (up_i == 1),
            self.above[i] == j,
            lca_dep,
            self._nouns(first, second),
            *self._beside(first, second),
            *self._around(first, second, j),
            self._rivals(first, second, subject_j),
            *self._owned(first, second, j),
            np.zeros(len(pairs)),
        )

    def _agreement(self, first: Integers, second: Integers) -> list[NDArray[np.bool_]]:
        """Return whether genders agree or differ, by list, title or pronoun."""
        a, b = self._gender[first], self._gender[second]
        return [(a > 0) & (a == b), (a > 0) & (b > 0) & (a != b), (a > 0) & (b == 0)]

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

    @cached_property
    def _ancestors(self) -> Integers:
        """(m, CLIMB) the head of each mention and the tokens above it; beyond, none of another's"""
        climbing = np.arange(len(self.mentions))
        ancestors = np.repeat(-1 - climbing[:, None], CLIMB, axis=1)
        token = self.head
        for step in range(CLIMB):
            ancestors[climbing, step] = token
            up = self.above[token]
            token, climbing = up[up != token], climbing[up != token]
        return ancestors

    def _paths(
        self, first: Integers, second: Integers, i: Integers, j: Integers
    ) -> tuple[Integers, Integers, NDArray[np.bool_]]:
        """Return the steps from either head to their lowest common ancestor (5: far, 6: none)."""
        ancestors = self._ancestors
        up_i = np.full(len(first), NONE, dtype=np.int64)
        up_j = np.full(len(first), NONE, dtype=np.int64)
        near = np.flatnonzero(self.sentences[i] == self.sentences[j])
        root = np.zeros(len(first), dtype=bool)
        for begin in range(0, len(near), ROWS):
            part = near[begin : begin + ROWS]
            a, b = ancestors[first[part]], ancestors[second[part]]
            flat = (a[:, :, None] == b[:, None, :]).reshape(len(part), -1)
            met = flat.any(axis=1)
            place = flat.argmax(axis=1)
            up_i[part[met]] = np.minimum(place[met] // CLIMB, FAR)
            up_j[part[met]] = np.minimum(place[met] % CLIMB, FAR)
            meeting = a[np.arange(len(part)), place // CLIMB]
            root[part] = met & (self.above[meeting] == meeting)
        return up_i, up_j, root

    def _subjects(self, first: Integers, j: Integers) -> list[NDArray[np.bool_]]:
        """Return whether an antecedent is the subject of the 1st, 2nd, 3rd verb above."""
        return [subjects[first] == j for subjects in self._subjects_above]

    @cached_property
    def _subjects_above(self) -> Integers:
        """(3, m) the subjects of the 1st, 2nd, 3rd verb above each anaphor, -1 for none."""
        heads = self.columns.heads
        tokens = np.flatnonzero(self.said == SAID_BY["nsubj"])[::-1]  # the first one counts
        subject_of = dict(zip(self.above[tokens].tolist(), tokens.tolist(), strict=True))
        above = np.full((3, len(self.mentions)), -1, dtype=np.int64)
        for mention, token in enumerate(self.heads):
            at, level = token, 0
            for _ in range(CLIMB if self.mentions[mention].is_anaphor else 0):
                up = heads[at]
                if up == at or level == 3:
                    break
                subject = subject_of.get(up, token)
                if subject != token:
                    above[level, mention] = subject
                    level += 1
                at = up
        return above

    def _recency(self, first: Integers, second: Integers) -> list[Any]:
        """Return how recent and how prominent the entity of a named antecedent is."""
        chain, size = self.chain, len(self.mentions) + 1
        places = np.flatnonzero(chain >= 0)
        keys = np.sort(chain[places] * size + places)
        number = chain[second]
        named = number >= 0
        begins = np.searchsorted(keys, np.arange(len(self.labels)) * size)
        begin = np.append(begins[:-1], 0)[number]
        count = np.append(np.diff(begins), 0)[number]
        before = np.searchsorted(keys, number * size + first) - begin
        padded = np.append(keys, 0)
        last = padded[begin + before - 1] - number * size
        seen = named & (before > 0)
        opening = padded[begin] - number * size
        mentions = np.arange(len(self.mentions))
        sources = np.maximum.accumulate(np.where(self.source, mentions, -1))
        sources = np.append(-1, sources[:-1])[first]  # the last source before each anaphor
        subjects = np.flatnonzero(self.subject)[::-1]
        sentence, paragraph = self.sentences[self.head], self.paragraphs[self.head]
        opener = np.full(self.paragraphs[-1] + 1, -1)
        opener[paragraph[subjects]] = subjects  # the first one of a paragraph
        lines = self.sentences[-1] + 1
        subjects = subjects[chain[subjects] >= 0]
        known = chain[subjects] * lines + sentence[subjects]
        asked = number * lines + sentence[first] - 1
        same_source = (sources >= 0) & (chain[sources] == number)
        return [
            np.where(named, np.log1p(before), 0.0),
            seen & (last == second),
            named & (before == 0),
            named & (sentence[first] > 0) & np.isin(asked, known),
            np.where(seen, np.minimum(first - last, 60) / 30, 0.0),
            named & (before >= 0.5 * count),
            named & (opening < 4),
            sources == second,
            opener[paragraph][first] == second,
            named & same_source,
        ]

    def _leans(self, first: Integers, second: Integers) -> Floats:
        """Return how far a name leans to the gender of a pronoun."""
        sign: Floats = np.array(self.types == SHE, np.float32) - (self.types == HE)
        return self._lean[:, second] * sign[first]

    def _owned(self, first: Integers, second: Integers, j: Integers) -> list[NDArray[np.bool_]]:
        """Return whether the anaphor owns what the antecedent is said to be, by a comma or a verb.

        "Eleanor West, her manager," and "West is her manager" are not about one person.
        """
        up = self.above
        thing = up[self.head]
        said = np.where(thing != self.head, self.said[thing], 0)[first]
        above = up[thing][first]
        verbal = (said == SAID_BY["attr"]) & self.subject[second] & (up[j] == above)
        return [(said == SAID_BY["appos"]) & (above == j), verbal]

    def _beside(self, first: Integers, second: Integers) -> list[NDArray[np.bool_]]:
        """Return whether the antecedent is right behind or before, and the same over a comma."""
        marked = self._marked
        behind = self.starts[second] - self.ends[first]
        before = self.starts[first] - self.ends[second]
        return [
            behind == 0,
            (behind == 1) & marked[first],
            before == 0,
            (before == 1) & marked[second],
        ]

    @cached_property
    def _marked(self) -> NDArray[np.bool_]:
        """Whether one of ``MARKS`` is behind each mention."""
        words = [*self.columns.words, ""]
        return np.array([words[end] in MARKS for end in self.ends.tolist()], dtype=bool)

    @cached_property
    def _beside_speech(self) -> Integers:
        """(2, m) the voices of the speech before and behind each first or second person."""
        around = np.full((2, len(self.mentions)), -1, dtype=np.int64)
        for at, kind in enumerate(self.types.tolist()):
            if kind in SPOKEN:
                around[:, at] = self._voices_around(at)
        return around

    @cached_property
    def _heads_of_voices(self) -> Integers:
        """The token that heads the source of each speech, and -1 for none at the end."""
        voices = [self.scene.voices.get(one, -1) for one in range(self.speech.max() + 1)]
        return np.array([*voices, -1])

    def _around(self, first: Integers, second: Integers, j: Integers) -> list[Any]:
        """Return what ties an antecedent to the voices of the speech around the anaphor."""
        around = self._beside_speech
        voice = self._heads_of_voices[self.speech[self.head]][first]
        near = (voice >= 0) & (self.sentences[j] == self.sentences[voice])
        return [
            around[0, first] == second,
            around[1, first] == second,
            near,
            np.where(near, 1 / (1 + np.abs(j - voice)), 0.0),
        ]

    def _rivals(self, first: Integers, second: Integers, subject: NDArray[np.bool_]) -> Floats:
        """Return how the entity of a named antecedent ranks among its rivals.

        Those are the entities of one label, for he and she the persons whose gender may agree: the
        rank by distance, whether no rival has more names, how many there are, the share of the
        antecedents that are its own, and whether this is the nearest subject before.
        """
        rows = np.flatnonzero(self.chain[second] >= 0)
        found = np.zeros((6, len(first)), dtype=np.float32)
        if not len(rows):
            return found
        first, second = first[rows], second[rows]
        number = self.chain[second]
        wanted = np.where(self.types == HE, 1, np.where(self.types == SHE, 2, 0))[first]
        gender = self.genders[number]
        differs = (wanted > 0) & (gender > 0) & (gender != wanted)
        groups = len(NAME_LABELS) + 1
        group = first * groups + np.where(differs, groups - 1, self.labels[number])
        size = len(self.labels)
        rivals, at = np.unique(group * size + number, return_inverse=True)
        away = np.abs(second - first)
        nearest = np.full(len(rivals), REACH + len(self.mentions))
        np.minimum.at(nearest, at, away)
        own = np.bincount(at)
        of_group = rivals // size
        _, begin, inside, many = np.unique(
            of_group, return_index=True, return_inverse=True, return_counts=True
        )
        order = np.argsort(of_group * (REACH + len(self.mentions) + 1) + nearest, kind="stable")
        rank = np.empty(len(rivals), dtype=np.int64)
        rank[order] = np.arange(len(rivals)) - begin[inside]
        names = self._names[rivals % size]
        most = np.maximum.reduceat(names, begin)
        total = np.add.reduceat(own, begin)
        found[0, rows] = (rank == 0)[at]
        found[1, rows] = (np.minimum(rank, 5) / 5)[at]
        found[2, rows] = (names == most[inside])[at]
        found[3, rows] = (np.minimum(many, 6) / 6)[inside][at]
        found[4, rows] = (own / total[inside])[at]
        before = np.where(subject[rows] & (second < first), away, len(self.mentions))
        closest = np.full(len(begin), len(self.mentions))
        np.minimum.at(closest, inside[at], before)
        found[5, rows] = (before == closest[inside[at]]) & (before < len(self.mentions))
        return found

    @cached_property
    def _names(self) -> Integers:
        """The number of names of each chain."""
        return np.array([len(self.of_chain.get(one, ())) for one in range(len(self.labels))])

    def _nouns(self, first: Integers, second: Integers) -> Floats:
        """Return what the words of noun phrases have in common with their antecedents.

        Of other noun phrases, see ``_same_words``. Of the entities of names, whether the noun is
        one of their roles, in a description or in the name, whether all modifiers or not all are,
        how the labels agree, and how like the words are.
        """
        found = np.zeros((13, len(first)), dtype=np.float32)
        noun = self.types[first] >= THE
        number = self.chain[second]
        self._same_words(first, second, noun & (number < 0) & (self.types[second] >= THE), found)
        rows = np.flatnonzero(noun & (number >= 0))
        if not len(rows):
            return found
        number = number[rows]
        nouns, at = np.unique(first[rows], return_inverse=True)
        wanted = np.array([len(self.modifiers[one]) for one in nouns.tolist()])
        asked, place = np.unique(number, return_inverse=True)
        columns = np.full(len(self.scene.chains), -1)
        columns[asked] = np.arange(len(asked))
        hits = np.zeros((4, len(nouns), len(asked)), dtype=np.int8)

        def those(owners: list[int]) -> Integers:
            """Return the columns of those chains that are asked for."""
            found: Integers = columns[owners]
            return found[found >= 0]

        tables = self._words_of_chains
        _, described, in_name = tables
        for row, one in enumerate(nouns.tolist()):
            for sort, table in enumerate(tables):
                if owners := table.get(self.lower[one]):
                    hits[sort, row, those(owners)] = 1
            for word in self.modifiers[one]:
                if owners := described.get(word, []) + in_name.get(fold(word), []):
                    hits[3, row, those(owners)] += 1
        found[4:7, rows] = hits[:3, at, place]
        shared, all_of = hits[3, at, place], wanted[at]
        found[7, rows] = (all_of > 0) & (shared == all_of)
        found[8, rows] = all_of > shared
        given = self.given[nouns][at]
        found[9, rows] = np.where(given < 0, 0, np.where(given == self.labels[number], 1, -1))
        found[10:, rows] = self._likeness(nouns, at, number)
        return found

    def _likeness(self, nouns: Integers, at: Integers, number: Integers) -> Floats:
        """Return (3, p): how like the vector of a noun is to words of a chain and to its label.

        The best cosine with a word of the name, the best with a word that describes it, and the
        cosine with the nouns of its label against the best one of another label.
        """
        chains = self.scene.chains
        wanted, which = np.unique(number, return_inverse=True)
        table = unit_vectors(self.doc, [self.lower[one] for one in nouns.tolist()])
        best = np.zeros((2, len(nouns), len(wanted)), dtype=np.float32)
        words: list[str] = []
        groups: list[tuple[int, int, int]] = []
        for place, chain in enumerate(wanted.tolist()):
            mine = [word for word in chains[chain].words if word.isalpha()]
            said = sorted(word for word in chains[chain].described if word.isalpha())[:12]
            for sort, those in enumerate((mine, said)):
                if those:
                    groups.append((sort, place, len(words)))
                    words += those
        if groups:
            sorts, places, starts = np.array(groups).T
            cosines = table @ unit_vectors(self.doc, words).T
            tops = np.maximum.reduceat(cosines, starts, axis=1)
            best[sorts, :, places] = np.maximum(tops, 0).T
        kinds_of = table @ label_vectors(self.doc)
        own = np.eye(len(NAME_LABELS), dtype=bool)
        others = np.where(own, np.float32(-np.inf), kinds_of[:, None]).max(axis=2)
        fit = 2 * (kinds_of - others)[at, self.labels[number]]
        likeness: Floats = np.round((*best[:, at, which], fit), 4)
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
    def _words(self) -> tuple[Integers, NDArray[np.bool_]]:
        """A number for the word that heads each mention, and whether words modify it."""
        numbers: dict[str, int] = {}
        word = np.array([numbers.setdefault(word, len(numbers)) for word in self.lower])
        return word, np.array([bool(those) for those in self.modifiers])

    def _same_words(
        self, first: Integers, second: Integers, unnamed: NDArray[np.bool_], found: Floats
    ) -> None:
        """Fill in of noun phrases: same head, all modifiers shared, any, cosine of heads."""
        rows = np.flatnonzero(unnamed)
        one, two = first[rows], second[rows]
        alike = np.empty(len(rows), dtype=np.float32)
        for begin in range(0, len(rows), ROWS):
            part = slice(begin, begin + ROWS)
            left, right = self._vectors(self.head[one[part]]), self._vectors(self.head[two[part]])
            alike[part] = (left * right).sum(axis=1)
        word, modified = self._words
        found[:4, rows] = (word[one] == word[two],) * 2 + (modified[one], np.round(alike, 4))
        for row in rows[(word[one] == word[two]) & modified[one]].tolist():
            other = self.mentions[second[row]]
            theirs = self.columns.lower[other.start : other.head]
            found[1, row] = set(theirs).issuperset(self.modifiers[first[row]])


@cache
def _endings() -> Mapping[str, float]:
    """Return how far first names with an ending are women's (1) or men's (-1)."""
    votes: dict[str, list[float]] = {}
    for name, gender in genders().items():
        for length in (1, 2, 3):
            votes.setdefault(name[-length:], []).append(1.0 if gender == "f" else -1.0)
    return {end: sum(them) / (len(them) + 2.0) for end, them in votes.items()}


@lru_cache(maxsize=4096)
def by_ending(word: str) -> float:
    """Return how far the ending of a first name is a woman's (1) or a man's (-1)."""
    table, name = _endings(), fold(word)
    return next((table[name[-n:]] for n in (3, 2, 1) if name[-n:] in table), 0.0)


def unit_vectors(doc: Doc, words: Sequence[str]) -> Floats:
    """Return (w, 300): the static vectors of words at length one, or zero."""
    return word_vectors(doc.vocab, words)


def word_vectors(vocab: Vocab, words: Sequence[str]) -> Floats:
    """Return (w, 300): the static vectors of words at length one, or zero."""
    return unit_rows(static_vectors(vocab, [vocab.strings[word] for word in words]))


def unit_rows(table: Floats) -> Floats:
    """Return the rows of a table at length one, or zero."""
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


def _one_hot(codes: Integers, size: int) -> NDArray[np.bool_]:
    """Return (size, n): which of the n codes is each number."""
    return np.equal.outer(np.arange(size), codes)


def _rows(*features: Any) -> Floats:
    """Return (n, k): k features, some of them together, that have n values each."""
    parts = [np.atleast_2d(one) for one in features]
    table = np.empty((parts[0].shape[1], sum(map(len, parts))), dtype=np.float32)
    np.concatenate(parts, out=table.T)
    return table
