"""Find dates, clock times, durations and sets, and read them against the day of publication.

Where that is not known, the day of a dateline takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.document.columns import text_of
from pipeline.document.rules import named
from pipeline.stages.annotations import Time
from pipeline.stages.dating import MODEL, Dating
from pipeline.stages.order import check_order
from pipeline.stages.syntax import NAME_TAGS, NOUN_TAGS
from pipeline.text import timex
from pipeline.text.dateline import dateline
from pipeline.text.numbers import parse_number


@Language.factory(
    "news_times",
    requires=["token.tag", "token.dep", "token.head", "doc._.news_quotes"],
    assigns=["doc._.news_times", "doc.spans"],
)
def make_times(nlp: Language, name: str) -> Times:  # noqa: ARG001 (spaCy passes both)
    """Make the stage."""
    return Times()


COMBINED = named("combined", "from Monday noon to Tuesday")
RULES = {id: named(id, example) for id, example in timex.EXAMPLES.items()}


class Times:
    """Find time expressions by their words; the parse gives tense and sorts out homographs."""

    dating: Callable[[Doc, Iterable[tuple[int, int]]], Dating] = Dating
    """What decides which day a time means."""

    def __call__(self, doc: Doc) -> Doc:
        check_order(doc, "news_times")
        news = doc._.news
        times: list[Time] = []
        spans = []
        anchor = news.published or dateline(text_of(doc))
        judge = self.dating(doc, ((one.start, one.end) for one in news.quotes if one.speech))
        for found in timex.find(text_of(doc), anchor, moment=news.moment, judge=judge):
            span = doc.char_span(found.start, found.end, alignment_mode="expand")
            if span is None or is_name(span) or (found.weak and not is_meant(span[-1])):
                continue
            if found.kind == "set" and len(span) == 1 and span[0].tag_ in DAILY:
                continue  # a daily, its annual
            kept = span if found.kind == "set" else own(span)
            if kept is None:
                continue
            if times and kept.start_char < times[-1].end:
                kept = span
            start = found.start if kept.start == span.start else kept.start_char
            value = counted(found.value, kept) if kept.start < span.start else found.value
            during = found.during if value == found.value else None
            times.append(Time(start, found.end, found.kind, value, found.relative, during))
            spans.append(kept)
            news.decide("times", (start, found.end), "value", RULES.get(found.rule, COMBINED))
            if found.end in judge.judged:
                sure = round(judge.judged[found.end], 4)
                news.decide("times", (start, found.end), "which one", MODEL, sure)
        news.times = times
        doc.spans["times"] = spans
        return doc


def is_name(span: Span) -> bool:
    """Tell whether words of time are a name: Theresa May, "Today" of NBC, Sunday Night Baseball."""
    label = span[0].ent_type_
    doc, first, last = span.doc, span.start, span.end
    longer = (first and doc[first].ent_iob_ == "I") or (
        last < len(doc) and doc[last].ent_iob_ == "I"
    )
    if label == "PERSON":
        return len(span) == 1 and (bool(longer) or span.text in GIVEN_NAMES)
    if label == "ORG":
        return bool(longer) and span.text.istitle()  # the Sunday Courier, Sheffield Wednesday
    if label != "WORK_OF_ART":
        return False
    after = last + (last < len(doc) and doc[last].text in ",.")
    marked = first and after < len(doc) and doc[first - 1].is_quote and doc[after].is_quote
    return span.text[0].isupper() and bool(longer or marked)


GIVEN_NAMES = frozenset({"April", "May", "June", "August", "Summer", "Autumn", "Dawn"})


def is_meant(token: Token) -> bool:
    """Tell by its tag and entity whether "May" or "spring" is meant as a time."""
    if token.tag_ not in NOUN_TAGS or token.ent_type_ not in ("", "DATE", "TIME"):
        return False
    if token.text[0].islower() or token.tag_ not in NAME_TAGS or token.dep_ != "compound":
        return True
    return token.head.text[0].islower()  # a March meeting


def own(span: Span) -> Span | None:
    """Return a time without the article of another noun: "the [weekend] storm".

    None where nothing is left that is a time, "a day job", and for a time that the words before it
    make another thing, "past election years", "visiting hours".
    """
    first = span[0]
    if first.tag_ in ARTICLES and first.head.i >= span.end and len(span) > 1:
        rest = span.doc[span.start + 1 : span.end]
        return None if rest.text in BARE else rest
    if first.tag_ != "NNS" or len(span) > 1:
        return span
    before = [one for one in islice(first.lefts, MOST_BEFORE) if one.i < first.i]
    if any(
        one.dep_ == "compound" or (one.tag_ == "VBG" and first.lower_ == "hours") for one in before
    ):
        return None
    return described(first, before)


DAILY = frozenset({"NN", "NNP"})
ARTICLES = frozenset({"DT", "PRP$"})
BARE = frozenset({"day", "week", "month", "year", "hour", "minute", "decade", "century", "night"})
MOST_BEFORE = 5


def described(unit: Token, before: list[Token]) -> Span:
    """Return a length without a number with the words that describe it: "the darkest days"."""
    doc, start = unit.doc, unit.left_edge.i
    after = doc[unit.i + 1 : unit.i + 2].text.lower()
    plain = after not in FROM_WHEN and doc[start].lower_ not in NO_DESCRIPTION
    plain = plain and len(before) == unit.i - start < MOST_BEFORE
    if plain and all(one.dep_ in DESCRIBING and one.tag_ in DESCRIBING_TAGS for one in before):
        return doc[start : unit.i + 1]
    return doc[unit.i : unit.i + 1]


FROM_WHEN = frozenset({"after", "before", "later", "ago", "since"})
NO_DESCRIPTION = frozenset({"only", "this"})
DESCRIBING = frozenset({"det", "amod", "poss", "nummod"})
DESCRIBING_TAGS = frozenset({"DT", "JJ", "JJR", "JJS", "PRP$", "CD", "VBG", "VBN"})


def counted(value: str | None, span: Span) -> str | None:
    """Return the length of "three remarkable weeks", whose number stands apart from its unit."""
    number = next((one for one in span if one.tag_ == "CD"), None)
    parsed = parse_number(number.text) if number is not None else None
    if value is None or parsed is None or not isinstance(parsed.value, Decimal):
        return value
    whole = parsed.value == int(parsed.value)
    return value.replace("X", f"{int(parsed.value)}") if whole else value
