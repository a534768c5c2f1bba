"""Compare what figures measure: the words in normal form, and the length of their period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from pipeline.text.lemmas import noun_lemma
from pipeline.text.spans import CharSpan

WORD: Final = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
SCOPE: Final = re.compile(
    "about|across|after|against|among|around|at|before|between|by|during|excluding|for|from|in"
    "|including|into|near|of|on|over|per|since|than|that|through|to|towards?|under|until|which|who"
    "|with|within|without"
)
"""Words that begin what restricts a noun."""
EMPTY: Final = re.compile(
    "an?|the|this|that|these|those|its|his|her|their|our|my|your|each|every|all|some|any|other"
    "|another|such|total|overall|new|recent|current|latest|nearly|more|less|most|least|many|few"
    r"|.*['’]s|\d{1,3}([.,]\d+)*"
)
"""Words of a noun phrase that do not change what is measured; a year does."""
HEADS: Final = re.compile("amount|level|number|rate|sum|value|volume|share|percentage|proportion")
"""Heads that measure what follows "of": the number of jobs is a measure of jobs."""
DAYS_OF_MONTH: Final = 30.44
"""On average."""


class Measure(NamedTuple):
    """What a figure measures, in normal form."""

    measure: str
    """The lemmas of the head and its modifiers."""
    scope: str
    """What restricts it; empty if nothing does."""


def normalised(text: str) -> Measure | None:
    """Return the normal form of the words that a figure measures; None without a noun.

    >>> normalised("its trade deficit with China")
    Measure(measure='trade deficit', scope='with china')
    >>> normalised("the number of new jobs"), normalised("Net sales of").measure
    (Measure(measure='job number', scope=''), 'net sale')
    """
    words = [word.casefold() for word in WORD.findall(text)]
    at = next((n for n, word in enumerate(words) if SCOPE.fullmatch(word)), len(words))
    head, rest = _phrase(words[:at]), words[at:]
    if head and HEADS.fullmatch(head[-1]) and rest[:1] == ["of"]:
        end = next((n for n, word in enumerate(rest[1:], 1) if SCOPE.fullmatch(word)), len(rest))
        head, rest = [*_phrase(rest[1:end]), *head], rest[end:]
    if not head:
        return None
    rest = [word for word in rest if not EMPTY.fullmatch(word)]
    pairs = zip(rest, [*rest, "of"][1:], strict=True)
    # a preposition whose noun was taken out restricts nothing
    kept = (one for one, next_ in pairs if not (SCOPE.fullmatch(one) and SCOPE.fullmatch(next_)))
    return Measure(" ".join(head), " ".join(kept))


def _phrase(words: Sequence[str]) -> list[str]:
    """Return the lemmas of the words of a noun phrase."""
    return [noun_lemma(word) for word in words if not EMPTY.fullmatch(word)]


def without(text: str, start: int, spans: Iterable[CharSpan]) -> str:
    """Return a text that begins at ``start`` of an article, without spans of the article.

    >>> without("deficit of China", 10, [(21, 26)])
    'deficit of '
    """
    last = start + len(text)
    for begin, end in sorted(spans, reverse=True):
        if start <= begin and end <= last:
            text, last = text[: begin - start] + text[end - start :], begin
    return text


def as_written(measure: str, texts: Iterable[str]) -> str:
    """Return the form that a measure in normal form has most often in texts.

    >>> as_written("net sale", ["Net sales", "its net sales in May", "net sale"])
    'net sales'
    """
    lemmas = measure.split()
    found: Counter[str] = Counter()
    for text in texts:
        places = [one for one in WORD.finditer(text) if noun_lemma(one[0].casefold()) in lemmas]
        if places:
            found[" ".join(text[places[0].start() : places[-1].end()].split())] += 1
    alike = Counter(one.casefold() for one in found.elements())
    # swapcase: of equal numbers, small letters first
    return min(
        found,
        key=lambda one: (-alike[one.casefold()], -found[one], one.swapcase()),
        default=measure,
    )


def period_length(start: str, end: str) -> str:
    """Return the length of a period between two dates or times, as the view ``v_series`` does.

    >>> period_length("2024-01-01", "2025-01-01"), period_length("2024-05-06", "2024-05-07")
    ('12 months', 'day')
    """
    days = (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days
    if days <= 1:
        return "day"
    if days < 22:
        return "week"
    return "month" if days < 45 else f"{round(days / DAYS_OF_MONTH)} months"
