"""Other engines give the bytes of a local run, and survive the death of a worker."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.runs.clusters import need, ray_cluster, spark_cluster
from tests.runs.running import letters, rows, run, tree
from tests.runs.test_workers import start

WAIT = 180


@pytest.mark.engine
def test_ray_gives_the_bytes_of_a_local_run_here_and_on_a_cluster(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a token for this test, and for no other")
    with ExitStack() as stack:
        same_bytes("ray", s3, tmp_path, lambda: stack.enter_context(ray_cluster()))


@pytest.mark.engine
def test_spark_gives_the_bytes_of_a_local_run_here_and_on_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("spark")
    # five Java machines for a few seconds each: compiling their code well is half of the time
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    out = tmp_path / "run"
    with ExitStack() as stack:
        cluster = spark_cluster(tmp_path / "spark")
        same_bytes("spark", out, tmp_path, lambda: stack.enter_context(cluster))


def same_bytes(engine: str, out: Path | str, tmp_path: Path, cluster: Callable[[], str]) -> None:
    """Run a batch on an engine of this machine, and retry it on a cluster."""
    texts = [
        *("Rain fell.", "FAIL P502", "Snow fell."),
        f"ONCE {tmp_path / 'died'}",
        f"KILL {tmp_path / 'healed'}",
        *("Hail fell.", "Fog."),
    ]
    inputs = rows(tmp_path / "news.jsonl", texts)
    (tmp_path / "healed").touch()
    (tmp_path / "died").touch()
    run(tmp_path / "local", [inputs])
    for name in ("healed", "died"):
        (tmp_path / name).unlink()
    elsewhere = ["--engine", engine, "--workers", "2"]
    batch = start("batch", inputs, "-o", str(out), "--shard-articles", "2", *elsewhere)
    _, stderr = batch.communicate(timeout=WAIT)
    assert batch.returncode == 1, stderr
    assert letters(tree(out)) == [("n1", "P502"), ("n4", "P505")]
    assert (tmp_path / "died").exists()
    (tmp_path / "healed").touch()
    retry = start("retry", str(out), *elsewhere, "--address", cluster())
    _, stderr = retry.communicate(timeout=WAIT)
    assert retry.returncode == 1, stderr
    assert tree(out) == tree(tmp_path / "local")


def test_an_engine_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    for engine, package in (("ray", "ray"), ("spark", "pyspark")):
        monkeypatch.setitem(sys.modules, package, None)
        assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--engine", engine]) == 69
        assert f"pip install 'news-extraction-pipeline[{engine}]'" in capfd.readouterr().err
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--address", "x"]) == 2
