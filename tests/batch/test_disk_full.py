"""Full, read-only and quota-limited file systems: 73 or 74, nothing truncated, and resumable."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import OutputNotCreated, WriteFailed
from tests.batch.running import rows, run, tree
from tests.batch.test_crashes import nothing_torn
from tests.batch.test_workers import ROOT

TEXTS = [f"{at} " + "Rain fell. " * 2_000 for at in range(8)]
"""Eight articles of 22,000 characters."""


def mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Yield a file system of 100 KB, if this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        mount(folder, "size=100k")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_file_system_ends_the_run_which_resumes_once_there_is_space(
    tmp_path: Path, small: Path
) -> None:
    inputs = [rows(tmp_path / "news.jsonl", TEXTS)]
    run(tmp_path / "unbroken", inputs)
    unbroken = tree(tmp_path / "unbroken")
    with pytest.raises(WriteFailed, match="no space left"):
        run(small / "run", inputs)
    nothing_torn(small / "run", unbroken)
    assert "part-00000.jsonl" in tree(small / "run")
    assert not list((small / "run").rglob("*.tmp"))
    mount(small, "remount,size=10m")
    mount(small, "remount,ro")
    with pytest.raises(OutputNotCreated, match="read-only"):
        run(small / "run", inputs)
    with pytest.raises(OutputNotCreated, match="read-only"):
        run(small / "other", inputs)
    mount(small, "remount,rw")
    run(small / "run", inputs)
    assert tree(small / "run") == unbroken


def test_a_file_system_without_free_inodes_ends_the_run(tmp_path: Path, small: Path) -> None:
    inputs = [rows(tmp_path / "news.jsonl", ["Rain fell."])]
    mount(small, "remount,size=10m,nr_inodes=5")
    with pytest.raises(OutputNotCreated, match="no space left"):
        run(small / "run", inputs)
    mount(small, "remount,nr_inodes=500")
    run(small / "run", inputs)
    run(tmp_path / "unbroken", inputs)
    assert tree(small / "run") == tree(tmp_path / "unbroken")


def test_a_limit_to_the_size_of_files_ends_the_run_with_74(tmp_path: Path) -> None:
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell.", *TEXTS])
    out = tmp_path / "run"
    arguments = ["batch", inputs, "-o", str(out), "--workers", "1", "--shard-articles", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.batch.stub", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 74, done.stderr
    assert "error[P403]" in done.stderr
    assert "file too large" in done.stderr
    run(tmp_path / "unbroken", [inputs], max_articles=1)
    unbroken = tree(tmp_path / "unbroken")
    nothing_torn(out, unbroken)
    run(out, [inputs], max_articles=1)
    assert tree(out) == unbroken
