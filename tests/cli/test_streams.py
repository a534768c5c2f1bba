"""A failing stderr never changes the result; a failing stdout is an error, since it is data."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.batch.running import ids, rows, run
from tests.batch.test_workers import ROOT

ROOM = Path("/dev/full")
pytestmark = pytest.mark.skipif(not ROOM.exists(), reason="no /dev/full here")

TALKS = {
    "batch": "batch news.jsonl -o new --workers 1 -v",
    "batch-json": "batch news.jsonl -o other --workers 1 --log-format json",
    "retry": "retry run --workers 1",
    "validate": "validate run/part-00000.jsonl",
    "view": "view run -o x.html",
    "report": "report run -o report",
    "load": "load run --db sqlite:///x.db",
    "correct": "correct run --corrections said.jsonl -o x.jsonl",
}
"""Commands that print on stderr and end with 0."""
DATA = {
    "status": "status run",
    "status-json": "status run --json",
    "schema": "schema json",
    "sql": "schema sql",
    "info": "info",
    "info-json": "info --json",
    "completion": "completion bash",
    "help": "--help",
    "help-of": "batch --help",
    "version": "--version",
    "view": "view run -o -",
    "correct": "correct run --corrections said.jsonl -o -",
    "dry": "batch news.jsonl -o new --dry-run",
}
"""Commands that print data on stdout and end with 0."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("streams")
    run(place / "run", [rows(place / "news.jsonl", ["Rain fell.", "Snow fell."])])
    (place / "said.jsonl").touch()
    return place


@pytest.fixture
def folder(place: Path, tmp_path: Path) -> Path:
    """Yield a folder with a run of two articles and no corrections."""
    subprocess.run(["cp", "-r", *map(str, place.iterdir()), str(tmp_path)], check=True)
    return tmp_path


def shell(line: str, folder: Path, program: str = "tests.batch.stub") -> tuple[int, str]:
    """Run a shell command line in which ``pipeline`` is our program; return its exit code."""
    command = f"{shlex.quote(sys.executable)} -m {program}"
    done = subprocess.run(
        ["bash", "-c", f'pipeline() {{ {command} "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


EACH = """
import contextlib, os, shlex, sys
import pipeline.batch.plan
from pipeline.desk import pages
from pipeline.cli import main
from pipeline.records import schema
from tests.batch import stub

for command in sys.argv[1:] if __name__ == "__main__" else ():
    pipeline.batch.plan.ModelExtractor = stub.load
    if os.fork() == 0:
        sys.argv[1:] = shlex.split(command)
        sys.exit(main())
    code = os.waitstatus_to_exitcode(os.wait()[1])
    with open("codes", "a") as codes:
        print(code, file=codes)
    with contextlib.suppress(OSError):
        os.write(2, b"--- end\\n")
"""
"""Run commands, each in a process of its own that starts with the modules already imported."""


def each(commands: Iterable[str], redirection: str, folder: Path) -> tuple[list[int], str]:
    """Run commands with a redirected stream; return their exit codes and what they print."""
    (folder / "each.py").write_text(EACH, "utf-8")
    script = shlex.join([sys.executable, "each.py", *commands])
    code, said = shell(f"{script} {redirection}", folder)
    assert code == 0, said
    return [int(line) for line in (folder / "codes").read_text("utf-8").splitlines()], said


def test_a_full_stderr_never_changes_the_result(folder: Path) -> None:
    codes, said = each(TALKS.values(), "2>/dev/full", folder)
    assert (dict(zip(TALKS, codes, strict=True)), said) == (dict.fromkeys(TALKS, 0), "")
    assert ids(folder / "new") == ["n0", "n1"]


@pytest.mark.parametrize("stderr", ["2>&-", "2> >(true)"], ids=["closed", "gone"])
def test_a_closed_stderr_never_changes_the_result(folder: Path, stderr: str) -> None:
    assert shell(f"pipeline {TALKS['batch']} {stderr}", folder) == (0, "")
    assert ids(folder / "new") == ["n0", "n1"]


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-"], ids=["full", "off"])
def test_an_error_keeps_its_exit_code_without_a_stderr(folder: Path, stderr: str) -> None:
    assert shell(f"pipeline status nowhere {stderr}", folder) == (66, "")
    assert shell(f"pipeline batch {stderr}", folder) == (2, "")
    assert shell(f"pipeline batch nowhere -o x --log-format json {stderr}", folder) == (66, "")


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-"], ids=["full", "off"])
def test_extract_gives_its_record_without_a_stderr(folder: Path, stderr: str) -> None:
    (folder / "a.txt").write_text("“We lost 12 homes,” Ann Lee said.", "utf-8")
    command = f"pipeline extract a.txt -o x.jsonl --html --profile fast -v {stderr}"
    assert shell(command, folder) == (0, "")
    assert (folder / "x.jsonl").read_text("utf-8").count("\n") == 1
    assert (folder / "x.html").exists()


def test_data_that_cannot_be_written_is_an_error(folder: Path) -> None:
    codes, said = each(DATA.values(), ">/dev/full", folder)
    assert dict(zip(DATA, codes, strict=True)) == dict.fromkeys(DATA, 74)
    for name, printed in zip(DATA, said.split("--- end\n"), strict=False):
        assert "error[P403]: stdout: no space left on device\n" in printed, name
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_a_closed_stdout_is_an_error(folder: Path) -> None:
    code, said = shell(f"pipeline {DATA['status']} >&-", folder)
    assert code == 74
    assert "error[P403]: stdout: bad file descriptor\n" in said
    assert "Traceback" not in said
    assert "Exception ignored" not in said


@pytest.mark.parametrize("name", ["status", "help", "view"])
def test_a_closed_pipe_ends_a_command_silently(folder: Path, name: str) -> None:
    line = f"(sleep 0.2; pipeline {DATA[name]}; echo $? >&2) | true"
    assert shell(line, folder) == (0, "141\n")


def test_a_closed_stdin_is_an_error_with_a_code(folder: Path) -> None:
    code, said = shell("pipeline view - -o x.html <&-", folder)
    assert code == 66
    assert "error[P201]: stdin: bad file descriptor" in said


def test_messages_to_a_closed_stream_do_not_end_up_in_files(folder: Path) -> None:
    """The first opened file would get descriptor 2, and with it all messages."""
    code = (
        "import sys, os\n"
        "from pipeline.cli.screen import secure\n"
        "secure()\n"
        "file = open('data', 'wb')\n"
        "assert file.fileno() > 2, file.fileno()\n"
        "os.write(2, b'talk'); print('talk', file=sys.stderr)\n"
    )
    line = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} 2>&- <&-"
    assert shell(line, folder) == (0, "")
    assert (folder / "data").read_bytes() == b""
