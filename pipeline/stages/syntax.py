"""Read a dependency parse: subjects, verb groups, noun phrases, clauses.

Shared by the stages. Each function looks at one token and takes time proportional to the size of
its phrase. Bounds are half-open token indices unless a name says ``char``. The labels are those of
the ClearNLP scheme and the tags those of the Penn Treebank, as in spaCy's English models.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.stages.annotations import Bounds

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
AUXILIARIES = frozenset({"aux", "auxpass"})
OBJECTS = frozenset({"dobj", "dative", "attr", "oprd"})
CLAUSES = frozenset({"ccomp", "xcomp", "advcl", "relcl", "acl", "csubj", "csubjpass", "pcomp"})
VERB_TAGS = frozenset({"VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"})
NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
NAME_TAGS = frozenset({"NNP", "NNPS"})
PRONOUN_TAGS = frozenset({"PRP", "PRP$", "WP", "WP$"})
RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})
EDGE_TAGS = frozenset({",", ".", ":", "``", "''", '""', "-LRB-", "-RRB-", "_SP", "HYPH", "NFP"})
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


def trim(doc: Doc, start: int, end: int) -> Bounds:
    """Drop spaces, commas, stops, dashes and marks at both ends of token bounds."""
    while start < end and doc[start].tag_ in EDGE_TAGS:
        start += 1
    while end > start and doc[end - 1].tag_ in EDGE_TAGS:
        end -= 1
    return start, end


def clause(verb: Token) -> Bounds:
    """Return the token bounds of everything under a verb, without marks and spaces at its ends."""
    return trim(verb.doc, verb.left_edge.i, verb.right_edge.i + 1)


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
