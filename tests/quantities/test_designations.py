"""Numbers that are dates, times, telephone numbers or addresses."""

from __future__ import annotations

import re

import pytest

from pipeline.quantities.designations import find_designations, may_be_year


@pytest.mark.parametrize(
    "marked",
    [
        "Call [555-0100] by [5 p.m.] on [May 4, 2020], please.",
        "From [Sept. 20-24] and on [the] 3rd".replace("[the]", "the"),
        "It began at [9:01 p.m.] or [0401 GMT].",
        "on [2020-05-04] and [4/5/2020]",
        "He lives at [575 Wilbraham Road] now.",
        "the [2014-15] season and the [1990s]",
        "between [A.D. 1000 and 1260]",
        "see [https://example.org/30%25] for more",
        "12 people paid $5 each for 3 days.",
        "[1.] Mix it. [2.] Bake it.",
        "a [4-3-3], then a [4-2-3-1]; 3-1 it was",
        "the [CVE-2021-44228] bug, a [10-K] and an [8-K]",
        "in [room 305] at [platform 9], with [Windows 11]",
        "call [020 7946 0958] or pay £12-15",
    ],
)
def test_designations(marked: str) -> None:
    text = re.sub(r"[\[\]]", "", marked)
    wanted = re.findall(r"\[([^\]]*)\]", marked)
    assert [text[start:end] for start, end in find_designations(text)] == wanted


def test_four_digits_may_be_a_recent_year() -> None:
    assert [may_be_year(text) for text in ("1984", "2024", "1100", "2500", "984")] == [
        True,
        True,
        False,
        False,
        False,
    ]
