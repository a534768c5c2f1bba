"""Decide whether the clause around a time is about the past or the future."""

from __future__ import annotations

from itertools import islice

from spacy.tokens import Token

from pipeline.stages.syntax import AUXILIARIES, OBJECTS, ancestors, is_noun, is_verb
from pipeline.text.words import word_set

MAX_CHILDREN = 12
"""Maximum number of children of a verb to search for its auxiliaries."""
FUTURE_MODALS = frozenset(
    {"will", "'ll", "’ll", "wo", "shall", "may", "might", "can", "must", "should"}
    | {"would", "could", "'d", "’d", "ca"}
)
ABLE = frozenset({"can", "ca"})
PERFECT = frozenset({"have", "has", "had", "'ve", "’ve"})
AHEAD = word_set(
    """
    about agree agreed aim aimed aims allow allowed ask asked asks due eager expect expected
    expecting expects forecast going hope hoped hopes hoping intend intended intends invite invited
    likely need needed needs order ordered plan planned planning plans pledged poised prepared
    preparing prepares projected promise promised promises ready scheduled set slated supposed
    tells threaten threatened threatening threatens told unlikely urge urged urges vow vowed vows
    wait waiting want wanted wants willing
    """
)
"""Infinitives that these govern are in the future."""
STILL = word_set(
    """
    appear appears believe believes feel feels has have know knows mean means remain remains say
    says seem seems show shows suggest suggests think thinks want wants
    """
)
"""In the present tense, these do not express a plan."""
TO_COME = frozenset({"before", "until", "till", "by", "ahead", "up", "toward", "towards", "into"})
GONE = frozenset({"since", "despite"})
COMING = frozenset({"next", "coming", "upcoming"})
PRESENT = frozenset({"VBZ", "VBP"})
MAX_GOVERNORS = 5
"""Maximum number of verbs above an infinitive from which it takes its tense."""
PAST, NEITHER, FUTURE, SURELY = -1, 0, 1, 2
""""Will", a plan or "holds" are surely about the future; "is holding" may be over."""


def direction(token: Token) -> int:
    """Return the direction of the clause around a token: ``PAST``, ``FUTURE``, … ."""
    below, coming, apart = token, False, False
    for head in ancestors(token):
        if is_verb(head) and head.dep_ != "amod":
            return _within_clause(tense_of(head), head, coming=coming, apart=apart)
        if head.tag_ == "IN" and head.lower_ in GONE:
            return PAST
        coming = coming or head.lower_ in TO_COME
        if is_noun(head):
            coming = coming or any(c.lower_ in COMING for c in islice(head.children, MAX_CHILDREN))
            apart = not (head.dep_ in OBJECTS and is_verb(head.head))
        below = head
    return FUTURE if coming and below.i != token.i else NEITHER


def _within_clause(tense: int, verb: Token, *, coming: bool, apart: bool) -> int:
    """Return the direction of a time below a verb: for a plan in the present, that of the verb."""
    if coming:
        return NEITHER if tense < 0 else SURELY if tense > 0 else FUTURE
    if tense > 0 and verb.tag_ in PRESENT and (apart or verb.lower_ in STILL):
        return NEITHER
    return min(tense, FUTURE) if apart else tense


def tense_of(verb: Token) -> int:
    """Return the direction of a verb with its auxiliaries, or that of its governor."""
    participle = False
    for _ in range(MAX_GOVERNORS):
        own = _own_tense(verb)
        if own is not None:
            return NEITHER if participle and verb.tag_ in PRESENT else own
        participle = verb.tag_ == "VBG" and not _auxiliaries(verb)
        if not participle and verb.head.i != verb.i and verb.head.lower_ in AHEAD:
            return FUTURE if _was(verb.head) else SURELY
        governor = next((head for head in ancestors(verb) if is_verb(head)), None)
        if governor is None:
            return NEITHER
        verb = governor
    return NEITHER


def _was(plan: Token) -> bool:
    """Return whether a plan may be over by now: "he was to speak Thursday", "they vowed to"."""
    return plan.tag_ == "VBD" or any(one.tag_ == "VBD" for one in _auxiliaries(plan))


def _auxiliaries(verb: Token) -> list[Token]:
    return [one for one in islice(verb.children, MAX_CHILDREN) if one.dep_ in AUXILIARIES]


def _own_tense(verb: Token) -> int | None:
    """Return the direction of a verb, or None if it has no tense."""
    auxiliaries = _auxiliaries(verb)
    words = {one.lower_ for one in auxiliaries}
    tags = {one.tag_ for one in auxiliaries}
    if words & FUTURE_MODALS:
        return PAST if "have" in words else FUTURE if words & ABLE else SURELY
    if "TO" in tags:
        return None
    if verb.tag_ == "VBD" or "VBD" in tags or words & PERFECT:
        return PAST
    if verb.tag_ in PRESENT:
        return SURELY
    if tags & PRESENT:
        return FUTURE
    return PAST if verb.tag_ == "VBN" else None
