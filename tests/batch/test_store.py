"""A file exists completely or not at all, and files of others are never cleaned up."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.batch import store as stores
from pipeline.batch.store import LocalStore
from pipeline.errors import NotOurFile, RunLocked, StorageUnavailable


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "run")

    def chunks() -> object:
        yield b"half"
        raise KeyError

    with pytest.raises(KeyError):
        store.put("a/b.jsonl", chunks())  # type: ignore[arg-type]
    assert list((tmp_path / "run").rglob("*.*")) == []


def test_cleaning_up_a_rescue_keeps_files_of_other_workers(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("rescue/part-00001a.jsonl", [b"a"])
    (tmp_path / ".part-00002.jsonl.99.tmp").touch()
    store.remove_folder("rescue")
    assert [path.name for path in tmp_path.iterdir()] == [".part-00002.jsonl.99.tmp"]
    store.clean()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("a", [b"first"])
    with store.open("a") as before:
        written = store.put("a", [b"sec", b"ond"])
        assert before.read() == b"first"
    assert (tmp_path / "a").read_bytes() == b"second"
    assert written.size == 6
    store.remove("a")
    store.remove("a")
    assert list(tmp_path.iterdir()) == []


def test_reading_the_holder_of_a_lock_does_not_block_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / stores.LOCK).touch()
    with (tmp_path / stores.LOCK).open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        with pytest.raises(RunLocked), stores.locked(tmp_path):
            pass
        monkeypatch.setattr(stores.time, "sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
        with stores.locked(tmp_path):
            assert stores.holder(tmp_path)
    assert stores.holder(tmp_path) is None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files in /proc")
def test_no_file_stays_open(tmp_path: Path) -> None:
    """A driver runs for days: leaking one descriptor at each commit would end it."""
    store = LocalStore(tmp_path / "nights" / "1")

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise KeyError

    def work() -> None:
        shutil.rmtree(tmp_path / "nights", ignore_errors=True)
        store.make()
        with pytest.raises(KeyError):
            store.put("a", broken())
        with store.hold():
            assert store.holder()
            store.put("receipts/a", [b"rain"])
            store.put("rescue/receipts/a", [b"rain"])
            (store.folder / "receipts" / ".a.99.tmp").touch()
            store.clean()
            store.remove_folder("rescue")
            assert list(store.read_all(["receipts/a", "receipts/b", "c/d"])) == [
                b"rain",
                None,
                None,
            ]
            for name in ("receipts", "c"):
                with pytest.raises((FileNotFoundError, StorageUnavailable)):
                    store.open(name)
            (store.folder / "link").symlink_to("receipts")
            for name in ("link", "link/a"):
                with pytest.raises(NotOurFile):
                    store.open(name)
            (store.folder / "link").unlink()
            store.remove("receipts/a")
        store.holder()

    work()
    before = len(list(Path("/proc/self/fd").iterdir()))
    work()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
