"""The network of names: what it reads, how its tags become spans, and what a document agrees on."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS
from pipeline.model.names import network
from pipeline.model.names.features import (
    LISTS,
    SIGNS,
    TOKEN_BITS,
    SyntaxLabels,
    features,
    word_rows,
)
from pipeline.model.names.network import (
    BEGIN,
    INSIDE,
    LABELS,
    LAST,
    TAGS,
    UNIT,
    FoundName,
    agree,
    chunks,
    evidence,
    spans,
)
from pipeline.model.session import Floats
from tests.blank import BLANK

PERSON, ORG = LABELS.index("PERSON"), LABELS.index("ORG")


def tagged(*tags: str, sure: float = 0.9) -> Floats:
    """Return log-probabilities of which these tags are the best."""
    rest = (1 - sure) / (len(TAGS) - 1)
    found = np.full((len(tags), len(TAGS)), np.log(rest), dtype=np.float32)
    for at, tag in enumerate(tags):
        found[at, TAGS.index(tag)] = np.log(sure)
    return found


def columns_of(*words: str, **parse: list[Any]) -> Columns:
    return Columns(Doc(BLANK.vocab, words=list(words), **parse))


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


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ("PRODUCT", "ORG", 1),
        ("PERSON", "PRODUCT", 1),
        ("FAC", "WORK_OF_ART", 1),
        ("GPE", "ORG", 2),  # the city and its club
        ("NORP", "LANGUAGE", 2),
    ],
)
def test_equal_names_have_one_label_however_sure_each_is(one: str, other: str, number: int) -> None:
    columns = columns_of("Zarn", "won", ".", "Zarn", "lost")
    likely = tagged(f"U-{one}", "O", "O", f"U-{other}", "O", sure=0.999)
    assert len({found.label for found in agree(columns, likely, spans(likely))}) == number


def test_longer_names_tell_equal_names_apart() -> None:
    columns = columns_of(
        *["Eva", "Webb", "met", "Banco", "Webb", ".", "Webb", "won", ".", "Webb", "fell"]
    )
    tags = "B-PERSON L-PERSON O B-ORG L-ORG O U-PERSON O O U-ORG O"
    likely = tagged(*tags.split(), sure=0.999)
    short = [one.label for one in agree(columns, likely, spans(likely)) if one.end - one.start == 1]
    assert short == ["PERSON", "ORG"]


def test_a_name_that_acts_is_an_organisation_where_the_network_is_of_two_minds() -> None:
    acts, rests = (
        columns_of("Firth", "House", "waits", deps=["compound", dep, "ROOT"], heads=[1, 2, 2])
        for dep in ("nsubj", "dobj")
    )
    likely = tagged("B-FAC", "L-FAC", "O", sure=0.5)
    likely[0, BEGIN[ORG]], likely[1, LAST[ORG]] = np.log([0.45, 0.45])
    labels = [[one.label for one in agree(each, likely, spans(likely))] for each in (acts, rests)]
    assert labels == [["ORG"], ["FAC"]]


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


def labelled(words: str, tags: str, *doubtful: tuple[int, str, float, str, float]) -> str:
    """Return the names that a document agrees on, as "start-end label".

    A doubtful place has the probabilities of two tags instead.
    """
    likely = tagged(*tags.split(), sure=0.95)
    for at, one, share, other, rest in doubtful:
        likely[at] = np.log(0.001)
        likely[at, [TAGS.index(one), TAGS.index(other)]] = np.log([share, rest])
    columns = columns_of(*(word.replace("/", "\n\n") for word in words.split()))
    found = agree(columns, likely, spans(likely))
    return " ".join(f"{one.start}-{one.end} {one.label}" for one in found)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Ann Webb Jr. won . Webb left", "0-3 PERSON 5-6 PERSON"),
        ("Ann van Webb won . Webb left", "0-3 PERSON 5-6 PERSON"),
        ("Ann van webb won . webb left", "0-3 PERSON 5-6 ORG"),
        ("Ann van W won . W left", "0-3 PERSON 5-6 ORG"),
        ("Ann Webb Sr won . Sr left", "0-3 PERSON 5-6 ORG"),
    ],
)
def test_the_short_form_of_a_person_is_the_last_name(words: str, wanted: str) -> None:
    doubt = (5, "U-ORG", 0.55, "U-PERSON", 0.4)
    assert labelled(words, "B-PERSON I-PERSON L-PERSON O O O O", doubt) == wanted


@pytest.mark.parametrize(
    ("words", "doubt", "label"),
    [
        ("Zarn New Energy grew . Zarn fell", 0.9, "ORG"),
        ("Zarn New Energy grew . Zarn fell", 0.999, "PERSON"),
        ("New Energy Zarn grew . Zarn fell", 0.9, "ORG"),
        ("New Zarn Energy grew . Zarn fell", 0.6, "PERSON"),
        ("Zarnia New Energy grew . Zarn fell", 0.6, "PERSON"),
    ],
)
def test_a_short_form_of_a_body_is_no_person_where_the_network_is_not_sure(
    words: str, doubt: float, label: str
) -> None:
    place = (5, "U-PERSON", doubt, "U-ORG", 1 - doubt)
    found = labelled(words, "B-ORG I-ORG L-ORG O O O O", place)
    assert found == f"0-3 ORG 5-6 {label}"


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Larn Union of Ralk ( LUR ) met . LUR won", "ORG"),
        ("Larn Union of Ralk ( LUoR ) met . LUoR won", "ORG"),
        ("Larn Union of Ralk ( L.U.R. ) met . L.U.R. won", "ORG"),
        ("Larn Union of Ralk ( LRU ) met . LRU won", "PERSON"),
        ("Larn Union of Ralk ( LU ) met . LU won", "PERSON"),
        ("Larn Union of Ralk , LUR ) met . LUR won", "PERSON"),
        ("Larn Union of Ralk ( LUR , met . LUR won", "PERSON"),
    ],
)
def test_an_acronym_in_brackets_has_the_first_letters_of_a_name(words: str, label: str) -> None:
    tags = "B-ORG I-ORG I-ORG L-ORG O O O O O O O"
    found = labelled(words, tags, (9, "U-PERSON", 0.55, "U-ORG", 0.4))
    assert found == f"0-4 ORG 9-10 {label}" or found == f"0-4 ORG 5-6 {label} 9-10 {label}"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("WEBB : so / WEBB : no", "0-1 PERSON 4-5 PERSON"),
        ("WEBB : so / TOV : no", ""),
        ("so WEBB : / so WEBB :", ""),
        ("Webb : so / Webb : no", ""),
        ("W : so / W : no", ""),
        ("W8 : so / W8 : no", ""),
        ("WEBB so / WEBB : no", ""),
        ("WEBB : so WEBB : no", ""),
    ],
)
def test_who_speaks_in_a_transcript_opens_two_lines(words: str, wanted: str) -> None:
    assert labelled(words, " ".join("O" for _ in words.split())) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Zarn Ltd grew . Zarn Ltd fell", "0-2 ORG 4-6 ORG"),
        ("Zarn Ltd grew . Zarn LTD fell", "0-2 ORG 4-6 ORG"),
        ("Zarn Ltd grew . zarn Ltd fell", "0-2 ORG"),
        ("Zarn Ltd grew . Zarn / Ltd", "0-2 ORG"),
        ("Zarn Ltd grew . so fell Zarn", "0-2 ORG"),
    ],
)
def test_a_missed_place_has_the_same_words_and_capital(words: str, wanted: str) -> None:
    doubts = [(at, "O", 0.55, tag, 0.4) for at, tag in ((4, "B-ORG"), (5, "L-ORG"))]
    assert labelled(words, "B-ORG L-ORG O O O O O", *doubts) == wanted


def test_one_other_place_does_not_overrule_a_place_but_two_do() -> None:
    two = labelled("Zarn won . Zarn left", "U-GPE O O U-ORG O")
    assert two == "0-1 GPE 3-4 ORG"
    three = labelled("Zarn won . Zarn left Zarn", "U-GPE O O U-ORG O U-ORG")
    assert three == "0-1 ORG 3-4 ORG 5-6 ORG"


def test_more_than_four_other_places_count_as_four() -> None:
    sure = {}
    for size in (1, 4, 5, 9):
        likely = tagged(*["U-ORG", "O"] * size)
        likely[::2] = np.log(0.001)
        likely[::2, [UNIT[ORG], UNIT[PERSON]]] = np.log([0.5, 0.4])
        found = agree(columns_of(*["Zarn", "won"] * size), likely, spans(likely))
        sure[size] = found[0].sure
    assert sure[1] < sure[4] < sure[5] == pytest.approx(sure[9])
    assert sure[1] == pytest.approx(np.log(0.5 / 0.9), abs=0.03)


def test_dates_and_amounts_stay_where_no_name_is() -> None:
    found = labelled("May 5 , Zarn paid May", "B-DATE L-DATE O U-ORG O U-MONEY")
    assert found == "0-2 DATE 3-4 ORG 5-6 MONEY"


def test_the_evidence_of_a_place_is_the_sum_over_its_tokens() -> None:
    likely = tagged("B-ORG", "I-ORG", "L-ORG", "U-GPE", sure=0.5)
    places = [FoundName(0, 3, ""), FoundName(3, 4, ""), FoundName(0, 2, "")]
    found = evidence(likely, places)
    gpe, rest = LABELS.index("GPE"), float(likely[0, 0])
    assert found[0, ORG] == pytest.approx(3 * np.log(0.5))
    assert found[1, gpe] == pytest.approx(np.log(0.5))
    assert found[1, -1] == pytest.approx(rest)
    assert found[2, ORG] == pytest.approx(np.log(0.5) + rest)
    assert found[0, PERSON] == found[0, -1] == -6
    assert evidence(likely, []).shape == (0, len(NAME_LABELS) + 1)


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
    found = features(doc, columns, SyntaxLabels.of(["NNP"], ["nsubj"]))
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
    found = features(doc, Columns(doc), SyntaxLabels.of([], []))
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
