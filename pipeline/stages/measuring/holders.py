"""Whose a figure is: an owner of the noun that it measures, else the clause's subject."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.annotations import Bounds
from pipeline.stages.measuring.nounphrases import inside_another, name_behind, owner_of, words
from pipeline.stages.measuring.readings import antecedent
from pipeline.stages.measuring.sites import Site
from pipeline.stages.measuring.wordsets import PRONOUNS
from pipeline.text.lemmas import verb_lemma

OF_THINGS = frozenset(
    (
        "be",
        "is",
        "was",
        "were",
        "cost",
        "take",
        "mean",
        "require",
        "seem",
        "appear",
        "amount",
        "raise",
    )
)
WHERE = frozenset(("to", "in", "at", "from", "across", "among", "before", "against", "near"))
ITS = frozenset(("it", "its"))


def holder_of(noun: Token, place: Site, *, counted: bool = False) -> Bounds | None:
    """Return the words of whose figure it is: an owner of the noun, else the clause's subject.

    A name that only says where ("workers in Japan") comes after a subject that is named.
    """
    owner = owner_of(noun, counted=counted)
    if owner is None and noun.tag_ in PRONOUNS and noun.dep_ in syntax.SUBJECTS:
        owner = antecedent(noun) or noun
    if owner is not None and owner.lower_ in ITS:
        owner = _meant(owner) or owner
    around = name_behind(noun, ("in", "for"))
    apart = inside_another(noun) or (counted and _is_elsewhere(noun, place))
    people = noun.tag_ == "NNPS" or noun.ent_type_ == "NORP"
    if owner is None and people and place.is_share and noun.i >= place.last:
        owner = noun  # "91 percent of Danes and 81 percent of Swedes"
    if owner is None and noun.dep_ not in ("nsubj", "nsubjpass") and not apart:
        owner = _subject(noun, place, around)
    owner = owner if owner is not None else around
    if owner is None and noun.tag_ in ("NNP", "NNPS") and not counted:
        owner = noun
    return None if owner is None else owner_words(owner)


def holder_behind(place: Site) -> Bounds | None:
    """Return the name right behind a figure that stands alone: "1,500 votes to 1,200 for Lee"."""
    behind = place.behind
    if behind is None or behind.lower_ not in ("for", "by"):
        return None
    name = syntax.child(behind, "pobj")
    return owner_words(name) if name is not None and name.tag_ in syntax.NAME_TAGS else None


def _is_elsewhere(noun: Token, place: Site) -> bool:
    """Tell a counted noun that is only met in passing: "spoke to 3,000 people", "in 12 states"."""
    preposition = noun.head
    return noun.dep_ == "pobj" and preposition.lower_ in WHERE and preposition.i < place.lead


def _subject(noun: Token, place: Site, around: Token | None) -> Token | None:
    """Return who does or has what the figure is about."""
    verb = syntax.clause_head(place.top)
    who = syntax.subject(verb) if syntax.is_verb(verb) else None
    if who is None or who.i == noun.i or place.holds(who):
        return None
    owner = antecedent(who) or who
    if owner.lower_ in ITS:
        owner = _meant(owner) or owner
    if owner.tag_ in ("NN", "NNS"):
        owner = owner_of(owner) or owner
    return owner if around is None or owner.tag_ in syntax.NAME_TAGS else None


def _meant(pronoun: Token) -> Token | None:
    """Return the name that "it" stands for in "Acme said it lost $5m", "Acme cut its costs".

    What costs or takes so much is mostly another thing: "Acme said it would cost $5m".
    """
    verb = syntax.clause_head(pronoun)
    if pronoun.lower_ == "it" and verb_lemma(verb.lower_) in OF_THINGS:
        return None
    for _ in range(4):
        who = syntax.subject(verb)
        named = who is not None and who.i < pronoun.i and who.tag_ == "NNP"  # no "Republicans"
        if who is not None and named:
            return None if who.ent_type_ == "PERSON" else who
        if verb.head.i == verb.i:
            return None
        verb = syntax.clause_head(verb.head)
    return None


def owner_words(owner: Token) -> Bounds | None:
    if owner.lower_ in ("there", "that", "this", "which", "what", "who"):
        return None
    if syntax.is_verb(owner) or owner.tag_ == "CD":
        return None  # "what seemed a romp became a fight", "their $26 price"
    return words(owner)
