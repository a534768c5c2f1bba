"""Weights are refused if they were trained on other features than this code reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ModelUnsuitable
from pipeline.manifest import models_folder
from pipeline.model.figures.features import FEATURES as FIGURES
from pipeline.model.figures.scorer import FigureScorer
from pipeline.model.names.features import FEATURES as NAMES
from pipeline.model.names.network import NameNetwork
from pipeline.model.reference.ranker import FEATURES as REFERENCE
from pipeline.model.reference.ranker import ReferenceRanker
from pipeline.model.session import Names, session
from pipeline.model.speakers import quotes, sources
from pipeline.model.speakers.ranker import SpeakerRanker
from pipeline.stages.attributions.network import FEATURES as ATTRIBUTIONS
from pipeline.stages.attributions.network import AttributionNetwork

LOADS: dict[str, Callable[[Path], Any]] = {
    "attributions-fast": AttributionNetwork,
    "figures": FigureScorer,
    "names": NameNetwork,
    "reference": ReferenceRanker,
    "speakers": SpeakerRanker,
}
READ: dict[str, Names] = {
    "attributions-fast/tagger.onnx": {"codes": ATTRIBUTIONS["codes"]},
    "attributions-fast/judge.onnx": {"known": ATTRIBUTIONS["known"]},
    "figures/scorer.onnx": FIGURES,
    "names/tagger.onnx": NAMES,
    "reference/trunk.onnx": {"codes": REFERENCE["codes"]},
    "reference/nouns.onnx": {name: REFERENCE[name] for name in ("known", "relations")},
    "reference/pronouns.onnx": {name: REFERENCE[name] for name in ("known", "relations")},
    "speakers/sources.onnx": {"rows": sources.FEATURES},
    "speakers/quotes.onnx": {"rows": quotes.FEATURES},
}


@pytest.mark.parametrize("graph", READ)
def test_each_column_of_a_network_has_one_name(graph: str) -> None:
    shapes = {one.name: one.shape for one in session(models_folder() / graph).loaded.get_inputs()}
    for name, columns in READ[graph].items():
        assert len(columns) == len(set(columns)) == shapes[name][-1], name


def swapped(columns: list[str]) -> list[str]:
    first, second, *rest = columns
    return [second, first, *rest]


@pytest.mark.parametrize("model", LOADS)
def test_weights_of_other_features_are_refused(model: str, tmp_path: Path) -> None:
    folder = tmp_path / model
    shutil.copytree(models_folder() / model, folder)
    assert LOADS[model](folder)
    path = folder / "config.json"
    config = json.loads(path.read_text("utf-8"))
    features = config.get("features", config)
    names = [name for name in features if name == "source_features" or features is not config]
    for name in names:
        kept = features[name]
        features[name] = swapped(kept)
        path.write_text(json.dumps(config), "utf-8")
        with pytest.raises(ModelUnsuitable, match=rf"other features \({name}\)"):
            LOADS[model](folder)
        features[name] = kept


def test_weights_that_name_no_features_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    shutil.copytree(models_folder() / "figures", folder)
    (folder / "config.json").write_text('{"slope": 1.0, "shift": 0.0}', "utf-8")
    with pytest.raises(ModelUnsuitable, match="other features"):
        FigureScorer(folder)
