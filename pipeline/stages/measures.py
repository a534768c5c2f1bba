"""What a figure measures, and whose it is: "$1.2 trillion" is a trade deficit, the United States'.

Read off the dependency parse, from the figure outwards: the noun that it modifies or that it is a
share of; else the noun that "of 5%" hangs on; else what rose, fell, cost or is so much.
"""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Doc, Token

from pipeline.stages import syntax
from pipeline.stages.annotations import Bounds
from pipeline.stages.hedges import NOUNS as CHANGE_NOUNS
from pipeline.stages.hedges import VERBS as CHANGE_VERBS
from pipeline.text.lemmas import verb_lemma

NOUN_TAGS = syntax.NOUN_TAGS
MODIFIERS = frozenset(("nummod", "amod", "compound", "nmod", "quantmod", "advmod", "poss", "det"))
SUMS = frozenset(
    "total average record sum maximum minimum median mean high low peak combined rate level price "
    "half equivalent estimate".split()
)
"""Nouns between a figure and what it measures: "a total of $5m", "an average of 50%"."""
EMPTY_SUMS = frozenset(
    "total average sum maximum minimum median mean equivalent excess half".split()
)
PURPOSE_VERBS = frozenset(
    "pay spend invest cost charge fine offer bid allocate pledge donate give owe save earmark".split()
)
TRANSITIVE = frozenset(
    "cut raise increase reduce lower boost lift hike slash trim expand widen narrow drop bring keep "
    "push pull double triple put set sell buy value price estimate".split()
)
OUTER = frozenset(
    ("appos", "relcl", "acl", "punct", "advcl", "parataxis", "cc", "conj", "npadvmod", "advmod")
)
DROPPED = frozenset(
    ("DT", "PRP$", "WP$", "WDT", "PDT", "POS", "RB", "RBR", "RBS", "CC", "IN", "EX")
)
PRONOUNS = frozenset(("PRP", "WP", "WDT", "EX", "DT"))
MAX_WORDS = 14


class Measured(NamedTuple):
    """The noun that a figure measures and the words of whoever has it, as character bounds."""

    head: Token | None
    span: Bounds | None
    holder: Bounds | None


class Site(NamedTuple):
    """Where a figure stands in the parse."""

    doc: Doc
    first: int
    """Index of the figure's first token."""
    last: int
    """Index behind its last token."""
    top: Token
    """Its token that hangs outside it."""


def site(doc: Doc, first: int, last: int) -> Site:
    """Return a figure's place in the parse, by its token bounds."""
    for at in range(last - 1, first - 1, -1):
        head = doc[at].head.i
        if (head < first or head >= last or head == at) and doc[at].dep_ != "punct":
            return Site(doc, first, last, doc[at])
    return Site(doc, first, last, doc[last - 1])


def of_count(place: Site) -> Measured:
    """Return what is counted: "12 people", "four of them", "panel of twelve"."""
    noun = counted_noun(place)
    if noun is None:
        return of_amount(place)
    span = phrase(place, noun, complements=False)
    return Measured(noun, span, _holder(noun, place))


def counted_noun(place: Site) -> Token | None:
    """Return the noun that a bare number counts, if it stands beside it."""
    top = place.top
    if top.dep_ in MODIFIERS and top.head.i >= place.last and top.head.tag_ in NOUN_TAGS:
        return top.head
    share = _of_noun(place)
    if share is not None:
        return share
    after = place.doc[place.last] if place.last < len(place.doc) else None
    if after is not None and after.tag_ in ("NNS", "NNPS") and after.sent_start != 1:
        return after
    if top.dep_ == "pobj" and top.head.lower_ == "of" and top.head.head.tag_ in NOUN_TAGS:
        return top.head.head
    return None


def of_amount(place: Site) -> Measured:
    """Return what an amount measures: a share's whole, a modified noun, or what is so much."""
    for reading in (_modified, _whole, _noun_of, _parenthesis, _clause):
        noun = reading(place)
        if noun is not None:
            break
    else:
        return Measured(None, None, None)
    holder = _holder(noun, place)
    if noun.tag_ in PRONOUNS:
        antecedent = _antecedent(noun)
        if antecedent is None:
            return Measured(None, None, holder)
        noun = antecedent
    return Measured(noun, phrase(place, noun, complements=True), holder)


