"""The network of names: what it reads, how its tags become spans, and what a document agrees on."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.reader.names import network
from pipeline.reader.names.features import LISTS, SIGNS, TOKEN_BITS, Labels, features, word_rows
from pipeline.reader.names.network import (
    BEGIN,
    INSIDE,
    LABELS,
    LAST,
    TAGS,
    UNIT,
    agree,
    chunks,
    spans,
)
from pipeline.reader.session import Floats
from tests.blank import BLANK

PERSON, ORG = LABELS.index("PERSON"), LABELS.index("ORG")


def tagged(*tags: str, sure: float = 0.9) -> Floats:
    """Return log-probabilities of which these tags are the best."""
    rest = (1 - sure) / (len(TAGS) - 1)
    found = np.full((len(tags), len(TAGS)), np.log(rest), dtype=np.float32)
    for at, tag in enumerate(tags):
        found[at, TAGS.index(tag)] = np.log(sure)
    return found


def columns_of(*words: str) -> Columns:
    return Columns(Doc(BLANK.vocab, words=list(words)))


def test_tags_become_spans() -> None:
    found = spans(tagged("O", "U-GPE", "B-PERSON", "I-PERSON", "L-PERSON", "O", "U-DATE"))
    assert [(one.start, one.end, one.label) for one in found] == [
        (1, 2, "GPE"),
        (2, 5, "PERSON"),
        (6, 7, "DATE"),
    ]


def test_an_invalid_tag_sequence_becomes_the_likeliest_valid_one() -> None:
    likely = tagged("B-ORG", "L-PERSON")
    likely[1, LAST[ORG]] = np.log(0.06)
    assert [(one.start, one.end, one.label) for one in spans(likely)] == [(0, 2, "ORG")]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_valid_sequence_is_likelier(size: int, seed: int) -> None:
    """Compare with every sequence of the tags of two labels and O, where none is outside."""
    draw = np.random.default_rng(seed)
    likely = np.full((size, len(TAGS)), -50.0, dtype=np.float32)
    used = [0, *(int(row[label]) for label in (PERSON, ORG) for row in (BEGIN, INSIDE, LAST, UNIT))]
    likely[:, used] = draw.normal(size=(size, len(used))) * 2
    likely[:, 0] = -20  # so that everything is one stretch
    found = spans(likely)
    tags = [0] * size
    for one in found:
        at = LABELS.index(one.label)
        if one.end - one.start == 1:
            tags[one.start] = int(UNIT[at])
        else:
            tags[one.start : one.end] = [
                int(BEGIN[at]),
                *[int(INSIDE[at])] * (one.end - one.start - 2),
                int(LAST[at]),
            ]
    best = max(
        sum(float(likely[at, tag]) for at, tag in enumerate(each))
        for each in product(used, repeat=size)
        if not network._broken(np.array(each)).any()
    )
    assert sum(float(likely[at, tag]) for at, tag in enumerate(tags)) == pytest.approx(best)


def test_a_name_has_the_label_that_most_of_its_places_say() -> None:
    columns = columns_of("Brindlow", "won", ".", "Brindlow", "lost", ".", "Brindlow", "left")
    likely = tagged("U-GPE", "O", "O", "U-PERSON", "O", "O", "U-PERSON", "O", sure=0.7)
    found = agree(columns, likely, spans(likely))
    assert [(one.start, one.label) for one in found] == [
        (0, "PERSON"),
        (3, "PERSON"),
        (6, "PERSON"),
    ]


def test_a_name_that_is_sure_in_one_place_is_found_where_it_was_not_quite_seen() -> None:
    columns = columns_of("Zarn", "Ltd", "grew", ".", "Then", "Zarn", "Ltd", "fell")
    likely = tagged("B-ORG", "L-ORG", "O", "O", "O", "O", "O", "O", sure=0.99)
    likely[5, [0, BEGIN[ORG]]] = np.log([0.6, 0.3])
    likely[6, [0, LAST[ORG]]] = np.log([0.6, 0.3])
    found = agree(columns, likely, spans(likely))
    assert [(one.start, one.end) for one in found] == [(0, 2), (5, 7)]


def test_a_surname_alone_has_the_label_of_the_whole_name() -> None:
    columns = columns_of("Ann", "Webb", "won", ".", "Webb", "left")
    likely = tagged("B-PERSON", "L-PERSON", "O", "O", "U-ORG", "O", sure=0.98)
    likely[4, [UNIT[ORG], UNIT[PERSON]]] = np.log([0.5, 0.4])
    found = agree(columns, likely, spans(likely))
    assert [(one.start, one.end, one.label) for one in found] == [
        (0, 2, "PERSON"),
        (4, 5, "PERSON"),
    ]


def test_an_acronym_in_brackets_has_the_label_of_what_it_abbreviates() -> None:
    columns = columns_of("Larn", "River", "Union", "(", "LRU", ")", "met", ".", "LRU", "won")
    tags = ("B-ORG", "I-ORG", "L-ORG", "O", "U-ORG", "O", "O", "O", "U-PERSON", "O")
    likely = tagged(*tags, sure=0.9)
    likely[8, [UNIT[ORG], UNIT[PERSON]]] = np.log([0.4, 0.5])
    assert {one.label for one in agree(columns, likely, spans(likely))} == {"ORG"}


def test_a_name_before_a_colon_in_a_transcript_is_a_person() -> None:
    words = (
        "Ann",
        "Webb",
        "came",
        ".",
        "\n\n",
        "WEBB",
        ":",
        "Hello",
        ".",
        "\n\n",
        "NOTE",
        ":",
        "x",
    )
    columns = columns_of(*words)
    likely = tagged("B-PERSON", "L-PERSON", *["O"] * 11)
    found = agree(columns, likely, spans(likely))
    assert [(one.start, one.label) for one in found] == [(0, "PERSON"), (5, "PERSON")]


def test_a_common_word_in_lower_case_is_not_a_name() -> None:
    columns = columns_of("May", "spoke", ".", "It", "may", "rain")
    likely = tagged("U-PERSON", "O", "O", "O", "O", "O")
    assert [one.start for one in agree(columns, likely, spans(likely))] == [0]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from(["Lee", "lee", "'s", "\n", " ", "(", ")", "AB", "é", "ß", "𝔘", "-"])),
    st.integers(0, 2**32 - 1),
)
def test_names_never_overlap_and_are_in_order(words: list[str], seed: int) -> None:
    columns = columns_of(*words)
    draw = np.random.default_rng(seed)
    scores = draw.normal(size=(len(words), len(TAGS))).astype(np.float32) * 3
    likely = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    found = agree(columns, likely, spans(likely)) if words else []
    ends = [0, *(one.end for one in found)]
    assert all(one.start >= end for one, end in zip(found, ends, strict=False))
    assert all(one.start < one.end <= len(words) for one in found)


def test_a_row_for_each_word_and_each_token(nlp: Language) -> None:
    doc = nlp("Ann Lee met Lee.\n\nGERMANY WON AGAIN")
    columns = Columns(doc)
    found = features(doc, columns, Labels.of(["NNP"], ["nsubj"]))
    assert found.tensor.shape == (len(doc), 96)
    assert found.token_bits.shape == (len(doc), TOKEN_BITS)
    assert found.word_bits.shape == (len(found.vectors), len(LISTS) + len(SIGNS))
    words = columns.words
    assert found.places[words.index("Lee")] == found.places[words.index("Lee", 2)]
    assert set(found.codes[:, 0]) == {0, 1}
    capitals = found.token_bits[:, 3]
    assert capitals[words.index("WON")] == 1
    assert capitals[words.index("met")] == 0


def test_a_single_word_has_features_of_its_other_places(nlp: Language) -> None:
    text = (
        "Kristen Bell spoke in Harlow. Spokesman Adler of Mahan Group left. "
        "So Bell met Adler, Mahan liked Harlow and rain fell."
    )
    doc = nlp.make_doc(text)
    for name in ("tok2vec", "tagger", "parser"):
        doc = nlp.get_pipe(name)(doc)
    found = features(doc, Columns(doc), Labels.of([], []))
    tells = {token.text: found.token_bits[token.i, 12:16].tolist() for token in doc}
    assert tells["Bell"] == [1, 0, 0, 0]
    assert tells["Adler"] == [0, 1, 0, 0]
    assert tells["Mahan"] == [0, 0, 1, 0]
    assert tells["Harlow"] == [0, 0, 0, 1]
    assert tells["rain"] == [0, 0, 0, 0]


def test_word_lists_are_seen() -> None:
    vectors = np.zeros((3, 300), dtype=np.float32)
    bits = word_rows(["Germany", "Muslim", "Sir"], vectors)[2]
    assert [LISTS[at] for at in bits[:, : len(LISTS)].argmax(axis=1)] == [
        "country",
        "demonym",
        "title",
    ]


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 9))
def test_chunks_cover_a_document(starts: list[bool], longest: int) -> None:
    sentences = np.cumsum(starts)
    ranges = list(chunks(sentences, longest)) if starts else []
    assert [at for start, end in ranges for at in range(start, end)] == list(range(len(starts)))
    assert all(end - start <= longest for start, end in ranges)
