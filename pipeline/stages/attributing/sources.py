"""The bounds and the form of a source."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.document.names import organisations, roles
from pipeline.records.labels import SourceForm
from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.syntax import NAME_TAGS, PRONOUN_TAGS

RESTRICTING = frozenset({"relcl", "acl", "advcl", "parataxis", "ccomp"})
DASHES = frozenset({"-", "--", "—", "–"})


def source_range(head: Token) -> Bounds:
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


def put_in_between(reading: Reading, cue: Bounds) -> int | None:
    """Return where a source inserted between commas begins: "Lee, an aide said, “is well”"."""
    doc, (start, end) = reading.doc, cue
    if not start or doc[start - 1].tag_ != "NN" or reading.lower[end : end + 1] != [","]:
        return None
    first = doc[start - 1].left_edge.i
    led = first > 0 and reading.lower[first] in ("a", "an", "one")
    return first if led and reading.lower[first - 1] == "," else None


def mended_source(reading: Reading, span: Bounds, cue: Bounds) -> Bounds:
    """Return the corrected bounds of a source that the network cut inside a noun phrase.

    "Brazil" in "Brazil's bank said" becomes the bank, "the Post, Ann Lee" in "In a letter to the
    Post, Ann Lee wrote" becomes Ann Lee.
    """
    doc, (start, end) = reading.doc, span
    between = put_in_between(reading, cue) if end == cue[0] else None
    if between is not None and start < between:
        return between, end
    owner = doc[reading.head(start, end)]
    owned = owner.head
    if owner.dep_ == "poss" and _speaks(owned) and end <= owned.i < cue[0]:
        first, last = source_range(owned)
        return (first, last) if first <= start and last <= cue[0] else span
    led = start > 0 and doc[start - 1].tag_ in ("IN", "TO") and doc[start - 1].lower_ != "by"
    if led and end == cue[0] and doc[start:end].sent.start < start - 1:
        comma = next((i for i in range(start, end) if reading.lower[i] == ","), end)
        if comma + 1 < end and owner.dep_ == "pobj" and doc[end - 1].tag_ in NAME_TAGS:
            return comma + 1, end
    return span


def _speaks(noun: Token) -> bool:
    """Return whether a subject is a person or a body, rather than a tweet or anger."""
    if noun.dep_ not in ("nsubj", "nsubjpass"):
        return False
    word = noun.lower_
    return noun.tag_ in NAME_TAGS or word in roles() or word in organisations().nominals


def form_of(head: Token) -> SourceForm:
    """Return whether a source is a name, a pronoun or another noun."""
    tag = head.tag_
    if tag in PRONOUN_TAGS or tag in ("WDT", "EX"):
        return "pronoun"
    if tag in NAME_TAGS or head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP"):
        return "name"
    return "nominal"
