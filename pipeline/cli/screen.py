"""All output of the commands, and counts and text formatted for it.

Text for people, printed by ``tell``, ``answer`` and ``Screen``, is made safe for a terminal;
``emit`` prints data unchanged. Boxes and colours are for terminals only. ``NO_COLOR`` turns off
colours, ``TERM=dumb`` everything except text.

If stdout fails, the command fails, since it cannot deliver its output. If stderr fails, it does
not, since stderr has only information for people.
"""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from pipeline.batch.commit import LAYERS
from pipeline.errors import PipelineError, safe, writing_stdout
from pipeline.outcomes import STAGE_FAILED
from pipeline.text.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment


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


def plain(text: str) -> str:
    """Return text as a table cell: one line, no invisible characters, control characters escaped.

    >>> plain("a\\x1b[2Jb\\nc")
    'a\\\\x1b[2Jb c'
    """
    spaced = safe(" ".join(text.split()))
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cf", "Co"})


def secure() -> None:
    """Open closed descriptors, and replace the standard streams of this process."""
    # The next file that is opened would get a closed descriptor, and everything printed would go
    # into that file. The descriptors opened here instead fail when the stream is used.
    for descriptor, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, flags), True)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)))
    sys.stdout = _stream(_Data(1, "wb", closefd=False), sys.stdout, io.BufferedWriter)
    sys.stderr = _stream(_Talk(2, "wb", closefd=False), sys.stderr, None)


def _stream(
    raw: io.FileIO, before: TextIO | None, buffer: Callable[[io.FileIO], Any] | None
) -> TextIO:
    """Return a stream with the encoding and error handling of the previous one."""
    return io.TextIOWrapper(
        buffer(raw) if buffer else raw,  # without a buffer, as with "python -u"
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors=getattr(before, "errors", None) or "backslashreplace",
        line_buffering=getattr(before, "line_buffering", False),
        write_through=buffer is None or getattr(before, "write_through", False),
    )


class _Data(io.FileIO):
    """stdout: the first failure is an error with a code, and nothing is written after it.

    So the final flush by the interpreter cannot fail.
    """

    _failed = False

    def write(self, data: Any, /) -> int:
        if self._failed:
            return len(data)
        try:
            with writing_stdout():
                return super().write(data)
        except PipelineError:
            self._failed = True
            raise


class _Talk(io.FileIO):
    """stderr: output that cannot be written is silently dropped.

    It has no buffer, so that a signal handler may write while the program does.
    """

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        with suppress(OSError):
            while view and (written := super().write(view)):  # None if a pipe would block
                view = view[written:]
        return len(data)


WIDTH = 100
"""Width in columns if the terminal does not give it."""
LogFormat = Literal["text", "json"]
NARROW = 64
"""On a terminal with fewer columns, tables are stacked."""
DUMB = frozenset({"dumb", "unknown"})


def row(event: str, **fields: object) -> str:
    """Return one log line as JSON, with the time in UTC."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": now, "event": event, **fields}, ensure_ascii=True)


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
    # a failure on stderr must not stop the command
    with suppress(OSError) if err else writing_stdout():
        click.echo(text, err=err, nl=False, color=True)


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

    def say(self, line: str, style: str = "") -> None:
        """Print a line, with its beginning up to ``:`` in a style if one is given.

        On a terminal, it is wrapped between words and indented; elsewhere it stays one line.
        """
        head, colon, rest = line.partition(":")
        self.line((head + colon, style), (rest, ""))

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
            from pipeline.cli.drawing import cut

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
