"""``pipeline evaluate``: figures on stdout, errors on stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.cli import main

TEXT = "Ann Lee said that the bridge was closed.\n"
ROW: dict[str, Any] = {
    "id": "a",
    "text": TEXT,
    "published": "2025-05-01",
    "attributions": [{"source": [[0, 7]], "cue": [[8, 12]], "content": [[13, 39]]}],
}


@pytest.fixture(autouse=True)
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """Return a file of annotated articles; the model is shared by all tests."""
    monkeypatch.setattr("pipeline.api._loaded", lambda *_, **__: nlp)
    monkeypatch.chdir(tmp_path)
    return written(tmp_path / "gold.jsonl", ROW)


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_there_is_one_metric_per_line(gold: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "attributions", "--gold", str(gold), "-q"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == "attr@0.3 precision 100.0 recall 100.0 f1 100.0 found 1 marked 1"
    assert "recall/indirect@0.3 recall 100.0 marked 1" in lines
    assert "precision/say precision 100.0 found 1" in lines
    assert lines[-1].startswith("calibration_error ")


def test_an_article_with_a_failed_stage_is_named(
    gold: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr("pipeline.stages.times.Times.__call__", fail)
    assert main(["evaluate", "attributions", "--gold", str(gold)]) == 1
    err = capfd.readouterr().err
    assert "error[P501]: a: IndexError" in err
    assert "1 article, 1 failed" in err


def test_several_files_and_folders_add_up_and_come_as_json(
    gold: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "gold"
    folder.mkdir()
    # the same id again, with another text: articles are scored separately
    missed = ROW | {"text": "Rain " * 9, "attributions": [{"content": [[0, 14]]}]}
    written(folder / "b.json", missed)
    arguments = ["--gold", str(gold), "--gold", str(folder), "--json"]
    assert main(["evaluate", "attributions", *arguments]) == 0
    out, err = capfd.readouterr()
    found = json.loads(out)
    assert found["articles"] == 2
    assert found["metrics"]["attr@0.8"]["recall"] == 50
    assert found["metrics"]["attr@0.8"]["precision"] == 100
    assert err == "2 articles, 0 failed\n"


def test_an_article_that_fails_is_named_and_counts_as_missed(
    gold: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    written(gold, ROW, {"id": "empty", "text": " ", "attributions": []})
    assert main(["evaluate", "attributions", "--gold", str(gold), "--json"]) == 1
    out, err = capfd.readouterr()
    assert json.loads(out)["articles"] == 2
    assert "error[P204]: empty" in err
    assert "2 articles, 1 failed" in err


def test_the_requested_profile_and_model_are_used(
    gold: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def loaded(model: str, loading: tuple[tuple[str, object], ...]) -> Language:
        asked.append((model, dict(loading)["profile"]))
        return nlp

    monkeypatch.setattr("pipeline.api._loaded", loaded)
    arguments = ["evaluate", "attributions", "--gold", str(gold), "-q"]
    assert main([*arguments, "--profile", "fast", "--model", "some_model"]) == 0
    assert asked == [("some_model", "fast")]
    assert main([*arguments, "--profile", "slow"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["moods", "--gold", "gold.jsonl"], 2, "the layer 'moods' cannot be evaluated"),
        (["quotes", "--gold", "gold.jsonl"], 2, "--gold does not support quotes"),
        (["attributions"], 2, "--gold"),
        (["attributions", "--corrections", "bad.jsonl"], 2, "go together"),
        (["attributions", "--records", "bad.jsonl", "--gold", "gold.jsonl"], 2, "go together"),
        (["quotes", "--corrections", "none.jsonl", "--records", "bad.jsonl"], 66, "none.jsonl"),
        (
            ["quotes", "--corrections", "bad.jsonl", "--records", "bad.jsonl"],
            65,
            "error[P602]: bad",
        ),
        (["attributions", "--gold", "nowhere.jsonl"], 66, "error[P201]: nowhere.jsonl"),
        (["attributions", "--gold", "bad.jsonl"], 65, "error[P206]: bad.jsonl:1"),
    ],
)
def test_impossible_evaluations_are_errors(
    arguments: list[str], code: int, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("bad.jsonl").write_text("{}\n", "utf-8")
    assert main(["evaluate", *arguments]) == code
    out, err = capfd.readouterr()
    assert (out, message in err) == ("", True)
