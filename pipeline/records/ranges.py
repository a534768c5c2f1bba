"""The range of a time, made from its TIMEX3 value."""

from __future__ import annotations

from pipeline.records.labels import TimeKind
from pipeline.records.schema import Range
from pipeline.text.timing.calendar import stretch


def range_of(
    kind: TimeKind, value: str | None, during: tuple[str, str] | None = None
) -> Range | None:
    """Return the range of a date, a time of day or a duration from or to now; None for others.

    >>> range_of("date", "2024-02")
    Range(start='2024-02-01', end='2024-03-01')
    """
    found = stretch(value) if kind in ("date", "time") else during
    return Range(start=found[0], end=found[1]) if found else None
