"""Who is who in a text, and who says what, by ``news_resolve``."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.stages.annotations import Attribution, Entity, Quote

SEED = Path(__file__).parents[2] / "seeds" / "000_12599b830581316b.txt"


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
        ("Robert Hale spoke first. Later Bob Hale left. Hale was tired.", "Robert Hale"),
        ("J. Edgar Moss won. Moss smiled.", "J. Edgar Moss"),
        ("Mayor Bill de Blasio spoke. Mr. de Blasio left early.", "Bill de Blasio"),
        ("Xi Jinping arrived on Monday. President Xi left on Tuesday.", "Xi Jinping"),
    ],
)
def test_names_of_one_person_are_one_entity(nlp: Language, text: str, name: str) -> None:
    assert names(nlp(text)) == [name]


def test_two_bearers_of_a_surname_stay_two(nlp: Language) -> None:
    doc = nlp("Bill Clinton spoke in Ohio. Hillary Clinton spoke in Iowa. Mrs. Clinton was happy.")
    assert sorted(names(doc)) == ["Bill Clinton", "Hillary Clinton"]
    assert at(doc, "Mrs. Clinton") == "Hillary Clinton"


def test_junior_is_not_his_father(nlp: Language) -> None:
    doc = nlp("Donald Trump spoke in Ohio. Donald Trump Jr. spoke in Iowa.")
    assert len(names(doc)) == 2


def test_the_administration_is_not_the_president(nlp: Language) -> None:
    doc = nlp(
        "Barack Obama gave a speech. The Obama administration said the administration would wait."
    )
    assert at(doc, "the administration") == "Obama administration"
    assert at(doc, "Barack Obama") == "Barack Obama"


@pytest.mark.parametrize(
    ("text", "pronoun", "name"),
    [
        ("Laura Stone met Peter Kane. She thanked the host.", "She", "Laura Stone"),
        ("Laura Stone met Peter Kane. He thanked the host.", "He", "Peter Kane"),
        # the object is not the subject
        ("Peter Kane met Tom Reed on Sunday. Kane praised him.", "him", "Tom Reed"),
        # the reporter's sentence looks past the words in marks
        ('"I never met Tom Reed," Peter Kane said. He declined to say more.', "He", "Peter Kane"),
        # the subject of the verb of saying
        ("Tom Reed was late. Peter Kane said he would wait.", "he", "Peter Kane"),
        # ahead of its name
        ("In his speech on Monday, Peter Kane promised jobs.", "his", "Peter Kane"),
        # relative
        ("The prize went to Laura Stone, who lives in Leeds.", "who", "Laura Stone"),
        # inside quotation marks "I" is the speaker …
        ('"I will run again," Laura Stone said.', "I", "Laura Stone"),
        # … and "he" is not
        ('Tom Reed resigned. "He did well," Peter Kane said.', "He", "Tom Reed"),
    ],
)
def test_pronouns(nlp: Language, text: str, pronoun: str, name: str) -> None:
    assert at(nlp(text), pronoun) == name


def test_a_pronoun_without_antecedent_stays_open(nlp: Language) -> None:
    doc = nlp("She left the room. The rain fell on Paris.")
    assert at(doc, "She") is None


@pytest.mark.parametrize(
    ("text", "phrase", "name"),
    [
        ("Sen. Laura Stone spoke on Monday. The senator was tired.", "The senator", "Laura Stone"),
        (
            "Laura Stone, the mayor of Leeds, spoke. The mayor was tired.",
            "The mayor",
            "Laura Stone",
        ),
        (
            "Sen. Laura Stone spoke on Monday. The lawmaker was tired.",
            "The lawmaker",
            "Laura Stone",
        ),
        (
            "Acme Biologics Inc. lost money on Monday. The company fired its chief.",
            "The company",
            "Acme Biologics Inc.",
        ),
        ("Riots shook Peru on Monday. The country is tired.", "The country", "Peru"),
    ],
)
def test_nominals(nlp: Language, text: str, phrase: str, name: str) -> None:
    assert (at(nlp(text), phrase) or "").rstrip(".") == name.rstrip(".")


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("U.S. Trade Representative Jamieson Greer spoke.", "U.S. Trade Representative"),
        (
            "Laura Stone, head of research at Firth Capital, spoke.",
            "head of research at Firth Capital",
        ),
    ],
)
def test_descriptions(nlp: Language, text: str, description: str) -> None:
    person = next(e for e in entities(nlp(text)) if e.label == "PERSON")
    assert description in person.descriptions


def test_countries_have_their_code_in_every_form(nlp: Language) -> None:
    doc = nlp("The U.S. signed. The United States paid. China waited.")
    found = {entity.name: dict(entity.identifiers) for entity in entities(doc)}
    assert found == {"United States": {"iso3166": "US"}, "China": {"iso3166": "CN"}}


def attributed(nlp: Language, text: str, source: str) -> tuple[Doc, Attribution]:
    """Resolve a text with one attribution whose source is the given phrase."""
    doc = nlp.make_doc(text)
    for name, pipe in nlp.pipeline:
        if name in ("news_attributions", "news_resolve"):
            continue
        doc = pipe(doc)
    start = text.index(source)
    doc._.news.attributions = [
        Attribution(((start, start + len(source)),), (), ((0, 3),), "indirect", form="nominal")
    ]
    doc = nlp.get_pipe("news_resolve")(doc)
    return doc, doc._.news.attributions[0]


@pytest.mark.parametrize(
    ("text", "source", "name", "anonymous"),
    [
        ("It rained, Laura Stone said.", "Laura Stone", "Laura Stone", False),
        (
            "Israel's Prime Minister Benjamin Netanyahu praised the plan, calling it brave.",
            "Israel's Prime Minister Benjamin Netanyahu",
            "Benjamin Netanyahu",
            False,
        ),
        (
            "India's biggest lender, Firth Capital, reported a loss.",
            "India's biggest lender, Firth Capital",
            "Firth Capital",
            False,
        ),
        ("It rained, two officials said. Laura Stone left.", "two officials", None, True),
        ("It rained, an aide to Laura Stone said.", "an aide to Laura Stone", None, True),
        ("It rained, Laura Stone and Tom Reed said.", "Laura Stone and Tom Reed", None, False),
        ("It rained, Laura Stone's lawyer said.", "Laura Stone's lawyer", None, True),
    ],
)
def test_sources(nlp: Language, text: str, source: str, name: str | None, anonymous: bool) -> None:
    doc, one = attributed(nlp, text, source)
    assert (None if one.entity is None else entities(doc)[one.entity].name) == name
    assert one.anonymous is anonymous


def test_a_role_belongs_to_its_possessor(nlp: Language) -> None:
    doc = nlp("Laura Stone's lawyer, Tom Reed, was late. On Monday Stone's lawyer left the city.")
    assert at(doc, "Stone's lawyer", 1) == "Tom Reed"


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


def test_every_mention_of_the_seed_is_resolved(nlp: Language) -> None:
    doc = nlp(SEED.read_text(encoding="utf-8"))
    assert at(doc, "The administration") == "Trump administration"
    assert at(doc, "He Lifeng") == "He Lifeng"
    greer = next(e for e in entities(doc) if e.name == "Jamieson Greer")
    pronouns = [doc.text[m.start : m.end] for m in greer.mentions if m.kind == "pronoun"]
    assert pronouns == ["he", "he", "his", "I", "he", "he"]


def test_spans_for_strangers(nlp: Language) -> None:
    doc = nlp("Laura Stone said she was tired.")
    assert ("she", "PERSON") in {(span.text, span.label_) for span in doc.spans["entities"]}


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
    nlp = spacy.blank("en")
    stage = nlp.create_pipe("news_resolve")
    words = [w for i in range(4_000) for w in f"John{i} Smith{i} he him the senator".split()]
    size = len(words)
    doc = Doc(nlp.vocab, words=words, tags=["NN"] * size, deps=["dep"] * size, heads=range(size))
    doc._.news.quotes = doc._.news.attributions = []
    doc.ents = [Span(doc, i, i + 2, "PERSON") for i in range(0, len(doc) - 1, 6)]
    start = time.perf_counter()
    stage(doc)
    assert time.perf_counter() - start < 10


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
