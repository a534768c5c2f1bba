"""The encoder of the profile accurate: windows of a document, and the states of its words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.manifest import models_folder
from pipeline.reader.encoder import Encoder, windows

FOLDER = models_folder() / "reference-accurate"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(FOLDER)


@given(st.lists(st.integers(1, 60), max_size=20), st.integers(1, 50))
def test_windows_cover_a_document_in_order(lengths: list[int], longest: int) -> None:
    sentences = [at for at, length in enumerate(lengths) for _ in range(length)]
    found = windows(sentences, longest)
    assert [at for start, end in found for at in range(start, end)] == list(range(len(sentences)))
    assert all(end - start <= longest for start, end in found)


def test_a_sentence_that_fits_is_not_cut() -> None:
    sentences = [0] * 30 + [1] * 30 + [2] * 30
    assert windows(sentences, 70) == [(0, 60), (60, 90)]


def test_each_word_has_a_state_whatever_window_it_is_in(encoder: Encoder) -> None:
    words = ["The", "mayor", "said", "she", "won", "."] * 60
    sentences = [at // 6 for at in range(len(words))]
    states = encoder.states(words, sentences)
    assert states.shape == (len(words), 384)
    assert np.isfinite(states).all()
    first = encoder.states(words[:6], sentences[:6])
    assert first.shape == (6, 384)
    assert not np.array_equal(first, states[:6])  # the words around a word change its state


def test_the_profile_accurate_resolves_noun_phrases_with_the_encoder(
    accurate_nlp: Language,
) -> None:
    text = (
        "Vega Shipping said on Monday that it would cut 300 jobs in Bremen.\n\n"
        "The company blamed falling demand. Mayor Ann Lee called the decision a shock, and she "
        "asked for talks."
    )
    news = accurate_nlp(text)._.news
    mentions = {
        text[one.start : one.end]: entity.name
        for entity in news.entities
        for one in entity.mentions
    }
    assert mentions["The company"] == "Vega Shipping"
    assert mentions["it"] == "Vega Shipping"
    assert mentions["she"] == "Ann Lee"
