"""Distinguish the reporter's description of how someone spoke from what was said."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.reading import Reading


def tells_how(reading: Reading, piece: Bounds, content: Iterable[Bounds], cue: Bounds) -> bool:
    """Return whether a part of a content describes manner: "“…,” Lee said, his voice breaking."

    It is a participle between commas after the cue of a quotation, or "Asked whether …" before it,
    all in tokens.
    """
    start, end = piece
    asked = reading.lower[start] == "asked" and end < cue[0]
    if not asked and (start != cue[1] + 1 or reading.lower[cue[1]] != ","):
        return False
    if any(reading.at_quote[at] >= 0 for at in range(start, end)):
        return False
    if not any(reading.at_quote[first] >= 0 for first, _ in content):
        return False
    tops = [token for token in reading.doc[start:end] if not start <= token.head.i < end]
    return [top.tag_ for top in tops] == ["VBN" if asked else "VBG"]
