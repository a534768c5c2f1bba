"""Training the ranker of reference from end to end, on the shipped articles."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

from pipeline.errors import BadRow, InputNotFound
from pipeline.manifest import own_model
from pipeline.model.reference.mentions import CALIBRATED
from pipeline.model.reference.ranker import RankerConfig, ReferenceRanker
from pipeline.training.folds import FOLDS, fold_of
from pipeline.training.reference.fit import ReferenceSchedule
from pipeline.training.reference.run import rankers_of, train

GOLD = Path(__file__).parents[3] / "seeds" / "gold"
SHORT = ReferenceSchedule(epochs=2)


def corpus(folder: Path) -> Path:
    path = folder / "corpus.jsonl"
    rows = [json.loads(one.read_text(encoding="utf-8")) for one in sorted(GOLD.glob("*.json"))]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert {fold_of(row) for row in rows} == set(range(FOLDS))
    return path


def test_training_writes_a_ranker_that_runs(tmp_path: Path) -> None:
    lines: list[str] = []
    figures = train(
        [corpus(tmp_path)],
        tmp_path / "out",
        schedule=SHORT,
        folds=tmp_path / "folds",
        tell=lines.append,
    )
    config = RankerConfig.read(tmp_path / "out" / "config.json")
    assert config.slope.keys() == config.shift.keys() == set(CALIBRATED.values())
    for graph in ReferenceRanker(tmp_path / "out").graphs.values():
        names = ["known", "nouns", "states", "pairs", "relations"]
        assert [one.name for one in graph.loaded.get_inputs()] == names
    assert [one.config for one in rankers_of(tmp_path / "folds")] == [config] * FOLDS
    assert figures["person"]["gold"] > 0
    assert sum('" = "' in line for line in lines) == 4


def test_a_teacher_is_learned_from(tmp_path: Path) -> None:
    path = corpus(tmp_path)
    for teacher, out in ((None, tmp_path / "large"), (tmp_path / "large", tmp_path / "small")):
        train([path], out, schedule=SHORT, teacher=teacher, tell=lambda _: None)
    graphs = [(tmp_path / one / "trunk.onnx").read_bytes() for one in ("large", "small")]
    assert graphs[0] != graphs[1]


def test_the_mean_with_a_teacher_is_calibrated_on_what_neither_has_seen(tmp_path: Path) -> None:
    path, teacher = corpus(tmp_path), tmp_path / "teacher"
    shutil.copytree(own_model("reference-accurate")[1], teacher)
    ids = [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]
    slopes = []
    for some in (ids, ids[:6]):
        (teacher / "held.json").write_text(json.dumps({"ids": some}), "utf-8")
        train([path], tmp_path / "out", schedule=SHORT, teacher=teacher, tell=lambda _: None)
        made = tmp_path / "out" / "teacher"
        found, before = (json.loads((one / "config.json").read_text()) for one in (made, teacher))
        slopes.append(found.pop("slope"))
        assert found.pop("shift").keys() == before.pop("shift").keys()
        assert before.pop("slope").keys() == slopes[-1].keys()
        assert found == before
        assert (made / "nouns.onnx").read_bytes() == (teacher / "nouns.onnx").read_bytes()
    assert slopes[0] != slopes[1]


def test_nothing_to_hold_back_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": "a", "text": "Rain.", "clusters": [], "mention_kinds": []}\n', "utf-8")
    with pytest.raises(BadRow):
        train([path], tmp_path / "out", schedule=SHORT, tell=lambda _: None)


def test_a_folder_without_rankers_of_parts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound, match="no models of parts"):
        rankers_of(tmp_path)


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound):
        train([tmp_path / "no.jsonl"], tmp_path, schedule=SHORT, tell=lambda _: None)
