"""Read the articles of a file by its format."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pipeline.errors import ArticleError, EmptyArticle, Malformed
from pipeline.formats import HEAD, WHOLE, Format, named, refuse_binary
from pipeline.outcomes import Failure
from pipeline.readers.article import Article
from pipeline.readers.entries import Entry, Skipped, outcome, read_whole
from pipeline.readers.html import Page
from pipeline.readers.packed import unpack
from pipeline.readers.streams import peek
from pipeline.settings import Settings
from pipeline.text.decode import decode

WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


class Form(NamedTuple):
    """How to read a file: its format, and whether it is gzipped."""

    format: Format
    packed: bool = False

    @property
    def has_entries(self) -> bool:
        """Whether articles are numbered entries, without a byte range of their own in the file."""
        return self.format not in WHOLE and (self.packed or self.format != "jsonl")

    @property
    def mark(self) -> str:
        """The prefix of an article's number in its address."""
        return {"jsonl": "#L", "csv": "#row=", "tsv": "#row="}.get(self.format, "#")


def form_of(path: str, format: Format | None = None) -> Form:
    """Return how to read a file: ``format`` if given, otherwise by its name."""
    found = named(path)
    return Form(format or found.format or "text", found.packed)


def articles(
    file: BinaryIO,
    form: Form,
    settings: Settings,
    *,
    where: str,
    uri: str | None,
    skipped: Skipped | None = None,
    first: int = 1,
) -> Iterator[Article | Page | Failure]:
    """Yield the articles of a file, or a failure for each that cannot be read.

    ``where`` names the file in messages, ``first`` is the number of its first line in JSONL.
    Raises ``ArticleError`` for a single-article file that cannot be read.
    """
    if form.format not in WHOLE:
        for entry in entries(file, form, settings, skipped or Skipped(), first):
            yield outcome(entry, where=where, uri=uri, mark=form.mark)
        return
    limit = settings.max_raw_bytes
    data = read_whole(unpack(file, limit) if form.packed else file, limit)
    refuse_binary(data[:HEAD])
    if form.format == "html":
        yield Page(data=data, where=where, uri=uri)
        return
    text, _, notices = decode(data)
    yield Article(text=text, where=where, uri=uri, notices=notices)


def entries(
    file: BinaryIO, form: Form, settings: Settings, skipped: Skipped, first: int = 1
) -> Iterator[Entry]:
    """Yield the entries of a file of many articles.

    If the file cannot be read to its end, the last entry has number 0 and the reason.
    """
    number = None
    try:
        for entry in _entries(file, form, settings, skipped, first):
            number = entry.number
            yield entry
    except ArticleError as error:
        yield Entry(0, error)
    else:
        if number is None:
            yield Entry(0, EmptyArticle("contains no article"))


def _entries(
    file: BinaryIO, form: Form, settings: Settings, skipped: Skipped, first: int
) -> Iterator[Entry]:
    if form.packed:
        file = unpack(file, settings.max_raw_bytes)
    head, file = peek(file, HEAD)
    refuse_jsonl(head) if form.format == "jsonl" else refuse_binary(head)
    if not head:
        raise EmptyArticle("empty")
    if form.format == "jsonl":
        from pipeline.readers.jsonl import read_jsonl

        yield from read_jsonl(file, settings, first)
    elif form.format == "json":
        from pipeline.readers.jsonfile import read_json

        yield from read_json(file, settings)
    elif form.format == "xml":
        from pipeline.readers.xml import read_xml

        yield from read_xml(file, settings, skipped)
    elif form.format == "warc":
        from pipeline.readers.warc import read_warc

        yield from read_warc(file, settings, skipped)
    else:
        from pipeline.readers.table import read_table

        yield from read_table(file, settings, separator="\t" if form.format == "tsv" else None)


def refuse_jsonl(head: bytes) -> None:
    """Raise ``NotText`` or ``Malformed`` if the first bytes show that a file is not JSONL."""
    refuse_binary(head)
    if head.startswith(WIDE) or b"\0" in head[:4]:
        raise Malformed("UTF-16 or UTF-32: JSONL is UTF-8, convert it for example with iconv")
