"""Read the article of a web page without its boilerplate (extra ``html``)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.errors import ExtraMissing, NoArticleInPage
from pipeline.readers.article import Article, parse_published
from pipeline.readers.treelimits import check_markup
from pipeline.text.decode import Decoded, decode, replace_unusable

if TYPE_CHECKING:
    from pydantic import JsonValue

DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
HEAD = 4_096
LARGE = 10_000
"""Pages with more elements skip a second method, whose time is quadratic in the elements."""
DATES: dict[str, Any] = {
    "original_date": True,
    "extensive_search": False,  # metadata only: a date from the body text would be a guess
    "max_date": "2200-01-01",  # the default is today, but records must not depend on the clock
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A web page that is parsed only when its article is requested."""

    data: bytes
    where: str
    uri: str | None = None
    published: str | None = None
    """The date to use if the page has none."""
    charset: str | None = None
    """The encoding declared by the server."""
    meta: Mapping[str, JsonValue] = field(default_factory=dict)

    def article(self) -> Article:
        """Return the article of the page: its text, title, byline, date and publisher.

        Raises ``ExtraMissing`` without trafilatura, ``NoArticleInPage`` if no text is found, and
        ``PageTooComplex`` if the markup exceeds the limits in ``treelimits``.
        """
        try:
            from trafilatura import bare_extraction
        except ImportError as error:
            raise ExtraMissing(
                "reading HTML needs trafilatura",
                where=self.where,
                hint="pip install 'news-extraction-pipeline[html]'",
            ) from error
        page = _decode_page(self.data, self.charset)
        elements = check_markup(page.text, self.where)
        found = bare_extraction(
            page.text,
            fast=elements > LARGE,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            date_extraction_params=DATES,
        )
        fields = found if isinstance(found, dict) else found.as_dict() if found else {}
        text, notices = replace_unusable(fields.get("text") or "")
        if not text.strip():
            raise NoArticleInPage("no article text in this page", where=self.where)
        address = _clean(fields.get("url"))
        return Article(
            text=text,
            where=self.where,
            uri=self.uri,
            title=_clean(fields.get("title")),
            byline=_clean(fields.get("author")),
            publisher=_clean(fields.get("sitename") or fields.get("hostname")),
            published=parse_published(fields.get("date") or "") or self.published,
            language=_clean(fields.get("language")),
            meta={**self.meta, **({"url": address} if address else {})},
            notices=(*(notice._replace(start=None, end=None) for notice in page.notices), *notices),
        )


def _decode_page(data: bytes, charset: str | None) -> Decoded:
    """Decode as UTF-8 or by a byte order mark, otherwise as the server or the page declares."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        declared = DECLARED.search(data, 0, HEAD)
        names = [charset, declared[1].decode("ascii") if declared else None]
        if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            names = []
        for name in filter(None, names):
            try:
                found = codecs.lookup(name).name
                return Decoded(data.decode(found), found)
            except (LookupError, UnicodeError):
                pass  # the declaration is wrong
    return decode(data)


def _clean(value: str | None) -> str | None:
    return replace_unusable(value)[0].strip() or None if value else None
