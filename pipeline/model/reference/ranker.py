"""Run the trained rankers: how likely each anaphor of a document refers to each entity.

Each anaphor chooses among the mentions before it, a few names behind it, and the null antecedent. A
mention that it chooses passes on its own distribution over the entities, so that "he … his … he"
leads back to a name, and so that doubt adds up along the way (a soft form of the mention ranking of
Denis and Baldridge 2008).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.memory import give_back
from pipeline.document.names import NAME_LABELS
from pipeline.document.rules import AnyRule, named
from pipeline.manifest import own_model
from pipeline.model.encoder import States, encoder_below, sections, windows
from pipeline.model.names.features import SyntaxLabels as SyntaxLabels
from pipeline.model.reference.features import FEATURES as READ
from pipeline.model.reference.features import Pairs, ReferenceFeatures, ReferenceScene
from pipeline.model.reference.mentions import (
    CALIBRATED,
    HE,
    INDEFINITE,
    ME,
    NAME,
    NOUNS,
    PRONOUNS,
    REFLEXIVES,
    SHE,
    SPOKEN,
    THE,
    THEY,
    MentionCandidate,
)
from pipeline.model.session import (
    Floats,
    Integers,
    Names,
    Scale,
    check_features,
    known_tensor,
    session,
    words_of,
)
from pipeline.names.lists import sense_of

TRUNK = "trunk.onnx"
CODES = ("tag", "dep", "name", "place", "speech")
"""The columns of ``TokenArrays.codes``; in each, 0 means unknown or none."""
NAME_CODES = 2 * len(NAME_LABELS) + 1
"""Each label has a code for the first token of a name and one for the others."""
FEATURES: Names = {"codes": CODES, **READ}
"""The columns of what the trunk and the rankers read."""
STATE_DECIMALS = 4
"""Number of decimals to which states are rounded."""


class TokenArrays(NamedTuple):
    """The arrays of a document of n tokens and u different words."""

    keys: NDArray[np.uint64]
    """(u,) the words, by their keys in the vocabulary."""
    words: Integers
    """(n,) the word of each token, as an index of ``keys``."""
    tensor: Floats
    """(n, 96) the base model's vectors of tokens in context."""
    codes: Integers
    """(n, 5), columns as in ``CODES``."""
    heads: Integers
    """(n,) the head of each token."""
    windows: list[tuple[int, int]]
    """Ranges of tokens that are read at once, cut between sentences."""


def tokens(scene: ReferenceScene, doc: Doc, labels: SyntaxLabels) -> TokenArrays:
    """Return the arrays of a document."""
    columns = scene.columns
    words = words_of(doc)
    codes = np.zeros((len(doc), len(CODES)), dtype=np.int64)
    codes[:, 0], codes[:, 1] = columns.of_tags(labels.tags), columns.of_deps(labels.deps)
    for one in scene.names:
        code = 1 + 2 * NAME_LABELS.index(scene.chains[one.chain].label)
        codes[one.start : one.end, 2] = code + 1
        codes[one.start, 2] = code
    heads, sentences, paragraphs = columns.arrays
    for column in (sentences, paragraphs):
        codes[:, 3] += np.diff(column, prepend=-1) != 0
    codes[:, 4] = np.asarray(scene.speech) >= 0
    return TokenArrays(
        words.keys,
        words.places,
        known_tensor(doc),
        codes,
        heads,
        windows(sentences),
    )


def in_range(
    one: TokenArrays, vectors: Floats, start: int, end: int, sentences: Integers
) -> tuple[TokenArrays, Floats]:
    """Return the arrays of a range of tokens, and the vectors of its words."""
    used, words = np.unique(one.words[start:end], return_inverse=True)
    part = TokenArrays(
        one.keys[used],
        words,
        one.tensor[start:end],
        one.codes[start:end],
        one.heads[start:end] - start,
        windows(sentences),
    )
    return part, vectors[used]


def laid_out(bounds: Sequence[tuple[int, int]], size: int) -> dict[str, Integers]:
    """Return (B, T) places of tokens in windows, and where each token is in them, laid flat.

    Places beyond the end of a window are those of no token, ``size``.
    """
    longest = max(end - start for start, end in bounds)
    places = np.full((len(bounds), longest), size, dtype=np.int64)
    back = np.zeros(size, dtype=np.int64)
    for row, (start, end) in enumerate(bounds):
        places[row, : end - start] = np.arange(start, end)
        back[start:end] = row * longest + np.arange(end - start)
    return {"places": places, "back": back}


