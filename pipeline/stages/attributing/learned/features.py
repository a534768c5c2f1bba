"""The input of the trained network for attributions: arrays with one row per token.

Everything is available after the parse: the base model's vectors, tags, dependencies and names; the
quotations; and the words of the lexicon of cues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.reader.vectors import Floats as Floats
from pipeline.reader.vectors import known_tensor, static_vectors
from pipeline.records.labels import CueType
from pipeline.stages.annotations import Bounds, Quote
from pipeline.stages.attributing.cues import Lexicon
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.syntax import NOUN_TAGS, VERB_TAGS

Integers = NDArray[np.int64]

CODES = ("word", "tag", "dep", "name", "case", "quote", "place", "cue", "role")
"""The columns of ``Features.codes``; in each, 0 means unknown. "cue": the type of a verb or noun of
the lexicon. "role": the dependency by which the nearest such word above a token governs it."""
WORD, TAG, DEP, NAME, CASE, QUOTE, PLACE, CUE_TYPE, ROLE = range(len(CODES))
CASES = ("IS_ALPHA", "IS_TITLE", "IS_UPPER", "IS_PUNCT", "LIKE_NUM", "IS_SPACE")
"""A token's case code is that of the last of these flags that is set."""
QUOTE_STATES = {"direct": 1, "mixed": 4, "no speech": 7}
"""The code of an opening mark; its words have the next code, its closing mark the one after."""
TYPES: tuple[CueType, ...] = get_args(CueType)
ACCORDING = 2 * len(TYPES) + 1
"""The cue code of "according"; verbs have 1 and more, nouns come after all verbs."""


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
        closed = (len(CASES) + 1, 10, 3, ACCORDING + 1, len(self.deps) + 1)
        return (*(len(labels) + 1 for labels in self), *closed)


class Features(NamedTuple):
    """The arrays of a document of n tokens."""

    vectors: Floats
    """(n, 300) static word vectors."""
    tensor: Floats
    """(n, 96) the base model's context-dependent vectors of tokens."""
    codes: Integers
    """(n, 9), columns as in ``CODES``."""
    heads: Integers
    """(n,) the head of each token."""
    above: Integers
    """(n,) the nearest cue of the lexicon that governs each token, itself without one."""


def features(doc: Doc, reading: Reading, labels: Labels, lexicon: Lexicon) -> Features:
    """Return the arrays of a document."""
    codes = _codes(doc, reading, labels, lexicon)
    heads = np.arange(len(doc)) + doc.to_array("HEAD").astype(np.int64)
    above, top = governing(heads, codes[:, CUE_TYPE] > 0)
    codes[:, ROLE] = np.where(above == np.arange(len(doc)), 0, codes[top, DEP])
    keys, places = np.unique(doc.to_array("ORTH"), return_inverse=True)
    vectors = static_vectors(doc.vocab, keys.tolist())[places]
    return Features(vectors, known_tensor(doc), codes, heads, above)


def governing(heads: Integers, marked: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Return for each token the nearest marked token above it, itself without one, and the token
    directly below that one on the way.

    >>> governing(np.array([1, 1, 3, 1]), np.array([False, True, False, False]))
    (array([1, 1, 1, 1]), array([0, 1, 3, 3]))
    """
    own = np.arange(len(heads))
    top = own.copy()
    while True:
        # a token moves up until it is below a marked one or at the root
        moving = ~marked[heads[top]] & (heads[top] != top)
        if not moving.any():
            break
        top = np.where(moving, heads[top], top)
    above = heads[top]
    found = marked[above] & (above != top)
    return np.where(found, above, own), top


def _codes(doc: Doc, reading: Reading, labels: Labels, lexicon: Lexicon) -> Integers:
    size = len(doc)
    attributes: list[int | str] = ["LOWER", "TAG", "DEP", "ENT_TYPE", "SENT_START", *CASES]
    table = doc.to_array(attributes).reshape(size, len(attributes))
    strings = doc.vocab.strings

    split: list[tuple[list[str], Integers]] = []
    for column in range(len(labels)):
        unique, places = np.unique(table[:, column], return_inverse=True)
        split.append(([strings[key] for key in unique.tolist()], places))

    def look_up(column: int, code: Callable[[str], int]) -> Integers:
        found, places = split[column]
        return np.array([code(one) for one in found], dtype=np.int64)[places]

    def verb_or_noun(tag: str) -> int:
        return 1 if tag in VERB_TAGS else 2 if tag in NOUN_TAGS else 0

    def verb_type(word: str) -> int:
        return 1 + TYPES.index(lexicon.verbs[word].type) if word in lexicon.verbs else 0

    def noun_type(word: str) -> int:
        return 1 + len(TYPES) + TYPES.index(lexicon.nouns[word][1]) if word in lexicon.nouns else 0

    found = np.zeros((size, len(CODES)), dtype=np.int64)
    for column, codes in enumerate(labels):
        found[:, column] = look_up(column, lambda label, codes=codes: codes.get(label, 0))  # type: ignore[misc]
    for value in range(len(CASES)):
        found[table[:, len(attributes) - len(CASES) + value] != 0, CASE] = value + 1
    for index, bounds in reading.tokens.items():
        mark_quotation(found, bounds, reading.quotes[index])
    found[:, PLACE] = table[:, 4] == 1
    blank = table[:, len(attributes) - 1] != 0
    words = np.flatnonzero(~blank)
    paragraphs = np.asarray(reading.paragraph, dtype=np.int64)[words]
    found[words[np.flatnonzero(np.diff(paragraphs, prepend=-1))], PLACE] = 2
    types = look_up(TAG, verb_or_noun)
    found[:, CUE_TYPE] = np.where(types == 1, look_up(WORD, verb_type), 0)
    found[:, CUE_TYPE] += np.where(types == 2, look_up(WORD, noun_type), 0)
    found[look_up(WORD, lambda word: int(word == "according")) == 1, CUE_TYPE] = ACCORDING
    return found


def mark_quotation(codes: Integers, bounds: Bounds, quote: Quote) -> None:
    """Set the codes of the tokens of a quotation, including its marks."""
    first, last = bounds
    state = QUOTE_STATES[quote.kind if quote.speech else "no speech"]
    codes[first:last, QUOTE] = state + 1
    codes[first, QUOTE] = state
    codes[last - 1, QUOTE] = state + 2
