"""Figures form series, whose values are compared within a period."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.archive.following import follow
from pipeline.archive.series import series
from pipeline.output.loading import load
from pipeline.text.measures import Measure, normalised
from tests.archive.articles import Value, article, prose
from tests.archive.news import rows, week
from tests.archive.reading import link_as_one


@pytest.mark.parametrize(
    ("text", "measure", "scope"),
    [
        ("trade deficits", "trade deficit", ""),
        ("its overall trade deficit with China", "trade deficit", "with china"),
        ("the country’s 41 new jobs", "job", ""),
        ("2016 budget deficits", "2016 budget deficit", ""),
        ("the number of new jobs in May", "job number", "in may"),
        ("share of women among voters", "woman share", "among voters"),
        ("people who died", "people", "who died"),
        ("most delegates", "delegate", ""),
        ("sales growth of", "sale growth", ""),
    ],
)
def test_a_measure_has_a_normal_form(text: str, measure: str, scope: str) -> None:
    assert normalised(text) == Measure(measure, scope)


@pytest.mark.parametrize("text", ["the", "of it", "…"])
def test_words_without_a_noun_are_no_measure(text: str) -> None:
    assert normalised(text) is None


def on(
    id: str, day: int, *values: Value, publisher: str | None = None, text: int | None = None
) -> Any:
    words = prose(text or ord(id))
    return article(id, words, *values, published=f"2025-05-0{day}", publisher=publisher)


FIRST = Value("5", given_by="Bank")


@pytest.mark.parametrize(
    ("second", "relation"),
    [
        (on("b", 2, FIRST), "same"),
        (on("b", 2, FIRST._replace(value="6")), "revision"),
        (on("b", 2, Value("6")), "revision"),
        (on("b", 1, Value("6", given_by="Union")), "disagreement"),
        (on("b", 2, Value("6", given_by="Union")), "disagreement"),
        (on("b", 1, Value("6"), publisher="Star"), "disagreement"),
        (on("b", 1, Value("6"), publisher="Sun"), "other scope"),
        (on("b", 2, Value("6", given_by="Union", bound="more_than")), "revision"),
        (on("b", 1, Value("6", given_by="Union", bound="more_than")), "other scope"),
        (on("b", 2, Value("6", time="2025", given_by="Union")), "other period"),
        (on("b", 2, Value("6", time="2024-05-02")), None),
        (on("b", 2, Value("6", time=None)), None),
        (on("b", 2, Value("6", measure="trade deficit with India")), None),
        (on("b", 2, Value("6", measure="trade surplus")), None),
        (on("b", 2, Value("6", holder="India")), None),
        (on("b", 2, Value("6", holder=None)), None),
        (on("b", 2, Value("6", unit="USD")), None),
    ],
)
def test_two_values_are_compared(tmp_path: Any, second: Any, relation: str | None) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    load([on("a", 1, FIRST, publisher="Sun"), second], address)
    follow(address)
    asked = "SELECT article_id, relation FROM v_series WHERE article_id = 'b'"
    assert rows(address, asked) == [("b", relation)]
    assert rows(address, "SELECT relation FROM v_series WHERE article_id = 'a'") == [(None,)]


def test_a_series_shows_how_a_figure_moved(address: str) -> None:
    load(week(), address)
    follow(address)
    found = [
        one for one in series(address, holder="china", measure="Trade deficits") if not one.left_out
    ]
    assert [(one.article_id, one.time_value, one.value_text, one.relation) for one in found] == [
        ("wire", "2024", "5", None),
        ("update", "2024", "6", "revision"),
        ("next", "2024", "8", "revision"),
        ("next", "2025", "9", "other period"),
    ]
    first = found[0]
    assert (first.period_start, first.period_end, first.given_by) == (
        "2024-01-01", "2025-01-01", "Ministry",
    )  # fmt: skip
    assert series(address, holder="China India") == series(address, measure="surplus") == []
    assert series(address, unit="USD") == []
    assert [one.left_out for one in series(address)].count(None) == 4


SALES = Value("4990000000", measure="net sales", holder="Acme", unit="USD")


def test_a_measure_is_shown_as_written_and_found_by_other_forms(address: str) -> None:
    shown = ("Net sales", "net sales", "net sales", "net sale")
    years = zip("abcd", shown, ("2021", "2022", "2023", "2024"), strict=True)
    load([on(id, 1, SALES._replace(measure=one, time=y)) for id, one, y in years], address)
    follow(address)
    for asked in ("net sale", "Net Sales"):
        found = series(address, measure=asked)
        assert [(one.measure, one.value) for one in found] == [("net sales", 4_990_000_000)] * 4
    assert series(address, measure="sal") == []


def test_the_value_before_a_change_is_in_the_series_if_its_time_is_told(address: str) -> None:
    before = SALES._replace(role="from", time="2023")
    after = SALES._replace(value="5310000000", role="to")
    undated = before._replace(value="1", time=None)
    load([on("a", 1, after, before, undated)], address)
    follow(address)
    assert [(one.time_value, one.value, one.left_out) for one in series(address)] == [
        ("2023", 4_990_000_000, None),
        ("2024", 5_310_000_000, None),
        (None, 1, "no date"),
    ]


def test_points_of_a_table_are_not_points_from_safety(address: str) -> None:
    points = Value("30", measure="points", holder="Leeds", time=None)
    safety = points._replace(value="4", measure="points from safety")
    load([on("a", 1, points, safety), on("b", 2, points._replace(value="33"))], address)
    follow(address)
    found = series(address, holder="leeds")
    assert [(one.value, one.scope, one.left_out) for one in found] == [
        (30, "", None),
        (33, "", None),
        (4, "from safety", "the only value of its series"),
    ]
    assert [one.value for one in series(address, measure="points from safety")] == [4]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (SALES._replace(unit="EUR"), "another unit"),
        (SALES._replace(holder=None), "no named holder"),
        (SALES._replace(role="delta"), "a change, not a level"),
        (SALES._replace(measure="net sales in Europe"), "the only value of its series"),
    ],
)
def test_what_matches_but_is_in_no_series_has_a_reason(
    tmp_path: Any, value: Value, reason: str
) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    load([on("a", 1, SALES, value), on("b", 2, SALES)], address)
    follow(address)
    found = series(address, measure="net sales", unit="USD")
    assert [one.left_out for one in found] == [None, None, reason]


def test_a_figure_without_a_date_or_in_a_copy_is_left_out(address: str) -> None:
    undated = article("c", prose(9), SALES._replace(time=None))
    load([on("a", 1, SALES, text=1), on("b", 2, SALES, text=1), undated], address)
    follow(address)
    assert [one.left_out for one in series(address)] == [
        "in a copy of another article",
        "no date",
        "the only value of its series",
    ]


def test_values_of_one_article_do_not_contradict_each_other(address: str) -> None:
    load([on("a", 1, FIRST, Value("7", given_by="Union"))], address)
    follow(address)
    assert [one.relation for one in series(address)] == [None, "other scope"]


def test_figures_without_a_holder_are_compared_within_their_story(address: str) -> None:
    killed = Value("5", measure="people killed", holder=None)
    copies = [on("a", 1, killed, publisher="Sun", text=1)]
    copies.append(on("b", 2, killed._replace(value="7"), Value("1"), publisher="Sun", text=1))
    load([*copies, on("c", 3, killed)], address)
    follow(address)
    found = rows(address, "SELECT article_id, relation FROM v_series WHERE holder IS NULL")
    assert sorted(found, key=str) == [("a", None), ("b", "revision"), ("c", None)]


def test_the_name_of_the_holder_is_no_part_of_the_measure(address: str) -> None:
    made = on("a", 1, Value("5", measure="deficit"))
    (figure,) = made.figures
    start = figure.measures.start
    measures = figure.measures.model_copy(
        update={"end": start + 16, "text": made.text[start : start + 16]}
    )
    assert measures.text == "deficit of China"
    changed = figure.model_copy(update={"measures": measures})
    load([made.model_copy(update={"figures": (changed,)})], address)
    follow(address)
    assert rows(address, "SELECT measure, scope FROM figure_measures") == [("deficit", "")]


def test_the_values_of_one_identity_are_one_series(address: str) -> None:
    def by(name: str, value: str) -> Value:
        return Value(value, measure="votes", holder=name, given_by=name)

    load([on("a", 1, by("Jamieson Greer", "5")), on("b", 1, by("Greer", "6"))], address)
    follow(address)
    assert {one.left_out for one in series(address, holder="greer")} == {
        "the only value of its series"
    }
    identity = link_as_one(address, ("a/e1", "b/e1"))
    wanted = ("article_id", "holder", "holder_identity", "given_by", "relation")
    found = series(address, holder="jamieson")
    assert [tuple(getattr(one, name) for name in wanted) for one in found] == [
        ("a", "Jamieson Greer", identity, "Jamieson Greer", None),
        # one source does not disagree with itself
        ("b", "Jamieson Greer", identity, "Greer", "other scope"),
    ]
