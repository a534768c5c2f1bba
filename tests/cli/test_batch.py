"""``pipeline batch``, ``status`` and ``retry`` from a user's perspective."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest
from spacy.language import Language

from pipeline.batch import store as stores
from pipeline.batch.commit import Receipt
from pipeline.batch.folder import Progress, Run
from pipeline.batch.plan import ModelExtractor
from pipeline.cli import main
from pipeline.cli.options import JsonLines
from pipeline.cli.progress import RunReport, duration
from tests.batch import stub
from tests.batch.running import ids, letters, rows, tree
from tests.batch.serial import Serial

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with models that take no time, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.plan.ModelExtractor", stub.load)
    monkeypatch.setattr("pipeline.batch.executors.processes", lambda job, _workers: Serial(job))
    rows(tmp_path / "news.jsonl", ["Rain fell.", "Snow fell.", "Hail fell."])
    return tmp_path


def logs(capfd: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_run_writes_parts_dead_letters_and_a_success_marker(folder: Path, capfd: Capture) -> None:
    rows(folder / "more.jsonl", ["FAIL P502", "Fog."], "m")
    assert main(["batch", "*.jsonl", "-o", "out/run", "--shard-articles", "2"]) == 1
    found = sorted(tree(folder / "out/run"))
    assert [name for name in found if "/" not in name] == [
        "_SUCCESS.json",
        "dead-letter.jsonl",
        "manifest.json",
        "part-00000.jsonl",
        "part-00001.jsonl",
        "part-00002.jsonl",
        "plan.jsonl",
    ]
    letter = json.loads((folder / "out/run/dead-letter.jsonl").read_text("utf-8"))
    assert list(letter) == ["id", "source", "code", "message", "stage", "sha256"]
    success = json.loads((folder / "out/run/_SUCCESS.json").read_text("utf-8"))
    assert success["dead_letters"] == {"P502": 1}
    assert success["counts"]["records"] == 4
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert "4 records" in stderr
    assert "0 quotes · 0 attributions" in stderr
    assert "failed: 1 article (P502 1); see out/run/dead-letter.jsonl" in stderr


def test_records_equal_those_of_extract(
    folder: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    monkeypatch.setattr("pipeline.batch.plan.ModelExtractor", ModelExtractor)
    (folder / "a.txt").write_text("“We lost 12 homes,” said Ann Lee, the mayor of Berlin.", "utf-8")
    paths = ["a.txt", "news.jsonl", "--published", "2025-05-01"]
    assert main(["extract", *paths, "-o", "all.jsonl", "--quiet"]) == 0
    assert main(["batch", *paths, "-o", "run", "--shard-articles", "1", "--quiet"]) == 0
    parts = sorted((folder / "run").glob("part-*"))
    assert len(parts) == 4
    assert b"".join(part.read_bytes() for part in parts) == Path("all.jsonl").read_bytes()
    success = json.loads(Path("run/_SUCCESS.json").read_text("utf-8"))
    assert success["counts"] == {
        "records": 4,
        "incomplete": 0,
        "warned": 0,
        "words": 17,
        "quotes": 1,
        "attributions": 1,
        "figures": 1,
        "times": 0,
        "entities": sum(
            len(json.loads(line)["entities"])
            for line in Path("all.jsonl").read_text("utf-8").splitlines()
        ),
    }


def test_incomplete_records_are_counted_and_the_exit_code_says_so(
    folder: Path, capfd: Capture
) -> None:
    rows(folder / "more.jsonl", ["INCOMPLETE", "Fog."], "m")
    assert main(["batch", "*.jsonl", "-o", "run"]) == 1
    assert ids(folder / "run") == ["m0", "m1", "n0", "n1", "n2"]
    assert letters(folder / "run") == []
    assert json.loads(Path("run/_SUCCESS.json").read_text("utf-8"))["counts"]["incomplete"] == 1
    stderr = capfd.readouterr().err
    assert "part-00000: 5 records, 1 incomplete" in stderr
    assert "incomplete: 1 record; the warning W501 names the stage that failed" in stderr
    assert main(["status", "run", "--json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert (found["state"], found["records"], found["incomplete"]) == ("finished", 5, 1)


CMS = "id,text,published\n" + "".join(f"c{at},Rain {at}.,0{at}/05/2025\n" for at in range(1, 6))


def test_warnings_are_counted_with_examples_and_a_command_lists_the_rest(
    folder: Path, capfd: Capture
) -> None:
    (folder / "cms.csv").write_text(CMS, "utf-8")
    rows(folder / "more.jsonl", ["WARN W231 W231", "Fog."], "m")
    inputs = ["cms.csv", "more.jsonl"]
    assert main(["batch", *inputs, "-o", "a run", "--shard-articles", "2"]) == 0
    stderr = capfd.readouterr().err.splitlines()
    assert "part-00000: 2 records, 2 with warnings" in stderr
    summary = [
        "warnings: 6 articles (W211 in 5, W231 in 1)",
        *(
            f'  W211 cms.csv#row={at + 1}: published is "0{at}/05/2025", not an unambiguous date: '
            "it was left out; set date_format to its format"
            for at in (1, 2, 3)
        ),
        "  W231 more.jsonl#L1: told to",
        "  list all: pipeline status 'a run' --warnings",
    ]
    assert stderr[stderr.index(summary[0]) :] == [*summary, "run: a run"]

    assert main(["status", "a run"]) == 0
    assert capfd.readouterr().out.splitlines()[-6:] == summary
    assert main(["status", "a run", "--warnings"]) == 0
    listed = [line.split("\t") for line in capfd.readouterr().out.splitlines()]
    found = [(code, article) for code, article, _ in listed]
    dated = [("W211", f"cms.csv#row={at}") for at in range(2, 7)]
    assert found == [*dated, *[("W231", "more.jsonl#L1")] * 2]
    assert main(["status", "a run", "--warnings", "--json"]) == 0
    lines = capfd.readouterr().out.splitlines()
    told = [json.loads(line) for line in lines]
    assert [(row["code"], row["article"]) for row in told] == found
    assert [row["id"] for row in told] == [*(f"c{at}" for at in range(1, 6)), "m0", "m0"]

    hidden = Path("a run/part-00001.jsonl").rename("hidden")
    assert main(["status", "a run", "--warnings"]) == 65
    assert "error[P407]: a run/part-00001.jsonl: is missing" in capfd.readouterr().err
    hidden.rename("a run/part-00001.jsonl")

    assert main(["status", "a run", "--json"]) == 0
    counted = json.loads(capfd.readouterr().out)["warnings"]
    assert {code: one["articles"] for code, one in counted.items()} == {"W211": 5, "W231": 1}
    assert counted["W231"]["examples"] == [
        {"id": "m0", "article": "more.jsonl#L1", "message": "told to"}
    ]
    assert json.loads(Path("a run/_SUCCESS.json").read_text("utf-8"))["warnings"] == counted
    assert main(["batch", *inputs, "-o", "logged", "--log-format", "json"]) == 0
    log = {row["event"]: row for row in logs(capfd)}
    assert log["part"]["warnings"] == {"W211": 5, "W231": 1}
    assert log["done"]["warnings"] == counted


@pytest.mark.parametrize(
    ("text", "code"), [("WARN W231", 1), ("WARN W241", 0), ("Rain fell.", 0), ("INCOMPLETE", 1)]
)
def test_a_strict_run_fails_after_any_warning_but_that_of_an_open_name(
    folder: Path, text: str, code: int
) -> None:
    rows(folder / "news.jsonl", ["Fog.", text])
    assert main(["batch", "news.jsonl", "-o", "run", "--strict", "--quiet"]) == code
    assert main(["status", "run"]) == code
    assert main(["batch", "news.jsonl", "-o", "lenient", "--quiet"]) == (text == "INCOMPLETE")


def test_the_format_of_dates_can_be_given_and_a_date_that_differs_is_a_warning(
    folder: Path, capfd: Capture
) -> None:
    (folder / "cms.csv").write_text(f"{CMS}c6,Fog.,2025-05-01\n", "utf-8")
    command = ["batch", "cms.csv", "-o", "run", "--date-format", "%d/%m/%Y"]
    assert main([*command, "--quiet"]) == 0
    lines = Path("run/part-00000.jsonl").read_text("utf-8").splitlines()
    published = [json.loads(line)["source"]["published"] for line in lines]
    assert published == [*(f"2025-05-0{at}" for at in range(1, 6)), None]
    assert main(["status", "run", "--warnings"]) == 0
    message = 'published is "2025-05-01", not a date in the format %d/%m/%Y: it was left out'
    assert capfd.readouterr().out == f"W211\tcms.csv#row=7\t{message}\n"
    assert main([*command[:-1], "%m/%d/%Y"]) == 73
    assert "contains a run that differs in date_format" in capfd.readouterr().err


def test_receipts_of_earlier_versions_count(folder: Path, capfd: Capture) -> None:
    assert main(["batch", "news.jsonl", "-o", "run"]) == 0
    place = folder / "run/receipts/part-00000.json"
    receipt = json.loads(place.read_text("utf-8"))
    del receipt["warnings"], receipt["counts"]["warned"]
    place.write_text(json.dumps(receipt), "utf-8")
    assert main(["status", "run"]) == 0
    assert "records       3" in capfd.readouterr().out


def test_a_strict_run_is_not_resumed_without_strict(capfd: Capture) -> None:
    assert main(["batch", "news.jsonl", "-o", "run", "--strict"]) == 0
    capfd.readouterr()
    assert main(["batch", "news.jsonl", "-o", "run"]) == 73
    assert "contains a run that differs in strict" in capfd.readouterr().err


def test_repeating_the_command_changes_nothing(folder: Path, capfd: Capture) -> None:
    command = ["batch", "news.jsonl", "-o", "run"]
    assert main(command) == 0
    before = tree(folder / "run")
    times = {path: path.stat().st_mtime_ns for path in (folder / "run").glob("part-*")}
    assert main(command) == 0
    assert tree(folder / "run") == before
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert "0 articles to do, 3 of 3 already done" in capfd.readouterr().err


def test_a_finished_run_does_not_cover_later_articles(folder: Path, capfd: Capture) -> None:
    rows(folder / "news.jsonl", ["Rain fell.", "FAIL P502"])
    (folder / "link.txt").symlink_to("news.jsonl")
    twice = '{"text": "Rain fell.", "id": "n0", "title": "Rain"}\n{"text": "Fog.", "id": "n1"}\n'
    (folder / "twice.jsonl").write_text(twice, "utf-8")  # a repeat, and a duplicate id
    command = ["batch", ".", "-o", "nightly"]
    assert main(command) == 1
    assert main(command) == 1
    with (folder / "news.jsonl").open("a") as file:
        file.write('{"text": "Hail fell."}\n{"text": "Fog."}\n')
    before = tree(folder)
    assert main(command) == 73
    shown = capfd.readouterr().err
    assert (
        "error[P405]: nightly: is finished, but the input has new or changed articles: 2" in shown
    )
    assert "--new-only" in shown
    assert tree(folder) == before
    (folder / "nightly/_SUCCESS.json").unlink()  # an unfinished run is finished first
    assert main(command) == 1


def test_a_lost_or_damaged_part_is_made_again(folder: Path) -> None:
    command = ["batch", "news.jsonl", "-o", "run", "--shard-articles", "1"]
    assert main(command) == 0
    before = tree(folder / "run")
    (folder / "run/part-00000.jsonl").unlink()
    (folder / "run/part-00001.jsonl").write_bytes(b"{}\n")
    (folder / "run/receipts/part-00002.json").write_bytes(b"[")
    assert main(command) == 0
    assert tree(folder / "run") == before


@pytest.mark.parametrize(
    ("again", "code", "message"),
    [
        (["batch", "a.txt", "-o", "run"], 73, "error[P405]: run: contains a run with other inputs"),
        (["batch", "news.jsonl", "-o", "run", "--min-confidence", "0.5"], 73, "min_confidence"),
        (["batch", "news.jsonl", "-o", "run", "--profile", "fast"], 73, "differs in profile"),
        (["batch", "news.jsonl", "-o", "run", "--published", "2025-05-01"], 73, "in published"),
        (
            ["batch", "news.jsonl", "-o", "run", "--no-resume"],
            73,
            "error[P401]: run: contains a run",
        ),
        (["batch", "nowhere", "-o", "new"], 66, "error[P201]"),
        (["batch", "-", "-o", "new"], 2, "a batch cannot read stdin"),
        (["batch", "news.jsonl", "-o", "a.txt"], 73, "error[P402]: a.txt"),
        (["batch", "news.jsonl", "-o", "a.txt/run"], 73, "error[P402]: a.txt"),
        (["batch", "news.jsonl", "-o", "/proc/run"], 73, "error[P402]"),
        (["batch", "news.jsonl"], 2, "missing option"),
        (["batch", "news.jsonl", "-o", "new", "--workers", "0"], 2, "error[P101]"),
        (["batch", "news.jsonl", "-o", "new", "--since", "nowhere"], 66, "error[P211]: nowhere"),
        (["status", "."], 66, "error[P211]: .: no run in this folder"),
        (["retry", "new"], 66, "error[P211]: new: no run in this folder"),
    ],
)
def test_an_impossible_command_ends_with_a_code_and_changes_nothing(
    folder: Path, again: list[str], code: int, message: str, capfd: Capture
) -> None:
    (folder / "a.txt").write_text("Fog.", "utf-8")
    assert main(["batch", "news.jsonl", "-o", "run", "--quiet"]) == 0
    before = tree(folder)
    assert main(again) == code
    assert message in capfd.readouterr().err
    assert tree(folder) == before


def test_limits_may_change_when_a_run_is_resumed() -> None:
    assert main(["batch", "news.jsonl", "-o", "run"]) == 0
    assert main(["batch", "news.jsonl", "-o", "run", "--max-bytes", "5000"]) == 0


def test_a_changed_plan_is_refused(folder: Path, capfd: Capture) -> None:
    assert main(["batch", "news.jsonl", "-o", "run"]) == 0
    with (folder / "run/plan.jsonl").open("ab") as file:
        file.write(b'{"name":"part-00009","items":[]}\n')
    assert main(["batch", "news.jsonl", "-o", "run"]) == 65
    assert "error[P407]: run/plan.jsonl" in capfd.readouterr().err


def test_a_missing_plan_and_foreign_files_are_reported(folder: Path, capfd: Capture) -> None:
    assert main(["batch", "news.jsonl", "-o", "run", "--quiet"]) == 0
    (folder / "run/plan.jsonl").unlink()
    (folder / "web").mkdir()
    (folder / "web/manifest.json").write_text('{"name": "app"}', "utf-8")
    before = tree(folder)
    for command in (["status", "run"], ["batch", "news.jsonl", "-o", "new", "--since", "run"]):
        assert main(command) == 65
        assert "error[P407]: run/plan.jsonl: is gone" in capfd.readouterr().err
    for command in (["status", "web"], ["batch", "news.jsonl", "-o", "web"], ["retry", "web"]):
        assert main(command) == 65
        assert "error[P407]: web/manifest.json: was not written by" in capfd.readouterr().err
    assert main(["status", "news.jsonl"]) == 66
    assert tree(folder) == before


def test_unreadable_folders_next_to_the_runs_do_not_stop_a_new_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["batch", "news.jsonl", "-o", "nights/1", "--quiet"]) == 0
    for name in ("web", "lost+found"):
        (folder / "nights" / name).mkdir()
        (folder / "nights" / name / "manifest.json").write_text("[]", "utf-8")
    real = stores.storage.open_file

    def open_file(name: str, *flags: int, where: str, **given: Any) -> int:
        if "lost+found" in where:
            raise PermissionError(13, "Permission denied")
        return real(name, *flags, where=where, **given)

    monkeypatch.setattr(stores.storage, "open_file", open_file)
    assert main(["batch", "news.jsonl", "-o", "nights/2", "--new-only", "--quiet"]) == 0
    assert ids(folder / "nights/2") == []
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder}/nights/lost+found/manifest.json: permission denied: passed over",
        f"{folder}/nights/web/manifest.json: was not written by a run: passed over",
    ]
    assert main(["status", "nights/lost+found"]) == 69


def test_a_dry_run_prints_the_plan_and_writes_nothing(folder: Path, capfd: Capture) -> None:
    command = ["batch", "news.jsonl", "-o", "run", "--shard-articles", "2"]
    assert main([*command, "--dry-run"]) == 0
    stdout, stderr = capfd.readouterr()
    assert [line.split("\t")[:2] for line in stdout.splitlines()] == [
        ["part-00000", "2"],
        ["part-00001", "1"],
    ]
    assert "3 articles in 2 shards" in stderr
    assert not (folder / "run").exists()
    assert main(command) == 0
    (folder / "run/receipts/part-00001.json").unlink()
    capfd.readouterr()
    assert main([*command, "--dry-run"]) == 0
    assert capfd.readouterr().out == "part-00001\t1\n"


def test_new_only_processes_only_new_articles(folder: Path, capfd: Capture) -> None:
    assert main(["batch", "news.jsonl", "-o", "nights/1", "--new-only"]) == 0
    rows(folder / "news.jsonl", ["Rain fell.", "Snow fell.", "Hail fell.", "Fog."])
    with (folder / "news.jsonl").open("a") as file:
        file.write((folder / "news.jsonl").read_text("utf-8").splitlines()[-1] + "\n")
    capfd.readouterr()
    assert main(["batch", "news.jsonl", "-o", "nights/2", "--new-only"]) == 0
    skipped = "3 articles of earlier runs and 1 repeated article skipped"
    assert capfd.readouterr().err.splitlines()[0] == skipped
    assert ids(folder / "nights/2") == ["n3"]
    assert main(["batch", "news.jsonl", "-o", "nights/3", "--new-only"]) == 0
    assert ids(folder / "nights/3") == []
    assert main(["batch", "news.jsonl", "-o", "other", "--since", "nights/1"]) == 0
    assert ids(folder / "other") == ["n3"]
    assert main(["status", "nights/3"]) == 0


def test_a_retry_puts_records_in_their_original_places(folder: Path, capfd: Capture) -> None:
    healed = folder / "healed"
    inputs = ["Rain fell.", f"HEAL {healed}", "FAIL P502", "Snow fell."]
    rows(folder / "news.jsonl", inputs)
    healed.touch()
    assert main(["batch", "news.jsonl", "-o", "healthy"]) == 1
    healed.unlink()
    assert main(["batch", "news.jsonl", "-o", "run"]) == 1
    assert letters(folder / "run") == [("n1", "P503"), ("n2", "P502")]
    assert main(["retry", "run"]) == 1
    assert letters(folder / "run") == [("n1", "P503"), ("n2", "P502")]
    healed.touch()
    capfd.readouterr()
    assert main(["retry", "run"]) == 1
    assert "2 articles to do" in capfd.readouterr().err
    assert tree(folder / "run") == tree(folder / "healthy")


def test_a_retry_may_raise_a_limit(folder: Path) -> None:
    (folder / "long.jsonl").write_text(json.dumps({"text": "x " * 5_000}) + "\n", "utf-8")
    assert main(["batch", "long.jsonl", "-o", "run", "--max-bytes", "1000"]) == 1
    assert letters(folder / "run") == [(None, "P203")]
    assert main(["retry", "run"]) == 0
    assert letters(folder / "run") == []
    assert len(ids(folder / "run")) == 1


def test_a_retry_from_another_folder_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(folder / "news.jsonl", ["FAIL P502"])
    assert main(["batch", "news.jsonl", "-o", "run"]) == 1
    before = tree(folder / "run")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert main(["retry", "../run"]) == 66
    assert tree(folder / "run") == before


def test_status_shows_the_progress_of_a_run(folder: Path, capfd: Capture) -> None:
    rows(folder / "news.jsonl", ["Rain fell.", "FAIL P502", "Snow fell."])
    assert main(["batch", "news.jsonl", "-o", "run", "--shard-articles", "2"]) == 1
    capfd.readouterr()
    assert main(["status", "run", "--json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert (found["state"], found["articles"], found["records"]) == ("finished", 3, 2)
    assert found["dead_letters"] == {"P502": 1}
    (folder / "run/_SUCCESS.json").unlink()
    (folder / "run/receipts/part-00001.json").unlink()
    assert main(["status", "run"]) == 75
    shown = capfd.readouterr().out.splitlines()
    assert "state         unfinished" in shown
    assert "shards done   1" in shown
    assert "held by       nobody" in shown


def test_json_logs_have_one_object_per_line(folder: Path, capfd: Capture) -> None:
    rows(folder / "news.jsonl", ["Rain fell.", "FAIL P502 \x1b[2J"])
    assert main(["batch", "news.jsonl", "-o", "run", "--log-format", "json"]) == 1
    found = logs(capfd)
    assert [row["event"] for row in found] == ["planned", "part", "dead_letter", "done"]
    assert found[1]["counts"]["words"] == 2
    assert found[3]["dead_letters"] == {"P502 \x1b[2J": 1}


def test_errors_and_warnings_are_logged_as_json_too(capfd: Capture) -> None:
    command = ["batch", "nowhere", "-o", "run", "--log-format", "json"]
    assert main(command) == 66
    (row,) = logs(capfd)
    assert (row["event"], row["code"], row["where"]) == ("error", "P201", "nowhere")
    assert main(["retry", "nowhere", "--log-format", "json", "--quiet"]) == 66
    assert logs(capfd)[0]["code"] == "P211"
    made = logging.LogRecord("pipeline.x", logging.WARNING, "", 1, "%s\n", ("rain",), None)
    row = json.loads(JsonLines().format(made))
    assert (row["event"], row["level"], row["message"]) == ("log", "WARNING", "rain\n")


@contextmanager
def unread() -> Iterator[TextIO]:
    """Yield a stream whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(os.fdopen(writing, "wb", buffering=0), write_through=True) as stream:
        yield stream


