"""Nouns that a figure stands beside: what it counts, stands before or is a share of."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.measuring.sites import Site
from pipeline.stages.measuring.wordsets import (
    BEING,
    BETWEEN,
    DIMENSIONS,
    FLOWS,
    IN_WHICH,
    KINDS_OF_MONEY,
    MODIFIERS,
    NOUN_TAGS,
    PERCENT,
    SUMS,
    VOLUMES,
)
from pipeline.text.lemmas import noun_lemma


def counted_noun(place: Site) -> Token | None:
    """Return the noun that a bare number counts, if it stands beside it."""
    top = place.top
    noun = noun_ahead(place)
    if noun is not None:
        return _last_of_two(noun) if noun.tag_ == "NN" else whole_compound(noun)
    share = of_noun(place)
    if share is not None:
        return share
    after = place.behind if place.behind is None else whole_compound(place.behind)
    if after is not None and after.tag_ in ("NNS", "NNPS") and after.sent_start != 1:
        return after
    if top.dep_ == "pobj" and top.head.lower_ == "of" and top.head.head.tag_ in ("NN", "NNS"):
        noun = top.head.head
        return None if noun.lower_ in SUMS else noun
    return None


def noun_ahead(place: Site) -> Token | None:
    """Return the noun that a figure stands before, by itself or as "$10" in "$5 and $10 gifts"."""
    top = place.top
    if top.dep_ == "conj" and top.head.tag_ == "CD":
        top = syntax.first_conjunct(top)
    elif top.dep_ == "quantmod" and top.head.tag_ == "CD" and top.head.i == place.last + 1:
        of = top.doc[place.last].lower_ == "of"
        top = top.head if of else top  # "11 of 14 counts"
    noun = top.head
    if noun.tag_ in ("JJR", "RBR") and noun.dep_ == "amod" and top.dep_ == "npadvmod":
        return noun.head if noun.head.tag_ in NOUN_TAGS and noun.i == place.last else None
    ahead = top.dep_ in MODIFIERS and noun.i >= place.last and noun.tag_ in NOUN_TAGS
    return noun if ahead else None


def _last_of_two(noun: Token) -> Token:
    """Return "deaths" for the first noun of "combat and civilian deaths"."""
    other = syntax.child(noun, "conj")
    if other is None or other.tag_ != "NNS" or not 0 < other.i - noun.i <= 3:
        return noun
    return other if noun.nbor(1).dep_ == "cc" else noun


def whole_compound(noun: Token) -> Token:
    """Return the last noun of a compound: "lots" of "building lots"."""
    for _ in range(3):
        head = noun.head
        part = noun.dep_ in ("compound", "nmod") and 0 < head.i - noun.i < 6
        part = part and all(noun.doc[at].tag_ in BETWEEN for at in range(noun.i + 1, head.i))
        if not part or head.tag_ not in NOUN_TAGS:
            break
        noun = head
    return noun


def of_noun(place: Site) -> Token | None:
    """Return the whole or the stuff behind the figure: "half of them", "$2bn in aid"."""
    prep, lead = place.behind, place.before
    if prep is None or prep.lower_ not in ("of", "in", "for", "off") or prep.tag_ != "IN":
        return None
    if lead is not None and lead.lower_ == "within":
        return None  # "within 5 km of the coast"
    thing = syntax.child(prep, "pobj")
    if thing is None:
        return None
    if prep.lower_ in ("for", "off"):
        share = place.holds(prep.head) and place.doc[place.last - 1].lower_ in PERCENT
        if thing.tag_ not in NOUN_TAGS or thing.ent_type_ == "PERSON":
            return None  # "40 percent for Ray"
        return thing if share or prep.lower_ == "off" else None
    if prep.lower_ == "in" and thing.lower_ in DIMENSIONS:
        return None
    if prep.lower_ == "in" and not _is_made_of(thing, prep, place):
        return None
    if thing.tag_ in NOUN_TAGS or thing.tag_ in ("PRP", "DT", "WDT", "WP"):
        return thing
    return None


def whole_of(noun: Token) -> Token | None:
    """Return what a noun is "of": "donors" in "24 percent of the donors"."""
    share = syntax.child(noun, "prep")
    whole = syntax.child(share, "pobj") if share is not None and share.lower_ == "of" else None
    return whole if whole is not None and whole.tag_ in NOUN_TAGS else None


def _is_made_of(thing: Token, prep: Token, place: Site) -> bool:
    """Tell "$2bn in aid" and "millions in cash" from "20 million in this country"."""
    if thing.tag_ not in ("NN", "NNS") or thing.ent_type_:
        return False
    if not place.holds(prep.head):
        return place.is_money and thing.lower_ in KINDS_OF_MONEY
    if thing.lower_ in IN_WHICH:
        return False
    return place.is_money or thing.lower_ in KINDS_OF_MONEY


def volume(noun: Token) -> Token | None:
    """Return what a count is the size of: "sales of 12 cars", "the workforce is 80 people"."""
    above = noun.head
    if noun.dep_ == "attr" and above.lower_ in BEING:
        thing = syntax.own_subject(above)
        known = VOLUMES | FLOWS
    else:
        thing = above.head if noun.dep_ == "pobj" and above.lower_ == "of" else None
        known = FLOWS
    return thing if thing is not None and noun_lemma(thing.lower_) in known else None
