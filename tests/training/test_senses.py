"""The command reads marked sentences and annotated articles and writes weights, always the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.quantities import senses
from pipeline.training.senses import examples, main

TALL, PAID = "The tower is {}m tall.", "They paid {}m euros."


def sentences() -> list[dict[str, Any]]:
    rows = []
    for number in range(10, 22):
        for frame, reading in ((TALL, "m"), (PAID, "scale")):
            at = frame.index("{") + 2
            rows.append({"text": frame.format(number), "forms": [[at, at + 1, reading]]})
    return rows


def run(path: Path, out: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--corpus", str(path), "--out", str(out)])
    return done.exit_code, done.output


def test_words_around_decide_each_time_the_same(tmp_path: Path) -> None:
    path, out = tmp_path / "sentences.jsonl", tmp_path / "weights.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in sentences()), "utf-8")
    code, output = run(path, out)
    assert code == 0, output
    assert "24 texts, 24 choices" in output
    assert "sentences  24 of 24 right" in output
    table = json.loads(out.read_bytes())
    assert table["length >0=tall"] > 0 > table["scale >0=tall"]
    code, output = run(path, out)
    assert (code, "the same as those in" in output) == (0, True)


def test_a_text_without_ambiguous_units_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({"text": "Rain fell.", "forms": []}) + "\n", "utf-8")
    code, output = run(path, tmp_path / "weights.json")
    assert (code, "error[P206]" in output) == (65, True)


def annotated(text: str, words: str, **figure: Any) -> dict[str, Any]:
    start = text.index(words)
    told = {"kind": "quantity", "low": None, "high": None, "span": [start, start + len(words)]}
    return {"text": text, "figures": [told | figure]}


@pytest.mark.parametrize(
    ("row", "form", "reading"),
    [
        (annotated("It is 90m long.", "90m", value="90", unit="m"), "m", "m"),
        (annotated("It has 90m users.", "90m", value="90000000", unit=None), "m", "scale"),
        (
            annotated("He lost 20 pounds.", "20 pounds", value="20", unit="GBP", kind="money"),
            "pound",
            "money",
        ),
        (annotated("It fell to 38 degrees.", "38", value="38", unit="Cel"), "degree", "heat"),
    ],
)
def test_an_annotated_figure_tells_the_reading(
    row: dict[str, Any], form: str, reading: str
) -> None:
    (one,) = examples([row])
    readings = (senses.LETTERS | senses.WORDS)[form]
    assert readings[one.right] == reading
