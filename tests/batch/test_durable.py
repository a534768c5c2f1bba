"""Finished work is durable: the calls of the real ``Disk`` and their order."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.store import Disk, LocalStore
from pipeline.output.files import NewFile
from tests.batch.running import rows, run
from tests.batch.tracing import Trace, check, tracing

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="the names of open files are read in /proc"
)
Step = Callable[[LocalStore], object]


def traced(root: Path, monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> Trace:
    with tracing(root, monkeypatch) as trace:
        do()
    return trace


def test_a_file_is_synced_before_it_has_its_name_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    trace = traced(tmp_path, monkeypatch, lambda: store.put("a", [b"rain", b"snow"]))
    assert trace.shown() == [
        "write .a.*.tmp",
        "write .a.*.tmp",
        "fsync .a.*.tmp",
        "replace .a.*.tmp a",
        "fsync .",
    ]


def test_a_new_folder_is_durable_before_there_is_a_file_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path / "nights" / "1")
    trace = traced(tmp_path, monkeypatch, lambda: store.put("receipts/a", [b"rain"]))
    assert trace.shown() == [
        "mkdir nights",
        "fsync .",
        "mkdir nights/1",
        "fsync nights",
        "mkdir nights/1/receipts",
        "fsync nights/1",
        "write nights/1/receipts/.a.*.tmp",
        "fsync nights/1/receipts/.a.*.tmp",
        "replace nights/1/receipts/.a.*.tmp nights/1/receipts/a",
        "fsync nights/1/receipts",
    ]
    other = LocalStore(tmp_path / "nights" / "2")
    assert traced(tmp_path, monkeypatch, other.make).shown() == ["mkdir nights/2", "fsync nights"]


def test_a_removed_file_does_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    store.put("receipts/a", [b"rain"])
    trace = traced(tmp_path, monkeypatch, lambda: store.remove("receipts/a"))
    assert trace.shown() == ["unlink receipts/a", "fsync receipts"]


@pytest.mark.parametrize("force", [False, True])
def test_a_file_named_by_the_user_is_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    def write() -> None:
        file = NewFile(tmp_path / "x.jsonl", force=force)
        file.write(b"rain\n")
        file.commit()

    trace = traced(tmp_path, monkeypatch, write)
    put = ["rename .x.jsonl.*.tmp x.jsonl"] if force else ["link .x.jsonl.*.tmp x.jsonl"]
    found = [line.replace("replace ", "rename ") for line in trace.shown()]
    assert [line for line in found if not line.startswith("unlink .")] == [
        "fsync .x.jsonl.*.tmp",
        *put,
        "fsync .",
    ]


def test_every_effect_of_a_run_and_of_a_retry_is_durable_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    healed = tmp_path / "healed"
    texts = ["Rain fell.", f"HEAL {healed}", "Snow fell.", "FAIL P502"]
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    folder = tmp_path / "nights" / "1"
    with tracing(tmp_path, monkeypatch) as trace:
        run(folder, inputs)
        healed.touch()
        run(folder, inputs, again=True)
    assert sum(call.name == "fsync" for call in trace.calls) > 30
    check(trace.calls)


@pytest.mark.parametrize("missing", ["sync", "sync_folder"])
def test_a_missing_sync_is_detected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    inputs = [rows(tmp_path / "news.jsonl", ["Rain fell."])]

    def nothing(_self: Disk, _descriptor: int) -> Any:
        return None

    monkeypatch.setattr(Disk, missing, nothing)
    with tracing(tmp_path, monkeypatch) as trace:
        run(tmp_path / "run", inputs)
    with pytest.raises(AssertionError, match="not synced"):
        check(trace.calls)


def test_a_partial_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    written = LocalStore(tmp_path).put("a", [b"rain and snow"])
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == b"rain and snow"
    assert written.size == 13
