"""A record's rows contain all of it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from spacy.tokens import Doc

from pipeline.errors import BrokenRecord
from pipeline.input.rows import MAX_ID
from pipeline.output import layout
from pipeline.output.layout import TABLES
from pipeline.records.assemble import assemble
from pipeline.records.schema import ArticleRecord, Marks, Range, Rate, Warning
from tests.output import reading
from tests.output.samples import record
from tests.records.strategies import annotated

relaxed = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(annotated())
def test_the_rows_of_any_record_restore_it(doc: Doc) -> None:
    made = assemble(doc)
    found = layout.entry(made).rows
    # a database returns rows in any order
    shuffled = {name: found[name][::-1] for name in found}
    (again,) = reading.records([made.id], shuffled)
    assert again == made
    assert again.model_dump_json() == made.model_dump_json()


def test_the_rows_of_the_shipped_articles_restore_their_records(
    shipped: list[ArticleRecord],
) -> None:
    for made in shipped:
        (again,) = reading.records([made.id], layout.entry(made).rows)
        assert again == made
        assert again.model_dump_json() == made.model_dump_json()


def test_an_id_that_is_read_can_be_stored() -> None:
    assert MAX_ID <= layout.MAX_KEY  # otherwise one article would prevent loading a whole run


def test_the_columns_of_a_record_are_filled() -> None:
    found = layout.entry(record(title="T", meta={"a": [1, None]})).rows
    cells = {
        table.name: dict(zip(table.names, found[table.name][0], strict=True)) for table in TABLES
    }
    assert cells["articles"]["title"] == "T"
    assert cells["articles"]["meta"] == '{"a": [1, null]}'
    assert cells["articles"]["provenance_pipeline"] == "0.1.0"
    assert cells["entities"]["descriptions"] == '["mayor"]'
    assert cells["mentions"]["end_char"] == 6
    assert cells["quotes"]["marks_close_text"] == '"'
    assert cells["figures"]["measures_text"] == "cows"
    assert (cells["figures"]["value"], cells["figures"]["holder"]) == ("5", "e1")
    assert cells["attributions"]["source_entity"] == "e1"
    assert cells["attributions"]["quotes"] == '["q1"]'
    assert [row[1:4] for row in found["spans"]] == [
        ("a1", "source", 0), ("a1", "cue", 0), ("a1", "content", 0), ("a1", "content", 1),
        ("a2", "source", 0), ("a2", "cue", 0), ("a2", "content", 0),
    ]  # fmt: skip
    assert [row[-1] for row in found["spans"]] == [2, 1, 1, 2, 1, 1, 4]


def test_rare_values_of_a_record_are_in_its_rows() -> None:
    made = record()
    figure, quote = made.figures[0], made.quotes[0]
    first, second = made.attributions
    rare = {
        "value": "1/3",
        "low": Decimal("0.50"),
        "high": Decimal(7),
        "unit": "USD",
        "unit_text": "$",
    }
    rare |= {"bound": "at_most", "change": "increase", "change_role": "delta", "vague": True}
    unlinked = {"attribution": None, "measures": None}
    bare = {"id": "a3", "source": None, "content": None, "figures": (), "parent": "a1"}
    changes = {
        "figures": (
            figure.model_copy(update=rare | {"rate": Rate(per="share")}),
            figure.model_copy(update=unlinked | {"id": "f2"}),
        ),
        "quotes": (
            quote.model_copy(update={"marks": Marks(open=quote.marks.open, close=None)}),
            quote.model_copy(update={"id": "q2", "attribution": None, "continues": "q1"}),
        ),
        "attributions": (
            first,
            second.model_copy(update={"parent": "a3", "cue": None}),
            second.model_copy(update=bare),
        ),
        "times": (
            made.times[0].model_copy(
                update={"value": "2024", "range": Range(start="2024-01-01", end="2025-01-01")}
            ),
        ),
        "provenance": None,
        "warnings": (Warning(code="W201", message="m", start=0, end=1),),
    }
    rich = made.model_copy(update=changes)
    assert ArticleRecord.from_line(rich.to_line()) == rich
    found = layout.entry(rich).rows
    assert list(reading.records([rich.id], found)) == [rich]
    for table in TABLES[1:]:
        for name, *cells in zip(table.names, *found[table.name], strict=True):
            assert set(cells) != {None} or name == "value", f"{table.name}.{name} is never filled"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200000000000", "1200000000000"),
        ("-0.10", "-0.10"),
        ("1/3", None),
        ("2-1", None),
        ("٣", None),
        ("9" * 1001, None),
        (None, None),
    ],
)
def test_only_a_plain_decimal_is_a_number(text: str | None, number: str | None) -> None:
    assert layout.exact(text) == number


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": "a\0b"}, "NUL"),
        ({"meta": {"a": {"b\0": 1}}}, "NUL"),
        ({"meta": {"a": float("inf")}}, "not finite"),
        ({"id": "é" * 1001}, "id is longer than 2,000 bytes"),
    ],
)
def test_values_that_no_database_can_store_are_refused(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(BrokenRecord, match=reason):
        layout.entry(record(**change))


def test_a_backslash_before_u0000_is_not_a_nul() -> None:
    made = record(title="\\u0000")
    assert "\\u0000" in json.loads(made.to_line())["source"]["title"]
    assert layout.entry(made).rows["articles"][0][3] == "\\u0000"


def test_json_in_a_cell_can_be_searched_in_any_script() -> None:
    (row,) = layout.entry(record(meta={"place": "Zürich 東京"})).rows["articles"]
    assert '{"place": "Zürich 東京"}' in row
