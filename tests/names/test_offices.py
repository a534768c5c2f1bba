"""An office and a surname name one person, or nobody."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from pipeline.names.offices import holder


@pytest.mark.parametrize(
    ("office", "surname", "published", "name"),
    [
        ("President", "trump", None, "Donald Trump"),
        ("U.S. President", "obama", date(2011, 3, 1), "Barack Obama"),
        ("President", "bush", date(2005, 5, 1), "George W. Bush"),
        ("President", "bush", date(1990, 5, 1), "George H.W. Bush"),
        ("President", "bush", None, None),
        ("President", "bush", date(2020, 5, 1), None),
        ("former Prime Minister", "blair", date(2020, 5, 1), "Tony Blair"),
        ("Vice President", "biden", date(2012, 5, 1), "Joe Biden"),
        ("Vice President", "obama", date(2012, 5, 1), None),
        ("Premier", "li", date(2024, 5, 1), "Li Qiang"),
        ("Mayor", "trump", None, None),
        ("President", "roe", None, None),
        ("President", "obama", date(1999, 5, 1), None),
    ],
)
def test_the_holder_of_an_office(
    office: str, surname: str, published: date | None, name: str | None
) -> None:
    assert holder([office], surname, published) == name


@pytest.fixture
def naming(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> Language:
    """Return a pipeline with the setting ``officeholders``."""
    monkeypatch.setattr(nlp.get_pipe("news_resolve"), "officeholders", True)
    return nlp


def test_a_record_has_no_name_that_the_article_does_not_have(nlp: Language) -> None:
    doc = nlp("President Obama left for Berlin. “We will talk,” Obama said.")
    (person,) = [entity for entity in doc._.news.entities if entity.label == "PERSON"]
    assert person.name == "Obama"


def test_an_officeholder_named_by_surname_gets_the_full_name(naming: Language) -> None:
    doc = naming("President Obama left for Berlin. “We will talk,” Obama said.")
    (person,) = [entity for entity in doc._.news.entities if entity.label == "PERSON"]
    assert person.name == "Barack Obama"


def test_a_namesake_in_the_text_is_not_the_holder_of_the_office(naming: Language) -> None:
    doc = naming("Michelle Obama spoke first. President Obama said taxes would fall.")
    names = {entity.name for entity in doc._.news.entities if entity.label == "PERSON"}
    assert names == {"Michelle Obama", "Barack Obama"}
    (attribution,) = doc._.news.attributions
    assert attribution.entity is not None
    assert doc._.news.entities[attribution.entity].name == "Barack Obama"


def test_the_holder_named_in_full_is_one_with_the_office(nlp: Language) -> None:
    doc = nlp("Barack Obama spoke first. President Obama said taxes would fall.")
    names = [entity.name for entity in doc._.news.entities if entity.label == "PERSON"]
    assert names == ["Barack Obama"]
