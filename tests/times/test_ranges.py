"""The range of a value: its start and end, and that ranges of one kind are adjacent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.times import timex
from pipeline.times.calendar import FINE_TO_COARSE, containing, stretch
from tests.times.test_timex import WORDS


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("19", "1900-01-01", "2000-01-01"),
        ("199", "1990-01-01", "2000-01-01"),
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-H2", "2024-07-01", "2025-01-01"),
        ("2024-Q4", "2024-10-01", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2024-SU", "2024-06-01", "2024-09-01"),
        ("2024-WI", "2024-12-01", "2025-03-01"),
        ("2024-03-11~/2024-04-09~", "2024-03-11", "2024-04-10"),
        ("2025-W01", "2024-12-30", "2025-01-06"),
        ("1989-W43-WE", "1989-10-28", "1989-10-30"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2024-02-29TMO", "2024-02-29T00:00", "2024-02-29T12:00"),
        ("2024-02-29TAF", "2024-02-29T12:00", "2024-02-29T18:00"),
        ("2024-02-29TEV", "2024-02-29T18:00", "2024-03-01T00:00"),
        ("2024-12-31TNI", "2024-12-31T18:00", "2025-01-01T06:00"),
        ("2024-12-31T23:59", "2024-12-31T23:59", "2025-01-01T00:00"),
        ("2024-12-31T24:00", "2025-01-01T00:00", "2025-01-01T00:01"),
        ("2024-12-31T15:11Z", "2024-12-31T15:11Z", "2024-12-31T15:12Z"),
        ("2024-12-31T15:11:59", "2024-12-31T15:11:59", "2024-12-31T15:12:00"),
        ("1995/1996", "1995-01-01", "1997-01-01"),
        ("2015-11-20/2015-11-24", "2015-11-20", "2015-11-25"),
        ("2019-09/2020-02", "2019-09-01", "2020-03-01"),
        ("2024-05-02T17:00/2024-05-02T18:30", "2024-05-02T17:00", "2024-05-02T18:30"),
        ("2024-05-02TMO/2024-05-03TEV", "2024-05-02T00:00", "2024-05-04T00:00"),
    ],
)
def test_a_calendar_value_has_a_range(value: str, start: str, end: str) -> None:
    assert stretch(value) == (start, end)


@pytest.mark.parametrize(
    ("phrase", "during"),
    [
        ("over the past three years", ("2022-05-01", "2025-05-01")),
        ("in the last 10 days", ("2025-04-21", "2025-05-01")),
        ("within the next two weeks", ("2025-05-01", "2025-05-15")),
        ("over the past year", ("2024-05-01", "2025-05-01")),
        ("in the last two years of his life", None),
        ("for three years", None),
        ("over the past few years", None),
    ],
)
def test_a_duration_that_ends_or_begins_now_has_a_range(
    phrase: str, during: tuple[str, str] | None
) -> None:
    (found,) = timex.find(f"It fell {phrase}.", date(2025, 5, 1))
    assert found.during == during


def test_hours_from_now_need_the_time_of_publication() -> None:
    moment = datetime(2025, 5, 1, 12, 30)
    text = "It fell in the past 24 hours."
    found = [next(timex.find(text, moment.date(), moment=one)).during for one in (None, moment)]
    assert found == [None, ("2025-04-30T12:30", "2025-05-01T12:30")]


@pytest.mark.parametrize(
    "value",
    [
        None, "", "PRESENT_REF", "P3D", "PT5M", "PXM", "T22:30", "TNI",
        "XXXX-12-25", "XXXX-WXX-3", "BC0044", "2024-02-30", "2024-13", "2024-W54",
        "9999", "99", "0000", "2025/2024",
        "2024-05-02T25:00", "T17:00/T18:00", "2024-05/P3D", "٢٠٢٤",
    ],
)  # fmt: skip
def test_vague_and_other_values_have_no_range(value: str | None) -> None:
    assert stretch(value) is None


DAYS = st.dates(date(1000, 1, 1), date(2999, 1, 1))
UNITS = st.sampled_from([unit for unit in FINE_TO_COARSE if unit != "SE"])


@given(DAYS, UNITS)
def test_a_range_is_its_period_and_ends_where_the_next_begins(day: date, unit: str) -> None:
    period = containing(unit, day)  # type: ignore[arg-type]
    found, following = stretch(period.value), period.shifted(1)
    assert found
    assert following
    after = stretch(following.value)
    assert after
    assert (found.start, found.end) == (str(period.first), str(period.last + timedelta(days=1)))
    if unit == "WE":
        assert found.end < after.start
    else:
        assert found.start <= str(day) < found.end == after.start


@given(DAYS)
def test_the_parts_of_a_day_cover_it_without_a_gap(day: date) -> None:
    parts = [stretch(f"{day}T{part}") for part in ("MO", "AF", "EV")]
    assert [one and one.start for one in parts] == [
        f"{day}T{hour}:00" for hour in ("00", "12", "18")
    ]
    assert all(a and b and a.end == b.start for a, b in pairwise(parts))
    assert stretch(f"{day}TEV") == (f"{day}T18:00", f"{day + timedelta(days=1)}T00:00")


@given(st.datetimes(datetime(1000, 1, 1), datetime(2999, 1, 1)))
def test_a_minute_ends_where_the_next_begins(moment: datetime) -> None:
    found = stretch(moment.isoformat(timespec="minutes"))
    following = stretch((moment + timedelta(minutes=1)).isoformat(timespec="minutes"))
    assert found
    assert following
    assert found.start < found.end == following.start


@given(DAYS, DAYS)
def test_a_range_of_two_days_includes_both(a: date, b: date) -> None:
    found = stretch(f"{a}/{b}")
    assert found == ((str(a), str(b + timedelta(days=1))) if a <= b else None)


@given(st.text(max_size=12) | st.text("0123456789-/TWQXPZ:~", max_size=24))
def test_no_value_raises_and_every_range_has_a_length(value: str) -> None:
    found = stretch(value)
    assert found is None or found.start < found.end


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join), st.none() | st.dates())
def test_every_absolute_value_of_the_engine_has_a_range(text: str, day: date | None) -> None:
    for one in timex.find(text, day):
        value = one.value or ""
        dated = one.kind in ("date", "time") and value[:4].isdecimal() and value[:2] != "00"
        if dated and value[4:5] in ("", "-") and value[5:6] not in ("S", "F") and "~" not in value:
            assert stretch(value) or value[5:7] == "WI" or value.startswith("9999"), value
