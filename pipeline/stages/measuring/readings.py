"""Nouns that a figure may measure, read off the parse in several ways."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.measuring.counted import noun_ahead, whole_compound, whole_of
from pipeline.stages.measuring.hedges import NOUNS as CHANGE_NOUNS
from pipeline.stages.measuring.hedges import VERBS as CHANGE_VERBS
from pipeline.stages.measuring.sites import Site
from pipeline.stages.measuring.wordsets import (
    AFTER_NOUN,
    BEING,
    EXPECTING,
    HEADLINE_DEPS,
    LAYERS,
    LINKS,
    LOSSES,
    NOUN_TAGS,
    OFFERED,
    PURPOSE_VERBS,
    SEEING,
    SUMS,
    TAKEN_FOR_NOUNS,
    TAKING,
    TRANSITIVE,
    UNSPOKEN,
    WHITHER,
)
from pipeline.text.lemmas import verb_lemma

FRACTIONS = frozenset(("half", "third", "thirds", "quarters", "fifth", "fifths", "times"))
"""Nouns that are figures themselves: "two-thirds, 67 percent"."""


def modified(place: Site) -> Token | None:
    """Return the noun that the amount stands before: "145% tariffs"."""
    noun = noun_ahead(place) or _right_behind(place)
    if noun is None or (place.top.dep_ == "npadvmod" and noun.i == place.top.head.i):
        return None  # but "a 30% lower risk"
    noun = whole_compound(noun)
    if noun.lower_ == "worth":
        return whole_of(noun) or noun  # "$5m worth of shares"
    if noun.lower_ not in CHANGE_NOUNS or noun.lower_ in LOSSES:
        return noun
    return _changed(noun, place) or _changing(noun, place) or noun


def _right_behind(place: Site) -> Token | None:
    """Return the noun of "a $420 million writedown" that the parse takes for a participle."""
    behind, before = place.behind, place.before
    framed = before is not None and before.tag_ == "DT" and behind is not None
    hung = framed and behind is not None and behind.dep_ == "acl" and behind.tag_ in ("NN", "NNS")
    return behind if hung and place.is_money else None


def _changing(noun: Token, place: Site) -> Token | None:
    """Return what a change is said of: "trade saw a 5% rebound", "Acme fell, a 3% drop"."""
    verb = noun.head
    seen = noun.dep_ == "dobj" and verb_lemma(verb.lower_) in SEEING
    if not seen and noun.dep_ not in ("appos", "npadvmod"):
        return None
    own = any(one.dep_ == "compound" and not place.holds(one) for one in noun.lefts)
    return None if own else _upwards(noun, place)  # "share price increase" says what


def _changed(noun: Token, place: Site) -> Token | None:
    """Return what changes in "a 75% increase in sales"."""
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in ("in", "of", "for", "on"):
            thing = syntax.child(child, "pobj")
            if thing is None or thing.tag_ not in NOUN_TAGS or place.holds(thing):
                continue
            if child.nbor(-1).text == "," and child.i > place.first:
                continue  # "an increase of 7 percent, for some workers"
            return None if thing.ent_type_ in UNSPOKEN else thing
    return None


def past_units(noun: Token, place: Site) -> Token:
    """Return the noun that a unit hangs behind: "laptop" for "The laptop 16 inch is worth $900"."""
    lead = place.lead - 1
    if lead > 0 and place.doc[lead].lower_ in ("between", "from", "at"):
        lead -= 1
    verb = noun.lower_ in TAKEN_FOR_NOUNS and noun.i == lead
    if noun.i not in place.others and not verb:
        return noun
    whole = whole_of(noun)
    if whole is not None:
        return whole  # "24 percent of the donors gave $200"
    named = [one for one in noun.lefts if one.tag_ in NOUN_TAGS and one.i not in place.others]
    return named[-1] if named else noun


def is_measurable(noun: Token, place: Site) -> bool:
    """Tell a noun from a date, a sign, and a figure with its unit."""
    if noun.ent_type_ in ("DATE", "TIME") or place.holds(noun) or noun.lower_ in FRACTIONS:
        return False
    if noun.i in place.others and not any(one.lower_ in LAYERS for one in noun.lefts):
        return False  # all but "the top 1 percent"
    if noun.lower_ in WHITHER and noun.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj"):
        return False
    if noun.lower_ == "record" and noun.i == place.lead - 1:
        return False  # "a record $3 billion"
    if place.behind is not None and place.behind.text == "/" and noun.i == place.last + 1:
        return False  # "$8/kg"
    if any(one.dep_ == "aux" and one.tag_ == "TO" for one in noun.lefts):
        return False  # "to trade at 5.2", a verb that is tagged as a noun
    return any(char.isalnum() for char in noun.text)


def is_named(noun: Token, place: Site) -> bool:
    """Tell a noun that can be measured from a pronoun."""
    return noun.tag_ in NOUN_TAGS and is_measurable(noun, place)


def said_to_be(place: Site) -> Token | None:
    """Return what a figure is said to be: "half were women", "of which $2 billion is cash"."""
    top, verb = place.top, place.top.head
    if top.dep_ != "nsubj" or verb.lower_ not in BEING:
        return None
    thing = syntax.child(verb, "attr")
    return thing if thing is not None and thing.tag_ in ("NN", "NNS") else None


def beside(place: Site) -> Token | None:
    """Return the noun right before the words that lead to a figure, wherever the parse hangs them.

    "cut its fees by 5%", "Acme up 5%", "plants over 35 MW", "bought a lamp for $9".
    """
    at = place.lead - 2 if place.lead else place.first - 2
    if at < 0 or place.doc[at].tag_ not in NOUN_TAGS:
        return None
    noun, word = place.doc[at], place.doc[at + 1]
    if word.dep_ == "prt" and noun.dep_ == "dobj" and noun.head.i == word.head.i:
        return noun  # "sent crude up 3%"
    if word.lower_ in ("up", "down"):
        return noun if noun.tag_ != "NN" else None
    if word.lower_ == "worth":
        return noun
    if word.lower_ == "with" and word.dep_ == "mark":
        return noun  # "the SF90 with 938 horsepower might", with might for its verb
    if word.lower_ == "at" and noun.tag_ == "NNS":
        return noun if noun.dep_ in ("dobj", "pobj") else None
    if word.lower_ == "by" and noun.dep_ == "dobj":
        lemma = verb_lemma(noun.head.lower_)
        return noun if lemma in CHANGE_VERBS or lemma in TRANSITIVE else None
    if word.lower_ == "by" or (word.lower_ == "for" and place.is_money):
        return noun if noun.dep_ in ("dobj", "appos", "conj", "nsubj", "nsubjpass") else None
    return None


def noun_of(place: Site) -> Token | None:
    """Return the noun before: "turnout rate of 58%", "a loss of 63 cents", "the TV for $30"."""
    top, above = place.top, place.top.head
    if above.i >= place.first:
        return None
    if above.lower_ == "worth" and above.dep_ in ("amod", "prep", "acl"):
        return above.head if above.head.tag_ in NOUN_TAGS and above.head.i < above.i else None
    if top.dep_ in ("pobj", "pcomp", "nummod", "quantmod") and above.tag_ in ("IN", "TO"):
        noun = above.head
        if above.lower_ == "for":
            return _priced(noun)
        if above.lower_ in ("at", "from"):
            offered = _offered(noun, place)
            if offered is not None:
                return offered
        if above.lower_ not in LINKS or noun.tag_ not in NOUN_TAGS:
            return None
        if noun.lower_ in LOSSES:
            return noun
        if noun.lower_ in SUMS or noun.lower_ in CHANGE_NOUNS:
            changed = _changed(noun, place) if noun.lower_ in CHANGE_NOUNS else None
            if changed is None and verb_lemma(noun.head.lower_) in EXPECTING:
                return noun  # "they expected growth of 2%"
            return changed or _upwards(noun, place) or noun
        return _outer(noun) if above.lower_ == "of" else noun
    listed = top.dep_ == "conj" and place.before is not None and place.before.text in (",", ":")
    return above if (listed or top.dep_ in AFTER_NOUN) and above.tag_ in NOUN_TAGS else None


def _outer(noun: Token) -> Token:
    """Return "margin" for the error of "a margin of error of 3 points"."""
    of = noun.head
    outer = of.head if noun.dep_ == "pobj" and of.lower_ in ("of", "on") else noun
    between = noun.doc[of.i : noun.i]
    plain = outer.tag_ in ("NN", "NNS") and not any(one.tag_ == "CD" for one in between)
    return outer if plain else noun


def _offered(participle: Token, place: Site) -> Token | None:
    """Return the noun of "lamps priced at $30", also in "Get the lamp starting at $30"."""
    head = participle.head
    if participle.dep_ == "acl" and head.tag_ in NOUN_TAGS:
        return head
    if participle.dep_ != "advcl" or participle.lower_ not in OFFERED:
        return None
    if participle.i > head.i:
        return _object(head, place) or subject_noun(head, place)
    return None


def _object(verb: Token, place: Site, *, wrapped: bool = False) -> Token | None:
    """Return the noun that a verb has as its object.

    The figure is no part of its phrase, unless it may be ``wrapped`` into it, as in "lowered its
    guidance for the quarter to $84 billion", where it hangs on the quarter.
    """
    thing = syntax.child(verb, "dobj", "nsubjpass")
    if thing is None or thing.tag_ not in NOUN_TAGS or thing.ent_type_ in UNSPOKEN:
        return None
    if place.holds(thing):
        return None
    inside = thing.left_edge.i <= place.first <= thing.right_edge.i
    return thing if not inside or (wrapped and thing.i < place.first) else None


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
    if not syntax.is_verb(verb):
        return None
    if verb_lemma(verb.lower_) in PURPOSE_VERBS and noun.dep_ == "dobj":
        return _purpose(verb, place) or subject_noun(verb, place)  # "paid a total of $5m for it"
    led = noun.dep_ == "pobj" and noun.head.lower_ == "to" and noun.head.head.i == verb.i
    moved = led and verb_lemma(verb.lower_) in TRANSITIVE
    return (_object(verb, place) if moved else None) or subject_noun(verb, place)


def changed_thing(place: Site) -> Token | None:
    """Return what a change leads from or to a figure: "output" in "raised output to 2m tons"."""
    verb = syntax.clause_head(place.top)
    led = place.doc[place.lead - 2] if place.lead > 1 else None
    if led is not None and led.tag_ == "NN" and led.lower_ in CHANGE_NOUNS:
        return _changed(led, place) or led  # "a cut to 3.75%"
    if not syntax.is_verb(verb):
        return None
    it = syntax.child(verb, "dobj")
    if it is not None and it.lower_ in ("it", "them"):
        # "improved the storage, doubling it to 256 GB"
        return syntax.child(verb.head, "dobj") if verb.dep_ in ("advcl", "conj") else None
    return _object(verb, place, wrapped=True) or subject_noun(verb, place)


def clause(place: Site) -> Token | None:
    """Return what rose, cost or is so much: the object of some verbs, the subject of others."""
    verb = syntax.clause_head(place.top)
    if not syntax.is_verb(verb):
        return _headline(verb, place)
    lemma = verb_lemma(verb.lower_)
    if lemma in PURPOSE_VERBS or (lemma == "set" and is_set_aside(verb)):
        purpose = _purpose(verb, place)
        if purpose is not None:
            return purpose
    if lemma in TAKING:
        whole = _taken_from(verb, place)
        if whole is not None:
            return whole
    if lemma in TRANSITIVE or lemma in CHANGE_VERBS:
        thing = _object(verb, place)
        if thing is not None:
            return thing
    return subject_noun(verb, place)


def is_set_aside(verb: Token) -> bool:
    return any(one.lower_ == "aside" for one in verb.rights)


def _headline(top: Token, place: Site) -> Token | None:
    """Return the noun of a sentence without verb: "Nasdaq up 17 points", "floor area ≈ 32 m2"."""
    if top.tag_ in NOUN_TAGS and top.i < place.first:
        return top
    for child in top.children:
        if child.i >= place.first:
            break
        if child.tag_ in NOUN_TAGS and child.dep_ in HEADLINE_DEPS:
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


def subject_noun(verb: Token, place: Site) -> Token | None:
    who = syntax.subject(verb)
    if who is None or place.holds(who):
        return None
    if who.lower_ in syntax.RELATIVES:
        return antecedent(who)
    if who.tag_ not in NOUN_TAGS and who.tag_ not in ("PRP", "DT") and not is_code(who):
        return None
    if who.lower_ in SUMS:
        inner = syntax.child(who, "prep")
        thing = syntax.child(inner, "pobj") if inner is not None else None
        return thing if thing is not None and thing.tag_ in NOUN_TAGS else who
    return who


def is_code(token: Token) -> bool:
    """Tell whether a token is a name such as "TA-125", however it is tagged."""
    return token.text[:1].isupper() and any(char.isdigit() for char in token.text)


def antecedent(relative: Token) -> Token | None:
    """Return the noun that "which" stands for."""
    if relative.lower_ not in syntax.RELATIVES:
        return None
    for head in (relative, *syntax.ancestors(relative)):
        if head.dep_ == "relcl":
            noun = head.head
            if relative.lower_ == "which" and noun.ent_type_ == "PERSON" and relative.i > 1:
                noun = relative.nbor(-2)  # "Lee, secretary of the TUC, which has 5m members"
            return noun if noun.tag_ in NOUN_TAGS else None
    return None
