"""Every stage works in other pipelines and never breaks a document."""

from __future__ import annotations

import pickle
from importlib.metadata import entry_points

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from pipeline.errors import StageOrder
from pipeline.records.assemble import assemble
from pipeline.stages.language import STAGES, load_base
from tests.records.strategies import texts

SENTENCE = (
    'Mayor Ann Lee said on Monday: "We lost 12 homes." She added that “about 40%” of the town, '
    "which has 3,000 people, is without power."
)


def test_every_stage_is_registered_for_strangers() -> None:
    registered = {entry.name for entry in entry_points(group="spacy_factories")}
    assert set(STAGES) <= registered


def test_what_each_stage_needs_is_there_in_the_shipped_pipeline(nlp: Language) -> None:
    problems = nlp.analyze_pipes()["problems"]
    assert {name: missing for name, missing in problems.items() if missing} == {}


@pytest.mark.parametrize("stage", ["news_entities", "news_quotes"])
def test_a_stage_that_requires_nothing_works_in_a_blank_pipeline(stage: str) -> None:
    blank = spacy.blank("en")
    blank.add_pipe(stage)
    doc = blank(SENTENCE)
    assert doc.text == SENTENCE
    assemble(doc)


@pytest.mark.parametrize(
    ("stage", "lacking", "missing", "component"),
    [
        ("news_entities", "tagger", "part-of-speech tags", "a tagger"),
        ("news_entities", "parser", "parse", "a parser"),
        ("news_times", "news_quotes", "quotes", "news_quotes"),
        ("news_figures", "news_entities", "named entities", "news_entities"),
        ("news_figures", "news_times", "times", "news_times"),
        ("news_attributions", "news_quotes", "quotes", "news_quotes"),
        ("news_resolve", "news_attributions", "attributions", "news_attributions"),
    ],
)
def test_a_stage_refuses_a_document_that_lacks_what_it_reads(
    nlp: Language, stage: str, lacking: str, missing: str, component: str
) -> None:
    """Otherwise, nothing would show that tenses, relations or speakers are missing."""
    doc = nlp.make_doc(SENTENCE)
    for name, pipe in nlp.pipeline[: nlp.pipe_names.index(stage)]:
        if name not in (lacking, *LATER.get(lacking, ())):
            doc = pipe(doc)
    with pytest.raises(StageOrder) as raised:
        nlp.get_pipe(stage)(doc)
    assert raised.value.report() == (
        f"error[P103]: {stage}: the document has no {missing} yet\n"
        f"hint: add {component} to the spaCy pipeline, before {stage}"
    )


LATER = {
    "parser": ("news_sentences",),
    "news_quotes": ("news_times", "news_figures"),
    "news_times": ("news_figures",),
}
"""Components that read what is lacking, and are left out too."""


def test_a_pipeline_in_the_wrong_order_is_refused() -> None:
    theirs = load_base()
    theirs.add_pipe("news_quotes")
    theirs.add_pipe("news_figures")
    theirs.add_pipe("news_times")
    with pytest.raises(StageOrder, match="news_figures: the document has no times yet"):
        theirs(SENTENCE)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_takes_an_empty_document(stage: str, nlp: Language) -> None:
    doc = nlp.get_pipe(stage)(Doc(nlp.vocab))
    assert len(doc) == 0


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts)
def test_any_text_makes_a_sound_record(nlp: Language, text: str) -> None:
    record = assemble(nlp(text))
    assert record.text == text


def test_annotations_survive_serialization(nlp: Language) -> None:
    doc = nlp(SENTENCE)
    line = assemble(doc).to_line()
    loaded = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert assemble(loaded).to_line() == line
    shelf = DocBin(store_user_data=True, docs=[doc])
    (from_shelf,) = DocBin().from_bytes(shelf.to_bytes()).get_docs(nlp.vocab)
    assert from_shelf._.news.quotes == doc._.news.quotes
    assert pickle.loads(pickle.dumps(doc._.news.quotes)) == doc._.news.quotes


def test_a_document_is_annotated_the_same_after_others(nlp: Language) -> None:
    fresh = assemble(nlp(SENTENCE)).to_line()
    nlp('Bo Ray, the senator, told us: "No." He left 5 minutes later, Ray\'s firm said.')
    assert assemble(nlp(SENTENCE)).to_line() == fresh


def test_running_the_stages_again_changes_nothing(nlp: Language) -> None:
    doc = nlp(SENTENCE)
    line = assemble(doc).to_line()
    for stage in STAGES:
        doc = nlp.get_pipe(stage)(doc)
    assert assemble(doc).to_line() == line
