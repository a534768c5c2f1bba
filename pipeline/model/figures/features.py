"""What the scorer of figures reads of a document: arrays, one row a token, a number or a pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import chain
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.data import read_table
from pipeline.document.columns import NOUN_TAGS, VERB_TAGS, Columns
from pipeline.model.encoder import WIDTH, States
from pipeline.model.session import STATE, Floats, Integers, known_tensor, static_vectors
from pipeline.quantities.units import Quantity
from pipeline.text.lemmas import noun_lemma, verb_lemma


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


TAGS = _listed(
    """
    CC CD DT EX FW HYPH IN JJ JJR JJS LS MD NFP NN NNP NNPS NNS PDT POS PRP PRP$ RB RBR RBS RP
    SYM TO UH VB VBD VBG VBN VBP VBZ WDT WP WP$ WRB $ , . : `` '' -LRB- -RRB- _SP ADD AFX
    """
)
DEPS = _listed(
    """
    ROOT acl acomp advcl advmod agent amod appos attr aux auxpass case cc ccomp compound conj
    csubj csubjpass dative dep det dobj expl intj mark meta neg nmod npadvmod nsubj nsubjpass
    nummod oprd parataxis pcomp pobj poss preconj predet prep prt punct quantmod relcl xcomp
    """
)
LABELS = _listed(
    """
    PERSON ORG GPE LOC FAC NORP EVENT WORK_OF_ART LAW PRODUCT LANGUAGE DATE TIME MONEY PERCENT
    QUANTITY ORDINAL CARDINAL
    """
)
WORDS = _listed(
    """
    of in for on by to from at with as than about over under above below up down off out and
    or but between among per a an the this that these those its his her their more less fewer
    least most while compared against versus worth each every another other no not into after
    before since until within when who which it they he she we i you there is was are were be
    been has had have , ( ) : ; - – — % $ £ € ' " “ ” 's ’s . / one old aged age point points
    times year years
    """
)
KINDS = _listed(
    """
    number money percent quantity duration age points
    """
)
NUMBERS = _listed(
    """
    cardinal ordinal fraction ratio multiple
    """
)
UNITS = _listed(
    """
    USD EUR GBP JPY % pp bp {point} a mo wk d h min s m km [mi_i] [ft_i] cm kg t [lb_av] Cel
    [degF] MW score
    """
)
LARGE = 10**9
"""Numbers are not told apart above this."""
SIZES = (0.5, 1, 2, 3, 10, 16, 20, 60, 116, 1000, 10**4, 10**6)
"""Numbers are told apart by whether they are at least so large."""
GAPS = (1, 2, 4, 8, 16)
"""Neighbouring numbers are told apart by whether they are so many tokens away or fewer."""
ROLES = ("delta", "from", "to")
BOUNDS = ("approx", "at_least", "at_most", "more_than", "less_than")
DIRECTIONS = ("increase", "decrease")
PARTS = ("verb", "noun", "adverb", "comparative")
"""The parts of speech that tell of change."""
TAG_CODES, DEP_CODES, LABEL_CODES, WORD_CODES = (
    {name: at + 1 for at, name in enumerate(names)} for names in (TAGS, DEPS, LABELS, WORDS)
)
"""Codes from 1; 0 is anything else, and no token."""
MODIFIES = np.isin(["", *DEPS], ["compound", "nmod", "amod"])
CANDIDATE_TAGS = dict.fromkeys((*NOUN_TAGS, "PRP", "PRP$", "WP", "WP$", "WDT", "FW"), 1)
LED_TAGS = {*CANDIDATE_TAGS, "JJ", "VBN", "VBG"}
CLIMB = 6
"""Ancestors that are compared for the path from a number to a candidate."""
ASIDE = 30
"""Tokens on each side of a number among which the other words of its verb are looked for."""
BEFORE, BEHIND = 45, 30
"""Tokens around a number among which candidates are looked for."""
HASHES = 256
"""Codes of paths."""
BETWEEN = {",": 1, "number": 3, "CC": 4, "IN": 6, "TO": 6}
BETWEEN |= dict.fromkeys(sorted(VERB_TAGS), 2)
BETWEEN |= dict.fromkeys(("``", "''", "-LRB-", "-RRB-", ":"), 5)
"""Kinds of tokens that are counted between a number and a candidate."""
CONTEXT = (-4, -3, -2, -1, 0, 1, 2, 3)
"""Tokens before a number's first one (negative) and from the one behind its last one on."""


