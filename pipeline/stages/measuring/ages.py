"""Tell which bare numbers are ages: "Moreno, 47," and "she was six"."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages.measuring.sites import Site
from pipeline.stages.syntax import SUBJECTS
from pipeline.text.units import Quantity
from pipeline.text.wordset import word_set

PEOPLE = word_set("he she i you they who we him her")
DYING = word_set("died dies die retired retires married passed")
LIMITS = word_set("over under above below")
AGED = word_set(
    """
    people children adults men women kids boys girls those anyone seniors voters americans
    patients residents workers victims drivers pupils students teenagers players fans viewers
    citizens employees staff babies infants
    """
)
"""Whom a bare number limits by age: "children under 5"."""
COMPARED = word_set("younger older")
OR_OLDER = [[joint, age] for joint in ("and", "or") for age in sorted(COMPARED)]
LEAST_OF_THEM = 15
"""From so many on, "most of them over 70" are years."""
VERB_BE = word_set("is was are were be been being 's 'm ’s ’m am turned turns turn turning")


def is_age(quantity: Quantity, place: Site) -> bool:
    """Tell an age that nothing marks: "Moreno, 47," and "she was six"."""
    value = quantity.value
    if value is None or quantity.per is not None or not 0 < value < 116:
        return False
    if value != int(value) and not (quantity.number.words and 2 * value == int(2 * value)):
        return False
    doc, top = place.doc, place.top
    before = doc[place.first - 1] if place.first else None
    after = doc[place.last] if place.last < len(doc) else None
    closed = (
        after is None
        or after.text in (",", ".", ";", ")", ":", "—", "–")
        or after.tag_ in ("CC", "_SP", "IN", "VBZ", "VBD", "WRB", "''")
    )
    if before is None:
        return False
    if (
        before.text in (",", "(")
        and after is not None
        and after.text in (",", ")", ".", ";", "_SP")
    ):
        if place.first >= 2 and not quantity.number.words:
            name = doc[place.first - 2]
            if name.ent_type_ == "PERSON" or (
                name.tag_ == "NNP"
                and name.ent_type_ in ("", "ORG", "GPE")
                and name.text[:1].isupper()
                and top.dep_ == "appos"
            ):
                return value >= 1
        return False
    if before.lower_ == "both" and closed and place.first > 1:
        return doc[place.first - 2].text in (",", "(") and value >= 1  # "the pair, both 58,"
    if before.ent_type_ == "PERSON" and not quantity.number.words and value > 15:
        return after is not None and after.tag_ in ("VBZ", "VBD", "MD", "VBP")
    if closed and _is_old(top):
        return True
    if after is not None and [one.lower_ for one in doc[after.i : after.i + 2]] in OR_OLDER:
        return value >= 1  # "voters 45 and older"
    compared = before.lower_ == "than" and before.i and before.nbor(-1).lower_ in COMPARED
    if compared and closed and value >= 1:
        return True
    limited = place.first > 1 and before.lower_ in LIMITS
    if limited and place.first > 2 and doc[place.first - 2].lower_ == "them":
        return closed and value >= LEAST_OF_THEM and doc[place.first - 3].lower_ == "of"
    if limited and doc[place.first - 2].lower_ in AGED and value >= 1:
        return closed or (after is not None and after.tag_ in ("VB", "VBP", "MD"))
    return False


def _is_old(top: Token) -> bool:
    """Tell "she was six", "he turned 90", "he died at 84" and "the average age is 42"."""
    verb = top.head
    if top.dep_ == "pobj" and verb.lower_ == "at" and verb.head.lower_ in DYING:
        verb = verb.head
    elif verb.lower_ not in VERB_BE or top.dep_ not in (
        "attr",
        "acomp",
        "oprd",
        "dobj",
        "npadvmod",
    ):
        return False
    for child in verb.children:
        if child.dep_ in SUBJECTS:
            if child.lower_ == "age":
                return True
            return child.lower_ in PEOPLE - {"they", "we", "you"} or child.ent_type_ == "PERSON"
    return False
