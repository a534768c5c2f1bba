"""Other engines give the bytes of a local run, and survive the death of a worker."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.runs.running import letters, rows, run, tree
from tests.runs.test_workers import start

WAIT = 180


@pytest.mark.engine
@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("spark", "pyspark")])
def test_an_engine_gives_the_bytes_of_a_local_run_and_finds_the_article_that_kills(
    tmp_path: Path, engine: str, package: str
) -> None:
    if not find_spec(package):  # importing it here would cost what its warnings cost
        pytest.skip(f"the extra {engine} is not installed")
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
    elsewhere = ["--engine", engine, "--workers", "2"]
    batch = start("batch", inputs, "-o", out, "--shard-articles", "2", *elsewhere)
    _, stderr = batch.communicate(timeout=WAIT)
    assert batch.returncode == 1, stderr
    assert letters(Path(out)) == [("n1", "P502"), ("n4", "P505")]
    assert (tmp_path / "died").exists()
    (tmp_path / "healed").touch()
    retry = start("retry", out, *elsewhere)
    _, stderr = retry.communicate(timeout=WAIT)
    assert retry.returncode == 1, stderr
    assert tree(Path(out)) == tree(tmp_path / "local")


def test_an_engine_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = rows(tmp_path / "news.jsonl", ["Rain fell."])
    for engine, package in (("ray", "ray"), ("spark", "pyspark")):
        monkeypatch.setitem(sys.modules, package, None)
        assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--engine", engine]) == 69
        assert f"pip install 'news-extraction-pipeline[{engine}]'" in capfd.readouterr().err
    assert main(["batch", inputs, "-o", str(tmp_path / "run"), "--address", "x"]) == 2