FEATURES: Mapping[str, tuple[str, ...]] = {
    "codes": ("tag", "dep", "label", "word"),
    "traits": (
        "changing verb",
        *(f"{way} {part}" for way in DIRECTIONS for part in PARTS),
        *("capital", "upper", "digit", "alpha", "token"),
    ),
    "context": (
        *("top", "head", "above", "verb", "first", "last"),
        *(f"token {at:+d}" for at in CONTEXT),
    ),
    "given": (
        *(f"kind {one}" for one in KINDS),
        *(f"number {one}" for one in NUMBERS),
        *(f"unit {one}" for one in UNITS),
        "unit",
        *(f"role {one}" for one in ROLES),
        *(f"{side} {one}" for side in ("before", "behind") for one in BOUNDS),
        *("ranked", "words", "vague", "rate", "assumed", "range", "whole", "year", "negative"),
        *(f"at least {one}" for one in SIZES),
        *(
            f"{side} {one}"
            for side in ("last", "next")
            for one in (
                *(f"kind {kind}" for kind in KINDS),
                *("same sentence", "same unit"),
                *(f"gap {most}" for most in GAPS),
            )
        ),
        *(
            f"{place} {trait}"
            for place in ("before", "behind", "above", "beside")
            for trait in (
                "changing verb",
                *(f"{way} {part}" for way in DIRECTIONS for part in PARTS),
            )
        ),
    ),
    "pairs": ("number", "candidate", "head", "common ancestor"),
    "paths": ("up", "down", "whole"),
    "relations": (
        *(f"{one} {at}" for one in ("up", "down", "behind", "before", "rank") for at in range(8)),
        *("behind", "same sentence", "modifier", "claimed", "below", "above", "adjacent"),
        *("commas", "verbs", "numbers", "conjunctions", "marks", "prepositions"),
    ),
}
"""The columns of the arrays."""


class NumberQuery(NamedTuple):
    """A number that is asked about, and its place in tokens."""

    quantity: Quantity
    first: int
    last: int
    """Index behind its last token."""
    role: str | None = None
    """The end of a change that it is known to be."""
    before: str | None = None
    """The bound that words before it may tell."""
    behind: str | None = None
    """The bound that words behind it may tell."""
    ranked: bool = False
    """It follows "No.", "#" or the like."""
    share: bool = False
    """It is a part of one, as "a third" and "3/4", and no decimal."""


class FigureFeatures(NamedTuple):
    """The arrays of a document with u tokens in them, n numbers and p pairs."""

    codes: Integers
    """(u, 4) tag, dependency, label and function word; row 0 is no token."""
    traits: Floats
    """(u, t) whether a word tells of change, how it is written."""
    tensor: Floats
    """(u, 96) what tagger and parser know of it."""
    vectors: Floats
    """(u, 300) its static vector."""
    states: Floats
    """(u, 384) its state in the encoder; one row of zeros without an encoder."""
    context: Integers
    """(n, c) rows of the tokens around each number."""
    given: Floats
    """(n, g) what is known of each number."""
    pairs: Integers
    """(p, 4) a number, and the rows of a candidate, its head, and the first common ancestor."""
    paths: Integers
    """(p, 3) codes of the path up, down and whole."""
    relations: Floats
    """(p, r) what is known of each pair."""
    candidates: Integers
    """(p,) the token that each pair is about."""


