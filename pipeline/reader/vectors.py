"""The vectors that the base model has of a document: of words, and of tokens in their sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab

Floats = NDArray[np.float32]
WIDTH = 300
"""Width of the static vectors of ``en_core_web_md``."""


def static_vectors(vocab: Vocab, keys: Sequence[int]) -> Floats:
    """Return the (u, 300) static vectors of words by their keys, zeros for what has none.

    Vectors of another width count as none: the networks were trained on these.
    """
    table = vocab.vectors
    if not len(table.data) or table.data.shape[1] != WIDTH:
        return np.zeros((len(keys), WIDTH), dtype=np.float32)
    rows = np.asarray(table.find(keys=list(keys)), dtype=np.int64)
    found: Floats = np.asarray(table.data[np.maximum(rows, 0)], dtype=np.float32)
    found[rows < 0] = 0.0
    return found


def tensor(doc: Doc) -> Floats:
    """Return the (n, 96) vectors that tagger and parser share."""
    return np.asarray(doc.tensor, dtype=np.float32)
