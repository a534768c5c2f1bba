"""Whom a short name means if several people have it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.document.columns import Columns
from pipeline.document.names import Name
from pipeline.stages.coreference.chains import Clusters
from pipeline.stages.coreference.namesakes import LEAST, MODEL, Namesake, meant, properties
from tests.marked import before_names
from tests.stages.named import clusters_of

WRITTEN = Path(__file__).parents[2] / "seeds" / "corpus" / "written_test.jsonl"
RIGHT, WRONG = 0.75, 0.15
"""The floor of right answers, and the ceiling of wrong ones."""


def held(
    nlp: Language, text: str, short: str, *namesakes: tuple[str, tuple[str, ...]]
) -> list[str]:
    """Return the properties of people, given by their gender and the words that name them."""
    doc = before_names(nlp, text)
    columns = Columns(doc)
    at = max(token.i for token in doc if token.text == short)

    def places(words: tuple[str, ...]) -> list[int]:
        return [token.i for token in doc if token.text in words and token.i < at]

    asked = [
        Namesake("m" if gender == "m" else "f", len(places(words)), places(words), ())
        for gender, words in namesakes
    ]
    return [
        ", ".join(sorted(one)) for one in properties(columns, Name(at, at + 1, "PERSON"), asked)
    ]


def test_what_speaks_for_and_against_a_namesake(nlp: Language) -> None:
    text = "Ann Lee left. Ann sat. “He,” she said. Bo Lee came.\n\nLee told her “he is” here."
    assert held(nlp, text, "Lee", ("f", ("Ann",)), ("m", ("Bo",))) == [
        "before, far more, most, named first, pronoun here, sentences 3, subject",
        "before, last, no pronoun here, sentences 1, subject",
    ]


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        # two of one sentence leave it open, but not after it has meant one of them
        ("[Ann Lee] met [Bo Lee]. [Lee] left.", "Lee"),
        ("[Ann Lee] left. [Lee] met [Bo Lee]. [Lee] left.", "Ann Lee"),
        # whom the article is about
        ("[Ann Lee] won. [Lee] ran. [Lee] sat. His son, [Bo Lee], sat. [Lee] left.", "Ann Lee"),
    ],
)
def test_a_short_name_means_one_or_is_left_open(nlp: Language, marked: str, name: str) -> None:
    found = clusters_of(nlp, marked)
    last = found.references[-1]
    assert found.chains[last.chain].name == name
    if name == "Lee":
        assert (last.by, last.confidence) != (MODEL, None)
        assert len(found.candidates[last.chain]) == 2
    else:
        assert last.by == MODEL
        assert last.confidence is not None
        assert last.confidence >= LEAST


def test_the_short_names_of_articles_that_no_model_has_seen(nlp: Language) -> None:
    """Answers where two or more people of an article end alike, names as annotated."""
    count: Counter[str] = Counter()
    for row in map(json.loads, WRITTEN.read_text("utf-8").splitlines()):
        ends: dict[str, set[str]] = defaultdict(set)
        for one in row["entities"]:
            if one["label"] == "PERSON" and " " in one["name"]:
                ends[one["name"].split()[-1]].add(one["name"])
        if all(len(those) < 2 for those in ends.values()):
            continue
        doc = before_names(nlp, row["text"])
        columns = Columns(doc)
        owner, names = {}, []
        for number, one in enumerate(row["entities"]):
            for start, end, kind in one["mentions"]:
                span = doc.char_span(start, end)
                if kind == "name" and one["label"] == "PERSON" and span is not None:
                    owner[span.start] = number
                    names.append(Name(span.start, span.end, "PERSON"))

        def choose(
            columns: Columns,
            name: Name,
            namesakes: list[Namesake],
            owner: dict[int, int] = owner,
        ) -> tuple[int | None, float]:
            chosen, share = meant(columns, name, namesakes)
            theirs = [owner.get(one.places[0]) if one.places else None for one in namesakes]
            if owner[name.start] in theirs:
                right = chosen is not None and theirs[chosen] == owner[name.start]
                count["open" if chosen is None else "right" if right else "wrong"] += 1
            return chosen, share

        Clusters(columns, sorted(names), choose)
    total = sum(count.values())
    assert total > 20
    assert count["right"] / total >= RIGHT, count
    assert count["wrong"] / total <= WRONG, count