def of_age(place: Site) -> Measured:
    """Return who is so old: "the 61-year-old chairwoman", "Moreno, 47", "she was six"."""
    top = place.top
    if top.dep_ in MODIFIERS and top.head.i >= place.last and top.head.tag_ in NOUN_TAGS:
        return Measured(top.head, phrase(place, top.head, complements=False), None)
    if (
        top.head.tag_ in NOUN_TAGS
        and top.head.i < place.first
        and top.dep_ in ("appos", "nummod", "amod", "acl", "npadvmod")
    ):
        return Measured(top.head, phrase(place, top.head, complements=False), None)
    verb = syntax.clause_head(top)
    who = syntax.subject(verb) if syntax.is_verb(verb) else None
    if who is None or who.tag_ not in NOUN_TAGS or place.first <= who.i < place.last:
        return Measured(None, None, None)
    return Measured(who, phrase(place, who, complements=False), None)


def of_time(place: Site) -> Measured:
    """Return what a length of time measures: "two decades of conflict", "a 20-minute film"."""
    top = place.top
    noun = None
    if top.dep_ in MODIFIERS and top.head.i >= place.last and top.head.tag_ in NOUN_TAGS:
        noun = top.head
    elif (share := _of_noun(place)) is not None:
        noun = share
    if noun is None:
        return Measured(None, None, None)
    return Measured(noun, phrase(place, noun, complements=False), None)


# --------------------------------------------------------------------------------------- readings
def _modified(place: Site) -> Token | None:
    """Return the noun that the amount stands before: "145% tariffs"."""
    top = place.top
    noun = top.head
    if top.dep_ not in MODIFIERS or noun.i < place.last or noun.tag_ not in NOUN_TAGS:
        return None
    if noun.lower_ in CHANGE_NOUNS:
        return _changed(noun, place) or noun
    return noun


def _changed(noun: Token, place: Site) -> Token | None:
    """Return what changes in "a 75% increase in sales", "a 7% share price increase"."""
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in ("in", "of", "for", "on", "to"):
            thing = syntax.child(child, "pobj")
            if (
                thing is not None
                and thing.tag_ in NOUN_TAGS
                and not place.first <= thing.i < place.last
            ):
                if thing.tag_ != "NNS" or thing.ent_type_ not in ("DATE", "MONEY", "PERCENT"):
                    return (
                        None if thing.ent_type_ in ("DATE", "MONEY", "PERCENT", "TIME") else thing
                    )
    return None


def _of_noun(place: Site) -> Token | None:
    """Return the noun of an "of" or "in" phrase right behind the figure."""
    doc, at = place.doc, place.last
    if at >= len(doc) or doc[at].lower_ not in ("of", "in") or doc[at].tag_ != "IN":
        return None
    prep = doc[at]
    if prep.lower_ == "in" and not (
        doc[at - 1].tag_ in ("NN", "NNS", "CD", "$")
        and prep.head.i >= place.first
        and prep.head.i < place.last
    ):
        return None
    thing = syntax.child(prep, "pobj")
    if thing is None or thing.ent_type_ in ("DATE", "TIME", "GPE") and prep.lower_ == "in":
        return None
    if thing.tag_ in NOUN_TAGS or thing.tag_ in ("PRP", "DT", "WDT", "WP"):
        return thing
    return None


def _whole(place: Site) -> Token | None:
    """Return the whole that the amount is a share of, or the stuff that it is of."""
    thing = _of_noun(place)
    if thing is None:
        return None
    return None if thing.tag_ == "NNP" and place.doc[place.last].lower_ == "in" else thing


def _noun_of(place: Site) -> Token | None:
    """Return the noun before: "turnout rate of 58%", "a loss of 63 cents", "fees up to $24"."""
    top = place.top
    prep = top.head
    if (
        top.dep_ in ("pobj", "pcomp", "nummod", "quantmod")
        and prep.tag_ in ("IN", "TO")
        and prep.i < place.first
    ):
        noun = prep.head
        if (
            prep.lower_
            in (
                "of",
                "at",
                "from",
                "to",
                "with",
                "between",
                "under",
                "over",
                "above",
                "below",
                "about",
            )
            and noun.tag_ in NOUN_TAGS
        ):
            if noun.lower_ in EMPTY_SUMS or noun.lower_ in CHANGE_NOUNS:
                changed = _changed(noun, place) if noun.lower_ in CHANGE_NOUNS else None
                return changed or _upwards(noun, place) or noun
            return noun
    if (
        top.dep_ in ("appos", "nummod", "amod", "npadvmod", "advmod", "acl")
        and prep.tag_ in NOUN_TAGS
        and prep.i < place.first
    ):
        return prep
    return None


