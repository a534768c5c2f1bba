"""Write tables as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet would run, in full width as well."""
MARK = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8."""

Cell = str | int | float | None


def rows(head: Sequence[str], table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a table with its head.

    >>> [line.strip() for line in rows(["name", "words"], [["=1+1", 2]])][1]
    "'=1+1,2"
    """
    yield MARK + _line(head)
    for row in table:
        yield _line([inert(cell) for cell in row])


def inert(cell: Cell) -> Cell:
    """Return a cell that stays text, with an apostrophe before what would be run.

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
