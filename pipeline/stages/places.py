"""Look up which of many spans of a text overlap another one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from pipeline.stages.annotations import Bounds


class Places:
    """Spans of a text that can be looked up by overlap."""

    def __init__(self, places: Iterable[Bounds]) -> None:
        indexed = sorted((start, end, at) for at, (start, end) in enumerate(places))
        self.starts = [start for start, _, _ in indexed]
        self.ends = [end for _, end, _ in indexed]
        self.index = [at for _, _, at in indexed]

    def find(self, start: int, end: int) -> int | None:
        """Return the index of the span that overlaps a stretch; of several, the last to start."""
        at = bisect_left(self.starts, end) - 1
        for near in range(at, max(-1, at - 4), -1):
            if self.ends[near] > start:
                return self.index[near]
        return None

    def touch(self, start: int, end: int) -> bool:
        """Return whether a stretch overlaps any place."""
        return self.find(start, end) is not None
