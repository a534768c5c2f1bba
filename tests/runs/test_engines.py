"""Other engines give the bytes of a local run, and survive the death of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.running import letters, rows, run, tree
from tests.runs.test_workers import start

WAIT = 180


@pytest.mark.engine
def test_ray_gives_the_bytes_of_a_local_run_and_finds_the_article_that_kills(
    tmp_path: Path,
) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
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
    out = str(tmp_path / "run")
    on_ray = ["--engine", "ray", "--workers", "2"]
    batch = start("batch", inputs, "-o", out, "--shard-articles", "2", *on_ray)
    _, stderr = batch.communicate(timeout=WAIT)
    assert batch.returncode == 1, stderr
    assert letters(Path(out)) == [("n1", "P502"), ("n4", "P505")]
    assert (tmp_path / "died").exists()
    (tmp_path / "healed").touch()
    retry = start("retry", out, *on_ray)
    _, stderr = retry.communicate(timeout=WAIT)
    assert retry.returncode == 1, stderr
    assert tree(Path(out)) == tree(tmp_path / "local")


@pytest.mark.engine
def test_a_cluster_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    address = ["--engine", "ray", "--address", "ray://127.0.0.1:1"]
    batch = start("batch", inputs, "-o", str(tmp_path / "run"), *address)
    _, stderr = batch.communicate(timeout=WAIT)
    assert batch.returncode == 69
    assert "error[P307]: ray://127.0.0.1:1" in stderr


def test_an_engine_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from pipeline.cli import main

    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--engine", "ray"]) == 69
    assert "pip install 'news-extraction-pipeline[ray]'" in capfd.readouterr().err
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--address", "x"]) == 2
