"""The command reads annotated articles and writes weights, the same ones each time."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.stages.language import load
from pipeline.training import dating
from pipeline.training.dating import main

AHEAD = "The court will meet on {}."
PAST = "The court met on {}."
NEXT = {"Tuesday": "2025-05-06", "Friday": "2025-05-02", "Sunday": "2025-05-04"}
LAST = {"Tuesday": "2025-04-29", "Friday": "2025-04-25", "Sunday": "2025-04-27"}
CLOCK = "It closed at 5 p.m."


def article(number: int) -> dict[str, object]:
    """Return an article of sentences on days ahead or past, and a clock time on the last day."""
    frame, days = (AHEAD, NEXT) if number % 2 else (PAST, LAST)
    text, times = "", []
    for day, value in days.items():
        start = len(text) + frame.index("{")
        times.append({"span": [start, start + len(day)], "value": value})
        text += frame.format(day) + " "
    start = len(text) + CLOCK.index("5")
    times.append({"span": [start, start + len("5 p.m.")], "value": f"{days['Sunday']}T17:00"})
    return {"id": str(number), "published": "2025-05-01", "text": text + CLOCK, "times": times}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(article(n)) + "\n" for n in range(10)), "utf-8")
    return path


def run(corpus: Path, out: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--corpus", str(corpus), "--out", str(out)])
    return done.exit_code, done.output


def test_verbs_and_nearness_decide_each_time_the_same(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dating, "load", lambda _: load())
    out = tmp_path / "weights.toml"
    code, output = run(corpus, out)
    assert code == 0, output
    assert "10 articles, 40 choices" in output
    assert "ahead  30 of 30 right" in output
    assert "day  10 of 10 right" in output
    table = tomllib.loads(out.read_text("utf-8"))
    assert table["ahead"]["tense=2"] > 0 > table["ahead"]["tense=-1"]
    assert table["day"]["rank=0"] > 0
    code, output = run(corpus, out)
    assert (code, "the same as those in" in output) == (0, True)


def test_a_corpus_without_such_times_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dating, "load", lambda _: load())
    path = tmp_path / "corpus.jsonl"
    row = {"id": "1", "published": "2025-05-01", "text": "Rain fell.", "times": []}
    path.write_text(json.dumps(row) + "\n", "utf-8")
    code, output = run(path, tmp_path / "weights.toml")
    assert (code, "error[P206]" in output) == (65, True)
