"""Read a dependency parse: subjects, verb groups, clauses, and the tense of a clause.

Shared by the stages. Each function looks at one token and takes time proportional to the size of
its phrase. Bounds are half-open token indices unless a name says ``char``. The labels are those of
the ClearNLP scheme and the tags those of the Penn Treebank, as in spaCy's English models.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from spacy.tokens import Token

from pipeline.document.columns import NOUN_TAGS
from pipeline.text.words import word_set

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
AUXILIARIES = frozenset({"aux", "auxpass"})
OBJECTS = frozenset({"dobj", "dative", "attr", "oprd"})
CLAUSES = frozenset({"ccomp", "xcomp", "advcl", "relcl", "acl", "csubj", "csubjpass", "pcomp"})
VERB_TAGS = frozenset({"VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"})
NAME_TAGS = frozenset({"NNP", "NNPS"})
PRONOUN_TAGS = frozenset({"PRP", "PRP$", "WP", "WP$"})
RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})
MAX_CLIMB = 40
"""Maximum number of heads to follow: no real sentence is deeper, but a hostile one may be."""


def is_verb(token: Token) -> bool:
    """Return whether a token is tagged as a verb or a modal."""
    return token.tag_ in VERB_TAGS


def is_noun(token: Token) -> bool:
    """Return whether a token is tagged as a noun or a name."""
    return token.tag_ in NOUN_TAGS


def child(token: Token, *deps: str) -> Token | None:
    """Return the first child with one of these labels."""
    for one in token.children:
        if one.dep_ in deps:
            return one
    return None


def ancestors(token: Token) -> Iterator[Token]:
    """Yield heads upwards, at most ``MAX_CLIMB`` of them."""
    for _ in range(MAX_CLIMB):
        head = token.head
        if head.i == token.i:
            return
        yield head
        token = head


def own_subject(verb: Token) -> Token | None:
    """Return the subject attached to this verb itself."""
    for one in verb.children:
        if one.dep_ in SUBJECTS and one.dep_ != "expl":
            return one
    return None


def subject(verb: Token) -> Token | None:
    """Return the subject of a verb: its own, or the one that it shares or is controlled by.

    A coordinated verb shares the first one's ("she smiled and said"), an open complement and an
    adverbial participle take that of the verb above ("said X, adding Y"; "went on to say"), a
    participle after a noun has the noun ("a report showing …").
    """
    for _ in range(MAX_CLIMB):
        found = own_subject(verb)
        if found is not None:
            return found
        dep = verb.dep_
        if dep == "acl" and verb.tag_ == "VBG":
            return verb.head
        reduced = dep in ("advcl", "pcomp", "prep") and verb.tag_ in ("VBG", "VB", "IN", "VBN")
        if not reduced and dep not in ("conj", "xcomp", "aux", "auxpass"):
            return None
        verb = verb.head
    return None


def agent(verb: Token) -> Token | None:
    """Return the noun of a passive's "by" phrase."""
    by = child(verb, "agent")
    return child(by, "pobj") if by is not None else None


def is_passive(verb: Token) -> bool:
    """Return whether a verb has a passive auxiliary or subject."""
    return any(one.dep_ in ("auxpass", "nsubjpass", "csubjpass") for one in verb.children)


def is_negated(verb: Token) -> bool:
    """Return whether "not", "n't" or "never" is attached to a verb or its auxiliaries."""
    return any(
        one.dep_ == "neg" or one.lower_ in ("not", "n't", "n’t", "never")
        for one in verb.children
        if one.i < verb.i + 3
    )


def clause_head(token: Token) -> Token:
    """Return the verb of the clause of a token, otherwise the root of its sentence.

    A verb that only says when a period ends is skipped: "for the quarter ended June".
    """
    last = token
    for one in (token, *ancestors(token)):
        if is_verb(one) and not ends_period(one):
            return one
        last = one
    return last


def ends_period(verb: Token) -> bool:
    """Return whether a token is a participle as in "the quarter ended December"."""
    return verb.dep_ == "acl" and verb.lower_ in ("ended", "ending") and is_noun(verb.head)


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
