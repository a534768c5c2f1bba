"""Who is the source of an attribution, who says a quotation, and how sure that is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import DocAttribution, DocQuote
from pipeline.document.columns import Columns
from pipeline.model.speakers.ranker import Ranked, SpeakerRanking, answer, ranked, ranker
from pipeline.stages.coreference.speakers import SpeakerAnswers, Speakers, make_scene
from pipeline.stages.coreference.stage import Resolve
from pipeline.stages.language import annotate
from tests.blank import BLANK


def named(doc: Doc, numbers: tuple[int, ...]) -> set[str]:
    return {doc._.news.entities[number].name for number in numbers}


def source(doc: Doc, words: str) -> DocAttribution:
    """Return the attribution whose source is some words."""
    return next(
        one
        for one in doc._.news.attributions
        if one.source and doc.text[one.source[0][0] : one.source[-1][1]] == words
    )


def quote(doc: Doc, words: str) -> DocQuote:
    return next(one for one in doc._.news.quotes if doc.text[one.start : one.end] == words)


def test_a_source_may_be_several(nlp: Language) -> None:
    doc = nlp("Ann Lee met Tom Okafor in Oslo. Lee and Okafor said that the talks had gone well.")
    found = source(doc, "Lee and Okafor")
    assert named(doc, found.entities) == {"Ann Lee", "Tom Okafor"}
    assert found.entity is None
    assert not found.anonymous
    assert found.entity_confidence is not None


def test_several_say_a_quotation_of_theirs(nlp: Language) -> None:
    doc = nlp("“We will appeal the ruling,” Ann Lee and Tom Okafor said.")
    found = quote(doc, "We will appeal the ruling,")
    assert named(doc, found.speakers) == {"Ann Lee", "Tom Okafor"}
    assert found.speaker is None


def test_a_document_is_a_mention_of_whom_it_speaks_for(nlp: Language) -> None:
    doc = nlp(
        "In a letter to parents, Ann Lee wrote that the school would close. "
        "The letter said that it was too small."
    )
    found = source(doc, "The letter")
    assert named(doc, found.entities) == {"Ann Lee"}
    [mention] = [
        one
        for entity in doc._.news.entities
        if entity.name == "Ann Lee"
        for one in entity.mentions
        if doc.text[one.start : one.end] == "The letter"
    ]
    assert (mention.kind, mention.confidence) == ("nominal", found.entity_confidence)


def test_below_the_threshold_the_answer_is_open_with_its_candidates(nlp: Language) -> None:
    doc = nlp("Ann Lee met Tom Okafor. “It rained all day,” Lee said.")
    sure = nlp.get_pipe("news_resolve").speakers  # type: ignore[attr-defined]
    resolve = Resolve(min_identity=0.99999)
    assert sure.min_identity < resolve.speakers.min_identity
    again = resolve(doc.copy())
    assert [one.entity for one in doc._.news.attributions] != [None]
    assert [one.entity for one in again._.news.attributions] == [None]
    assert [one.speaker for one in again._.news.quotes] == [None]
    [notice] = [one for one in again._.news.notices if one.code == "W241"]
    assert notice.message == "'Lee' may be Ann Lee: left open"
    assert again.text[notice.start : notice.end] == "Lee"


@pytest.mark.parametrize("text", ["", "\n", "“", "said", "“A” “B” “C”", "” said. “ he . “ : “"])
def test_odd_texts(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert all(one.speaker is None for one in doc._.news.quotes)
    assert all(one.entity is None for one in doc._.news.attributions)


def test_spans_without_tokens_have_no_speaker(nlp: Language) -> None:
    doc = nlp("Ann Lee spoke.")
    lost = DocQuote(50, 60, (49, 50), None, "direct", True, attribution=7, continues=9, parent=9)
    nobody = DocAttribution(((70, 80),), ((81, 85),), ((86, 99),), "direct")
    said = Speakers().resolve(Columns(doc), [], [], [lost], [nobody], {})
    assert (said.quotes[0].chains, said.sources[0].chains) == ((), ())
    assert list(said.open([lost], [nobody])) == []


@pytest.mark.parametrize(
    ("continues", "chains"),
    [(0, [(1,), (1,)]), (None, [(0,), (1,)])],
)
def test_the_parts_of_a_quotation_have_one_answer_from_what_is_known_of_each(
    continues: int | None, chains: list[tuple[int, ...]]
) -> None:
    doc = BLANK.make_doc("“We lost. “We won.”")
    quotes = [
        DocQuote(1, 9, (0, 1), None, "direct", True),
        DocQuote(11, 18, (10, 11), (18, 19), "direct", True, continues=continues),
    ]
    scene = make_scene(Columns(doc), [], [], quotes, [], {})
    shares = ([0.7, 0.3], [0.1, 0.9])
    known = [Ranked([0, 1], np.array(one), np.array(one)) for one in shares]
    said = SpeakerAnswers(scene, [], SpeakerRanking(quotes=dict(enumerate(known))), [])
    said.answer_quotes(ranker(), 0.3)
    assert [one.chains for one in said.quotes] == chains
    assert len({one.confidence for one in said.quotes}) == (1 if continues == 0 else 2)


def test_each_part_of_a_long_quotation_is_looked_up_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = 100
    calls: list[int] = []
    monkeypatch.setattr(
        "pipeline.stages.coreference.speakers.own_source", lambda *_: calls.append(0)
    )
    doc = BLANK.make_doc("“We lost. " * parts)
    quotes = [
        DocQuote(at + 1, at + 9, (at, at + 1), None, "direct", True, continues=number - 1)
        for number, at in enumerate(range(0, 10 * parts, 10))
    ]
    quotes[0] = quotes[0]._replace(continues=None)
    scene = make_scene(Columns(doc), [], [], quotes, [], {})
    known = Ranked([0], np.array([0.9]), np.array([0.9]))
    said = SpeakerAnswers(scene, [], SpeakerRanking(quotes=dict.fromkeys(range(parts), known)), [])
    said.answer_quotes(ranker(), 0.3)
    assert {one.chains for one in said.quotes} == {(0,)}
    assert len(calls) <= 4 * parts


def test_many_quotations_take_time_in_proportion(nlp: Language) -> None:
    text = "Ann Lee met Tom Okafor. “It rained all day,” Lee said. “No,” he said.\n\n" * 150
    doc = annotate(nlp, text)
    speakers = Counter(one.speaker for one in doc._.news.quotes)
    assert speakers[None] == 0
    assert len(doc._.news.quotes) == 300


def test_the_same_text_has_the_same_confidence(nlp: Language) -> None:
    text = (
        "Ann Lee met Tom Okafor. “It rained all day,” Lee said. Another witness, Bo Ek, denied it."
    )
    first, second = nlp(text)._.news, nlp(text)._.news
    assert (first.quotes, first.attributions) == (second.quotes, second.attributions)


def test_probabilities_with_none_add_up_to_one() -> None:
    from pipeline.model.speakers.ranker import Query

    rows = np.array([[2.0], [0.0], [-9.0]], dtype=np.float32)
    found = ranked([Query(3, [5, 6, 7], rows), Query(4, [], rows[:0])], lambda r: np.tile(r, 2))
    assert list(found) == [3]
    nobody = 1 - found[3].shares.sum()
    assert found[3].shares[1] == pytest.approx(nobody, abs=1e-5)
    assert found[3].likely[5] == pytest.approx(0.786986, abs=1e-5)


@pytest.mark.parametrize(
    ("shares", "chains", "candidates"),
    [
        ([0.9, 0.05], (1,), ()),
        ([0.45, 0.4], (), (1, 2)),  # one of two, but which
        ([0.2, 0.1], (), ()),  # a source without a name is likelier
        ([0.5, 0.1], (), (1,)),
    ],
)
def test_an_answer_needs_confidence(
    shares: list[float], chains: tuple[int, ...], candidates: tuple[int, ...]
) -> None:
    one = Ranked([1, 2], np.array(shares), np.array([0.9, 0.1]))
    found = answer(one, lambda one: float(one.shares.max()), 0.6)
    assert (found.chains, found.candidates) == (chains, candidates)
    assert found.confidence == (0.9 if chains else None)


@pytest.mark.parametrize(
    ("shares", "members", "chains"),
    [
        ([0.48, 0.47, 0.01], [0.9, 0.9, 0.1], (1, 2)),
        ([0.75, 0.2, 0.01], [0.9, 0.9, 0.1], (1,)),  # "Ann Lee of Harbour Watch and Rescue"
        ([0.6, 0.3, 0.01], [0.9, 0.2, 0.1], (1,)),
    ],
)
def test_several_speakers_are_all_likely_by_themselves(
    shares: list[float], members: list[float], chains: tuple[int, ...]
) -> None:
    one = Ranked([1, 2, 3], np.array(shares), np.array(members))
    assert answer(one, lambda one: float(one.shares.max()), 0.5, joined=True).chains == chains
    assert len(answer(one, lambda one: float(one.shares.max()), 0.4).chains) == 1


def overlap(one: Any, other: Any) -> bool:
    return any(a < d and c < b for a, b in one for c, d in other)


def test_speakers_of_the_shipped_articles(shipped: list[tuple[dict[str, Any], Doc]]) -> None:
    """The floor of what is right, and the ceiling of wrong persons, on twelve whole articles."""
    count: Counter[str] = Counter()
    for gold, doc in shipped:
        entities = doc._.news.entities
        known = {one["name"] for one in gold["entities"]}
        for want in gold["attributions"]:
            if want["speaker"] not in known or not want["source"]:
                continue
            mine = next(
                (
                    one
                    for one in doc._.news.attributions
                    if overlap(one.source, [s[:2] for s in want["source"]])
                    and overlap(one.content, [s[:2] for s in want["content"] or ()])
                ),
                None,
            )
            if mine is None:
                continue
            count["found"] += 1
            if mine.entity is not None:
                name = entities[mine.entity].name
                right = set(name.lower().split()) & set(want["speaker"].lower().split())
                count["right" if right else "wrong"] += 1
    assert count["found"] > FOUND
    assert count["right"] / count["found"] > RIGHT, count
    assert count["wrong"] / count["found"] < WRONG, count


FOUND, RIGHT, WRONG = 60, 0.8, 0.05
