"""Judgements on the page change the next evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

import pipeline
from pipeline.cli import main
from tests.desk.server.conftest import Serve

TEXT = "“We won,” said Ann Lee, the mayor. “We lost,” said Bo Kim."


def measured(capfd: pytest.CaptureFixture[str]) -> Any:
    files = ["--corrections", "corrections.jsonl", "--records", "news.jsonl"]
    capfd.readouterr()
    assert main(["evaluate", "quotes", *files, "--json", "-q"]) == 0
    return json.loads(capfd.readouterr().out)


def test_judgements_on_the_page_are_used_to_evaluate_the_next_extraction(
    serve: Serve,
    nlp: Language,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.api._loaded", lambda *_: nlp)
    served = serve(pipeline.extract(TEXT, id="a", nlp=nlp))
    judgement = {"record": "a", "layer": "quotes"}
    said = served.post("/corrections", json=judgement | {"action": "complete"})
    assert len(said.json()) == 3
    before = measured(capfd)
    said = served.post("/corrections", json=judgement | {"action": "reject", "item": "q2"})
    assert said.status_code == 201
    after = measured(capfd)
    quotes = [one["metrics"]["quotes"] for one in (before, after)]
    assert [(one["precision"], one["marked"]) for one in quotes] == [(100, 2), (50, 1)]
    assert after["metrics"]["quotes/rejected"] == {"error": 100, "marked": 1}
