"""What a figure measures, and whose it is: "$1.2 trillion" is a trade deficit, the United States'.

Read off the dependency parse, from the figure outwards: the noun that it modifies or that it is a
share of; else the noun that "of 5%" hangs on; else what rose, fell, cost or is so much.
"""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.annotations import Bounds
from pipeline.stages.measuring import havers, lengths, levels, readings
from pipeline.stages.measuring.counted import (
    counted_noun,
    noun_ahead,
    of_noun,
    volume,
    whole_compound,
)
from pipeline.stages.measuring.holders import WHERE, holder_of, owner_words
from pipeline.stages.measuring.nounphrases import kind_behind, phrase, words
from pipeline.stages.measuring.readings import antecedent
from pipeline.stages.measuring.sites import Site
from pipeline.stages.measuring.wordsets import AFTER_NOUN, NOUN_TAGS, POINTERS, PRONOUNS


class Measured(NamedTuple):
    """The noun that a figure measures and the words of whoever has it, as character bounds."""

    head: Token | None
    span: Bounds | None
    holder: Bounds | None
    unit: Bounds | None = None
    """The counted noun, where a count has one: it stands in for a unit."""


OBJECTS = frozenset(("pobj", "dobj", "nsubj", "nsubjpass"))
NOTHING = Measured(None, None, None)
READINGS = (
    readings.modified,
    of_noun,
    readings.said_to_be,
    readings.beside,
    readings.noun_of,
    readings.clause,
)
"""Where a noun is looked for, the surest first."""
ENDS = (readings.changed_thing, *READINGS)


def of_count(place: Site, *, changing: bool = False) -> Measured:
    """Return what is counted: "12 people", "four of them", "panel of twelve".

    What grows "by 12 jobs" or falls "to 80 jobs" (``changing``) is measured in jobs, and so is the
    workforce that "is 80 people".
    """
    noun = counted_noun(place)
    if noun is not None and noun.tag_ == "PRP" and noun.i + 1 < len(place.doc):
        kind_of_them = noun.nbor(1)  # "four of them children"
        noun = kind_of_them if kind_of_them.tag_ == "NNS" else noun
    if noun is None or noun.tag_ in PRONOUNS:
        found = of_amount(place)
        acts = place.top.dep_ == "dobj" and found.head is not None
        if acts and found.head is not None and _is_actor(found.head):
            return found._replace(head=None, span=None)  # "the RNC placed 49 there"
        return found
    unit = phrase(place.bounds, noun)
    kind = kind_behind(noun, place.last)
    span = unit if unit is None or kind is None else (unit[0], kind)
    if noun.i >= place.last:
        thing = readings.changed_thing(place) if changing else volume(noun)
        if thing is not None and thing.i < place.first and readings.is_named(thing, place):
            whole = phrase(place.bounds, thing, complements=True)
            return Measured(noun, whole, holder_of(thing, place), unit)
    return Measured(noun, span, holder_of(noun, place, counted=True), unit)


def _is_actor(noun: Token) -> bool:
    """Tell a named subject that does something to so many from what is counted."""
    return noun.dep_ == "nsubj" and noun.ent_type_ in ("PERSON", "ORG", "GPE")


def of_rank(place: Site) -> Measured:
    """Return what an ordinal ranks: "the third map", "it is number 3"."""
    top = place.top
    if top.head.tag_ == "JJS" and top.head.head.tag_ in NOUN_TAGS:
        noun = top.head.head  # "the second-smallest area"
        return Measured(noun, phrase(place.bounds, noun), holder_of(noun, place, counted=True))
    if top.dep_ in ("amod", "advmod") and top.head.i == place.last and top.head.tag_ == "JJ":
        return Measured(top.head, phrase(place.bounds, top.head), None)  # a noun mistagged
    return of_count(place)


