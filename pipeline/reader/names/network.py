"""Run the trained network of names: from a document to the probabilities of its tokens' tags."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.manifest import own_model
from pipeline.reader.names.decode import TAGS, Floats
from pipeline.reader.names.features import Features, Integers, Labels, features
from pipeline.reader.session import session

GRAPH = "tagger.onnx"
CONFIG = "config.json"
DECIMALS = 6
"""Log-probabilities are rounded to this many decimals before they are compared."""
NOWHERE = -20.0
"""The log-probability of a name at the end of a line."""
CHUNK = 2000
"""Number of tokens per run of the network."""


class Network:
    """The network of names, loaded."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        table = json.loads((folder / CONFIG).read_text("utf-8"))
        self.labels = Labels.of(table["tags"], table["deps"])
        self.graph = session(folder / GRAPH)

    def likely(self, doc: Doc, columns: Columns) -> Floats:
        """Return the (n, tags) log-probabilities of the tags of a document's tokens."""
        return self.scored(features(doc, columns, self.labels), columns)

    def scored(self, found: Features, columns: Columns) -> Floats:
        """Return the same for the arrays of a document; names do not contain line ends."""
        scores = np.zeros((len(columns.words), len(TAGS)), dtype=np.float32)
        for start, end in chunks(np.asarray(columns.sentences)):
            scores[start:end] = self.graph.run(None, inputs(found, start, end))[0][0]
        return bounded(scores, columns)


def bounded(scores: Floats, columns: Columns) -> Floats:
    """Return log-probabilities rounded, with no name at the end of a line."""
    scores[columns.breaks, 0], scores[columns.breaks, 1:] = 0.0, NOWHERE
    rounded: Floats = np.round(scores, DECIMALS)
    return rounded


def inputs(found: Features, start: int, end: int) -> dict[str, Floats | Integers]:
    """Return the inputs of the graph for a range of tokens."""
    words, places = np.unique(found.places[start:end], return_inverse=True)
    return {
        "vectors": np.asarray(found.vectors[words], dtype=np.float32),
        "hashes": found.hashes[words],
        "grams": found.grams[words],
        "word_bits": found.word_bits[words],
        "places": places[None].astype(np.int64),
        "tensor": np.asarray(found.tensor[None, start:end], dtype=np.float32),
        "codes": found.codes[None, start:end],
        "token_bits": found.token_bits[None, start:end],
    }


def chunks(sentences: Integers, longest: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most this many tokens that cover a document, cut at sentence starts."""
    size = len(sentences)
    starts = np.flatnonzero(np.diff(sentences, prepend=-1))
    cuts = [0]
    while size - cuts[-1] > longest:
        near = starts[(starts > cuts[-1]) & (starts <= cuts[-1] + longest)]
        cuts.append(int(near[-1]) if len(near) else cuts[-1] + longest)
    yield from pairwise([*cuts, size])


@cache
def network(name: str) -> Network:
    """Return a network of ``models/`` by its name in the manifest, checked and loaded once.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(name)
    return Network(folder)
