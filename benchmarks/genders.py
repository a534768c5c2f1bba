"""Copies of an article in which every person is of the other gender, or of the same."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from robustness import (
    SURNAMES,
    Edit,
    drawn,
    first_names_of,
    in_form,
    name_edits,
    personal_names,
    words_of,
)
from spacy.tokens import Doc, Token

from pipeline.names.lists import Gender, gender_of
from pipeline.records.schema import ArticleRecord
from pipeline.text.spans import CharSpan

OTHER: dict[Gender, Gender] = {"m": "f", "f": "m"}
PAIRS = """
he she|himself herself|man woman|men women|male female|males females|boy girl|boys girls
boyfriend girlfriend|father mother|fathers mothers|son daughter|sons daughters
brother sister|brothers sisters|husband wife|husbands wives|ex-husband ex-wife|uncle aunt
nephew niece|grandfather grandmother|grandson granddaughter|stepfather stepmother
stepson stepdaughter|father-in-law mother-in-law|son-in-law daughter-in-law|widower widow|dad mum
actor actress|waiter waitress|host hostess|gentleman lady|gentlemen ladies|fiancé fiancée
spokesman spokeswoman|spokesmen spokeswomen|chairman chairwoman|congressman congresswoman
congressmen congresswomen|businessman businesswoman|businessmen businesswomen
assemblyman assemblywoman|councilman councilwoman|alderman alderwoman|policeman policewoman
policemen policewomen|servicemen servicewomen|salesman saleswoman|cameraman camerawoman
sportsman sportswoman|gunman gunwoman|statesman stateswoman|layman laywoman
"""
"""What a man and a woman are called; a word that is not of one gender alone has no pair here."""
TITLES = "Mr. Ms.|Mr Ms|Mister Miss|Sir Dame|Lord Lady|King Queen|Prince Princess|Duke Duchess"
ONE_WAY = {"Mrs.": "Mr.", "Mrs": "Mr"}
"""Titles with more than one counterpart of the other gender."""


def _pairs(text: str) -> dict[str, str]:
    """Return each word with its counterpart for the other gender."""
    found: dict[str, str] = {}
    for pair in text.replace("\n", "|").split("|"):
        if pair:
            man, woman = pair.split()
            found |= {man: woman, woman: man}
    return found


WORDS = _pairs(PAIRS) | {"mom": "dad"}
IN_FRONT = _pairs(TITLES) | ONE_WAY


class Names(NamedTuple):
    """New names by the form of the old one: those of the same gender, and of the other."""

    same: dict[str, str]
    other: dict[str, str]


def names(record: ArticleRecord, seed: int) -> Names:
    """Return new names for all persons of a record; the surnames are the same in both.

    A first name that tells no gender gets another such one.
    """
    made = Names({}, {})
    taken = words_of(record)
    draw = random.Random(f"{seed}/{record.id}")
    given: dict[tuple[str, bool], tuple[str, str]] = {}
    for old, is_first, forms in personal_names(record):
        key = old, is_first
        if key not in given:
            gender = gender_of(old) if is_first else None
            same = drawn(old, first_names_of(gender) if is_first else SURNAMES, taken, draw)
            other = drawn(old, first_names_of(OTHER[gender]), taken, draw) if gender else same
            given[key] = same, other
        made.same.update(in_form(given[key][0], forms))
        made.other.update(in_form(given[key][1], forms))
    return made


def word_edits(doc: Doc, others: Iterable[CharSpan]) -> Iterator[Edit]:
    """Yield an edit for each word that tells a gender, but those that touch ``others``."""
    spans = list(others)
    for token in doc:
        start, end = token.idx, token.idx + len(token)
        new = _other(token)
        if new and not any(a < end and start < b for a, b in spans):
            yield Edit(start, end, new)


def _other(token: Token) -> str | None:
    """Return the word for the other gender, in capitals as the old one; None if there is none."""
    text = token.text
    if text in IN_FRONT:
        return IN_FRONT[text]
    small = text.lower()
    if small == "him":
        new = "her"
    elif small == "his":
        new = "her" if token.dep_ == "poss" else "hers"
    elif small == "her":
        new = "his" if token.dep_ == "poss" else "him"
    elif small == "hers":
        new = "his"
    else:
        new = WORDS.get(small, "")
    if text.isupper() and len(text) > 1:
        return new.upper() or None
    return (new[:1].upper() + new[1:] if text[0].isupper() else new) or None


def edits(
    doc: Doc,
    record: ArticleRecord,
    new: dict[str, str],
    *,
    swapped: bool,
) -> list[Edit]:
    """Return the edits that make a copy: new names, and the words of the other gender."""
    named: dict[bool, list[CharSpan]] = {True: [], False: []}
    for entity in record.entities:
        named[entity.label == "PERSON"] += [
            (one.start, one.end) for one in entity.mentions if one.kind == "name"
        ]
    found = list(name_edits(record.text, new, named[True], named[False]))
    if swapped:
        touched = [*((one.start, one.end) for one in found), *named[False]]
        found += word_edits(doc, touched)
    return sorted(found)
