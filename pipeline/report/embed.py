"""Embed data, scripts and styles in a page so that none of them can break out of it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

STYLES = ("base.css", "text.css", "panel.css", "overview.css", "print.css")
SCRIPTS = (
    "dom.js",
    "store.js",
    "data.js",
    "text.js",
    "card.js",
    "pointing.js",
    "speakers.js",
    "statements.js",
    "figures.js",
    "notes.js",
    "article.js",
    "frame.js",
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
    return (resources.files("pipeline.report") / "assets" / name).read_text("utf-8")


def style(names: Iterable[str] = STYLES, read: Callable[[str], str] = asset) -> str:
    """Join style sheets."""
    return "".join(map(read, names))


def script(names: Iterable[str] = SCRIPTS, read: Callable[[str], str] = asset) -> str:
    """Join the modules; their imports become plain names in one scope."""
    return "".join(EXPORT.sub("", IMPORT.sub("", read(name))) for name in names)


def imports(source: str) -> Iterator[str]:
    """Yield the names of a module's imports."""
    for match in IMPORT.finditer(source):
        yield match[1]


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
