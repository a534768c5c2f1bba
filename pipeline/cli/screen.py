"""All output of the commands.

Text for people, printed by ``tell``, ``answer`` and ``Screen``, is made safe for a terminal;
``emit`` prints data unchanged. Boxes and colours are for terminals only. ``NO_COLOR`` turns off
colours, ``TERM=dumb`` everything except text.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from pipeline.errors import ReaderGone, WriteFailed
from pipeline.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

WIDTH = 100
"""Width in columns if the terminal does not give it."""
NARROW = 64
"""On a terminal with fewer columns, tables are stacked."""
DUMB = frozenset({"dumb", "unknown"})


def tell(line: str) -> None:
    """Print a line for people on stderr."""
    _put(safe(line) + "\n", err=True)


def answer(line: str) -> None:
    """Print a line for people on stdout; tabs between cells are kept."""
    _put(safe(line, keep="\t") + "\n", err=False)


def emit(data: str) -> None:
    """Print data such as JSON on stdout unchanged.

    What UTF-8 cannot encode, a byte of a file name, is escaped as in JSON and Python.
    """
    _put(data.encode("utf-8", "backslashreplace").decode("utf-8") + "\n", err=False)


def _put(text: str, *, err: bool) -> None:
    try:
        click.echo(text, err=err, nl=False, color=True)
    except OSError as error:
        if err:  # a failure on stderr must not stop the command
            return
        if isinstance(error, BrokenPipeError):
            raise ReaderGone("the reader of stdout is gone") from error
        reason = (error.strerror or str(error)).lower()
        raise WriteFailed(reason, where="stdout", hint="") from error


class Screen:
    """stderr or stdout, with lines for people formatted for it."""

    def __init__(self, *, err: bool = True) -> None:
        self.err = err
        self.stream = sys.stderr if err else sys.stdout
        terminal = self.stream is not None and self.stream.isatty()
        self.live = terminal and os.environ.get("TERM", "").lower() not in DUMB
        """Whether it supports boxes, colours and a progress line."""

    @property
    def width(self) -> int:
        """The current number of columns."""
        told = os.environ.get("COLUMNS", "")
        if told.isdecimal() and int(told) > 0:
            return int(told)
        with suppress(OSError, ValueError):  # not a terminal, or without a descriptor
            return os.get_terminal_size(self.stream.fileno()).columns or WIDTH
        return WIDTH

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    def draw(self, *shown: RenderableType, soft_wrap: bool = False) -> None:
        """Print rich renderables, one below the other."""
        console = self._console()
        with console.capture() as drawn:
            for one in shown:
                console.print(_Safe(one), soft_wrap=soft_wrap)
        lines = (line.rstrip() for line in drawn.get().splitlines())
        # the console has removed characters that the stream cannot encode
        self._put("\n".join(lines) + "\n")

    def say(self, line: str, style: str = "", *, indent: int = 0) -> None:
        """Print a line, with its beginning up to ``:`` in a style if one is given.

        On a terminal, it is wrapped between words and indented; elsewhere it stays one line.
        """
        head, colon, rest = line.partition(":")
        self.line((head + colon, style), (rest, ""), indent=indent)

    def line(self, *cells: tuple[str, str], indent: int = 0) -> None:
        """Print several texts, each in its style, as a line; it is wrapped as by ``say``."""
        cells = tuple((safe(text), style) for text, style in cells)
        if not self.live:
            self._put(" " * indent + "".join(text for text, _ in cells).rstrip() + "\n")
            return
        from rich.padding import Padding
        from rich.text import Text

        line = Text()
        for text, style in cells:
            line.append(text, style)
        line.rstrip()
        if max(map(len, line.plain.split()), default=0) + indent <= self.width:
            self.draw(Padding(line, (0, 0, 0, indent)))
        else:  # a long path is left to the terminal, which keeps it in one piece
            self.draw(Text(" " * indent).append_text(line), soft_wrap=True)

    def show(self, line: str) -> None:
        """Replace the last line shown by this method, on a terminal only."""
        if self.live:
            from pipeline.cli.cells import cut

            self._put(f"\r{cut(line, self.width - 1)}\x1b[K")

    def clear(self) -> None:
        """Remove the last shown line."""
        if self.live:
            self._put("\r\x1b[K")

    def _put(self, text: str) -> None:
        _put(text, err=self.err)

    def _console(self) -> Console:
        from rich.console import Console

        return Console(
            file=self.stream,
            width=self.width,
            force_terminal=self.live,
            no_color=not self.live or bool(os.environ.get("NO_COLOR")),
            color_system="auto" if self.live else None,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
        )


class _Safe:
    """A renderable whose text is made safe; rich's own styles and control codes are kept."""

    def __init__(self, shown: RenderableType) -> None:
        self.shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.shown, options):
            if segment.control:
                yield segment
            else:
                yield segment._replace(text=safe(segment.text, keep="\n"))
