"""Numbers with the units beside them: the place, the exact value, the code."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.quantities.exact import plain
from pipeline.text.units import Quantity, find_quantities, iterate
from tests.marked import unmark


@pytest.mark.parametrize(
    ("marked", "value", "unit"),
    [
        ("It costs [$1.2 trillion].", "1200000000000", "USD"),
        ("A [£95m] deal", "95000000", "GBP"),
        ("worth [$1.8 bln]", "1800000000", "USD"),
        ("a [Rs 16,189-crore] plan", "161890000000", "INR"),
        ("at [US$58.24] per barrel", "58.24", "USD"),
        ("[NZ $ 26 million] more", "26000000", "NZD"),
        ("about [$US113 trillion] of debt", "113000000000000", "USD"),
        ("[$A82,615,680] for the isle", "82615680", "AUD"),
        ("up [$1.50] a share", "1.50", "USD"),
        ("paid [RM120,000] for it", "120000", "MYR"),
        ("a sum of [USD10m]", "10000000", "USD"),
        ("It is [1,200€].", "1200", "EUR"),
        ("they paid [80 USD million]", "80000000", "USD"),
        ("[8,000 roubles] a month", "8000", "RUB"),
        ("[14 million Australian dollars]", "14000000", "AUD"),
        ("a loss of [negative $71.5 million]", "-71500000", "USD"),
        ("at [197 pence]", "1.97", "GBP"),
        ("[45 cents] a gallon", "0.45", "USD"),
        ("[thirteen dollars forty-five cents]", "13.45", "USD"),
        ("a [$3500] a month mortgage", "3500", "USD"),
        ("rose [6.4%]", "6.4", "%"),
        ("at [1.38pc]", "1.38", "%"),
        ("[two percentage points] more", "2", "pp"),
        ("by [35 basis points]", "35", "bp"),
        ("[37m] tall", "37", "m"),
        ("[12.3m tonnes] of fuel", "12300000", "t"),
        ("[half a mile] off", "0.5", "[mi_i]"),
        ("[minus-130 degrees Fahrenheit]", "-130", "[degF]"),
        ("[5 feet 2 inches] tall", "31/6", "[ft_i]"),
        ("a [5'10\"] guard", "35/6", "[ft_i]"),
        ("the [6-foot-3] guard", "6.25", "[ft_i]"),
        ("a [64GB] phone", "64", "GBy"),
        ("at [80 m.p.h.] or so", "80", "[mi_i]/h"),
        ("[60 miles an hour]", "60", "[mi_i]/h"),
        ("a [570 sq m] office", "570", "m2"),
        ("[0.9 trillion cubic feet] of gas", "900000000000", "[cft_i]"),
        ("[two decades] of war", "20", "a"),
        ("for [half an hour]", "0.5", "h"),
        ("a [billion-year] contract", "1000000000", "a"),
        ("the [61-year-old] woman", "61", "a"),
        ("[ten months old]", "10", "mo"),
        ("at the age of [four months]", "4", "mo"),
        ("aged [14] then", "14", "a"),
    ],
)
def test_a_number_has_the_unit_that_stands_beside_it(marked, value, unit) -> None:
    text, spans = unmark(marked)
    (quantity,) = [q for q in iterate(text) if q.unit is not None]
    assert [(quantity.start, quantity.end)] == spans
    assert quantity.value is not None
    assert (plain(quantity.value), quantity.unit) == (value, unit)


@pytest.mark.parametrize(
    ("marked", "ends", "unit"),
    [
        ("between [three and 5 feet]", ("3", "5"), "[ft_i]"),
        ("between [€300 million and €350 million]", ("300000000", "350000000"), "EUR"),
        ("[$10-15 billion] more", ("10000000000", "15000000000"), "USD"),
        ("a range of [5.25%-5.50%]", ("5.25", "5.50"), "%"),
        ("[three or four years]", ("3", "4"), "a"),
        ("[RM120,000 to RM300,000]", ("120000", "300000"), "MYR"),
        ("[15-20 usd] each", ("15", "20"), "USD"),
        ("[40 to 50 hours] a week", ("40", "50"), "h"),
    ],
)
def test_a_range_has_the_unit_of_either_end(marked, ends, unit) -> None:
    text, spans = unmark(marked)
    (quantity,) = iterate(text)
    assert [(quantity.start, quantity.end)] == spans
    assert quantity.value is None
    assert quantity.low is not None
    assert quantity.high is not None
    assert (plain(quantity.low), plain(quantity.high), quantity.unit) == (*ends, unit)


@pytest.mark.parametrize(
    "text",
    [
        "11m people came",
        "at 6pm sharp",
        "to 50,000 in 2020",
        "the 90s",
        "63,150 Model 3s",
        "20 won medals",
        "a 13F filing",
    ],
)
def test_letters_beside_a_number_are_no_unit_by_chance(text: str) -> None:
    assert {q.unit for q in find_quantities(text)} <= {None, "s"} - (
        {"s"} if "s " in text else set()
    )


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("45 cents a gallon", "gallon"),
        ("$21.25 per square foot", "square foot"),
        ("£24 a-year", "year"),
        ("$3 a friend said", None),
        ("40 to 50 hours a week", "week"),
        ("21.5m a year before", None),
        ("$5 a share", "share"),
    ],
)
def test_a_rate_says_what_it_is_counted_by(text: str, per: str | None) -> None:
    (quantity,) = iterate(text)
    assert quantity.per == per


def test_a_bare_dollar_is_assumed_to_be_american() -> None:
    bare, given = find_quantities("$5 here and US$6 there")
    assert (bare.unit, bare.assumed) == ("USD", True)
    assert (given.unit, given.assumed) == ("USD", False)


PIECES = [
    *("$", "US$", "£", "5", "1.5", "ten", "million", "m", "%", " ", "-", "to", "feet", "2", "in"),
    *("give or take", "plus or minus", "(1.3)", "'", "altitude of", "±"),
    *("years", "old", "a", "per", "gallon", "pounds", "½", "and", "between", "\n", "İ", "'", '"'),
]


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.sampled_from(["", " "]))
def test_any_jumble_is_read_in_order_and_cut_clean(pieces: list[str], space: str) -> None:
    text = space.join(pieces)
    behind = 0
    for quantity in iterate(text):
        assert behind <= quantity.start < quantity.end <= len(text)
        shown = text[quantity.start : quantity.end]
        assert shown == shown.strip()
        assert is_whole(quantity)
        behind = quantity.end


@pytest.mark.parametrize(
    "text", ["$" * 100_000, "$5 " * 30_000, "1 ft 2 in " * 9_000, "5%-" * 30_000]
)
def test_long_rows_take_linear_time(text: str) -> None:
    begin = time.process_time()
    assert sum(1 for _ in iterate(text)) <= len(text)
    assert time.process_time() - begin < 4


def is_whole(quantity: Quantity) -> bool:
    values = (quantity.value, quantity.low, quantity.high)
    return any(value is not None for value in values) and all(
        re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", plain(value)) for value in values if value is not None
    )
