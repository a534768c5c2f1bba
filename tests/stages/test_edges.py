"""Stages look at the words around a word, which may be missing.

The texts were found by ``benchmarks/fuzz.py`` in other words, or by reading.
"""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.batch.process import process, provenance
from pipeline.input.article import Article
from pipeline.names.bodies import NameIndex
from pipeline.names.persons import parse_person
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.stages.attributions.proposals import source_range
from pipeline.stages.figures.nounphrases import kind_behind, phrase

STRICT = Settings(strict=True)
TEXTS = {
    "one word before a surname": "the Obama speech",
    "a surname alone": "Obama",
    "nothing but a wide space before a nickname": "\u3000“Dusty” Baker won.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_odd_text_gives_a_complete_record(nlp: Language, text: str) -> None:
    article = Article(text=text, where="text")
    found = process(article, nlp, STRICT, provenance=provenance(nlp, STRICT))
    assert not isinstance(found, Failure), found.message
    assert not found.incomplete


def test_a_word_of_accents_alone_is_not_part_of_a_name() -> None:
    accent = "\u0301"
    index = NameIndex([(0, ("Acme", accent, "Bank")), (1, (accent,)), (2, ("AB",))])
    assert [index.key(at) for at in range(3)] == ["acme bank", "", "acme bank"]
    assert parse_person(["Ann", accent, "Lee"]) == parse_person(["Ann", "Lee"])
    assert parse_person([accent]).surname == ""


def parsed(nlp: Language, words: str, heads: list[int], deps: str, tags: str) -> Doc:
    """Return a document with a possible but rare parse."""
    return Doc(nlp.vocab, words=words.split(), heads=heads, deps=deps.split(), tags=tags.split())


def test_a_source_contains_its_head_in_a_parse_with_crossing_branches(nlp: Language) -> None:
    doc = parsed(nlp, "who Lee left said", [2, 3, 1, 3], "nsubj nsubj relcl ROOT", "WP NNP VBD VBD")
    start, end = source_range(doc[1])
    assert start <= 1 < end


def test_a_phrase_contains_its_noun_in_a_parse_with_crossing_branches(nlp: Language) -> None:
    doc = parsed(nlp, "Acme sales here", [1, 1, 0], "poss ROOT advmod", "NNP NNS RB")
    doc.ents = [doc.char_span(0, 4, label="ORG")]
    assert phrase((0, 0), doc[1]) == (5, 10)


def test_a_kind_before_its_noun_is_not_part_of_it(nlp: Language) -> None:
    doc = parsed(nlp, "goods sorts of", [2, 1, 1], "pobj ROOT prep", "NNS NNS IN")
    assert kind_behind(doc[1], 0) is None
