"""Addresses, missing databases, and missing drivers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.errors import BadDatabaseUrl, DatabaseUnavailable, DatabaseUnsuitable, ExtraMissing
from pipeline.output.loading import load
from tests.output.reading import read_records
from tests.output.samples import record


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("mysql://me:secret@host/x", "postgresql://"),
        ("news.db", "did you mean sqlite:///news.db?"),
        ("x", "postgresql://"),
        (".parquet://x", "postgresql://"),
        ("sqlite://", "sqlite:///news.db is a file here"),
        ("sqlite://news.db", "sqlite:///news.db is a file here"),
        ("sqlite:///:memory:", "sqlite:///news.db is a file here"),
        ("duckdb://", "duckdb:///news.duckdb is a file here"),
        ("postgresql://me:secret@host:port:1/x", "postgresql://"),
        ("sqlite:///\udcff.db", "sqlite:///news.db"),
    ],
)
def test_an_invalid_address_is_reported_with_a_valid_one(address: str, hint: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        load([], address)
    assert hint in caught.value.report()
    assert "secret" not in caught.value.report()
    assert caught.value.exit_code == 69


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:secret@127.0.0.1:1/x",
        "postgres://me:secret@127.0.0.1:1/x",
        "sqlite:////nowhere/at/all.db",
        "duckdb:////nowhere/at/all.duckdb",
        "/proc/nowhere/x.parquet",
    ],
)
def test_a_database_that_cannot_be_reached_is_unavailable(address: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        load([], address)
    assert caught.value.exit_code == 69
    assert "secret" not in caught.value.report()


@pytest.mark.parametrize("address", ["sqlite:///{}/x", "duckdb:///{}/x", "{}/x.parquet"])
def test_reading_creates_no_database(address: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        list(read_records(address.format(tmp_path)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["sqlite:///{}", "duckdb:///{}"])
def test_a_file_that_is_not_a_database_is_refused(address: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("It rained. " * 1000, "utf-8")
    with pytest.raises(DatabaseUnsuitable):
        load([record()], address.format(path))
    assert path.read_text("utf-8").startswith("It rained. ")


@pytest.mark.parametrize(
    ("address", "package", "extra"),
    [
        ("postgresql://host/x", "psycopg", "sql"),
        ("duckdb:///x.duckdb", "duckdb", "duckdb"),
        ("x.parquet", "pyarrow", "parquet"),
    ],
)
def test_a_missing_driver_is_named_with_its_extra(
    address: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExtraMissing, match=package) as caught:
        load([], address)
    assert f"[{extra}]" in caught.value.hint