def test_a_run_continues_when_its_log_has_no_reader(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unread() as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        assert main(["batch", "news.jsonl", "-o", "run", "--shard-articles", "1"]) == 0
    assert len(ids(folder / "run")) == 3


def test_a_plan_whose_reader_leaves_early_is_not_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unread() as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["batch", "news.jsonl", "-o", "run", "--dry-run", "--quiet"]) == 141


def test_quiet_prints_nothing(capfd: Capture) -> None:
    assert main(["batch", "news.jsonl", "-o", "run", "--quiet"]) == 0
    assert capfd.readouterr() == ("", "")


def test_a_terminal_sees_articles_speed_and_the_time_left(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    clock = iter([0.0, 0.0, 10.0, 10.0, 20.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    report = RunReport("run", log_format="text", quiet=False)
    report.begin(Progress(400, 4, 0, 0, Counter(), Counter()), "planned")
    report.part(Receipt("part-00000", "", "", 0, {"records": 100, "words": 30_000}, ()))
    monkeypatch.undo()
    assert "100 of 400 articles · 3,000 words/s · 30 s left" in capfd.readouterr().err
    assert duration(125) == "2 min"


def test_invalid_articles_become_dead_letters_of_bounded_size(folder: Path) -> None:
    news = folder / "news"
    news.mkdir()
    (folder / "secret.txt").write_text("The password is rain.", "utf-8")
    (news / "a.txt").write_text("Rain fell.", "utf-8")
    (news / "link.txt").symlink_to("../secret.txt")
    (news / "way").symlink_to("..")
    os.mkfifo(news / "pipe")
    (news / "bomb.txt.gz").write_bytes(gzip.compress(b"0" * 50_000_000))
    with zipfile.ZipFile(news / "news.md", "w") as archive:
        archive.writestr("../../evil.txt", "Rain fell.")
    with (news / "huge.txt").open("wb") as file:
        file.truncate(1 << 40)
    assert main(["batch", "news", "-o", "run", "--quiet"]) == 1
    assert len(ids(folder / "run")) == 1
    found = [json.loads(line) for line in Path("run/dead-letter.jsonl").read_text().splitlines()]
    assert {Path(one["source"]).name: one["code"] for one in found} == {
        "bomb.txt.gz": "P224",
        "huge.txt": "P203",
        "link.txt": "P202",
        "news.md": "P205",
        "pipe": "P202",
        "way": "P202",
    }
    assert not any(b"password" in data for data in tree(folder / "run").values())
    assert main(["batch", "/dev/zero", "-o", "zero", "--quiet"]) == 66


def test_skipped_files_are_reported_once_the_run_is_planned(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    news = folder / "news"
    news.mkdir()
    (news / "rows.csv").write_text("text\nRain fell.\nSnow fell.\n", "utf-8")
    (news / "run.py").write_text("print()", "utf-8")
    told = "skipped 1 file with other suffixes (.py 1)"
    assert main(["batch", "news", "-o", "run", "--dry-run"]) == 0
    assert told in capfd.readouterr().err
    assert main(["batch", "news", "-o", "run"]) == 0
    assert told in capfd.readouterr().err
    assert main(["batch", "news", "-o", "run"]) == 0
    assert "skipped" not in capfd.readouterr().err
    assert len(ids(folder / "run")) == 2
    assert main(["batch", "news", "-o", "other", "--log-format", "json"]) == 0
    (line,) = [one for one in capfd.readouterr().err.splitlines() if '"skipped"' in one]
    logged = json.loads(line)
    assert (logged["suffixes"], logged["own"], logged["records"]) == ({".py": 1}, 0, 0)


def test_ids_and_names_of_files_never_become_paths(folder: Path) -> None:
    name = folder / "a\n..%2f\udcff.jsonl"
    name.write_text('{"text": "Rain fell.", "id": "../../evil"}\n', "utf-8")
    assert main(["batch", str(folder), "-o", "run", "--quiet"]) == 0
    assert "../../evil" in ids(folder / "run")
    assert Run("run").progress().done_articles == 4
    assert sorted(path.name for path in folder.iterdir()) == [name.name, "news.jsonl", "run"]
