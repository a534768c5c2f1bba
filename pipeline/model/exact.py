"""Matrix products that give the same bits on every BLAS kernel and number of threads.

A sum of floating-point numbers depends on the order of its terms, and every BLAS kernel has its own
order. Here both factors are rounded to multiples of a power of two. The multiples are fine enough
that the effect on a parse is tiny, and coarse enough that every product and every partial sum fits
into the 53 bits of a double. Then no operation rounds, and the order does not matter.

``make_exact`` replaces the matrix layers of a loaded spaCy pipeline, and adjacent layers that are
faster when they are combined with the product. Weights are prepared once, so the pipeline's weights
become read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import version
from math import ceil, log2
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import NumpyOps

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Layer = Any
"""A ``thinc.api.Model``; its array types are not numpy's."""

BLOCK = 512
"""Number of rows to multiply together, which limits the memory for long texts."""
FEW = 32
"""Maximum number of rows to multiply with numpy: onnxruntime needs some microseconds to start."""
BITS = 25
"""Bits of each factor: the largest input, and the largest sum of the weights of an output, are at
most 2 ** 25 steps. Sums of products are then below 2 ** 50 steps. ``Convolution`` needs the other
three bits: it adds four of them, and halves."""
LARGEST = 128.0
"""Inputs up to this size have steps of 2 ** -18, independent of the other inputs; larger ones have
proportionally larger steps. News needs about 80."""
REMEMBERED = 20_000
"""Number of words whose vectors are cached: about 10 MB. A vector depends on its word alone."""
ODD = np.array([0x9E3779B97F4A7C15], dtype=np.uint64) ** np.arange(1, 33, dtype=np.uint64)
"""Factors of a row's columns in its hash (powers of Knuth's constant)."""


@cache
def kernel() -> str:
    """Return the matrix libraries of this process, with versions and CPU kernel.

    OpenBLAS chooses a kernel for the processor unless ``OPENBLAS_CORETYPE`` names one.
    """
    from threadpoolctl import threadpool_info

    libraries = [one for one in threadpool_info() if one["user_api"] == "blas"]
    # there may be several: ours is the one bundled with numpy
    libraries.sort(key=lambda one: ("numpy" not in one["filepath"], one["filepath"]))
    found = [f"onnxruntime {version('onnxruntime')}"]
    for one in libraries[:1]:
        release = ".".join((one["version"] or "").split(".")[:3])
        found.insert(0, " ".join([one["internal_api"], release, one.get("architecture") or ""]))
    return ", ".join(" ".join(one.split()) for one in found)


class Product:
    """Multiply rows by a matrix of weights, and add a bias if there is one."""

    def __init__(self, weights: Floats, bias: Floats | None = None) -> None:
        """Prepare weights of shape (o, k) and a bias of shape (o,)."""
        columns = weights if bias is None else np.column_stack([weights, bias])
        self._weights = _on_grid(columns)
        self.width = weights.shape[1]

    def __call__(self, rows: Floats, out: Floats | None = None) -> Floats:
        """Return the (n, o) product of (n, k) rows."""
        if out is None:
            out = np.empty((len(rows), self._weights.shape[1]), dtype=np.float32)
        for start in range(0, len(rows), BLOCK):
            block = slice(start, start + BLOCK)
            out[block] = self.doubles(rows[block])
        return out

    def doubles(self, rows: Floats) -> Doubles:
        """Return the product before it is rounded to single precision."""
        left = np.empty((len(rows), len(self._weights)))
        _round_into(left[:, : self.width], rows, each=True)
        left[:, self.width :] = 1.0  # the factor of the bias
        return _multiply(left, self._weights)

    def below(self, largest: float, most: int) -> Callable[[Floats], Doubles]:
        """Return a function for products of at most ``most`` rows, whose numbers are no larger."""
        shift = _shift(_step(max(LARGEST, largest)))
        left = np.ones((most, len(self._weights)))
        rounded = left[:, : self.width]

        def doubles(rows: Floats) -> Doubles:
            size = len(rows)
            np.add(rows, shift, out=rounded[:size], dtype=np.float64)
            rounded[:size] -= shift
            found: Doubles = left[:size] @ self._weights
            return found

        return doubles


