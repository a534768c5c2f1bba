"""What the tagger of attributions reads of a document: codes and vectors of tokens, in windows.

Everything is available after the parse: the base model's vectors, tags, dependencies and names; the
quotations; and the words of the lexicon of cues.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from spacy.strings import get_string_id
from spacy.tokens import Doc

from pipeline.document.annotations import DocQuote
from pipeline.document.columns import NOUN_TAGS
from pipeline.document.syntax import VERB_TAGS
from pipeline.model.encoder import Encoder, States
from pipeline.model.session import Floats, Gathered, Integers, known_tensor, words_of
from pipeline.records.labels import CueType
from pipeline.stages.attributions.cues import lexicon
from pipeline.stages.attributions.reading import Reading
from pipeline.text.spans import TokenSpan

LONGEST = 300
"""Maximum number of tokens of a window."""
BATCH = 4000
"""Maximum number of tokens of a batch, including padding."""
FARTHEST = 10
"""Number of distance buckets in each direction, one for each power of two."""


class WindowBatch(NamedTuple):
    """B windows of one document, padded to the length of the longest, T tokens."""

    windows: list[TokenSpan]
    vectors: Floats
    tensor: Floats
    codes: Integers
    heads: Integers
    """(B, T), counted within the window; a token whose head is outside is its own head."""
    above: Integers
    """(B, T), likewise."""
    encoded: Floats | None = None
    """(B, T, k) states of an encoder."""


def windows(codes: Integers, longest: int = LONGEST, *, even: bool = True) -> list[TokenSpan]:
    """Return ranges of at most ``longest`` tokens that cover the tokens of ``codes`` in order.

    Whole paragraphs are joined while they fit. A paragraph that is too long is cut at sentence
    starts, and a sentence that is too long anywhere. The number of windows is minimal. ``even``
    windows have lengths as equal as possible, since a batch is padded to the longest; otherwise
    windows are filled in order, which is better for training.
    """
    size = len(codes)
    starts = np.flatnonzero(codes[:, PLACE] == 2)
    paragraphs = pairwise([0, *starts[starts > 0].tolist(), size])
    units = [part for start, end in paragraphs for part in cut(codes, start, end, longest)]
    filled = _joined(units, longest)
    if not even:
        return filled
    fewest = len(filled)
    shortest = -(-size // max(1, fewest))
    more = bisect_left(
        range(shortest, longest), True, key=lambda most: len(_joined(units, most)) <= fewest
    )
    return _joined(units, min(shortest + more, longest))


def _joined(units: Sequence[TokenSpan], most: int) -> list[TokenSpan]:
    """Join neighbouring ranges while they have at most ``most`` tokens."""
    found: list[TokenSpan] = []
    for start, end in units:
        if found and end - found[-1][0] <= most:
            found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found


def cut(codes: Integers, start: int, end: int, longest: int) -> Iterator[TokenSpan]:
    """Yield the parts of a range with at most ``longest`` tokens, cut at sentence starts."""
    if end - start <= longest:
        yield start, end
        return
    sentences = start + 1 + np.flatnonzero(codes[start + 1 : end, PLACE] > 0)
    begun = start
    for first, last in pairwise([start, *sentences.tolist(), end]):
        if last - begun > longest and first > begun:
            yield begun, first
            begun = first
        while last - begun > longest:
            yield begun, begun + longest
            begun += longest
    if begun < end:
        yield begun, end


def batches(
    found: AttributionFeatures, ranges: Sequence[TokenSpan], limit: int = BATCH
) -> Iterator[WindowBatch]:
    """Yield the windows of a document in batches of at most ``limit`` tokens, short ones first."""
    group: list[TokenSpan] = []
    for one in sorted(ranges, key=lambda one: (one[1] - one[0], one)):
        if group and (len(group) + 1) * (one[1] - one[0]) > limit:
            yield batch(found, group)
            group = []
        group.append(one)
    if group:
        yield batch(found, group)


def batch(found: AttributionFeatures, ranges: list[TokenSpan]) -> WindowBatch:
    """Return windows as padded arrays."""
    starts, ends = np.array(ranges).T[:, :, None]
    own = np.arange((ends - starts).max())
    places = np.minimum(starts + own, ends - 1)
    padding = starts + own >= ends

    def padded(rows: Floats | Integers | Gathered | States) -> np.ndarray:
        filled: np.ndarray = rows[places]
        filled[padding] = 0
        return filled

    def within(rows: Integers) -> Integers:
        here = rows[places] - starts
        return np.where(padding | (here < 0) | (here >= ends - starts), own, here)

    return WindowBatch(
        ranges,
        padded(found.vectors),
        padded(found.tensor),
        padded(found.codes),
        within(found.heads),
        within(found.above),
        None if found.encoded is None else padded(found.encoded),
    )


@cache
def distances(size: int) -> Integers:
    """Return (size, size) buckets of the distance from a token (row) to a cue (column).

    0 is the token itself, 1 to 10 are cues after it, by power of two, 11 to 20 cues before it.
    """
    apart = np.arange(1 - size, size)
    power = np.minimum(np.ceil(np.log2(np.abs(apart) + 1)), FARTHEST).astype(np.int64)
    buckets = np.where(apart >= 0, power, power + FARTHEST)
    return sliding_window_view(buckets, size)[::-1].copy()


CODES = ("word", "tag", "dep", "name", "case", "quote", "place", "cue", "role")
"""The columns of ``AttributionFeatures.codes``; in each, 0 means unknown. "cue": the type of a
verb or noun of the lexicon. "role": the dependency by which the nearest such word above a token
governs it."""
WORD, TAG, DEP, NAME, CASE, QUOTE, PLACE, CUE_TYPE, ROLE = range(len(CODES))
CASES = ("IS_ALPHA", "IS_TITLE", "IS_UPPER", "IS_PUNCT", "LIKE_NUM", "IS_SPACE")
"""A token's case code is that of the last of these flags that is set."""
QUOTE_STATES = {"direct": 1, "mixed": 4, "no speech": 7}
"""The code of an opening mark; its words have the next code, its closing mark the one after."""
TYPES: tuple[CueType, ...] = get_args(CueType)
ACCORDING = 2 * len(TYPES) + 1
"""The cue code of "according"; verbs have 1 and more, nouns come after all verbs."""


