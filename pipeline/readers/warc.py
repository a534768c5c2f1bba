"""Read web pages from WARC files (extra ``warc``)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.errors import ArticleTooLong, ExtraMissing, Malformed
from pipeline.readers.html import Page
from pipeline.readers.rows import Entry, Skipped
from pipeline.settings import Settings

if TYPE_CHECKING:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.recordloader import ArcWarcRecord

PAGES = ("text/html", "application/xhtml+xml")


def read_warc(file: BinaryIO, settings: Settings, skipped: Skipped) -> Iterator[Entry]:
    """Yield an entry for each successful response that is a web page.

    Raises ``Malformed`` if the archive is damaged or truncated, and ``ExtraMissing``.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[warc]'"
        raise ExtraMissing("reading WARC needs warcio", hint=hint) from error
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
