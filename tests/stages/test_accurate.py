"""The profile accurate: an encoder reads pieces of words (extra ``accurate``)."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.errors import ExtraMissing
from pipeline.language import loaded_models
from pipeline.manifest import models_folder
from pipeline.reader.encoder import MOST, MOST_PIECES, Cutter, padded
from pipeline.stages.attributions.features import CODES, PLACE, parts

FOLDER = models_folder() / "attributions-accurate"


@pytest.fixture(scope="module")
def cutter() -> Cutter:
    return Cutter(FOLDER)


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


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=1, max_size=200), st.integers(1, 50))
def test_parts_cover_a_window_and_have_similar_lengths(places: list[int], longest: int) -> None:
    codes = np.zeros((len(places), len(CODES)), dtype=np.int64)
    codes[:, PLACE] = places
    found = parts(codes, longest)
    assert [at for start, end in found for at in range(start, end)] == list(range(len(places)))
    assert max(end - start for start, end in found) <= 1.5 * longest + 1


def test_attributions_have_calibrated_confidences(accurate_nlp: Language) -> None:
    text = "“We lost the game,” said Ann Lee, the mayor.\n\nShe is wary of the council's plan."
    doc = accurate_nlp(text)
    first = doc._.news.attributions[0]
    assert text[slice(*first.content[0])] == "“We lost the game,”"
    assert text[slice(*first.source[0])].startswith("Ann Lee")
    assert 0.5 < (first.confidence or 0) <= 0.99


def test_the_same_text_gives_the_same_attributions(accurate_nlp: Language) -> None:
    text = "Ann Lee said that it rained. " * 40 + "\n\n" + "The mayor is reluctant. " * 60
    once, again = (accurate_nlp(text)._.news.attributions for _ in range(2))
    assert once == again


def test_the_record_names_the_network(accurate_nlp: Language) -> None:
    names = [model.name for model in loaded_models(accurate_nlp)]
    assert names[1:] == [
        "names",
        "attributions-accurate",
        "figures",
        "senses",
        "namesakes",
        "reference-accurate",
        "speakers",
        "times",
    ]


def test_a_missing_extra_is_named_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ExtraMissing, match="needs the package tokenizers") as caught:
        Cutter(FOLDER)
    assert "[accurate]" in (caught.value.hint or "")
