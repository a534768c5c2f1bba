"""Find dates, clock times, durations and sets, and read them against the day of publication.

Where that is not known, the day of a dateline takes its place.
"""

from __future__ import annotations

from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.stages.annotations import Time
from pipeline.stages.syntax import NAME_TAGS, NOUN_TAGS, ancestors, is_verb
from pipeline.text import timex
from pipeline.text.dateline import dateline

MAX_CHILDREN = 12
"""A verb's auxiliaries stand among its first children."""
FUTURE_MODALS = frozenset(
    {"will", "'ll", "’ll", "wo", "shall", "may", "might", "can", "must", "should"}
)
AHEAD = frozenset(
    """about agreed asked due expect expected expects going hope hopes intend intends invited likely
    ordered plan planned plans promised promises ready scheduled set slated supposed urged vow vowed
    vows want wants""".split()  # noqa: SIM905 (a list of words is read more easily so)
)
"""What these govern in the infinitive lies ahead of them."""


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
            if span is None or is_name(span) or (found.weak and not is_noun_of_time(span[-1])):
                continue
            times.append(Time(found.start, found.end, found.kind, found.value, found.relative))
            spans.append(span)
        news.times = times
        doc.spans["times"] = spans
        return doc


def is_name(span: Span) -> bool:
    """Tell whether words of time are the name of somebody: Theresa May, April Ryan."""
    return len(span) == 1 and span[0].ent_type_ == "PERSON"


def is_noun_of_time(token: Token) -> bool:
    """Tell by its tag and entity whether "May", "spring" or "fall" is meant as a time."""
    if token.tag_ not in NOUN_TAGS or token.ent_type_ not in ("", "DATE", "TIME"):
        return False
    return token.text[0].islower() or token.dep_ != "compound" or token.tag_ not in NAME_TAGS


def direction(token: Token) -> int:
    """Return -1 where the clause around a token tells of the past, 1 of the future, else 0."""
    for head in ancestors(token):
        if is_verb(head):
            return tense_of(head)
    return 0


def tense_of(verb: Token) -> int:
    """Return the direction that a verb with its auxiliaries speaks in."""
    tag = verb.tag_
    auxiliaries = [
        child for child in islice(verb.children, MAX_CHILDREN) if child.dep_ in ("aux", "auxpass")
    ]
    words = {child.lower_ for child in auxiliaries}
    tags = {child.tag_ for child in auxiliaries}
    if words & FUTURE_MODALS:
        return -1 if "have" in words else 1
    if "TO" in tags:
        head = verb.head
        return 1 if head.lower_ in AHEAD else 0 if head.i == verb.i else tense_of_governor(head)
    if tag == "VBD" or "VBD" in tags or "have" in words or "has" in words or "had" in words:
        return -1
    if tag == "VBN" and not auxiliaries:
        return -1
    if tag == "VBG" and words & {"is", "are", "'s", "’s", "'re", "’re", "am"}:
        return 1
    return 1 if tag == "VBZ" or tag == "VBP" else 0


def tense_of_governor(verb: Token) -> int:
    """Return the direction of an infinitive below a verb that says nothing of plans."""
    return -1 if verb.tag_ == "VBD" else 1 if verb.tag_ in ("VBZ", "VBP") else 0
