"""A run folder may be another user's: nothing outside it is read, written or waited for."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import chdir
from itertools import product
from pathlib import Path
from types import FrameType

import pytest

from pipeline.batch.plan import Shard
from pipeline.batch.store import LOCK, LocalStore
from pipeline.cli import main
from pipeline.errors import NotOurFile, RunDamaged
from pipeline.output import corrections
from pipeline.output.files import DeadLetters
from tests.batch import stub
from tests.batch.running import rows, run, tree
from tests.batch.serial import Serial

Capture = pytest.CaptureFixture[str]
READ = ("manifest.json", "plan.jsonl", "part-00000.jsonl", "receipts/part-00000.json")
"""The files that a retry reads."""
NAMES = (*READ, LOCK, "_SUCCESS.json", "dead-letter.jsonl")
RETRY = ["retry", "run", "--quiet"]
COMMANDS = (
    ["status", "run"],
    ["batch", "news.jsonl", "-o", "run", "--quiet"],
    RETRY,
    ["load", "run", "--db", "sqlite:///x.db", "--quiet"],
    ["view", "run", "-o", "x.html", "--quiet"],
    ["batch", "news.jsonl", "-o", "other", "--since", "run", "--quiet"],
)
IDS = [command[0] for command in COMMANDS[:-1]] + ["since"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an input and its finished run."""
    folder = tmp_path_factory.mktemp("finished")
    with chdir(folder):
        rows(Path("news.jsonl"), ["Rain fell.", "FAIL P502"])
        run("run", ["news.jsonl"])
    Path(folder, "away").mkdir()
    return folder


