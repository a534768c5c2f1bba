"""What a head noun says about a source: a person, a group, a body, a document or data."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pipeline.document.names import kinds, organisations, read_lines
from pipeline.text.lemmas import noun_lemma

Sense = Literal["person", "group", "body", "document", "data"]

PERSON_ENDINGS = ("ist", "ian", "man", "woman", "person")
SENSE_OF_LABEL: dict[str, Sense] = {
    "PERSON": "person",
    "ORG": "body",
    "GPE": "body",
    "WORK_OF_ART": "document",
    "LAW": "document",
}


@cache
def senses() -> dict[str, Sense]:
    """Return the senses of head nouns; ``sources.txt`` takes precedence."""
    found = {
        noun: SENSE_OF_LABEL[label] for noun, label in kinds().items() if label in SENSE_OF_LABEL
    }
    found |= dict.fromkeys(organisations().nominals, "body")
    for section, line in read_lines("sources.txt"):
        found |= dict.fromkeys(line.split(), section)  # type: ignore[arg-type]  # the file's sections
    return found


def sense_of(word: str) -> Sense | None:
    """Return the sense of a lowercase noun, singular or plural, as the head of a source."""
    for form in (word, noun_lemma(word)):
        if form in senses():
            return senses()[form]
    return "person" if noun_lemma(word).endswith(PERSON_ENDINGS) else None
