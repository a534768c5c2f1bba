"""What the scorer of figures reads of each number, and of each number with a candidate."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.model.figures.features import (
    BOUNDS,
    DEP_CODES,
    KINDS,
    LABEL_CODES,
    NUMBERS,
    ROLES,
    TAG_CODES,
    UNITS,
    WORD_CODES,
    FigureFeatures,
    NumberQuery,
    features,
    tells_change,
    traits_of,
)
from pipeline.stages.figures.candidates import Candidates
from pipeline.stages.language import annotate
from tests.model.rows import columns_named, shown


def each(before: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(before + name for name in names)


RELATIONS = (
    *each("up", columns_named("0 1 2 3 4 5 none unused")),
    *each("down", columns_named("0 1 2 3 4 5 none unused")),
    *each("behind-by-", columns_named("0 1 3 7 15 more unused unused")),
    *each("before-by-", columns_named("0 1 3 7 15 more unused unused")),
    *each("nearer-", columns_named("0 1 2 3 more unused unused unused")),
    *columns_named("behind same-sentence modifier claimed sibling head next"),
    *columns_named("commas verbs numbers joints marks prepositions"),
)
"""The columns of relations, in the order in which the graph reads them."""
NEIGHBOUR = (*KINDS, *columns_named("same-sentence alike by-1 by-2 by-4 by-8 by-16"))
CHANGE = columns_named("either up-verb up-noun up-adverb up-more down-verb down-noun down-adverb")
CHANGE = (*CHANGE, "down-more")
GIVEN = (
    *KINDS,
    *NUMBERS,
    *UNITS,
    "any-unit",
    *ROLES,
    *each("before:", BOUNDS),
    *each("behind:", BOUNDS),
    *columns_named("ranked words vague per assumed range whole year negative"),
    *each("from", columns_named("0.5 1 2 3 10 16 20 60 116 1000 10000 1000000")),
    *each("last:", NEIGHBOUR),
    *each("next:", NEIGHBOUR),
    *(one for place in ("before:", "behind:", "above:", "beside:") for one in each(place, CHANGE)),
)
"""The columns of what is known of a number, in the order in which the graph reads them."""
SALES = "Acme sold 12 old ships in May. It bought 9 at a third less."


@cache
def read(nlp: Language, text: str) -> tuple[Columns, list[NumberQuery], FigureFeatures]:
    doc = annotate(nlp, text)
    candidates = Candidates(doc, doc._.news.times)
    asked, columns = candidates.asked(), Columns(doc)
    return columns, asked, features(doc, columns, asked, candidates.dated())


@pytest.mark.parametrize("before", ["Trains left.", "The red buses of the old town left late."])
def test_sentences_out_of_reach_change_nothing(nlp: Language, before: str) -> None:
    """A number reads its sentence, the one before, and the numbers beside it."""
    text = "Boats came. He saw 12 dogs near the $5 gate, up from $3."
    _, _, alone = read(nlp, text)
    _, _, found = read(nlp, f"{before} {text}")
    for name in ("given", "relations", "paths"):
        assert np.array_equal(getattr(found, name), getattr(alone, name)), name
    assert np.array_equal(found.codes[found.context], alone.codes[alone.context])


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("It has 12 ships.", "It has 14 ships.", ""),
        ("It has 12 ships.", "It has 12 goats.", ""),
        ("It has 12 ships.", "It has 120 ships.", "from116 from16 from20 from60"),
        ("It has 12 ships.", "It has about 12 ships.", "before:approx"),
    ],
)
def test_a_number_differs_in_what_is_told_of_it(
    nlp: Language, one: str, other: str, differs: str
) -> None:
    here, there = (read(nlp, text)[2].given[0] for text in (one, other))
    found = sorted(name for name, a, b in zip(GIVEN, here, there, strict=True) if a != b)
    assert " ".join(found) == differs


def test_falling_is_the_mirror_of_rising(nlp: Language) -> None:
    texts = ("Prices fell 12 percent, down from a high.", "Prices rose 12 percent, up from a low.")
    fell, rose = (
        {name for name, value in zip(GIVEN, read(nlp, text)[2].given[0], strict=True) if value}
        for text in texts
    )
    assert {name.replace("down", "up") for name in fell} == rose
    assert any("down" in name for name in fell)


def words_around(nlp: Language, text: str, at: int) -> list[str]:
    """Return the words of the rows around a number, by the codes of their function words."""
    columns, _, found = read(nlp, text)
    rows = dict(zip(found.pairs[:, 1], found.candidates, strict=True))
    named = {code: word for word, code in WORD_CODES.items()}
    return [
        columns.words[rows[row]] if row in rows else named.get(found.codes[row, 3], "?")
        for row in found.context[at].tolist()
    ]


def test_the_context_of_a_number_is_its_tree_and_the_words_around_it(nlp: Language) -> None:
    """In order: top, head, the head's head, verb, first, last, four words before, four behind."""
    _, _, found = read(nlp, SALES)
    top, _, above, verb, first, last, *near = found.context[0].tolist()
    assert top == first == last
    assert above == verb
    assert near[:2] == [0, 0]
    assert near[3] == verb
    assert words_around(nlp, SALES, 0)[1] == "ships"
    assert words_around(nlp, SALES, 0)[8:] == ["Acme", "?", "old", "ships", "in", "?"]
    assert words_around(nlp, SALES, 2)[6:] == ["It", "?", "?", "at", "less", ".", "?", "?"]
    assert found.context[2].tolist()[-2:] == [0, 0]


