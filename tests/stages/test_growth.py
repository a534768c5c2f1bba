"""Each step takes linear time in the number of items, measured in CPU seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from spacy.tokens import Doc

from pipeline.document.annotations import DocAttribution, DocEntity, DocFigure, DocMention, DocQuote
from pipeline.records.assemble import _members, assemble
from pipeline.stages.attributions.judge import ProposalArrays, nested, overlaps
from pipeline.stages.attributions.proposals import Proposal
from pipeline.stages.attributions.writing import parents
from pipeline.stages.coreference.stage import Resolve, with_ages
from pipeline.text.spans import TokenSpan
from pipeline.times import timex
from pipeline.times.grammar import LONGEST
from tests.blank import BLANK

Result = TypeVar("Result")
MANY = 20_000
SECONDS = 2.0
"""Seconds; the steps take at most a fifth of this, and quadratic ones ten times as much."""


def within_seconds(step: Callable[[], Result], seconds: float = SECONDS) -> Result:
    """Return the result of a step, and check its time."""
    start = time.process_time()
    found = step()
    assert time.process_time() - start < seconds
    return found


def attribution(cue: TokenSpan, *content: TokenSpan) -> DocAttribution:
    """Return an attribution with a cue and a content."""
    return DocAttribution((), (cue,), content, "indirect")


def contents(*contents: list[TokenSpan]) -> ProposalArrays:
    """Return attributions with these contents."""
    return ProposalArrays.of([Proposal((0, 1), None, tuple(one), "reported") for one in contents])


def test_many_claims_in_one_turn() -> None:
    turn = attribution((0, 2), (3, 10 * MANY))
    claims = [attribution((at, at + 2), (at + 3, at + 9)) for at in range(5, 10 * MANY - 10, 10)]
    assert within_seconds(lambda: parents([turn, *claims])) == [None, *[0] * len(claims)]


def test_many_claims_in_one_content_of_many_pieces() -> None:
    pieces = [(at, at + 9) for at in range(10, 10 * MANY, 10)]
    claims = [attribution((start, start + 2), (start + 3, end)) for start, end in pieces]
    found = within_seconds(lambda: parents([attribution((0, 2), *pieces), *claims]))
    assert found == [None, *[0] * len(claims)]


def test_a_cue_between_the_pieces_of_a_content_is_in_none_of_them() -> None:
    outer = attribution((0, 2), (5, 20), (30, 50))
    inside = attribution((32, 36), (37, 50))
    between = attribution((22, 28), (37, 49))
    assert parents([outer, inside, between]) == [None, 0, None]


def test_a_cue_is_found_in_a_content_that_ended_before_its_own() -> None:
    turn = attribution((0, 2), (3, 2_000))
    rows = [attribution((at, at + 2), (at + 3, at + 9)) for at in range(10, 1_000, 10)]
    rows.append(attribution((985, 986), (1_005, 1_020)))
    assert parents([turn, *rows]) == [None, *[0] * 99, 98]


def test_contents_of_many_pieces_are_compared() -> None:
    these = [(at, at + 6) for at in range(0, 10 * MANY, 10)]
    those = [(at + 3, at + 9) for at in range(0, 10 * MANY, 10)]
    assert within_seconds(lambda: overlaps(contents(these), contents(those))) == (0, 0, 3 / 9)
    found = overlaps(contents([(0, 4), (6, 9)], [(2, 7)], [(9, 10)]), contents([(2, 4), (7, 9)]))
    assert [one.tolist() for one in found] == [[0, 1], [0, 0], [4 / 7, 2 / 7]]


def test_a_cue_is_looked_up_in_a_content_of_many_pieces() -> None:
    pieces = tuple((at, at + 5) for at in range(10, 10 * MANY, 10))
    wide = Proposal((0, 1), None, pieces, "reported")
    inner = [Proposal((at, at + 1), None, ((at + 1, at + 2),), "reported") for at, _ in pieces]
    assert within_seconds(lambda: all(nested(one, wide) for one in inner))
    assert not nested(Proposal((7, 8), None, ((8, 9),), "reported"), wide)


def test_many_figures_belong_to_one_attribution() -> None:
    ids = {at: f"f{at + 1}" for at in range(10 * MANY)}
    found = within_seconds(lambda: _members(ids, [3] * len(ids)))
    assert found == {3: tuple(ids.values())}


def test_many_noun_phrases_are_looked_up_among_many_persons() -> None:
    number = 1_000
    words, tags, deps, heads, ents = [], [], [], [], []
    for at in range(number):
        surname = "K" + "".join("aeiorlnstm"[int(digit)] * 2 for digit in f"{at:04}")
        start = len(words)
        words += ["Ann", surname, "spoke", ".", "The", "Republican", "nominee", "left", "."]
        tags += ["NNP", "NNP", "VBD", ".", "DT", "NNP", "NN", "VBD", "."]
        deps += ["compound", "nsubj", "ROOT", "punct", "det", "compound", "nsubj", "ROOT", "punct"]
        heads += [start + head for head in (1, 2, 2, 2, 6, 6, 7, 7, 7)]
        ents += ["B-PERSON", "I-PERSON", *["O"] * 7]
    vocab = BLANK.vocab
    doc = Doc(vocab, words=words, tags=tags, deps=deps, heads=heads, ents=ents)
    doc._.news.quotes = doc._.news.attributions = []
    entities = within_seconds(lambda: Resolve()(doc), 2.5 * SECONDS)._.news.entities
    assert len(entities) == number


def test_a_time_is_found_wherever_it_is_in_a_long_list() -> None:
    for before in range(2 * LONGEST - 3, 3 * LONGEST + 3):
        text = "1, " * (before // 2) + "and " * (before % 2) + "3 May 2021, " + "2, " * 100
        assert [text[t.start : t.end] for t in timex.find(text)] == ["3 May 2021"]


def test_many_ages_and_many_mentions() -> None:
    mentions = [DocMention(at, at + 15, "nominal") for at in range(0, 20 * MANY, 20)]
    ages = [DocFigure(at + 4, at + 15, "age", "39") for at in range(0, 20 * MANY, 20)]
    found = within_seconds(lambda: with_ages(ages, [DocEntity("Lee", "PERSON", tuple(mentions))]))
    assert [one.holder for one in found] == [(one.start, one.end) for one in mentions]


def test_a_record_of_many_names_and_quotations() -> None:
    doc = Doc(BLANK.vocab, words=["“x”"] * MANY)
    news = doc._.news
    news.entities = [
        DocEntity("x", "PERSON", (DocMention(at, at + 1, "name"),)) for at in range(1, 4 * MANY, 4)
    ]
    news.quotes = [
        DocQuote(at, at + 1, (at - 1, at), (at + 1, at + 2), "direct", True)
        for at in range(1, 4 * MANY, 4)
    ]
    record = within_seconds(lambda: assemble(doc), 2 * SECONDS)
    assert len(record.entities) == len(record.quotes) == MANY
