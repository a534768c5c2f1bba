"""Entities and their mentions, by ``news_resolve``."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document.annotations import Attribution, Entity, Quote
from pipeline.document.columns import Columns
from pipeline.document.names import Name
from pipeline.stages.coreference.chains import Clusters
from tests.blank import BLANK
from tests.linear import assert_linear


def entities(doc: Doc) -> list[Entity]:
    found: list[Entity] = doc._.news.entities
    return found


def at(doc: Doc, phrase: str, nth: int = 0) -> str | None:
    """Return the name of the entity that the nth occurrence of a phrase is a mention of."""
    start = -1
    for _ in range(nth + 1):
        start = doc.text.index(phrase, start + 1)
    for entity in entities(doc):
        for mention in entity.mentions:
            if mention.end == start + len(phrase) and mention.start <= start:
                return entity.name
    return None


def names(doc: Doc, label: str = "PERSON") -> list[str]:
    return [entity.name for entity in entities(doc) if entity.label == label]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mayor Bill de Blasio spoke. Mr. de Blasio left early.", "Bill de Blasio"),
        ("Xi Jinping arrived on Monday. President Xi left on Tuesday.", "Xi Jinping"),
        ("Virgil van Dijk scored. Van Dijk said he was tired.", "Virgil van Dijk"),
        ("Pham Minh Chinh spoke in Hanoi. Chinh said trade grew.", "Pham Minh Chinh"),
        ("Francis Ogolla spoke. Gen Ogolla left early.", "Francis Ogolla"),
    ],
)
def test_names_of_one_person_are_one_entity(nlp: Language, text: str, name: str) -> None:
    assert names(nlp(text)) == [name]


def test_two_bearers_of_a_surname_stay_two(nlp: Language) -> None:
    doc = nlp("Bill Clinton spoke in Ohio. Hillary Clinton spoke in Iowa. Mrs. Clinton was happy.")
    assert sorted(names(doc)) == ["Bill Clinton", "Hillary Clinton"]
    assert at(doc, "Mrs. Clinton") == "Hillary Clinton"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Chris Walters will lead it. Ms Walters laughed.", ["Chris Walters"]),
        ("John Smith will lead it. Ms Smith laughed.", ["John Smith", "Smith"]),
    ],
)
def test_a_title_may_differ_from_the_usual_gender_of_a_name_that_many_women_have(
    nlp: Language, text: str, people: list[str]
) -> None:
    assert names(nlp(text)) == people


def test_an_amount_is_not_an_entity(nlp: Language) -> None:
    doc = nlp("The World Bank cited debt of Ksh11.4 trillion in May.")
    assert [entity.name for entity in entities(doc)] == ["World Bank"]


def test_a_person_called_by_nation_is_not_the_nation(nlp: Language) -> None:
    doc = nlp("Luca Tosi lost. He had slept badly, the Italian said. The Italian team left.")
    assert [
        mention.start for one in entities(doc) for mention in one.mentions if one.name == "Italian"
    ] == [doc.text.index("Italian team")]


def test_junior_is_not_his_father(nlp: Language) -> None:
    doc = nlp("Donald Trump spoke in Ohio. Donald Trump Jr. spoke in Iowa.")
    assert len(names(doc)) == 2


def test_a_pronoun_without_antecedent_stays_open(nlp: Language) -> None:
    doc = nlp("She left the room. The rain fell on Paris.")
    assert at(doc, "She") is None


def test_countries_have_their_code_in_every_form(nlp: Language) -> None:
    doc = nlp("The U.S. signed. The United States paid. China waited.")
    found = {entity.name: dict(entity.identifiers) for entity in entities(doc)}
    assert found == {"United States": {"iso3166": "US"}, "China": {"iso3166": "CN"}}


def test_a_carried_on_quotation_inherits_its_speaker(nlp: Language) -> None:
    doc = nlp("Laura Stone spoke.")
    news = doc._.news
    news.attributions = [Attribution(((0, 11),), (), (), "direct")]
    news.quotes = [
        Quote(12, 14, (11, 12), None, "direct", True, attribution=0),
        Quote(15, 17, (14, 15), None, "direct", True, continues=0),
    ]
    doc = nlp.get_pipe("news_resolve")(doc)
    speakers = [quote.speaker for quote in doc._.news.quotes]
    assert speakers[0] is not None
    assert speakers[0] == speakers[1]


def test_spans_for_strangers(nlp: Language) -> None:
    doc = nlp("Laura Stone said she was tired.")
    assert ("she", "PERSON") in {(span.text, span.label_) for span in doc.spans["entities"]}


@pytest.fixture(scope="module")
def unparsed() -> Language:
    """Return a pipeline without tags and parse."""
    nlp = spacy.blank("en")
    nlp.add_pipe("news_entities")
    nlp.add_pipe("news_resolve")
    return nlp


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(["He", "she", "Mr.", "Lee", "'s", "the", "senator", ",", "\n", "who", "I"])
    )
)
def test_odd_text_never_raises(nlp: Language, words: list[str]) -> None:
    doc = nlp(" ".join(words))
    for entity in doc._.news.entities:
        assert entity.mentions


def test_an_article_of_names_and_pronouns_takes_linear_time() -> None:
    def resolve(persons: int) -> None:
        each = (f"John{i} Smith{i} he him the senator".split() for i in range(persons))
        words = [word for one in each for word in one]
        size = len(words)
        tags, deps, heads = ["NN"] * size, ["dep"] * size, list(range(size))
        doc = Doc(BLANK.vocab, words=words, tags=tags, deps=deps, heads=heads)
        doc._.news.quotes = doc._.news.attributions = []
        doc.ents = [Span(doc, i, i + 2, "PERSON") for i in range(0, len(doc) - 1, 6)]
        stage(doc)

    stage = BLANK.create_pipe("news_resolve")
    assert_linear(resolve, 200)


def test_a_name_at_the_start_takes_no_title_from_the_end_of_the_text(nlp: Language) -> None:
    doc = nlp("Lee Mr.")
    assert all(0 <= m.start < m.end for e in doc._.news.entities for m in e.mentions)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Orban spoke on Friday. He said that he was tired. Then he left.", "PERSON"),
        ("Orban grew on Friday. It is a town. Its mayor left.", "GPE"),
    ],
)
def test_a_name_that_is_called_he_again_and_again_is_a_person(
    nlp: Language, text: str, label: str
) -> None:
    doc = nlp.make_doc(text)
    for name, step in nlp.pipeline:
        if name == "news_resolve":
            doc.ents = [Span(doc, 0, 1, "GPE")]
        doc = step(doc)
    (entity,) = doc._.news.entities
    assert (entity.name, entity.label) == ("Orban", label)


def test_the_age_in_a_mention_is_that_of_its_entity(nlp: Language) -> None:
    doc = nlp(
        "Emmanuel Macron named Luc Petit on Friday. Petit, a lawyer, thanked him. Petit said he "
        "was ready. The 39-year-old said he would start at once."
    )
    (figure,) = [one for one in doc._.news.figures if one.kind == "age"]
    assert figure.holder is not None
    start, end = figure.holder
    assert doc.text[start:end] == "The 39-year-old"


def test_the_agency_of_a_dateline_is_no_acronym_of_a_name_in_the_text(nlp: Language) -> None:
    doc = nlp("ATHENS, Greece (AP) - The charity Alarm Phone said it had called Athens at 2 a.m.")
    assert {"AP", "Alarm Phone"} <= set(names(doc, "ORG"))


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Tamil Nadu Chief Minister M.K. Stalin wrote.", "Tamil Nadu Chief Minister M.K. Stalin"),
        ("Labour leader Sir Keir Starmer wrote.", "Labour leader Sir Keir Starmer"),
    ],
)
def test_a_title_is_whole_in_a_mention(nlp: Language, text: str, mention: str) -> None:
    doc = nlp(text)
    (person,) = [one for one in entities(doc) if one.label == "PERSON"]
    assert doc.text[person.mentions[0].start : person.mentions[0].end] == mention


def test_a_courtesy_title_is_no_part_of_the_office_before_it(nlp: Language) -> None:
    doc = nlp("Labour leader Sir Keir Starmer thanked the police.")
    (person,) = [one for one in entities(doc) if one.label == "PERSON"]
    assert person.descriptions == ("Labour leader",)


def test_the_kims_are_two(nlp: Language) -> None:
    doc = nlp("Kim Jong Un spoke in Pyongyang. Kim said so. His sister, Kim Yo Jong, agreed.")
    assert at(doc, "Kim", 1) == "Kim Jong Un"
    assert names(doc) == ["Kim Jong Un", "Kim Yo Jong"]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("The UN Security Council met on Monday. Later the UN said it was over.", "UN"),
        (
            "He joined the Political Bureau of the Central Committee. Then the Central Committee"
            " met in Beijing.",
            "Central Committee",
        ),
    ],
)
def test_a_body_is_not_its_own_part(nlp: Language, text: str, short: str) -> None:
    doc = nlp(text)
    assert short in names(doc, "ORG")


def test_a_broadcaster_is_its_news(nlp: Language) -> None:
    doc = nlp("The lawyer told NBC News so on Monday. She told NBC that he was wrong.")
    assert names(doc, "ORG") == ["NBC News"]


def test_the_agency_of_a_dateline_is_not_its_place() -> None:
    doc = Doc(
        BLANK.vocab,
        words=["MINNEAPOLIS", "(", "AP", ")", "—", "Rain", "fell", "."],
        ents=["B-GPE", "O", "B-GPE", "O", "O", "O", "O", "O"],
    )
    clusters = Clusters(Columns(doc), [Name(0, 1, "GPE"), Name(2, 3, "GPE")])
    assert [chain.name for chain in clusters.chains] == ["MINNEAPOLIS", "AP"]
