"""Put figures into series: the same measure of the same holder in the same unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.archive.access import Condition, Store, opened
from pipeline.output.layout import MEASURES
from pipeline.text.lemmas import noun_lemma

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


class Measure(NamedTuple):
    """What a figure measures, in normal form."""

    measure: str
    """The head with its modifiers."""
    scope: str
    """What restricts it; empty if nothing does."""


def normalised(text: str) -> Measure | None:
    """Return the normal form of the words that a figure measures; None without a noun.

    >>> normalised("its trade deficit with China")
    Measure(measure='trade deficit', scope='with china')
    >>> normalised("the number of new jobs"), normalised("Trade deficits").measure
    (Measure(measure='job number', scope=''), 'trade deficit')
    """
    words = [word.casefold() for word in WORD.findall(text)]
    at = next((n for n, word in enumerate(words) if SCOPE.fullmatch(word)), len(words))
    head, rest = _phrase(words[:at]), words[at:]
    if head and HEADS.fullmatch(head[-1]) and rest[:1] == ["of"]:
        end = next((n for n, word in enumerate(rest[1:], 1) if SCOPE.fullmatch(word)), len(rest))
        head, rest = [*_phrase(rest[1:end]), *head], rest[end:]
    if not head:
        return None
    return Measure(" ".join(head), " ".join(word for word in rest if not EMPTY.fullmatch(word)))


def _phrase(words: Sequence[str]) -> list[str]:
    """Return the words of a noun phrase with the head in the singular."""
    kept = [word for word in words if not EMPTY.fullmatch(word)]
    return [*kept[:-1], noun_lemma(kept[-1])] if kept else []


def update(store: Store, ids: Sequence[str]) -> None:
    """Store the normal forms of what the figures of articles measure, without their holders."""
    store.delete(MEASURES, "article_id", ids)
    asked = f"""
        SELECT article_id, id, measures_text, measures_start_char FROM figures
        WHERE measures_text IS NOT NULL AND {store.among("article_id")}"""
    found = store.rows(asked, store.listed(ids))
    asked = """
        SELECT f.article_id, f.id, m.start_char, m.end_char
        FROM figures AS f JOIN mentions AS m ON m.article_id = f.article_id
            AND m.entity_id = f.holder AND m.start_char >= f.measures_start_char
            AND m.end_char <= f.measures_end_char"""
    named: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for article, figure, start, end in store.matching(asked, "f.article_id", ids):
        named[article, figure].append((start, end))
    rows = []
    for article, figure, text, at in found:
        for start, end in sorted(named[article, figure], reverse=True):
            text = text[: start - at] + text[end - at :]
        if measure := normalised(text):
            rows.append((article, figure, *measure))
    store.insert(MEASURES, rows)


class Value(NamedTuple):
    """A value of a series."""

    holder: str | None
    holder_identity: str | None
    measure: str
    scope: str
    period_start: str | None
    period_end: str | None
    time_value: str | None
    value_text: str
    bound: str | None
    unit: str | None
    change: str | None
    text: str
    given_by: str | None
    relation: str | None
    published: str | None
    title: str | None
    publisher: str | None
    uri: str | None
    article_id: str
    figure_id: str
    start_char: int
    end_char: int


def series(
    address: str,
    *,
    holder: str | None = None,
    measure: str | None = None,
    unit: str | None = None,
) -> list[Value]:
    """Return the values whose holder and measure have the given words, by series and period.

    The words of a holder may also be in the aliases of its identity.
    ``period_end`` is exclusive, and null for a figure without a time, whose ``period_start`` is the
    day of publication. Raises what ``pipeline.archive.access.opened`` raises.
    """
    where = Condition()
    where.named("holder", "holder_identity", holder)
    for word in (normalised(measure) or Measure(measure, "")).measure.split() if measure else ():
        where.words("measure", word)
    where.equal("unit", unit)
    order = (
        "LOWER(holder), holder_identity, measure, unit, change, period_start, period_end, scope,"
        " published, article_id, figure_id"
    )
    with opened(address, reading=True) as store, store.transaction():
        asked = f"SELECT {', '.join(Value._fields)} FROM v_series {where} ORDER BY {order}"
        return [Value(*row) for row in store.rows(asked, *where.parameters)]
