"""``pipeline extract`` from a user's perspective."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.cli import main
from pipeline.cli.extract import default_out
from tests.cli.conftest import Stream
from tests.golden import SEEDS

PROGRAM = (sys.executable, "-m", "tests.batch.stub")
"""The command in a process of its own, with models that take no time."""
TEXT = "“We lost 12 homes,” said Ann Lee, the mayor of Berlin.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """Work in an empty folder, with the model shared by all tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(SEEDS.parent))
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return tmp_path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_profile_is_the_one_asked_for(
    folder: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def load(_: str, **given: object) -> Language:
        asked.append(given["profile"])
        return nlp

    monkeypatch.setattr("pipeline.stages.language.load", load)
    assert main(["extract", "a.txt", "-o", "accurate.jsonl"]) == 0
    assert main(["extract", "a.txt", "--profile", "fast", "-o", "fast.jsonl"]) == 0
    assert main(["extract", "a.txt", "--profile", "slow", "-o", "slow.jsonl"]) == 2
    assert asked == ["accurate", "fast"]
    assert "attributions-accurate" in json.dumps(lines(folder / "accurate.jsonl")[0]["provenance"])


def test_the_records_go_to_a_file_named_for_the_input(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", "a.txt", "--published", "2025-05-01"]) == 0
    (record,) = lines(folder / "out/a.jsonl")
    assert record["text"] == TEXT
    assert record["source"]["uri"] == "a.txt"  # type: ignore[index]
    assert record["source"]["published"] == "2025-05-01"  # type: ignore[index]
    assert "records: out/a.jsonl" in capfd.readouterr().err
    assert main(["validate", "out/a.jsonl"]) == 0


def test_findings_are_shown_on_a_terminal(
    dumb_terminal: Callable[[], Stream], capsys: pytest.CaptureFixture[str]
) -> None:
    screen = dumb_terminal()
    assert main(["extract", "a.txt", "-o", "a.jsonl"]) == 0
    stderr = screen.getvalue()
    assert capsys.readouterr().out == ""
    assert "1 quote" in stderr
    assert "“We lost 12 homes,”" in stderr
    assert "records: a.jsonl" in stderr


def test_a_redirected_stdout_gets_the_records_as_well(folder: Path) -> None:
    run = [*PROGRAM, "extract", "a.txt"]
    with (folder / "t.txt").open("wb") as file:
        into_file = subprocess.run(run, stdout=file, stderr=subprocess.PIPE, check=True)
    into_pipe = subprocess.run(run, capture_output=True, check=True)
    record = (folder / "out/a.jsonl").read_bytes()
    assert json.loads(record)["text"] == TEXT
    assert (folder / "t.txt").read_bytes() == into_pipe.stdout == record
    # the table is on stderr, terminal or not
    shown = into_file.stderr.decode()
    assert "“We lost 12 homes,”" in shown
    assert shown.splitlines()[-1] == "records: out/a.jsonl"
    thrown_away = subprocess.run(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    assert thrown_away.stderr == into_file.stderr


def test_a_redirected_stdout_gets_records_that_the_file_refuses(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "out").mkdir()
    (folder / "out/a.jsonl").write_text("other\n", "utf-8")
    assert main(["extract", "a.txt"]) == 73
    stdout, stderr = capfd.readouterr()
    assert json.loads(stdout)["text"] == TEXT
    assert "error[P401]: out/a.jsonl" in stderr
    assert "-o -" in stderr
    assert (folder / "out/a.jsonl").read_text("utf-8") == "other\n"


def test_repeating_the_command_changes_nothing_and_is_not_an_error(folder: Path) -> None:
    assert main(["extract", "a.txt"]) == 0
    before = (folder / "out/a.jsonl").stat().st_mtime_ns
    assert main(["extract", "a.txt"]) == 0
    assert (folder / "out/a.jsonl").stat().st_mtime_ns == before


def test_other_content_is_not_overwritten_without_force(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", "a.txt"]) == 0
    before = (folder / "out/a.jsonl").read_bytes()
    (folder / "a.txt").write_text("Rain fell.", "utf-8")
    assert main(["extract", "a.txt"]) == 73
    assert "error[P401]: out/a.jsonl: already exists" in capfd.readouterr().err
    assert (folder / "out/a.jsonl").read_bytes() == before
    assert main(["extract", "a.txt", "--force"]) == 0
    assert lines(folder / "out/a.jsonl")[0]["text"] == "Rain fell."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["a/report.txt"], ["b/report.txt"]),
        (["a/report.txt"], ["b/report.csv"]),
        (["a/empty.txt"], ["b/empty.txt"]),
        (["a/report.txt", "a/empty.txt"], ["b/report.txt", "b/empty.txt"]),
    ],
)
def test_inputs_with_the_same_name_do_not_replace_each_others_outputs(
    folder: Path, first: list[str], second: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "report.txt").write_text(f"Rain fell on {name}.", "utf-8")
        (folder / name / "empty.txt").write_text("", "utf-8")
    (folder / "b/report.csv").write_text("text\nSnow fell.\n", "utf-8")
    out = ["-o", "out/report.jsonl"]
    main(["extract", *first, *out])
    before = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    assert before
    capfd.readouterr()
    assert main(["extract", *second, *out]) == 73
    assert "already exists, from the input a/" in capfd.readouterr().err
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == before
    assert main(["extract", *first, *out]) in (0, 1)
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == before
    assert main(["extract", *second, *out, "--force"]) in (0, 1)
    assert all(b'"a/' not in path.read_bytes() for path in (folder / "out").iterdir())


def test_records_with_their_own_addresses_are_not_attributed_to_another_input(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.jsonl").write_text('{"text": "Rain fell.", "url": "/news/1"}\n', "utf-8")
    for name in ("c.jsonl", "./c.jsonl", "*.jsonl", "."):
        assert main(["extract", name, "-o", "x.jsonl", "--force"]) == 0
        assert main(["extract", name, "-o", "x.jsonl"]) == 0
    (folder / "d.csv").write_text("text\nSnow fell.\n", "utf-8")
    assert main(["extract", "d.csv", "-o", "y.jsonl"]) == 0
    assert main(["extract", "d.csv", "-o", "y.jsonl"]) == 0
    capfd.readouterr()
    assert main(["extract", "a.txt", "-o", "y.jsonl"]) == 73
    assert "from the input d.csv#row=2" in capfd.readouterr().err


def test_two_inputs_with_the_same_name_give_two_records(folder: Path) -> None:
    for name in ("a/report.txt", "b/report.txt", "b/report.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"Rain fell on {name}.", "utf-8")
    assert main(["extract", "a/report.txt", "b", "-o", "x.jsonl"]) == 0
    found = lines(folder / "x.jsonl")
    assert [record["source"]["uri"] for record in found] == [  # type: ignore[index]
        "a/report.txt",
        "b/report.md",
        "b/report.txt",
    ]
    assert len({str(record["id"]) for record in found}) == 3


def test_old_records_are_only_removed_with_force_if_all_articles_fail(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", "a.txt"]) == 0
    (folder / "a.txt").write_text("", "utf-8")
    assert main(["extract", "a.txt"]) == 73
    assert "already exists, and this run produced no record" in capfd.readouterr().err
    assert [path.name for path in (folder / "out").iterdir()] == ["a.jsonl"]
    assert main(["extract", "a.txt", "--force"]) == 1
    assert [path.name for path in (folder / "out").iterdir()] == ["a.jsonl.dead-letter.jsonl"]


def test_a_folder_is_searched_for_articles_and_skipped_files_are_reported(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "run.py").write_text("print('Rain fell.')", "utf-8")
    (folder / "rows.csv").write_text("text,title\nRain fell.,Wet\nSnow fell.,White\n", "utf-8")
    assert main(["extract", "a.txt", "--html"]) == 0
    capfd.readouterr()
    assert main(["extract", ".", "-o", "all.jsonl"]) == 0
    assert len(lines(folder / "all.jsonl")) == 3
    assert (
        "skipped 1 file with other suffixes (.py 1), 2 outputs of this program"
        in capfd.readouterr().err
    )
    assert main(["extract", ".", "-o", "all.jsonl"]) == 0


def test_an_empty_folder_is_an_error_and_nothing_is_written(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    for command in (["extract", "empty"], ["batch", "empty", "-o", "out/run"]):
        assert main(command) == 66
        assert "error[P225]: empty: no file that can be read" in capfd.readouterr().err
    assert not (folder / "out").exists()


def test_a_given_format_applies_to_every_file(folder: Path) -> None:
    (folder / "notes.log").write_text(TEXT, "utf-8")
    assert main(["extract", "notes.log"]) == 65
    assert main(["extract", "notes.log", "--as", "text"]) == 0
    assert main(["extract", "notes.log", "--format", "text"]) == 0
    assert lines(folder / "out/notes.jsonl")[0]["text"] == TEXT
    (folder / "rows.dat").write_text("text\nRain fell.\n", "utf-8")
    assert main(["extract", "rows.dat", "--as", "csv"]) == 0
    assert lines(folder / "out/rows.jsonl")[0]["text"] == "Rain fell."


def test_a_dash_means_stdout(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["extract", "a.txt", "-o", "-", "--quiet"]) == 0
    stdout, stderr = capfd.readouterr()
    assert json.loads(stdout)["text"] == TEXT
    assert stderr == ""
    assert not (folder / "out").exists()


def test_failed_articles_become_dead_letters_and_the_others_are_extracted(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "b.txt").write_text("  \n", "utf-8")
    (folder / "c.jsonl").write_text('{"text": "Rain fell.", "id": "../c"}\n{oops\n', "utf-8")
    assert main(["extract", "a.txt", "b.txt", "c.jsonl", "-o", "x.jsonl"]) == 1
    assert [record["id"] for record in lines(folder / "x.jsonl")][1:] == ["../c"]
    letters = lines(folder / "x.jsonl.dead-letter.jsonl")
    assert [(one["source"], one["code"], one["stage"]) for one in letters] == [
        ("b.txt", "P204", "check"),
        ("c.jsonl:2", "P206", "read"),
    ]
    stderr = capfd.readouterr().err
    assert "error[P204]: b.txt: no words" in stderr
    assert "failed: 2 articles; see x.jsonl.dead-letter.jsonl" in stderr
    assert sorted(path.name for path in folder.iterdir()) == [
        "a.txt",
        "b.txt",
        "c.jsonl",
        "x.jsonl",
        "x.jsonl.dead-letter.jsonl",
    ]


def test_no_file_of_records_is_written_if_all_articles_fail(folder: Path) -> None:
    (folder / "b.txt").write_text("", "utf-8")
    assert main(["extract", "b.txt"]) == 1
    assert [path.name for path in (folder / "out").iterdir()] == ["b.jsonl.dead-letter.jsonl"]
    (folder / "b.txt").write_text("Rain fell.", "utf-8")
    assert main(["extract", "b.txt"]) == 0
    assert [path.name for path in (folder / "out").iterdir()] == ["b.jsonl"]


def test_outputs_in_the_input_folder_are_not_read(folder: Path) -> None:
    assert main(["extract", ".", "-o", "all.jsonl"]) == 0
    assert main(["extract", ".", "-o", "all.jsonl"]) == 0
    assert len(lines(folder / "all.jsonl")) == 1


def test_the_input_is_never_the_output(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "c.jsonl").write_text('{"text": "Rain fell."}\n', "utf-8")
    assert main(["extract", "c.jsonl", "-o", "./c.jsonl", "--force"]) == 73
    assert "is also the input" in capfd.readouterr().err


def test_keys_of_jsonl_can_be_mapped(folder: Path) -> None:
    (folder / "c.jsonl").write_text('{"body": "Rain fell.", "n": 7}\n', "utf-8")
    assert main(["extract", "c.jsonl", "--text-key", "body", "--id-key", "n"]) == 0
    assert lines(folder / "out/c.jsonl")[0]["id"] == "7"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["extract", "nowhere.txt"], 66, "error[P201]: nowhere.txt: no such file"),
        (["extract", "*.pdf"], 66, "nothing matches"),
        (["extract", "a.txt", "--published", "May"], 2, "error[P102]: --published: 'May'"),
        (["extract", "a.txt", "--colour"], 2, "no such option"),
        (["extract", "a.txt", "--max-bytes", "many"], 2, "error[P101]"),
        (["extract", "a.txt", "--max-bytes", "1"], 78, "error[P111]"),
        (["extract", "a.txt", "--config", "no.toml"], 78, "error[P113]: no.toml"),
        (["extract", "a.txt", "-o", "."], 73, "error[P402]: .: a folder"),
        (["extract", "a.txt", "-o", "/dev/null"], 73, "not a regular file"),
        (["extract", "a.txt", "-o", "a.txt/x"], 73, "error[P402]"),
        (["extrct", "a.txt"], 2, "did you mean extract?"),
        (["zzz"], 2, "there is no command 'zzz'"),
        ([], 2, "Usage"),
    ],
)
def test_an_impossible_command_ends_with_a_code(
    arguments: list[str], code: int, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    stdout, stderr = capfd.readouterr()
    assert message in stderr
    assert "Traceback" not in stderr
    assert stdout == ""


@pytest.mark.parametrize(
    ("paths", "out"),
    [
        (["seeds/a.txt"], "out/a.jsonl"),
        (["x/y.z.html"], "out/y.z.jsonl"),
        (["x/rows.csv.gz"], "out/rows.jsonl"),
        (["-"], "out/stdin.jsonl"),
        (["seeds/*.txt"], "out/seeds.jsonl"),
        (["seeds/a.txt", "seeds/b.txt"], "out/seeds.jsonl"),
        (["seeds/a.txt", "news/b.txt"], "out/articles.jsonl"),
        (["/"], "out/articles.jsonl"),
    ],
)
def test_default_outputs(paths: list[str], out: str) -> None:
    assert default_out(paths) == out


def start(*arguments: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_help_is_quick_and_imports_no_spacy() -> None:
    code = (
        "import sys; from pipeline.cli import main; main(['--help']); "
        "sys.exit('spacy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True)


@pytest.mark.check
def test_a_closed_pipe_ends_the_program_quietly(folder: Path) -> None:
    rows = "".join(json.dumps({"text": f"Rain fell {n} times."}) + "\n" for n in range(200))
    (folder / "rows.jsonl").write_text(rows, "utf-8")
    program = start("extract", "rows.jsonl", "-o", "-", folder=folder)
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.readline()
    program.stdout.close()
    assert program.wait(timeout=60) == 141
    assert b"Traceback" not in program.stderr.read()
    program.stderr.close()
    assert program.stdin is not None
    program.stdin.close()


@pytest.mark.check
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_writes_no_output(folder: Path, number: signal.Signals) -> None:
    program = start("extract", "a.txt", "-", "-o", "x.jsonl", folder=folder)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(folder.glob(".x.jsonl.*")):
        if program.poll() is not None:
            break
    time.sleep(0.2)  # a signal between the file's creation and its next instruction leaves it
    program.send_signal(number)
    _, stderr = program.communicate(timeout=60)
    assert program.returncode == 130
    assert b"interrupted" in stderr
    assert b"Traceback" not in stderr
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.dead-letter.jsonl"])
def test_an_output_that_is_a_fifo_is_refused_at_once(
    folder: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / name)
    assert main(["extract", "a.txt", "-o", "x.jsonl"]) == 73
    assert f"error[P402]: {name}: not a regular file" in capfd.readouterr().err
    assert (folder / name).is_fifo()


def test_a_stage_that_fails_leaves_an_incomplete_record_and_exit_code_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr("pipeline.stages.figures.stage.Figures.__call__", fail)
    (folder / "b.txt").write_text("Rain fell.", "utf-8")
    assert main(["extract", "a.txt", "b.txt", "-o", "out.jsonl"]) == 1
    stderr = capfd.readouterr().err
    assert "incomplete: 2 records; the warning W501 names the stage that failed" in stderr
    first, _ = lines(folder / "out.jsonl")
    assert first["quotes"]
    assert not first["figures"]
    assert main(["validate", "out.jsonl"]) == 0
    assert main(["extract", "a.txt", "b.txt", "-o", "strict.jsonl", "--strict"]) == 1
    letters = lines(folder / "strict.jsonl.dead-letter.jsonl")
    assert [(one["code"], one["stage"]) for one in letters] == [("P501", "news_figures")] * 2
    assert not (folder / "strict.jsonl").exists()
