"""A correction is one complete line, and invalid lines are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import BadCorrection
from pipeline.records.corrections import Correction, parse_item, references, version_of
from pipeline.records.schema import ArticleRecord
from tests.records.judging import WHEN, by_hand, item, made, told

Break = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def record() -> ArticleRecord:
    return made()


@pytest.fixture
def edit(record: ArticleRecord) -> Correction:
    quote = item(record, "q3")
    return by_hand(record, "quotes", "edit", quote, told(quote, "e1"))


def test_a_correction_goes_to_a_line_and_back(edit: Correction) -> None:
    line = edit.to_line()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert Correction.from_line(line) == edit
    row = json.loads(line)
    assert list(row) == [
        "record", "sha256", "version", "layer", "action", "item", "before", "after", "refers",
        "who", "when",
    ]  # fmt: skip
    assert (row["before"]["speaker"], row["after"]["speaker"]) == ("e2", "e1")
    assert [one["name"] for one in row["refers"]] == [None, None, "Bo Ek", "Ann Lee"]


def test_the_same_extraction_has_the_same_version(record: ArticleRecord) -> None:
    assert version_of(record) == version_of(made())
    other = record.model_copy(update={"quotes": ()})
    assert version_of(other) != version_of(record)


def test_an_item_lists_its_references(record: ArticleRecord) -> None:
    assert list(references(item(record, "q3"))) == ["q2", "a2", "e2"]
    assert list(references(item(record, "f3"))) == ["a5"]
    assert list(references(item(record, "a5"))) == ["a4", "f3", "e1"]
    assert list(references(item(record, "e1"))) == []


BREAKS: dict[str, tuple[Break, str]] = {
    "a word for an action that nobody knows": (lambda row: row.update(action="like"), "action"),
    "a key that nobody knows": (lambda row: row.update(mood="fine"), "mood"),
    "no person": (lambda row: row.update(who=""), "who"),
    "a time without a zone": (lambda row: row.update(when="2025-05-02T09:30:00"), "when"),
    "a time of another zone": (lambda row: row.update(when="2025-05-02T09:30:00+02:00"), "when"),
    "a day that there is not": (lambda row: row.update(when="2025-02-30T09:30:00Z"), "when"),
    "an item of another layer": (lambda row: row.update(layer="figures"), "none of the figures"),
    "another item": (lambda row: row.update(item="q2"), "before is q3, not q2"),
    "no item": (lambda row: row.update(item=None), "names no item"),
    "an edit to nothing": (lambda row: row.update(after=None), "edit needs after"),
    "an edit of nothing": (lambda row: row.update(before=None), "edit needs before"),
    "a reject with an after": (lambda row: row.update(action="reject"), "reject has no after"),
    "an accept that changes": (lambda row: row.update(action="accept"), "does not change the item"),
    "an added one with an id of the record": (
        lambda row: row.update(action="add", before=None),
        "is like q+",
    ),
    "a reference not told again": (lambda row: row.update(refers=[]), "leaves out a2"),
    "a layer judged by way of an item": (lambda row: row.update(action="complete"), "not on"),
    "an item that is none": (lambda row: row["after"].pop("marks"), "after.quotes.marks"),
    "a span of another length": (lambda row: row["after"].update(end=9), "not as long"),
    "a mark of another length": (lambda row: row["after"]["marks"]["open"].update(end=9), "as its"),
}


def test_a_file_of_an_older_version_is_read_and_written_with_the_new_word(edit: Correction) -> None:
    old = edit.to_line().replace('"action":"edit"', '"action":"mend"')
    assert old != edit.to_line()
    assert Correction.from_line(old).to_line() == edit.to_line()
    schema = Correction.model_json_schema()["properties"]["action"]["enum"]
    assert "edit" in schema
    assert "mend" not in schema


@pytest.mark.parametrize("case", BREAKS)
def test_a_line_that_is_not_a_correction_is_refused(case: str, edit: Correction) -> None:
    change, message = BREAKS[case]
    row = json.loads(edit.to_line())
    change(row)
    with pytest.raises(BadCorrection, match=message) as caught:
        Correction.from_line(json.dumps(row), where="c.jsonl:3")
    assert caught.value.report().startswith("error[P602]: c.jsonl:3: ")
    assert caught.value.exit_code == 65
    assert "Not yet" not in str(caught.value)


def test_a_layer_is_completed_without_an_item(record: ArticleRecord) -> None:
    done = by_hand(record, "quotes", "complete")
    assert (done.item, done.before, done.after) == (None, None, None)
    assert Correction.from_line(done.to_line()) == done
    assert by_hand(record, "quotes", "withdraw").item is None
    assert done.when == WHEN


def test_an_item_is_read_from_json_or_refused(record: ArticleRecord) -> None:
    quote = item(record, "q3")
    assert parse_item("quotes", quote.model_dump_json()) == quote
    assert parse_item("quotes", json.loads(quote.model_dump_json())) == quote
    with pytest.raises(BadCorrection, match="an item of figures: kind"):
        parse_item("figures", quote.model_dump_json())