@pytest.fixture(autouse=True)
def folder(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder with a finished run; waiting for a FIFO is interrupted."""

    def waited(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("waits for ever")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.plan.ModelExtractor", stub.load)
    monkeypatch.setattr("pipeline.batch.executors.processes", lambda job, _workers: Serial(job))
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    before = signal.signal(signal.SIGALRM, waited)
    signal.setitimer(signal.ITIMER_REAL, 60)
    yield tmp_path
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def moved(name: str) -> Path:
    """Move a file or a folder out of the run, and return its new path."""
    away = Path("away", Path(name).name).absolute()
    Path("run", name).rename(away)
    if name == LOCK:
        away.write_text("precious", "utf-8")
    return away


@pytest.mark.parametrize("command", COMMANDS, ids=IDS)
@pytest.mark.parametrize("name", [*NAMES, "receipts"])
def test_a_link_in_place_of_a_file_is_not_followed(
    command: list[str], name: str, capfd: Capture
) -> None:
    away = moved(name)
    Path("run", name).symlink_to(away)
    before = tree(Path("away"))
    code = main(command)
    error = capfd.readouterr().err
    assert code in {0, 1, 65, 66, 75}, error
    assert tree(Path("away")) == before
    if command is RETRY and name in (*READ, LOCK, "receipts"):
        assert code == 65
        assert f"error[P408]: run/{name}" in error
        assert "a symbolic link, where a file is expected" in error


@pytest.mark.parametrize("command", COMMANDS, ids=IDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_hard_link_is_not_written_through(command: list[str], name: str) -> None:
    away = Path("away", "file")
    os.link(Path("run", name), away)
    if name == LOCK:
        away.write_text("precious", "utf-8")
    before = away.read_bytes()
    main(command)
    assert away.read_bytes() == before


def test_a_lock_with_another_name_is_refused(capfd: Capture) -> None:
    os.link(Path("run", LOCK), "away/file")
    assert main(RETRY) == 65
    assert "error[P408]: run/.lock: a hard link" in capfd.readouterr().err


def as_socket(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path)


@pytest.mark.parametrize(
    ("command", "make"),
    [*product(COMMANDS, [os.mkfifo, os.mkdir]), (RETRY, as_socket)],
    ids=[*(f"{name}-{kind}" for name in IDS for kind in ("fifo", "folder")), "retry-socket"],
)
@pytest.mark.parametrize("name", [*NAMES, "receipts"])
def test_special_files_never_block_a_command(
    command: list[str], name: str, make: Callable[[str], None], capfd: Capture
) -> None:
    moved(name)
    make(f"run/{name}")
    code = main(command)
    error = capfd.readouterr().err
    assert code in {0, 1, 65, 66, 69, 73, 74, 75}, error
    if command is RETRY and name in READ and make is not os.mkdir:
        assert code == 65
        assert f"error[P408]: run/{name}" in error


def test_a_link_in_place_of_the_rescue_folder_is_removed_but_not_its_target() -> None:
    Path("away", "file").write_text("precious", "utf-8")
    Path("run", "rescue").symlink_to("../away")
    assert main(RETRY) == 1
    assert tree(Path("away")) == {"file": b"precious"}
    assert not Path("run", "rescue").is_symlink()


def test_pieces_are_not_written_through_a_link() -> None:
    Path("run", "rescue").symlink_to("../away")
    with pytest.raises(NotOurFile):
        LocalStore("run/rescue").put("part-00000a.jsonl", [b"x"])
    assert tree(Path("away")) == {}


def test_temporary_files_are_removed_only_in_the_folder_of_the_run() -> None:
    for name in ("run/.x.99.tmp", "run/receipts/.x.99.tmp", "away/.x.99.tmp"):
        Path(name).write_text("half", "utf-8")
    Path("run", "more").symlink_to("../away")
    assert main(RETRY) == 1
    assert [path.name for path in Path("run").rglob(".x*")] == []
    assert Path("away/.x.99.tmp").exists()


def test_the_user_may_name_a_run_by_a_link() -> None:
    Path("latest").symlink_to("run")
    assert main(["status", "latest"]) == 1
    assert main(["retry", "latest", "--quiet"]) == 1


@pytest.mark.parametrize("name", ["../evil", "part-00000/../../evil", "/tmp/evil", "part-1", ""])
def test_a_plan_names_files_of_the_run_only(name: str) -> None:
    with pytest.raises(RunDamaged):
        Shard.from_line(b'{"name":"%s","items":[]}\n' % name.encode())


def test_a_summary_names_files_of_the_run_only(capfd: Capture) -> None:
    success = Path("run/_SUCCESS.json")
    shutil.copy("run/part-00000.jsonl", "away/part-00000.jsonl")
    found = success.read_text("utf-8").replace("part-00000", "../away/part-00000")
    success.write_text(found, "utf-8")
    assert main(["load", "run", "--db", "sqlite:///x.db"]) == 65
    assert "error[P407]: run/_SUCCESS.json" in capfd.readouterr().err


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_corrections_are_not_written_through_a_link(link: Callable[[str, str], None]) -> None:
    Path("away/file").write_text("precious\n", "utf-8")
    link(str(Path("away/file").absolute()), "run/corrections.jsonl")

    class Said:
        def to_line(self) -> str:
            return "{}\n"

    with pytest.raises(NotOurFile):
        corrections.append("run/corrections.jsonl", [Said()])  # type: ignore[list-item]
    assert Path("away/file").read_text("utf-8") == "precious\n"


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: Path(path).symlink_to("../away/x")])
def test_corrections_are_read_from_a_file_only(make: Callable[[str], None], capfd: Capture) -> None:
    Path("away/x").write_text("", "utf-8")
    make("run/corrections.jsonl")
    with pytest.raises(NotOurFile):
        corrections.read("run/corrections.jsonl")
    command = ["correct", "run", "--corrections", "run/corrections.jsonl", "-o", "c.jsonl"]
    assert main(command) == 65
    assert "error[P408]: run/corrections.jsonl" in capfd.readouterr().err


def test_dead_letters_replace_a_link_and_not_its_target() -> None:
    Path("away/file").write_text("precious", "utf-8")
    Path("x.jsonl.dead-letter.jsonl").symlink_to("away/file")
    letters = DeadLetters("x.jsonl")
    letters.write(stub.Failure(None, "a.txt", "P204", "empty", "read"))
    letters.commit()
    assert Path("away/file").read_text("utf-8") == "precious"
    assert not Path("x.jsonl.dead-letter.jsonl").is_symlink()
    assert "P204" in Path("x.jsonl.dead-letter.jsonl").read_text("utf-8")
