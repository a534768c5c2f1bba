"""Find the source of a cue and bound it."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.stages.annotations import Bounds, SourceForm
from pipeline.stages.syntax import NAME_TAGS, PRONOUN_TAGS, agent, is_passive, own_subject, subject

RESTRICTING = frozenset({"relcl", "acl", "advcl", "parataxis", "ccomp"})
DASHES = frozenset({"-", "--", "—", "–"})
RAISING = frozenset({"quoted", "cited", "heard", "overheard", "recorded"})
"""Passives whose subject is the source all the same: "was quoted as saying"."""


def source_of(verb: Token) -> Token | None:
    """Return the head of the source of a verb, None where the text leaves it out."""
    if is_passive(verb) or (verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl", "amod")):
        return agent(verb)
    top = verb
    if verb.dep_ == "pcomp" and verb.head.lower_ == "as" and verb.head.head.lower_ in RAISING:
        return own_subject(verb.head.head)
    found = subject(top)
    if found is None and verb.dep_ in ("acl", "relcl"):
        return verb.head
    if found is not None and found.dep_ == "nsubjpass" and found.head.i != verb.i:
        return None if verb.dep_ == "xcomp" else found
    return found


def source_range(head: Token, *, whole: bool = False) -> Bounds:
    """Return the bounds of a source: its noun phrase with title and apposition.

    Relative clauses and participles are left out unless ``whole`` is set, and so is a dateline
    before it.
    """
    doc = head.doc
    start, end = head.left_edge.i, head.right_edge.i + 1
    for one in head.rights:
        if one.dep_ in RESTRICTING and not whole:
            end = min(end, one.left_edge.i)
    for i in range(start, head.i):
        spaced = doc[i].whitespace_ and (i == start or doc[i - 1].whitespace_)
        if spaced and doc[i].lower_ in DASHES:
            start = i + 1
    while end - 1 > head.i and doc[end - 1].text in (",", ":", ";", "-", "--", "—", "–", "("):
        end -= 1
    while start < head.i and (doc[start].is_space or doc[start].is_punct):
        start += 1
    while end - 1 > head.i and doc[end - 1].is_space:
        end -= 1
    return start, end


def form_of(head: Token) -> SourceForm:
    """Return whether a source is a name, a pronoun or another noun."""
    tag = head.tag_
    if tag in PRONOUN_TAGS or tag in ("WDT", "EX"):
        return "pronoun"
    if tag in NAME_TAGS or head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP"):
        return "name"
    return "nominal"
