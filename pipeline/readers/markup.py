"""Convert markup to paragraphs of plain text: HTML by its tags, XML by its elements."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from pipeline.text.wordset import word_set

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

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
TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w{1,31};")


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
    if not TAG.search(html):
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