def _upwards(noun: Token, place: Site) -> Token | None:
    """Return what a sum or a change is a part of: the subject beside it, or the noun above it."""
    if noun.dep_ in ("nsubj", "nsubjpass"):
        return None
    verb = syntax.clause_head(noun)
    return _subject(verb, place) if syntax.is_verb(verb) else None


def _parenthesis(place: Site) -> Token | None:
    """Return the noun that a figure in brackets or after a comma stands behind, if it is its head."""
    return None


def _clause(place: Site) -> Token | None:
    """Return what rose, fell, cost or is so much: the object of some verbs, the subject of others."""
    verb = syntax.clause_head(place.top)
    if not syntax.is_verb(verb):
        return _headline(verb, place)
    lemma = verb_lemma(verb.lower_)
    if lemma in PURPOSE_VERBS:
        purpose = _purpose(verb, place)
        if purpose is not None:
            return purpose
    if lemma in TRANSITIVE or lemma in CHANGE_VERBS:
        thing = syntax.child(verb, "dobj", "nsubjpass")
        if (
            thing is not None
            and not _inside(thing, place)
            and thing.tag_ in NOUN_TAGS
            and thing.ent_type_ not in ("MONEY", "PERCENT", "CARDINAL")
        ):
            if not any(place.first <= inner.i < place.last for inner in thing.subtree):
                return thing
    return _subject(verb, place)


def _inside(token: Token, place: Site) -> bool:
    return place.first <= token.i < place.last


def _headline(top: Token, place: Site) -> Token | None:
    """Return the noun of a sentence without verb: "Dow +0.2%", "Nasdaq up 17 points"."""
    if top.tag_ in NOUN_TAGS and top.i < place.first and not _inside(top, place):
        return top
    for child in top.children:
        if (
            child.dep_ in ("nsubj", "dep", "npadvmod", "compound", "nmod")
            and child.tag_ in NOUN_TAGS
            and child.i < place.first
        ):
            return child
    before = place.doc[place.first - 1] if place.first else None
    if before is not None and before.tag_ in NOUN_TAGS:
        return before
    return None


def _purpose(verb: Token, place: Site) -> Token | None:
    """Return what is paid for: "spent $12,000 on a roof"."""
    for prep in (*verb.rights, *place.top.rights):
        if (
            prep.dep_ in ("prep", "dative")
            and prep.lower_ in ("for", "on")
            and prep.i > place.first
        ):
            thing = syntax.child(prep, "pobj")
            if (
                thing is not None
                and thing.tag_ in ("NN", "NNS")
                and thing.ent_type_ not in ("DATE", "TIME")
            ):
                return thing
    return None


def _subject(verb: Token, place: Site) -> Token | None:
    who = syntax.subject(verb)
    if who is None or _inside(who, place):
        return None
    if who.tag_ in ("WDT", "WP") or who.lower_ == "that":
        return _antecedent(who)
    if who.tag_ in NOUN_TAGS or who.tag_ in ("PRP", "DT"):
        if who.lower_ in EMPTY_SUMS:
            inner = syntax.child(who, "prep")
            thing = syntax.child(inner, "pobj") if inner is not None else None
            return thing if thing is not None and thing.tag_ in NOUN_TAGS else who
        return who
    return None


def _antecedent(relative: Token) -> Token | None:
    """Return the noun that "which" stands for."""
    if relative.tag_ not in ("WDT", "WP") and relative.lower_ != "that":
        return None
    for head in syntax.ancestors(relative):
        if head.dep_ == "relcl":
            return head.head if head.head.tag_ in NOUN_TAGS else None
    return None


