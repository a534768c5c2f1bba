"""Entities and their mentions, by ``news_resolve``."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.document.annotations import DocAttribution, DocEntity, DocQuote
from pipeline.document.columns import Columns
from pipeline.document.names import Name, Reference
from pipeline.names.bodies import better_name
from pipeline.names.spelling import nearly
from pipeline.stages.coreference.chains import Clusters
from pipeline.stages.coreference.stage import without_second_nouns
from tests.blank import BLANK
from tests.linear import assert_linear
from tests.marked import before_names
from tests.stages.named import clusters_of


def entities(doc: Doc) -> list[DocEntity]:
    found: list[DocEntity] = doc._.news.entities
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
    news.attributions = [DocAttribution(((0, 11),), (), (), "direct")]
    news.quotes = [
        DocQuote(12, 14, (11, 12), None, "direct", True, attribution=0),
        DocQuote(15, 17, (14, 15), None, "direct", True, continues=0),
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


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        # persons
        ("[Robert Hale] met [Bob Hale]. [Hale] left.", ["Robert Hale"] * 3),
        ("[A. Lee] left. [Ann Lee] sat.", ["Ann Lee"] * 2),
        ("[Ann Mary Lee] left. [Ann Lee] sat.", ["Ann Mary Lee"] * 2),
        ("[Ann B. Lee] left. [Ann C. Lee] sat.", ["Ann B. Lee", "Ann C. Lee"]),
        ("[Brigade Ann Lee] left. [Ann Lee] sat.", ["Ann Lee"] * 2),
        ("[Dmitri Medvedev] left. [Dmitri Medvedyev] sat.", ["Dmitri Medvedyev"] * 2),
        ("[Virgil van Dijk] left. [Van Dijk] sat.", ["Virgil van Dijk"] * 2),
        # a surname
        ("[Lee] left. [Ann Lee] came.", ["Ann Lee"] * 2),
        ("[Ann Lee] met [Bo Lee]. [Lee] left.", ["Ann Lee", "Bo Lee", "Lee"]),
        ("[Ann Lee] left. [Lee] sat. [Bo Lee] came.", ["Ann Lee", "Ann Lee", "Bo Lee"]),
        (
            "[Ann Lee] left. [Ann Lee] sat. [Bo Lee] left. [Lee] left.",
            ["Ann Lee", "Ann Lee", "Bo Lee", "Ann Lee"],
        ),
        (
            "[Ted Cruz] left. His wife, [Heidi Cruz], came. [Cruz] sat.",
            ["Ted Cruz", "Heidi Cruz", "Ted Cruz"],
        ),
        (
            "[Al Bush] left. [Al Bush Jr.] came. [Bush] sat. [Bush Jr.] ate.",
            ["Al Bush", "Al Bush Jr.", "Al Bush", "Al Bush Jr."],
        ),
        (
            "[Al Bush] left. [Jeb Bush] came. The elder [Bush] sat.",
            ["Al Bush", "Jeb Bush", "Bush"],
        ),
        (
            "[Barack Obama] left. [Michelle Obama] came. President [Obama] met Mrs. [Obama].",
            ["Barack Obama", "Michelle Obama", "Barack Obama", "Michelle Obama"],
        ),
        # another part of a name
        ("[Hillary Clinton] left. [Hillary] sat.", ["Hillary Clinton"] * 2),
        ("[Pham Minh Chinh] left. [Chinh] sat.", ["Pham Minh Chinh"] * 2),
        ("[Ricardo Rosselló Nevares] left. [Rosselló] sat.", ["Ricardo Rosselló Nevares"] * 2),
        ("[Dmitri Medvedev] left. [Medvedyev] sat.", ["Dmitri Medvedev"] * 2),
        # organisations
        ("[ORG:Acme Corp.] met. The [ORG:Acme] cut.", ["Acme Corp."] * 2),
        ("[ORG:ACME WIDGETS] met. [ORG:Acme Widgets] cut.", ["ACME WIDGETS"] * 2),
        ("[ORG:International Monetary Fund] met [ORG:IMF].", ["International Monetary Fund"] * 2),
        ("[ORG:Ministry of Justice] met [ORG:Justice Ministry].", ["Ministry of Justice"] * 2),
        (
            "[ORG:US Department of State] met. [ORG:State Department] cut.",
            ["US Department of State"] * 2,
        ),
        ("[ORG:NBC News] met. [ORG:NBC] left.", ["NBC News"] * 2),
        ("[ORG:UN Security Council] met. [ORG:UN] left.", ["UN Security Council", "UN"]),
        ("[ORG:Straits Times] wrote. The [ORG:Times] read.", ["Straits Times"] * 2),
        (
            "[ORG:Straits Times] met [ORG:New Times]. The [ORG:Times] read.",
            ["Straits Times", "New Times", "Times"],
        ),
        ("[ORG:Vega Shipping] met. [ORG:Vega] left.", ["Vega Shipping"] * 2),
        (
            "[ORG:Vega Shipping] met [ORG:Vega Bank]. [ORG:Vega] left.",
            ["Vega Shipping", "Vega Bank", "Vega"],
        ),
        ("[ORG:American Airlines] met. [ORG:American] left.", ["American Airlines", "American"]),
        (
            "[ORG:Bureau of Land Rights] ([ORG:Rights]) met [ORG:Rights].",
            ["Bureau of Land Rights"] * 3,
        ),
        (
            "[GPE:ATHENS] ([ORG:AP]) - The [ORG:Alarm Phone] rang.",
            ["ATHENS", "AP", "Alarm Phone"],
        ),
        # by its country
        ("[ORG:United States Navy] sails. The [ORG:U.S. Navy] left.", ["United States Navy"] * 2),
        ("The [ORG:Court of Iraq] met. The [ORG:Iraqi court] left.", ["Court of Iraq"] * 2),
        ("The [ORG:U.S. Senate] met. The [ORG:Senate] left.", ["U.S. Senate"] * 2),
        (
            "The [ORG:U.S. Senate] met the [ORG:Texas Senate]. The [ORG:Senate] left.",
            ["U.S. Senate", "Texas Senate", "U.S. Senate"],
        ),
        # other names and foreign letters
        ("The [ORG:Republican Party] met. The [ORG:GOP] left.", ["Republican Party"] * 2),
        (
            "The [ORG:Disaster Agency] ([ORG:BNPB]) met. [ORG:BNPB] left.",
            ["Disaster Agency"] * 3,
        ),
        ("[ORG:Leicester City] won. [ORG:Leicester] sang.", ["Leicester City"] * 2),
        ("[NORP:Republicans] met Lee ([NORP:R]).", ["Republicans"] * 2),
        ("[GPE:Florida] met Lee (R-[GPE:FL]).", ["Florida"] * 2),
        ("[GPE:U.S.] troops met [GPE:U.S.-led] ones.", ["U.S."] * 2),
        # persons by other names
        ("[Bashar al-Assad] left. [Assad] sat.", ["Bashar al-Assad"] * 2),
        ("[Anthony Espinal] left. [Tony] sat.", ["Anthony Espinal"] * 2),
        ("[Donald Trump] left. [@realDonaldTrump] sat.", ["Donald Trump"] * 2),
        ("[Ann Lee] left. [@bolee] sat.", ["Ann Lee", "@bolee"]),
        # letters in brackets that are a person elsewhere
        ("[ORG:Acme Bank] ([ORG:AB]) met. [AB] left.", ["Acme Bank", "Acme Bank", "AB"]),
        ("[William S. Saturn] left. [WSS] sat.", ["William S. Saturn"] * 2),
        ("[Constance Renwick] left. [Connie] sat.", ["Constance Renwick"] * 2),
        # things by a part of their name
        ("[FAC:Grace Hospital] burned. [FAC:Grace] fell.", ["Grace Hospital"] * 2),
        ("[FAC:Bradley International Airport] burned. [FAC:Bradley Airport] fell.",
         ["Bradley International Airport"] * 2),
        ("[EVENT:Democratic National Convention] met. [EVENT:DNC] closed.",
         ["Democratic National Convention"] * 2),
        ("[WORK_OF_ART:Rocky 2] ran. [WORK_OF_ART:Rocky] ran.", ["Rocky 2", "Rocky"]),
        # the rest
        ("[GPE:California] and [GPE:Calif.] burn.", ["California"] * 2),
        ("[NORP:Democrats] met the [NORP:Democratic] camp.", ["Democratic"] * 2),
        ("[PRODUCT:Mozilla Firefox] fell. [PRODUCT:Firefox] rose.", ["Mozilla Firefox"] * 2),
        (
            "[PRODUCT:Mozilla Firefox] met [PRODUCT:Acme Firefox]. [PRODUCT:Firefox] rose.",
            ["Mozilla Firefox", "Acme Firefox", "Firefox"],
        ),
    ],
)  # fmt: skip
def test_which_names_are_of_one_entity(nlp: Language, marked: str, names: list[str]) -> None:
    found = clusters_of(nlp, marked)
    assert [found.chains[one.chain].name for one in found.references] == names
    assert {one.chain for one in found.references} == set(range(len(found.chains)))


@pytest.mark.parametrize(
    ("text", "old", "fuller"),
    [
        ("Acme Bank", "Acme", True),
        ("Acme", "Acme Bank", False),
        ("Acme", "Beta", False),
        ("ACME BANK", "Acme", False),
        ("ACME BANK", "ACME", True),
    ],
)
def test_the_fuller_name_of_a_thing_is_not_just_capitals(text: str, old: str, fuller: bool) -> None:
    assert better_name(text, old) == fuller


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("medvedev", "medvedyev", True),
        ("petrov", "petrow", True),
        ("petrov", "petruw", False),
        ("petrov", "petrovic", False),
        ("walter", "walters", False),
        ("rosa", "rose", False),
        ("rossa", "rosse", True),
    ],
)
def test_long_words_that_differ_in_one_letter_are_one_name(
    one: str, other: str, alike: bool
) -> None:
    assert nearly(one, other) == nearly(other, one) == alike


def test_a_doubtful_noun_is_no_second_description_in_one_sentence(nlp: Language) -> None:
    text = "The development comes as the administration met. The move ended it."
    columns = Columns(before_names(nlp, text))
    told = [("The development", 0.5), ("the administration", 0.9), ("The move", 0.5)]

    def reference(words: str, sure: float) -> Reference:
        start = columns.words.index(words.split()[0])
        return Reference(start, start + 2, start + 1, "nominal", 0, sure)

    references = [reference(*one) for one in told]
    references[2] = references[2]._replace(start=8, end=10, head=9)
    assert columns.words[8:10] == ["The", "move"]
    assert without_second_nouns(references, columns) == references[1:]
    sure = [references[0]._replace(confidence=0.7), *references[1:]]
    assert without_second_nouns(sure, columns) == sure
    other = [references[0]._replace(chain=1), *references[1:]]
    assert without_second_nouns(other, columns) == other