class Convolution:
    """Multiply each row and its two neighbours by a matrix of weights, and add a bias.

    Two neighbouring rows share products: four are sufficient instead of six, by F(2, 3) of Winograd
    (1980). The method is known to lose precision, but here nothing is rounded.
    """

    def __init__(self, weights: Floats, bias: Floats) -> None:
        """Prepare weights of shape (o, 3 k), for the previous row, the row and the next row."""
        self.outputs, self.width = len(weights), weights.shape[1] // 3
        grid = _on_grid(np.column_stack([weights, bias]))
        before, here, behind = grid[:-1].reshape(3, self.width, -1)
        even, odd = (before + behind) / 2, here / 2
        self._weights = np.zeros((4, self.width + 1, self.outputs))
        self._weights[:, :-1] = before, even + odd, even - odd, behind
        self._weights[1, -1] = grid[-1]

    def doubles(self, rows: Floats) -> Doubles:
        """Return (n, o) for n + 2 rows, of which the first and the last are only neighbours."""
        size = len(rows) - 2
        pairs = (size + 1) // 2
        found = np.zeros((2 * pairs + 2, self.width))
        _round_into(found[: len(rows)], rows)
        first, second, third, fourth = (found[at : at + 2 * pairs : 2] for at in range(4))
        left = np.empty((4, pairs, self.width + 1))
        left[:, :, -1] = 1.0
        np.subtract(first, third, out=left[0, :, :-1])
        np.add(second, third, out=left[1, :, :-1])
        np.subtract(third, second, out=left[2, :, :-1])
        np.subtract(second, fourth, out=left[3, :, :-1])
        one, two, three, four = _multiply(left, self._weights)
        out = np.empty((pairs, 2, self.outputs))
        np.add(two, three, out=out[:, 0])
        out[:, 0] += one
        np.subtract(two, three, out=out[:, 1])
        out[:, 1] -= four
        return out.reshape(2 * pairs, -1)[:size]


class Maxout:
    """A maxout layer (Goodfellow et al. 2013): each output is the largest of p products."""

    def __init__(self, weights: Floats, bias: Floats, *, beside: bool = False) -> None:
        """Prepare weights of shape (o, p, k) and a bias of shape (o, p).

        ``beside``: a row is multiplied together with its neighbours.
        """
        self.outputs, self.pieces, width = weights.shape
        # all first products, then all second ones …, so that the maxima are over columns
        by_piece = np.swapaxes(weights, 0, 1).reshape(-1, width)
        kind = Convolution if beside else Product
        self._product = kind(by_piece, bias.T.reshape(-1))
        self._beside = int(beside)

    def __call__(self, rows: Floats) -> Floats:
        """Return the (n, o) outputs of n rows."""
        out = np.empty((len(rows), self.outputs), dtype=np.float32)
        if self._beside:
            edge = np.zeros((1, rows.shape[1]), dtype=np.float32)
            rows = np.concatenate([edge, rows, edge])
        for start in range(0, len(out), BLOCK):
            block = rows[start : start + BLOCK + 2 * self._beside]
            found = self._product.doubles(block).reshape(-1, self.pieces, self.outputs)
            best = np.maximum(found[:, 0], found[:, 1]) if self.pieces > 1 else found[:, 0]
            for at in range(2, self.pieces):
                np.maximum(best, found[:, at], out=best)
            out[start : start + BLOCK] = best
        return out


