"""Test texts with their expected spans marked inline: "She lost [12%]."."""

from __future__ import annotations

import re


def unmark(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without brackets, and the spans of the bracketed parts."""
    spans, text = [], ""
    for part in re.split(r"(\[[^\]]*\])", marked):
        if part.startswith("["):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans
