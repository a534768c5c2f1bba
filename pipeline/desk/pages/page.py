"""Write the page: one self-contained HTML document, with data that cannot break out of it."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from pipeline.desk.pages.article import article_view, name
from pipeline.desk.pages.overview import Cards, Overview, identity_row, identity_view
from pipeline.records.schema import ArticleRecord

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


STYLES = ("base.css", "text.css", "panel.css", "overview.css", "print.css")
SCRIPTS = (
    "dom.js",
    "store.js",
    "data.js",
    "text.js",
    "card.js",
    "pointing.js",
    "frame.js",
    "export.js",
    "facets.js",
    "table.js",
    "speakers.js",
    "statements.js",
    "findings.js",
    "notes.js",
    "article.js",
    "overview.js",
    "voices.js",
    "plot.js",
    "measures.js",
    "identities.js",
    "main.js",
)
"""The modules, ordered so that each comes after its imports."""

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="news-extraction-pipeline">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
"""
NONE = "'none'"
UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.-]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) )", re.MULTILINE)


def json_block(value: Mapping[str, Any]) -> str:
    """Return JSON that is safe inside ``<script>``: it contains no ``<``, ``>`` or ``&``.

    >>> json_block({"title": "</script><script>alert(1)"})
    '{"title":"\\\\u003c/script\\\\u003e\\\\u003cscript\\\\u003ealert(1)"}'
    """
    # these characters occur only inside strings, where JSON can escape them
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE)


def asset(name: str) -> str:
    """Return a style sheet or a module of the page."""
    return (resources.files("pipeline.desk.pages") / "assets" / name).read_text("utf-8")


def style(names: Iterable[str] = STYLES, read: Callable[[str], str] = asset) -> str:
    """Join style sheets."""
    return "".join(map(read, names))


def script(names: Iterable[str] = SCRIPTS, read: Callable[[str], str] = asset) -> str:
    """Join the modules; their imports become plain names in one scope."""
    return "".join(EXPORT.sub("", IMPORT.sub("", read(name))) for name in names)


def policy(scripts: Iterable[str], styles: Iterable[str], *, connect: str = NONE) -> str:
    """Return a Content-Security-Policy that allows only these scripts and styles.

    Nothing is loaded from anywhere but ``connect``. Text cannot become markup or script: Trusted
    Types block strings in the functions that would allow it.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts)) or NONE}",
            f"style-src {' '.join(map(_hash, styles))}",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def head(title: str, *, style: str, scripts: Iterable[str] = (), connect: str = NONE) -> str:
    """Return the start of a document, up to its body, that runs only these scripts."""
    allowed = html.escape(policy(scripts, [style], connect=connect))
    return HEAD.format(policy=allowed, title=html.escape(title), style=style)


WAITING = """<div id="page"><p class="waiting">Loading …</p></div>
<noscript><p>This page needs JavaScript. It loads nothing from the network.</p></noscript>
"""
FOOT = """<script type="module">{script}</script>
</body>
</html>
"""


def page(records: Iterable[ArticleRecord], cards: Cards | None = None) -> Iterator[str]:
    """Yield an HTML page of records, and of the identities that they name, part by part.

    Only the index is kept in memory; each article goes into its own block, which the browser reads
    on demand. If there are no records, the page has an empty index.
    """
    records = iter(records)
    first = list(itertools.islice(records, 2))
    blocks = _blocks(itertools.chain(first, records), cards)
    yield from document(title(first), blocks, script=script(), style=style())


def document(
    title: str,
    blocks: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    script: str,
    style: str,
    connect: str = NONE,
) -> Iterator[str]:
    """Yield a document made of a script, a style and blocks of data by id, part by part."""
    yield head(title, style=style, scripts=[script], connect=connect) + WAITING
    for id, data in blocks:
        block = json_block(data)
        yield f'<script type="application/json" id="{id}">{block}</script>\n'
    yield FOOT.format(script=script)


def title(first: Sequence[ArticleRecord]) -> str:
    """Return the title of a page: that of a single record, otherwise a general one."""
    if len(first) == 1:
        return " ".join((first[0].source.title or name(first[0])).split())
    return "What the articles say"


def _blocks(
    records: Iterable[ArticleRecord], cards: Cards | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    overview = Overview()
    numbers: dict[str, int] = {}
    for number, record in enumerate(records):
        overview.add(record)
        numbers.setdefault(record.id, number)
        yield f"article-{number}", article_view(record)
    view: dict[str, Any] = {**overview.view()}
    if cards:
        view["identities"] = []
        for card in cards(list(numbers)):
            view["identities"].append(identity_row(card))
            yield f"identity-{card['id']}", identity_view(card, numbers.get)
    yield "overview", view