class Embedding:
    """spaCy's ``MultiHashEmbed`` with static vectors and a cache of word vectors."""

    def __init__(self, node: Layer) -> None:
        (features, static), self._mixer = node.layers[0].layers, node.layers[1].layers[0]
        extract, _, hashed = features.layers
        self._columns: list[int | str] = extract.attrs["columns"]
        self._hashed = hashed.layers[0]
        self._project = Product(static.get_param("W"))
        self._width = self._mixer.get_dim("nO")
        self._of: Any = None
        self._known: dict[int, Floats] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_of": None, "_known": {}}

    def __call__(self, docs: Sequence[Doc]) -> list[Floats]:
        """Return the (n, w) vectors of the n tokens of each document."""
        found = []
        for doc in docs:
            vectors = doc.vocab.vectors
            if vectors is not self._of or len(self._known) > REMEMBERED:
                self._of, self._known = vectors, {}
            known = self._known  # another thread may replace it
            table: Any = doc.to_array([*self._columns, vectors.attr])
            # one 64-bit hash per row: sorting whole rows takes twenty times as long
            keys, first, places = np.unique(table @ ODD[: table.shape[1]], True, True)
            words = keys.tolist()
            new = [at for at, word in enumerate(words) if word not in known]
            for at, vector in zip(new, self._mixed(table[first[new]], vectors), strict=True):
                known[words[at]] = vector.copy()
            table = np.array([known[word] for word in words], dtype=np.float32)
            found.append(table.reshape(len(words), self._width)[places])
        return found

    def _mixed(self, words: NDArray[np.uint64], vectors: Any) -> Floats:
        if vectors.mode == "default":
            rows = np.asarray(vectors.find(keys=words[:, -1]), dtype=np.int64)
            static = self._project(vectors.data[rows])
            static[rows < 0] = 0.0
        else:  # floret: composed of the word's parts
            static = self._project(vectors.get_batch(words[:, -1]))
        mixed: Floats = self._mixer.predict(
            np.concatenate([self._hashed.predict(words[:, :-1]), static], axis=1)
        )
        return mixed


class ExactOps(NumpyOps):  # type: ignore[misc]
    """Operations on arrays whose matrix products are exact."""

    def __init__(self) -> None:
        super().__init__(use_blis=False)

    def gemm(
        self,
        x: Floats,
        y: Floats,
        out: Floats | None = None,
        trans1: bool = False,
        trans2: bool = False,
    ) -> Floats:
        """Return the product of two matrices, each optionally transposed."""
        return Product(y if trans2 else y.T)(x.T if trans1 else x, out)


def make_exact(models: Iterable[Layer]) -> None:
    """Make the models of a pipeline multiply exactly in prediction."""
    ops = ExactOps()
    beside: set[int] = set()
    for node in [node for model in models for node in model.walk()]:
        node.ops = ops
        if make := LAYERS.get(node.name):
            _predict_by(node, make(node, node.id in beside))
            for name in node.param_names:
                node.get_param(name).flags.writeable = False
        elif node.name.startswith("expand_window>>maxout"):
            inner = next(one for one in node.walk() if one.name == "maxout")
            if inner.get_dim("nI") == 3 * inner.get_dim("nO"):
                # ``Convolution`` includes the neighbours
                _predict_by(node.layers[0], _unchanged)
                beside.add(inner.id)
        elif node.name.endswith(EMBEDDING) and "|static_vectors>>" in node.name:
            _predict_by(node, Embedding(node))


def _predict_by(node: Layer, predict: Callable[[Any], Any]) -> None:
    """Replace a layer's prediction by our function; training is unchanged."""
    node._func = _Forward(node._func, predict)


