"""Table cells that are cut between words and are safe for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.measure import Measurement
from rich.text import Text

from pipeline.cli.table import plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions

ELLIPSIS = "…"
READ = 2_000
"""Maximum number of characters of a cell to look at."""

Marks = tuple[str, str]
"""Text before and after a cell's text, which is kept when the text is cut."""
NO_MARKS: Marks = ("", "")
QUOTED: Marks = ("“", "”")
UNNAMED: Marks = ("", " (unnamed)")


def cut(text: str, width: int, *, marks: Marks = NO_MARKS) -> str:
    """Return plain text cut to a number of columns, after a word if possible.

    >>> cut("It rained in Rome.", 12), cut("It rained in Rome.", 12, marks=QUOTED)
    ('It rained…', '“It rained…”')
    """
    before, after = marks
    shown = plain(text[:READ])
    if len(text) <= READ and cell_len(before + shown + after) <= width:
        return before + shown + after
    room = width - cell_len(before + ELLIPSIS + after)
    if room < 1:
        return ELLIPSIS if width > 0 else ""
    kept = 0
    for character in shown:
        room -= cell_len(character)
        if room < 0:
            break
        kept += 1
    head = shown[:kept]
    if kept < len(shown) and not shown[kept].isspace():
        words = head.rpartition(" ")[0]
        head = words if 2 * len(words) >= len(head) else head
    return before + head.rstrip(" ,;:–—·-") + ELLIPSIS + after


class Cell:
    """A table cell that fits the given width, cut after a word."""

    def __init__(
        self, text: str, style: str = "", *, marks: Marks = NO_MARKS, least: int = 8
    ) -> None:
        self.text = text
        self.style = style
        self.marks = marks
        self.least = least

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(cut(self.text, options.max_width, marks=self.marks), self.style, no_wrap=True)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = cell_len("".join(self.marks) + plain(self.text[:READ]))
        return Measurement(min(width, self.least), width).clamp(0, options.max_width)


class Lines:
    """Several cells stacked in one row of a table."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Cell]:
        yield from self.cells

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widths = [one.__rich_measure__(console, options) for one in self.cells]
        return Measurement(
            max((one.minimum for one in widths), default=0),
            max((one.maximum for one in widths), default=0),
        )
