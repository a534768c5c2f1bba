"""Format counts and text for display, safe for any terminal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from pipeline.outcomes import STAGE_FAILED
from pipeline.terminal import safe

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

LAYERS = ("quotes", "attributions", "figures", "times", "entities")


def counts_line(counts: Counter[str]) -> str:
    """Return the number of items of each layer.

    >>> counts_line(Counter(quotes=1, figures=2000))
    '1 quote · 0 attributions · 2,000 figures · 0 times · 0 entities'
    """
    return " · ".join(plural(counts[layer], layer) for layer in LAYERS)


def incomplete_line(number: int) -> str:
    """Return the summary line with the number of incomplete records.

    >>> incomplete_line(2)
    'incomplete: 2 records; the warning W501 names the stage that failed'
    """
    records = plural(number, "records")
    return f"incomplete: {records}; the warning {STAGE_FAILED} names the stage that failed"


def count_layers(record: ArticleRecord) -> Counter[str]:
    """Count the items of each layer; of the quotes, only those with a speaker."""
    counts = Counter({layer: len(getattr(record, layer)) for layer in LAYERS})
    counts["quotes"] = sum(quote.speech for quote in record.quotes)
    return counts


def plural(number: int, plurals: str) -> str:
    """Return a number with its noun, which is given in the plural.

    >>> plural(1, "entities"), plural(3, "records")
    ('1 entity', '3 records')
    """
    if number == 1:
        plurals = plurals[:-3] + "y" if plurals.endswith("ies") else plurals[:-1]
    return f"{number:,} {plurals}"


def plain(text: str) -> str:
    """Return text as a table cell: one line, no invisible characters, control characters escaped.

    >>> plain("a\\x1b[2Jb\\nc")
    'a\\\\x1b[2Jb c'
    """
    spaced = safe(" ".join(text.split()))
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cf", "Co"})
