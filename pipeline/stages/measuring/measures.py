"""What a figure measures, and whose it is: "$1.2 trillion" is a trade deficit, the United States'.

Read off the dependency parse, from the figure outwards: the noun that it modifies or that it is a
share of; else the noun that "of 5%" hangs on; else what rose, fell, cost or is so much.
"""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.annotations import Bounds
from pipeline.stages.measuring.hedges import NOUNS as CHANGE_NOUNS
from pipeline.stages.measuring.hedges import VERBS as CHANGE_VERBS
from pipeline.stages.measuring.nounphrases import inside_another, owner_of, phrase, words
from pipeline.stages.measuring.sites import Site
from pipeline.text.lemmas import verb_lemma


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NOUN_TAGS = syntax.NOUN_TAGS
POINTERS = frozenset(("this", "these", "those"))
"""Pronouns that are given as they stand: "39 percent of these"."""
MODIFIERS = frozenset(
    ("nummod", "amod", "compound", "nmod", "quantmod", "advmod", "poss", "det", "npadvmod")
)
DIMENSIONS = frozenset(
    (
        "depth",
        "length",
        "height",
        "width",
        "diameter",
        "size",
        "weight",
        "area",
        "total",
        "thickness",
    )
)
TAKING = frozenset(("wipe", "knock", "shave", "strip", "deduct", "add", "slash", "slice", "take"))
"""Verbs that take an amount off something, or add it to something."""
HEADLINE_DEPS = frozenset(("nsubj", "dep", "npadvmod", "compound", "nmod"))
AFTER_NOUN = frozenset(("appos", "nummod", "amod", "acl", "npadvmod", "advmod"))
SUMS = frozenset(
    (
        "total",
        "average",
        "sum",
        "maximum",
        "minimum",
        "median",
        "mean",
        "equivalent",
        "excess",
        "half",
    )
)
"""Nouns between a figure and what it measures: "a total of $5m", "an average of 50%"."""
LINKS = frozenset(
    ("of", "at", "from", "to", "with", "between", "under", "over", "above", "below", "about")
)
PURPOSE_VERBS = _set(
    """
    pay spend invest cost charge fine offer bid allocate pledge donate give owe earmark
    """
)
TRANSITIVE = _set(
    """
    cut raise increase reduce lower boost lift hike slash trim expand widen narrow drop
    bring keep push pull double triple put set sell buy value price estimate take
    """
)
UNSPOKEN = frozenset(("MONEY", "PERCENT", "CARDINAL", "QUANTITY", "DATE", "TIME"))
PRONOUNS = frozenset(("PRP", "WP", "WDT", "EX", "DT"))


class Measured(NamedTuple):
    """The noun that a figure measures and the words of whoever has it, as character bounds."""

    head: Token | None
    span: Bounds | None
    holder: Bounds | None


NOTHING = Measured(None, None, None)


def of_count(place: Site) -> Measured:
    """Return what is counted: "12 people", "four of them", "panel of twelve"."""
    noun = counted_noun(place)
    if noun is None or noun.tag_ in PRONOUNS:
        return of_amount(place)
    return Measured(noun, phrase(place.bounds, noun), _holder(noun, place))


def of_rank(place: Site) -> Measured:
    """Return what an ordinal ranks: "the third map", "it is number 3"."""
    top = place.top
    if top.dep_ in ("amod", "advmod") and top.head.i == place.last and top.head.tag_ == "JJ":
        return Measured(top.head, phrase(place.bounds, top.head), None)  # a noun mistagged
    return of_count(place)


def counted_noun(place: Site) -> Token | None:
    """Return the noun that a bare number counts, if it stands beside it."""
    top = place.top
    if _stands_before_noun(place):
        return top.head
    share = _of_noun(place)
    if share is not None:
        return share
    after = place.behind
    if after is not None and after.tag_ in ("NNS", "NNPS") and after.sent_start != 1:
        return after
    if top.dep_ == "pobj" and top.head.lower_ == "of" and top.head.head.tag_ in ("NN", "NNS"):
        noun = top.head.head
        return None if noun.lower_ in SUMS else noun
    return None


