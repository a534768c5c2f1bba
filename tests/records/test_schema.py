"""Schema 1.1 only adds to 1.0: what was written keeps its meaning, and older readers still read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipeline.output import layout
from pipeline.output.layout import TABLES, Schema
from pipeline.output.loading import connect, load
from pipeline.records.review import apply
from pipeline.records.schema import ADDED, SCHEMA_VERSION, ArticleRecord, json_schema
from tests.desk.pages.made import harbour
from tests.output.reading import read_records

RELEASED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "schemas" / "1.0.json").read_text(encoding="utf-8")
)
"""The JSON Schema of 1.0, as it was released."""
LATER = (
    "speakers", "speaker_confidence", "source_entities", "source_entity_confidence",
    "source_kind", "range_start", "range_end",
    "holder_text_start", "holder_text_end", "holder_text_text",
)  # fmt: skip
"""Columns of fields that came after 1.0."""
OTHERS = ("duckdb:///{}.duckdb", "{}.parquet")
WAYS = ["sqlite:///{}.db", *(pytest.param(one, marks=pytest.mark.check) for one in OTHERS)]
DESCRIPTIONS = ("title", "description", "default")


def old_line() -> str:
    """Return a record as a pipeline of schema 1.0 wrote it."""
    row = json.loads(harbour().to_line())
    row["schema_version"] = "1.0"
    del row["provenance"]["kernel"], row["source"]["from_text"]
    for entity in row["entities"]:
        for mention in entity["mentions"]:
            del mention["confidence"]
    for quote in row["quotes"]:
        del quote["speakers"], quote["speaker_confidence"]
    for figure in row["figures"]:
        del figure["holder_text"], figure["confidence"]
    for time in row["times"]:
        del time["range"]
    for one in row["attributions"]:
        for key in ("kind", "entities", "entity_confidence") if one["source"] else ():
            del one["source"][key]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def open_to_more(schema: Any) -> Any:
    """Return a schema for a reader that ignores unknown keys."""
    if isinstance(schema, list):
        return [open_to_more(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("const") == "1.0":
        return {"type": "string", "pattern": r"^1\."}
    return {
        key: open_to_more(value)
        for key, value in schema.items()
        if not (key == "additionalProperties" and value is False)
    }


def models(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {**schema["$defs"], "": schema}


def test_a_record_of_now_is_valid_for_a_reader_of_1_0_that_ignores_new_fields() -> None:
    row = json.loads(harbour().to_line())
    assert row["schema_version"] == SCHEMA_VERSION != "1.0"
    jsonschema.validate(row, open_to_more(RELEASED))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(row, RELEASED)


def test_a_record_of_1_0_is_valid_now() -> None:
    row = json.loads(old_line())
    jsonschema.validate(row, RELEASED)
    jsonschema.validate(row, json_schema())


def test_no_field_of_1_0_is_gone_renamed_or_of_another_type() -> None:
    now = models(json_schema())
    for name, model in models(RELEASED).items():
        for field, old in model.get("properties", {}).items():
            if (name, field) == ("", "schema_version"):
                continue
            new = now[name]["properties"][field]
            bare = [{k: v for k, v in one.items() if k not in DESCRIPTIONS} for one in (old, new)]
            assert bare[0] == bare[1], f"{name}.{field}"


def test_fields_that_came_after_1_0_may_be_absent() -> None:
    before = models(RELEASED)
    for name, model in models(json_schema()).items():
        known = before.get(name, {}).get("properties", {})
        if name not in before:
            continue
        assert set(model.get("required", ())) == set(before[name].get("required", ())), name
        assert set(known) <= set(model.get("properties", ()))


def test_a_line_of_1_0_keeps_its_bytes_and_has_null_for_the_kind() -> None:
    record = ArticleRecord.from_line(old_line())
    assert record.to_line() == old_line()
    sources = [one.source for one in record.attributions]
    assert {source.kind for source in sources if source} == {None}
    assert [quote.speakers for quote in record.quotes] == [("e1",), ("e1",), ("e2",)]


def test_what_an_older_schema_lacks_is_left_out_of_its_lines() -> None:
    row = json.loads(harbour().model_copy(update={"schema_version": "1.0"}).to_line())
    jsonschema.validate(row, RELEASED)
    assert set(ADDED) == {"1.0"}


def test_a_corrected_record_of_1_0_is_of_the_schema_that_wrote_it() -> None:
    record = apply(ArticleRecord.from_line(old_line()), [])
    assert record.schema_version == SCHEMA_VERSION
    assert json.loads(record.to_line())["attributions"][0]["source"]["kind"] is None


@pytest.mark.parametrize("way", WAYS)
def test_a_record_of_1_0_comes_back_from_a_database(way: str, tmp_path: Path) -> None:
    address = way.format(tmp_path / "news")
    record = ArticleRecord.from_line(old_line())
    load([record], address)
    assert list(read_records(address)) == [record]
    assert load([record], address).unchanged == 1
    assert load([harbour()], address).replaced == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_database_of_schema_1_0_is_read_as_it_is_and_then_gets_the_column(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = way.format(tmp_path / "news")
    record = ArticleRecord.from_line(old_line())
    tables = tuple(
        table._replace(
            columns=tuple(
                c
                for c in table.columns
                if c.name not in LATER and (table.name, c.name) != ("mentions", "confidence")
            )
        )
        for table in TABLES
    )
    with monkeypatch.context() as before:
        # the views of now ask for the column
        before.setattr("pipeline.output.sql.views", lambda _: {})
        with connect(address, Schema("1.0", "0.1.0", tables)) as target:
            target.put([layout.entry(record, tables)])
    assert list(read_records(address)) == [record]
    new = harbour("new")
    assert load([new], address).new == 1
    assert list(read_records(address)) == [record, new]


def test_the_sum_of_a_1_0_record_is_that_of_its_line() -> None:
    """A database that was filled by a pipeline of schema 1.0 has the sums of its lines."""
    record = ArticleRecord.from_line(old_line())
    wanted = hashlib.sha256(old_line().removesuffix("\n").encode()).hexdigest()
    assert layout.entry(record).sha256 == wanted
