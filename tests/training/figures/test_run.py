"""Training the scorer of figures from end to end, on the shipped sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import torch
from spacy.language import Language

from pipeline.errors import BadRow, InputNotFound
from pipeline.language import annotate
from pipeline.reader.figures.scorer import GRAPH, Scorer
from pipeline.reader.session import session
from pipeline.stages.figures.candidates import Candidates
from pipeline.training.figures.examples import example
from pipeline.training.figures.fit import INPUTS, Mean, Schedule, joined, train, write
from pipeline.training.figures.fit import Scorer as Network

SENTENCES = Path(__file__).parents[3] / "models" / "figures" / "sentences.jsonl"
TEXT = "Acme sold 12 ships, up from 9, for $5 million."
ROW = {"id": "a", "text": TEXT, "entities": [], "figures": [], "times": []}


def corpus(folder: Path, lines: int) -> Path:
    path = folder / "corpus.jsonl"
    rows = SENTENCES.read_text("utf-8").splitlines()[:lines]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_training_writes_a_scorer_that_runs(tmp_path: Path, nlp: Language) -> None:
    lines: list[str] = []
    schedule = Schedule(epochs=1, members=1)
    figures = train([corpus(tmp_path, 60)], tmp_path / "out", schedule=schedule, tell=lines.append)
    assert 0 <= figures["measures"] <= 100
    assert lines[-1].startswith(f'"{GRAPH}" = "')
    doc = annotate(nlp, TEXT)
    candidates = Candidates(doc, [])
    scorer, columns = Scorer(tmp_path / "out"), candidates.columns
    readings = scorer.read(doc, columns, candidates.asked(), candidates.dated())
    assert len(readings) == 3


def test_nothing_to_hold_back_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadRow):
        train([corpus(tmp_path, 1)], tmp_path, schedule=Schedule(epochs=1), tell=lambda _: None)


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound):
        train([tmp_path / "no.jsonl"], tmp_path, schedule=Schedule(epochs=1), tell=lambda _: None)


@pytest.mark.parametrize("pairs", [True, False])
def test_the_graph_gives_the_mean_of_the_scorers(
    tmp_path: Path, nlp: Language, pairs: bool
) -> None:
    one = example(ROW, annotate(nlp, TEXT))
    assert one is not None
    sizes = one.found.given.shape[1], one.found.relations.shape[1]
    mean = Mean([Network(*sizes) for _ in range(2)]).eval()
    write(mean, one, tmp_path / GRAPH)
    given = dict(zip(INPUTS, joined([one]), strict=True))
    if not pairs:
        given |= {name: given[name][:0] for name in ("pairs", "paths", "relations")}
    found = session(tmp_path / GRAPH).run(None, {k: v.numpy() for k, v in given.items()})
    with torch.no_grad():
        wanted = mean(*given.values())
    for mine, theirs in zip(found, wanted, strict=True):
        assert np.allclose(mine, theirs.numpy(), atol=1e-5)
