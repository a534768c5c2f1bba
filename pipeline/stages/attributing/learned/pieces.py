"""Cut the words of a document into the pieces that an encoder reads (extra ``accurate``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ExtraMissing
from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.learned.features import Integers

FILE_NAME = "tokenizer.json"
MOST = 6
"""Pieces of one word that are read; a longer word is no English."""
LONGEST = 512
"""Pieces of a window, the two that frame it included."""
FIRST, LAST = "[CLS]", "[SEP]"


class Pieces(NamedTuple):
    """The pieces of B windows, padded to S, and the first one of each of their T tokens."""

    pieces: Integers
    """(B, S)"""
    present: NDArray[np.bool_]
    """(B, S) False for padding."""
    first: Integers
    """(B, T) a token without pieces, such as a space, has those of the token before."""


class Cutter:
    """Cut words by the vocabulary of an encoder."""

    def __init__(self, folder: Path) -> None:
        """Read the vocabulary of a folder; raise ``ExtraMissing`` without tokenizers."""
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

    def cut(self, words: list[str]) -> tuple[list[int], list[int]]:
        """Return the pieces of a window with their frame, and the first piece of each word.

        Words beyond the longest window have the last piece that is there.
        """
        encoded = self._tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
        pieces = [self._first]
        first = [0] * len(words)
        taken = [0] * len(words)
        for piece, word in zip(encoded.ids, encoded.word_ids, strict=True):
            if taken[word] < MOST and len(pieces) < LONGEST - 1:
                if not taken[word]:
                    first[word] = len(pieces)
                taken[word] += 1
                pieces.append(piece)
        before = 0
        for at, piece in enumerate(first):
            first[at] = before = piece or before
        return [*pieces, self._last], first

    def batch(self, words: list[str], windows: list[Bounds]) -> Pieces:
        """Return the pieces of windows of a document side by side."""
        return padded([self.cut(words[start:end]) for start, end in windows])


def padded(cut: list[tuple[list[int], list[int]]]) -> Pieces:
    """Return windows that were cut side by side."""
    wide = max(len(pieces) for pieces, _ in cut)
    long = max(len(first) for _, first in cut)
    found = np.zeros((len(cut), wide), dtype=np.int64)
    present = np.zeros((len(cut), wide), dtype=np.bool_)
    places = np.zeros((len(cut), long), dtype=np.int64)
    for at, (pieces, first) in enumerate(cut):
        found[at, : len(pieces)] = pieces
        present[at, : len(pieces)] = True
        places[at, : len(first)] = first
    return Pieces(found, present, places)
