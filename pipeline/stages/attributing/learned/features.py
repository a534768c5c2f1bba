"""The input of the trained network for attributions: arrays with one row per token.

Everything is available after the parse and the rules: the base model's vectors, tags, dependencies
and names; the quotations; and the claims of the attribution rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.reader.vectors import Floats as Floats
from pipeline.reader.vectors import static_vectors, tensor
from pipeline.stages.annotations import Bounds, Quote
from pipeline.stages.attributing.cues import Lexicon
from pipeline.stages.attributing.reading import Reading

Integers = NDArray[np.int64]

CODES = ("word", "tag", "dep", "name", "case", "quote", "place", "cue", "rule")
"""The columns of ``Features.codes``; in each, 0 means unknown."""
CLAIMED = (
    "cue starts",
    "cue",
    "source starts",
    "source",
    "source ends",
    "content starts",
    "content",
    "content ends",
    "depth",
)
"""The columns of ``Features.claimed``: for each role, the highest confidence of the claims in which
a token has it, and the number of contents that include it (3 or more: 1)."""
CASES = ("IS_ALPHA", "IS_TITLE", "IS_UPPER", "IS_PUNCT", "LIKE_NUM", "IS_SPACE")
"""A token's case code is that of the last of these flags that is set."""
QUOTE_STATES = {"direct": 1, "mixed": 4, "no speech": 7}
"""The code of an opening mark; its words have the next code, its closing mark the one after."""
CUE_KINDS = ("verb", "noun", "according")
RULES = (
    "that",
    "bare",
    "wh",
    "to",
    "ing",
    "obj",
    "name",
    "quote",
    "none",
    "according",
    "nominal",
    "colon",
    "signature",
    "unlisted",
)
"""Rules with their own code; prepositions share one, and all other rules another."""
DEEPEST = 3


class Labels(NamedTuple):
    """The words and labels with their own code, counted from 1."""

    words: Mapping[str, int]
    tags: Mapping[str, int]
    deps: Mapping[str, int]
    names: Mapping[str, int]

    @classmethod
    def of(cls, *lists: Iterable[str]) -> Labels:
        """Number words, tags, dependencies and entity labels, each list in its order."""
        return cls(
            *({label: at for at, label in enumerate(dict.fromkeys(labels), 1)} for labels in lists)
        )

    def sizes(self) -> tuple[int, ...]:
        """Return the number of codes in each column of ``CODES``, including 0."""
        closed = (len(CASES) + 1, 10, 3, len(CUE_KINDS) + 1, len(RULES) + 3)
        return (*(len(labels) + 1 for labels in self), *closed)


class Claimed(NamedTuple):
    """A claim of the rules as token ranges, with its confidence."""

    cue: Bounds
    source: Bounds | None
    content: tuple[Bounds, ...]
    sure: float
    rule: str
    speaks: bool = False
    """Whether it quotes someone, or its rule is certain."""
    alone: float = 0.0
    """Its confidence if its cue were in no other claim's content."""


class Features(NamedTuple):
    """The arrays of a document of n tokens."""

    vectors: Floats
    """(n, 300) static word vectors."""
    tensor: Floats
    """(n, 96) the base model's context-dependent vectors of tokens."""
    codes: Integers
    """(n, 9), columns as in ``CODES``."""
    claimed: Floats
    """(n, 9), columns as in ``CLAIMED``."""
    heads: Integers
    """(n,) the head of each token."""
    pairs: Integers
    """(m, 2) a token of a source or content, and the first token of its cue; by the former."""
    sure: Floats
    """(m,) the confidence of the claim of each pair."""


def features(
    doc: Doc, reading: Reading, claims: Sequence[Claimed], labels: Labels, lexicon: Lexicon
) -> Features:
    """Return the arrays of a document with the rules' ``claims``."""
    codes = _codes(doc, reading, labels, lexicon)
    claimed, pairs, sure = _claimed(len(doc), claims)
    for one in sorted(claims, key=lambda one: one.sure):
        codes[one.cue[0], CODES.index("rule")] = _rule_code(one.rule)
    heads = np.arange(len(doc)) + doc.to_array("HEAD").astype(np.int64)
    keys, places = np.unique(doc.to_array("ORTH"), return_inverse=True)
    vectors = static_vectors(doc.vocab, keys.tolist())[places]
    return Features(vectors, tensor(doc), codes, claimed, heads, pairs, sure)


