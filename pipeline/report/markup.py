"""Build HTML from elements; a plain string is always text."""

from __future__ import annotations

import html
import re

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
VOID = frozenset({"meta", "rect"})


class Html(str):
    """Markup; a plain ``str`` is text and is escaped."""

    __slots__ = ()


def element(name: str, *children: str | None, **attributes: str | int | float | None) -> Html:
    """Return an element; None is left out, and a trailing ``_`` in an attribute's name is removed.

    >>> element("a", "x < y", href="#1", class_="far")
    '<a href="#1" class="far">x &lt; y</a>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{given}>" if name == "meta" else f"<{name}{given}/>")
    inner = "".join(escaped(child) for child in children if child is not None)
    return Html(f"<{name}{given}>{inner}</{name}>")


def escaped(text: str) -> Html:
    """Return text as markup; control characters that could reverse a line are shown as codes.

    >>> escaped("a<b"), escaped("\\u202e"), escaped(Html("<i>"))
    ('a&lt;b', 'U+202E', '<i>')
    """
    if isinstance(text, Html):
        return text
    return Html(CONTROLS.sub(lambda found: f"U+{ord(found[0]):04X}", html.escape(text)))


def joined(*parts: str) -> Html:
    """Join parts."""
    return Html("".join(escaped(part) for part in parts))


def isolated(text: str) -> Html:
    """Return an article's text for use within our own words, with its direction isolated."""
    return element("bdi", text)
