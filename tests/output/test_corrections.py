"""The file of corrections is append-only, and a truncated line affects no other."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
from pathlib import Path

import pytest

from pipeline.errors import (
    BadCorrection,
    CorrectionsLocked,
    OutputNotCreated,
    Unreadable,
    WriteFailed,
)
from pipeline.output import corrections
from pipeline.output.corrections import append, read
from pipeline.records.corrections import Correction
from tests.records.judging import by_hand, item, made


@pytest.fixture(scope="module")
def some() -> list[Correction]:
    record = made()
    return [by_hand(record, "quotes", "reject", item(record, id)) for id in ("q1", "q2", "q3")]


def test_appended_corrections_are_read_in_order(tmp_path: Path, some: list[Correction]) -> None:
    path = tmp_path / "new" / "corrections.jsonl"
    assert read(path) == ((), ())
    append(path, some[:1])
    first = path.read_bytes()
    append(path, some[1:])
    append(path, [])
    assert path.read_bytes().startswith(first)
    assert read(path) == (tuple(some), ())


@pytest.mark.parametrize("kept", [1, 20, -2])
def test_a_truncated_line_is_reported_and_the_next_one_is_complete(
    tmp_path: Path, some: list[Correction], kept: int
) -> None:
    path = tmp_path / "c.jsonl"
    append(path, some[:1])
    cut = path.read_bytes() + some[1].to_line().encode()[:kept]
    path.write_bytes(cut)
    found = read(path)
    assert found.corrections == (some[0],)
    assert [(one.code, one.message) for one in found.notices] == [
        ("W601", f"{path}:2 was cut short and is passed over")
    ]
    append(path, some[2:])
    assert path.read_bytes().startswith(cut)
    assert read(path).corrections == (some[0], some[2])
    assert len(read(path).notices) == 1


def test_a_line_that_lacks_only_its_line_ending_is_complete(
    tmp_path: Path, some: list[Correction]
) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(some[0].to_line().encode()[:-1])
    append(path, some[1:])
    assert read(path) == (tuple(some), ())


def test_zeros_left_by_a_power_failure_are_reported(tmp_path: Path, some: list[Correction]) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(some[0].to_line().encode() + b"\0" * 30)
    append(path, some[1:])
    assert read(path).corrections == tuple(some)
    assert len(read(path).notices) == 1


def test_complete_json_that_is_not_a_correction_is_an_error(
    tmp_path: Path, some: list[Correction]
) -> None:
    path = tmp_path / "c.jsonl"
    append(path, some[:1])
    with path.open("a") as file:
        file.write('{"record": "x"}\n')
    with pytest.raises(BadCorrection, match=r"c\.jsonl:2: sha256: "):
        read(path)


def _append_often(path: Path, line: str, times: int) -> None:
    for _ in range(times):
        append(path, [Correction.from_line(line)])


def test_concurrent_appends_keep_all_lines(tmp_path: Path, some: list[Correction]) -> None:
    path = tmp_path / "c.jsonl"
    fork = multiprocessing.get_context("fork")
    programs = [
        fork.Process(target=_append_often, args=(path, one.to_line(), 30)) for one in some[:2]
    ]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    found = read(path)
    assert found.notices == ()
    assert sorted(one.item or "" for one in found.corrections) == ["q1"] * 30 + ["q2"] * 30


def test_a_file_that_another_program_keeps_locked_is_an_error_after_a_while(
    tmp_path: Path, some: list[Correction], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "WAIT", 0.1)
    path = tmp_path / "c.jsonl"
    append(path, some[:1])
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        for act in (lambda: append(path, some[1:]), lambda: read(path)):
            with pytest.raises(CorrectionsLocked, match="another program keeps it locked") as found:
                act()
            assert (found.value.exit_code, found.value.where) == (75, str(path))
    append(path, some[1:])
    assert read(path) == (tuple(some), ())


def test_a_line_is_durable_before_append_returns(
    tmp_path: Path, some: list[Correction], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    write, sync = os.write, os.fsync
    monkeypatch.setattr(os, "write", lambda d, b: (calls.append("write"), write(d, b))[1])
    monkeypatch.setattr(os, "fsync", lambda d: (calls.append("fsync"), sync(d))[1])
    append(tmp_path / "c.jsonl", some)
    assert calls == ["write", "fsync", "fsync"]  # the lines, and the name of the new file
    append(tmp_path / "c.jsonl", some)
    assert calls[3:] == ["write", "fsync"]


def test_a_full_disk_and_an_invalid_place_are_errors(
    tmp_path: Path, some: list[Correction], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OutputNotCreated):
        append(tmp_path, some)
    with pytest.raises(Unreadable):
        read(tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(WriteFailed, match="no space left") as caught:
        append(tmp_path / "c.jsonl", some)
    assert caught.value.exit_code == 74
