"""What was found in an article, as a short table for people."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord, Figure

LAYERS = ("quotes", "attributions", "figures", "times", "entities")
MAX_ROWS = 12
NOBODY = "—"
MIN_WIDTH = 48


def article_table(record: ArticleRecord, width: int) -> Iterator[str]:
    """Yield lines of at most ``width`` columns: quotes with speakers, key figures, warnings."""
    names = {entity.id: entity.name for entity in record.entities}
    sources = {
        one.id: " ".join(span.text for span in one.source.spans)
        for one in record.attributions
        if one.source is not None
    }
    spoken = [quote for quote in record.quotes if quote.speech]
    quotes = []
    for quote in spoken:
        who = names.get(quote.speaker or "") or sources.get(quote.attribution or "") or NOBODY
        quotes.append((who, f"“{quote.text}”"))
    yield from _section("Quotes", quotes, width, shares=(0.3,))
    figures = [
        (figure.text, _value(figure), figure.measures.text if figure.measures else "")
        for figure in record.figures
    ]
    yield from _section("Figures", figures, width, shares=(0.3, 0.3))
    yield from warning_lines(record, width)


def warning_lines(record: ArticleRecord, width: int) -> Iterator[str]:
    """Yield the warnings of a record."""
    for warning in record.warnings:
        place = "" if warning.start is None else f" (at {warning.start:,})"
        yield fit(f"warning[{warning.code}]: {warning.message}{place}", width)


def counts_line(counts: Counter[str]) -> str:
    """Return how many items of each layer there are.

    >>> counts_line(Counter(quotes=1, figures=2000))
    '1 quote · 0 attributions · 2,000 figures · 0 times · 0 entities'
    """
    return " · ".join(plural(counts[layer], layer) for layer in LAYERS)


def count_layers(record: ArticleRecord) -> Counter[str]:
    """Return the number of items of each layer; of quotes, those that somebody says."""
    counts = Counter({layer: len(getattr(record, layer)) for layer in LAYERS})
    counts["quotes"] = sum(quote.speech for quote in record.quotes)
    return counts


def plural(number: int, plurals: str) -> str:
    """Return a number with its noun, given in the plural.

    >>> plural(1, "entities"), plural(3, "records")
    ('1 entity', '3 records')
    """
    if number == 1:
        plurals = plurals[:-3] + "y" if plurals.endswith("ies") else plurals[:-1]
    return f"{number:,} {plurals}"


def _value(figure: Figure) -> str:
    """Return the value of a figure, or its range, with its unit."""
    if figure.value is not None:
        value = figure.value
    elif figure.low is not None or figure.high is not None:
        value = f"{figure.low or ''}…{figure.high or ''}"
    else:
        value = NOBODY
    return f"{value} {figure.unit}" if figure.unit else value


def _section(
    title: str, rows: Sequence[Sequence[str]], width: int, *, shares: Sequence[float]
) -> Iterator[str]:
    """Yield a titled table; each column but the last gets at most its share of the width."""
    if not rows:
        return
    yield title
    shown = [[plain(cell[:1000]) for cell in row] for row in rows[:MAX_ROWS]]
    room = max(width, MIN_WIDTH) - 2
    widths = [
        min(int(room * share), max(columns(row[at]) for row in shown))
        for at, share in enumerate(shares)
    ]
    for row in shown:
        left = "".join(
            pad(fit(cell, size), size) + "  " for cell, size in zip(row, widths, strict=False)
        )
        yield ("  " + left + fit(row[-1], room - columns(left))).rstrip()
    if len(rows) > MAX_ROWS:
        yield f"  … and {len(rows) - MAX_ROWS:,} more"


def plain(text: str) -> str:
    """Return text that a terminal shows as it is: one line, no control or format characters.

    >>> plain("a\\x1b[2Jb\\nc")
    'a[2Jb c'
    """
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> columns("né"), columns("東京")
    (2, 4)
    """
    return sum(_columns_of(c) for c in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, width: int) -> str:
    """Return the text, cut to a width with an ellipsis.

    >>> fit("It rained in Rome.", 10)
    'It rained…'
    """
    text = plain(text[: 4 * width + 64])
    if columns(text) <= width:
        return text
    room = max(width - 1, 0)
    kept = []
    for character in text:
        room -= _columns_of(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def pad(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
