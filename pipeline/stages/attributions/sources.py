"""The bounds and the form of a source."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.document.syntax import NAME_TAGS, PRONOUN_TAGS
from pipeline.records.labels import SourceForm
from pipeline.text.spans import TokenSpan

RESTRICTING = frozenset({"relcl", "acl", "advcl", "parataxis", "ccomp"})


DASHES = frozenset({"-", "--", "—", "–"})


def source_range(head: Token) -> TokenSpan:
    """Return the bounds of a source: its noun phrase with title and apposition.

    Relative clauses and participles are left out, and so is anything before a dash.
    """
    doc = head.doc
    start, end = head.left_edge.i, head.right_edge.i + 1
    for one in head.rights:
        if one.dep_ in RESTRICTING:
            # in parses with crossing branches, a clause on the right may begin on the left
            end = min(end, max(one.left_edge.i, head.i + 1))
    for i in range(start, head.i):
        spaced = doc[i].whitespace_ and (i == start or doc[i - 1].whitespace_)
        if spaced and doc[i].lower_ in DASHES:
            start = i + 1
    while end - 1 > head.i and doc[end - 1].text in (",", ":", ";", "-", "--", "—", "–", "("):
        end -= 1
    while start < head.i and (doc[start].is_space or doc[start].is_punct):
        start += 1
    while end - 1 > head.i and (doc[end - 1].is_space or doc[end - 1].tag_ == "POS"):
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
