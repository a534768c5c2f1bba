"""What the ranker of reference learns from annotated texts."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spacy.language import Language

from pipeline.document.names import NAME_LABELS
from pipeline.model.reference.mentions import NAME
from pipeline.model.reference.ranker import SyntaxLabels
from pipeline.stages.language import annotate
from pipeline.training.reference.examples import annotated_names, examples_of

LABELS = SyntaxLabels.of([], [])
GOLD = Path(__file__).parents[3] / "seeds" / "gold"
TEXT = "Ann Lee met Tom Reed. She thanked him. The mayor smiled."


def row(**more: Any) -> dict[str, Any]:
    return {"id": "x", "text": TEXT, **more}


ENTITIES = [
    {
        "name": "Ann Lee",
        "label": "PERSON",
        "mentions": [[0, 7, "name"], [22, 25, "pronoun"], [39, 48, "nominal"]],
    },
    {"name": "Tom Reed", "label": "PERSON", "mentions": [[12, 20, "name"], [34, 37, "pronoun"]]},
]


def test_entities_are_learned_with_the_names_found_and_with_the_annotated_ones(
    nlp: Language,
) -> None:
    found = list(examples_of(row(entities=ENTITIES), annotate(nlp, TEXT), LABELS))
    assert [one.natural for one in found] == [True, False]
    for one in found:
        words = [one.scene.columns.words[mention.head] for mention in one.found.mentions]
        gold = dict(zip(words, one.gold.tolist(), strict=True))
        assert (gold["She"], gold["him"], gold["mayor"]) == (0, 1, 0)
        for (at, other), right in zip(one.found.pairs.tolist(), one.right.tolist(), strict=True):
            if one.found.mentions[other].type == NAME:
                assert right == (one.gold[at] == one.gold[other])


def test_a_noun_phrase_may_end_before_the_annotated_one(nlp: Language) -> None:
    text = "Ann Lee won. The governor of Ohio smiled. The governor's wife left."
    told = [[0, 7, "name"], [13, 33, "nominal"]]
    given = {
        "id": "x",
        "text": text,
        "entities": [{"name": "Ann Lee", "label": "PERSON", "mentions": told}],
    }
    one = next(examples_of(given, annotate(nlp, text), LABELS))
    found = {
        one.scene.columns.starts[m.start]: one.gold[at]
        for at, m in enumerate(one.found.mentions)
        if m.type != NAME
    }
    assert found[13] == 0
    assert found[42] == -1


def test_nouns_are_said_of_names(nlp: Language) -> None:
    text = "Firth Capital, an investment firm, sued the ship Vega. Kansai Airport is shut."
    one = next(examples_of({"id": "x", "text": text, "entities": []}, annotate(nlp, text), LABELS))
    assert one.said["airport", NAME_LABELS.index("FAC")] == 1


def test_clusters_are_aligned_by_their_heads(nlp: Language) -> None:
    clusters = [[[0, 7, 4, 7], [22, 25, 22, 25]], [[12, 20, 16, 20], [34, 37, 34, 37]]]
    given = row(clusters=clusters, mention_kinds=[["name", "pronoun"]] * 2)
    (one,) = examples_of(given, annotate(nlp, TEXT), LABELS)
    words = [one.scene.columns.words[mention.head] for mention in one.found.mentions]
    assert dict(zip(words, one.gold.tolist(), strict=True))["him"] == 1
    assert one.null[words.index("mayor")]


@pytest.mark.parametrize(("a_right", "null"), [(True, False), (False, True)])
def test_a_passage_asks_one_pronoun_and_counts_names_only(
    nlp: Language, a_right: bool, null: bool
) -> None:
    given = row(pronoun=[22, 25], a=[0, 7], b=[12, 20], a_right=a_right, b_right=False)
    (one,) = examples_of(given, annotate(nlp, TEXT), LABELS)
    (asked,) = np.flatnonzero(one.asked)
    assert one.null[asked] == null
    for (at, other), right, counted in zip(
        one.found.pairs.tolist(), one.right.tolist(), one.counted.tolist(), strict=True
    ):
        assert counted == (one.found.mentions[other].chain >= 0)
        if right:
            assert a_right
            assert at == asked
            assert one.found.mentions[other].chain == 0


def test_a_passage_whose_pronoun_is_no_mention_gives_nothing(nlp: Language) -> None:
    given = row(pronoun=[8, 11], a=[0, 7], b=[12, 20], a_right=True, b_right=False)
    assert list(examples_of(given, annotate(nlp, TEXT), LABELS)) == []


@pytest.mark.parametrize("path", sorted(GOLD.glob("*.json"))[:3], ids=lambda path: path.stem)
def test_names_of_shipped_articles_do_not_overlap(nlp: Language, path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    doc = annotate(nlp, gold["text"])
    names = annotated_names(gold, doc)
    assert names == sorted(names)
    assert all(one.end <= other.start for one, other in itertools.pairwise(names))
    assert len(list(examples_of(gold, doc, LABELS))) == 2
