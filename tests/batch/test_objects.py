"""Runs in an object store: a local S3 that answers like the real one."""

from __future__ import annotations

import errno
import gzip
import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch import objects
from pipeline.batch.batch import Batch, plan
from pipeline.batch.folder import Run, open_run
from pipeline.batch.objects import Bucket, Lease, ObjectStore
from pipeline.batch.plan import Job
from pipeline.batch.store import store_at
from pipeline.cli import main
from pipeline.errors import (
    OutputError,
    RunDamaged,
    RunLocked,
    StorageUnavailable,
    StorageUnsuitable,
    UnknownSuffix,
    WriteFailed,
)
from pipeline.input import Skipped, read_item
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.storage import connect
from tests.batch import stub
from tests.batch.disks import Death
from tests.batch.running import letters, rows, run, tree
from tests.batch.serial import Serial
from tests.batch.test_workers import WAIT, alive, children, start

TEXTS = ["Rain fell.", "FAIL P502", "Snow fell.", "Fog."]


class WatchedBucket(Bucket):
    """Counts the effects on a bucket, and calls ``before`` and ``after`` for each."""

    def __init__(self, place: str) -> None:
        super().__init__(connect(place))
        self.calls = 0
        self.before: Callable[[int], None] = lambda _: None
        self.after: Callable[[int], None] = lambda _: None

    def put(self, path: str, file: str) -> None:
        self.effect(super().put, path, file)

    def create(self, path: str, data: bytes) -> bool:
        return bool(self.effect(super().create, path, data))

    def remove(self, path: str) -> None:
        self.effect(super().remove, path)

    def effect(self, do: Callable[..., Any], *arguments: Any) -> Any:
        self.calls += 1
        self.before(self.calls)
        done = do(*arguments)
        self.after(self.calls)
        return done


def dying(place: str, at: int) -> WatchedBucket:
    """Return a bucket after whose nth effect, 0 for none, the program dies."""
    bucket = WatchedBucket(place)

    def die(call: int) -> None:
        if call > at:
            raise Death

    bucket.before = die
    return bucket


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    """Return articles of two parts, one of which has a dead letter."""
    return [rows(tmp_path / "news.jsonl", TEXTS)]


def test_the_bytes_equal_those_of_a_run_on_disk(s3: str, tmp_path: Path, inputs: list[str]) -> None:
    run(tmp_path / "run", inputs)
    run(s3, inputs)
    assert tree(s3) == tree(tmp_path / "run")
    files = ObjectStore(s3).files("")
    run(f"file://{tmp_path}/another%20run", inputs)
    assert tree(tmp_path / "another run") == tree(s3)
    run(s3, inputs)
    assert tree(s3) == tree(tmp_path / "run")
    assert len(ObjectStore(s3).files("")) == len(files)  # locks do not accumulate


def test_a_run_resumed_after_a_crash_at_any_effect_equals_an_uninterrupted_run(
    s3: str, tmp_path: Path, inputs: list[str]
) -> None:
    run(tmp_path / "run", inputs)
    unbroken = tree(tmp_path / "run")
    for at in count(1):
        place = f"{s3}/{at}"
        bucket = dying(place, at)
        with suppress(Death):
            run(place, inputs, store=ObjectStore(place, bucket))
        found = tree(place)
        assert all(unbroken[name] == data for name, data in found.items())
        assert "_SUCCESS.json" not in found or found == unbroken
        run(place, inputs)
        assert tree(place) == unbroken, at
        if bucket.calls == at:
            break
    assert at >= 12


def test_a_store_that_fails_at_any_effect_ends_the_run_with_73_or_74_and_it_resumes(
    s3: str, tmp_path: Path, inputs: list[str]
) -> None:
    run(tmp_path / "run", inputs)
    codes = set()
    for at in count(1):
        place = f"{s3}/{at}"
        bucket = WatchedBucket(place)

        def fail(call: int, at: int = at) -> None:
            if call == at and at % 2:
                raise PermissionError(errno.EACCES, "Access Denied")
            if call >= at:
                raise TimeoutError("no answer")

        if at % 3:
            bucket.before = fail
        else:  # it was done, but the answer was lost
            bucket.after = fail
        try:
            run(place, inputs, store=ObjectStore(place, bucket))
        except OutputError as error:
            codes.add(error.exit_code)
        else:
            if bucket.calls < at:
                break
        run(place, inputs)
        assert tree(place) == tree(tmp_path / "run"), at
    assert at > 12
    assert codes == {73, 74}