# ----------------------------------------------------------------------------------------- phrases
def phrase(place: Site, noun: Token, *, complements: bool) -> Bounds | None:
    """Return the character bounds of the noun's phrase beside the figure, without determiners.

    With ``complements``, "price of oil in London" is one phrase; relative clauses, appositions and
    all that stands beyond the figure are left out.
    """
    doc = place.doc
    first, last = _core(noun)
    if complements:
        first = min(first, noun.left_edge.i)
        last = max(last, _complements_end(noun, place))
    if first <= place.first < last and noun.i >= place.last:
        first = place.last
    elif first <= place.first < last:
        last = place.first
    elif noun.i >= place.last > first:
        first = place.last
    while first < noun.i and (
        doc[first].tag_ in DROPPED
        or doc[first].is_punct
        or doc[first].is_space
        or doc[first].tag_ in ("HYPH", "CD", "$", "-LRB-")
    ):
        if (
            doc[first].tag_ in ("DT", "PRP$")
            or doc[first].tag_ in DROPPED
            or not doc[first].is_alpha
        ):
            first += 1
            continue
        break
    while last > noun.i + 1 and (
        doc[last - 1].is_punct
        or doc[last - 1].is_space
        or doc[last - 1].tag_ in ("IN", "TO", "CC", "DT", "POS", "RB", "WDT")
    ):
        last -= 1
    if last <= noun.i:
        first, last = noun.i, noun.i + 1
    if last - first > MAX_WORDS:
        first, last = max(first, min(_core(noun)[0], noun.i)), noun.i + 1
        if last - first > MAX_WORDS:
            first = noun.i
    start, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
    return (start, end) if start < end else None


def _core(noun: Token) -> Bounds:
    """Return the token bounds of a noun with the words before it that belong to it."""
    first = noun.i
    for child in noun.lefts:
        if (
            child.dep_ in ("compound", "amod", "nmod", "poss", "nummod", "quantmod")
            or child.tag_ in NOUN_TAGS
            or child.tag_ in ("JJ", "JJR", "VBN", "VBG")
        ):
            first = min(first, child.left_edge.i)
    return first, noun.i + 1


def _complements_end(noun: Token, place: Site) -> int:
    """Return the index behind the last prepositional phrase that belongs to a noun."""
    end = noun.i + 1
    for child in noun.rights:
        if (
            child.dep_ == "conj"
            and child.tag_ in NOUN_TAGS
            and noun.i < place.first
            and child.i < place.first
        ):
            end = child.i + 1
            continue
        if child.dep_ in OUTER and child.dep_ not in ("cc",):
            break
        if child.dep_ == "cc":
            continue
        if child.dep_ != "prep":
            break
        edge = child.right_edge.i + 1
        if child.i < place.last and edge > place.first:
            break
        thing = syntax.child(child, "pobj")
        if thing is None or thing.ent_type_ in ("DATE", "TIME"):
            break
        end = max(end, _inner_end(thing, edge))
    return end


def _inner_end(noun: Token, edge: int) -> int:
    for child in noun.rights:
        if (
            child.dep_ in ("relcl", "acl", "appos", "advcl", "parataxis", "punct")
            and child.dep_ != "punct"
        ):
            return min(edge, child.left_edge.i)
    return edge


# ------------------------------------------------------------------------------------------ holder
def _holder(noun: Token, place: Site) -> Bounds | None:
    """Return the words of whose figure it is: an owner of the noun, else the clause's subject."""
    owner = _owner(noun)
    if owner is None and noun.tag_ in ("PRP", "WDT", "WP", "DT") and noun.dep_ in syntax.SUBJECTS:
        owner = _antecedent(noun) or noun
    if owner is None and noun.dep_ not in ("nsubj", "nsubjpass"):
        verb = syntax.clause_head(place.top)
        who = syntax.subject(verb) if syntax.is_verb(verb) else None
        if who is not None and who.i != noun.i and not _inside(who, place):
            owner = _antecedent(who) or who
            if owner.tag_ in NOUN_TAGS:
                owner = owner if owner.tag_ in ("NNP", "NNPS") else _owner(owner) or owner
    if owner is None and noun.tag_ in ("NNP", "NNPS"):
        owner = noun
    if owner is None or owner.lower_ in ("there", "that", "this", "which", "what"):
        return None
    first, _ = _core(owner)
    doc = place.doc
    while first < owner.i and doc[first].tag_ in DROPPED:
        first += 1
    return doc[first].idx, owner.idx + len(owner)


def _owner(noun: Token) -> Token | None:
    """Return a noun's owner: "its", "Walsh" in "Walsh's package", "Tesla" in "Tesla shares"."""
    name = None
    for child in noun.lefts:
        if child.dep_ == "poss":
            return child
        if child.dep_ in ("compound", "nmod") and child.tag_ in ("NNP", "NNPS"):
            name = child
    if name is not None:
        return name
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in ("of", "at", "in", "for"):
            thing = syntax.child(child, "pobj")
            if (
                thing is not None
                and thing.tag_ in ("NNP", "NNPS")
                and thing.ent_type_ not in ("DATE", "TIME")
            ):
                return thing
    return None
