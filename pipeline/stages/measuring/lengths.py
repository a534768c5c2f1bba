"""What lengths of time are said of: "the war lasted 30 years", "a ban of two years"."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages import syntax
from pipeline.stages.measuring.readings import is_measurable, subject_noun
from pipeline.stages.measuring.sites import Site
from pipeline.stages.measuring.wordsets import (
    AWAY_BEFORE,
    AWAY_BEHIND,
    BEING,
    LASTING_VERBS,
    STRETCHES,
    SUMS,
)
from pipeline.text.lemmas import verb_lemma


def lasting(place: Site) -> Token | None:
    """Return what takes, lasts or is so long: "the war lasted 30 years", "a ban of two years"."""
    top, above = place.top, place.top.head
    if top.dep_ == "pobj" and above.lower_ in ("of", "for"):
        thing = above.head
        if thing.lower_ not in SUMS and thing.lower_ not in STRETCHES:
            named = thing.tag_ in ("NN", "NNS") and thing.i < place.first
            return thing if named and is_measurable(thing, place) else None
        top, above = thing, thing.head  # "stay an average of 70 days"
    if top.dep_ not in ("dobj", "attr", "npadvmod", "advmod", "oprd", "acomp"):
        return None
    lasts = verb_lemma(above.lower_) in LASTING_VERBS
    lasts = lasts or (top.dep_ == "attr" and above.lower_ in BEING)
    return subject_noun(above, place) if lasts and syntax.is_verb(above) else None


def is_distance_in_time(place: Site) -> bool:
    """Tell "two days ago", "over the past ten years", which nobody has; "spent ten days" is had."""
    if place.top.dep_ == "dobj":
        return False
    before, behind = place.doc[place.lead - 1] if place.lead else None, place.behind
    if behind is not None and behind.lower_ in AWAY_BEHIND:
        return True
    return before is not None and before.lower_ in AWAY_BEFORE


def is_led_to(place: Site) -> bool:
    """Tell "cut by 18 months" and "rose to 9 weeks" from "fell for a year"."""
    before = place.doc[place.lead - 1].lower_ if place.lead else ""
    return before in ("by", "from", "to") and not is_distance_in_time(place)
