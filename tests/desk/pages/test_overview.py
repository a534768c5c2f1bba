"""The page's data for all articles together."""

from __future__ import annotations

from typing import Any

from pipeline.desk.pages.overview import Overview, OverviewView
from tests.desk.pages.made import entity, figure, harbour, mention, record, span


def overview(*records: Any) -> OverviewView:
    made = Overview()
    for one in records:
        made.add(one)
    return made.view()


def test_the_index_counts_each_layer() -> None:
    (row,) = overview(harbour())["articles"]
    counts = {name: row[name] for name in ("quotes", "statements", "figures", "entities")}  # type: ignore[literal-required]
    assert counts == {"quotes": 3, "statements": 6, "figures": 3, "entities": 2}
    assert (row["warnings"], row["unsure"], row["titled"]) == (2, 1, True)


def test_the_first_words_replace_a_missing_title() -> None:
    (row,) = overview(record("It rained. All day."))["articles"]
    assert (row["title"], row["titled"]) == ("It rained. All day.", False)


def test_a_speaker_is_combined_over_all_articles() -> None:
    lee = overview(harbour("a"), harbour("b"))["speakers"][0]
    assert (lee["name"], lee["words"], lee["statements"]) == ("Ann Lee", 38, 6)
    assert lee["articles"] == [[0, 0], [1, 0]]


def priced(day: str, value: str, whose: str | None = None, **given: Any) -> Any:
    text = f"Bread cost {value} euros. {whose}."
    one = figure(
        "f1",
        span(text, f"{value} euros"),
        kind="money",
        value=value,
        unit="EUR",
        measures=span(text, "Bread"),
        **given,
    )
    if whose:
        one = one.model_copy(update={"holder": "e1"})
        given = {"entities": (entity("e1", whose, [mention(text, whose)]),)}
    return record(text, day, published=day, figures=(one,), **given if whose else {})


def test_figures_of_one_measure_are_ordered_by_day() -> None:
    (bread,) = overview(priced("2025-02-01", "3"), priced("2025-01-01", "2"))["measures"]
    assert (bread["what"], bread["unit"], bread["change"]) == ("Bread", "EUR", False)
    points = [(one["day"], one["number"], one["article"]) for one in bread["points"]]
    assert points == [("2025-01-01", 2.0, 1), ("2025-02-01", 3.0, 0)]


def test_the_first_series_is_the_longest_of_one_holder() -> None:
    days = [f"2025-0{month}-01" for month in range(1, 8)]
    holders = (None, None, None, "Bo Kim", "Bo Kim", "Ann Lee", "Ann Lee")
    measures = overview(
        *(priced(day, "2", whose) for day, whose in zip(days, holders, strict=True)),
        priced("2025-08-01", "3", "Ann Lee"),
        priced("2025-09-01", "3", "Ann Lee", bound="approx"),
    )["measures"]
    assert [(one["whose"], len(one["points"])) for one in measures] == [
        ("Ann Lee", 4),
        ("Bo Kim", 2),
        (None, 3),
    ]


def test_a_measure_with_a_single_day_is_not_plotted() -> None:
    assert overview(priced("2025-02-01", "3"), priced("2025-02-01", "2"))["measures"] == []


def test_changes_are_plotted_separately_from_levels_and_falls_below_zero() -> None:
    fall = {"change": "decrease", "change_role": "delta"}
    measures = overview(
        priced("2025-01-01", "2"),
        priced("2025-02-01", "3"),
        priced("2025-03-01", "1", **fall),
        priced("2025-04-01", "1", **fall),
    )["measures"]
    assert [(one["change"], [p["number"] for p in one["points"]]) for one in measures] == [
        (False, [2.0, 3.0]),
        (True, [-1.0, -1.0]),
    ]


def test_a_day_given_by_the_text_overrides_that_of_publication() -> None:
    measures = overview(harbour(), priced("2025-01-01", "2"), priced("2025-02-01", "3"))["measures"]
    assert [one["what"] for one in measures] == ["Bread"]
    last = harbour("b")
    earlier = tuple(one.model_copy(update={"value": "2023"}) for one in last.times)
    both = overview(harbour("a"), last.model_copy(update={"times": earlier}))["measures"]
    (costs,) = [one for one in both if one["what"] == "Costs, 12 months"]
    assert [(one["day"], one["told"]) for one in costs["points"]] == [
        ("2023-01-01", True),
        ("2024-01-01", True),
    ]
