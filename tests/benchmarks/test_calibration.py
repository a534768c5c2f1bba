"""The plot is drawn from the bins, and is a picture that any reader of SVG can show."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import annotated
import calibration
import pytest
from spacy.language import Language

from pipeline.records.schema import ArticleRecord
from pipeline.training.attributed import AnnotatedArticle
from pipeline.training.evaluation import Verdict, bins, calibration_error

SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = [
    *(Verdict(0.95, True) for _ in range(1999)),
    Verdict(0.95, False),
    *(Verdict(0.25, right) for right in (True, False, False, False)),
]


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if one.get("class") == name]


def drawn(verdicts: list[Verdict]) -> ElementTree.Element:
    error = calibration_error(verdicts)
    assert error is not None
    return ElementTree.fromstring(calibration.plot(bins(verdicts), error))


def test_each_nonempty_bin_has_a_bar_a_dot_and_its_number() -> None:
    root = drawn(VERDICTS)
    low, high = of_class(root, "bar")
    assert float(low.get("height", "")) == pytest.approx(calibration.SIDE / 4)
    assert float(high.get("height", "")) == pytest.approx(calibration.SIDE * 0.9995, abs=0.06)
    for bar in (low, high):
        foot = float(bar.get("y", "")) + float(bar.get("height", ""))
        assert foot == pytest.approx(calibration.TOP + calibration.SIDE, abs=0.11)
    assert [one.text for one in of_class(root, "small")] == ["4", "2,000"]
    first = of_class(root, "dot")[0]
    assert first.get("cx") == f"{calibration.LEFT + calibration.SIDE * 0.25:.1f}"
    assert first.get("cy") == low.get("y")


def test_axes_are_labelled_and_dark_readers_get_dark_colours() -> None:
    root = drawn(VERDICTS)
    assert root.tag == f"{SVG}svg"
    texts = [one.text or "" for one in root.iter(f"{SVG}text")]
    assert [text for text in texts if text.startswith(("0.", "1."))] == [
        label for tick in ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0") for label in (tick, tick)
    ]
    assert "share that is right" in texts
    assert any(text.startswith("confidence") for text in texts)
    assert any("2,004 attributions" in text for text in texts)
    style = root.findtext(f"{SVG}style", "")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    assert light.count("{") == dark.count("{") + 1  # sizes are the same for both
    for name in ("ground", "bar", "dot", "axis", "grid", "ideal"):
        assert f".{name} " in light
        assert f".{name} " in dark
        assert of_class(root, name)


def test_nothing_is_drawn_outside_the_picture() -> None:
    for verdicts in (VERDICTS, [Verdict(0.0, True), Verdict(1.0, False)]):
        root = drawn(verdicts)
        width, height = float(root.get("width", "")), float(root.get("height", ""))
        for one in root.iter():
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert 0 <= float(one.get(name, "0")) <= most


def run(monkeypatch: pytest.MonkeyPatch, nlp: Language, *arguments: str) -> None:
    monkeypatch.setattr("pipeline.api._loaded", lambda *_, **__: nlp)
    monkeypatch.setattr(sys, "argv", ["calibration.py", *arguments])
    calibration.main()


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    row = {
        "id": "a",
        "text": "Ann Lee said that the bridge was closed.\n",
        "attributions": [{"source": [[0, 7]], "cue": [[8, 12]], "content": [[13, 39]]}],
    }
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(row), "utf-8")
    return path


def test_a_bin_a_line_and_the_error(
    gold: Path,
    nlp: Language,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = annotated.records

    def sure(*arguments: Any) -> Iterator[tuple[AnnotatedArticle, ArticleRecord]]:
        """Give all attributions one confidence."""
        for article, record in records(*arguments):
            rows = tuple(one.model_copy(update={"confidence": 0.85}) for one in record.attributions)
            yield article, record.model_copy(update={"attributions": rows})

    monkeypatch.setattr("annotated.records", sure)
    target = gold.with_name("plot.svg")
    run(monkeypatch, nlp, "--gold", str(gold), "--plot", str(target))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[8] == "0.8 to 0.9  n     1  confidence 0.850  right 1.000"
    assert sum("n/a" in line for line in lines) == 9
    assert lines[-1] == "expected calibration error 15.0 (1)"
    assert len(of_class(ElementTree.parse(target).getroot(), "bar")) == 1


def test_records_without_confidence_are_refused(
    gold: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = annotated.records

    def unsure(*arguments: Any) -> Iterator[tuple[AnnotatedArticle, ArticleRecord]]:
        """Leave out the confidences, as other programs do."""
        for article, record in records(*arguments):
            rows = tuple(one.model_copy(update={"confidence": None}) for one in record.attributions)
            yield article, record.model_copy(update={"attributions": rows})

    monkeypatch.setattr("annotated.records", unsure)
    with pytest.raises(SystemExit, match="no attribution has a confidence"):
        run(monkeypatch, nlp, "--gold", str(gold))
