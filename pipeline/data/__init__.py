"""Word lists and tables. The top of each file explains its format and origin."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any


def read_table(name: str) -> dict[str, Any]:
    """Return the table of ``name.toml``; a file that is missing or broken raises."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def read_lines(name: str) -> Iterator[tuple[str, str]]:
    """Yield ``(section, line)`` of a word list, without comments and blank lines.

    ``name`` is the file with its suffix. The section is empty before the first one.
    """
    section = ""
    for line in (files(__name__) / name).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        yield section, line
