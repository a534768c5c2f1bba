"""Read articles from CSV and TSV: one article per row, columns named by the header."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, Final, NamedTuple, cast

from pipeline.errors import ArticleError, ArticleTooLong, BadRow, Malformed, NoTextColumn
from pipeline.input.content import peek
from pipeline.input.rows import DESCRIPTIVE, Entry, Keys, bounded_lines
from pipeline.outcomes import Notice
from pipeline.settings import Settings, nearest
from pipeline.text.decode import decode, utf16_without_mark

SEPARATORS: Final = ",;\t|"
SAMPLE: Final = 1 << 18
"""Bytes to read to detect the format of a table."""
MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class TableFormat(NamedTuple):
    """The format of the rows of a table."""

    separator: str
    quoted: bool


def read_table(file: BinaryIO, settings: Settings, *, separator: str | None) -> Iterator[Entry]:
    """Yield an entry for each row after the header, numbered as in a spreadsheet.

    Without ``separator``, the header determines it. A row with too many or too few fields is an
    error of that row. Raises ``NoTextColumn``, or ``Malformed`` if there is no header.
    """
    csv.field_size_limit(settings.max_raw_bytes)
    keys = Keys.of(settings)
    head, file = peek(file, SAMPLE)
    encoding, guessed = _encoding(head)
    lines = _Lines(file, settings.max_raw_bytes, encoding)
    first = next(lines, "")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # as Excel writes it
        separator, first = first.strip()[4], next(lines, "")
    if not first.strip():
        raise Malformed("no header: the first line of a table names its columns")
    form = _form(first, separator, keys, head)
    rows = csv.reader(
        lines,
        delimiter=form.separator,
        quoting=csv.QUOTE_MINIMAL if form.quoted else csv.QUOTE_NONE,
        strict=True,
    )
    lines.push(first)
    try:
        columns = _columns(next(rows), keys)
    except csv.Error as error:
        raise Malformed(f"the header cannot be read: {error}") from error
    number = 1
    while True:
        number += 1
        begun, lines.marks = lines.number + 1, 0
        content: dict[str, str] | ArticleError
        try:
            fields = next(rows)
            if not any(fields):
                continue
            content = _row(fields, columns, keys)
        except StopIteration:
            return
        except csv.Error as error:
            lines.leave_quotes()
            content = BadRow(f"{lines.since(begun)}: {_complaint(error, settings)}")
        except (ArticleTooLong, BadRow) as error:
            content = error
        yield Entry(number, content, keys, (*guessed, *lines.notices()))


def _row(fields: Sequence[str], columns: Sequence[str], keys: Keys) -> dict[str, str]:
    if len(fields) != len(columns):
        raise BadRow(
            f"a row of {len(fields)}, but the header names {len(columns)} columns: "
            "a text that contains the separator or a line end has to be in quotes"
        )
    pairs = zip(columns, fields, strict=True)
    return {column: field for column, field in pairs if field or column == keys.text}


def _columns(header: Sequence[str], keys: Keys) -> list[str]:
    """Return the names of the columns; known names are matched case-insensitively."""
    columns = [name.strip() for name in header]
    for key in (*keys.names, *DESCRIPTIVE, "url"):
        if key not in columns:
            alike = [at for at, name in enumerate(columns) if name.casefold() == key.casefold()]
            if len(alike) == 1:
                columns[alike[0]] = key
    if keys.text not in columns:
        meant = nearest(keys.text, columns)
        shown = ", ".join(columns[:12])[:300]
        more = f"; did you mean {meant!r}?" if meant else ";"
        raise NoTextColumn(f"no column {keys.text!r}{more} the columns are: {shown}")
    known = {*keys.names, *DESCRIPTIVE, "url"}
    if twice := [name for name in columns if name in known and columns.count(name) > 1]:
        raise Malformed(f"two columns have the name {twice[0]!r}")
    return [
        name if name and name not in columns[:at] else f"{name or 'column'} {at + 1}"
        for at, name in enumerate(columns)
    ]


def _form(header: str, separator: str | None, keys: Keys, head: bytes) -> TableFormat:
    """Detect the format of a table from its header and, for TSV, its first rows.

    Quotation marks at the start of a TSV field may belong to the text: they count as part of the
    format only if every row of the sample can be read that way.
    """
    if separator is None:
        separator = max(SEPARATORS, key=lambda one: _fit(header, one, keys))
    if separator != "\t":
        return TableFormat(separator, quoted=True)
    lines = decode(head).text.splitlines(keepends=True)
    if len(head) == SAMPLE:
        del lines[-1:]
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter="\t", strict=True) if row}
    except csv.Error as error:
        # a field that extends beyond the sample
        return TableFormat(separator, quoted=len(head) == SAMPLE and "end of data" in str(error))
    return TableFormat(separator, quoted=len(widths) == 1)


def _fit(header: str, separator: str, keys: Keys) -> tuple[bool, int]:
    """Rank a separator: whether it yields the text column, and how many columns."""
    try:
        columns = next(csv.reader([header], delimiter=separator))
    except csv.Error:
        return False, 0
    return keys.text.casefold() in {name.strip().casefold() for name in columns}, len(columns)


def _complaint(error: csv.Error, settings: Settings) -> str:
    message = str(error)
    if "field limit" in message:
        return f"a field of over {settings.max_raw_bytes:,} bytes; is a quotation mark not closed?"
    if "end of data" in message:
        return "a quotation mark is not closed"
    return f"{message}; a quotation mark in a quoted field must be doubled"


def _encoding(head: bytes) -> tuple[str | None, tuple[Notice, ...]]:
    """Return the encoding of a table that cannot be split at line feeds, otherwise None."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding, ()
    if b"\r" in head and b"\n" not in head:  # old Mac line endings
        return "utf-8", ()
    wide = utf16_without_mark(head)
    notices = (Notice("W201", f"read as {wide.upper()}, by its NUL bytes"),) if wide else ()
    return wide, notices


