"""A short view of a record for notebooks: self-contained HTML without a script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

ROWS: Final = 8
"""Rows of a table; further ones are counted."""
CHARACTERS: Final = 200
"""Characters of a cell."""
ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
    | {chr(code): f"U+{code:04X}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
)
"""Markup, and marks that reverse the direction of what follows."""


def markup(record: ArticleRecord) -> str:
    """Return the title, the quotes with their speakers, and the figures of a record."""
    source = record.source
    layers = ("entities", "quotes", "figures", "times", "attributions")
    counts = [f"{layer}: {len(getattr(record, layer))}" for layer in layers]
    about = [one for one in (source.publisher, source.published) if one]
    quotes = [
        (", ".join(one.speaker_names), one.text, one.kind) for one in record.quotes if one.speech
    ]
    figures = [
        (one.text, one.measures.text if one.measures else "", one.holder_name or "")
        for one in record.figures
    ]
    return "".join(
        (
            f"<div><p><b>{_text(source.title or record.id)}</b><br>",
            f"{_text(' · '.join((*about, *counts)))}</p>",
            *_table(("speaker", "quote", "kind"), quotes),
            *_table(("figure", "measures", "holder"), figures),
            "</div>",
        )
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<table><thead>{_row('th', head)}</thead><tbody>"
    for row in rows[:ROWS]:
        yield _row("td", row)
    yield "</tbody></table>"
    if len(rows) > ROWS:
        yield f"<p>… {len(rows) - ROWS} more</p>"


def _row(name: str, cells: Iterable[str]) -> str:
    made = (f'<{name} style="text-align: left"><bdi>{_text(c)}</bdi></{name}>' for c in cells)
    return f"<tr>{''.join(made)}</tr>"


def _text(text: str) -> str:
    """Return text as markup, on one line and cut if it is long."""
    line = " ".join(text.split())
    cut = line if len(line) <= CHARACTERS else line[: CHARACTERS - 1] + "…"
    return cut.translate(ESCAPES)