def of_amount(place: Site) -> Measured:
    """Return what an amount measures: a share's whole, a modified noun, or what is so much."""
    noun = _ticker(place)
    if noun is not None:
        span = _name_run(noun)
        return Measured(noun, span, span)
    for reading in (_modified, _of_noun, _noun_of, _clause):
        noun = reading(place)
        if noun is not None and not place.holds(noun):
            break
    else:
        return NOTHING
    holder = _holder(noun, place)
    if noun.tag_ in PRONOUNS:
        antecedent = _antecedent(noun)
        if antecedent is None and noun.lower_ not in POINTERS:
            return Measured(None, None, holder)
        noun = antecedent or noun
    near = reading is _modified and noun.i == place.top.head.i
    return Measured(noun, phrase(place.bounds, noun, complements=not near), holder)


def of_score(place: Site) -> Bounds | None:
    """Return the words of whoever won, lost or leads by a score: the clause's subject."""
    verb = syntax.clause_head(place.top)
    who = syntax.subject(verb) if syntax.is_verb(verb) else None
    return None if who is None or place.holds(who) else _owner_words(_antecedent(who) or who)


def of_age(place: Site) -> Measured:
    """Return who is so old: "the 61-year-old chairwoman", "Moreno, 47", "she was six"."""
    top = place.top
    before = place.doc[place.first - 2] if place.first > 1 else None
    noun: Token | None = None
    if _stands_before_noun(place):
        noun = top.head
    elif (
        before is not None and before.tag_ in NOUN_TAGS and place.doc[place.first - 1].text in ",("
    ):
        noun = before
    elif top.head.tag_ in NOUN_TAGS and top.head.i < place.first and top.dep_ in AFTER_NOUN:
        noun = top.head
    if noun is None:
        verb = syntax.clause_head(top)
        who = syntax.subject(verb) if syntax.is_verb(verb) else None
        if who is None or place.holds(who):
            return NOTHING
        noun = _antecedent(who) or who
        if noun.tag_ not in NOUN_TAGS:
            return Measured(None, None, words(noun))
    return Measured(noun, phrase(place.bounds, noun), words(noun))


def of_time(place: Site) -> Measured:
    """Return what a length of time measures: "two decades of conflict", "a 20-minute film"."""
    noun = place.top.head if _stands_before_noun(place) else _of_noun(place)
    if noun is None or noun.tag_ not in NOUN_TAGS:
        return Measured(None, None, of_score(place))
    return Measured(noun, phrase(place.bounds, noun), _holder(noun, place))


# --------------------------------------------------------------------------------------- readings
def _stands_before_noun(place: Site) -> bool:
    top = place.top
    return top.dep_ in MODIFIERS and top.head.i >= place.last and top.head.tag_ in NOUN_TAGS


def _modified(place: Site) -> Token | None:
    """Return the noun that the amount stands before: "145% tariffs"."""
    if not _stands_before_noun(place) or place.top.dep_ == "npadvmod":
        return None
    noun = place.top.head
    if noun.lower_ in CHANGE_NOUNS:
        return _changed(noun, place) or noun
    return noun


def _changed(noun: Token, place: Site) -> Token | None:
    """Return what changes in "a 75% increase in sales"."""
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in ("in", "of", "for", "on"):
            thing = syntax.child(child, "pobj")
            if thing is None or thing.tag_ not in NOUN_TAGS or place.holds(thing):
                continue
            return None if thing.ent_type_ in UNSPOKEN else thing
    return None