class _Lines(Iterator[str]):
    """The lines of a table as text, none longer than the limit."""

    def __init__(self, file: BinaryIO, limit: int, encoding: str | None) -> None:
        self._limit = limit
        self._bytes = bounded_lines(file, limit)
        self._text = (
            io.TextIOWrapper(cast(io.BufferedReader, file), encoding, newline="")
            if encoding
            else None
        )
        self._pushed: list[str] = []
        self._notices: list[Notice] = []
        self.number = 0
        self.marks = 0
        """Number of quotation marks since the last reset to 0."""

    def push(self, line: str) -> None:
        """Push back a line, to be returned next."""
        self._pushed.append(line)

    def leave_quotes(self) -> None:
        """Skip lines to the end of a quoted field left open, as shown by an odd ``marks``.

        Its lines would otherwise be read as rows.
        """
        with suppress(StopIteration):
            while self.marks % 2:
                next(self)

    def since(self, first: int) -> str:
        """Return the range of lines read since line ``first``, as text."""
        return f"line {first}" if first >= self.number else f"lines {first} to {self.number}"

    def notices(self) -> tuple[Notice, ...]:
        """Return the notices since the last call, without positions."""
        found, self._notices = self._notices, []
        return tuple(one._replace(start=None, end=None) for one in found)

    def __next__(self) -> str:
        if self._pushed:
            return self._pushed.pop()
        line = self._decoded() if self._text is None else self._read_text(self._text)
        if not line:
            raise StopIteration
        self.number += 1
        self.marks += line.count('"')
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def _read_text(self, file: io.TextIOWrapper) -> str:
        try:
            line = file.readline(self._limit + 1)
        except UnicodeDecodeError as error:
            raise Malformed(f"not {error.encoding.upper()}: {error.reason}") from error
        self._check(len(line))
        return line

    def _decoded(self) -> str:
        line, size = next(self._bytes, (b"", 0))
        self._check(size)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            text, _, notices = decode(line)
            self._notices += notices
            return text

    def _check(self, size: int) -> None:
        if size > self._limit:
            self.number += 1
            raise ArticleTooLong(f"a line of over {self._limit:,} bytes")
