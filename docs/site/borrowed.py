"""Pages and sections from elsewhere in the repository, so that nothing is repeated."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = "docs"
PAGES: Final = {
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "SECURITY.md": "project/security.md",
    "CODE_OF_CONDUCT.md": "project/code-of-conduct.md",
    "seeds/README.md": "project/samples.md",
    "models/names/README.md": "models/names.md",
    "models/attributions-fast/README.md": "models/attributions-fast.md",
    "models/attributions-accurate/README.md": "models/attributions-accurate.md",
    "models/figures/README.md": "models/figures.md",
    "models/reference/README.md": "models/reference.md",
    "models/reference-accurate/README.md": "models/reference-accurate.md",
    "models/speakers/README.md": "models/speakers.md",
    "models/namesakes/README.md": "models/namesakes.md",
    "models/times/README.md": "models/times.md",
    "models/identity/README.md": "models/identity.md",
}
"""The place of each of them in the site."""
OTHERS: Final = {"README.md": "index.md"}
"""Files that are not copied, and the page to link to instead."""
LINK: Final = re.compile(r"(!?\[[^\]]*\]\()(?![a-z]+:|#)([^)#\s]+)([^)]*\))")
HEADING: Final = re.compile(r"^#+ ", re.MULTILINE)


def read(name: str) -> str:
    """Return the text of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """Return the text under a heading of the second level.

    >>> section("# A\\n## B\\nb\\n### C\\nc\\n## D\\nd\\n", "B")
    'b\\n### C\\nc'
    """
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^##? |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise LookupError(f"there is no section {title!r}")
    return found[1].strip()


def linked(text: str, origin: str, page: str) -> str:
    """Return Markdown of the file ``origin`` with links that work on a page of the site.

    Files that are not in the site are named without a link.

    >>> linked("[how](docs/reliability.md#limits)", "README.md", "explanation/quality.md")
    '[how](../reliability.md#limits)'
    >>> linked("[card](../models/attributions-fast/README.md)", "docs/index.md", "index.md")
    '[card](models/attributions-fast.md)'
    >>> linked("[seed](seeds/a.json)", "README.md", "index.md")
    'seed (`seeds/a.json`)'
    """

    def moved(found: re.Match[str]) -> str:
        before, target, after = found.groups()
        path = os.path.normpath(os.path.join(os.path.dirname(origin), target))  # noqa: PTH118, PTH120 - no file
        place = PAGES.get(path) or OTHERS.get(path)
        if place is None and path.startswith(f"{DOCS}/"):
            place = path.removeprefix(f"{DOCS}/")
        if place is None:
            return f"{before[1:-2]} (`{path}`)"
        return before + os.path.relpath(place, os.path.dirname(page) or ".") + after  # noqa: PTH120

    return LINK.sub(moved, text)
