"""Speakers in news: a wrong speaker is libel, an unresolved one is not."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc


def voices(doc: Doc) -> dict[str, str | None]:
    """Return the speaker of each quotation of speech by its words."""
    entities = doc._.news.entities
    return {
        doc.text[one.start : one.end]: None if one.speaker is None else entities[one.speaker].name
        for one in doc._.news.quotes
        if one.speech
    }


def sources(doc: Doc) -> dict[str, tuple[str | None, bool]]:
    """Return the entity and the anonymity of each source, by its words."""
    entities = doc._.news.entities
    return {
        doc.text[one.source[0][0] : one.source[-1][1]]: (
            None if one.entity is None else entities[one.entity].name,
            one.anonymous,
        )
        for one in doc._.news.attributions
        if one.source
    }


NAMESAKES = """Chairman Hiroto Mori bowed on Monday. “I am sorry,” Mori said.

His deputy, Kenta Mori, said nothing. Kenta Mori left early.
"""

FAMILY = """Dean Pruitt, 44, and his brother, Rob Pruitt, 39, deny the fire. \
Their father, Wade Pruitt, 71, spoke on Monday.

“They argued,” the elder Pruitt testified.
"""

IN_LAWS = """Tan Wei Ming was jailed for nine years, and his sister-in-law Tan Siew Ling for four.

“He is sorry,” a lawyer said. “I was tired,” Mr Tan told the court. “I was scared,” Ms Tan wrote.
"""

UNKNOWN = """Tan Siew Ling met Tan Mei Hua on Monday. “I was tired,” Mr Tan told the court."""

INQUIRY = """The guard, Sipho Mkhize, testified for an hour on Thursday. \
Justice Zanele Ngcobo asked him why he had waited. “I have children,” he replied.
"""

PRESS = """Press secretary Karen Boyle said that President Fuller had seen the vote. \
Asked if he thought that it went too far, she replied, “People should be nice.”
"""

BRIEFING = """Treasurer Nomvula Dlamini denies it. Dlamini, 60, was told of it on Monday.

The party's secretary-general, Fikile Mbatha, said \
that Dlamini would have a chance to clear her name. “Nobody is above the party,” he told reporters.
"""


BACKER = (
    "The head of the big Super PAC backing former Florida Gov. Jeb Bush for president, Mike Murphy"
)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        # a person who is named only later is not the referent
        (NAMESAKES, "I am sorry,", "Hiroto Mori"),
        # one of three family members, not identified by a name
        (FAMILY, "They argued,", "Pruitt"),
        # family name first, and "in-law" shows who is Mr and who is Ms
        (IN_LAWS, "I was tired,", "Tan Wei Ming"),
        (IN_LAWS, "I was scared,", "Tan Siew Ling"),
        # "Mr" refers to neither of two people of unknown gender
        (UNKNOWN, "I was tired,", "Tan"),
        # the person who asked does not reply
        (INQUIRY, "I have children,", "Sipho Mkhize"),
        # the same sentence has a "he" for the president
        (PRESS, "People should be nice.", "Karen Boyle"),
        # a person named in the content is not its speaker
        (
            "Kiely's daughter, Róisín, thinks that her mother has suffered enough. 'Mum forgives "
            "everybody,' she says. 'I don't know if that's strength or tiredness.'",
            "Mum forgives everybody,",
            "Róisín",
        ),
        # … except in what others say about him, and what is done to him
        # a member of a nationality who is named elsewhere
        (
            "Lars Berg lost. “It rained all day long,” the Swede said.",
            "It rained all day long,",
            None,
        ),
        # heard, not published
        (
            "It was posted by the website Gloss. In it, a man's voice can be heard saying: "
            "“Do you know me?”",
            "Do you know me?",
            None,
        ),
    ],
)
def test_who_speaks(nlp: Language, text: str, words: str, speaker: str | None) -> None:
    assert voices(nlp(text))[words] == speaker


@pytest.mark.parametrize(
    ("text", "source", "name", "anonymous"),
    [
        # the name after the comma is the source's own …
        (
            "Her predecessor, Malcolm Trewin, said that it was late.",
            "Her predecessor, Malcolm Trewin",
            "Malcolm Trewin",
            False,
        ),
        (
            "Two left. One of them, Pete Hollis, said that it was late.",
            "One of them, Pete Hollis",
            "Pete Hollis",
            False,
        ),
        (
            "The mining company, Apex Ridge, said it had stopped.",
            "The mining company, Apex Ridge",
            "Apex Ridge",
            False,
        ),
    ],
)
def test_sources(nlp: Language, text: str, source: str, name: str | None, anonymous: bool) -> None:
    assert sources(nlp(text))[source] == (name, anonymous)


@pytest.mark.parametrize(
    ("text", "name", "mention"),
    [
        (
            "Julian Frost apologised. In a statement on Instagram, Frost, 39, said: “I am sorry.”",
            "Julian Frost",
            "Frost",
        ),
        (
            "A bench of Justices A.K. Mehrotra and Leela Krishnan met on Monday. “You can't come "
            "with bulldozers overnight,” Justice Mehrotra told the state's counsel.",
            "A.K. Mehrotra",
            "Justice Mehrotra",
        ),
    ],
)
def test_surnames_known_from_elsewhere(nlp: Language, text: str, name: str, mention: str) -> None:
    doc = nlp(text)
    (found,) = [one for one in doc._.news.entities if one.name == name]
    _, last = [doc.text[one.start : one.end] for one in found.mentions if one.kind == "name"]
    assert last == mention


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The party's secretary-general, Fikile Mbatha, said that it was late.", "Fikile Mbatha"),
        (
            "French foreign minister Élodie Marchand said that the door remained open.",
            "Élodie Marchand",
        ),
    ],
)
def test_whole_names(nlp: Language, text: str, name: str) -> None:
    assert name in {one.name for one in nlp(text)._.news.entities}


def test_a_description_begins_with_its_possessive(nlp: Language) -> None:
    doc = nlp("“It is late,” the group said on X. Its president, Ann Day, urged it to publish.")
    (day,) = [one for one in doc._.news.entities if one.name == "Ann Day"]
    assert day.descriptions == ("president",)


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        (
            "Danjuma's spokesman, Emeka Nwosu, said that the police would appeal. He said that "
            "it was late.",
            "Emeka Nwosu",
            "PERSON",
        ),
        (
            "Mayor Jelena Petrović, 51, and Dragan Petrović, 47, were detained at the town hall.",
            "Dragan Petrović",
            "PERSON",
        ),
    ],
)
def test_persons(nlp: Language, text: str, name: str, label: str) -> None:
    assert (name, label) in {(one.name, one.label) for one in nlp(text)._.news.entities}
