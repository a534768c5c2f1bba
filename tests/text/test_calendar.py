"""Periods of the calendar and the year that a month without one belongs to."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.text.timing.calendar import (
    FINE_TO_COARSE,
    Period,
    Unit,
    containing,
    nearest_weekday,
    nearest_year,
)

DAY = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("unit", "value", "before"),
    [
        ("D", "2025-01-01", "2024-12-31"),
        ("W", "2025-W01", "2024-W52"),
        ("WE", "2025-W01-WE", "2024-W52-WE"),
        ("M", "2025-01", "2024-12"),
        ("SE", "2024-WI", "2023-WI"),
        ("Q", "2025-Q1", "2024-Q4"),
        ("H", "2025-H1", "2024-H2"),
        ("Y", "2025", "2024"),
        ("DE", "202", "201"),
        ("CE", "20", "19"),
    ],
)
def test_values_of_a_period_and_the_one_before(unit: Unit, value: str, before: str) -> None:
    period = containing(unit, DAY)
    earlier = period.shifted(-1)
    assert period.value == value
    assert earlier is not None
    assert earlier.value == before


@pytest.mark.parametrize("unit", FINE_TO_COARSE)
@pytest.mark.parametrize("day", [date.min, date(4, 2, 29), date(2000, 2, 29), date.max])
def test_periods_stay_within_the_calendar(unit: Unit, day: date) -> None:
    period = containing(unit, day)
    assert period.value
    assert period.first <= period.last
    for count in (-1, 1, 10**9):
        moved = period.shifted(count)
        assert moved is None or moved.unit == unit


@pytest.mark.parametrize(
    ("weekday", "direction", "expected"),
    [(3, -1, 1), (3, 1, 1), (2, -1, 30), (4, 1, 2), (2, 1, 7)],
)
def test_a_weekday_is_today_or_the_nearest_in_the_direction(
    weekday: int, direction: int, expected: int
) -> None:
    assert nearest_weekday(date(2025, 5, 1), weekday, direction).day == expected


@pytest.mark.parametrize(
    ("month", "published", "direction", "year"),
    [
        (12, date(2025, 2, 3), 0, 2024),  # read in February, December is over
        (1, date(2025, 11, 3), 0, 2026),  # read in November, January is to come
        (6, date(2025, 5, 3), 0, 2025),
        (6, date(2025, 5, 3), -1, 2024),
        (3, date(2025, 5, 31), 1, 2026),
        (5, date(2025, 5, 3), -1, 2025),
    ],
)
def test_the_year_of_a_month(month: int, published: date, direction: int, year: int) -> None:
    found = nearest_year(Period("M", date(2025, month, 1)), published, direction)
    assert found.first.year == year
