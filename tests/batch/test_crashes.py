"""Wherever a run is interrupted, nothing is lost, duplicated or truncated."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import OutputError
from tests.batch.disks import CountingDisk, Death, DyingDisk, Loss, RefusingDisk, When
from tests.batch.running import rows, run, tree

TEXTS = ["Rain fell.", "FAIL P502", "Snow fell.", "HEAL {healed}"]
"""Two parts, each with a record and a dead letter; the last one becomes a record when retried
after the file ``healed`` exists."""


MEMORY = "/dev/shm"
"""A disk in memory, if there is one: these tests write a thousand runs."""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Yield a folder with the input, an uninterrupted run, and one with retried dead letters."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        yield make(Path(folder))


def make(place: Path) -> Path:
    texts = [text.format(healed=place / "healed") for text in TEXTS]
    inputs = [rows(place / "news.jsonl", texts)]
    run(place / "unbroken", inputs, disk=CountingDisk())
    shutil.copytree(place / "unbroken", place / "retried")
    (place / "healed").touch()
    run(place / "retried", inputs, again=True, disk=CountingDisk())
    (place / "healed").unlink()
    assert tree(place / "retried") != tree(place / "unbroken")
    return place


def die(place: Path, folder: Path, at: int, when: When, loss: Loss, again: bool = False) -> bool:
    """Run until a death at a call of the disk; return whether there was such a call."""
    disk = DyingDisk(folder, at, when, loss)
    with suppress(Death):
        run(folder, [str(place / "news.jsonl")], disk=disk, again=again)
    disk.settle()
    return disk.dead


def nothing_torn(folder: Path, *unbroken: dict[str, bytes]) -> None:
    """Check that named files are complete, and that ``_SUCCESS.json`` means all parts exist."""
    found = {
        name: data
        for name, data in tree(folder).items()
        if not name.endswith(".tmp") and not name.startswith("rescue/")
    }
    for name, data in found.items():
        assert any(data == whole.get(name) for whole in unbroken), name
    if "_SUCCESS.json" in found:
        assert found in unbroken


def sums(files: dict[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the checksum of each part, and the one in its receipt."""
    parts = {name: data for name, data in files.items() if name.startswith("part-")}
    receipts = [json.loads(data) for name, data in files.items() if name.startswith("receipts/p")]
    said = {f"{receipt['name']}.jsonl": receipt["sha256"] for receipt in receipts}
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}, said


def consistent(folder: Path) -> bool:
    """Return whether the receipts and ``_SUCCESS.json`` match the existing parts."""
    files = tree(folder)
    there, said = sums(files)
    success = json.loads(files["_SUCCESS.json"])
    return said == {part["name"]: part["sha256"] for part in success["parts"]} == there


def fresh(place: Path, name: str) -> Path:
    folder = place / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def test_a_run_resumed_after_a_crash_at_any_call_equals_an_uninterrupted_run(
    place: Path,
) -> None:
    unbroken = tree(place / "unbroken")
    inputs = [str(place / "news.jsonl")]
    disk = CountingDisk()
    run(fresh(place, "counted"), inputs, disk=disk)
    assert disk.calls > 40
    for (at, when), loss in product(disk.points(), get_args(Loss)):
        folder = fresh(place, "killed")
        assert die(place, folder, at, when, loss)
        nothing_torn(folder, unbroken)
        there, said = sums(tree(folder))
        assert said.items() <= there.items()  # readers that follow receipts miss no part
        run(folder, inputs, disk=CountingDisk())
        assert tree(folder) == unbroken, (at, when, loss)


def test_a_crash_at_any_call_of_a_retry_leaves_a_run_that_can_resume(place: Path) -> None:
    unbroken, retried = tree(place / "unbroken"), tree(place / "retried")
    inputs = [str(place / "news.jsonl")]
    (place / "healed").touch()
    disk = CountingDisk()
    shutil.copytree(place / "unbroken", fresh(place, "counted"), dirs_exist_ok=True)
    run(place / "counted", inputs, disk=disk, again=True)
    assert disk.calls > 25
    for (at, when), loss in product(disk.points(), get_args(Loss)):
        folder = fresh(place, "killed")
        shutil.copytree(place / "unbroken", folder, dirs_exist_ok=True)
        assert die(place, folder, at, when, loss, again=True)
        nothing_torn(folder, unbroken, retried)
        if at % 2:  # the run is resumed first
            run(folder, inputs, disk=CountingDisk())
            assert consistent(folder), (at, when, loss)
        run(folder, inputs, again=True, disk=CountingDisk())
        assert tree(folder) == retried, (at, when, loss)
    (place / "healed").unlink()


def test_a_finished_run_survives_a_power_failure(place: Path) -> None:
    outer = fresh(place, "outer")
    disk = DyingDisk(outer, at=0, when=1, loss="unsynced bytes and names")
    run(outer / "a" / "b", [str(place / "news.jsonl")], disk=disk)
    disk.settle()
    assert tree(outer / "a" / "b") == tree(place / "unbroken")


def test_partial_files_of_a_dead_process_are_removed(place: Path) -> None:
    folder = fresh(place, "littered")
    (folder / "receipts").mkdir()
    for name in (".plan.jsonl.99.tmp", "receipts/.part-00000.json.99.tmp"):
        (folder / name).write_text("half", "utf-8")
    (folder / "rescue" / "receipts").mkdir(parents=True)
    (folder / "rescue" / "part-00000a.jsonl").write_text("half", "utf-8")
    run(folder, [str(place / "news.jsonl")])
    assert tree(folder) == tree(place / "unbroken")
    assert not (folder / "rescue").exists()


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.floats(0, 1), st.sampled_from(get_args(Loss))),
        min_size=2,
        max_size=5,
    )
)
def test_repeated_crashes_do_no_lasting_damage(
    place: Path, deaths: list[tuple[int, When, Loss]]
) -> None:
    folder = fresh(place, "often")
    for at, when, loss in deaths:
        die(place, folder, at, when, loss)
    run(folder, [str(place / "news.jsonl")], disk=CountingDisk())
    assert tree(folder) == tree(place / "unbroken")


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG]
)
def test_a_disk_that_refuses_any_call_ends_the_run_with_73_or_74(place: Path, number: int) -> None:
    unbroken = tree(place / "unbroken")
    inputs = [str(place / "news.jsonl")]
    codes = set()
    for at in count(1):
        folder = fresh(place, "full")
        try:
            run(folder, inputs, disk=RefusingDisk(at, number))
        except OutputError as error:
            codes.add(error.exit_code)
        else:
            break
        nothing_torn(folder, unbroken)
        run(folder, inputs, disk=CountingDisk())
        assert tree(folder) == unbroken
    assert at > 40
    assert codes == {73, 74}
