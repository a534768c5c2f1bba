"""Other engines give the same bytes as a local run, and survive the death of a worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.runs.store import store_at
from tests.runs.clusters import QUICK_JAVA, need, ray_cluster, spark_cluster
from tests.runs.running import letters, rows, run, tree
from tests.runs.test_workers import start

WAIT = 300


@pytest.mark.engine
def test_ray_gives_the_bytes_of_a_local_run_here_and_on_a_cluster(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a token for this test, and for no other")
    # a busy machine needs time to start a server for a driver
    monkeypatch.setenv("RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S", "120")
    with ExitStack() as stack:
        same_bytes("ray", s3, tmp_path, lambda: stack.enter_context(ray_cluster()), there=True)


@pytest.mark.engine
def test_spark_gives_the_bytes_of_a_local_run_here_and_on_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("spark")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", QUICK_JAVA)
    out = tmp_path / "run"
    with ExitStack() as stack:
        aside = stack.enter_context(ThreadPoolExecutor(1))
        # it starts while the batch runs here: Java is slow to start
        cluster = aside.submit(stack.enter_context, spark_cluster(tmp_path / "spark"))
        same_bytes("spark", out, tmp_path, cluster.result)


def same_bytes(
    engine: str, out: Path | str, tmp_path: Path, cluster: Callable[[], str], *, there: bool = False
) -> None:
    """Start a batch here, kill it, resume it with an engine, and retry it on a cluster.

    ``there`` says that the input is in an object store as well.
    """
    gate, died, healed = (tmp_path / name for name in ("gate", "died", "healed"))
    texts = [
        *("Rain fell.", "FAIL P502"),
        *(f"READ {gate}", "Snow fell."),
        *(f"ONCE {died}", f"KILL {healed}"),
        *("Hail fell.", "Fog."),
    ]
    inputs = rows(tmp_path / "news.jsonl", texts)
    if there:
        store_at(f"{out}-input").put("news.jsonl", [Path(inputs).read_bytes()])
        inputs = f"{out}-input"
    for path in (gate, died, healed):
        path.touch()
    run(tmp_path / "local", [inputs])
    for path in (gate, died, healed):
        path.unlink()
    os.mkfifo(gate)
    command = ["batch", inputs, "-o", str(out), "--shard-articles", "2", "--workers"]
    driver = start(*command, "1")
    assert driver.stderr is not None
    assert any(line.startswith("part-00000") for line in driver.stderr)
    driver.kill()
    driver.communicate()
    gate.unlink()
    gate.touch()
    batch = start(*command, "2", "--engine", engine)
    _, stderr = batch.communicate(timeout=WAIT)
    assert batch.returncode == 1, stderr
    assert "6 articles to do, 2 of 8 already done" in stderr
    assert letters(tree(out)) == [("n1", "P502"), ("n5", "P505")]
    assert died.exists()
    healed.touch()
    retry = start("retry", str(out), "--workers", "2", "--engine", engine, "--address", cluster())
    _, stderr = retry.communicate(timeout=WAIT)
    assert retry.returncode == 1, stderr
    assert tree(out) == tree(tmp_path / "local")


def test_an_engine_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    for engine, package in (("ray", "ray"), ("spark", "pyspark")):
        for name in (package, f"{package}.sql"):  # a loaded submodule is found without its package
            monkeypatch.setitem(sys.modules, name, None)
        assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--engine", engine]) == 69
        assert f"pip install 'news-extraction-pipeline[{engine}]'" in capfd.readouterr().err
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--address", "x"]) == 2