def inputs(texts: Sequence[TokenArrays], vectors: Floats) -> dict[str, Floats | Integers]:
    """Return the inputs of a trunk for documents, and the vectors of their words, in a row."""
    starts = np.cumsum([0, *(len(one.words) for one in texts)]).tolist()
    words = np.cumsum([0, *(len(one.keys) for one in texts)]).tolist()
    bounds = [
        (start + first, start + last)
        for one, start in zip(texts, starts, strict=False)
        for first, last in one.windows
    ]
    return {
        "vectors": vectors,
        "words": np.concatenate([o.words + at for o, at in zip(texts, words, strict=False)]),
        "tensor": np.concatenate([one.tensor for one in texts]),
        "codes": np.concatenate([one.codes for one in texts]),
        "heads": np.concatenate([o.heads + at for o, at in zip(texts, starts, strict=False)]),
        **laid_out(bounds, starts[-1]),
    }


class TrunkGraph:
    """The loaded graph of a trunk."""

    def __init__(self, folder: Path) -> None:
        self.graph: Any = session(folder / TRUNK)

    def states(self, one: TokenArrays, vectors: Floats) -> Floats:
        """Return the (n, k) states of the tokens of a document, by the vectors of its words."""
        states: Floats = np.round(self.graph.run(None, inputs([one], vectors))[0], STATE_DECIMALS)
        return states


MODEL = "reference"
"""The name of the ranker in ``models/manifest.toml`` that the profile fast uses."""
GRAPHS = {PRONOUNS: "pronouns.onnx", NOUNS: "nouns.onnx"}
CONFIG = "config.json"
DECIMALS = 5
"""Scores are rounded to so many decimals before anything is compared with them."""
SMALL = 1e-4
FAR = 8.0
"""Antecedents whose score is lower than the best one by more than this are ignored."""
GENDERED = {HE: 0, SHE: 1}
OWN_TURN = named("own-turn", "WALLACE: I was there.")

Belief = dict[int, float]
"""How likely each chain is; what is missing to 1 is the null antecedent."""


class RankerConfig(NamedTuple):
    """What belongs to the weights."""

    slope: Mapping[str, float]
    shift: Mapping[str, float]
    """The confidence is the logistic function of slope · log odds + shift, by kind of mention."""
    gender_prior: float
    """Weight of doubt about the gender that the pronouns of an article give to a name."""
    tags: Sequence[str] = ()
    deps: Sequence[str] = ()
    """Tags and dependencies with a code in the trunk."""
    features: Names | None = None
    """The columns that the weights were trained on."""
    encoder: str | None = None
    """The SHA-256 of the encoder below the rankers, which then have no trunk."""
    beside: str | None = None
    """The name of another ranker of ``models/``: the scores of both are averaged."""

    @classmethod
    def read(cls, path: Path) -> RankerConfig:
        """Read a config."""
        return cls(**json.loads(path.read_text("utf-8")))


class ReferenceAnswer(NamedTuple):
    """The chain that a mention refers to most likely, with a calibrated confidence."""

    mention: MentionCandidate
    chain: int | None
    confidence: float
    rule: AnyRule | None = None
    """The rule that decided instead of the ranker."""


