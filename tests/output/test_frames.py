"""Records as Arrow tables, pandas frames and Polars frames."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.errors import ExtraMissing, UsageError
from pipeline.outcomes import Failure
from pipeline.output.layout import TABLES
from pipeline.output.loading import load
from tests.desk.pages.made import harbour
from tests.output.samples import record

NAMES = [table.name for table in TABLES]
FRAMES: dict[str, Callable[..., Any]] = {
    "pyarrow": pipeline.to_arrow,
    "pandas": pipeline.to_pandas,
    "polars": pipeline.to_polars,
}


def cells(frame: Any, column: str) -> list[Any]:
    found = frame[column]
    return list(found.to_pylist() if hasattr(found, "to_pylist") else found)


def test_the_tables_are_those_that_load_writes(tmp_path: Path) -> None:
    records = [record("a"), harbour("b")]
    load(records, str(tmp_path / "x.parquet"))
    made = pipeline.to_arrow(records)
    assert list(made) == NAMES
    for name, table in made.items():
        assert table.equals(pq.read_table(tmp_path / "x.parquet" / f"{name}.parquet")), name
        assert table.schema.metadata[b"schema_version"] == b"1.1"
        assert pipeline.to_arrow(records, name).equals(table)


@pytest.mark.parametrize("package", FRAMES)
def test_a_record_that_is_there_twice_counts_once(package: str) -> None:
    pytest.importorskip(package)
    newer, older = record("a", pipeline="0.2.0"), record("a", pipeline="0.1.0", title="old")
    same = record("a", pipeline="0.2.0", title="last")
    for given, title in (([newer, older], None), ([older, newer], None), ([newer, same], "last")):
        made = FRAMES[package](iter([*given, record("b")]), "articles")
        assert cells(made, "id") == ["a", "b"]
        assert cells(made, "title")[0] == title


def test_pandas_keeps_offsets_and_exact_numbers() -> None:
    made = pipeline.to_pandas([record("a"), harbour("b")])
    assert list(made) == NAMES
    figures = made["figures"]
    assert figures["value"][0] == Decimal(5)
    assert str(figures["holder_text_start_char"].dtype) == "Int64"
    assert str(figures["vague"].dtype) == "boolean"
    text = record("a").text
    for row in made["quotes"].query("article_id == 'a'").itertuples():
        assert text[row.start_char : row.end_char] == row.text


def test_polars_keeps_offsets_and_exact_numbers() -> None:
    polars = pytest.importorskip("polars")
    made = pipeline.to_polars([record("a"), harbour("b")])
    assert list(made) == NAMES
    assert made["figures"]["value"][0] == Decimal(5)
    assert made["figures"].schema["holder_text_start_char"] == polars.Int64
    assert pipeline.to_polars([record("a")], "quotes")["text"].to_list() == ["no"]


@pytest.mark.parametrize("package", FRAMES)
def test_no_records_give_empty_tables_with_columns(package: str) -> None:
    pytest.importorskip(package)
    made = FRAMES[package]([])
    assert {len(table) for table in made.values()} == {0}
    columns = made["quotes"].schema.names if package == "pyarrow" else list(made["quotes"].columns)
    assert columns[:2] == ["article_id", "id"]


def test_an_unknown_table_and_a_failure_are_errors() -> None:
    with pytest.raises(UsageError, match="no table 'quote'") as caught:
        pipeline.to_arrow([], "quote")
    assert "articles, entities" in caught.value.hint
    failure: Any = Failure("a", "a.txt", "P204", "empty", "check")
    with pytest.raises(UsageError, match="a failure"):
        pipeline.to_pandas([record(), failure])


@pytest.mark.parametrize(
    ("package", "extra"), [("pyarrow", "parquet"), ("pandas", "pandas"), ("polars", "polars")]
)
def test_a_missing_package_is_an_error_that_names_the_extra(
    package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExtraMissing, match=package) as caught:
        FRAMES[package]([record()])
    assert caught.value.hint == f"pip install 'news-extraction-pipeline[{extra}]'"
