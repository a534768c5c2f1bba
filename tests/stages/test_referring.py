"""Names, descriptions, identifiers and interviews; pronouns are scored in ``test_scores``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import load
from pipeline.document.annotations import DocEntity
from pipeline.errors import SettingsError


def mentions(doc: Doc) -> dict[str, list[str]]:
    """Return the words of the mentions by the entity's name."""
    return {
        entity.name: [doc.text[m.start : m.end] for m in entity.mentions]
        for entity in doc._.news.entities
    }


def person(doc: Doc, name: str) -> DocEntity:
    found: DocEntity = next(one for one in doc._.news.entities if one.name == name)
    return found


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        # nickname, hyphen, accent, initials, generation, particle, apostrophe, East Asian order
        ("Robert Hale spoke first. Later Bob Hale left. Hale was tired.", "Robert Hale", 3),
        ("Jean-Claude Moreau spoke. Jean Claude Moreau returned.", "Jean-Claude Moreau", 2),
        ("José Núñez spoke on Monday. Jose Nunez left on Tuesday.", "José Núñez", 2),
        ("J. Edgar Moss won on Monday. Moss smiled.", "J. Edgar Moss", 2),
        ("Sammy Davis Jr. sang in Ohio. Davis was happy.", "Sammy Davis Jr.", 2),
        ("Ursula von der Leyen spoke. Mrs. von der Leyen left.", "Ursula von der Leyen", 2),
        ("Sergio de la Cruz spoke on Monday. De la Cruz left.", "Sergio de la Cruz", 2),
        ("Saif al-Adel spoke on Monday. Al-Adel left on Tuesday.", "Saif al-Adel", 2),
        ("James O’Neill spoke on Monday. O'Neill left on Tuesday.", "James O’Neill", 2),
        ("He Lifeng left on Sunday. On Monday He Lifeng returned.", "He Lifeng", 2),
        # organisations: acronym, suffix and short form
        ("The International Monetary Fund met. The IMF cut.", "International Monetary Fund", 2),
        (
            "The World Health Organization (WHO) met. WHO said it rained.",
            "World Health Organization",
            3,
        ),
        ("Marks & Verity shut on Monday. M&V said it was sad.", "Marks & Verity", 2),
        # cities
        ("He flew to Los Angeles on Friday. L.A. was hot.", "Los Angeles", 2),
    ],
)
def test_names_in_all_their_forms(nlp: Language, text: str, name: str, count: int) -> None:
    assert len(mentions(nlp(text))[name]) == count


def test_the_name_he_is_not_a_pronoun(nlp: Language) -> None:
    doc = nlp(
        "Chinese Vice Premier He Lifeng met officials in Geneva on Friday. He said talks went on."
    )
    assert mentions(doc)["He Lifeng"] == ["Chinese Vice Premier He Lifeng", "He"]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        # two of one sentence: open
        ("Bill Clinton and Hillary Clinton flew to Ohio. Clinton said it rained.", "Clinton"),
        # by title
        (
            "Hillary Clinton flew to Iowa. Bill Clinton flew to Ohio. Mrs. Clinton said it rained.",
            "Hillary Clinton",
        ),
        # whom the article is about
        (
            "Ted Cruz won. Ted Cruz spoke. His wife, Heidi Cruz, smiled. Cruz said it rained.",
            "Ted Cruz",
        ),
    ],
)
def test_an_ambiguous_surname(nlp: Language, text: str, owner: str) -> None:
    doc = nlp(text)
    said = [m for name in (owner,) for m in person(doc, name).mentions]
    assert text.rindex("Clinton" if "Clinton" in text else "Cruz") in {
        m.end - len(doc.text[m.start : m.end].split()[-1]) for m in said
    }


def test_a_mention_is_of_one_entity(nlp: Language) -> None:
    doc = nlp("Team 2: Coach: Anna King Brandon Moss - Analyst, Peter Hull")
    spans = [(m.start, m.end) for one in doc._.news.entities for m in one.mentions]
    assert len(spans) == len(set(spans))


def test_an_open_surname_is_reported_with_its_candidates(nlp: Language) -> None:
    doc = nlp("Bill Clinton and Hillary Clinton flew to Ohio. Clinton said it rained.")
    (notice,) = doc._.news.notices
    assert notice.code == "W241"
    assert "Bill Clinton or Hillary Clinton" in notice.message
    assert doc.text[notice.start : notice.end] == "Clinton"