class Codes(dict[str, int]):
    """Strings with their codes; others have the code 0."""

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.uint64], Integers]:
        keys = np.array([get_string_id(one) for one in ("", *self)], dtype=np.uint64)
        order = keys.argsort()
        return keys[order], np.array([0, *self.values()])[order]

    def of(self, keys: NDArray[np.uint64]) -> Integers:
        """Return the codes of strings by their keys in spaCy."""
        known, codes = self._by_key
        at = known.searchsorted(keys, "right") - 1
        return np.where(known[at] == keys, codes[at], 0)


PARTS = Codes(dict.fromkeys(VERB_TAGS, 1) | dict.fromkeys(NOUN_TAGS, 2))
"""1 for the tags of verbs, 2 for those of nouns."""


class Labels(NamedTuple):
    """The words and labels with their own code, counted from 1."""

    words: Codes
    tags: Codes
    deps: Codes
    names: Codes

    @classmethod
    def of(cls, *lists: Iterable[str]) -> Labels:
        """Number words, tags, dependencies and entity labels, each list in its order."""
        return cls(
            *(
                Codes({label: at for at, label in enumerate(dict.fromkeys(labels), 1)})
                for labels in lists
            )
        )

    def words_of(self, doc: Doc) -> Integers:
        """Return the (n,) codes of the words of a document."""
        keys: Any = doc.to_array(["LOWER"]).reshape(-1)
        return self.words.of(keys)

    def sizes(self) -> tuple[int, ...]:
        """Return the number of codes in each column of ``CODES``, including 0."""
        closed = (len(CASES) + 1, 10, 3, ACCORDING + 1, len(self.deps) + 1)
        return (*(len(labels) + 1 for labels in self), *closed)