class ReferenceRanker:
    """The loaded graphs of a ranker: both parts, and the trunk or the encoder below them."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.config = RankerConfig.read(folder / CONFIG)
        check_features(folder, self.config.features, FEATURES)
        self.graphs = {part: session(folder / name) for part, name in GRAPHS.items()}
        self.labels = SyntaxLabels.of(self.config.tags, self.config.deps)
        self.encoder = encoder_below(folder, self.config.encoder)
        self.trunk = TrunkGraph(folder) if self.encoder is None else None
        self.beside = ranker(self.config.beside) if self.config.beside else None

    def begin(self, scene: ReferenceScene, doc: Doc) -> Ranking:
        """Return the ranking of a document, to be asked for mentions outside speech and inside."""
        pairs = Pairs(scene, doc)
        found = pairs.outline()
        members = [self, *([self.beside] if self.beside else [])]
        read: list[tuple[Looked, Run]] = []
        if len(found.pairs):
            read = [(one.states(scene, doc, pairs.tokens()), one.run) for one in members]
        return Ranking(scene, found, SectionScorer(pairs, found, read), self.config)

    def states(self, scene: ReferenceScene, doc: Doc, places: Integers) -> Looked:
        """Return the states of the tokens of a document; those of a trunk at some places only."""
        if self.encoder is not None:
            return self.encoder.of(scene.columns)
        return self._below(scene, doc, places)

    def _below(self, scene: ReferenceScene, doc: Doc, places: Integers) -> Looked:
        """Return the states of some tokens in order by the trunk, one section after another."""
        assert self.trunk is not None
        read, vectors = tokens(scene, doc, self.labels), words_of(doc).vectors
        every = scene.columns.arrays.sentences
        parts = []
        for start, end in sections(every):
            states = self.trunk.states(*in_range(read, vectors, start, end, every[start:end]))
            first, last = places.searchsorted((start, end))
            parts.append(States(states[places[first:last] - start], STATE_DECIMALS))
            if end < len(every):
                give_back()
        return TokenStates(places, States.joined(parts))

    def run(self, part: str, given: dict[str, np.ndarray]) -> tuple[Floats, Floats]:
        """Return the scores of pairs and of the null antecedent by the graph of a part."""
        scores, null = self.graphs[part].run(None, given)
        return scores, null


class TokenStates:
    """The (t, k) states of some tokens, in order, looked up by the tokens."""

    def __init__(self, places: Integers, states: States) -> None:
        self._places, self._states = places, states

    def __getitem__(self, tokens: Integers) -> Floats:
        return self._states[self._places.searchsorted(tokens)]


Looked = TokenStates | States | Floats
"""What returns the (m, k) states of m tokens."""


def with_states(found: ReferenceFeatures, states: Looked) -> ReferenceFeatures:
    """Add the (m, k) states of the head and of the first token of each mention."""
    heads = np.array([one.head for one in found.mentions], dtype=np.int64)
    starts = np.array([one.start for one in found.mentions], dtype=np.int64)
    every = np.concatenate([found.states, states[heads], states[starts]], axis=1)
    return found._replace(states=every)


Score = Callable[[np.ndarray], tuple[Floats, Floats]]
"""From rows of pairs to their scores, and to those of the null antecedent for each mention."""
Run = Callable[[str, dict[str, np.ndarray]], tuple[Floats, Floats]]
"""From a part of the anaphors and the arrays to the scores of pairs and of the null antecedent."""


def scorer(found: ReferenceFeatures, run: Run) -> Score:
    """Return what scores rows of pairs, and each mention's null antecedent, by both rankers.

    A ranker gets the mentions of its pairs only.
    """
    noun = np.array([one.type >= THE for one in found.mentions], dtype=bool)

    def score(rows: np.ndarray) -> tuple[Floats, Floats]:
        scores = np.zeros(len(rows), dtype=np.float32)
        null = np.zeros(len(noun), dtype=np.float32)
        of_noun = noun[found.pairs[rows, 0]]
        for part, mine in ((PRONOUNS, ~of_noun), (NOUNS, of_noun)):
            pairs = found.pairs[rows[mine]]
            if not len(pairs):
                continue
            needed = np.zeros(len(noun), dtype=bool)
            needed[pairs] = True
            used = np.flatnonzero(needed)
            given = {
                "known": found.known[used],
                "nouns": found.nouns[used],
                "states": found.states[used],
                "pairs": (np.cumsum(needed) - 1)[pairs],
                "relations": found.relations[rows[mine]],
            }
            scores[mine], none = run(part, given)
            asked = noun[used] == (part == NOUNS)
            null[used[asked]] = none[asked]
        return np.round(scores, DECIMALS), np.round(null, DECIMALS)

    return score


def mean_of(scores: Sequence[Score]) -> Score:
    """Return what scores pairs by the mean of several rankers."""
    if len(scores) == 1:
        return scores[0]

    def score(rows: np.ndarray) -> tuple[Floats, Floats]:
        pairs, null = zip(*(one(rows) for one in scores), strict=True)
        return np.mean(pairs, axis=0), np.mean(null, axis=0)

    return score


class SectionScorer:
    """Scores rows of pairs as ``scorer`` does, one section of a document after another."""

    def __init__(
        self, pairs: Pairs, found: ReferenceFeatures, members: Sequence[tuple[Looked, Run]]
    ) -> None:
        """``members`` are the states that each ranker reads, and what runs it."""
        self._pairs, self._found, self._members = pairs, found, members
        self._last: tuple[int, list[ReferenceFeatures], Integers] | None = None

    def __call__(self, rows: np.ndarray) -> tuple[Floats, Floats]:
        """Return the scores of pairs, and of the null antecedent for each mention."""
        scores = np.zeros(len(rows), dtype=np.float32)
        null = np.zeros(len(self._found.mentions), dtype=np.float32)
        for start, end in pairwise(self._pairs.bounds()):
            first, last = np.searchsorted(rows, (start, end)).tolist()
            if first == last:
                continue
            found, used = self._section(start, end)
            found[0].relations[:, -1] = self._found.relations[start:end, -1]  # all share them
            runs = [run for _, run in self._members]
            score = mean_of([scorer(*one) for one in zip(found, runs, strict=True)])
            scores[first:last], none = score(rows[first:last] - start)
            anaphors = np.unique(self._found.pairs[rows[first:last], 0])
            null[anaphors] = none[used.searchsorted(anaphors)]
        if self._last is not None and self._last[0]:
            self._last = None  # the next call begins with the first section
        return scores, null

    def _section(self, start: int, end: int) -> tuple[list[ReferenceFeatures], Integers]:
        """Return what each ranker reads of a section, and its mentions; the last one is cached."""
        if self._last is None or self._last[0] != start:
            self._last = None  # before its memory is needed
            if start:
                give_back()
            used = np.unique(self._found.pairs[start:end])
            whole = self._pairs.section(slice(start, end), used)
            self._last = start, [with_states(whole, states) for states, _ in self._members], used
        return self._last[1:]


class Ranking:
    """The beliefs about the mentions of one document."""

    def __init__(
        self,
        scene: ReferenceScene,
        found: ReferenceFeatures,
        score: Score,
        config: RankerConfig,
    ) -> None:
        self.scene = scene
        self.found = found
        self.score = score
        self.config = config
        self.scales = {kind: Scale(one, config.shift[kind]) for kind, one in config.slope.items()}
        self.beliefs: list[Belief] = [
            {one.chain: 1.0} if one.type == NAME else {} for one in found.mentions
        ]
        self.inside = np.array([scene.speech[one.head] >= 0 for one in found.mentions], dtype=bool)
        self.asked: list[int] = []
        self.genders: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.others = others_of(scene, found.mentions)
        """By the number of a mention, those of mentions of somebody else."""
        self.first: dict[int, int] = {}
        """The first mention by name of each chain."""
        for at, one in enumerate(found.mentions):
            if one.type == NAME:
                self.first.setdefault(one.chain, at)

    def outside_speech(self) -> list[ReferenceAnswer]:
        """Return the answers for the mentions outside speech."""
        return self._decide(~self.inside)

    def inside_speech(
        self, speakers: Mapping[int, int], turns: Mapping[int, float]
    ) -> list[ReferenceAnswer]:
        """Return the answers for the mentions inside speech.

        ``speakers`` has the chain of the speaker by the index of a speech where it is known.
        ``turns`` are the speeches that are turns of a transcript, with how sure their speaker is:
        "I" is that one, whom no mention in the turn leads to.
        """
        rows = np.flatnonzero(self.inside[self.found.pairs[:, 0]])
        self.found.relations[rows, -1] = same_voice(
            self.found, self.scene.speech, self.beliefs, rows, speakers
        )
        found = []
        for one in self._decide(self.inside):
            speech = self.scene.speech[one.mention.head]
            if one.mention.type == ME and speech in turns:
                one = ReferenceAnswer(one.mention, speakers[speech], turns[speech], OWN_TURN)
            found.append(one)
        return found

    def believed(self) -> dict[int, Belief]:
        """Return what is believed so far of each pronoun and noun phrase, by its head's token."""
        mentions, beliefs = self.found.mentions, self.beliefs
        return {mentions[at].head: beliefs[at] for at in self.asked if beliefs[at]}

    def _decide(self, wanted: np.ndarray) -> list[ReferenceAnswer]:
        found = self.found
        rows = np.flatnonzero(wanted[found.pairs[:, 0]])
        if not len(rows):
            return []
        scores, null = (part.astype(np.float64) for part in self.score(rows))
        first, second = found.pairs[rows].T
        starts = starts_of(first)
        asked = first[starts]
        top = np.maximum(np.maximum.reduceat(scores, starts), null[asked])
        below = scores - np.repeat(top, np.diff(starts, append=len(rows)))
        likely = below > -FAR
        antecedents, weights = second[likely], np.exp(below[likely])
        bounds = [0, *np.add.reduceat(likely, starts, dtype=np.int64).cumsum().tolist()]
        mentions: list[int] = asked.tolist()
        self.asked += mentions
        none = np.exp(null[asked] - top).tolist()

        def options(number: int) -> list[tuple[int, float]]:
            """Return antecedents with their weights; as a list, all of them take much memory."""
            part = slice(bounds[number], bounds[number + 1])
            return list(zip(antecedents[part].tolist(), weights[part].tolist(), strict=True))

        for number, at in enumerate(mentions):
            self._believe(at, options(number), none[number], again=False)
        if all(sum(votes[gender] for votes in self.genders.values()) > 0 for gender in (0, 1)):
            changed = set(mentions)  # or not seen again yet
            for number, at in enumerate(mentions):
                old, kind, mine = self.beliefs[at], found.mentions[at].type, options(number)
                others = (*self.others.get(at, ()), *(other for other, _ in mine))
                if kind in GENDERED or not changed.isdisjoint(others):
                    self._believe(at, mine, none[number], again=True)
                if self.beliefs[at] == old:
                    changed.remove(at)
        return [self._answer(at) for at in mentions]

    def _believe(
        self, at: int, options: list[tuple[int, float]], none: float, *, again: bool
    ) -> None:
        """Set the belief about one mention by the weights of its antecedents and the null one.

        In the second sweep the article's pronouns count.
        """
        gender = GENDERED.get(self.found.mentions[at].type)
        old, beliefs = self.beliefs[at], self.beliefs
        total = none
        belief: Belief = defaultdict(float)
        if gender is None or not again:
            for other, weight in options:
                total += weight
                for chain, likely in beliefs[other].items():
                    belief[chain] += weight * likely
        else:
            for other, weight in options:
                rest = 1.0
                for chain, likely in beliefs[other].items():
                    fits = weight * likely * self._fits(chain, gender, old.get(chain, 0.0))
                    belief[chain] += fits
                    total += fits
                    rest -= likely
                total += weight * max(rest, 0.0)
        total = max(total - self._excluded(at, belief), SMALL)
        self.beliefs[at] = {
            chain: round(share, 6)
            for chain, weight in belief.items()
            if (share := weight / total) > SMALL
        }
        if gender is not None and not again:
            for chain, likely in self.beliefs[at].items():
                self.genders[chain][gender] += likely

    def _excluded(self, at: int, belief: Belief) -> float:
        """Take those whom a mention certainly does not refer to out of a belief about it.

        Return the weight that is gone. That of persons named before "another resident", and of
        whoever has a boss in "his boss", goes to the null antecedent instead.
        """
        gone = 0.0
        for other in self.others.get(at, ()):
            for chain, likely in self.beliefs[other].items():
                if chain in belief:
                    if not self._is_relative(at, other):
                        gone += belief[chain] * likely
                    belief[chain] *= 1 - likely
        if self.found.mentions[at].type == INDEFINITE:
            for chain in belief.keys() & self.first.keys():
                if self.first[chain] < at and self.scene.chains[chain].label == "PERSON":
                    belief[chain] = 0.0
        return gone

    def _is_relative(self, at: int, other: int) -> bool:
        mentions = self.found.mentions
        return relative_of(self.scene.columns, mentions[other].head) == mentions[at].head

    def _fits(self, chain: int, gender: int, own: float) -> float:
        """Return how well the other pronouns of an entity agree with a gender, from 0 to 1.

        Those that agree are no evidence for an entity whose gender no pronoun has told.
        """
        votes = self.genders[chain]
        prior = self.config.gender_prior
        mine = max(votes[gender] - own, 0.0) + prior
        return min(1.0, 2 * mine / (mine + votes[1 - gender] + prior))

    def _answer(self, at: int) -> ReferenceAnswer:
        one, belief = self.found.mentions[at], self.beliefs[at]
        if not belief:
            return ReferenceAnswer(one, None, 0.0)
        chain = max(belief, key=lambda number: (belief[number], -number))
        return ReferenceAnswer(
            one, chain, round(self.scales[CALIBRATED[one.type]](belief[chain]), 4)
        )


