"""Ray gives the same bytes as a local run, and survives the death of a worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.batch.store import store_at
from pipeline.cli import main
from tests.batch.clusters import ray_cluster
from tests.batch.running import letters, rows, run, tree
from tests.batch.test_workers import start

WAIT = 300


@pytest.mark.check
def test_ray_gives_the_bytes_of_a_local_run_here_and_on_a_cluster(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a token for this test, and for no other")
    # a busy machine needs time to start a server for a driver
    monkeypatch.setenv("RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S", "120")
    gate, died, healed = (tmp_path / name for name in ("gate", "died", "healed"))
    texts = [
        *("Rain fell.", "FAIL P502"),
        *(f"READ {gate}", "Snow fell."),
        *(f"ONCE {died}", f"KILL {healed}"),
        *("Hail fell.", "Fog."),
    ]
    inputs = rows(tmp_path / "news.jsonl", texts)
    store_at(f"{s3}-input").put("news.jsonl", [Path(inputs).read_bytes()])
    inputs = f"{s3}-input"
    for path in (gate, died, healed):
        path.touch()
    run(tmp_path / "local", [inputs])
    for path in (gate, died, healed):
        path.unlink()
    os.mkfifo(gate)
    command = ["batch", inputs, "-o", s3, "--shard-articles", "2", "--workers"]
    driver = start(*command, "1")
    assert driver.stderr is not None
    assert any(line.startswith("part-00000") for line in driver.stderr)
    driver.kill()
    driver.communicate()
    gate.unlink()
    gate.touch()
    batch = start(*command, "2", "--engine", "ray")
    _, stderr = batch.communicate(timeout=WAIT)
    assert batch.returncode == 1, stderr
    assert "6 articles to do, 2 of 8 already done" in stderr
    assert letters(tree(s3)) == [("n1", "P502"), ("n5", "P505")]
    assert died.exists()
    healed.touch()
    with ray_cluster() as cluster:
        retry = start("retry", s3, "--workers", "2", "--engine", "ray", "--address", cluster)
        _, stderr = retry.communicate(timeout=WAIT)
    assert retry.returncode == 1, stderr
    assert tree(s3) == tree(tmp_path / "local")


def test_an_engine_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--engine", "ray"]) == 69
    assert "pip install 'news-extraction-pipeline[ray]'" in capfd.readouterr().err
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--address", "x"]) == 2
