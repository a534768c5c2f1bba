"""``pipeline load`` and ``pipeline schema sql|arrow``."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.cli import main
from pipeline.output import loading
from pipeline.output.layout import TABLES
from tests.output.reading import read_records
from tests.output.samples import record


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return the folder of a finished run."""
    folder = tmp_path / "run"
    folder.mkdir()
    parts = []
    for number, ids in enumerate(("ab", "c")):
        part = folder / f"part-{number:05}.jsonl"
        part.write_text("".join(record(id).to_line() for id in ids), "utf-8")
        parts.append({"name": part.name, "sha256": sha256(part.read_bytes()).hexdigest()})
    (folder / "dead-letter.jsonl").write_text('{"id":"d"}\n', "utf-8")
    (folder / "_SUCCESS.json").write_text(json.dumps({"parts": parts, "dead_letters": {}}), "utf-8")
    return folder


def test_loading_a_run_again_changes_nothing(
    tmp_path: Path, run: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    assert main(["load", str(run), "--db", address]) == 0
    out, err = capfd.readouterr()
    assert (out, err) == ("", "3 articles: 3 new, 0 replaced, 0 unchanged\n")
    assert main(["load", str(run), "--db", address]) == 0
    assert capfd.readouterr().err == "3 articles: 0 new, 0 replaced, 3 unchanged\n"
    assert list(read_records(address)) == [record(id) for id in "abc"]
    assert main(["load", "-q", str(run), "--db", address]) == 0
    assert capfd.readouterr().err == ""


def test_an_unfinished_run_is_refused_but_its_files_are_not(
    tmp_path: Path, run: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (run / "_SUCCESS.json").unlink()
    address = f"sqlite:///{tmp_path}/x.db"
    assert main(["load", str(run), "--db", address]) == 66
    assert "contains no _SUCCESS.json" in capfd.readouterr().err
    assert not (tmp_path / "x.db").exists()
    parts = sorted(map(str, run.glob("part-*")))
    assert main(["load", *parts, "--db", address]) == 0
    assert len(list(read_records(address))) == 3


def test_exactly_the_parts_that_a_run_wrote_are_loaded(
    tmp_path: Path, run: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    (run / "part-00000.old.jsonl").write_text(record("z").to_line(), "utf-8")
    assert main(["load", str(run), "--db", address]) == 0
    assert [one.id for one in read_records(address)] == ["a", "b", "c"]  # type: ignore[attr-defined]
    part = run / "part-00000.jsonl"
    part.write_text(record("a").to_line(), "utf-8")  # truncated between two records
    for _ in range(2):
        assert main(["load", str(run), "--db", f"sqlite:///{tmp_path}/y.db"]) == 65
        assert f"error[P407]: {part}: is missing, or has changed" in capfd.readouterr().err
        assert not (tmp_path / "y.db").exists()
        part.unlink(missing_ok=True)
    (run / "_SUCCESS.json").write_text("{}", "utf-8")
    assert main(["load", str(run), "--db", address]) == 65
    assert "was not written by a run" in capfd.readouterr().err


def test_a_run_without_new_articles_is_not_an_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "_SUCCESS.json").write_text('{"parts": [], "dead_letters": {}}', "utf-8")
    assert main(["load", str(tmp_path), "--db", f"sqlite:///{tmp_path}/x.db"]) == 0
    assert capfd.readouterr().err == "0 articles: 0 new, 0 replaced, 0 unchanged\n"


def test_records_come_from_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO(record("a").to_line().encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    assert main(["load", "-", "--db", f"{tmp_path}/x.parquet"]) == 0
    assert list(read_records(f"{tmp_path}/x.parquet")) == [record("a")]


def test_an_invalid_line_is_named_and_can_be_fixed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(record("a").to_line() + '{"id":"b"}\n' + record("c").to_line(), "utf-8")
    address = f"sqlite:///{tmp_path}/x.db"
    assert main(["load", str(path), "--db", address]) == 65
    assert f"error[P601]: {path}:2: " in capfd.readouterr().err
    path.write_text("".join(record(id).to_line() for id in "abc"), "utf-8")
    assert main(["load", str(path), "--db", address]) == 0
    assert len(list(read_records(address))) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere.jsonl", "--db", "sqlite:///{}/x.db"], 66, "error[P201]: nowhere.jsonl"),
        (["{}/x.jsonl", "--db", "mysql://host/x"], 69, "hint: for example sqlite:///news.db"),
        (["{}/x.jsonl", "--db", "postgresql://me:pw@127.0.0.1:1/x"], 69, "error[P312]: "),
        (["{}/x.jsonl", "--db", "sqlite:////nowhere/x.db"], 69, "hint: check the address"),
        (["{}/x.jsonl"], 2, "missing option '--db'"),
    ],
)
def test_a_failed_load_ends_with_its_code(
    tmp_path: Path,
    arguments: list[str],
    code: int,
    said: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "x.jsonl").write_text(record().to_line(), "utf-8")
    assert main(["load", *(one.format(tmp_path) for one in arguments)]) == code
    err = capfd.readouterr().err
    assert said in err
    assert "pw" not in err


def test_older_records_are_reported_and_can_be_forced(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    loading.load([record("a", pipeline="9.0.0")], address)
    path = tmp_path / "x.jsonl"
    path.write_text(record("a").to_line(), "utf-8")
    assert main(["load", str(path), "--db", address]) == 0
    assert (
        "1 article not replaced: the database has records of a newer pipeline"
        in capfd.readouterr().err
    )
    assert main(["load", str(path), "--db", address, "--force"]) == 0
    assert list(read_records(address)) == [record("a")]


def test_an_interrupt_says_that_stored_articles_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "load", interrupted)
    (tmp_path / "x.jsonl").write_text(record().to_line(), "utf-8")
    assert main(["load", f"{tmp_path}/x.jsonl", "--db", f"sqlite:///{tmp_path}/x.db"]) == 130
    assert "load again to continue" in capfd.readouterr().err


def test_the_printed_tables_can_be_created(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "sql", "--dialect", "sqlite"]) == 0
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(capfd.readouterr().out)
        made = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    views = {"v_quotes", "v_figures", "v_times", "v_sources"}
    assert {table.name for table in TABLES} | views <= made


@pytest.mark.parametrize("dialect", ["postgresql", "duckdb"])
def test_each_dialect_has_its_own_types(dialect: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "sql", "--dialect", dialect]) == 0
    out = capfd.readouterr().out
    assert ("value NUMERIC" in out) == (dialect == "postgresql")
    assert ('"value" DECIMAL(38, 12)' in out) == (dialect == "duckdb")


def test_the_columns_of_parquet_are_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "arrow"]) == 0
    blocks = capfd.readouterr().out.strip().split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [table.name for table in TABLES]
    assert "value: decimal128(38, 12)" in blocks[-2]