@lru_cache(maxsize=1)
def changes() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the words of change by direction and part of speech."""
    table = read_table("changes")
    return {
        way: {part: frozenset(str(words).split()) for part, words in parts.items()}
        for way, parts in table.items()
    }


@lru_cache(maxsize=4096)
def traits_of(word: str, tag: str) -> int:
    """Return what a word tells of change (the lowest bits), and how it is written, as bits."""
    low = word.lower()
    table = changes()
    verb = verb_lemma(low) if tag in VERB_TAGS else ""
    noun = noun_lemma(low) if tag in NOUN_TAGS else ""
    found = [verb in table["either"]["verbs"]]
    for way in DIRECTIONS:
        parts = table[way]
        found += [
            verb in parts["verbs"],
            noun in parts["nouns"],
            low in parts["adverbs"],
            low in parts["comparatives"],
        ]
    found += [
        word[:1].isupper(),
        word.isupper(),
        any(char.isdigit() for char in word),
        word.isalpha(),
        True,
    ]
    return sum(bit << at for at, bit in enumerate(found))


CHANGING = 9
"""So many bits of the traits of a word are about change."""
TRAITS = 14


def tells_change(word: str, tag: str) -> bool:
    """Tell whether a word is a verb, noun or adverb of change."""
    return bool(traits_of(word, tag) & (2**CHANGING - 2))


def _bits(numbers: Integers, count: int) -> Floats:
    """Return the lowest bits of numbers along a new last axis."""
    return (numbers[..., None] >> np.arange(count) & 1).astype(np.float32)


def features(
    doc: Doc,
    columns: Columns,
    asked: Sequence[NumberQuery],
    dated: Sequence[bool],
    states: States | None = None,
) -> FigureFeatures:
    """Return the arrays for the numbers of a document.

    ``dated`` tells the tokens that are part of a time: nothing measures them. ``states`` are those
    of all tokens in the encoder.
    """
    return _Builder(doc, columns, asked, dated, states).build(range(len(asked)))


TOGETHER = 1000
"""Maximum number of numbers that the network reads at once: each is read by itself."""


def in_parts(
    doc: Doc,
    columns: Columns,
    asked: Sequence[NumberQuery],
    dated: Sequence[bool],
    states: States | None = None,
) -> Iterator[tuple[Sequence[NumberQuery], FigureFeatures]]:
    """Yield the numbers of a document in parts with their arrays, in text order."""
    builder = _Builder(doc, columns, asked, dated, states)
    for start in range(0, len(asked), TOGETHER):
        some = asked[start : start + TOGETHER]
        yield some, builder.build(range(start, start + len(some)))


class _Builder:
    def __init__(
        self,
        doc: Doc,
        columns: Columns,
        asked: Sequence[NumberQuery],
        dated: Sequence[bool],
        states: States | None,
    ) -> None:
        self.doc, self.columns, self.asked, self.states = doc, columns, asked, states
        size = len(doc)
        self.heads = np.append(columns.arrays.heads, size)
        self.deps = np.append(columns.of_deps(DEP_CODES), 0)
        self.sentences = columns.arrays.sentences
        self.number_of = np.full(size + 1, -1, dtype=np.int64)
        for at, one in enumerate(asked):
            self.number_of[one.first : one.last] = at
        self.tops = [columns.root(one.first, one.last) for one in asked]
        self.open = (columns.of_tags(CANDIDATE_TAGS) > 0) & ~np.array(dated, dtype=bool)
        self.open &= self.number_of[:-1] < 0
        self.chain = np.empty((size + 1, CLIMB), dtype=np.int64)
        self.chain[:, 0] = np.arange(size + 1)
        for step in range(1, CLIMB):
            self.chain[:, step] = self.heads[self.chain[:, step - 1]]
        self.sums = self._sums()
        self.owner = self._owners()

    def build(self, numbers: range) -> FigureFeatures:
        """Return the arrays for some numbers, which count from zero in the arrays."""
        context = np.array([self._around(at) for at in numbers], dtype=np.int64)
        number, token = self._pairs(numbers)
        pairs, paths, relations = self._relations(number, token)
        pairs[:, 0] -= numbers.start
        used, inverse = np.unique(
            np.concatenate([[len(self.doc)], context.ravel(), pairs[:, 1:].ravel()]),
            return_inverse=True,
        )
        # the row of no token is the last one here and the first one in the arrays
        rows = (inverse.ravel() + 1) % len(used)
        split = 1 + context.size
        pairs[:, 1:] = rows[split:].reshape(len(pairs), 3)
        words = used[:-1].tolist()
        return FigureFeatures(
            *self._tokens(words),
            rows[1:split].reshape(context.shape),
            self._given(numbers),
            pairs,
            paths,
            relations,
            token,
        )

    def _around(self, at: int) -> list[int]:
        """Return the tokens around a number; the length of the document is none."""
        one, top, none = self.asked[at], self.tops[at], len(self.doc)
        head = self.columns.heads[top]
        above = self.columns.heads[head]
        verb = top
        for _ in range(CLIMB):
            if self.columns.tags[verb] in VERB_TAGS:
                break
            verb = self.columns.heads[verb]
        near = [one.first + k if k < 0 else one.last + k for k in CONTEXT]
        near = [k if 0 <= k < none else none for k in near]
        return [
            top,
            head if head != top else none,
            above if above != head else none,
            verb if self.columns.tags[verb] in VERB_TAGS else none,
            one.first,
            one.last - 1,
            *near,
        ]

    def _pairs(self, asked: range) -> tuple[Integers, Integers]:
        """Return numbers and their candidates: nouns and pronouns of its sentence and the last."""
        numbers, tokens = [], []
        for at in asked:
            one = self.asked[at]
            low, high = max(0, one.first - BEFORE), one.last + BEHIND
            near = low + np.flatnonzero(self.open[low:high])
            if self._is_led(one) and not self.open[one.last]:
                near = np.sort(np.append(near, one.last))
            sentence = self.sentences[one.first]
            told = self.sentences[near]
            near = near[(told == sentence) | (told == sentence - 1)]
            numbers.append(np.full(len(near), at, dtype=np.int64))
            tokens.append(near)
        return np.concatenate(numbers), np.concatenate(tokens)

    def _is_led(self, one: NumberQuery) -> bool:
        """Tell whether a word right behind a number may be measured: "14 dead", "third day"."""
        if one.last >= len(self.doc) or self.number_of[one.last] >= 0:
            return False
        return self.columns.tags[one.last] in LED_TAGS

    def _relations(self, number: Integers, token: Integers) -> tuple[Integers, Integers, Floats]:
        tops = np.array(self.tops, dtype=np.int64)[number]
        first = np.array([one.first for one in self.asked], dtype=np.int64)[number]
        last = np.array([one.last for one in self.asked], dtype=np.int64)[number]
        up, down, common = self._meeting(tops, token)
        ups, downs = self._hashed(tops, up), self._hashed(token, down)
        paths = np.stack([ups, downs, (ups * 31 + downs * 7 + up) % HASHES], axis=1)
        pairs = np.stack([number, token, self.heads[token], common], axis=1)
        behind = token >= last
        gap = np.where(behind, token - last, first - 1 - token)
        steps = np.minimum(np.log2(gap + 1.0).astype(np.int64), 5)
        rank = self._rank(number, behind)
        sums = self.sums
        low, high = np.where(behind, last, token + 1), np.where(behind, token, first)
        between = np.minimum(sums[high] - sums[low], 3)
        one_hot = np.eye(8, dtype=np.float32)
        deps = self.deps[token]
        claimed = self._claimed(number, token)
        modifier = MODIFIES[deps]
        flags = [
            behind,
            self.sentences[token] == self.sentences[first],
            modifier & (self.heads[token] > token),
            claimed,
            self.heads[token] == tops,
            self.heads[tops] == token,
            gap == 0,
        ]
        relations = np.concatenate(
            [
                one_hot[up],
                one_hot[down],
                one_hot[steps] * behind[:, None],
                one_hot[steps] * ~behind[:, None],
                one_hot[np.minimum(rank, 4)],
                np.stack(flags, axis=1),
                between,
            ],
            axis=1,
        ).astype(np.float32)
        return pairs, paths, relations

    def _meeting(self, one: Integers, other: Integers) -> tuple[Integers, Integers, Integers]:
        """Return the steps up and down to the first common ancestor, and it (the length: none)."""
        a, b = self.chain[one], self.chain[other]
        same = a[:, :, None] == b[:, None, :]
        cost = np.arange(CLIMB)[:, None] + np.arange(CLIMB)[None, :]
        best = np.where(same, cost, 99).reshape(len(one), CLIMB**2).argmin(axis=1)
        met = same.reshape(len(one), CLIMB**2)[np.arange(len(one)), best]
        up, down = np.divmod(best, CLIMB)
        common = np.where(met, a[np.arange(len(one)), up], len(self.doc))
        return np.where(met, up, CLIMB), np.where(met, down, CLIMB), common

    def _hashed(self, token: Integers, steps: Integers) -> Integers:
        """Return a code of the labels on the way up from tokens."""
        found = np.zeros(len(token), dtype=np.int64)
        for step in range(CLIMB):
            labels = self.deps[self.chain[token, step]] + 1
            found = np.where(steps > step, (found * 61 + labels) % 1_000_003, found)
        return found % HASHES

    def _rank(self, number: Integers, behind: NDArray[np.bool_]) -> Integers:
        """Return how many candidates are nearer to the number on the same side."""
        place = np.arange(len(number)) - np.searchsorted(number, number)
        before = np.bincount(number[~behind], minlength=len(self.asked))[number]
        rank: Integers = np.where(behind, place - before, before - 1 - place)
        return rank

    def _sums(self) -> NDArray[np.int32]:
        """Return how many commas, verbs, numbers, joints and marks are before each token."""
        kinds = self.columns.of_tags(BETWEEN)
        for one in self.asked:
            kinds[one.first] = BETWEEN["number"]
        sums = np.zeros((len(kinds) + 1, len(set(BETWEEN.values()))), dtype=np.int32)
        np.cumsum(kinds[:, None] == np.arange(1, sums.shape[1] + 1), axis=0, out=sums[1:])
        return sums

    def _claimed(self, number: Integers, token: Integers) -> NDArray[np.bool_]:
        """Tell candidates that another number modifies."""
        owner = self.owner[token]
        claimed: NDArray[np.bool_] = (owner >= 0) & (owner != number)
        return claimed

    def _owners(self) -> Integers:
        """Return the number that modifies each token, -1 for none."""
        owner = np.full(len(self.doc) + 1, -1, dtype=np.int64)
        for at, top in enumerate(self.tops):
            head = self.columns.heads[top]
            if head > top:
                owner[head] = at
        return owner

    def _tokens(self, rows: list[int]) -> tuple[Integers, Floats, Floats, Floats, Floats]:
        columns, doc = self.columns, self.doc
        labels = doc.to_array("ENT_TYPE")[rows].tolist()
        names = {key: LABEL_CODES.get(doc.vocab.strings[key], 0) for key in {*labels} - {0}}
        lower, words, tags = columns.lower, columns.words, columns.tags
        codes = np.zeros((len(rows) + 1, 4), dtype=np.int64)
        codes[1:, 0] = columns.of_tags(TAG_CODES)[rows]
        codes[1:, 1] = self.deps[rows]
        codes[1:, 2] = [names.get(label, 0) for label in labels]
        codes[1:, 3] = [WORD_CODES.get(lower[at], 0) for at in rows]
        traits = np.array([0, *(traits_of(words[at], tags[at]) for at in rows)], dtype=np.int64)
        known = np.zeros((len(rows) + 1, STATE), dtype=np.float32)
        known[1:] = known_tensor(doc)[rows]
        static = static_vectors(doc.vocab, [0, *columns.keys[columns.places[rows]].tolist()])
        states = np.zeros((1, WIDTH), dtype=np.float32)
        if self.states is not None:
            states = np.concatenate([states, self.states[rows]])
        return codes, _bits(traits, TRAITS), known, static, states

    def _given(self, numbers: range) -> Floats:
        rows = []
        for at in numbers:
            one = self.asked[at]
            before = self.asked[at - 1] if at else None
            behind = self.asked[at + 1] if at + 1 < len(self.asked) else None
            near = (self._neighbour(one, other) for other in (before, behind))
            rows.append([*_shape(one), *chain.from_iterable(near)])
        told = np.array([self._told(at) for at in numbers], dtype=np.int64)
        words = _bits(told, CHANGING).reshape(len(rows), -1)
        return np.concatenate([np.array(rows, dtype=np.float32), words], axis=1)

    def _told(self, at: int) -> list[int]:
        """Return what words before, behind and above a number, and beside its verb, tell."""
        one, top = self.asked[at], self.tops[at]
        heads, size = self.columns.heads, len(self.doc)
        above = [heads[top]]
        for _ in range(CLIMB - 2):
            above.append(heads[above[-1]])
        low, high = max(0, top - ASIDE), min(size, top + ASIDE)
        beside = [k for k, head in enumerate(heads[low:high], low) if head == above[0]]
        before = range(max(0, one.first - 5), one.first)
        behind = range(one.last, min(size, one.last + 4))
        return [self._any(place) for place in (before, behind, above, beside)]

    def _any(self, tokens: Iterable[int]) -> int:
        words, tags = self.columns.words, self.columns.tags
        return reduce(or_, (traits_of(words[k], tags[k]) for k in tokens), 0)

    def _neighbour(self, one: NumberQuery, other: NumberQuery | None) -> list[float]:
        """Return what is known of the number before or behind: kind, unit and distance."""
        if other is None:
            return [0.0] * (len(KINDS) + 7)
        gap = max(one.first, other.first) - min(one.last, other.last)
        same = (one.quantity.kind, one.quantity.unit) == (other.quantity.kind, other.quantity.unit)
        return [
            *_one_hot(KINDS, other.quantity.kind),
            float(self.sentences[one.first] == self.sentences[other.first]),
            float(same),
            *(float(gap <= most) for most in GAPS),
        ]


@lru_cache(maxsize=1024)
def _one_hot(names: tuple[str, ...], name: str | None) -> tuple[float, ...]:
    return tuple(float(one == name) for one in names)


def _shape(one: NumberQuery) -> list[float]:
    """Return what a number is by itself."""
    quantity, number = one.quantity, one.quantity.number
    value = quantity.value
    size = 0.0 if value is None else float(min(abs(Fraction(value)), Fraction(LARGE)))
    return [
        *_one_hot(KINDS, quantity.kind),
        *_one_hot(NUMBERS, number.kind),
        *_one_hot(UNITS, quantity.unit),
        float(quantity.unit is not None),
        *_one_hot(ROLES, one.role),
        *_one_hot(BOUNDS, one.before),
        *_one_hot(BOUNDS, one.behind),
        float(one.ranked),
        float(number.words),
        float(number.vague),
        float(quantity.per is not None),
        float(quantity.assumed),
        float(quantity.low is not None),
        float(value is not None and value == int(value)),
        float(1900 <= size <= 2100 and number.kind == "cardinal" and not number.words),
        float(value is not None and value < 0),
        *(float(size >= least) for least in SIZES),
    ]
