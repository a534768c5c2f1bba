"""Linking on Spark gives the same bytes as linking here, or changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.database.linking import link
from pipeline.writers.loading import load
from tests.database.reading import everything, link_as_one
from tests.database.samples import article, crowd
from tests.golden import SEEDS
from tests.runs.clusters import QUICK_JAVA, need

OTHERS = ("Ida Falk", "Ole Vang", "Mads Brix")
SURNAME = [
    article("x1", ("Tove Quandt", "PERSON", "she"), *OTHERS),
    article("x2", ("Quandt", "PERSON", "she"), *OTHERS),
]


def on_spark(address: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Link in a process of its own: Java would outlive the test in this one."""
    command = [sys.executable, "-m", "pipeline", "link", "--to", address, "--engine", "spark"]
    return subprocess.run(
        [*command, "--address", "local[2]"],
        cwd=SEEDS.parent,
        env=os.environ | {"PYTHONPATH": str(SEEDS.parent)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def linked_on_spark(address: str) -> None:
    done = on_spark(address, JAVA_TOOL_OPTIONS=QUICK_JAVA)
    assert done.returncode == 0, done.stderr


@pytest.mark.engine
def test_spark_gives_the_same_bytes_as_this_machine(tmp_path: Path) -> None:
    need("spark")
    here, there = f"sqlite:///{tmp_path}/here", f"duckdb:///{tmp_path}/there"
    records = str(tmp_path / "records.jsonl")
    assert main(["extract", str(SEEDS / "wikinews.jsonl"), "-o", records, "--quiet"]) == 0
    people = list(crowd(40, 1))
    for address in (here, there):
        assert main(["load", records, "--to", address, "--quiet"]) == 0
        load([*people[:25], *SURNAME], address)
    failed = on_spark(there, PYSPARK_PYTHON="/bin/false")
    assert (failed.returncode, failed.stdout) == (69, "")
    assert "error[P307]: spark: " in failed.stderr
    assert not any(everything(there).values())
    link(here)
    linked_on_spark(there)
    assert everything(there) == everything(here)
    for address in (here, there):
        link_as_one(address, ["x1/e1", "x2/e1"])
        load(people[25:], address)
    link(here)
    linked_on_spark(there)
    assert everything(there) == everything(here)


def test_what_spark_needs_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load(SURNAME, address)
    command = ["link", "--to", address]
    assert main([*command, "--address", "spark://head:7077"]) == 2
    assert "add --engine spark" in capfd.readouterr().err
    with monkeypatch.context() as changed:
        changed.setitem(sys.modules, "pyspark", None)
        assert main([*command, "--engine", "spark"]) == 69
    assert "pip install 'news-extraction-pipeline[spark]'" in capfd.readouterr().err
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    failed = on_spark(address, JAVA_HOME=str(tmp_path))
    assert failed.returncode == 69
    assert "error[P307]" in failed.stderr
    assert "Spark needs Java 17" in failed.stderr
    assert not any(everything(address).values())
