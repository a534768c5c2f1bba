"""Which attributions are returned, and the properties of those without a rule."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.cues import lexicon
from pipeline.stages.attributing.deciding import Given, _read_cue, _with_utterances, _within
from pipeline.stages.attributing.learned.features import Claimed
from pipeline.stages.attributing.learned.proposals import Proposal
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributions import Attributions


def proposal(cue: int, *content: Bounds) -> Proposal:
    return Proposal((cue, cue + 1), None, content, "network")


def contents(found: list[Given]) -> list[tuple[Bounds, ...]]:
    return [one.proposal.content for one in found]


def test_an_unattributed_utterance_is_returned() -> None:
    given = [Given(proposal(3, (0, 3)), 0.9)]
    spoken = [Given(proposal(13, (10, 13)), 0.1)]
    assert contents(list(_with_utterances(given, spoken))) == [((0, 3),), ((10, 13),)]


def test_an_attributed_utterance_is_not_returned_twice() -> None:
    given = [Given(proposal(3, (0, 3), (5, 9)), 0.9)]
    spoken = [Given(proposal(4, (5, 9)), 0.1)]
    assert contents(list(_with_utterances(given, spoken))) == [((0, 3), (5, 9))]


def test_the_rest_of_a_statement_joins_the_content_of_its_cue() -> None:
    given = [Given(proposal(3, (0, 3)), 0.9)]
    spoken = [Given(proposal(3, (0, 3), (20, 30)), 0.4)]
    (one,) = _with_utterances(given, spoken)
    assert one.proposal.content == ((0, 3), (20, 30))
    assert one.likely == 0.9


def test_a_part_is_left_open_if_its_other_part_belongs_to_another_source() -> None:
    given = [Given(proposal(3, (0, 3)), 0.9)]
    spoken = [Given(proposal(9, (0, 3), (20, 30)), 0.4)]
    assert contents(list(_with_utterances(given, spoken))) == [((0, 3),)]


def claim(cue: int, *, alone: float = 0.9, rule: str = "that") -> Claimed:
    return Claimed((cue, cue + 1), None, ((cue + 1, cue + 5),), 0.1, rule, alone=alone)


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (claim(6), [0]),
        (claim(6, alone=0.5), []),
        (claim(6, rule="obj"), []),
        (claim(3), []),  # the cue is already used
        (claim(40), []),  # it is not inside a returned content
    ],
)
def test_confident_clauses_within_a_content_are_returned(one: Claimed, found: list[int]) -> None:
    assert [at for at, _ in _within([proposal(3, (4, 20))], [one])] == found


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("Lee has not denied it.", (1, 4), ("deny", "deny", True)),
        ("Lee is wary of rain.", (1, 4), ("be wary of", None, False)),
        ("Lee balked at it.", (1, 3), ("balk", "say", False)),
        ("Her belief is firm.", (1, 2), ("belief", "think", False)),
        ("Lee pondered it.", (1, 2), ("ponder", None, False)),
        ("Lee zigzagged on it.", (1, 2), ("zigzag", None, False)),
    ],
)
def test_a_cue_without_a_rule_gets_its_properties_from_its_words(
    nlp: Language, text: str, cue: Bounds, expected: tuple[str, str | None, bool]
) -> None:
    reading = Reading(nlp(text), [])
    assert _read_cue(reading, cue, lexicon()) == expected


def test_attributions_below_the_minimum_confidence_are_left_out(nlp: Language) -> None:
    text = "“It rained,” said Ann Lee. The mayor is reluctant to close the bridge."
    stage = nlp.get_pipe("news_attributions")
    assert isinstance(stage, Attributions)
    sure = [row.confidence or 0.0 for row in nlp(text)._.news.attributions]
    assert sure
    strict = Attributions(stage.network, min_confidence=max(sure))
    doc = strict(nlp(text))
    assert [row.confidence for row in doc._.news.attributions] == [max(sure)]
    none = Attributions(stage.network, min_confidence=1.0)
    doc = none(nlp(text))
    assert doc._.news.attributions == []
    assert {quote.attribution for quote in doc._.news.quotes} == {None}
