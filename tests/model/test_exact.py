"""Products are exact, independent of kernel and threads, and equal to the base model's."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from threadpoolctl import threadpool_info, threadpool_limits

from pipeline.model import exact
from pipeline.model.exact import (
    EMBEDDING,
    LARGEST,
    Convolution,
    Embedding,
    Floats,
    Maxout,
    Product,
)
from pipeline.stages.language import BASE_MODEL, UNUSED

SEED = next((Path(__file__).resolve().parents[2] / "seeds").glob("000_*.txt"))
TENSORS = """
import hashlib, sys, warnings
from pipeline.stages.language import load
doc = load()(open(sys.argv[1], encoding="utf-8").read())
parse = doc.to_array(["HEAD", "DEP"])
print(hashlib.sha256(doc.tensor.tobytes() + parse.tobytes()).hexdigest())
"""


def numbers(*shape: int, size: float = 1.0, seed: int = 7) -> Floats:
    made: Floats = (size * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)
    return made


def as_multiplied(left: Floats, right: Floats) -> NDArray[np.float64]:
    """Return the product of numbers in rational arithmetic."""
    exactly = np.frompyfunc(lambda number: Fraction(float(number)), 1, 1)
    found: NDArray[np.float64] = (exactly(left) @ exactly(right).T).astype(np.float64)
    return found


@pytest.fixture
def two_threads() -> Iterator[None]:
    with threadpool_limits(2, user_api="blas"):
        yield


def threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.mark.parametrize("size", [1.0, 40.0, 1e4])
def test_the_order_of_the_terms_makes_no_difference(size: float) -> None:
    rows, weights = numbers(40, 300, size=size), numbers(90, 300, seed=8)
    found = Product(weights).doubles(rows)
    orders = [np.random.default_rng(seed).permutation(300) for seed in range(5)]
    for order in orders:
        assert np.array_equal(Product(weights[:, order]).doubles(rows[:, order]), found)
    # in single precision it would
    assert any(
        not np.array_equal(rows[:, order] @ weights[:, order].T, rows @ weights.T)
        for order in orders
    )


def test_a_product_is_off_by_no_more_than_half_a_step_of_each_input() -> None:
    rows, weights, bias = numbers(7, 60), numbers(5, 60, seed=8), numbers(5, seed=9)
    off = np.abs(Product(weights, bias)(rows) - (as_multiplied(rows, weights) + bias))
    half_a_step = LARGEST / 2**26
    assert (off < 1.1 * half_a_step * np.abs(weights).sum(axis=1)).all()


def test_a_sum_of_the_largest_factors_is_exact() -> None:
    """All terms have the maximum size and the same sign: the last bit is still there."""
    weights = np.full((1, 300), 3.0, dtype=np.float32)
    weights[0, 0] += 2.0**-12
    rows = np.full((1, 300), LARGEST, dtype=np.float32)
    rows[0, 1] -= 2.0**-16
    assert Product(weights).doubles(rows)[0, 0] == as_multiplied(rows, weights)[0, 0]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 8, 511, 512, 513, 1025])
def test_a_convolution_is_the_product_with_the_neighbours(size: int) -> None:
    rows = numbers(size, 12)
    weights, bias = numbers(6, 3, 36, seed=8), numbers(6, 3, seed=9)
    around = np.pad(rows, ((1, 1), (0, 0)))
    windows = np.concatenate([around[:-2], around[1:-1], around[2:]], axis=1)
    beside = Maxout(weights, bias, beside=True)(rows)
    assert np.array_equal(beside, Maxout(weights, bias)(windows))


def test_a_convolution_of_the_largest_factors_is_exact() -> None:
    rows = np.full((6, 96), LARGEST, dtype=np.float32)
    rows[::2] *= -1
    weights, bias = np.full((2, 288), 2.5, dtype=np.float32), numbers(2)
    weights[1, ::3] = -2.5
    windows = np.concatenate([rows[:-2], rows[1:-1], rows[2:]], axis=1)
    whole = Product(weights, bias).doubles(windows)
    assert np.array_equal(Convolution(weights, bias).doubles(rows), whole)


@pytest.mark.check
def test_kernels_and_threads_make_no_difference_to_vectors_and_parse() -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("the kernels of other processors have other names")
    flags = Path("/proc/cpuinfo").read_text("utf-8") if sys.platform == "linux" else ""
    settings = [("Prescott", "1"), ("Haswell" if "avx2" in flags else "Nehalem", "3")]
    found = set()
    for kernel, number in settings:
        environment = os.environ | {"OPENBLAS_CORETYPE": kernel}
        environment |= {"OMP_NUM_THREADS": number, "OPENBLAS_NUM_THREADS": number}
        command = [sys.executable, "-c", TENSORS, str(SEED)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_the_parse_equals_the_base_models(nlp: Language) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bare = spacy.load(BASE_MODEL, exclude=(*UNUSED, "ner"))
    text = SEED.read_text("utf-8")
    theirs = bare(nlp.make_doc(text))
    ours = nlp.make_doc(text)
    for name in bare.pipe_names:
        ours = nlp.get_pipe(name)(ours)
    assert np.abs(ours.tensor - theirs.tensor).max() < 1e-3
    assert not np.array_equal(ours.tensor, theirs.tensor)
    alike = ["TAG", "DEP", "HEAD"]
    assert np.array_equal(ours.to_array(alike), theirs.to_array(alike))


def test_a_document_has_the_same_vectors_in_any_batch(nlp: Language) -> None:
    texts = ["Rain fell on Dover.", "", "“Rain!” said Ann Lee of Dover.", "Rain"]
    alone = [nlp(text).tensor for text in texts]
    together = [doc.tensor for doc in nlp.pipe(texts)]
    assert all(map(np.array_equal, alone, together))


def test_weights_are_read_only(nlp: Language) -> None:
    model = nlp.get_pipe("tok2vec").model
    node = next(one for one in model.walk() if one.name == "maxout")
    with pytest.raises(ValueError, match="read-only"):
        node.get_param("W")[:] = 0


@pytest.mark.usefixtures("two_threads")
def test_the_number_of_threads_of_the_process_is_unchanged(nlp: Language) -> None:
    nlp("Rain fell on Dover.")
    assert threads() == {2}


def test_word_vectors_are_cached_and_evicted(
    monkeypatch: pytest.MonkeyPatch, nlp: Language
) -> None:
    texts = ["Rain fell on Dover.", "Rain fell on Dover and on Calais."]
    tok2vec = nlp.get_pipe("tok2vec")
    nodes = (one for one in tok2vec.model.walk() if "|static_vectors>>" in one.name)
    embedding = Embedding(next(one for one in nodes if one.name.endswith(EMBEDDING)))
    mixed, asked = embedding._mixed, []

    def watched(words: NDArray[np.uint64], vectors: object) -> Floats:
        asked.append(len(words))
        return mixed(words, vectors)

    monkeypatch.setattr(embedding, "_mixed", watched)
    first, second = (embedding([nlp.make_doc(text)])[0] for text in texts)
    assert asked == [5, 3]  # "Dover" has no space after it in the first
    monkeypatch.setattr(exact, "REMEMBERED", 3)
    assert np.array_equal(embedding([nlp.make_doc(texts[1])])[0], second)
    assert asked == [5, 3, 7]
    assert np.array_equal(first[:3], second[:3])


def test_a_large_input_does_not_affect_other_rows() -> None:
    rows, weights = numbers(4, 60), numbers(5, 60, seed=8)
    alone = Product(weights)(rows)
    rows[2] *= 1e6
    beside = Product(weights)(rows)
    assert np.array_equal(np.delete(alone, 2, axis=0), np.delete(beside, 2, axis=0))
