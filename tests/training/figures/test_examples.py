"""What the scorer of figures learns from annotated texts."""

from __future__ import annotations

from typing import Any

import pytest
from spacy.language import Language

from pipeline.language import annotate
from pipeline.reader.figures.scorer import CHANGES, KINDS, LIMITS
from pipeline.training.figures.examples import UNKNOWN, Example, example

TEXT = "Acme sold at least 12 ships. Sales fell 5% on page 7."


def figure(words: str, kind: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    found = {"span": [start, start + len(words)], "kind": kind, "unit": None, "bound": None}
    return found | {"change": None, "change_role": None, "holder": None} | more


def at(words: str) -> dict[str, list[int]]:
    return {"span": [TEXT.index(words), TEXT.index(words) + len(words)]}


FIGURES = [
    figure("12", "count", bound="at_least", measures=at("ships"), holder="Acme"),
    figure("5%", "percent", unit="%", change="decrease", change_role="delta", measures=at("Sales")),
]
ENTITIES = [{"name": "Acme", "label": "ORG", "mentions": [[0, 4, "name"]]}]


@pytest.fixture(scope="module")
def one(nlp: Language) -> Example:
    row = {"id": "a", "text": TEXT, "figures": FIGURES, "entities": ENTITIES, "times": []}
    found = example(row, annotate(nlp, TEXT))
    assert found is not None
    return found


def test_numbers_have_the_classes_of_the_figures_that_they_overlap(one: Example) -> None:
    assert [KINDS[kind] for kind in one.kinds] == ["count", "own", "none"]
    assert LIMITS[one.bounds[0]] == "at_least"
    assert CHANGES[one.changes[1]] == ("decrease", "delta")
    assert one.changes[2] == UNKNOWN


def test_the_heads_of_what_is_measured_and_of_the_holder_are_right(
    one: Example, nlp: Language
) -> None:
    doc = annotate(nlp, TEXT)
    words = [doc[at].text for at in one.found.candidates.tolist()]
    number = one.found.pairs[:, 0].tolist()
    rows = zip(number, words, one.right.tolist(), strict=True)
    right = [(at, word, own) for at, word, own in rows if any(own)]
    assert (0, "ships", [True, False]) in right
    assert (0, "Acme", [False, True]) in right
    assert (1, "Sales", [True, False]) in right


def test_a_value_that_differs_from_the_annotation_is_not_right(nlp: Language) -> None:
    told = [figure("12", "count", value="11", low=None, high=None), FIGURES[1]]
    row = {"id": "a", "text": TEXT, "figures": told, "entities": ENTITIES, "times": []}
    found = example(row, annotate(nlp, TEXT))
    assert found is not None
    assert found.valued.tolist() == [False, True, True]


def test_a_text_without_numbers_gives_no_example(nlp: Language) -> None:
    row = {"id": "a", "text": "Rain fell.", "figures": [], "entities": [], "times": []}
    assert example(row, annotate(nlp, row["text"])) is None
