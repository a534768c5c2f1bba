"""The range of a time, made from its TIMEX3 value."""

from __future__ import annotations

from pipeline.records.labels import TimeKind
from pipeline.records.schema import Range
from pipeline.text.timing.ranges import stretch


def range_of(kind: TimeKind, value: str | None) -> Range | None:
    """Return the range of a date or time of day; None for durations, sets and what is vague.

    >>> range_of("date", "2024-02")
    Range(start='2024-02-01', end='2024-03-01')
    """
    found = stretch(value) if kind in ("date", "time") else None
    return Range(**found._asdict()) if found else None
