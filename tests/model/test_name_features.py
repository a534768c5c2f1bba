"""What the network of names reads of each word and of each place."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.model.names.features import (
    GRAM_ROWS,
    GRAMS,
    LISTS,
    SIGNS,
    TOKEN_BITS,
    WORD_BITS,
    WORD_HASHES,
    token_bits,
    word_row,
    word_rows,
)
from pipeline.model.names.network import TAGS, bounded, chunks, of_spans, spans
from tests.blank import BLANK
from tests.model.rows import columns_named

PLACE = columns_named(
    "starts-sentence starts-line first-line capitals-in-line titles-in-line line-ends "
    "glued-before glued-behind small-elsewhere large-elsewhere large-share count "
    "first-name-before title-before ending-behind place-word-before capital-before"
)

"""The columns of a place, in the order in which the network reads them."""


def parts(word: str) -> tuple[list[int], list[int], list[float]]:
    hashes, grams, bits = word_row(word)
    return (
        np.frombuffer(hashes, np.int64).tolist(),
        np.frombuffer(grams, np.int64).tolist(),
        np.frombuffer(bits, np.float32).tolist(),
    )


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("Reed", "Reed", "lower prefix suffix shape"),
        ("Reed", "reed", "lower prefix suffix"),
        ("Reed", "Reef", "prefix shape"),
        ("Reed", "Seed", "suffix shape"),
        ("Reed", "Reeds", "prefix shape"),
        ("McCain", "McGill", "shape"),
        ("1990", "2024", "shape"),
        ("12-mile", "345-foot", "shape"),
        ("A320", "B52", "shape"),
        ("A1", "a1", "lower prefix suffix"),
        ("x" * 31 + "Y", "x" * 31 + "Z", "prefix shape"),
        ("x" * 32 + "Y", "x" * 32 + "1", "prefix shape"),
    ],
)
def test_words_share_the_hashes_of_what_they_share(one: str, other: str, wanted: str) -> None:
    pairs = zip(WORD_HASHES, parts(one)[0], parts(other)[0], strict=True)
    shared = [name for name, here, there in pairs if here == there]
    assert shared == [name for name in wanted.split() if name in WORD_HASHES]


@pytest.mark.parametrize("word", ["a", "Reed", "—", "\ud800", "Llanfairpwllgwyngyll", "x" * 99])
def test_hashes_are_rows_of_their_tables_and_never_the_unused_one(word: str) -> None:
    hashes, grams, _ = parts(word)
    assert all(0 < row < size for row, size in zip(hashes, WORD_HASHES.values(), strict=True))
    assert len(grams) == GRAMS
    runs = [row for row in grams if row]
    assert grams == runs + [0] * (GRAMS - len(runs))
    assert all(row < GRAM_ROWS for row in runs)
    letters = min(len(word), 24)
    assert len(runs) == min(GRAMS, letters + max(letters - 1, 0))


def test_the_rows_of_a_word_are_those_that_the_network_learned() -> None:
    hashes, grams, _ = parts("12-mile")
    assert hashes == [3825, 830, 32, 194]
    assert grams[:13] == [
        6624, 4361, 3159, 17, 6332, 8081, 1141, 5541, 7917, 5431, 1667, 3614, 4671
    ]  # fmt: skip


def test_runs_of_three_and_four_letters_mark_the_ends_of_a_word() -> None:
    reed, reef, seed = (set(parts(word)[1]) - {0} for word in ("reed", "reef", "seed"))
    assert len(reed & reef) == 3  # <re ree <ree
    assert len(reed & seed) == 3  # eed ed> eed>
    assert parts("Reed")[1] == parts("reed")[1]


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("zarn", "alpha"),
        ("Zarn", "alpha title initial"),
        ("ZARN", "alpha upper initial"),
        ("McZarn", "alpha initial"),
        ("Zarn-Tov", "title initial hyphen"),
        ("-zarn", ""),
        ("zarn-", ""),
        ("Z.", "upper title initial period"),
        ("747", "digit"),
        ("Q7", "upper title digit initial"),
        ("”", "punct"),
        ("...", "punct period"),
    ],
)
def test_the_signs_of_a_word(word: str, wanted: str) -> None:
    bits = word_rows([word], np.zeros((1, 300), np.float32))[2][0, len(LISTS) :]
    assert [name for name, bit in zip(SIGNS, bits, strict=True) if bit] == wanted.split()


def test_a_word_with_a_vector_has_a_sign_of_it() -> None:
    vectors = np.zeros((2, 300), np.float32)
    vectors[1, 7] = -1
    bits = word_rows(["Zarn", "Zarn"], vectors)[2]
    assert bits[:, len(LISTS) + SIGNS.index("vector")].tolist() == [0, 1]
    rest = np.delete(bits, len(LISTS), axis=1)
    assert rest[0].tolist() == rest[1].tolist()


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("Kristen", "first name"),
        ("Spokesman", "role"),
        ("Mr.", "title"),
        ("Ohio", "place"),
        ("Inc.", "ending"),
        ("NATO", "organisation"),
        ("van", "particle"),
        ("Airport", "FAC"),
        ("River", "LOC"),
        ("Act", "LAW"),
        ("zarnish", ""),
    ],
)
def test_a_word_is_in_its_lists(word: str, wanted: str) -> None:
    bits = word_rows([word], np.zeros((1, 300), np.float32))[2][0, : len(LISTS)]
    found = [name for name, bit in zip(LISTS, bits, strict=True) if bit]
    assert wanted in found or not (wanted or found)


def places(text: str) -> list[set[str]]:
    """Return what is on, fully or in part, for each token; "|" ends a sentence, "/" a line."""
    words: list[str] = []
    starts: list[bool | int | None] = []
    fresh = True
    for word in text.split(" "):
        if word == "|":
            fresh = True
            continue
        words.append(word.replace("/", "\n"))
        starts.append(fresh)
        fresh = False
    doc = Doc(BLANK.vocab, words, sent_starts=starts)
    return [{name for name, value in zip(PLACE, row, strict=True) if value} for row in rows_of(doc)]


def rows_of(doc: Doc) -> np.ndarray:
    columns = Columns(doc)
    bits = word_rows(columns.forms, np.zeros((len(columns.forms), 300), np.float32))[2]
    found: np.ndarray = token_bits(columns.forms, columns.places, columns, bits)
    return found


@pytest.mark.parametrize(
    ("column", "text", "wanted"),
    [
        ("starts-sentence", "zarn left | rain fell / | so", "zarn rain so"),
        ("starts-line", "zarn left / so rain / fell", "zarn so fell"),
        ("first-line", "zarn left / so rain", "zarn left /"),
        ("capitals-in-line", "ZARN left / A so", "ZARN left /"),
        ("titles-in-line", "Zarn left / A so rain / 12", "Zarn left /"),
        ("line-ends", "zarn left . / so rain / he : ”", "zarn left . / he : ”"),
        ("line-ends", "zarn . left", ""),
        ("line-ends", "12 ? 14", "12 ? 14"),
        ("small-elsewhere", "so may May MAY Rain 12", "so may May MAY"),
        ("large-elsewhere", "so the may May and then the rain | Rain", "may May"),
        ("large-elsewhere", "SO MAY / may", ""),
        ("large-elsewhere", "So Many Rain Falls / may rain", ""),
        ("first-name-before", "so Kristen Zarn left | Zarn zarn", "Zarn Zarn"),
        ("first-name-before", "so kristen Zarn | Kristen | Tov", ""),
        ("first-name-before", "| Kristen Tov left", "Tov"),
        ("title-before", "so mayor Zarn and sir Tov left | Zarn tov", "Zarn Tov Zarn"),
        ("title-before", "so mayor | Zarn", ""),
        ("ending-behind", "so Zarn Inc. left | Zarn", "Zarn Zarn"),
        ("ending-behind", "so zarn Inc. left", ""),
        ("ending-behind", "so Zarn / Inc. left", ""),
        ("place-word-before", "so in Zarn and at Tov near Lom of Ralk | Zarn", "Zarn Tov Lom Zarn"),
        ("place-word-before", "In Zarn", ""),
        ("capital-before", "so Zarn Tov left | Ralk Lom | Tov", "Tov Tov"),
    ],
)
def test_what_a_place_tells(column: str, text: str, wanted: str) -> None:
    words = [word for word in text.split(" ") if word != "|"]
    found = [word for word, on in zip(words, places(text), strict=True) if column in on]
    assert " ".join(found) == wanted


def test_a_token_is_glued_to_the_one_that_no_space_parts_from_it() -> None:
    doc = Doc(BLANK.vocab, ["“", "Zarn", "left"], spaces=[False, True, False])
    rows = rows_of(doc)[:, [PLACE.index("glued-before"), PLACE.index("glued-behind")]]
    assert rows.tolist() == [[0, 1], [1, 0], [0, 0]]


def test_shares_and_counts_are_between_nothing_and_all() -> None:
    doc = Doc(BLANK.vocab, [*columns_named("so the ZARN of may 12 and May and may or the rain")])
    rows = {word.text: row for word, row in zip(doc, rows_of(doc), strict=True)}
    value = {name: at for at, name in enumerate(PLACE)}
    assert rows["so"][value["capitals-in-line"]] == pytest.approx(1 / 12)
    assert rows["so"][value["titles-in-line"]] == pytest.approx(1 / 2)
    assert rows["may"][value["large-share"]] == pytest.approx(1 / 3)
    assert rows["ZARN"][value["large-share"]] == 1
    assert rows["may"][value["count"]] == pytest.approx(np.log2(4) / 4)
    assert rows["12"][value["count"]] == pytest.approx(1 / 4)
    many = rows_of(Doc(BLANK.vocab, ["so"] * 40))
    assert many[:, value["count"]].tolist() == [1] * 40


def test_a_document_without_tokens_has_no_rows() -> None:
    none = np.zeros((0, WORD_BITS), np.float32)
    columns = Columns(Doc(BLANK.vocab))
    assert token_bits([], np.zeros(0, np.int64), columns, none).shape == (0, TOKEN_BITS)


def test_the_spans_of_another_recogniser_come_back() -> None:
    given = [(0, 1, "GPE"), (2, 4, "PERSON"), (4, 8, "DATE"), (8, 9, "NONSENSE")]
    likely = of_spans(10, given)
    assert [tuple(one)[:3] for one in spans(likely)] == given[:3]
    assert np.exp(likely[9]).sum() == pytest.approx(1, abs=1e-3)
    assert (likely.argmax(axis=1) == 0).tolist() == [False, True, *[False] * 6, True, True]
    assert (likely < 0).all()


def test_no_name_contains_the_end_of_a_line() -> None:
    columns = Columns(Doc(BLANK.vocab, ["Zarn", "\n", "Tov"]))
    found = bounded(np.full((3, len(TAGS)), -1.23456789, np.float32), columns)
    assert found[1, 0] == 0
    assert (found[1, 1:] == -20).all()
    assert found[0, 0] == found[2, -1] == np.float32(-1.234568)


@pytest.mark.parametrize(
    ("sentences", "longest", "wanted"),
    [
        ([0, 0, 1, 1], 4, [(0, 4)]),
        ([0, 0, 1, 1], 3, [(0, 2), (2, 4)]),
        ([0, 0, 1, 1], 2, [(0, 2), (2, 4)]),
        ([0, 1, 2, 3, 4], 2, [(0, 2), (2, 4), (4, 5)]),
        ([0, 0, 0, 0, 1], 3, [(0, 3), (3, 5)]),
    ],
)
def test_chunks_end_with_the_last_sentence_that_fits(
    sentences: list[int], longest: int, wanted: list[tuple[int, int]]
) -> None:
    assert list(chunks(np.array(sentences), longest)) == wanted