def others_of(scene: ReferenceScene, mentions: Sequence[MentionCandidate]) -> dict[int, list[int]]:
    """Return the mentions that each mention certainly does not share an entity with.

    These are the subject of its verb, the source of the words that it replies to, and whose boss or
    brother it is.
    """
    found = {at: [subject] for at, subject in subjects_of(scene.columns, mentions).items()}
    heads = {one.head: at for at, one in enumerate(mentions)}
    for reply, other in scene.replies.items():
        if reply in heads and other in heads:
            found.setdefault(heads[reply], []).append(heads[other])
    for at, one in enumerate(mentions):
        if (whose := relative_of(scene.columns, one.head)) in heads:
            found.setdefault(heads[whose], []).append(at)
    return found


def relative_of(columns: Columns, owner: int) -> int | None:
    """Return the head of "his boss" or "Lee's brother" by that of "his" or "Lee".

    Nobody is his own boss.
    """
    head = columns.heads[owner]
    person = columns.deps[owner] == "poss" and sense_of(columns.lower[head]) == "person"
    return head if person else None


def subjects_of(columns: Columns, mentions: Sequence[MentionCandidate]) -> dict[int, int]:
    """Return the subject of the verb that each pronoun or indefinite noun phrase is the object of.

    "Kane praised him" is not about Kane alone; "himself" would be (Chomsky 1981).
    """
    subjects = {
        columns.heads[one.head]: at
        for at, one in enumerate(mentions)
        if columns.deps[one.head] == "nsubj"
    }
    return {
        at: subjects[columns.heads[one.head]]
        for at, one in enumerate(mentions)
        if (one.type <= THEY or one.type == INDEFINITE)
        and columns.deps[one.head] in ("dobj", "dative")
        and columns.lower[one.head] not in REFLEXIVES
        and columns.heads[one.head] in subjects
    }


