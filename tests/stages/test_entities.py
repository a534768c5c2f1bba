"""Names found by ``news_entities``: with the network, and with another model's recogniser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Name
from pipeline.stages.entities import whole
from tests.blank import BLANK
from tests.golden import SEED
from tests.linear import assert_linear


def read(nlp: Language, text: str) -> Doc:
    """Return a text after the stage, without the later ones."""
    return nlp(text, disable=[name for name in nlp.pipe_names if name in LATER])


LATER = ("news_quotes", "news_times", "news_figures", "news_attributions", "news_resolve")


def test_names_of_shipped_articles(shipped: list[tuple[dict[str, Any], Doc]]) -> None:
    """Compare with the annotation of twelve articles; names with the same ending are equal."""
    right = labelled = found = wanted = 0
    for gold, doc in shipped:
        names = {
            mention[1]: {one["label"], *(one.get("label_alt") or ())}
            for one in gold["entities"]
            for mention in one["mentions"]
            if mention[2] == "name"
        }
        ours = {
            ent.end_char: ent.label_
            for ent in doc.ents
            if ent.label_ in NAME_LABELS
            and not any(
                ent.start_char < end and start < ent.end_char
                for start, end in gold["ignore_mentions"]
            )
        }
        both = names.keys() & ours.keys()
        right += len(both)
        labelled += sum(ours[end] in names[end] for end in both)
        found, wanted = found + len(ours), wanted + len(names)
    assert 200 * right / (found + wanted) >= FLOOR_NAMES
    assert 100 * labelled / right >= FLOOR_LABELS


FLOOR_NAMES, FLOOR_LABELS = 88.5, 86.5


def test_names_do_not_cross_line_ends(nlp: Language) -> None:
    text = "Visit to New\n\nYork City officials said that Ann\nLee left."
    assert not any("\n" in ent.text for ent in read(nlp, text).ents if ent.label_ in NAME_LABELS)


def test_dates_and_amounts_are_found(nlp: Language) -> None:
    doc = nlp("Sales rose 5 percent to $3 million on Tuesday.")
    assert {"PERCENT", "MONEY", "DATE"} <= {ent.label_ for ent in doc.ents}


def test_the_recogniser_of_the_base_model_is_not_loaded(nlp: Language) -> None:
    assert "ner" not in nlp.pipe_names


def test_without_a_network_the_base_models_names_agree_on_a_label() -> None:
    stage = BLANK.create_pipe("news_entities")
    doc = BLANK.make_doc("Ann Webb spoke. Webb left. Webb sang. Webb won.")
    doc.ents = [
        Span(doc, 0, 2, "PERSON"),
        Span(doc, 4, 5, "ORG"),
        Span(doc, 7, 8, "PERSON"),
        Span(doc, 10, 11, "PERSON"),
    ]
    doc = stage(doc)
    assert [(ent.start, ent.label_) for ent in doc.ents] == [
        (0, "PERSON"),
        (4, "PERSON"),
        (7, "PERSON"),
        (10, "PERSON"),
    ]


def test_a_label_that_the_network_does_not_know_is_let_be() -> None:
    stage = BLANK.create_pipe("news_entities")
    doc = BLANK.make_doc("The gene BRCA2 was found.")
    doc.ents = [Span(doc, 2, 3, "GENE")]
    assert [(ent.text, ent.label_) for ent in stage(doc).ents] == [("BRCA2", "GENE")]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                "He",
                "Mr.",
                "Lee",
                "'s",
                "the",
                "(",
                ")",
                "\n",
                "AB",
                "-",
                "ki",
                "’",
                "é",
                "😀",
                "\u200b",
            ]
        )
    )
)
def test_odd_text_never_raises(nlp: Language, words: list[str]) -> None:
    doc = read(nlp, " ".join(words))
    assert doc.text == " ".join(words)


def test_names_do_not_depend_on_texts_processed_before(nlp: Language) -> None:
    text = SEED.read_text("utf-8")
    before = [(ent.start, ent.end, ent.label) for ent in read(nlp, text).ents]
    read(nlp, "Other words by Kim Ortiz stand here. " * 40)
    assert [(ent.start, ent.end, ent.label) for ent in read(nlp, text).ents] == before


def test_a_list_of_names_takes_linear_time() -> None:
    def label(names: int) -> None:
        doc = Doc(BLANK.vocab, words=["Smith", "Lee"] * names)
        doc.ents = [Span(doc, i, i + 2, "PERSON") for i in range(0, len(doc), 2)]
        stage(doc)

    stage = BLANK.create_pipe("news_entities")
    assert_linear(label, 400)


@pytest.mark.parametrize(
    ("text", "words", "label", "name"),
    [
        ("She told The Guardian so.", "Guardian", "ORG", "The Guardian"),
        ("She told The Guardian so.", "The Guardian", "ORG", "The Guardian"),
        ("She told the Guardian so.", "the Guardian", "ORG", "Guardian"),
        ("She left. The Guardian said so.", "The Guardian", "ORG", "Guardian"),
        ("She told The Rev. Lee so.", "Rev. Lee", "PERSON", "Lee"),
        ("She likes The French.", "The French", "NORP", "French"),
    ],
)
def test_a_capitalized_article_within_a_sentence_belongs_to_the_name(
    nlp: Language, text: str, words: str, label: str, name: str
) -> None:
    doc = read(nlp, text)
    span = doc.char_span(text.index(words), text.index(words) + len(words))
    assert span is not None
    (found,) = whole(Columns(doc), [Name(span.start, span.end, label)])
    assert doc[found.start : found.end].text == name


def test_an_article_of_another_span_is_not_taken(nlp: Language) -> None:
    doc = read(nlp, "She told Acme The Guardian left.")
    found = whole(Columns(doc), [Name(2, 4, "ORG"), Name(4, 5, "ORG")])
    assert [(one.start, one.end) for one in found] == [(2, 4), (4, 5)]
