"""Calendar periods, and the year of a month without one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.times.calendar import (
    FINE_TO_COARSE,
    Period,
    Unit,
    containing,
    in_years,
    nearest_weekday,
    within,
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
    ("period", "nth", "unit", "weekday", "value"),
    [
        ("M", 1, "W", None, "2025-W01"),  # 1 January is a Wednesday
        ("M", -1, "W", None, "2025-W05"),
        ("M", 3, "D", 0, "2025-01-20"),
        ("M", -1, "WE", None, "2025-W04-WE"),
        ("M", -1, "D", None, "2025-01-31"),
        ("M", 0, "Y", None, "2025"),
        ("Y", -1, "W", None, "2025-W52"),
        ("Y", 5, "M", None, "2025-05"),
        ("M", 6, "W", None, None),
        ("SE", 1, "D", None, None),
        ("D", 0, "W", None, "2025-W01"),
        ("Y", 0, "W", None, None),
    ],
)
def test_the_nth_unit_of_a_period(
    period: Unit, nth: int, unit: Unit, weekday: int | None, value: str | None
) -> None:
    found = within(containing(period, DAY), nth, unit, weekday)
    assert (found and found.value) == value


@given(
    st.sampled_from(FINE_TO_COARSE),
    st.dates(),
    st.integers(-1, 60),
    st.sampled_from(FINE_TO_COARSE),
    st.one_of(st.none(), st.integers(0, 6)),
)
def test_the_nth_unit_is_within_its_period(
    unit: Unit, day: date, nth: int, inner: Unit, weekday: int | None
) -> None:
    period = containing(unit, day)
    found = within(period, nth, inner, weekday)
    if found is not None and nth:
        assert found.first <= period.last
        assert period.first <= found.last


@pytest.mark.parametrize(
    ("weekday", "direction", "expected"),
    [(3, -1, 1), (3, 1, 1), (2, -1, 30), (4, 1, 2), (2, 1, 7)],
)
def test_a_weekday_is_today_or_the_nearest_in_the_direction(
    weekday: int, direction: int, expected: int
) -> None:
    assert nearest_weekday(date(2025, 5, 1), weekday, direction).day == expected


@pytest.mark.parametrize(
    ("month", "published", "gone", "coming"),
    [
        (12, date(2025, 2, 3), "2024-12", "2025-12"),
        (1, date(2025, 11, 3), "2025-01", "2026-01"),
        (5, date(2025, 5, 3), "2025-05", "2025-05"),
    ],
)
def test_a_month_before_and_after_a_day(
    month: int, published: date, gone: str, coming: str
) -> None:
    found = in_years(Period("M", date(2000, month, 1)), published)
    assert [one.value for one in found] == [gone, coming]
