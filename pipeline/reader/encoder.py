"""Split the words of a document into pieces and run an encoder over them (extra ``accurate``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ExtraMissing
from pipeline.reader.session import Floats, Integers, session
from pipeline.text.spans import TokenSpan

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
        """Read the vocabulary in a folder; raise ``ExtraMissing`` without tokenizers."""
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ExtraMissing(
                "the profile accurate needs the package tokenizers",
                hint="pip install 'news-extraction-pipeline[accurate]'",
            ) from error
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
BATCH = 8
"""Maximum number of windows of a batch, which is padded to the longest."""
DECIMALS = 4
"""Number of decimals to which states are rounded."""


class Encoder:
    """The encoder of a folder of ``models/``: ``encoder.onnx`` and ``tokenizer.json``."""

    def __init__(self, folder: Path) -> None:
        """Load an encoder; raise ``ExtraMissing`` without tokenizers."""
        self.cutter = Cutter(folder)
        self.graph = session(folder / GRAPH)

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Return whether a folder has an encoder."""
        return (folder / FILE_NAME).exists()

    def states(self, words: list[str], sentences: Sequence[int] | Integers) -> Floats:
        """Return the (n, k) states of the first pieces of n words, given the sentence of each."""
        parts = [self.cutter.cut(words[start:end]) for start, end in windows(sentences)]
        order = sorted(range(len(parts)), key=lambda at: (len(parts[at][0]), at))
        found: dict[int, Floats] = {}
        for start in range(0, len(order), BATCH):
            group = order[start : start + BATCH]
            given = padded([[parts[at]] for at in group])
            states = self.graph.run(None, {"pieces": given.pieces, "present": given.present})[0]
            for row, at in enumerate(group):
                found[at] = states[row, parts[at][1]]
        joined: Floats = np.concatenate([found[at] for at in range(len(parts))])
        return np.round(joined, DECIMALS)


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