def _of_noun(place: Site) -> Token | None:
    """Return the whole or the stuff behind the figure: "half of them", "$2bn in aid"."""
    prep = place.behind
    if prep is None or prep.lower_ not in ("of", "in") or prep.tag_ != "IN":
        return None
    thing = syntax.child(prep, "pobj")
    if thing is None:
        return None
    if prep.lower_ == "in" and thing.lower_ in DIMENSIONS:
        return None
    if prep.lower_ == "in" and (
        not place.holds(prep.head) or thing.tag_ not in ("NN", "NNS") or thing.ent_type_
    ):
        return None
    if thing.tag_ in NOUN_TAGS or thing.tag_ in ("PRP", "DT", "WDT", "WP"):
        return thing
    return None


def _noun_of(place: Site) -> Token | None:
    """Return the noun before: "turnout rate of 58%", "a loss of 63 cents", "the TV for $30"."""
    top, above = place.top, place.top.head
    if above.i >= place.first:
        return None
    if top.dep_ in ("pobj", "pcomp", "nummod", "quantmod") and above.tag_ in ("IN", "TO"):
        noun = above.head
        if above.lower_ == "for":
            return _priced(noun)
        if noun.dep_ == "acl" and noun.head.tag_ in NOUN_TAGS and above.lower_ in ("at", "from"):
            return noun.head
        if above.lower_ not in LINKS or noun.tag_ not in NOUN_TAGS:
            return None
        if noun.lower_ in SUMS or noun.lower_ in CHANGE_NOUNS:
            changed = _changed(noun, place) if noun.lower_ in CHANGE_NOUNS else None
            return changed or _upwards(noun, place) or noun
        return noun
    return above if top.dep_ in AFTER_NOUN and above.tag_ in NOUN_TAGS else None


def _priced(above: Token) -> Token | None:
    """Return what "for $30" is the price of: "has the remote for $30", "sold it for $30"."""
    if above.tag_ in NOUN_TAGS:
        return above
    thing = syntax.child(above, "dobj", "nsubjpass") if syntax.is_verb(above) else None
    return thing if thing is not None and thing.tag_ in NOUN_TAGS else None


def _upwards(noun: Token, place: Site) -> Token | None:
    """Return what a sum or a change is a part of: the subject of its clause."""
    if noun.dep_ in ("nsubj", "nsubjpass"):
        return None
    verb = syntax.clause_head(noun)
    return _subject(verb, place) if syntax.is_verb(verb) else None


def _ticker(place: Site) -> Token | None:
    """Return the name that a signed figure follows without a verb: "Dow +0.2% Nasdaq -0.8%"."""
    before = place.before
    if before is None or place.doc[place.first].text[:1] not in "+-−":
        return None
    if before.tag_ == "CD" and place.first > 1:
        return before if place.doc[place.first - 2].tag_ in NOUN_TAGS else None
    return before if before.tag_ in NOUN_TAGS and before.text != "%" else None


def _name_run(noun: Token) -> Bounds:
    """Return the bounds of the name that ends with a word or a number: "S&P 500"."""
    doc, first = noun.doc, noun.i - (noun.tag_ == "CD")
    while first and doc[first - 1].tag_ in ("NNP", "NNPS"):
        first -= 1
    return doc[first].idx, noun.idx + len(noun)


def _clause(place: Site) -> Token | None:
    """Return what rose, cost or is so much: the object of some verbs, the subject of others."""
    verb = syntax.clause_head(place.top)
    if not syntax.is_verb(verb):
        return _headline(verb, place)
    lemma = verb_lemma(verb.lower_)
    if lemma in PURPOSE_VERBS:
        purpose = _purpose(verb, place)
        if purpose is not None:
            return purpose
    if lemma in TAKING:
        whole = _taken_from(verb, place)
        if whole is not None:
            return whole
    if lemma in TRANSITIVE or lemma in CHANGE_VERBS:
        thing = syntax.child(verb, "dobj", "nsubjpass")
        if thing is not None and thing.tag_ in NOUN_TAGS and thing.ent_type_ not in UNSPOKEN:
            inside = thing.left_edge.i <= place.first < thing.right_edge.i + 1
            if not inside:
                return thing
    return _subject(verb, place)