def test_a_failed_write_leaves_no_file(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectStore(s3)
    store.put("part", [b"as it was"])

    def chunks() -> Any:
        yield b"x" * 20_000_000
        raise KeyError

    for name in ("part", "other"):
        with pytest.raises(KeyError):
            store.put(name, chunks())
    assert store.read("part") == b"as it was"
    assert store.read("other") is None

    def refuse(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory")

    monkeypatch.setattr("pipeline.batch.objects.NamedTemporaryFile", refuse)
    with pytest.raises(WriteFailed, match="no usable temporary directory"):
        store.put("part", [b"x"])


def test_a_large_file_is_read_by_lines_and_as_a_whole(s3: str) -> None:
    store = ObjectStore(s3)
    lines = [random.Random(at).randbytes(40_000).replace(b"\n", b" ") + b"\n" for at in range(300)]
    written = store.put("part", lines)
    assert written.size == sum(map(len, lines))
    with store.open("part") as file:
        assert list(file) == lines
    assert store.read("part") == b"".join(lines)
    assert list(store.read_all(["none", "part", "none"])) == [None, b"".join(lines), None]


def test_a_killed_driver_resumes_with_other_workers(s3: str, tmp_path: Path) -> None:
    texts = [f"Rain fell {at} times." if at % 7 else "FAIL P502" for at in range(60)]
    inputs = rows(tmp_path / "news.jsonl", texts)
    run(tmp_path / "unbroken", [inputs], max_articles=4)
    command = ["batch", inputs, "-o", s3, "--shard-articles", "4", "--workers"]
    driver = start(*command, "2")
    assert driver.stderr is not None
    committed = (line for line in driver.stderr if line.startswith("part-"))
    for _ in zip(range(random.Random(6).randint(1, 9)), committed, strict=False):
        pass
    orphans = children(driver)
    driver.kill()
    driver.communicate()
    assert driver.returncode == -signal.SIGKILL
    assert ObjectStore(s3).read("_SUCCESS.json") is None
    while any(map(alive, orphans)):
        os.sched_yield()
    driver = start(*command, "1")
    _, stderr = driver.communicate(timeout=WAIT)
    assert driver.returncode == 1, stderr
    assert "already done" in stderr
    assert tree(s3) == tree(tmp_path / "unbroken")


def test_a_second_run_at_the_same_address_reports_the_holder(s3: str, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    inputs = rows(tmp_path / "news.jsonl", [f"READ {gate}"])
    first = start("batch", inputs, "-o", s3, "--workers", "1")
    with gate.open("w"):
        second = start("batch", inputs, "-o", s3)
        _, stderr = second.communicate(timeout=WAIT)
        assert second.returncode == 75
        assert f"error[P406]: {s3}: in use by process {first.pid} on " in stderr
        third = start("status", s3)
        stdout, _ = third.communicate(timeout=WAIT)
        assert third.returncode == 75
        assert f"process {first.pid}" in stdout
    _, stderr = first.communicate(timeout=WAIT)
    assert first.returncode == 0, stderr
    assert main(["status", s3]) == 0


# the lock, as seen from other machines


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that makes this process appear to be on another machine."""

    def move() -> None:
        where = f"boot {random.random()}"
        monkeypatch.setattr(objects, "_process", lambda number: [where, "pid:[1]", number, "0"])

    return move


def test_only_a_lock_that_is_not_renewed_is_taken_over(
    s3: str, elsewhere: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(s3)
    waited: list[float] = []
    with Lease(store).held() as still_ours:
        still_ours()
        elsewhere()
        ours = store.read(".lock/00000001") or b""
        renewed = ours.replace(b'"beat": 0', b'"beat": 9')
        assert renewed != ours
        renewing = Lease(store, wait=lambda _: store.put(".lock/00000001", [renewed]) and None)
        with pytest.raises(RunLocked, match="in use by process"), renewing.held():
            pass
        store.put(".lock/00000001", [ours])
        with Lease(store, wait=waited.append).held() as theirs:
            assert sum(waited) == objects.GONE
            theirs()
            # the first one wakes up
            monkeypatch.setattr(objects, "RENEWED", 0.01)
            woken = Lease(store)
            woken.number = 1
            woken._renew()
            with pytest.raises(RunLocked, match="taken over"):
                woken.check()
            assert Lease(store).holder() is not None
    assert store.files(".lock") == [".lock/00000002"]
    with Lease(store).held():
        pass
    assert store.files(".lock") == [".lock/00000003"]


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b"\xff",
        b"{}",
        b'{"owner": "x", "token": "y", "process": ["", "", "../x", ""]}',
    ],
    ids=["deep", "bytes", "empty", "process"],
)
def test_an_invalid_lock_is_an_error_with_a_code(s3: str, data: bytes) -> None:
    store = ObjectStore(s3)
    store.put(".lock/00000001", [data])
    with pytest.raises(RunDamaged, match="not a lock"), Lease(store).held():
        pass
    with pytest.raises(RunDamaged, match="not a lock"):
        Lease(store).holder()


def test_a_lock_that_was_not_renewed_for_long_counts_as_lost(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Lease(ObjectStore(s3)).held() as still_ours:
        now = objects.time.monotonic()
        monkeypatch.setattr(objects.time, "monotonic", lambda: now + objects.GIVEN_UP + 1)
        with pytest.raises(RunLocked, match="taken over"):
            still_ours()
        monkeypatch.undo()


def test_a_run_that_lost_its_lock_starts_no_more_shards_and_does_not_finish(
    s3: str, inputs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(folder=s3, settings=Settings(), load=stub.load)
    with open_run(s3) as one:
        batch = Batch(one, job, Serial(job))
        batch.begin(plan(inputs, job, max_articles=1), inputs)
        receipts = batch.process(lambda: False)
        next(receipts)
        now = objects.time.monotonic()
        with monkeypatch.context() as later:
            later.setattr(objects.time, "monotonic", lambda: now + objects.GIVEN_UP + 1)
            with pytest.raises(RunLocked, match="taken over"):
                next(receipts)
        assert one.progress().done_shards == 1
        list(batch.process(lambda: False))
        with monkeypatch.context() as later:
            later.setattr(objects.time, "monotonic", lambda: now + objects.GIVEN_UP + 1)
            with pytest.raises(RunLocked, match="taken over"):
                one.finish()
    assert Run(s3).progress().complete
    assert not Run(s3).finished


def test_only_one_of_many_concurrent_processes_gets_a_lock(s3: str) -> None:
    together = threading.Barrier(8)
    held, refused = [], []
    done = threading.Barrier(8)

    def want() -> None:
        one = Lease(ObjectStore(s3))
        together.wait(WAIT)
        try:
            with one.held():
                held.append(one)
                done.wait(WAIT)
        except RunLocked:
            refused.append(one)
            done.wait(WAIT)

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert (len(held), len(refused)) == (1, 7)


def test_a_process_with_an_outdated_view_does_not_take_an_old_lock(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(s3)
    with Lease(store).held():
        pass
    with Lease(store).held():
        pass
    assert store.files(".lock") == [".lock/00000002"]
    late = Lease(store)
    newest = late._newest
    monkeypatch.setattr(late, "_newest", lambda: newest() if late.number else 0)
    with pytest.raises(RunLocked, match="in use by another process"), late.held():
        pass
    assert store.files(".lock") == [".lock/00000002"]


def test_a_lock_is_held_even_if_the_first_answer_was_lost(s3: str) -> None:
    class Forgetful(WatchedBucket):
        def create(self, path: str, data: bytes) -> bool:
            super().create(path, data)
            return super().create(path, data)  # the client repeated the request

    with Lease(ObjectStore(s3, Forgetful(s3))).held() as still_ours:
        still_ours()
        with pytest.raises(RunLocked), Lease(ObjectStore(s3)).held():
            pass


def test_a_store_that_recreates_existing_files_is_refused(
    s3: str, inputs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def overwrite(self: Bucket, path: str, data: bytes) -> bool:
        self.remote.fs.pipe_file(path, data)
        return True

    monkeypatch.setattr(Bucket, "create", overwrite)
    with pytest.raises(StorageUnsuitable, match="creates a file although it exists"):
        run(s3, inputs)
    assert tree(s3) == {}


# from a user's perspective


def test_status_retry_load_and_view_read_a_run_at_an_address(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.plan.ModelExtractor", stub.load)
    monkeypatch.setattr("pipeline.batch.executors.processes", lambda job, _workers: Serial(job))
    healed = tmp_path / "healed"
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell.", f"HEAL {healed}", "Snow fell."])
    night = f"{s3}/nights/1"
    command = ["batch", inputs, "-o", night, "--shard-articles", "1"]
    assert main([*command, "--quiet"]) == 1
    assert main(["load", night, "--db", "sqlite:///news.db"]) == 0
    assert "2 articles: 2 new" in capfd.readouterr().err
    healed.touch()
    assert main(["status", night]) == 1
    assert main(["retry", night, "--quiet"]) == 0
    assert main(["status", night]) == 0
    assert main(["load", night, "--db", "sqlite:///news.db"]) == 0
    assert "1 new, 0 replaced, 2 unchanged" in capfd.readouterr().err
    assert main(["view", night, "-o", "page.html"]) == 0
    assert "Snow fell." in (tmp_path / "page.html").read_text("utf-8")
    rows(tmp_path / "news.jsonl", ["Rain fell.", f"HEAL {healed}", "Snow fell.", "Fog."])
    new = ["batch", inputs, "-o", f"{s3}/nights/2", "--new-only", "--quiet"]
    assert main(new) == 0
    assert Run(f"{s3}/nights/2").progress().articles == 1
    ObjectStore(night).remove("_SUCCESS.json")
    assert main(["load", night, "--db", "sqlite:///news.db"]) == 66
    assert "not a finished run" in capfd.readouterr().err


def test_articles_are_read_in_place(s3: str, tmp_path: Path) -> None:
    texts = [f"Rain fell {at} times. " + "x " * 30_000 for at in range(40)]  # 2.4 MB
    files = {
        "b/news.jsonl": Path(rows(tmp_path / "news.jsonl", texts)).read_bytes(),
        "a.txt": b"Snow fell.",
        "empty.txt": b"",
        "huge.txt": b"x" * 1_000_000,
        ".hidden/c.txt": b"Fog.",
    }
    store = ObjectStore(s3)
    for name, data in files.items():
        store.put(name, [data])
    out = f"{s3}/runs/1"
    settings = Settings(max_bytes=100_000)
    run(out, [s3], max_articles=20, settings=settings)
    again = plan([s3], Job(folder=out, settings=settings))  # its own folder is not input
    assert sum(len(shard.items) for shard in again) == 43
    found = tree(out)
    assert letters(found) == [(None, "P203")]
    parts = [found[name] for name in sorted(found) if name.startswith("part-")]
    records = [json.loads(line) for part in parts for line in part.splitlines()]
    assert [record["text"] for record in records] == ["Snow fell.", *texts, ""]
    assert records[0]["source"]["uri"] == f"{s3}/a.txt"
    run(f"{s3}/runs/2", [f"{s3}/b/*.jsonl"])
    assert Run(f"{s3}/runs/2").progress().counts["records"] == 40


def test_files_of_many_articles_are_read_from_a_store_and_outputs_skipped(
    s3: str,
) -> None:
    rows = "id,text\n1,Rain.\n2,Snow.\n3,Hail.\n"
    store = ObjectStore(s3)
    for name, data in {
        "a.csv": rows.encode(),
        "b.jsonl.gz": gzip.compress(b'{"text": "Fog."}\n{"text": "FAIL P502"}\n'),
        "c.json": b'[{"text": "Sun."}]',
        "notes.py": b"print()",
        "old/plan.jsonl": b"",
        "old/manifest.json": b"{}",
        "old/part-00000.jsonl": b'{"text": "Old."}\n',
        "x.jsonl.dead-letter.jsonl": b"{}",
    }.items():
        store.put(name, [data])
    skipped = Skipped()
    job = Job(folder=f"{s3}/run", settings=Settings())
    (shard,) = plan([s3], job, skipped=skipped)
    assert [item.line for item in shard.items] == [2, 3, 4, 1, 2, 1]
    assert str(skipped) == ("skipped 1 file with other suffixes (.py 1), 2 outputs of this program")
    run(f"{s3}/run", [s3], max_articles=2)
    found = tree(f"{s3}/run")
    parts = [found[name] for name in sorted(found) if name.startswith("part-")]
    records = [json.loads(line) for part in parts for line in part.splitlines()]
    assert [one["text"] for one in records] == ["Rain.", "Snow.", "Hail.", "Fog.", "Sun."]
    assert records[0]["source"]["uri"] == f"{s3}/a.csv#row=2"
    assert [code for _, code in letters(found)] == ["P502"]
    with pytest.raises(UnknownSuffix):
        plan([f"{s3}/notes.py"], job)


def test_a_changed_or_missing_article_is_a_dead_letter_but_a_network_error_is_not(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(s3)
    for name in "abc":
        store.put(f"{name}.txt", [f"Rain fell on {name}.".encode()])
    job = Job(folder=str(tmp_path / "run"), settings=Settings())
    (shard,) = plan([s3], job)
    store.put("a.txt", [b"Snow fell."])
    store.remove("b.txt")
    outcomes = [read_item(item, job.settings) for item in shard.items]
    codes = [one.code if isinstance(one, Failure) else None for one in outcomes]
    assert codes == ["P210", "P201", None]

    def refuse(*_: object, **__: object) -> None:
        raise TimeoutError("no answer")

    monkeypatch.setattr(store.remote.fs, "size", refuse)
    with pytest.raises(StorageUnavailable):
        read_item(shard.items[0], job.settings)


def test_a_folder_is_not_a_file_of_records(s3: str) -> None:
    ObjectStore(s3).put("records/a.jsonl", [b""])
    assert main(["validate", f"{s3}/records/a.jsonl"]) == 0
    assert main(["validate", f"{s3}/records"]) == 66


@pytest.mark.parametrize("name", ["nothing.txt", "none/*.txt"])
def test_an_address_that_names_nothing_is_an_input_error(
    s3: str, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", f"{s3}/{name}", "-o", f"{s3}/run"]) == 66
    assert f"error[P201]: {s3}/{name}" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("place", "code", "message"),
    [
        ("s3://no-such-bucket/run", 73, "check that the bucket is there"),
        ("hdfs://head/run", 2, "error[P101]: hdfs://head/run: no storage that is known"),
        ("s3://", 2, "no storage that is known"),
        ("file://head/run", 2, "names another machine"),
    ],
)
def test_a_place_that_is_not_writable_is_reported(
    s3: str,
    inputs: list[str],
    place: str,
    code: int,
    message: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert s3
    assert main(["batch", *inputs, "-o", place]) == code
    assert message in capfd.readouterr().err


def test_a_missing_package_is_named(
    inputs: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for scheme, package in (("s3", "s3fs"), ("gs", "gcsfs")):
        monkeypatch.setitem(sys.modules, package, None)
        assert main(["batch", *inputs, "-o", f"{scheme}://news/run"]) == 69
        assert f"pip install 'news-extraction-pipeline[{scheme}]'" in capfd.readouterr().err


def test_an_unreachable_store_is_reported(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectStore(s3)

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("Could not connect")

    monkeypatch.setattr(store.remote.fs, "cat_file", refuse)
    with pytest.raises(StorageUnavailable, match=f"{s3}/manifest.json: could not connect"):
        Run(s3, store).manifest()
    assert store_at(s3).holder() is None