def test_a_token_has_the_codes_of_its_tag_dependency_label_and_word(nlp: Language) -> None:
    columns, _, found = read(nlp, SALES)
    at = columns.words.index("It")
    row = found.pairs[found.candidates == at][0, 1]
    assert found.codes[row].tolist() == [TAG_CODES["PRP"], DEP_CODES["nsubj"], 0, WORD_CODES["it"]]
    of_acme = found.pairs[found.candidates == 0][0, 1]
    assert found.codes[of_acme].tolist() == [
        TAG_CODES["NNP"],
        DEP_CODES["nsubj"],
        LABEL_CODES["ORG"],
        0,
    ]
    assert found.tensor[row].any()
    assert found.vectors[row].any()
    assert not found.tensor[0].any()
    assert not found.traits[0].any()


def test_a_pair_has_the_rows_of_the_candidate_its_head_and_where_they_meet(nlp: Language) -> None:
    columns, _, found = read(nlp, SALES)
    pairs = {
        columns.words[t]: p for p, t in zip(found.pairs, found.candidates, strict=True) if not p[0]
    }
    _, ships, sold, met = pairs["ships"].tolist()
    assert ships == met
    assert pairs["old"].tolist() == [0, pairs["old"][1], ships, ships]
    assert pairs["Acme"].tolist() == [0, pairs["Acme"][1], sold, sold]
    other = {
        columns.words[t]: p for p, t in zip(found.pairs, found.candidates, strict=True) if p[0]
    }
    assert other["ships"].tolist()[1:] == [ships, sold, 0]


def test_the_same_way_through_a_tree_has_the_same_code(nlp: Language) -> None:
    """A code tells the dependencies on the way; a way of no steps has the code 0."""
    columns, _, found = read(nlp, SALES)
    ways = {
        (columns.words[token], int(pair[0])): tuple(path)
        for pair, token, path in zip(
            found.pairs, found.candidates, found.paths.tolist(), strict=True
        )
    }
    assert ways["ships", 0][1] == 0
    assert ways["old", 0][0] == ways["ships", 0][0] > 0
    assert ways["Acme", 0][1] == ways["It", 1][1] == ways["It", 2][1]
    assert ways["old", 0][1] not in (0, ways["Acme", 0][1])
    assert len({way[2] for way in ways.values()}) > 5
    assert found.paths.min() >= 0
    assert found.paths.max() < 256


@pytest.mark.parametrize(
    ("word", "tag", "wanted"),
    [
        ("edged", "VBD", "either"),
        ("rose", "VBD", "up-verb"),
        ("rose", "NN", ""),
        ("increases", "NNS", "up-noun"),
        ("up", "RB", "up-adverb"),
        ("more", "JJR", "up-adverb up-more"),
        ("fell", "VBD", "down-verb"),
        ("losses", "NNS", "down-noun"),
        ("down", "RP", "down-adverb"),
        ("fewer", "JJR", "down-adverb down-more"),
        ("ship", "NN", ""),
    ],
)
def test_which_change_a_word_tells(word: str, tag: str, wanted: str) -> None:
    bits = np.array([traits_of(word, tag) >> at & 1 for at in range(9)])
    assert shown(CHANGE, bits) == wanted
    assert tells_change(word, tag) == (wanted not in ("", "either"))


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("ship", "letters any"),
        ("Ship", "capital letters any"),
        ("NATO", "capital capitals letters any"),
        ("1990s", "digits any"),
        ("G7", "capital capitals digits any"),
        ("%", "any"),
    ],
)
def test_how_a_word_is_written(word: str, wanted: str) -> None:
    bits = np.array([traits_of(word, "CD") >> at & 1 for at in range(9, 15)])
    assert shown(columns_named("capital capitals digits letters any too-many"), bits) == wanted


