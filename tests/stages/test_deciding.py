"""Which attributions are returned, and the properties of their cues."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language

from pipeline.stages.attributions.cues import CueReader
from pipeline.stages.attributions.proposals import Proposal
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.stage import Attributions
from pipeline.stages.attributions.utterances import CONTINUED, LEAST, Utterances, turns
from pipeline.text.spans import TokenSpan

TEXT = "Ann Lee said, “We lost the game.” The rain fell. “It was a bad day.”"
SAID = Proposal((2, 3), (0, 2), ((4, 11),), "reported")
FELL = Proposal((13, 14), (11, 13), ((15, 23),), "grown")


@pytest.fixture(scope="module")
def reading(nlp: Language) -> Reading:
    doc = nlp(TEXT)
    return Reading(doc, doc._.news.quotes)


def attached(
    reading: Reading, chosen: list[Proposal], sure: float, offered: Proposal = FELL
) -> tuple[list[int], list[list[TokenSpan]]]:
    """Return what is chosen for the utterances that are left, and all contents."""
    found = Utterances(reading, [offered], np.array([sure], dtype=np.float32), chosen)
    return found.attach(), found.contents


def test_an_utterance_that_is_left_goes_to_the_likeliest_proposal(reading: Reading) -> None:
    assert attached(reading, [SAID], LEAST) == ([0], [[(4, 11)], [(15, 23)]])


def test_an_utterance_without_a_likely_proposal_continues_the_quotation_before_it(
    reading: Reading,
) -> None:
    assert attached(reading, [SAID], LEAST / 2) == ([], [[(4, 11), (15, 23)]])


def test_an_utterance_that_continues_none_goes_to_any_proposal(reading: Reading) -> None:
    quoted = FELL._replace(content=((4, 11), (15, 23)))
    assert attached(reading, [], 0.0, quoted) == ([0], [[(4, 11), (15, 23)]])


def test_a_proposal_whose_cue_is_used_is_not_taken(reading: Reading) -> None:
    used = FELL._replace(cue=SAID.cue)
    assert attached(reading, [SAID], 0.9, used) == ([], [[(4, 11), (15, 23)]])


def test_a_quotation_that_and_joins_to_another_has_its_attribution(nlp: Language) -> None:
    doc = nlp("The crowd chanted “Go home now!” and “shame”.")
    reading = Reading(doc, doc._.news.quotes)
    chanted = Proposal((2, 3), (0, 2), ((3, 9),), "reported")
    found = Utterances(reading, [], np.zeros(0, dtype=np.float32), [chanted])
    assert found.attach() == []
    assert found.contents == [[(3, 9), (10, 13)]]


@pytest.mark.parametrize(
    ("id", "chosen"),
    [
        ("carried-on", Proposal((5, 7), (5, 6), ((0, 5),), "reported")),
        ("joined", Proposal((1, 2), (0, 1), ((2, 7),), "reported")),
        ("led", Proposal((1, 2), (0, 1), (), "reported")),
        ("follows", Proposal((1, 2), (0, 1), ((3, 8),), "reported")),
    ],
)
def test_each_rule_of_continuing_attributes_its_example(
    nlp: Language, id: str, chosen: Proposal
) -> None:
    (rule,) = [one for one in CONTINUED if one.id == id]
    doc = nlp(rule.example.replace("¶", "\n\n"))
    reading = Reading(doc, doc._.news.quotes)
    found = Utterances(reading, [], np.zeros(0, dtype=np.float32), [chosen])
    assert found.attach() == []
    assert found.rules == {len(reading.outer) - 1: rule}
    assert found.contents[0][-1] == reading.tokens[len(reading.outer) - 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We lost the game.”\n\n- Ann Lee\n", ["Ann Lee"]),
        ("“We lost the game.” ― Ann Lee\n", ["Ann Lee"]),
        ("“We lost the game” — Ann Lee laughed.", []),
        ("WALLACE: Did you win?\n\nCLINTON: We certainly did.\n", ["WALLACE", "CLINTON"]),
        ("Lee: The bridge is closed\n\nDOVER: Rain fell.\n", ["Lee"]),
        ("Q: Did you win?\n\nA: We certainly did.\n", ["Q", "A"]),
        ("Ann Lee: The bridge is closed\n\nRain fell on Dover.\n", ["Ann Lee"]),
        ("Rain fell.\n\nUpdate: The bridge is open.\n\nWhere: Dover.\n", []),
        ("Rain fell.\n\nDover: The bridge is open.\n", []),  # a transcript has two turns
    ],
)
def test_the_layout_names_speakers(nlp: Language, text: str, expected: list[str]) -> None:
    doc = nlp(text)
    found = turns(Reading(doc, doc._.news.quotes))
    assert [text[slice(*turn.source)] for turn in found] == expected


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("Lee has not denied it.", (1, 4), ("deny", "deny", True)),
        ("Lee is wary of rain.", (1, 4), ("be wary of", "think", False)),
        ("Lee balked at it.", (1, 3), ("balk", "say", False)),
        ("Her belief is firm.", (1, 2), ("belief", "think", False)),
        ("Lee asked whether it rained.", (1, 2), ("ask", "ask", False)),
        ("Lee called it a sham.", (1, 2), ("call", "say", False)),
        ("Lee called on Kim to go.", (1, 3), ("call", "order", False)),
        ("Lee declined to say why.", (1, 4), ("decline", "decline", False)),
        ("It rained, according to Lee.", (3, 5), ("according", "say", False)),
        ("Lee was quoted as saying it rained.", (1, 5), ("say", "say", False)),
    ],
)
def test_lemma_type_and_negation_of_a_cue(
    nlp: Language, text: str, cue: TokenSpan, expected: tuple[str, str, bool]
) -> None:
    reading = Reading(nlp(text), [])
    end = len(reading.words) - 1
    content = (cue[1], end) if cue[1] < end else (0, 2)
    assert CueReader(nlp.vocab).read(reading, cue, content) == expected


def test_most_words_have_the_type_of_similar_words(nlp: Language) -> None:
    cues = CueReader(nlp.vocab)
    types = {cue.lemma: cue.type for cue in cues.lexicon.verbs.values()}
    right = sum(cues.type_of(lemma, without=lemma) == kind for lemma, kind in types.items())
    assert right > 0.7 * len(types)


def test_attributions_below_the_minimum_confidence_are_left_out(nlp: Language) -> None:
    text = "“It rained,” said Ann Lee. The mayor wants to close the bridge."
    stage = nlp.get_pipe("news_attributions")
    assert isinstance(stage, Attributions)
    sure = [row.confidence or 0.0 for row in nlp(text)._.news.attributions]
    assert len(set(sure)) == 2
    strict = Attributions(stage.network, stage.cues, min_confidence=max(sure))
    doc = strict(nlp(text))
    assert [row.confidence for row in doc._.news.attributions] == [max(sure)]
    none = Attributions(stage.network, stage.cues, min_confidence=1.0)
    doc = none(nlp(text))
    assert doc._.news.attributions == []
    assert {quote.attribution for quote in doc._.news.quotes} == {None}
