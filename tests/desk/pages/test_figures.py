"""Figures and times formatted for readers."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.desk.pages import figures
from pipeline.records.schema import Rate
from tests.desk.pages.made import figure, span


def made(**given: Any) -> Any:
    return figure("f1", span("5", "5"), **given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"value": "1200000000000", "unit": "USD"}, "1,200,000,000,000 USD"),
        ({"value": "6.4", "unit": "%", "bound": "approx"}, "about 6.4%"),
        ({"low": "3", "high": "5", "unit": "[ft_i]"}, "3 to 5 feet"),
        ({"low": "1000000", "vague": True}, "at least 1,000,000"),
        ({"high": "10"}, "at most 10"),
        ({"low": "10", "bound": "more_than"}, "more than 10"),
        ({"value": "0.45", "unit": "USD", "rate": Rate(per="gallon")}, "0.45 USD per gallon"),
        ({"value": "1/3", "kind": "ratio"}, "1/3"),
        ({"value": "2-1", "kind": "score"}, "2-1"),
        ({"value": "7", "unit": "furlong"}, "7 furlong"),
        ({}, ""),
    ],
)
def test_a_value_is_shown_with_bound_unit_and_rate(given: dict[str, Any], text: str) -> None:
    assert figures.shown(made(**given)) == text


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"value": "-0.5"}, -0.5),
        ({"value": "1/4"}, 0.25),
        ({"low": "3", "high": "5"}, 4.0),
        ({"low": "10"}, 10.0),
        ({"value": "2-1", "kind": "score"}, None),
        ({"value": "1/0"}, None),
        ({"value": "9" * 400}, None),
        ({"value": "1/" + "9" * 5000}, None),
        ({}, None),
    ],
)
def test_figures_have_a_number_to_sort_by(given: dict[str, Any], number: float | None) -> None:
    assert figures.number(made(**given)) == number


def test_thousands_of_digits_are_grouped_as_well() -> None:
    assert figures.grouped("1" * 6001).count(",") == 2000


@pytest.mark.parametrize(
    "value", ["2024-13", "2024-02-31", "0000", "PRESENT_REF", "P3D", "XXXX-W1"]
)
def test_a_value_that_is_not_a_calendar_date_has_no_day(value: str) -> None:
    assert figures.first_day(value) is None
