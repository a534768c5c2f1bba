"""What the grammar of `time_grammar` makes is one time, with the value that its parts compose."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pipeline.text import timex
from tests.text.time_grammar import ALL, TODAY, Case, pairs


@pytest.mark.parametrize("cases", ALL, ids=lambda cases: cases.__name__)
def test_each_generated_expression_is_one_time_with_the_right_value(
    cases: Callable[[], Iterator[Case]],
) -> None:
    wrong = []
    for text, wanted in cases():
        found = [t.value for t in timex.find(f"They met {text}.", TODAY)]
        if len(found) != 1 or found[0] not in wanted:
            wrong.append(f"{text}: {found}, not {sorted(wanted)}")
    assert wrong == []


def test_complete_ends_are_two_times() -> None:
    for text, wanted in pairs():
        assert [t.value for t in timex.find(f"They met {text}.", TODAY)] == wanted, text
