"""Load trained graphs; the base model's vectors they read, and the scale of what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.errors import ModelUnsuitable
from pipeline.manifest import models_folder
from pipeline.model.exact import INT8, INT32, UINT8, product_graph


class Graph:
    """A trained graph that runs on one thread; pickled by its place, below the shipped models."""

    def __init__(self, path: Path) -> None:
        import onnxruntime  # imported late: it takes a tenth of a second; the rules do not need it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # an arena keeps what its largest input has taken
        options.use_deterministic_compute = True
        if saturates():
            # shifts weights to bytes without a sign, whose products are exact but slower
            options.add_session_config_entry("session.x64quantprecision", "1")
        options.log_severity_level = 3
        loaded = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self.path = path
        self.loaded: Any = loaded

    def run(self, names: Sequence[str] | None, given: Mapping[str, Any]) -> Any:
        """Return the outputs with some names, by default all, for inputs by their names."""
        return self.loaded.run(names, given)

    def __reduce__(self) -> tuple[Any, ...]:
        shipped = models_folder()
        if self.path.is_relative_to(shipped):
            return _shipped, (self.path.relative_to(shipped).parts,)
        return session, (self.path,)


def session(path: Path) -> Graph:
    """Load a graph, with the same answers on every x86-64 processor."""
    return Graph(path)


def _shipped(parts: Sequence[str]) -> Graph:
    return Graph(models_folder().joinpath(*parts))


@cache
def saturates() -> bool:
    """Return whether this processor cuts off sums of two 8-bit products at 16 bits.

    Those with VNNI add in 32 bits. AVX2 and the first AVX-512 saturate if one of two factors has a
    sign.
    """
    largest = np.full((16, 64), 255, np.uint8), np.full((64, 16), 127, np.int8)
    graph = product_graph(b"MatMulInteger", left=UINT8, right=INT8, product=INT32)
    (found,) = graph.run(None, dict(zip(("left", "right"), largest, strict=True)))
    return bool((found != 64 * 255 * 127).any())


Names = Mapping[str, Sequence[str]]
"""The names of the columns of a network's inputs, by input."""


def check_features(folder: Path, trained: Names | None, read: Names) -> None:
    """Raise ``ModelUnsuitable`` if a model was trained on other features than this code reads."""
    trained = trained or {}
    other = [name for name, columns in read.items() if list(trained.get(name, ())) != [*columns]]
    if other:
        raise ModelUnsuitable(
            f"the weights were trained on other features ({', '.join(other)})",
            where=str(folder),
            hint="reinstall the package, or train the model again with this version",
        )


SMALLEST = 1e-4
"""Shares are clipped to the range from this to 1 minus this."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The logistic function of slope · log odds + shift."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, share: float) -> float:
        """Return the calibrated confidence for a probability; both are from 0 to 1."""
        share = min(max(share, SMALLEST), 1 - SMALLEST)
        return 1 / (1 + exp(-self.slope * log(share / (1 - share)) - self.shift))


Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
WIDTH = 300
"""Width of the static vectors of ``en_core_web_md``."""
ROWS = 20_000
"""Number of different static vectors: other models have none, or another number."""
STATE = 96
"""Width of its vectors of tokens in context."""


class Words(NamedTuple):
    """The u different words of a document of n tokens."""

    keys: NDArray[np.uint64]
    """(u,) their keys in the vocabulary."""
    places: Integers
    """(n,) the word of each token, as an index of ``keys``."""
    vectors: Floats
    """(u, 300) their static vectors, see ``static_vectors``."""


class Gathered:
    """The (n, k) rows of a table at n places, looked up when some of them are asked for."""

    def __init__(self, table: Floats, places: Integers) -> None:
        self._table, self._places = table, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, rows: Integers) -> Floats:
        found: Floats = self._table[self._places[rows]]
        return found


_words: tuple[Any, Any, Words] | None = None


def words_of(doc: Doc) -> Words:
    """Return the different words of a document; those of the last document are cached."""
    global _words
    table, orth = doc.vocab.vectors, doc.to_array("ORTH")
    last = _words
    if last is None or last[0] is not table or not np.array_equal(last[1], orth):
        keys, places = np.unique(orth, return_inverse=True)
        found = static_vectors(doc.vocab, keys.tolist())
        _words = last = table, orth, Words(keys, places, found)
    return last[2]


def static_vectors(vocab: Vocab, keys: Sequence[int]) -> Floats:
    """Return the (u, 300) static vectors of words by their keys, zeros for words without one.

    Vectors of another width count as none: the networks were trained on these. Raises
    ``ValueError`` for a key below 0: it was read as signed, and its word would have no vector.
    """
    if min(keys, default=0) < 0:
        raise ValueError("keys of the vocabulary are unsigned")
    table = vocab.vectors
    if not len(table.data) or table.data.shape[1] != WIDTH:
        return np.zeros((len(keys), WIDTH), dtype=np.float32)
    known = table.key2row
    rows = np.array([known.get(key, -1) for key in keys], dtype=np.int64)
    found: Floats = np.asarray(table.data[np.maximum(rows, 0)], dtype=np.float32)
    found[rows < 0] = 0.0
    return found


def tensor(doc: Doc) -> Floats:
    """Return the (n, 96) vectors that tagger and parser share."""
    return np.asarray(doc.tensor, dtype=np.float32)


def known_tensor(doc: Doc) -> Floats:
    """Return the (n, 96) vectors that tagger and parser share, zeros if they are another model's.

    The networks were trained on those of ``en_core_web_md``; those of another model have a
    different meaning.
    """
    found = tensor(doc)
    if found.shape == (len(doc), STATE) and doc.vocab.vectors.data.shape == (ROWS, WIDTH):
        return found
    return np.zeros((len(doc), STATE), dtype=np.float32)