def test_candidates_are_in_the_sentence_of_the_number_and_the_one_before(nlp: Language) -> None:
    columns, asked, found = read(nlp, "Ships sank. Boats came. He saw 12 of them. Trains left.")
    assert len(asked) == 1
    assert [columns.words[at] for at in found.candidates] == ["Boats", "He", "them"]


@pytest.mark.parametrize(("between", "far"), [(44, False), (45, True)])
def test_a_candidate_is_near_its_number(nlp: Language, between: int, far: bool) -> None:
    _, (one,), found = read(nlp, f"Ships {'very ' * between}12.")
    assert one.first == between + 1
    assert (0 in found.candidates) is not far


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It has 1900 ships.", "number cardinal whole year"),
        ("It has 2,100 ships.", "number cardinal whole year"),
        ("It has 1899 ships.", "number cardinal whole"),
        ("It has 2101 ships.", "number cardinal whole"),
        ("It is the 1950th ship.", "number ordinal whole"),
        ("It had two thousand ships.", "number cardinal words whole"),
        ("He ranks No. 3 here.", "number cardinal ranked whole"),
        ("It has dozens of ships.", "number cardinal words vague range"),
        ("It lost 12 to 15 ships.", "number cardinal range"),
        ("It lost 12 or more ships.", "number cardinal behind:at_least whole"),
        ("It lost nearly 116 ships.", "number cardinal before:approx whole"),
        ("It fell to -0.5 there.", "number cardinal negative"),
        ("It won 2-1 there.", "number cardinal score any-unit whole"),
        ("It grew threefold.", "number multiple words whole"),
        ("She was 20 years old.", "age cardinal a any-unit whole"),
    ],
)
def test_what_a_number_is_by_itself(nlp: Language, text: str, wanted: str) -> None:
    _, _, found = read(nlp, text)
    size = GIVEN.index("from0.5")
    assert shown(GIVEN[:size], found.given[0, :size]) == wanted


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("0.4", ""),
        ("0.5", "0.5"),
        ("1", "0.5 1"),
        ("2", "0.5 1 2"),
        ("3", "0.5 1 2 3"),
        ("9", "0.5 1 2 3"),
        ("10", "0.5 1 2 3 10"),
        ("19", "0.5 1 2 3 10 16"),
        ("20", "0.5 1 2 3 10 16 20"),
        ("115", "0.5 1 2 3 10 16 20 60"),
        ("-116", "0.5 1 2 3 10 16 20 60 116"),
        ("1,000", "0.5 1 2 3 10 16 20 60 116 1000"),
        ("999,999", "0.5 1 2 3 10 16 20 60 116 1000 10000"),
        ("9 trillion", "0.5 1 2 3 10 16 20 60 116 1000 10000 1000000"),
    ],
)
def test_the_size_of_a_number(nlp: Language, number: str, wanted: str) -> None:
    _, _, found = read(nlp, f"It fell to {number} there.")
    at = GIVEN.index("from0.5")
    names = [name.removeprefix("from") for name in GIVEN[at : at + 12]]
    assert shown(names, found.given[0, at : at + 12]) == wanted


def test_candidates_are_ranked_by_distance_on_their_side(nlp: Language) -> None:
    """From the fifth one on they rank alike."""
    _, _, found = read(nlp, "He, she, it, we, they, you and Acme saw 12 men and her dogs.")
    at, of = RELATIONS.index("nearer-0"), RELATIONS.index("behind")
    ranks = [(bool(row[of]), int(row[at : at + 8].argmax())) for row in found.relations]
    before = [rank for behind, rank in ranks if not behind]
    assert before == [min(rank, 4) for rank in reversed(range(len(before)))]
    assert len(before) > 5
    assert [rank for behind, rank in ranks if behind] == [0, 1, 2]
