"""The encoder of the profile accurate: windows of a document, and the states of its words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.errors import ModelUnsuitable
from pipeline.manifest import own_model
from pipeline.model import encoder as module
from pipeline.model.encoder import (
    GRAPH,
    MODEL,
    MOST,
    MOST_PIECES,
    Cutter,
    Encoder,
    States,
    encoder_below,
    padded,
    windows,
)
from pipeline.stages.language import load_base

FOLDER = own_model(MODEL)[1]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(FOLDER)


@pytest.fixture(scope="module")
def cutter() -> Cutter:
    return Cutter(FOLDER)


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
    states = encoder.states(words, sentences)[:]
    assert states.shape == (len(words), encoder.width)
    assert len(np.unique(states, axis=0)) > 100  # each place of a word has its own
    first = encoder.states(words[:6], sentences[:6])[:]
    assert first.shape == (6, encoder.width)
    assert not np.array_equal(first, states[:6])  # the words around a word change its state


def test_a_word_beyond_the_window_changes_nothing(encoder: Encoder) -> None:
    words = ["The", "mayor", "said", "she", "won", "."] * 60
    sentences = [at // 6 for at in range(len(words))]
    (_, end), *_ = windows(sentences)
    other = [*words[:end], *["Rain"] * (len(words) - end)]
    states, again = (encoder.states(one, sentences) for one in (words, other))
    assert np.array_equal(states[:end], again[:end])
    assert not np.array_equal(states[end:], again[end:])


def test_states_are_kept_in_sixteen_bits() -> None:
    given = np.linspace(-3, 3, 999, dtype=np.float32).reshape(-1, 3)
    kept = States.joined([States(given[:100], 4), States(given[100:], 4)])
    assert len(kept) == len(given)
    rows = np.array([332, 0, 100, 100])
    assert kept[rows].dtype == np.float32
    assert kept[rows].tolist() == np.round(given[rows], 4).tolist()
    assert kept[rows[None]].shape == (1, 4, 3)
    assert States(np.full((1, 1), 99, dtype=np.float32))[0].tolist() == [pytest.approx(32.767)]


def test_a_document_is_read_once_by_all_heads(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    states = Encoder.states

    def counted(self: Encoder, words: list[str], sentences: np.ndarray) -> States:
        read.append(len(words))
        return states(self, words, sentences)

    monkeypatch.setattr(Encoder, "states", counted)
    doc = nlp("“We lost,” said Ann Lee, the mayor.\n\nShe left.")
    assert read == [len(doc)]
    assert Columns(doc).states is None


def test_the_sections_of_a_long_document_are_joined(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECTION", 20)
    columns = Columns(load_base()("The mayor said that she won. " * 12))
    states = encoder.of(columns)
    assert len(states) == len(columns.words)
    assert encoder.of(columns) is states
    assert np.isfinite(states[:]).all()


def test_weights_of_another_encoder_are_refused() -> None:
    trained = own_model(MODEL)[0].files[GRAPH]
    assert encoder_below(FOLDER, trained) is not None
    assert encoder_below(FOLDER, None) is None
    with pytest.raises(ModelUnsuitable, match="another encoder"):
        encoder_below(FOLDER, "0" * 64)


def test_each_word_maps_to_its_first_piece(cutter: Cutter) -> None:
    pieces, first = cutter.cut(["Unbelievably", ",", "she", "won", "."])
    assert len(pieces) > 7  # the special pieces, and a word in several pieces
    assert first[0] == 1
    assert first == sorted(first)
    assert len(set(first)) == 5


def test_a_word_without_pieces_shares_those_of_the_previous_word(cutter: Cutter) -> None:
    _, first = cutter.cut(["\n", "Rain", "\n\n", "fell"])
    assert first == [0, 1, 1, 2]


@given(st.lists(st.text(max_size=30), max_size=40), st.integers(0, 600))
def test_indices_are_within_the_pieces_for_any_words(
    cutter: Cutter, words: list[str], more: int
) -> None:
    pieces, first = cutter.cut([*words, *["x"] * more])
    assert len(pieces) <= MOST_PIECES
    assert all(0 <= place < len(pieces) - 1 for place in first)
    assert first == sorted(first)


def test_a_very_long_word_has_few_pieces(cutter: Cutter) -> None:
    pieces, _ = cutter.cut(["ab1" * 200])
    assert len(pieces) <= MOST + 2


def test_pieces_are_counted_through_adjacent_parts() -> None:
    found = padded([[([1, 7, 2], [1]), ([1, 8, 9, 2], [1, 2])], [([1, 5, 2], [1, 1])]])
    assert found.pieces.tolist() == [[1, 7, 2, 0], [1, 8, 9, 2], [1, 5, 2, 0]]
    assert found.present.sum() == 10
    assert found.first.tolist() == [[1, 5, 6], [9, 9, 0]]
    assert found.pieces.reshape(-1)[found.first[0]].tolist() == [7, 8, 9]


def test_the_profile_accurate_resolves_noun_phrases_with_the_encoder(
    nlp: Language,
) -> None:
    text = (
        "Vega Shipping said on Monday that it would cut 300 jobs in Bremen.\n\n"
        "The company blamed falling demand. Mayor Ann Lee called the decision a shock, and she "
        "asked for talks."
    )
    news = nlp(text)._.news
    mentions = {
        text[one.start : one.end]: entity.name
        for entity in news.entities
        for one in entity.mentions
    }
    assert mentions["The company"] == "Vega Shipping"
    assert mentions["it"] == "Vega Shipping"
    assert mentions["she"] == "Ann Lee"
