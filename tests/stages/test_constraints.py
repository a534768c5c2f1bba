"""What the text says for certain about who speaks, whatever the networks make of it."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import DocMention
from pipeline.stages.attributions.beliefs import Reported
from pipeline.stages.attributions.constraints import Constraints
from pipeline.stages.attributions.reading import Reading
from tests.blank import BLANK


def said(doc: Doc) -> list[tuple[str, str | None]]:
    """Return the quotations with the names of their speakers."""
    news = doc._.news
    names = [one.name for one in news.entities]
    return [
        (doc.text[one.start : one.end], None if one.speaker is None else names[one.speaker])
        for one in news.quotes
    ]


def sources(doc: Doc) -> dict[str, str | None]:
    """Return the words of the source of each cue."""
    return {
        doc.text[slice(*one.cue[0])]: doc.text[slice(*one.source[0])] if one.source else None
        for one in doc._.news.attributions
    }


def mentions(doc: Doc, name: str) -> list[str]:
    (found,) = (one.mentions for one in doc._.news.entities if one.name == name)
    return [doc.text[one.start : one.end] for one in map(DocMention._make, found)]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (
            "“I am innocent,” Tom Lee told the court. “Not so,” replied the judge, Ann Roe. "
            "“The records are clear.”",
            ["Tom Lee", "Ann Roe", "Ann Roe"],
        ),
        (
            "Tom Lee told the court: “I am innocent.” “Not so,” replied the judge, Ann Roe.",
            ["Tom Lee", "Ann Roe"],
        ),
        (
            "“It is a good plan,” Tom Lee said. “We need it.” “It is not,” the grocer hit back.",
            ["Tom Lee", "Tom Lee", None],
        ),
        (
            "“It is a good plan,” said Tom Lee. “It is not,” shot back one neighbour.",
            ["Tom Lee", None],
        ),
    ],
)
def test_a_quotation_with_a_clause_of_its_own_belongs_to_no_other_sentence(
    nlp: Language, text: str, speakers: list[str | None]
) -> None:
    assert [who for _, who in said(nlp(text))] == speakers


@pytest.mark.parametrize(
    ("reply", "phrase"),
    [
        ("replied the judge", "the judge"),
        ("interrupted the judge", "the judge"),
        ("the shopkeeper hit back", "the shopkeeper"),
        ("an engineer countered", "an engineer"),
        ("retorted one neighbour", "one neighbour"),
    ],
)
def test_whoever_replies_is_not_the_one_who_spoke(nlp: Language, reply: str, phrase: str) -> None:
    doc = nlp(f"‘I am innocent,’ said Tom Lee. ‘Not so,’ {reply}. ‘The records are clear.’")
    assert [who for _, who in said(doc)] == ["Tom Lee", None, None]
    assert phrase not in mentions(doc, "Tom Lee")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("‘I am innocent,’ said Tom Lee. ‘Not so,’ interrupted the judge, Ann Roe.", "Ann Roe"),
        ("‘It will come out,’ said Tom Lee. ‘There is no going back,’ remarked a judge.", None),
    ],
)
def test_the_source_of_a_verb_behind_a_quotation_follows_it(
    nlp: Language, text: str, who: str | None
) -> None:
    assert [name for _, name in said(nlp(text))] == ["Tom Lee", who]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Tom Lee sat in silence. ‘We are ready,’ complained his boss. ‘It is late.’", "his boss"),
        ("“It is over,” said Ann Roe. Her boss added: “We lost it all.”", "Her boss"),
    ],
)
def test_nobody_is_their_own_boss(nlp: Language, text: str, phrase: str) -> None:
    doc = nlp(text)
    assert said(doc)[-1][1] is None
    assert all(phrase not in mentions(doc, one.name) for one in doc._.news.entities)


@pytest.mark.parametrize(
    "text",
    [
        "‘It is late,’ said Tom Lee. ‘Go home,’ he replied to himself.",
        "‘It is late,’ said Tom Lee. ‘I know,’ replied Lee. ‘I will go.’",
    ],
)
def test_a_name_or_a_pronoun_may_go_on(nlp: Language, text: str) -> None:
    assert {who for _, who in said(nlp(text))} == {"Tom Lee"}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Tom Lee, 41, was seen on Monday. Police said a 41-year-old man was in custody.", "man"),
        ("Tom Lee spoke to residents. Another resident, a baker, said that he agreed.", "nother"),
    ],
)
def test_an_indefinite_phrase_is_nobody_who_was_named(
    nlp: Language, text: str, phrase: str
) -> None:
    assert not [one for one in mentions(nlp(text), "Tom Lee") if phrase in one]


def test_an_indefinite_phrase_may_be_somebody_who_is_named_later(nlp: Language) -> None:
    doc = nlp(
        "A man who paid a teenager £400 to burn a car was jailed on Monday. "
        "Dean Marsh, 46, of Hull, admitted arson at Leeds Crown Court."
    )
    assert mentions(doc, "Dean Marsh") == ["A man", "who", "Dean Marsh"]
    (paid,) = (one for one in doc._.news.figures if one.kind == "money")
    assert paid.holder is None or doc.text[slice(*paid.holder)] != "Dean Marsh"


@pytest.mark.parametrize(
    ("text", "speakers", "continues"),
    [
        (  # the second paragraph is his, whoever is named behind it
            "Tom Lee, the manager of Hull, said: “We were good today.\n\n“We will be back.” "
            "Ann Roe, of Leeds, said her team was tired.",
            ["Tom Lee", "Tom Lee"],
            [None, 0],
        ),
        (
            "“A recording of one,” Liisa Rebane said. “Then it is not a bell,” Sola Adeleke "
            "replied, to applause.",
            ["Liisa Rebane", "Sola Adeleke"],
            [None, None],
        ),
        (
            "“We lost,” Tom Lee said. “Badly.”",
            ["Tom Lee", "Tom Lee"],
            [None, 0],
        ),
    ],
)
def test_quotations_that_continue_each_other_have_one_speaker(
    nlp: Language, text: str, speakers: list[str], continues: list[int | None]
) -> None:
    doc = nlp(text)
    assert [who for _, who in said(doc)] == speakers
    assert [one.continues for one in doc._.news.quotes] == continues


@pytest.mark.parametrize(
    ("text", "cue", "source"),
    [
        ("Lee's visit to Rome came as data showed that the economy shrank.", "showed", "data"),
        (
            "Prices rose, contradicting the mayor's claim that taxes would fall.",
            "claim",
            "the mayor",
        ),
        (
            "Greer told the paper, but added, “instead of an economy that is financed by the "
            "state, we want to make real stuff and sell it.”",
            "want",
            "we",
        ),
    ],
)
def test_the_source_is_the_subject_or_the_owner_of_the_cue(
    fast_nlp: Language, text: str, cue: str, source: str
) -> None:
    assert sources(fast_nlp(text))[cue] == source


@pytest.mark.parametrize(("gap", "allowed"), [(" ", True), ("\n", True), ("\n\n", False)])
def test_a_source_is_refused_behind_a_paragraph_not_behind_a_line_of_a_wrapped_text(
    gap: str, allowed: bool
) -> None:
    text = (
        f"The bridge over the river was closed for all of last week, said{gap}"
        "Ann Lee, who has run the small shop at its far end for many years. She\n"
        "said that few people came, and that the shop would have to close soon,\n"
        "because nobody can cross the river on foot now, as they always did.\n"
    )
    doc = BLANK.make_doc(text)
    cue, source = (next(one.i for one in doc if one.text == word) for word in ("said", "Ann"))
    found = Reported((cue, cue + 1), (source, source + 2), ((0, cue),))
    assert Constraints(Reading(doc, [])).allow(found) is allowed


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Tom Lee and Ann Roe left. Neither of the two would say how the fire began.", True),
        ("Nobody said that the fire was an accident.", True),
        ("No official said that the fire was an accident.", True),
        ("None of the officials said that the fire was an accident.", True),
        ("The official with no hat said that the fire was an accident.", False),
    ],
)
def test_a_subject_negates_its_cue(nlp: Language, text: str, negated: bool) -> None:
    assert [one.negated for one in nlp(text)._.news.attributions] == [negated]


def test_an_age_is_no_description(nlp: Language) -> None:
    doc = nlp("Rosa Moreno, 46, said it was over. Known as 21, Tom Lee sang.")
    assert [one.descriptions for one in doc._.news.entities] == [(), ()]