def same_voice(
    found: ReferenceFeatures,
    speech: Sequence[int],
    beliefs: list[Belief],
    rows: np.ndarray,
    speakers: Mapping[int, int],
) -> Floats:
    """Return how likely the antecedents of pairs are the one who speaks around the anaphor."""
    voices = found.voices
    values = np.zeros(len(rows))

    @cache
    def belief_of(number: int) -> Belief:
        if number in speakers:
            return {speakers[number]: 1.0}
        voice = voices.get(number, -1)
        return beliefs[voice] if voice >= 0 else {}

    where = [speech[one.head] for one in found.mentions]
    whose = [
        belief if there < 0 or one.type == NAME else belief_of(there) if one.type in SPOKEN else {}
        for one, there, belief in zip(found.mentions, where, beliefs, strict=True)
    ]
    first, second = found.pairs[rows].T
    others = second.tolist()
    bounds = [*starts_of(first).tolist(), len(rows)]
    for start, end in pairwise(bounds):
        for chain, likely in belief_of(where[first[start]]).items():
            theirs = [whose[other].get(chain, 0.0) for other in others[start:end]]
            values[start:end] += np.multiply(theirs, likely)
    return values.astype(np.float32).round(3)


def starts_of(numbers: Integers) -> Integers:
    """Return where each run of one number begins."""
    return np.flatnonzero(np.diff(numbers, prepend=-1))


@cache
def ranker(name: str = MODEL) -> ReferenceRanker:
    """Return a ranker of ``models/`` by its name in the manifest, checked and cached.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(name)
    return ReferenceRanker(folder)
