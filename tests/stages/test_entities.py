"""What ``news_entities`` makes of the names that the base model finds."""

from __future__ import annotations

import re
import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Span

MARK = re.compile(r"\[([^\[\]|]+)\|([A-Z_]+)\]")
NAMES = {"PERSON", "ORG", "GPE", "NORP", "LOC", "FAC", "EVENT", "LAW", "WORK_OF_ART", "PRODUCT"}


def plain(marked: str) -> tuple[str, set[tuple[str, str]]]:
    """Return the text without the marks, and the marked names with their labels."""
    return MARK.sub(r"\1", marked), set(MARK.findall(marked))


def names_of(nlp: Language, text: str) -> set[tuple[str, str]]:
    return {(ent.text, ent.label_) for ent in nlp(text).ents if ent.label_ in NAMES}


@pytest.mark.parametrize(
    "marked",
    [
        # articles and possessives are no part of a name
        "The [United Nations|ORG] praised [Kenya|GPE]'s plan on Monday.",
        # titles stand apart
        "President [Emmanuel Macron|PERSON] met Chancellor [Angela Merkel|PERSON] in [Berlin|GPE].",
        # an administration and a campaign are organisations of their own
        "The [Obama administration|ORG] criticized the [Romney campaign|ORG] on Friday.",
        # "He" is a surname here
        "Vice Premier [He Lifeng|PERSON] will travel to [Geneva|GPE] for the talks.",
        # a long form is what its acronym in brackets abbreviates
        "The [Alliance to Save Our Rivers|ORG] ([ASOR|ORG]) sued the city.",
        # a committee written in small letters
        "She testified before the [Senate banking committee|ORG] for two hours.",
        # the last word tells a building and an event
        "They met at [Gatwick Airport|FAC] before the [Winter Olympics|EVENT].",
        # a place without capitals
        "i moved from [florida|GPE] last year and miss the beach.",
    ],
)
def test_names_are_cut_and_labelled(nlp: Language, marked: str) -> None:
    text, expected = plain(marked)
    assert names_of(nlp, text) >= expected


def test_a_campaign_stop_is_no_organisation(nlp: Language) -> None:
    doc = nlp("Mitt Romney spoke at length. At a Romney campaign stop, fans cheered Mitt Romney.")
    assert "ORG" not in {ent.label_ for ent in doc.ents if "Romney" in ent.text}


def test_a_label_is_agreed_on_over_the_document(nlp: Language) -> None:
    doc = nlp.make_doc("Ann Webb spoke. Webb left. Webb sang. Webb won.")
    doc.ents = [
        Span(doc, 0, 2, "PERSON"),
        Span(doc, 4, 5, "ORG"),
        Span(doc, 7, 8, "GPE"),
        Span(doc, 10, 11, "PERSON"),
    ]
    doc = nlp.get_pipe("news_entities")(doc)
    assert {ent.label_ for ent in doc.ents} == {"PERSON"}


def test_a_name_missed_in_one_place_is_found_by_another(nlp: Language) -> None:
    doc = nlp("Carla Denning won.\n\nThe rain fell. Denning thanked her voters.")
    assert [ent.text for ent in doc.ents if ent.label_ == "PERSON"] == ["Carla Denning", "Denning"]


def test_speakers_of_a_transcript_are_persons(nlp: Language) -> None:
    text = "\n\n".join(
        ["HOLLIS: Why now?", "VANCE: Because we must.", "HOLLIS: Sure.", "VANCE: Yes."]
    )
    found = [ent.text for ent in nlp(text).ents if ent.label_ == "PERSON"]
    assert found == ["HOLLIS", "VANCE", "HOLLIS", "VANCE"]


def test_a_country_is_no_person_even_where_the_model_says_so(nlp: Language) -> None:
    doc = nlp.make_doc("Kenya won the match.")
    doc.ents = [Span(doc, 0, 1, "PERSON")]
    doc = nlp.get_pipe("news_entities")(doc)
    assert [ent.label_ for ent in doc.ents] == ["GPE"]


def test_dates_and_amounts_stay(nlp: Language) -> None:
    doc = nlp("Sales rose 5 percent to $3 million on Tuesday.")
    assert {"PERCENT", "MONEY", "DATE"} <= {ent.label_ for ent in doc.ents}


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["He", "Mr.", "Lee", "'s", "the", "(", ")", "\n", "AB", "-", "ki", "’", "é"]
        )
    )
)
def test_odd_text_never_raises(words: list[str]) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("news_entities")
    doc = nlp(" ".join(words))
    assert doc.text == " ".join(words)


def test_a_list_of_names_takes_linear_time() -> None:
    nlp = spacy.blank("en")
    stage = nlp.create_pipe("news_entities")
    doc = nlp.make_doc("Smith Lee " * 10_000)
    doc.ents = [Span(doc, i, i + 2, "PERSON") for i in range(0, len(doc) - 1, 2)]
    start = time.perf_counter()
    stage(doc)
    assert time.perf_counter() - start < 10
