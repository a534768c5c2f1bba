"""Namesakes as speakers: a wrong speaker is libel, an unresolved one is not.

All other speakers are scored in ``test_scores``.
"""

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
    ],
)
def test_who_speaks(nlp: Language, text: str, words: str, speaker: str | None) -> None:
    assert voices(nlp(text))[words] == speaker


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
