"""Complete the pages of the site at each build.

A line ``<!-- README: SECTION -->`` in a page is replaced by that section of README. Links to files
outside ``docs/`` lead to where the site has them (``borrowed``).
"""

from __future__ import annotations

import re
from typing import Any

import borrowed
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

MARKER = re.compile(r"^<!-- README: (.+) -->$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from elsewhere in the repository."""
    for origin, page in borrowed.PAGES.items():
        text = borrowed.linked(borrowed.read(origin), origin, page)
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Fill in sections of README, and adapt links to the site."""
    here = page.file.src_uri
    if here not in borrowed.PAGES.values():
        markdown = borrowed.linked(markdown, f"{borrowed.DOCS}/{here}", here)
    return filled(markdown, here)


def filled(markdown: str, here: str) -> str:
    """Return a page with each marker replaced by its content."""

    def made(found: re.Match[str]) -> str:
        section = borrowed.section(borrowed.read("README.md"), found[1])
        return borrowed.linked(section, "README.md", here)

    return MARKER.sub(made, markdown)
