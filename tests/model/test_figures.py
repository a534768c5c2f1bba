"""The scorer of figures: what it is asked, what it reads, and what it may answer."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.model.figures.features import (
    FigureFeatures,
    NumberQuery,
    features,
    in_parts,
    tells_change,
    traits_of,
)
from pipeline.model.figures.scorer import (
    CHANGES,
    KINDS,
    LIMITS,
    allowed,
    choices,
    kinds_of,
    scorer,
)
from pipeline.stages.figures.candidates import Candidates
from pipeline.stages.language import annotate

TEXT = "Acme, which sold 12 ships in May, lost about $5 million."


def asked(nlp: Language, text: str) -> list[NumberQuery]:
    doc = annotate(nlp, text)
    return Candidates(doc, doc._.news.times).asked()


def read(doc: Doc) -> tuple[list[NumberQuery], FigureFeatures]:
    candidates = Candidates(doc, doc._.news.times)
    found = candidates.asked()
    return found, features(doc, Columns(doc), found, candidates.dated())


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("It has 12 ships.", {"none", "count", "multiple", "points", "pp", "alike", "age"}),
        ("It has 8,000 ships.", {"none", "count", "multiple", "points", "pp", "alike"}),
        ("She was third in line.", {"none", "ordinal"}),
        ("It ranks No. 3 now.", {"none", "ordinal"}),
        ("They ate 2/3 of it.", {"none", "ratio"}),
        ("It pays $3 now.", {"none", "own"}),
        ("The Dow fell 30 points.", {"none", "own"}),
    ],
)
def test_the_form_of_a_number_limits_its_kind(nlp: Language, text: str, kinds: set[str]) -> None:
    (one,) = asked(nlp, text)
    assert set(kinds_of(one)) == kinds


@pytest.mark.parametrize(
    ("number", "wanted"),
    [("1", True), ("129", True), ("130", False), ("0", False), ("2.5", True), ("2.4", False)],
)
def test_only_whole_and_half_numbers_of_years_are_ages(
    nlp: Language, number: str, wanted: bool
) -> None:
    (one,) = asked(nlp, f"It fell to {number} there.")
    assert ("age" in kinds_of(one)) == wanted


def test_a_number_with_a_known_role_has_a_change_of_that_role_or_none(nlp: Language) -> None:
    first, second = allowed(asked(nlp, "The price rose from $3 to $5.")).changes
    for may, role in ((first, "from"), (second, "to")):
        open_to = [change for change, on in zip(CHANGES, may, strict=True) if on]
        assert open_to == [None, ("increase", role), ("decrease", role)]


def test_what_is_not_allowed_is_left_open(nlp: Language) -> None:
    may = allowed(asked(nlp, "It has 12 ships and about 9 boats."))
    kinds = np.array([KINDS.index("own"), KINDS.index("count")])
    changes, bounds = np.array([-1, 2]), np.array([1, 1])
    may.check(kinds, changes, bounds)
    assert kinds.tolist() == [-1, KINDS.index("count")]
    assert changes.tolist() == [-1, 2]
    assert bounds.tolist() == [-1, 1]


def test_the_likelihood_counts_what_was_not_chosen(nlp: Language) -> None:
    may = allowed(asked(nlp, "It has $12 and $9."))
    scores = np.zeros((2, len(KINDS) + len(CHANGES) + len(LIMITS) + 2), dtype=np.float32)
    scores[:, [KINDS.index("own"), len(KINDS), len(KINDS) + len(CHANGES)]] = 30
    pairs = np.array([[30, 30], [30, -30], [0, 30]], dtype=np.float32)
    found = choices(may, np.array([0, 0, 1]), scores, pairs)
    assert found.likely.tolist() == pytest.approx([0.5, 0.5], abs=1e-4)
    assert found.pairs.tolist() == [[0, 0], [-1, 2]]


def test_only_words_that_bound_give_a_bound(nlp: Language) -> None:
    may = allowed(asked(nlp, "About 12 men met 15 women."))
    assert may.bounds.sum(axis=1).tolist() == [len(LIMITS), 1]


def test_a_number_in_brackets_shares_the_bound_of_the_one_before(nlp: Language) -> None:
    first, second = asked(nlp, "It flew at over 100 mph (161 km/h) there.")
    assert first.before == second.before == "more_than"


def test_candidates_are_nouns_and_pronouns_outside_numbers_and_dates(nlp: Language) -> None:
    doc = annotate(nlp, TEXT)
    _, found = read(doc)
    words = {doc[at].text for at in found.candidates.tolist()}
    assert {"Acme", "which", "ships"} <= words
    assert words.isdisjoint({"May", "million", "sold"})


def test_rows_agree_with_each_other(nlp: Language) -> None:
    numbers, found = read(annotate(nlp, TEXT))
    assert len(found.codes) == len(found.traits) == len(found.tensor) == len(found.vectors)
    assert len(found.context) == len(found.given) == len(numbers)
    assert len(found.pairs) == len(found.paths) == len(found.relations) == len(found.candidates)
    assert found.pairs[:, 1:].max() < len(found.codes)
    assert found.context.max() < len(found.codes)
    assert not found.codes[0].any()


def test_numbers_are_read_in_parts_as_all_together(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc = annotate(nlp, f"{TEXT} " * 4)
    numbers, whole = read(doc)
    monkeypatch.setattr("pipeline.model.figures.features.TOGETHER", 3)
    dated = Candidates(doc, doc._.news.times).dated()
    parts = list(in_parts(doc, Columns(doc), numbers, dated))
    assert [one for some, _ in parts for one in some] == numbers
    assert max(len(some) for some, _ in parts) == 3
    for name in ("given", "paths", "relations"):
        joined = np.concatenate([getattr(found, name) for _, found in parts])
        assert np.array_equal(joined, getattr(whole, name)), name


def test_a_number_alone_has_no_candidate(nlp: Language) -> None:
    doc = annotate(nlp, "12")
    numbers, found = read(doc)
    assert len(numbers) == 1
    assert len(found.pairs) == 0
    (reading,) = scorer().read(doc, Columns(doc), numbers, [False])
    assert reading.measures is reading.holder is None


def test_words_of_change_are_told_by_their_part_of_speech() -> None:
    assert tells_change("rose", "VBD")
    assert not tells_change("rose", "NN")
    assert tells_change("increase", "NN")
    assert traits_of("Dow", "NNP") & 1 == 0


def test_none_is_chosen_where_no_pair_is_likelier(nlp: Language) -> None:
    may = allowed(asked(nlp, "It has 12 ships and 9 boats."))
    scores = np.zeros((2, len(KINDS) + len(CHANGES) + len(LIMITS) + 2), dtype=np.float32)
    scores[:, KINDS.index("own")] = 9
    scores[:, KINDS.index("count")] = 1
    pairs = np.array([[1, -1], [2, -1], [-1, 3]], dtype=np.float32)
    found = choices(may, np.array([0, 0, 1]), scores, pairs)
    assert [KINDS[kind] for kind in found.classes[0]] == ["count", "count"]
    assert found.pairs.tolist() == [[1, -1], [-1, 2]]


def test_the_likelihood_is_the_product_over_all_answers(nlp: Language) -> None:
    may = allowed(asked(nlp, "It has 12 ships."))
    scores = np.zeros((1, len(KINDS) + len(CHANGES) + len(LIMITS) + 2), dtype=np.float32)
    pairs = np.zeros((1, 2), dtype=np.float32)
    found = choices(may, np.array([0]), scores, pairs)
    answers = may.kinds.sum() * may.changes.sum() * may.bounds.sum() * 2 * 2
    assert found.likely.tolist() == pytest.approx([1 / answers], abs=1e-4)
