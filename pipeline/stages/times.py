"""Find dates, clock times, durations and sets, and read them against the day of publication.

Where that is not known, the day of a dateline takes its place.
"""

from __future__ import annotations

from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.stages.annotations import Time
from pipeline.stages.syntax import (
    AUXILIARIES,
    NAME_TAGS,
    NOUN_TAGS,
    OBJECTS,
    ancestors,
    is_noun,
    is_verb,
)
from pipeline.text import timex
from pipeline.text.dateline import dateline

MAX_CHILDREN = 12
"""A verb's auxiliaries stand among its first children."""
FUTURE_MODALS = frozenset(
    {"will", "'ll", "’ll", "wo", "shall", "may", "might", "can", "must", "should"}
    | {"would", "could", "'d", "’d", "ca"}
)
PERFECT = frozenset({"have", "has", "had", "'ve", "’ve"})
AHEAD = frozenset(
    """about agree agreed aim aimed aims allow allowed ask asked asks due eager expect
    expected expecting expects forecast going hope hoped hopes hoping intend intended intends invite
    invited likely need needed needs order ordered plan planned planning plans poised
    pledged prepared preparing prepares projected promise promised promises ready scheduled set slated supposed threaten threatened threatening threatens tells told
    unlikely urge urged urges vow vowed vows wait waiting want wanted wants willing""".split()  # noqa: SIM905 (a list of words is read more easily so)
)
"""What these govern in the infinitive lies ahead of them."""
STILL = frozenset(
    """appear appears believe believes feel feels has have know knows mean means remain remains say
    says seem seems show shows suggest suggests think thinks want wants""".split()  # noqa: SIM905 (as above)
)
"""What these say in the present is no plan."""
TO_COME = frozenset({"before", "until", "till", "by", "ahead", "toward", "towards", "into"})
GONE = frozenset({"since", "despite"})
COMING = frozenset({"next", "coming", "upcoming"})
BEING = frozenset({"was", "were", "been", "'s", "’s", "is"})


@Language.factory(
    "news_times",
    requires=["token.tag", "token.dep", "token.head"],
    assigns=["doc._.news", "doc.spans"],
)
def make_times(nlp: Language, name: str) -> Times:  # noqa: ARG001 (spaCy passes both)
    """Make the stage."""
    return Times()


class Times:
    """Find time expressions by their words; the parse gives tense and sorts out homographs."""

    def __call__(self, doc: Doc) -> Doc:
        news = doc._.news

        def tense(start: int, end: int) -> int:
            span = doc.char_span(start, end, alignment_mode="expand")
            return direction(span.root) if span is not None else 0

        times: list[Time] = []
        spans = []
        anchor = news.published or dateline(doc.text)
        for found in timex.find(doc.text, anchor, tense=tense):
            span = doc.char_span(found.start, found.end, alignment_mode="expand")
            if span is None or is_name(span) or (found.weak and not is_meant(found.value, span)):
                continue
            times.append(Time(found.start, found.end, found.kind, found.value, found.relative))
            spans.append(span)
        news.times = times
        doc.spans["times"] = spans
        return doc


def is_name(span: Span) -> bool:
    """Tell whether words of time are a name: Theresa May, "Today" of NBC, Sunday Night Baseball."""
    label = span[0].ent_type_
    if label == "PERSON":
        return len(span) == 1
    if label != "WORK_OF_ART":
        return False
    doc, first, last = span.doc, span.start, span.end
    longer = (first and doc[first].ent_iob_ == "I") or (
        last < len(doc) and doc[last].ent_iob_ == "I"
    )
    after = last + (last < len(doc) and doc[last].text in ",.")
    marked = first and after < len(doc) and doc[first - 1].is_quote and doc[after].is_quote
    return span.text[0].isupper() and bool(longer or marked)


def is_meant(value: str | None, span: Span) -> bool:
    """Tell by the parse whether words that may be times are meant as such."""
    if value == "PAST_REF":
        return is_formerly(span[-1])
    if value == "FUTURE_REF":
        return span[-1].tag_ == "JJ" and span[-1].dep_ == "amod"
    return is_noun_of_time(span[-1])


def is_formerly(token: Token) -> bool:
    """Tell "he once said" from "once he had said it"."""
    if token.tag_ != "RB":
        return False
    head = token.head
    if not is_verb(head):
        return head.tag_ in NOUN_TAGS or head.tag_ == "JJ"
    if head.dep_ == "advcl" and token.i == head.left_edge.i:
        return False
    before = token.i < head.i or head.lower_ in BEING
    return before and (tense_of(head) < 0 or head.tag_ == "VBN")


def is_noun_of_time(token: Token) -> bool:
    """Tell by its tag and entity whether "May", "spring" or "fall" is meant as a time."""
    if token.tag_ not in NOUN_TAGS or token.ent_type_ not in ("", "DATE", "TIME"):
        return False
    return token.text[0].islower() or token.dep_ != "compound" or token.tag_ not in NAME_TAGS


def direction(token: Token) -> int:
    """Return -1 where the clause around a token tells of the past, 1 of the future, else 0."""
    below, coming, apart = token, False, False
    for head in ancestors(token):
        if is_verb(head) and head.dep_ != "amod":
            return _within_clause(tense_of(head), head, coming=coming, apart=apart)
        if head.tag_ == "IN" and head.lower_ in GONE:
            return -1
        coming = coming or head.lower_ in TO_COME
        if is_noun(head):
            coming = coming or any(c.lower_ in COMING for c in islice(head.children, MAX_CHILDREN))
            apart = not (head.dep_ in OBJECTS and is_verb(head.head))
        below = head
    return 1 if coming and below.i != token.i else 0


def _within_clause(tense: int, verb: Token, *, coming: bool, apart: bool) -> int:
    """Return the direction of a time below a verb: a plan in the present is told at the verb."""
    if coming:
        return 1 if tense >= 0 else 0
    if tense > 0 and verb.tag_ in PRESENT and (apart or verb.lower_ in STILL):
        return 0
    return tense


PRESENT = frozenset({"VBZ", "VBP"})


def tense_of(verb: Token) -> int:
    """Return the direction that a verb with its auxiliaries speaks in, or that of its governor."""
    participle = False
    for _ in range(MAX_GOVERNORS):
        own = _own_tense(verb)
        if own is not None:
            return 0 if participle and verb.tag_ in PRESENT else own
        participle = verb.tag_ == "VBG"
        if not participle and verb.head.i != verb.i and verb.head.lower_ in AHEAD:
            return 1
        governor = next((head for head in ancestors(verb) if is_verb(head)), None)
        if governor is None:
            return 0
        verb = governor
    return 0


MAX_GOVERNORS = 5


def _own_tense(verb: Token) -> int | None:
    """Return the direction that a verb speaks in, None where it has no tense of its own."""
    auxiliaries = [
        child for child in islice(verb.children, MAX_CHILDREN) if child.dep_ in AUXILIARIES
    ]
    words = {child.lower_ for child in auxiliaries}
    tags = {child.tag_ for child in auxiliaries}
    if words & FUTURE_MODALS:
        return -1 if "have" in words else 1
    if "TO" in tags:
        return None
    if verb.tag_ == "VBD" or "VBD" in tags or words & PERFECT:
        return -1
    if tags & PRESENT or verb.tag_ in PRESENT:
        return 1
    return -1 if verb.tag_ == "VBN" else None