def of_amount(place: Site, *, end_of_change: bool = False) -> Measured:
    """Return what an amount measures: a share's whole, a modified noun, or what is so much.

    ``end_of_change`` is set for "to 2m tons of coal" in "raised its output to 2m tons of coal":
    what it measures is the output.
    """
    noun = levels.ticker(place)
    if noun is not None:
        span = levels.name_run(noun)
        return Measured(noun, span, span)
    owner = havers.owner_before(place) or havers.polled(place)
    if owner is not None:
        return Measured(None, None, owner_words(owner))
    if havers.is_distance(place):
        return NOTHING
    giver = havers.giver(place)
    for reading in ENDS if end_of_change else READINGS:
        noun = reading(place)
        if noun is not None:
            noun = readings.past_units(noun, place)
            if readings.is_measurable(noun, place):
                break
    else:
        return NOTHING if giver is None else Measured(None, None, owner_words(giver))
    if giver is not None and noun.i == giver.i:
        return Measured(None, None, owner_words(giver))
    holder = holder_of(noun, place)
    if noun.tag_ in PRONOUNS and not readings.is_code(noun):
        meant = antecedent(noun)
        if meant is None and noun.lower_ not in POINTERS:
            return Measured(None, None, holder)
        noun = meant or noun
    near = noun.i >= place.last and noun.i == whole_compound(place.top.head).i
    return Measured(noun, phrase(place.bounds, noun, complements=not near), holder)


def of_score(place: Site) -> Bounds | None:
    """Return the words of whoever won, lost or leads by a score: the clause's subject."""
    verb = syntax.clause_head(place.top)
    who = syntax.subject(verb) if syntax.is_verb(verb) else None
    return None if who is None or place.holds(who) else owner_words(antecedent(who) or who)


def of_age(place: Site) -> Measured:
    """Return who is so old: "the 61-year-old chairwoman", "Moreno, 47", "she was six"."""
    noun = _aged_noun(place)
    if noun is None and place.top.lower_ in ("old", "olds") and place.top.dep_ in OBJECTS:
        return NOTHING  # "set for the 52-year-old"
    if noun is None:
        verb = syntax.clause_head(place.top)
        who = syntax.subject(verb) if syntax.is_verb(verb) else None
        if who is None or place.holds(who):
            return NOTHING
        noun = antecedent(who) or who
        if noun.tag_ not in NOUN_TAGS:
            return Measured(None, None, words(noun))
    span = phrase(place.bounds, noun)
    return Measured(noun, span, span if noun.i >= place.last else words(noun))


def _aged_noun(place: Site) -> Token | None:
    """Return the noun that an age stands at, before it or behind it."""
    top, behind = place.top, place.behind
    for at in (place.first - 1, place.lead - 1, place.lead - 2):
        if at > 0 and place.doc[at].lower_ == "aged" and place.doc[at].head.i < at:
            return _before_aged(place.doc[at])
    ahead = noun_ahead(place)
    if ahead is not None:
        return ahead
    if behind is not None and top.lower_ == "old" and behind.tag_ in ("NN", "NNS"):
        return behind  # whatever the parse makes of "the then-18-year-old winger"
    before = place.doc[place.first - 2] if place.first > 1 else None
    if before is not None and before.tag_ in NOUN_TAGS and place.doc[place.first - 1].text in ",(":
        return before
    above = top.head
    age = above.head if above.lower_ == "of" else above
    if age.lower_ in ("age", "ages"):
        who = age.head.head  # "players over the age of 21"
        return who if age.head.dep_ == "prep" and who.tag_ in NOUN_TAGS else None
    stands = above.tag_ in NOUN_TAGS and above.i < place.first and top.dep_ in AFTER_NOUN
    return above if stands else None


def _before_aged(aged: Token) -> Token | None:
    """Return "men" of "men aged 27", "men, aged 27,": none of "sent to the ship aged 18"."""
    who = aged.nbor(-1)
    if who.text == "," and who.i:
        who = who.nbor(-1)
    there = who.dep_ == "pobj" and who.head.lower_ in WHERE
    return who if who.tag_ in NOUN_TAGS and not there else None


def of_time(place: Site, *, changing: bool = False) -> Measured:
    """Return what a length of time measures: "two decades of conflict", "a 20-minute film".

    What is cut "by 18 months" or rises "to 46 minutes" (``changing``) is measured itself.
    """
    thing = readings.changed_thing(place) if changing else None
    if thing is not None and readings.is_named(thing, place):
        span = phrase(place.bounds, thing, complements=True)
        return Measured(thing, span, holder_of(thing, place))
    noun = noun_ahead(place) or of_noun(place) or lengths.lasting(place)
    if noun is None or noun.tag_ not in NOUN_TAGS:
        return Measured(None, None, None if lengths.is_distance_in_time(place) else of_score(place))
    return Measured(noun, phrase(place.bounds, noun), holder_of(noun, place))
