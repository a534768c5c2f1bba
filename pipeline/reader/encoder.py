"""Run an encoder over the words of a document (extra ``accurate``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.reader.pieces import FILE_NAME, Cutter, padded
from pipeline.reader.session import session

Floats = NDArray[np.float32]
Bounds = tuple[int, int]

GRAPH = "encoder.onnx"
LONGEST = 160
"""Maximum number of tokens of a window: the cost of an encoder grows with the square of its input
length."""
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

    def states(self, words: list[str], sentences: Sequence[int]) -> Floats:
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


def windows(sentences: Sequence[int], longest: int = LONGEST) -> list[Bounds]:
    """Return ranges of at most ``longest`` tokens that cover a document in order.

    ``sentences`` has the sentence of each token. Whole sentences are joined while they fit; one
    that is too long is cut anywhere.
    """
    size = len(sentences)
    ends = [at for at in range(1, size) if sentences[at] != sentences[at - 1]] + [size]
    found: list[Bounds] = []
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
