"""Who has an amount without being measured by it: who spent, raised, won or polled so much."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.measuring.counted import noun_ahead, of_noun
from pipeline.stages.measuring.readings import antecedent, is_set_aside
from pipeline.stages.measuring.sites import Site
from pipeline.stages.measuring.wordsets import GIVING, NOUN_TAGS, SPENDING
from pipeline.text.lemmas import verb_lemma
from pipeline.text.wordset import word_set

WHITHER_FROM = word_set(
    """
    north south east west northeast northwest southeast southwest north-east north-west south-east
    south-west inland offshore
    """
)
"""Words behind a distance from somewhere."""


SIZED = frozenset(("be", "weigh", "stand", "measure", "tower"))
"""Verbs by which people are measured themselves: "Lee stands 2 metres tall"."""


def owner_before(place: Site) -> Token | None:
    """Return whose a share is that stands alone: "57 percent to Canova's 43 percent"."""
    owner = syntax.child(place.top, "poss")
    if owner is None or owner.i >= place.first or owner.tag_ not in NOUN_TAGS:
        return None
    return owner if noun_ahead(place) is None and of_noun(place) is None else None


def polled(place: Site) -> Token | None:
    """Return the person of "Lee with 22 percent", "Lee (22%)" and, in a list, ", Lee 22%"."""
    if not place.is_share or place.lead < 2 or of_noun(place) is not None:
        return None
    doc, at = place.doc, place.lead - 1
    if doc[at].lower_ in ("with", "at", "("):
        return doc[at - 1] if doc[at - 1].ent_type_ == "PERSON" else None
    who = first = doc[at]
    while first.i and first.ent_iob_ == "I":
        first = first.nbor(-1)
    listed = who.ent_type_ == "PERSON" and first.i and first.nbor(-1).lower_ in (",", "and")
    return who if listed and who.tag_ in syntax.NAME_TAGS else None


def is_distance(place: Site) -> bool:
    """Tell how far off something is: "within 5 km of the coast", "12 miles east of Rome"."""
    behind, before = place.behind, place.before
    if behind is None:
        return False
    near = before is not None and before.lower_ == "within" and behind.lower_ == "of"
    apart = near or behind.lower_ in WHITHER_FROM
    return apart and not (place.is_money or place.is_share)


def giver(place: Site) -> Token | None:
    """Return who spent, raised, won or has so much: it is their figure, not its measure."""
    verb = syntax.clause_head(place.top)
    if not syntax.is_verb(verb):
        return None
    who = syntax.subject(verb)
    who = who if who is None else antecedent(who) or who
    if who is None or place.holds(who):
        return None
    lemma = verb_lemma(verb.lower_)
    if who.tag_ not in syntax.NAME_TAGS:
        if syntax.is_passive(verb):
            return None
        spends = lemma in SPENDING or (lemma == "set" and is_set_aside(verb))
        return who if place.is_money and who.tag_ in NOUN_TAGS and spends else None
    if who.ent_type_ == "PERSON":
        measured = lemma in SIZED and not (place.is_share or place.is_money)
        return None if measured else who
    return who if place.is_money and who.ent_type_ in ("ORG", "GPE") and lemma in GIVING else None
