"""Readers of a folder of Parquet files find all files at any time during a load."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import pandas
import pyarrow.parquet
import pytest

from pipeline.errors import LoadFailed
from pipeline.output import parquet
from pipeline.output.loading import SCHEMA, LoadTally, load
from tests.batch.tracing import tracing
from tests.output.reading import read_records
from tests.output.samples import record

FILES = {f"{table.name}.parquet" for table in SCHEMA.tables}
needs_exchange = pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="this system cannot exchange folders"
)


@contextmanager
def at_each_call(look: Callable[[], None]) -> Iterator[None]:
    """Call a function at every call made by the modules of ``pipeline/output``."""
    threads: list[Any] = [sys.setprofile, threading.setprofile]

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        frames = (frame, frame.f_back) if event == "call" else (frame,)
        files = [one.f_code.co_filename for one in frames if one is not None]
        if event in ("call", "c_call") and any(
            str(Path("pipeline") / "output") in name for name in files
        ):
            look()

    for set_profile in threads:
        set_profile(watch)
    try:
        yield
    finally:
        for set_profile in threads:
            set_profile(None)


@needs_exchange
def test_the_folder_has_all_its_files_at_every_moment_of_a_load(tmp_path: Path) -> None:
    address = tmp_path / "x.parquet"
    load([record("a"), record("b")], str(address))
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        assert set(os.listdir(address)) == FILES  # noqa: PTH208 - names only, and fast

    with at_each_call(look):
        load([record("a", title="new"), record("c")], str(address))
    assert looks > 500
    assert [one.id for one in read_records(str(address))] == ["a", "b", "c"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


@needs_exchange
@pytest.mark.parametrize("by", ["pandas", "pyarrow"])
def test_readers_see_no_error_during_a_load(tmp_path: Path, by: str) -> None:
    """Each of these opens a file once; see docs/reliability.md for those that open it twice."""
    address = tmp_path / "x.parquet"
    load([record(f"{number}") for number in range(5)], str(address))
    path = str(address / "articles.parquet")
    read: Callable[[], int] = {
        "pandas": lambda: len(pandas.read_parquet(path)),
        "pyarrow": lambda: pyarrow.parquet.ParquetFile(path).read().num_rows,
    }[by]
    expected = read()
    over = threading.Event()
    counts: list[int] = []

    def reading() -> None:
        while not over.is_set() or not counts:
            counts.append(read())

    reader = threading.Thread(target=reading)
    reader.start()
    for number in range(5):
        load([record("1", title=f"{number}")], str(address))
    over.set()
    reader.join()
    assert set(counts) == {expected}


def test_duckdb_reads_what_was_loaded(tmp_path: Path) -> None:
    address = f"{tmp_path}/x.parquet"
    for title in ("old", "new"):
        load([record("a", title=title), record("b")], address)
        asked = f"SELECT id, title FROM '{address}/articles.parquet' ORDER BY id"
        assert duckdb.sql(asked).fetchall() == [("a", title), ("b", None)]


def test_files_are_durable_before_they_have_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([record("a")], f"{tmp_path}/x.parquet")
    with tracing(tmp_path, monkeypatch) as trace:
        load([record("b")], f"{tmp_path}/x.parquet")
    synced = [line for line in trace.shown() if line.startswith("fsync")]
    assert set(synced[:-2]) == {f"fsync .x.parquet.tmp/{name}" for name in FILES}
    assert synced[-2:] == ["fsync .x.*.tmp", "fsync ."]


@pytest.mark.parametrize("number", sorted(parquet.CANNOT))
def test_folders_are_renamed_if_they_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    address = f"{tmp_path}/x.parquet"
    load([record("a")], address)

    class System:
        """A system library without support for it."""

        @staticmethod
        def renameat2(*_: object) -> int:
            return -1

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: System)
    monkeypatch.setattr("ctypes.get_errno", lambda: number)
    assert load([record("a", title="new")], address) == LoadTally(replaced=1)
    assert list(read_records(address)) == [record("a", title="new")]
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


def test_a_failed_exchange_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{tmp_path}/x.parquet"
    load([record("a")], address)

    class System:
        @staticmethod
        def renameat2(*_: object) -> int:
            return -1

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: System)
    monkeypatch.setattr("ctypes.get_errno", lambda: errno.EIO)
    with pytest.raises(LoadFailed, match="input/output error"):
        load([record("a", title="new")], address)
    monkeypatch.undo()
    assert list(read_records(address)) == [record("a")]
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


def test_a_link_in_place_of_the_new_files_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    for end in ("new", "tmp"):
        (tmp_path / f".x.parquet.{end}").symlink_to("away")
    with pytest.raises(LoadFailed, match="file exists"):
        load([record("a")], f"{tmp_path}/x.parquet")
    assert list((tmp_path / "away").iterdir()) == []