class AttributionFeatures(NamedTuple):
    """The arrays of a document of n tokens."""

    vectors: Gathered
    """(n, 300) static word vectors."""
    tensor: Floats
    """(n, 96) the base model's context-dependent vectors of tokens."""
    codes: Integers
    """(n, 9), columns as in ``CODES``."""
    heads: Integers
    """(n,) the head of each token."""
    above: Integers
    """(n,) the nearest cue of the lexicon that governs each token, itself without one."""
    encoded: States | None = None
    """(n, k) states of an encoder, if there is one below the network."""


def features(
    doc: Doc, reading: Reading, labels: Labels, encoder: Encoder | None = None
) -> AttributionFeatures:
    """Return the arrays of a document."""
    codes = _codes(doc, reading, labels)
    heads = np.arange(len(doc)) + doc.to_array("HEAD").astype(np.int64)
    above, top = governing(heads, codes[:, CUE_TYPE] > 0)
    codes[:, ROLE] = np.where(above == np.arange(len(doc)), 0, codes[top, DEP])
    words = words_of(doc)
    vectors = Gathered(words.vectors, words.places)
    encoded = None if encoder is None else encoder.of(reading.columns)
    return AttributionFeatures(vectors, known_tensor(doc), codes, heads, above, encoded)


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
        above = heads[top]
        moving = ~marked[above] & (above != top)
        if not moving.any():
            break
        top = np.where(moving, above, top)
    found = marked[above] & (above != top)
    return np.where(found, above, own), top


@cache
def cue_codes() -> tuple[Codes, Codes]:
    """Return the cue codes of the verbs and of the nouns in the lexicon."""
    verbs = {word: 1 + TYPES.index(cue.type) for word, cue in lexicon().verbs.items()}
    first = 1 + len(TYPES)
    nouns = {word: first + TYPES.index(kind) for word, (_, kind) in lexicon().nouns.items()}
    return Codes(verbs), Codes(nouns)


def _codes(doc: Doc, reading: Reading, labels: Labels) -> Integers:
    attributes: list[int | str] = ["LOWER", "TAG", "DEP", "ENT_TYPE", "SENT_START", *CASES]
    table = doc.to_array(attributes).reshape(len(doc), len(attributes)).T
    found = np.zeros((len(doc), len(CODES)), dtype=np.int64)
    for column, codes in enumerate(labels):
        found[:, column] = codes.of(table[column])
    for value, column in enumerate(table[-len(CASES) :], 1):
        found[column != 0, CASE] = value
    for index, bounds in reading.tokens.items():
        mark_quotation(found, bounds, reading.quotes[index])
    found[:, PLACE] = table[4] == 1
    words = np.flatnonzero(table[-1] == 0)
    breaks = np.zeros(len(doc), dtype=np.int64)
    breaks[reading.columns.breaks] = 1
    found[words[np.diff(breaks.cumsum()[words], prepend=-1) > 0], PLACE] = 2
    part = PARTS.of(table[1])
    for number, codes in enumerate(cue_codes(), 1):
        here = np.flatnonzero(part == number)
        found[here, CUE_TYPE] = codes.of(table[0, here])
    found[table[0] == get_string_id("according"), CUE_TYPE] = ACCORDING
    return found


def mark_quotation(codes: Integers, bounds: TokenSpan, quote: DocQuote) -> None:
    """Set the codes of the tokens of a quotation, including its marks."""
    first, last = bounds
    state = QUOTE_STATES[quote.kind if quote.speech else "no speech"]
    codes[first:last, QUOTE] = state + 1
    codes[first, QUOTE] = state
    codes[last - 1, QUOTE] = state + 2
