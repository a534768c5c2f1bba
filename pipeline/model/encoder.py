"""The encoder that reads a document once for all heads above it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.document.columns import Columns
from pipeline.document.memory import give_back
from pipeline.errors import ModelUnsuitable
from pipeline.manifest import own_model
from pipeline.model.session import Floats, Integers, session
from pipeline.text.spans import TokenSpan

MODEL = "encoder"
"""The name of the encoder in ``models/manifest.toml``."""

FILE_NAME = "tokenizer.json"
MOST = 6
"""Maximum number of pieces to read of one word; longer words are not English."""
MOST_PIECES = 512
"""Maximum number of pieces in one input of an encoder, including its two special pieces."""
FIRST, LAST = "[CLS]", "[SEP]"


class Pieces(NamedTuple):
    """The pieces of the P parts of B windows, padded to S, with the location of each token."""

    pieces: Integers
    """(P, S)"""
    present: NDArray[np.bool_]
    """(P, S) False for padding."""
    first: Integers
    """(B, T) the first piece of a token, counted through all parts; a token without pieces, such as
    a space, has that of the token before."""


Cut = tuple[list[int], list[int]]
"""The pieces of a part, and the first piece of each of its words."""


class Cutter:
    """Splits words by the vocabulary of an encoder."""

    def __init__(self, folder: Path) -> None:
        """Read the vocabulary in a folder."""
        from tokenizers import Tokenizer  # imported late: the profile fast does not need it

        self._tokenizer: Any = Tokenizer.from_file(str(folder / FILE_NAME))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first: int = self._tokenizer.token_to_id(FIRST)
        self._last: int = self._tokenizer.token_to_id(LAST)

    def cut(self, words: list[str]) -> Cut:
        """Return the pieces of some words with the special pieces, and each word's first piece.

        Words beyond the longest part get the last piece that fits.
        """
        encoded = self._tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
        pieces = [self._first]
        first = [0] * len(words)
        taken = [0] * len(words)
        for piece, word in zip(encoded.ids, encoded.word_ids, strict=True):
            if taken[word] < MOST and len(pieces) < MOST_PIECES - 1:
                if not taken[word]:
                    first[word] = len(pieces)
                taken[word] += 1
                pieces.append(piece)
        before = 0
        for at, piece in enumerate(first):
            first[at] = before = piece or before
        return [*pieces, self._last], first


def padded(found: list[list[Cut]]) -> Pieces:
    """Return the parts of windows as padded arrays."""
    rows = [part for window in found for part in window]
    wide = max(len(pieces) for pieces, _ in rows)
    pieces = np.zeros((len(rows), wide), dtype=np.int64)
    present = np.zeros((len(rows), wide), dtype=np.bool_)
    for at, (some, _) in enumerate(rows):
        pieces[at, : len(some)] = some
        present[at, : len(some)] = True
    long = max(sum(len(first) for _, first in window) for window in found)
    places = np.zeros((len(found), long), dtype=np.int64)
    row = 0
    for at, window in enumerate(found):
        begun = 0
        for _, first in window:
            places[at, begun : begun + len(first)] = np.array(first, dtype=np.int64) + row * wide
            begun += len(first)
            row += 1
    return Pieces(pieces, present, places)


GRAPH = "encoder.onnx"
LONGEST = 160
"""Maximum number of tokens of a window: the cost of an encoder grows with the square of its input
length."""
SECTION = 25_000
"""Maximum number of tokens that other networks read at once: about 110,000 characters of news. The
memory of a network grows with the length of its input."""
DECIMALS = 3
"""Number of decimals to which states are rounded."""


class States:
    """The (n, k) states of tokens, rounded to fit into 16 bits; rows are looked up as floats."""

    def __init__(self, states: Floats, decimals: int = DECIMALS) -> None:
        """Round and keep states; those that do not fit are cut off: at 32 with three decimals."""
        self._scale = np.float32(10**decimals)
        largest = np.iinfo(np.int16).max
        steps = np.rint(states * self._scale)
        self._steps: NDArray[np.int16] = np.clip(steps, -largest, largest).astype(np.int16)

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, rows: Any) -> Floats:
        found: Floats = self._steps[rows].astype(np.float32) / self._scale
        return found

    @classmethod
    def joined(cls, parts: Sequence[States]) -> States:
        """Return the states of the parts of a document."""
        found = cls.__new__(cls)
        found._scale = parts[0]._scale
        found._steps = np.concatenate([one._steps for one in parts])
        return found


WIDTH = 384
"""Number of values in the state of a token."""


class Encoder:
    """The encoder of a folder of ``models/``: ``encoder.onnx`` and ``tokenizer.json``."""

    width = WIDTH

    def __init__(self, folder: Path) -> None:
        self.cutter = Cutter(folder)
        self.graph = session(folder / GRAPH)

    def of(self, columns: Columns) -> States:
        """Return the states of a document of at least one token, which keeps them."""
        if columns.states is None:
            sentences = columns.arrays.sentences
            parts = []
            for start, end in sections(sentences):
                parts.append(self.states(columns.words[start:end], sentences[start:end]))
                if end < len(sentences):
                    give_back()
            columns.states = States.joined(parts)
        found: States = columns.states
        return found

    def states(self, words: list[str], sentences: Sequence[int] | Integers) -> States:
        """Return the (n, k) states of the first pieces of n words, given the sentence of each."""
        found = []
        for start, end in windows(sentences):
            cut = self.cutter.cut(words[start:end])
            # one at a time: states are rounded by the largest of all that are read together
            given = padded([[cut]])
            states = self.graph.run(None, {"pieces": given.pieces, "present": given.present})[0]
            found.append(States(states[0, cut[1]]))
        return States.joined(found)


@cache
def encoder() -> Encoder:
    """Return the shipped encoder, checked and cached.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    return Encoder(own_model(MODEL)[1])


def encoder_below(folder: Path, trained: str | None) -> Encoder | None:
    """Return the encoder below the weights in a folder, none if they were trained without one.

    ``trained`` is the SHA-256 of the graph that they were trained with. Raises ``ModelUnsuitable``
    if it is another one's, and what ``encoder`` raises.
    """
    if trained is None:
        return None
    if own_model(MODEL)[0].files[GRAPH] != trained:
        raise ModelUnsuitable(
            "the weights were trained with another encoder",
            where=str(folder),
            hint="reinstall the package, or train the model again with this version",
        )
    return encoder()


def sections(sentences: Integers) -> list[TokenSpan]:
    """Return the parts of a document that networks read one after another, whole sentences each."""
    return windows(sentences, SECTION)


def windows(sentences: Sequence[int] | Integers, longest: int = LONGEST) -> list[TokenSpan]:
    """Return ranges of at most ``longest`` tokens that cover a document in order.

    ``sentences`` has the sentence of each token. Whole sentences are joined while they fit; one
    that is too long is cut anywhere.
    """
    size = len(sentences)
    ends = [*(np.flatnonzero(np.diff(sentences)) + 1).tolist(), size]
    found: list[TokenSpan] = []
    start = last = 0
    for end in ends:
        if end - start > longest and last > start:
            found.append((start, last))
            start = last
        while end - start > longest:
            found.append((start, start + longest))
            start += longest
        last = end
    return [*found, (start, size)] if start < size else found
