"""The command reads annotated articles and writes weights, the same ones each time."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.training.namesakes import main

MARKED = re.compile(r"\[(\w+)\|([^\]]+)\]")
TEXT = (
    "[{0}|{0} Lee] left the house. His son, [{1}|{1} Lee], stayed there. "
    "It rained all day. [{0}|Lee] came back. [{0}|Lee] slept."
)


def article(number: int, text: str) -> dict[str, Any]:
    """Return an article with its names, each marked as "[key|name]"."""
    entities: dict[str, list[tuple[int, int, str]]] = {}
    for found in MARKED.finditer(text):
        start = len(MARKED.sub(r"\2", text[: found.start()]))
        entities.setdefault(found[1], []).append((start, start + len(found[2]), "name"))
    return {
        "id": str(number),
        "text": MARKED.sub(r"\2", text),
        "entities": [
            {"name": f"{key} Lee", "label": "PERSON", "mentions": mentions}
            for key, mentions in entities.items()
        ],
    }


def run(tmp_path: Path, *texts: str) -> tuple[int, str]:
    corpus = tmp_path / "corpus.jsonl"
    rows = [json.dumps(article(number, text)) + "\n" for number, text in enumerate(texts)]
    corpus.write_text("".join(rows), "utf-8")
    given = ["--corpus", str(corpus), "--out", str(tmp_path / "weights.toml")]
    done = CliRunner().invoke(main, given)
    return done.exit_code, done.output


def test_the_first_one_named_is_learned_each_time_the_same(tmp_path: Path) -> None:
    texts = [TEXT.format(*names) for names in [("Al", "Bo"), ("Bo", "Al")] * 5]
    code, output = run(tmp_path, *texts)
    assert code == 0, output
    assert "10 articles, 20 choices" in output
    assert "namesake  20 of 20 right" in output
    weights = tomllib.loads((tmp_path / "weights.toml").read_text("utf-8"))
    assert weights["named first"] > 0
    assert weights["last short"] > 0
    code, output = run(tmp_path, *texts)
    assert (code, "the same as those in" in output) == (0, True)


@pytest.mark.parametrize("text", ["It rained.", "[Al|Al Lee] left. [Al|Lee] slept."])
def test_a_corpus_without_namesakes_is_refused(tmp_path: Path, text: str) -> None:
    code, output = run(tmp_path, text)
    assert (code, "error[P206]" in output) == (65, True)