def _codes(doc: Doc, reading: Reading, labels: Labels, lexicon: Lexicon) -> Integers:
    size = len(doc)
    attributes: list[int | str] = ["LOWER", "TAG", "DEP", "ENT_TYPE", "SENT_START", *CASES]
    table = doc.to_array(attributes).reshape(size, len(attributes))
    strings = doc.vocab.strings

    def look_up(column: int, code: Callable[[str], int]) -> Integers:
        unique, places = np.unique(table[:, column], return_inverse=True)
        ids = [code(strings[key]) if key else 0 for key in unique.tolist()]
        return np.array(ids, dtype=np.int64)[places]

    def cue_kind(word: str) -> int:
        if word == "according":
            return 3
        return 1 if word in lexicon.verbs else 2 if word in lexicon.nouns else 0

    found = np.zeros((size, len(CODES)), dtype=np.int64)
    for column, codes in enumerate(labels):
        found[:, column] = look_up(column, lambda label, codes=codes: codes.get(label, 0))  # type: ignore[misc]
    for value in range(len(CASES)):
        found[table[:, len(attributes) - len(CASES) + value] != 0, 4] = value + 1
    for index, bounds in reading.tokens.items():
        mark_quotation(found, bounds, reading.quotes[index])
    found[:, 6] = table[:, 4] == 1
    blank = table[:, len(attributes) - 1] != 0
    words = np.flatnonzero(~blank)
    paragraphs = np.asarray(reading.paragraph, dtype=np.int64)[words]
    found[words[np.flatnonzero(np.diff(paragraphs, prepend=-1))], 6] = 2
    found[:, 7] = look_up(0, cue_kind)
    return found


def mark_quotation(codes: Integers, bounds: Bounds, quote: Quote) -> None:
    """Set the codes of the tokens of a quotation, including its marks."""
    first, last = bounds
    state = QUOTE_STATES[quote.kind if quote.speech else "no speech"]
    codes[first:last, 5] = state + 1
    codes[first, 5] = state
    codes[last - 1, 5] = state + 2


def _claimed(size: int, claims: Sequence[Claimed]) -> tuple[Floats, Integers, Floats]:
    found = np.zeros((size, len(CLAIMED)), dtype=np.float32)
    pairs: list[Integers] = []
    sure: list[Floats] = []

    def raise_to(first: int, last: int, column: int, value: float) -> None:
        np.maximum(found[first:last, column], value, out=found[first:last, column])

    def pair(first: int, last: int, cue: int, value: float) -> None:
        tokens = np.arange(first, last, dtype=np.int64)
        pairs.append(np.stack([tokens, np.full_like(tokens, cue)], axis=1))
        sure.append(np.full(last - first, value, dtype=np.float32))

    for one in claims:
        first, last = one.cue
        raise_to(first, first + 1, 0, one.sure)
        raise_to(first, last, 1, one.sure)
        for column, ranges in ((2, (one.source,) if one.source else ()), (5, one.content)):
            for start, end in ranges:
                raise_to(start, start + 1, column, one.sure)
                raise_to(start, end, column + 1, one.sure)
                raise_to(end - 1, end, column + 2, one.sure)
                pair(start, end, first, one.sure)
        for start, end in one.content:
            found[start:end, 8] += 1.0
    found[:, 8] = np.minimum(found[:, 8], DEEPEST) / DEEPEST
    if not pairs:
        return found, np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.float32)
    joined, likely = np.concatenate(pairs), np.concatenate(sure)
    order = np.argsort(joined[:, 0], kind="stable")
    return found, joined[order], likely[order]


def _rule_code(rule: str) -> int:
    if rule in RULES:
        return RULES.index(rule) + 1
    return len(RULES) + (1 if rule.startswith("p-") else 2)
