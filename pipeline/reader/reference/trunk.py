"""Run the trunk of the rankers of reference, which reads all tokens of a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.document.names import NAME_LABELS
from pipeline.reader.encoder import windows
from pipeline.reader.names.features import Labels as Labels
from pipeline.reader.reference.features import Floats, Integers, Scene
from pipeline.reader.session import session
from pipeline.reader.vectors import known_tensor, static_vectors

GRAPH = "trunk.onnx"
CODES = ("tag", "dep", "name", "place", "speech")
"""The columns of ``Tokens.codes``; in each, 0 means unknown or none."""
NAME_CODES = 2 * len(NAME_LABELS) + 1
"""Each label has a code for the first token of a name and one for the others."""
DECIMALS = 4
"""Number of decimals to which states are rounded."""


class Tokens(NamedTuple):
    """The arrays of a document of n tokens and u different words."""

    keys: Integers
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


def tokens(scene: Scene, doc: Doc, labels: Labels) -> Tokens:
    """Return the arrays of a document."""
    columns = scene.columns
    keys, words = np.unique(doc.to_array("ORTH"), return_inverse=True)
    codes = np.zeros((len(doc), len(CODES)), dtype=np.int64)
    codes[:, 0] = [labels.tags.get(tag, 0) for tag in columns.tags]
    codes[:, 1] = [labels.deps.get(dep, 0) for dep in columns.deps]
    for one in scene.names:
        code = 1 + 2 * NAME_LABELS.index(scene.chains[one.chain].label)
        codes[one.start : one.end, 2] = code + 1
        codes[one.start, 2] = code
    for column in (columns.sentences, columns.paragraphs):
        codes[:, 3] += np.diff(np.asarray(column, dtype=np.int64), prepend=-1) != 0
    codes[:, 4] = np.asarray(scene.speech) >= 0
    return Tokens(
        keys.astype(np.int64),
        words.astype(np.int64),
        known_tensor(doc),
        codes,
        np.asarray(columns.heads, dtype=np.int64),
        windows(columns.sentences),
    )


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


def inputs(texts: Sequence[Tokens], vocab: Vocab) -> dict[str, Floats | Integers]:
    """Return the inputs of a trunk for documents, one behind the other."""
    starts = np.cumsum([0, *(len(one.words) for one in texts)]).tolist()
    words = np.cumsum([0, *(len(one.keys) for one in texts)]).tolist()
    bounds = [
        (start + first, start + last)
        for one, start in zip(texts, starts, strict=False)
        for first, last in one.windows
    ]
    keys = np.concatenate([one.keys for one in texts])
    return {
        "vectors": static_vectors(vocab, keys.tolist()),
        "words": np.concatenate([o.words + at for o, at in zip(texts, words, strict=False)]),
        "tensor": np.concatenate([one.tensor for one in texts]),
        "codes": np.concatenate([one.codes for one in texts]),
        "heads": np.concatenate([o.heads + at for o, at in zip(texts, starts, strict=False)]),
        **laid_out(bounds, starts[-1]),
    }


class Trunk:
    """The loaded graph of a trunk."""

    def __init__(self, folder: Path) -> None:
        self.graph: Any = session(folder / GRAPH)

    def states(self, one: Tokens, vocab: Vocab) -> Floats:
        """Return the (n, k) states of the tokens of a document."""
        states: Floats = np.round(self.graph.run(None, inputs([one], vocab))[0], DECIMALS)
        return states
