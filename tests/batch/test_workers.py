"""Worker processes die, hang and exit; the run still finishes with the same bytes."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.batch import executors, process
from pipeline.batch.executors import processes
from pipeline.batch.plan import Job
from pipeline.errors import ExtraMissing, WorkerUnavailable
from pipeline.records.schema import text_sha256
from pipeline.settings import Settings
from tests.batch import stub
from tests.batch.running import ids, letters, rows, run, tree

ROOT = Path(__file__).resolve().parents[2]
WAIT = 60
"""Seconds after which a test gives up on a process."""


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the command ``pipeline`` with the stub models."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.stub", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def children(process: subprocess.Popen[str]) -> list[int]:
    """Return the worker processes of a driver."""
    found = []
    for task in Path(f"/proc/{process.pid}/task").glob("*/children"):
        for pid in task.read_text().split():
            if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


def test_the_article_that_kills_its_worker_is_found_and_the_others_have_records(
    tmp_path: Path,
) -> None:
    texts = ["Rain fell.", "FAIL P502", "KILL", "Snow fell.", "Hail fell."]
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    progress = run(tmp_path / "run", inputs, workers=2, max_articles=4)
    assert letters(tmp_path / "run") == [("n1", "P502"), ("n2", "P505")]
    assert ids(tmp_path / "run") == ["n0", "n3", "n4"]
    assert progress.counts["records"] == 3
    assert not (tmp_path / "run/rescue").exists()
    letter = json.loads((tmp_path / "run/dead-letter.jsonl").read_text("utf-8").splitlines()[1])
    assert letter["source"] == f"{inputs[0]}:3"
    assert letter["sha256"] == text_sha256("KILL")


def test_a_worker_that_died_by_accident_loses_no_article(tmp_path: Path) -> None:
    texts = ["Rain fell.", f"ONCE {tmp_path / 'died'}", "FAIL P502", "Snow fell."]
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    run(tmp_path / "killed", inputs, workers=1, max_articles=4)
    assert (tmp_path / "died").exists()
    run(tmp_path / "unbroken", inputs, max_articles=4)
    assert tree(tmp_path / "killed") == tree(tmp_path / "unbroken")


def test_warnings_are_counted_the_same_after_deaths_and_a_retry(tmp_path: Path) -> None:
    died, healed = tmp_path / "died", tmp_path / "healed"
    texts = ["WARN W231" if at % 3 else "WARN W211 W211" for at in range(20)]
    texts[1], texts[6] = f"ONCE {died}", f"HEAL {healed}"
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    for file in (died, healed):
        file.touch()
    progress = run(tmp_path / "unbroken", inputs, max_articles=8)
    for file in (died, healed):
        file.unlink()
    assert run(tmp_path / "run", inputs, workers=3, max_articles=8).codes == {"P503": 1}
    healed.touch()
    run(tmp_path / "run", inputs, workers=3, max_articles=8, again=True)
    assert tree(tmp_path / "run") == tree(tmp_path / "unbroken")
    shown = {
        code: (one.articles, [example.id for example in one.examples])
        for code, one in progress.warnings.items()
    }
    assert shown == {"W211": (6, ["n0", "n3", "n9"]), "W231": (12, ["n2", "n4", "n5"])}
    assert progress.counts["warned"] == 18


def test_a_shard_with_several_killer_articles_gives_all_other_records(tmp_path: Path) -> None:
    texts = ["KILL" if at in (0, 5, 6, 19) else f"Rain fell {at} times." for at in range(20)]
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    run(tmp_path / "run", inputs, workers=2, max_articles=16)
    assert letters(tmp_path / "run") == [(f"n{at}", "P505") for at in (0, 5, 6, 19)]
    assert ids(tmp_path / "run") == [f"n{at}" for at in range(20) if at not in (0, 5, 6, 19)]


def test_a_killer_article_is_identified_after_two_deaths(tmp_path: Path) -> None:
    texts = [f"Rain fell {at} times." for at in range(30)]
    texts[17] = f"COUNT {tmp_path / 'deaths'}"
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    run(tmp_path / "run", inputs, workers=1, max_articles=64)
    assert letters(tmp_path / "run") == [("n17", "P505")]
    assert (tmp_path / "deaths").read_text().split() == ["killed", "killed"]


def test_other_shards_are_processed_while_an_article_keeps_killing_workers(
    tmp_path: Path,
) -> None:
    # the second worker dies only once a shard that was not started before is done
    for name in ("began", "end"):
        os.mkfifo(tmp_path / name)
    texts = [f"MEET {tmp_path}", f"READ {tmp_path / 'began'}", f"WRITE {tmp_path / 'end'}"]
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    settings = Settings(max_seconds=30)
    run(tmp_path / "run", inputs, workers=2, max_articles=1, settings=settings)
    assert letters(tmp_path / "run") == [("n0", "P505")]
    assert ids(tmp_path / "run") == ["n1", "n2"]


def test_a_killer_article_is_found_by_bisection_if_its_index_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors.ProcessWorker, "article", executors.Worker.article)
    texts = [f"Rain fell {at} times." for at in range(12)]
    texts[7] = "KILL"
    texts[9] = f"ONCE {tmp_path / 'died'}"
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    run(tmp_path / "run", inputs, workers=2, max_articles=12)
    assert letters(tmp_path / "run") == [("n7", "P505")]
    assert len(ids(tmp_path / "run")) == 11


def test_a_stopped_worker_is_killed_and_loses_no_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LEAST_GRACE", 0.1)
    monkeypatch.setattr(executors, "LOOK", 0.1)
    texts = ["Rain fell.", f"STOP {tmp_path / 'stopped'}", "Snow fell."]
    inputs = [rows(tmp_path / "news.jsonl", texts)]
    settings = Settings(max_seconds=1)
    run(tmp_path / "stopped-run", inputs, workers=1, settings=settings, max_articles=3)
    assert (tmp_path / "stopped").exists()
    run(tmp_path / "unbroken", inputs, settings=settings, max_articles=3)
    assert tree(tmp_path / "stopped-run") == tree(tmp_path / "unbroken")


def test_a_stopped_idle_worker_does_not_keep_the_run_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "IDLE", 0.1)
    job = Job(folder=str(tmp_path), settings=Settings(), load=stub.load)
    crew = processes(job, 1)
    crew.provenance()
    (worker,) = multiprocessing.active_children()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    crew.close()
    worker.join(WAIT)
    assert worker.exitcode == -signal.SIGKILL


def test_a_worker_that_dies_while_loading_models_does_not_incriminate_its_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_STARTS", str(tmp_path / "starts"))
    monkeypatch.setattr("pipeline.batch.batch.Rescue._admit", None)  # shards are never cut
    inputs = [rows(tmp_path / "news.jsonl", ["Rain fell.", "Snow fell.", "Hail fell."])]
    run(tmp_path / "run", inputs, workers=2, max_articles=1, load=stub.frail)
    run(tmp_path / "unbroken", inputs, max_articles=1)
    assert tree(tmp_path / "run") == tree(tmp_path / "unbroken")
    assert len((tmp_path / "starts").read_text().split()) > 1


def test_workers_that_hang_while_loading_models_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "gate")
    monkeypatch.setenv("STUB_GATE", str(tmp_path / "gate"))
    monkeypatch.setattr(executors, "SLOWEST", 0.1)
    job = Job(folder=str(tmp_path), settings=Settings(), load=stub.waiting)
    with closing(processes(job, 1)) as executor, pytest.raises(WorkerUnavailable):
        executor.provenance()


def test_workers_that_never_start_end_the_run(tmp_path: Path) -> None:
    job = Job(folder=str(tmp_path), settings=Settings(), load=stub.dying)
    with closing(processes(job, 1)) as executor, pytest.raises(WorkerUnavailable):
        executor.provenance()


def test_an_error_of_the_run_is_raised_and_committed_parts_stay(tmp_path: Path) -> None:
    inputs = [rows(tmp_path / "news.jsonl", ["Rain fell.", "Snow fell.", "MISSING"])]
    with pytest.raises(ExtraMissing):
        run(tmp_path / "run", inputs, workers=1)
    assert ids(tmp_path / "run") == ["n0", "n1"]
    assert "_SUCCESS.json" not in tree(tmp_path / "run")


def test_code_that_ignores_the_alarm_is_ended_with_its_process(
    tmp_path: Path,
) -> None:
    inputs = [rows(tmp_path / "news.jsonl", ["DEAF", "Rain fell."])]
    limited = Settings(max_seconds=1)
    run(
        tmp_path / "run",
        inputs,
        workers=1,
        settings=limited,
        load=stub.impatient,
        max_articles=1,
    )
    assert letters(tmp_path / "run") == [("n0", "P505")]
    assert ids(tmp_path / "run") == ["n1"]


def test_an_article_that_takes_too_long_is_given_up_by_every_executor(tmp_path: Path) -> None:
    inputs = [rows(tmp_path / "news.jsonl", ["Rain fell.", "LOOP", "Snow fell."])]
    for workers in (0, 1):
        folder = tmp_path / str(workers)
        run(folder, inputs, workers=workers, settings=Settings(max_seconds=1))
        assert letters(folder) == [("n1", "P504")]
        assert ids(folder) == ["n0", "n2"]
    assert tree(tmp_path / "0") == tree(tmp_path / "1")


def test_workers_end_with_a_killed_driver_and_the_run_resumes(
    tmp_path: Path,
) -> None:
    texts = [f"Rain fell {at} times." if at % 7 else "FAIL P502" for at in range(80)]
    inputs = rows(tmp_path / "news.jsonl", texts)
    run(tmp_path / "unbroken", [inputs], max_articles=4)
    out = tmp_path / "run"
    command = ["batch", inputs, "-o", str(out), "--shard-articles", "4", "--workers"]
    dice = random.Random(6)
    for workers in ("2", "1"):
        driver = start(*command, workers)
        already = len(list(out.glob("part-*")))
        enough = already + dice.randint(1, 5)
        while driver.poll() is None and len(list(out.glob("part-*"))) < enough:
            os.sched_yield()
        orphans = children(driver)
        driver.kill()
        _, stderr = driver.communicate()  # until the tracker of semaphores has ended, too
        assert driver.returncode == -signal.SIGKILL
        assert "leaked" not in stderr
        assert "_SUCCESS.json" not in tree(out)
        end = time.monotonic() + WAIT
        while any(map(alive, orphans)) and time.monotonic() < end:
            os.sched_yield()
        assert not any(map(alive, orphans))
    driver = start(*command, "2")
    _, stderr = driver.communicate(timeout=WAIT)
    assert driver.returncode == 1, stderr
    assert tree(out) == tree(tmp_path / "unbroken")


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_second_run_on_the_same_folder_reports_the_holder(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", [f"READ {gate}"])
    out = str(tmp_path / "run")
    first = start("batch", inputs, "-o", out, "--workers", "1")
    with gate.open("w"):
        for command in (["batch", inputs, "-o", out], ["retry", out]):
            second = start(*command)
            _, stderr = second.communicate(timeout=WAIT)
            assert second.returncode == 75
            assert f"error[P406]: {out}: in use by process {first.pid} on " in stderr
        third = start("status", out)
        stdout, _ = third.communicate(timeout=WAIT)
        assert third.returncode == 75
        assert f"process {first.pid}" in stdout
    _, stderr = first.communicate(timeout=WAIT)
    assert first.returncode == 0, stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_processes_lets_current_shards_finish(
    tmp_path: Path, number: signal.Signals
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell.", f"READ {gate}", "Snow fell."])
    out = tmp_path / "run"
    driver = start("batch", inputs, "-o", str(out), "--workers", "1", "--shard-articles", "2")
    with gate.open("w"):  # opens once the worker reads it
        for pid in (*children(driver), driver.pid):
            os.kill(pid, number)
        assert driver.stderr is not None
        for line in driver.stderr:
            if "stopping" in line:
                break
    _, stderr = driver.communicate(timeout=WAIT)
    assert driver.returncode == 130, stderr
    assert "1 of 2 shards are committed" in stderr
    assert ids(out) == ["n0", "n1"]
    assert "_SUCCESS.json" not in tree(out)


def test_a_second_signal_ends_the_run_immediately_and_it_resumes(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell.", f"READ {gate}"])
    out = tmp_path / "run"
    driver = start("batch", inputs, "-o", str(out), "--workers", "1", "--shard-articles", "1")
    with gate.open("w"):  # the worker stays blocked
        driver.terminate()
        assert driver.stderr is not None
        assert any("stopping" in line for line in driver.stderr)
        driver.terminate()
        _, stderr = driver.communicate(timeout=WAIT)
    assert driver.returncode == 130
    assert "leaked" not in stderr
    assert ids(out) == ["n0"]
    gate.unlink()
    gate.touch()
    run(out, [inputs], max_articles=1)
    assert ids(out) == ["n0", "n1"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_stopped_during_a_rescue_resumes_and_gives_the_same_bytes(
    tmp_path: Path, number: signal.Signals
) -> None:
    for name in ("began", "end"):
        os.mkfifo(tmp_path / name)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell.", f"MEET {tmp_path}", "Snow fell."])
    out = tmp_path / "run"
    driver = start("batch", inputs, "-o", str(out), "--workers", "1", "--shard-articles", "3")
    (tmp_path / "began").read_text()
    signal_all(driver, number)
    assert driver.stderr is not None
    assert any("stopping" in line for line in driver.stderr)
    (tmp_path / "end").write_text("")
    _, stderr = driver.communicate(timeout=WAIT)
    assert driver.returncode == 130
    assert "Traceback" not in stderr
    assert ids(out) == []
    for name in ("began", "end"):
        (tmp_path / name).unlink()
        (tmp_path / name).touch()
    run(out, [inputs], workers=1, max_articles=3)
    assert ids(out) == ["n0", "n2"]
    assert letters(out) == [("n1", "P505")]
    assert not (out / "rescue").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["STUB_IMPORT", "STUB_GATE"])
def test_a_signal_while_workers_import_or_load_ends_the_run_without_a_traceback(
    tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    out = tmp_path / "run"
    driver = start("batch", inputs, "-o", str(out), "--workers", "1", **{moment: str(gate)})
    with gate.open("w"):  # opens once the worker has come this far
        signal_all(driver, number)
        _, stderr = driver.communicate(timeout=WAIT)
    assert driver.returncode == 130
    assert stderr.splitlines() == [
        "interrupted: committed work is kept; repeat the command to resume"
    ]
    gate.unlink()
    run(out, [inputs])
    assert ids(out) == ["n0"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["STUB_IMPORT", "STUB_GATE"])
def test_workers_leave_signals_to_their_driver_from_before_their_first_import(
    tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    out = str(tmp_path / "run")
    driver = start("batch", inputs, "-o", out, "--workers", "1", "--quiet", **{moment: str(gate)})
    with gate.open("w"):
        for worker in children(driver):
            os.kill(worker, number)
    _, stderr = driver.communicate(timeout=WAIT)
    assert (driver.returncode, stderr) == (0, "")


def signal_all(driver: subprocess.Popen[str], number: int) -> None:
    """Send a signal to a driver and its workers, as a terminal does."""
    for pid in (*children(driver), driver.pid):
        os.kill(pid, number)
