"""Read the articles of a file by its format, also from gzip data, up to a limit."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, cast

from pipeline.errors import (
    ArticleError,
    ArticleTooLong,
    EmptyArticle,
    ExpandsTooFar,
    Malformed,
    needing,
)
from pipeline.input.article import Article
from pipeline.input.documents import Document, document_kind
from pipeline.input.formats import HEAD, WHOLE, Format, named, refuse_binary
from pipeline.input.html import Page
from pipeline.input.rows import Entry, Skipped, outcome, read_whole
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.text.decode import decode

if TYPE_CHECKING:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.recordloader import ArcWarcRecord


def peek(file: BinaryIO, size: int) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of a file, and a file that reads them again before the rest."""
    head = file.read(size)
    return head, cast(BinaryIO, io.BufferedReader(_Joined(head, file), 1 << 16))


class _Joined(io.RawIOBase):
    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head.read(len(buffer)) or self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


MAGIC: Final = b"\x1f\x8b"
MAX_RATIO: Final = 100
"""Text compresses to a third or a tenth of its size; a hundredth suggests a decompression bomb."""


def unpack(file: BinaryIO, free: int) -> BinaryIO:
    """Return the unpacked bytes of a file as a stream.

    Reading from it raises ``Malformed`` if the data is damaged or cut off, and ``ExpandsTooFar``
    if more than ``free`` bytes come out and they exceed ``MAX_RATIO`` times the bytes read.
    """
    return cast(BinaryIO, io.BufferedReader(_Unpacked(file, free), 1 << 16))


class _Counted:
    """A file that counts the bytes read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.count += len(data)
        return data


class _Unpacked(io.RawIOBase):
    def __init__(self, file: BinaryIO, free: int) -> None:
        self._packed = _Counted(file)
        self._gzip = gzip.GzipFile(fileobj=cast(Any, self._packed), mode="rb")
        self._free = free
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._gzip.read1(len(buffer))
        except EOFError as error:
            raise Malformed("gzip data that is cut off before its end") from error
        except gzip.BadGzipFile as error:
            message = "damaged gzip data" if self._count else "not gzip data, despite its name"
            raise Malformed(message) from error
        except zlib.error as error:
            raise Malformed("damaged gzip data") from error
        self._count += len(data)
        if self._count > max(self._free, MAX_RATIO * self._packed.count):
            raise ExpandsTooFar(
                f"{self._packed.count:,} bytes of gzip data that unpack to over {self._count:,}"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
        super().close()


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
    charset: str | None = None,
) -> Iterator[Article | Page | Failure]:
    """Yield the articles of a file, or a failure for each that cannot be read.

    ``where`` names the file in messages, ``first`` is the number of its first line in JSONL,
    ``charset`` the encoding that a server declared for a page.
    Raises ``ArticleError`` for a single-article file that cannot be read.
    """
    if form.format not in WHOLE:
        for entry in entries(file, form, settings, skipped or Skipped(), first):
            yield outcome(entry, where=where, uri=uri, mark=form.mark)
        return
    limit = settings.max_raw_bytes
    data = read_whole(unpack(file, limit) if form.packed else file, limit)
    kind = document_kind(io.BytesIO(data))
    if kind is None and form.format in ("pdf", "docx"):
        kind = form.format  # reading it gives the reason
    if kind is not None:
        yield Document(data=data, where=where, uri=uri, kind=kind, limit=limit)
        return
    refuse_binary(data[:HEAD])
    if form.format == "html":
        yield Page(data=data, where=where, uri=uri, charset=charset)
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
        from pipeline.input.jsonl import read_jsonl

        yield from read_jsonl(file, settings, first)
    elif form.format == "json":
        from pipeline.input.jsonl import read_json

        yield from read_json(file, settings)
    elif form.format == "xml":
        from pipeline.input.xml import read_xml

        yield from read_xml(file, settings, skipped)
    elif form.format == "warc":
        yield from read_warc(file, settings, skipped)
    else:
        from pipeline.input.table import read_table

        yield from read_table(file, settings, separator="\t" if form.format == "tsv" else None)


def refuse_jsonl(head: bytes) -> None:
    """Raise ``NotText`` or ``Malformed`` if the first bytes show that a file is not JSONL."""
    refuse_binary(head)
    if head.startswith(WIDE) or b"\0" in head[:4]:
        raise Malformed("UTF-16 or UTF-32: JSONL is UTF-8, convert it for example with iconv")


PAGES = ("text/html", "application/xhtml+xml")


def read_warc(file: BinaryIO, settings: Settings, skipped: Skipped) -> Iterator[Entry]:
    """Yield an entry for each successful response that is a web page.

    Raises ``Malformed`` if the archive is damaged or truncated, and ``ExtraMissing``.
    """
    with needing("warc", "reading WARC needs warcio"):
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    number = 0
    archive = ArchiveIterator(file)
    archive.INC_RECORD = ""  # it would print on stderr about a wrong length
    try:
        for record in archive:
            _check(archive)
            if not _is_page(record):
                skipped.records += 1
                continue
            number += 1
            yield Entry(number, _page(record, settings.max_raw_bytes))
    except (ArchiveLoadFailed, EOFError, ValueError, zlib.error) as error:
        raise Malformed(f"damaged WARC after page {number:,}: {error}") from error


def _check(archive: ArchiveIterator) -> None:
    if archive.err_count:
        raise EOFError("a record is longer than it says")


def _is_page(record: ArcWarcRecord) -> bool:
    http = record.http_headers
    if record.rec_type != "response" or http is None:
        return False
    kind = (http.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return kind in PAGES and (http.get_statuscode() or "").startswith("2")


def _page(record: ArcWarcRecord, limit: int) -> Page | ArticleTooLong:
    data = record.content_stream().read(limit + 1)
    if len(data) > limit:
        return ArticleTooLong(f"a page of over {limit:,} bytes")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise EOFError("the record ends too early")
    return Page(
        data=data,
        where="",
        uri=record.rec_headers.get_header("WARC-Target-URI"),
        charset=_charset(record.http_headers),
        meta={"archived": record.rec_headers.get_header("WARC-Date")},
    )


def _charset(http: Any) -> str | None:
    """Return the encoding declared by the server."""
    for part in (http.get_header("Content-Type") or "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
