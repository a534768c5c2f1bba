"""Read the XML of news agencies: NewsML-G2 with its content, and NITF (IPTC standards).

https://iptc.org/standards/newsml-g2/ and https://iptc.org/standards/nitf/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import BadRow
from pipeline.readers.entries import Entry, Skipped
from pipeline.readers.markup import html_text, line, local, xml_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
TEXT: Final = "ninat:text"


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
    return kind is None or kind.get("qcode", TEXT).lower() in (TEXT, "ninat:composite")


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
        "language": (_attribute(_find(about, "language"), "tag") or item.get(LANGUAGE)),
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
        "language": root.get(LANGUAGE),
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
