"""``extract`` gives up on an article that takes too long, and ends cleanly on Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.batch.running import rows
from tests.batch.test_workers import WAIT, start


def extract(tmp_path: Path, *texts: str) -> tuple[int, str]:
    """Run ``extract`` over articles with a limit of a second; return exit code and stderr."""
    inputs = rows(tmp_path / "news.jsonl", texts)
    out = str(tmp_path / "x.jsonl")
    program = start("extract", inputs, "-o", out, "--max-seconds", "1")
    _, stderr = program.communicate(timeout=WAIT)
    return program.returncode, stderr


def read(path: Path, *keys: str) -> list[tuple[str, ...]]:
    return [
        tuple(row[key] for key in keys)
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def test_an_article_that_takes_too_long_is_a_dead_letter_and_the_next_one_is_read(
    tmp_path: Path,
) -> None:
    code, stderr = extract(tmp_path, "Rain fell.", "LOOP", "Snow fell.")
    assert code == 1, stderr
    assert read(tmp_path / "x.jsonl", "id") == [("n0",), ("n2",)]
    assert read(tmp_path / "x.jsonl.dead-letter.jsonl", "id", "code") == [("n1", "P504")]


def test_records_before_an_article_stuck_in_compiled_code_are_written(
    tmp_path: Path,
) -> None:
    code, stderr = extract(tmp_path, "Rain fell.", "DEAF", "Snow fell.")
    assert code == 70, stderr
    assert "over 1 s, stuck in compiled code" in stderr
    assert "later articles were not read" in stderr
    assert read(tmp_path / "x.jsonl", "id") == [("n0",)]
    assert read(tmp_path / "x.jsonl.dead-letter.jsonl", "id", "code") == [("n1", "P504")]
    assert not list(tmp_path.glob(".*"))


def test_a_program_that_blocks_all_threads_ends_with_a_dump_and_no_output(
    tmp_path: Path,
) -> None:
    code, stderr = extract(tmp_path, "Rain fell.", "HOLD", "Snow fell.")
    assert code == 1
    assert "Timeout" in stderr
    assert not (tmp_path / "x.jsonl").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_models_are_loaded_leaves_nothing_and_no_traceback(
    tmp_path: Path, number: signal.Signals
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    out = tmp_path / "out" / "x.jsonl"
    program = start("extract", inputs, "-o", str(out), STUB_GATE=str(gate))
    with gate.open("w"):  # opens once the models are being loaded
        program.send_signal(number)
        _, stderr = program.communicate(timeout=WAIT)
    assert program.returncode == 130
    assert stderr.splitlines()[-1] == "interrupted: the output was not changed"
    assert "Traceback" not in stderr
    assert not any(out.parent.glob("*"))
    assert not any(out.parent.glob(".*"))


def test_a_program_that_ignores_ctrl_c_keeps_ignoring_it(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for &
    try:
        program = start("extract", inputs, "-o", f"{tmp_path}/x.jsonl", STUB_GATE=str(gate))
    finally:
        signal.signal(signal.SIGINT, before)
    with gate.open("w"):
        program.send_signal(signal.SIGINT)
    _, stderr = program.communicate(timeout=WAIT)
    assert program.returncode == 0, stderr
