"""Write tables as CSV that spreadsheets do not interpret as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of cells that a spreadsheet would evaluate, including full-width forms."""
MARK = "\ufeff"
"""The byte order mark, by which a spreadsheet recognises UTF-8."""

Cell = str | int | float | None


def rows(head: Sequence[str], table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a table with its header.

    >>> [line.strip() for line in rows(["name", "words"], [["=1+1", 2]])][1]
    "'=1+1,2"
    """
    yield MARK + _line(head)
    for row in table:
        yield _line([inert(cell) for cell in row])


def inert(cell: Cell) -> Cell:
    """Return a cell that stays text, with an apostrophe before anything that would be evaluated.

    >>> inert("=HYPERLINK(1)"), inert(" @x"), inert(-5), inert("Lee")
    ("'=HYPERLINK(1)", "' @x", -5, 'Lee')
    """
    if isinstance(cell, str) and (cell.startswith(ACTIVE) or cell.lstrip().startswith(ACTIVE)):
        return f"'{cell}"
    return cell


def _line(row: Sequence[Cell]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(row)
    return buffer.getvalue()
