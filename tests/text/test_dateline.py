"""The date in a dateline."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.dateline import dateline, story_start


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


@pytest.mark.parametrize(
    "line",
    [
        "OSLO, Norway, March 4 (Reuters) - |Norway's fund lost money.",
        "BEDFORD, N.H. (AP) — |“It rained,” she said.",
        "SELMA, N.C.—|Ann Lee spoke.",
        "ST. PAUL, Minn. -- |Rain fell.",
        "GENEVA/LONDON, Dec 8 - |A bank failed.",
        "Paris (AFP) – |Police said so.",
        "Aug 27 (Thomson Reuters Foundation) - |$5 is a lot.",
        "DES MOINES —  |She won.",
    ],
)
def test_a_story_starts_after_its_dateline(line: str) -> None:
    text = line.replace("|", "")
    assert story_start(text) == line.index("|")
    assert story_start(f"Rain again\n{text}", 11) == 11 + line.index("|")


@pytest.mark.parametrize(
    "text",
    [
        "It rained in Leeds - And it snowed.",
        "TRUMP: We will win.",
        "Ann Lee (R) — the mayor — won.",
        "Ann Lee (R) — The mayor won.",
        "WASHINGTON - based firms lost.",
        "THE VOTES WERE NEVER COUNTED, BUT EARLY - Ann Lee said so.",
        "NATO's chief — A Dane — left.",
        "",
    ],
)
def test_a_text_without_a_dateline_has_no_story_start(text: str) -> None:
    assert story_start(text) is None


@given(st.text(max_size=300), st.integers(0, 300))
def test_never_raises(text: str, start: int) -> None:
    dateline(text)
    found = story_start(text, start)
    assert found is None or start < found <= len(text)
