"""Read the article of a web page (extra ``html``), and convert markup to plain text."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.errors import NoArticleInPage, PageTooComplex, needing
from pipeline.input.article import Article, parse_published
from pipeline.text.decode import Decoded, decode
from pipeline.text.words import word_set

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from pydantic import JsonValue

BLOCKS: Final = word_set(
    """
    address article blockquote body bq center dd div dl dt fieldset footer header hr html li main
    ol p pre section tr ul h1 h2 h3 h4 h5 h6 hl1 hl2 block td th body.content body.end
    """
)
HIDDEN: Final = word_set(
    """
    script style head template noscript figure figcaption media table aside nav form iframe svg
    object video audio select button
    """
)
"""Elements that are not part of the article: code, pictures and captions, tables, asides."""
SPACES: Final = re.compile(r"[ \t\r\n\f]+")
MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w{1,31};")


class Paragraphs:
    """Collects text between tags; paragraphs are separated by an empty line."""

    def __init__(self, hidden: frozenset[str] = HIDDEN) -> None:
        self._done: list[str] = []
        self._words: list[str] = []
        self._hiding = hidden
        self.hidden = 0
        """Number of open elements that are not part of the article."""

    def start(self, tag: str) -> None:
        self.hidden += tag in self._hiding
        if tag == "br":
            self._words.append("\n")
        elif tag in BLOCKS:
            self._close()

    def end(self, tag: str) -> None:
        self.hidden -= self.hidden > 0 and tag in self._hiding
        if tag in BLOCKS:
            self._close()

    def data(self, text: str) -> None:
        if not self.hidden:
            self._words.append(SPACES.sub(" ", text))

    def text(self) -> str:
        self._close()
        return "\n\n".join(self._done)

    def _close(self) -> None:
        lines = (SPACES.sub(" ", line).strip() for line in "".join(self._words).split("\n"))
        if paragraph := "\n".join(line for line in lines if line):
            self._done.append(paragraph)
        self._words = []


class _Html(HTMLParser):
    def __init__(self, paragraphs: Paragraphs) -> None:
        super().__init__()
        self.paragraphs = paragraphs

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of the base class
        self.paragraphs.start(tag)

    def handle_endtag(self, tag: str) -> None:
        self.paragraphs.end(tag)

    def handle_data(self, data: str) -> None:
        self.paragraphs.data(data)


def html_text(html: str) -> str:
    """Return the paragraphs of an HTML fragment; text without tags stays unchanged.

    >>> html_text("<p>It <b>rained</b>.</p><p>“No,”<br>she said &amp; left.</p>")
    'It rained.\\n\\n“No,”\\nshe said & left.'
    """
    if not MARKUP.search(html):
        return html
    # these marks have no meaning in HTML, and many of them make the parser slow
    html = html.replace("<![CDATA[", "").replace("]]>", "")
    paragraphs = _parsed(html, Paragraphs())
    # a figure that is never closed, for example: too much text is better than too little
    if paragraphs.hidden:
        paragraphs = _parsed(html, Paragraphs(frozenset()))
    return paragraphs.text()


def _parsed(html: str, paragraphs: Paragraphs) -> Paragraphs:
    parser = _Html(paragraphs)
    parser.feed(html)
    parser.close()
    return paragraphs


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def xml_text(element: Element) -> str:
    """Return the paragraphs of an element of XHTML or NITF."""
    found = Paragraphs()
    waiting: list[tuple[Element, bool]] = [(element, False)]
    while waiting:
        one, ended = waiting.pop()
        if ended:
            found.end(local(one))
            if one is not element and one.tail:
                found.data(one.tail)
            continue
        found.start(local(one))
        if one.text:
            found.data(one.text)
        waiting.append((one, True))
        waiting += [(child, False) for child in reversed(one)]
    return found.text()


def line(element: Element | None) -> str | None:
    """Return the text of an element on one line, or None if there is none."""
    return None if element is None else " ".join("".join(element.itertext()).split()) or None


MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 1_000
"""Maximum number of attributes of one element."""
MAX_DEPTH = 255

TAG = re.compile(r"<!--|<(/?)([a-zA-Z][^\s/>]*+)")
ATTRIBUTE = re.compile(
    r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?"""
)
ENDS_EMPTY = re.compile(r"\s*+/")
RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose content is not markup, and the pattern that ends them."""
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"]
)
"""Elements without content."""
OPTIONAL = frozenset(["dd", "dt", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"])
"""Elements with an optional end tag: the next one of the same name ends them."""
HOLDING = frozenset(["article", "div", "dl", "ol", "section", "select", "table", "ul"])
"""Inside these elements, another one of the same name does not end the outer one."""


class Tag(NamedTuple):
    name: str
    closing: bool
    empty: bool
    """Whether it ends with ``/>``."""
    attributes: int
    """Counted to at most one above the limit."""


def check_markup(text: str, where: str) -> int:
    """Return the number of elements of a page; raise ``PageTooComplex`` above a limit."""
    elements = 0
    inside: list[str] = []
    for tag in _tags(text):
        if tag.closing:
            if tag.name in inside:
                _leave(inside, tag.name)
            continue
        elements += 1
        if tag.name in OPTIONAL and _ends_another(tag.name, inside):
            _leave(inside, tag.name)
        if tag.name not in VOID and not tag.empty:
            inside.append(tag.name)
        if elements > MAX_ELEMENTS:
            raise PageTooComplex(f"over {MAX_ELEMENTS:,} elements", where=where)
        if len(inside) > MAX_DEPTH:
            raise PageTooComplex(f"has elements nested over {MAX_DEPTH} deep", where=where)
        if tag.attributes > MAX_ATTRIBUTES:
            message = f"an element with over {MAX_ATTRIBUTES:,} attributes"
            raise PageTooComplex(message, where=where)
    return elements


def _ends_another(name: str, inside: list[str]) -> bool:
    within = itertools.takewhile(lambda one: one not in HOLDING, reversed(inside))
    return name in within


def _leave(inside: list[str], name: str) -> None:
    while inside.pop() != name:
        pass


def _tags(text: str) -> Iterator[Tag]:
    at = 0
    while at >= 0 and (found := TAG.search(text, at)):
        at = found.end()
        if found[2] is None:
            at = text.find("-->", at)
            continue
        attributes = 0
        while attributes <= MAX_ATTRIBUTES and (attribute := ATTRIBUTE.match(text, at)):
            at = attribute.end()
            attributes += 1
        name = found[2].lower()
        yield Tag(name, bool(found[1]), bool(ENDS_EMPTY.match(text, at)), attributes)
        if not found[1] and name in RAW:
            end = RAW[name].search(text, at)
            at = end.start() if end else -1


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
        ``PageTooComplex`` if the markup exceeds a limit.
        """
        with needing("html", "reading HTML needs trafilatura", where=self.where):
            from trafilatura import bare_extraction
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
        text = fields.get("text") or ""
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
            notices=tuple(notice._replace(start=None, end=None) for notice in page.notices),
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
    return value.strip() or None if value else None