class _Forward(NamedTuple):
    """A layer's function for training, and ours for prediction; unlike a closure, it is pickled."""

    training: Callable[[Any, Any, bool], tuple[Any, Callable[[Any], Any]]]
    predict: Callable[[Any], Any]

    def __call__(self, model: Any, rows: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
        return self.training(model, rows, True) if is_train else (self.predict(rows), _no_way_back)


def _no_way_back(_: Any) -> Any:
    raise RuntimeError("a prediction has no gradient")


class _LayerNorm:
    """Layer normalisation (Ba et al. 2016)."""

    def __init__(self, node: Layer) -> None:
        self._gain, self._bias = node.get_param("G"), node.get_param("b")

    def __call__(self, rows: Floats) -> Floats:
        found: Floats = rows - rows.mean(axis=1, keepdims=True)
        spread = (found * found).mean(axis=1, keepdims=True) + np.float32(1e-8)
        # sqrt and division round the same everywhere, powers do not
        found *= np.float32(1) / np.sqrt(spread)
        found *= self._gain
        found += self._bias
        return found


class _Softmax:
    """A product, and the softmax of it if the layer is to normalise."""

    def __init__(self, node: Layer) -> None:
        self._node = node
        self._product = Product(node.get_param("W"), node.get_param("b"))

    def __call__(self, rows: Floats) -> Floats:
        scores, attrs = self._product(rows), self._node.attrs
        if not attrs["softmax_normalize"]:
            return scores
        likely: Floats = self._node.ops.softmax(scores, temperature=attrs["softmax_temperature"])
        return likely


class _PrecomputableAffine:
    """The products of each token with the weights of each place in a parser's state."""

    def __init__(self, node: Layer) -> None:
        weights = node.get_param("W")
        self._shape, self._padding = weights.shape[:-1], node.get_param("pad")[0]
        self._product = Product(weights.reshape(-1, weights.shape[-1]))

    def __call__(self, rows: Floats) -> Floats:
        out = np.empty((len(rows) + 1, *self._shape), dtype=np.float32)
        out[0] = self._padding
        self._product(rows, out[1:].reshape(len(rows), -1))
        return out


def _unchanged(rows: Floats) -> Floats:
    return rows


EMBEDDING = ">>with_array(maxout>>layernorm>>dropout)>>ragged2list"
"""The ending of the name of an ``Embedding``."""
LAYERS: dict[str, Callable[[Layer, bool], Callable[[Floats], Floats]]] = {
    "maxout": lambda node, beside: Maxout(node.get_param("W"), node.get_param("b"), beside=beside),
    "linear": lambda node, _: Product(node.get_param("W"), node.get_param("b")),
    "softmax": lambda node, _: _Softmax(node),
    "layernorm": lambda node, _: _LayerNorm(node),
    "precomputable_affine": lambda node, _: _PrecomputableAffine(node),
}


def _multiply(left: Doubles, right: Doubles) -> Doubles:
    if left.ndim == 2 and len(left) < FEW:
        found: Doubles = left @ right  # calling numpy is faster
    else:
        found = _multiplier().run(None, {"left": left, "right": right})[0]
    return found


@cache
def _multiplier() -> Any:
    """Return a graph of one product that runs on one thread.

    onnxruntime has wider kernels than OpenBLAS for some processors, and its number of threads is
    set for each graph, not for the process.
    """
    return product_graph(b"MatMul", left=DOUBLE, right=DOUBLE, product=DOUBLE)


UINT8, INT8, INT32, DOUBLE = 2, 3, 6, 11
"""Types of numbers in ONNX."""


def product_graph(operation: bytes, *, left: int, right: int, product: int) -> Any:
    """Return a graph from ``left`` and ``right`` to their product, by the types of the three."""
    import onnxruntime

    def field(number: int, content: int | bytes) -> bytes:
        """Return one field of a protocol buffer, for numbers and lengths below 128."""
        if isinstance(content, int):
            return bytes([number << 3, content])
        return bytes([number << 3 | 2, len(content)]) + content

    def matrix(name: bytes, kind: int) -> bytes:
        return field(1, name) + field(2, field(1, field(1, kind)))

    node = field(1, b"left") + field(1, b"right") + field(2, b"product") + field(4, operation)
    inputs = field(11, matrix(b"left", left)) + field(11, matrix(b"right", right))
    graph = field(1, node) + field(2, b"one") + inputs + field(12, matrix(b"product", product))
    model = field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 13))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena keeps what its largest input has taken
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _on_grid(weights: Floats) -> Doubles:
    """Return (k, o) weights of shape (o, k), rounded to the grid that their sums allow."""
    doubles = np.array(weights.T, dtype=np.float64, order="C")
    _round(doubles, _step(1.001 * float(np.abs(doubles).sum(axis=0).max(initial=0.0))))
    return doubles


def _round_into(out: Doubles, rows: Floats, *, each: bool = False) -> None:
    """Round inputs, all with one step or ``each`` row with its own."""
    out[...] = rows
    sizes = np.abs(rows)
    largest = float(sizes.max(initial=0.0))
    if each and largest > LARGEST:
        _round(out, np.array([[_step(max(LARGEST, one))] for one in sizes.max(axis=1).tolist()]))
    else:
        _round(out, _step(max(LARGEST, largest)))


def _round(numbers: Doubles, step: float | Doubles) -> None:
    """Round to multiples of a step, in place: the sum with ``shift`` has no smaller bits."""
    shift = _shift(step)
    numbers += shift
    numbers -= shift


def _shift(step: Any) -> Any:
    return step * 1.5 * 2.0**52


def _step(largest: float) -> float:
    """Return the smallest step such that numbers up to ``largest`` have at most 2 ** BITS steps."""
    return 2.0 ** (ceil(log2(largest)) - BITS) if largest else 1.0
