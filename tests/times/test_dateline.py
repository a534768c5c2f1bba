"""The date in a dateline."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.times.dateline import dateline


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("LONDON, May 5, 2024 (Reuters) - It rained.", date(2024, 5, 5)),
        ("NEW YORK, N.Y., Sept. 11, 2023 — It rained.", date(2023, 9, 11)),
        ("Rain in Leeds\n\nFriday, July 21, 2017\n\nIt rained.", date(2017, 7, 21)),
        ("Rain in Leeds\n21 July 2017\nIt rained.", date(2017, 7, 21)),
        # a date in the story
        ("It rained on May 5, 2024 - and on Monday.", None),
        ("The law of May 5, 2024 (Reuters) - a review", None),
        # no year, no date
        ("LONDON, May 5 (Reuters) - It rained.", None),
        ("July 2017\n\nIt rained.", None),
        # too far down
        ("a\n\nb\n\nc\n\nd\n\nMay 5, 2024\n", None),
        ("", None),
    ],
)
def test_dateline(text: str, day: date | None) -> None:
    assert dateline(text) == day


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    dateline(text)