def _headline(top: Token, place: Site) -> Token | None:
    """Return the noun of a sentence without verb: "Nasdaq up 17 points", "floor area ≈ 32 m2"."""
    if top.tag_ in NOUN_TAGS and top.i < place.first:
        return top
    for child in top.children:
        if child.i < place.first and child.tag_ in NOUN_TAGS and child.dep_ in HEADLINE_DEPS:
            return child
    before = place.before
    if before is not None and before.i and not any(char.isalnum() for char in before.text):
        before = before.nbor(-1)
    return before if before is not None and before.tag_ in NOUN_TAGS else None


def _purpose(verb: Token, place: Site) -> Token | None:
    """Return what is paid for: "spent $12,000 on a roof"."""
    for prep in (*verb.rights, *place.top.rights):
        if (
            prep.i > place.first
            and prep.lower_ in ("for", "on")
            and prep.dep_ in ("prep", "dative")
        ):
            thing = syntax.child(prep, "pobj")
            if thing is None or thing.tag_ not in NOUN_TAGS or thing.lower_ in ("top", "average"):
                continue
            if thing.ent_type_ not in UNSPOKEN:
                return thing
    return None


def _taken_from(verb: Token, place: Site) -> Token | None:
    """Return what an amount is taken off or added to: "wiped $340 million from its value"."""
    for prep in (*verb.rights, *place.top.rights):
        if prep.i >= place.last and prep.dep_ == "prep" and prep.lower_ in ("from", "off", "to"):
            thing = syntax.child(prep, "pobj")
            if thing is not None and thing.tag_ in NOUN_TAGS and thing.ent_type_ not in UNSPOKEN:
                return thing
    return None


def _subject(verb: Token, place: Site) -> Token | None:
    who = syntax.subject(verb)
    if who is None or place.holds(who):
        return None
    if who.tag_ in ("WDT", "WP") or who.lower_ == "that":
        return _antecedent(who)
    if who.tag_ not in NOUN_TAGS and who.tag_ not in ("PRP", "DT"):
        return None
    if who.lower_ in SUMS:
        inner = syntax.child(who, "prep")
        thing = syntax.child(inner, "pobj") if inner is not None else None
        return thing if thing is not None and thing.tag_ in NOUN_TAGS else who
    return who


def _antecedent(relative: Token) -> Token | None:
    """Return the noun that "which" stands for."""
    if relative.tag_ not in ("WDT", "WP") and relative.lower_ != "that":
        return None
    for head in (relative, *syntax.ancestors(relative)):
        if head.dep_ == "relcl":
            return head.head if head.head.tag_ in NOUN_TAGS else None
    return None


# ----------------------------------------------------------------------------------------- holder
def _holder(noun: Token, place: Site) -> Bounds | None:
    """Return the words of whose figure it is: an owner of the noun, else the clause's subject."""
    owner = owner_of(noun)
    if owner is None and noun.tag_ in PRONOUNS and noun.dep_ in syntax.SUBJECTS:
        owner = _antecedent(noun) or noun
    if owner is None and noun.dep_ not in ("nsubj", "nsubjpass") and not inside_another(noun):
        verb = syntax.clause_head(place.top)
        who = syntax.subject(verb) if syntax.is_verb(verb) else None
        if who is not None and who.i != noun.i and not place.holds(who):
            owner = _antecedent(who) or who
            if owner.tag_ in ("NN", "NNS"):
                owner = owner_of(owner) or owner
    if owner is None and noun.tag_ in ("NNP", "NNPS"):
        owner = noun
    return None if owner is None else _owner_words(owner)


def _owner_words(owner: Token) -> Bounds | None:
    if owner.lower_ in ("there", "that", "this", "which", "what", "who"):
        return None
    return words(owner)
