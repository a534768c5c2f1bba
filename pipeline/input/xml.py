"""Read articles from XML: NewsML-G2 with its content and NITF (IPTC standards), RSS, Atom, XHTML.

https://iptc.org/standards/newsml-g2/ and https://iptc.org/standards/nitf/
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from pipeline.errors import BadRow, ExpandsTooFar, Malformed, NoArticles, needing
from pipeline.input.article import parse_published
from pipeline.input.html import Page, html_text, line, local, xml_text
from pipeline.input.rows import Entry, Skipped, read_whole
from pipeline.settings import Settings
from pipeline.storage import is_address
from pipeline.text.decode import decode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

XML_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
TEXT_CLASS: Final = "ninat:text"


def read_news(root: Element, skipped: Skipped) -> Iterator[Entry]:
    """Yield an entry for each news item of a document; a single item has number 0."""
    if local(root) == "nitf":
        yield Entry(0, _nitf(root))
        return
    items = [one for one in root.iter() if local(one) == "newsItem"]
    texts = [one for one in items if _is_text(one)]
    skipped.records += len(items) - len(texts)
    for number, item in enumerate(texts, 1):
        content: dict[str, Any] | BadRow
        try:
            content = _item(item)
        except BadRow as error:
            content = error
        yield Entry(number if len(texts) > 1 else 0, content)


def _is_text(item: Element) -> bool:
    """Return whether an item is text or has no class: pictures and the like are left out."""
    kind = _find(item, "itemMeta", "itemClass")
    return kind is None or kind.get("qcode", TEXT_CLASS).lower() in (TEXT_CLASS, "ninat:composite")


def _item(item: Element) -> dict[str, Any]:
    meta, about = _find(item, "itemMeta"), _find(item, "contentMeta")
    status = _find(meta, "pubStatus")
    if status is not None and status.get("qcode", "").lower() in ("stat:canceled", "stat:withheld"):
        raise BadRow(f"the agency marked this item as {status.get('qcode', '')[5:]}")
    row = _body(item)
    own = {
        "id": _versioned(item.get("guid"), item.get("version")),
        "title": line(_find(about, "headline")),
        "byline": line(_find(about, "by")) or _name(_find(about, "creator")),
        "publisher": _name(_find(meta, "provider"))
        or _name(_find(item, "rightsInfo", "copyrightHolder")),
        "published": line(_find(meta, "versionCreated"))
        or line(_find(about, "contentCreated"))
        or line(_find(meta, "firstCreated")),
        "language": (_attribute(_find(about, "language"), "tag") or item.get(XML_LANGUAGE)),
        "slugline": line(_find(about, "slugline")),
        "dateline": line(_find(about, "dateline")),
    }
    return row | {key: value for key, value in own.items() if value}


def _body(item: Element) -> dict[str, Any]:
    """Return the row of an item's content: NITF, XHTML or plain text."""
    contents = _find(item, "contentSet")
    for one in () if contents is None else contents:
        if local(one) == "inlineXML":
            for wrapped in one:
                return (
                    _nitf(wrapped)
                    if local(wrapped) == "nitf"
                    else {"text": xml_text(_body_of(wrapped))}
                )
        if local(one) == "inlineData" and one.text:
            return {"text": html_text(one.text)}
    raise BadRow("a news item without text: expected NITF, XHTML or text in its contentSet")


def _body_of(page: Element) -> Element:
    """Return the body of an XHTML page; its head is not part of the text."""
    body = next((one for one in page if local(one) == "body"), None)
    return page if body is None else body


def _nitf(root: Element) -> dict[str, Any]:
    head, body = _find(root, "head"), _find(root, "body")
    facts, top = _find(head, "docdata"), _find(body, "body.head")
    content = _find(body, "body.content")
    if content is None:
        raise BadRow("NITF without body.content")
    lines = [xml_text(one) for one in top if local(one) == "byline"] if top is not None else []
    issued = _find(facts, "date.issue")
    row = {
        "text": xml_text(content),
        "id": _attribute(_find(facts, "doc-id"), "id-string"),
        "title": line(_find(top, "hedline", "hl1")) or line(_find(head, "title")),
        "byline": ", ".join(" ".join(one.split()) for one in lines) or None,
        "publisher": _attribute(_find(facts, "doc.copyright"), "holder")
        or _attribute(_find(head, "pubdata"), "name")
        or line(_find(top, "distributor")),
        "published": _attribute(issued, "norm")
        or _attribute(_find(facts, "date.release"), "norm")
        or _attribute(_find(head, "pubdata"), "date.publication"),
        "language": root.get(XML_LANGUAGE),
        "dateline": line(_find(top, "dateline")),
    }
    return {key: value for key, value in row.items() if value or key == "text"}


def _versioned(guid: str | None, version: str | None) -> str | None:
    """Return the id of an item; later versions are separate articles."""
    return f"{guid}#{version}" if guid and version and version != "1" else guid


def _find(element: Element | None, *path: str) -> Element | None:
    """Return the first descendant at a path of names, ignoring namespaces."""
    for name in path:
        if element is None:
            return None
        element = next((one for one in element if local(one) == name), None)
    return element


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name)


def _name(element: Element | None) -> str | None:
    """Return the name of a party, given as text or as an attribute."""
    if element is None:
        return None
    return line(_find(element, "name")) or element.get("literal") or element.get("qcode")


def read_feed(data: bytes, root: str) -> Iterator[Entry]:
    """Yield an entry for each item of a feed with the root element ``root``.

    Raises ``Malformed`` for a truncated feed, after its complete items.
    """
    with needing("feeds", "reading RSS and Atom needs feedparser"):
        import feedparser
    try:
        found = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Malformed(f"a feed that cannot be parsed: {error}") from error
    items = list(found.entries)
    whole = f"{root}>".encode() in data.rstrip()[-64:].replace(b"\0", b"")
    if not whole:  # the text of the last item may be truncated
        items = items[:-1]
    for number, item in enumerate(items, 1):
        row = _row(dict(item), found.feed)
        yield Entry(number, row if "text" in row else BadRow("an item without content or summary"))
    if not whole:
        raise Malformed(f"a feed that is cut off: </{root}> is missing")


def _row(item: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an item: its full content if there is any, otherwise its summary."""
    contents = [one for one in item.get("content", ()) if one.get("value")]
    text = max((one["value"] for one in contents), key=len, default=None) or item.get("summary")
    dates = [(item.get(key), item.get(f"{key}_parsed")) for key in ("published", "updated")]
    row = {
        "text": html_text(text) if text else None,
        "id": item.get("id"),
        "url": link if is_address(link := item.get("link", "")) else None,  # else it is the guid
        "title": html_text(item.get("title", "")),
        "byline": item.get("author"),
        "publisher": feed.get("title"),
        "published": next(filter(None, (_date(*date) for date in dates)), None),
        "language": next((one["language"] for one in contents if one.get("language")), None)
        or feed.get("language"),
        "tags": [one["term"] for one in item.get("tags", ()) if one.get("term")],
    }
    return {key: value for key, value in row.items() if value}


def _date(text: str | None, parsed: time.struct_time | None) -> str | None:
    """Return the feed's date with its offset if possible, otherwise feedparser's, in UTC."""
    known = parse_published(text) if text else None
    if known or parsed is None:
        return known
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed)


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
        yield from read_feed(data, root)
    elif root == "html":
        yield Entry(0, Page(data=data, where=""))
    elif root in NEWSML or root == "nitf":
        yield from read_news(_parse(data), skipped)
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
