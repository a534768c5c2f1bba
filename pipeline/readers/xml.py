"""Read articles from XML: the root element shows whether it is NewsML, NITF, a feed or a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from pipeline.errors import ExpandsTooFar, Malformed, NoArticles
from pipeline.readers.entries import Entry, Skipped, read_whole
from pipeline.readers.html import Page
from pipeline.settings import Settings
from pipeline.text.decode import decode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PROLOG: Final = re.compile(
    r"(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE(?>[^\[>]*)(?:\[(?>.*?\]\s*>)|>))*+", re.DOTALL
)
"""Everything before the root element."""
ROOT: Final = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
NEWSML: Final = ("newsMessage", "newsItem")
FEEDS: Final = ("rss", "RDF", "feed")
EXPECTED: Final = (
    "expected NewsML-G2 (newsMessage, newsItem), NITF (nitf), RSS or Atom (rss, RDF, feed) or "
    "XHTML (html)"
)


def read_xml(file: BinaryIO, settings: Settings, skipped: Skipped) -> Iterator[Entry]:
    """Yield an entry for each article of a document.

    Raises ``Malformed``, ``NoArticles``, ``ExpandsTooFar``, ``ArticleTooLong``, and
    ``ExtraMissing`` for a feed without feedparser.
    """
    data = read_whole(file, settings.max_raw_bytes)
    text = decode(data).text
    prolog = PROLOG.match(text)
    end = prolog.end() if prolog else 0
    if "<!ENTITY" in text[:end]:
        raise ExpandsTooFar("XML that declares entities, which may expand without a bound")
    found = ROOT.match(text, end)
    root = found[1] if found else None
    if root in FEEDS:
        from pipeline.readers.feeds import read_feed

        yield from read_feed(data, root)
    elif root == "html":
        yield Entry(0, Page(data=data, where=""))
    elif root in NEWSML or root == "nitf":
        from pipeline.readers import newsml

        yield from newsml.read_news(_parse(data), skipped)
    elif root is None:
        raise Malformed("not XML: no root element")
    else:
        raise NoArticles(f"XML with the root element <{root[:60]}>; {EXPECTED}")


def _parse(data: bytes) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except ParseError as error:
        raise Malformed(f"not well-formed XML: {error}") from error
    except DefusedXmlException as error:
        raise ExpandsTooFar(
            "XML that declares entities, which may expand without a bound"
        ) from error
    except (ValueError, LookupError) as error:
        raise Malformed(f"XML in an encoding that cannot be read: {error}") from error
    return root
