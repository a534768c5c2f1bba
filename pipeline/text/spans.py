"""Ranges of a text, half-open: in code points or in tokens."""

from __future__ import annotations

CharSpan = tuple[int, int]
"""``(start, end)`` in code points of the text."""
TokenSpan = tuple[int, int]
"""``(first, last)`` in tokens, from the first to the one after the last."""
