"""Find dates, clock times, durations and sets, and read them against the day of publication.

Where that is not known, the day of a dateline takes its place.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.stages.annotations import Time
from pipeline.stages.syntax import NAME_TAGS, NOUN_TAGS, is_verb
from pipeline.stages.tense import direction, tense_of
from pipeline.text import timex
from pipeline.text.dateline import dateline

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
    return is_noun_of_time(span[-1])


def is_formerly(token: Token) -> bool:
    """Tell "he once said" from "once he had said it"."""
    if token.tag_ != "RB":
        return False
    head = token.head
    if not is_verb(head):
        return head.tag_ in NOUN_TAGS or head.tag_ in ("JJ", "JJS")
    if head.dep_ == "advcl" and token.i == head.left_edge.i:
        return False
    before = token.i < head.i or head.lower_ in BEING
    return before and (tense_of(head) < 0 or head.tag_ == "VBN")


def is_noun_of_time(token: Token) -> bool:
    """Tell by its tag and entity whether "May", "spring" or "fall" is meant as a time."""
    if token.tag_ not in NOUN_TAGS or token.ent_type_ not in ("", "DATE", "TIME"):
        return False
    if token.text[0].islower() or token.tag_ not in NAME_TAGS or token.dep_ != "compound":
        return True
    return token.head.text[0].islower()  # a March meeting
