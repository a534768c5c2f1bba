"""Check the size of a web page's markup in one pass, before a parser builds its tree.

libxml2 compares each attribute of an element with all others, and silently drops anything nested
deeper than ``MAX_DEPTH``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.errors import PageTooComplex

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