def test_an_open_surname_is_not_a_candidate_for_itself(nlp: Language) -> None:
    doc = nlp(
        "Bill Clinton and Hillary Clinton flew to Ohio. Clinton said it rained. Bill Clinton and "
        "Hillary Clinton were there. Clinton left."
    )
    (notice,) = doc._.news.notices
    assert notice.message == "'Clinton' may be Bill Clinton or Hillary Clinton: left open"


def test_administration_campaign_and_lawyer_are_not_the_president(nlp: Language) -> None:
    doc = nlp(
        "Donald Trump spoke on Monday. The Trump administration waited. The Trump campaign raised "
        "money. Trump's lawyer, Ann Lee, said it rained."
    )
    found = mentions(doc)
    assert found["Donald Trump"] == ["Donald Trump", "Trump"]
    assert found["Ann Lee"] == ["Trump's lawyer", "Ann Lee"]
    assert {"Trump administration", "Trump campaign"} <= found.keys()


def test_countries_capitals_and_demonyms_have_codes(nlp: Language) -> None:
    doc = nlp("Beijing said on Friday that it would wait. French officials flew to Peru and Oslo.")
    codes = {one.name: dict(one.identifiers) for one in doc._.news.entities}
    assert codes["Beijing"] == {"iso3166": "CN"}
    assert codes["French"] == {"iso3166": "FR"}
    assert codes["Peru"] == {"iso3166": "PE"}
    assert codes["Oslo"] == {}  # a place, and nobody's word


INTERVIEW = """Our reporter met Laura Stone, the mayor of Leeds, on Friday.

Q: Did you see the flood?

A: I saw it. It was terrible.

Q: Will you run again?

A: I will.
"""


def speakers(doc: Doc) -> list[tuple[str, str | None, bool]]:
    """Return source, entity and whether it is anonymous, of each attribution."""
    entities = doc._.news.entities
    return [
        (
            doc.text[one.source[0][0] : one.source[-1][1]],
            None if one.entity is None else entities[one.entity].name,
            one.anonymous,
        )
        for one in doc._.news.attributions
    ]


def test_an_interview_of_questions_and_answers(nlp: Language) -> None:
    doc = nlp(INTERVIEW)
    assert {("A", "Laura Stone", False), ("Q", None, True)} <= set(speakers(doc))
    assert mentions(doc)["Laura Stone"].count("I") == 2


def test_a_transcript_by_names(nlp: Language) -> None:
    doc = nlp("Laura Stone met us.\n\nSTONE: I will run.\n\nKANE: Why?\n\nSTONE: I love it.")
    assert speakers(doc).count(("STONE", "Laura Stone", False)) == 2
    assert mentions(doc)["Laura Stone"].count("I") == 2


def test_title_role_age_and_affiliation(nlp: Language) -> None:
    doc = nlp(
        "U.S. Trade Representative Jamieson Greer spoke. Rosa Moreno, 61, head of research at "
        "Firth Capital, left."
    )
    assert person(doc, "Jamieson Greer").descriptions == ("U.S. Trade Representative",)
    assert person(doc, "Rosa Moreno").descriptions == ("head of research at Firth Capital",)


@spacy.registry.misc("linker_of_the_tests")
def make_linker() -> Callable[[str, str, tuple[str, ...]], Mapping[str, str]]:
    def link(name: str, label: str, descriptions: tuple[str, ...]) -> Mapping[str, str]:
        return {"register": f"{label}/{name}/{len(descriptions)}", "iso3166": "XX"}

    return link


def test_a_linker_adds_identifiers_and_replaces_none() -> None:
    doc = load(linker="linker_of_the_tests")("Ann Day, the mayor, left Peru.")
    found = {one.name: dict(one.identifiers) for one in doc._.news.entities}
    assert found["Ann Day"]["register"] == "PERSON/Ann Day/1"
    assert found["Peru"]["iso3166"] == "PE"


def test_a_linker_that_is_not_registered_is_named() -> None:
    with pytest.raises(SettingsError, match="no linker 'nobody'"):
        load(linker="nobody")
