"""Altered files of a run: an error with a code, never a bug in the program."""

from __future__ import annotations

import copy
import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch import store as stores
from pipeline.batch.store import Disk, LocalStore
from pipeline.cli import main
from pipeline.errors import (
    BadCorrection,
    OutputNotCreated,
    PipelineError,
    StorageUnavailable,
    StorageUnsuitable,
    WriteFailed,
)
from pipeline.output import corrections
from pipeline.output.files import NewFile
from pipeline.text.strictjson import parse_json
from tests.batch import stub
from tests.batch.running import rows, run, tree
from tests.batch.serial import Serial
from tests.batch.test_crashes import MEMORY

DEEP = "[" * 100_000
OTHERS: tuple[Any, ...] = (None, 7, -1, "x", "../x", [], {}, ["x"], {"x": 1}, 1e300, True)
FILES = ("manifest.json", "plan.jsonl", "receipts/part-00000.json", "_SUCCESS.json")
COMMANDS: tuple[list[str], ...] = (
    ["status", "run"],
    ["batch", "news.jsonl", "-o", "run", "--quiet"],
    ["retry", "run", "--quiet"],
    ["load", "run", "--db", "sqlite:///x.db", "--quiet"],
    ["batch", "news.jsonl", "-o", "run2", "--since", "run", "--quiet"],
)


def reads(command: list[str], name: str) -> bool:
    """Return whether a command reads a file of a finished run."""
    return {"load": name == "_SUCCESS.json", "retry": name != "_SUCCESS.json"}.get(command[0], True)


DOCUMENTED = {0, 1, 65, 66, 69, 73, 74, 75, 78}


@pytest.fixture(scope="module")
def whole() -> Iterator[Path]:
    """Yield a folder with a run, in memory: these tests read a thousand of them."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        place = Path(folder)
        run(place / "whole", [rows(place / "news.jsonl", ["Rain fell.", "FAIL P502"])])
        yield place


@pytest.fixture(autouse=True)
def folder(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(whole)
    monkeypatch.setattr("pipeline.batch.plan.ModelExtractor", stub.load)
    monkeypatch.setattr("pipeline.batch.executors.processes", lambda job, _workers: Serial(job))
    # durability is not tested here
    monkeypatch.setattr(Disk, "sync", lambda *_: None)
    monkeypatch.setattr(Disk, "sync_folder", lambda *_: None)
    shutil.rmtree("run", ignore_errors=True)
    manifest = Path("whole/manifest.json")
    manifest.write_text(manifest.read_text("utf-8").replace(f"{whole}/news", "news"), "utf-8")
    return whole


def mangled(value: Any) -> Iterator[Any]:
    """Yield a JSON value with each of its parts replaced or left out."""
    for put in places(value):
        for other in OTHERS:
            found = copy.deepcopy(value)
            put(found, other)
            yield found


def places(value: Any, *path: Any) -> Iterator[Callable[[Any, Any], None]]:
    """Yield a function for each part of a value; it replaces that part in a copy."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in list(inner):

        def put(copied: Any, other: Any, key: Any = key) -> None:
            for step in path:
                copied = copied[step]
            if other is None and isinstance(copied, dict):
                del copied[key]
            else:
                copied[key] = other

        yield put
        if isinstance(one, dict | list):
            yield from places(one, *path, key)


