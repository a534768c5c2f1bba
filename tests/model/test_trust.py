"""How far an answer is trusted: by the network, and by what is around the words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from spacy.language import Language

from pipeline.model.speakers import trust
from pipeline.model.speakers.trust import QUOTE_FEATURES, SOURCE_FEATURES, Trust
from tests.model.scenes import scene_of

DIALOGUE = "“I am innocent,” [Tom Lee] said. “Not so,” [Ann Roe] replied. “It is clear.”"
SAID = ("Tom Lee / said / I am innocent,", "Ann Roe / replied / Not so,")


def weights(features: tuple[str, ...], **some: float) -> dict[str, float]:
    return {"bias": 0.0} | {name: some.get(name, 0.0) for name in features}


def test_an_answer_that_its_surroundings_contradict_is_less_sure(nlp: Language) -> None:
    one = Trust(weights(QUOTE_FEATURES, share=1.0, alike=0.5, other=-0.5), QUOTE_FEATURES)
    scene = scene_of(nlp, DIALOGUE, *SAID)
    quote = scene.quotations[0]
    around: list[dict[int, float]] = [{0: 0.95, 1: 0.01}, {0: 0.5, 1: 0.4}, {}, {1: 0.95}]
    sure = [one(trust.of_quote(scene, quote, 0, {0: 0.9, 1: 0.1}, each)) for each in around]
    assert all(more > less for more, less in pairwise([sure[0], sure[1], sure[3]]))
    assert sure[1] > sure[3]


def test_what_is_known_of_a_quotation(nlp: Language) -> None:
    scene = scene_of(nlp, DIALOGUE, *SAID)

    def known(number: int, own: int) -> dict[str, float]:
        values = trust.of_quote(scene, scene.quotations[number], own, {own: 0.9}, {own: 0.8})
        return dict(zip(QUOTE_FEATURES, values, strict=True))

    near, far = known(0, 0), known(0, 1)
    assert (near["sentence"], near["first"], far["sentence"], far["first"]) == (1, 1, 0, 0)
    assert near["paragraph"] == far["paragraph"] == 1
    assert near["share"] == pytest.approx(2.197, abs=1e-3)
    assert near["alike"] == pytest.approx(1.386, abs=1e-3)
    assert near["other"] < -6
    assert near["persons"] == pytest.approx(1.0986, abs=1e-3)


def test_what_is_known_of_a_source(nlp: Language) -> None:
    text = "[Tom Lee] won.\n\n[He|Tom Lee] said it was “hard”."
    scene = scene_of(nlp, text, "He / said / hard")
    values = trust.of_source(scene, 0, {0: 0.8, 1: 0.1})
    known = dict(zip(SOURCE_FEATURES, values, strict=True))
    assert (known["name"], known["pronoun"], known["quoted"], known["paragraphs"]) == (0, 1, 0, 0)
    assert known["rival"] == pytest.approx(-2.197, abs=1e-3)


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(ValueError, match="other features"):
        Trust({"bias": 0.0, "share": 1.0}, QUOTE_FEATURES)


def test_a_quotation_behind_the_last_token_has_a_confidence(nlp: Language) -> None:
    scene = scene_of(nlp, DIALOGUE, *SAID)
    size = len(scene.columns.words)
    quote = scene.quotations[0]._replace(start=size, end=size)
    values = trust.of_quote(scene, quote, 0, {0: 0.9}, {})
    assert len(values) == len(QUOTE_FEATURES)