@pytest.mark.check
@pytest.mark.parametrize(
    ("command", "name"),
    [(command, name) for command in COMMANDS for name in FILES if reads(command, name)],
    ids=lambda one: one if isinstance(one, str) else "since" if "--since" in one else one[0],
)
def test_arbitrary_content_in_a_run_file_is_never_a_bug(
    folder: Path, command: list[str], name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    written = json.loads((folder / "whole" / name).read_text("utf-8"))
    codes = set()
    texts = [DEEP, "", "null", "\0", '"x"', "[1]", "{}", '{"a":' * 50_000, "9" * 5_000, "\ud800"]
    for text in [*(json.dumps(one) for one in mangled(written)), *texts]:
        shutil.rmtree("run", ignore_errors=True)
        shutil.rmtree("run2", ignore_errors=True)
        shutil.copytree("whole", "run")
        data = text.encode("utf-8", "surrogatepass")
        (folder / "run" / name).write_bytes(data + b"\n")
        code = main(command)
        error = capfd.readouterr().err
        assert code in DOCUMENTED, (text[:300], error)
        codes.add(code)
    assert codes & {65, 73, 78} or name.startswith("receipts"), "some of it is refused"


@pytest.mark.parametrize("name", FILES[:2])
def test_json_nested_too_deeply_is_reported(
    folder: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree("whole", "run")
    (folder / "run" / name).write_text(DEEP, "utf-8")
    assert main(["status", "run"]) == 65
    assert "error[P407]" in capfd.readouterr().err


def test_a_part_whose_receipt_is_nested_too_deeply_is_made_again(folder: Path) -> None:
    shutil.copytree("whole", "run")
    (folder / "run/receipts/part-00000.json").write_text(DEEP, "utf-8")
    assert main(["batch", "news.jsonl", "-o", "run", "--quiet"]) == 1
    assert tree(folder / "run") == tree(folder / "whole")


def test_deep_json_is_a_value_error_everywhere() -> None:
    for text in (DEEP, '{"a":' * 100_000, DEEP.encode()):
        with pytest.raises(ValueError, match="nested too deep"):
            parse_json(text)


@pytest.mark.parametrize(
    ("command", "data", "code"),
    [
        (["correct", "whole", "--corrections", "x", "-o", "y"], DEEP, 65),
        (["validate", "x"], DEEP, 65),
        (["view", "x", "-o", "y"], DEEP, 65),
        (["load", "x", "--db", "sqlite:///y.db"], DEEP, 65),
        (["evaluate", "attributions", "--gold", "x.jsonl"], DEEP, 65),
        (["batch", "x.jsonl", "-o", "z", "--quiet"], DEEP, 1),
        (["status", "whole", "--json"], DEEP, 1),
        (["info", "--config", "x"], f"model = {DEEP}", 78),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
def test_deep_json_from_anywhere_is_an_error_with_a_code(
    folder: Path, command: list[str], data: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("x", "x.jsonl"):
        (folder / name).write_text(data + "\n", "utf-8")
    shutil.rmtree("z", ignore_errors=True)
    assert main(command) == code
    assert "P501" not in capfd.readouterr().err


def test_a_correction_nested_too_deeply_is_refused_and_not_skipped(folder: Path) -> None:
    (folder / "said").write_text(DEEP + "\n", "utf-8")
    with pytest.raises(BadCorrection):
        corrections.read(folder / "said")


# Errors of the system


class Said:
    """A correction."""

    def to_line(self) -> str:
        return "{}\n"


def refusing(number: int) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EIO])
def test_a_file_system_without_locks_is_unsuitable(
    folder: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree("whole", "run")
    monkeypatch.setattr(fcntl, "flock", refusing(number))
    with pytest.raises(StorageUnsuitable) as caught, stores.locked(folder / "run"):
        pass
    assert caught.value.exit_code == 69
    assert stores.holder(folder / "run") is None
    assert main(["retry", "run", "--quiet"]) == 69
    assert main(["status", "run"]) == 1


def test_corrections_need_a_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "said").touch()
    monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    with pytest.raises(WriteFailed, match="no locks available"):
        corrections.append(folder / "said", [Said()])  # type: ignore[list-item]
    with pytest.raises(PipelineError) as caught:
        corrections.read(folder / "said")
    assert caught.value.exit_code == 66


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.ENOSPC, errno.EIO])
def test_a_quota_that_fails_on_close_is_an_error_with_a_code(
    folder: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.close

    def close(descriptor: int) -> None:
        real(descriptor)
        if Path("/proc/self/fd").exists() and descriptor in closing:
            raise OSError(number, os.strerror(number))

    closing: set[int] = set()
    real_create = Disk.create

    def create(self: Disk, parent: int, name: str) -> int:
        descriptor = real_create(self, parent, name)
        closing.add(descriptor)
        return descriptor

    monkeypatch.setattr(Disk, "create", create)
    monkeypatch.setattr(os, "close", close)
    with pytest.raises(WriteFailed) as caught:
        LocalStore(folder / "run").put("a", [b"rain"])
    monkeypatch.undo()
    assert caught.value.exit_code == 74
    assert tree(folder / "run") == {}


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EMFILE, errno.EDQUOT])
def test_running_out_of_descriptors_is_an_error_with_a_code(
    folder: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree("whole", "run")
    store = LocalStore(folder / "run")
    monkeypatch.setattr(os, "open", refusing(number))
    with pytest.raises(OutputNotCreated):
        store.put("a", [b"rain"])
    with pytest.raises(StorageUnavailable):
        store.open("manifest.json")
    with pytest.raises(OutputNotCreated), stores.locked(folder / "run"):
        pass
    with pytest.raises(OutputNotCreated):
        corrections.append(folder / "said", [Said()])  # type: ignore[list-item]
    monkeypatch.undo()


def test_a_disk_that_cannot_be_read_is_an_error_with_a_code(folder: Path) -> None:
    (folder / "run").mkdir()
    (folder / "run/part-00000.jsonl").write_bytes(b"x" * 100_000)
    with LocalStore(folder / "run").open("part-00000.jsonl") as file:
        other = os.open(folder, os.O_RDONLY)
        os.dup2(other, file.fileno())  # reading a folder fails like reading a broken disk
        os.close(other)
        with pytest.raises(StorageUnavailable, match="is a directory"):
            file.read()


def test_unexpected_system_errors_are_not_bugs(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "x")

    shutil.copytree("whole", "run")
    monkeypatch.setattr("pipeline.batch.folder.find_run", refuse)
    assert main(["status", "run"]) == 74
    assert "error[P409]: too many open files: x" in capfd.readouterr().err
    monkeypatch.setattr("pipeline.batch.folder.find_run", refusing(errno.EBADF))
    with pytest.raises(OSError, match="Bad file"):
        main(["status", "run"])


# Temporary files


def test_processes_with_the_same_id_can_write_the_same_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In two containers: the second writes the file while the first is still writing it."""
    tokens = iter(["one", "one", "other"])
    monkeypatch.setattr("pipeline.storage.token", lambda: next(tokens))
    first, second = LocalStore(folder / "run"), LocalStore(folder / "run")

    def chunks() -> Iterator[bytes]:
        yield b"ra"
        second.put("a", [b"rain"])
        assert sorted(os.listdir("run")) == [".a.one.tmp", "a"]  # noqa: PTH208 - names, not paths
        yield b"in"

    first.put("a", chunks())
    assert tree(folder / "run") == {"a": b"rain"}


def test_outputs_of_two_containers_do_not_mix(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = iter(["one", "one", "other"])
    monkeypatch.setattr("pipeline.storage.token", lambda: next(tokens))
    out = folder / "run" / "x.jsonl"
    first = NewFile(out, force=True)
    first.write(b"first " * 10_000)
    second = NewFile(out, force=True)
    second.write(b"second")
    second.commit()
    assert out.read_bytes() == b"second"
    first.commit()
    assert out.read_bytes() == b"first " * 10_000
    assert tree(folder / "run").keys() == {"x.jsonl"}


def test_a_temporary_file_never_replaces_an_existing_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "run").mkdir()
    (folder / "precious").write_text("precious", "utf-8")
    (folder / "run/.a.same.tmp").symlink_to("../precious")
    monkeypatch.setattr("pipeline.storage.token", lambda: "same")
    with pytest.raises(OutputNotCreated, match="no name is free"):
        LocalStore(folder / "run").put("a", [b"rain"])
    with pytest.raises(OutputNotCreated, match="no name is free"):
        NewFile(folder / "run/a")
    assert (folder / "precious").read_text("utf-8") == "precious"
    assert (folder / "run/.a.same.tmp").is_symlink()
