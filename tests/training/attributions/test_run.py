"""A network is trained from a corpus: the files are whole, the same each time, and of use."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from spacy.language import Language

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import torch

from pipeline.cli.train import train as command
from pipeline.stages.attributions.cues import CueReader
from pipeline.stages.attributions.network import AttributionNetwork
from pipeline.stages.attributions.stage import Attributions
from pipeline.training.attributed import GoldArticle, read_corpus
from pipeline.training.attributions import run
from pipeline.training.attributions.examples import AttributionExample
from pipeline.training.attributions.fit import AttributionSchedule, calibrated, case, fitted
from pipeline.training.attributions.model import loss
from pipeline.training.attributions.run import read, taught_by, train
from pipeline.training.folds import FOLDS, part_of

NAMES = ("Ann Lee", "Bo Ek", "The mayor", "The company", "Kim Ortiz")
THINGS = ("the bridge", "the school", "the road", "the port")
NOTHING = "Rain fell on {0}. "
ONE = torch.ones(1)


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write articles in which what is said is marked."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(40):
            text, marked = "", []
            for at in range(4):
                name, thing = NAMES[(number + at) % 5], THINGS[(number * 3 + at) % 4]
                text += NOTHING.format(thing)
                start = len(text)
                said = f"{name} said that {thing} was closed. "
                text += said
                cue, content = said.index("said"), said.index("that")
                marked.append(
                    {
                        "source": [[start, start + len(name)]],
                        "cue": [[start + cue, start + cue + 4]],
                        "content": [[start + content, start + len(said) - 2]],
                    }
                )
            row = {"id": f"a{number}", "text": text, "attributions": marked}
            file.write(json.dumps(row) + "\n")
    return path


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    train(
        [(corpus, 1.0)],
        folder / "out",
        work=folder / "work",
        schedule=AttributionSchedule(epochs=10, batch=200),
        tell=quiet,
    )
    return folder


def test_the_trained_network_finds_what_is_said(trained: Path, nlp: Language) -> None:
    stage = Attributions(AttributionNetwork(trained / "out"), CueReader(nlp.vocab))
    doc = nlp("Rain fell on the road. Bo Ek said that the port was closed.")
    (row,) = stage(doc)._.news.attributions
    assert doc.text[slice(*row.content[0])] == "that the port was closed"
    assert row.confidence is not None
    assert row.confidence > 0.5


def test_networks_of_parts_have_not_learned_from_their_part(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[tuple[str, list[str]]] = []

    def fit(examples: list[AttributionExample], out: Path, *_: object, **__: object) -> None:
        learned.append((out.name, [one.article.id for one in examples]))

    monkeypatch.setattr(run, "fit_network", fit)
    short = AttributionSchedule(epochs=1)
    run.train([(corpus, 1.0)], tmp_path, work=tmp_path, schedule=short, folds=True, tell=quiet)
    every = {id for _, ids in learned for id in ids}
    assert [name for name, _ in learned] == [str(number) for number in range(FOLDS)]
    for number, (_, ids) in enumerate(learned):
        assert every - {*ids} == {one for one in every if part_of(one) == number}


def test_the_log_has_a_line_for_each_epoch_and_the_settings_are_kept(trained: Path) -> None:
    lines = (trained / "work" / "log.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == list(range(1, 11))
    kept = json.loads((trained / "work" / "judge.json").read_text("utf-8"))
    assert kept["settings"]["schedule"]["epochs"] == 10


def test_the_loss_of_links_is_among_the_cues_of_the_window() -> None:
    tags = torch.zeros(1, 4, 7)
    targets = torch.tensor([[1, 0, 1, 5]])
    belongs = torch.tensor([[-1, -1, -1, 2]])
    links = torch.zeros(1, 4, 4)
    links[0, 3, 1] = 50.0  # no cue: it is no rival
    base = loss(tags, links, targets, torch.full((1, 4), -1), ONE, 1.0)
    assert float(loss(tags, links, targets, belongs, ONE, 1.0) - base) == pytest.approx(np.log(2))


def test_the_confidence_is_calibrated_on_articles_that_the_judge_did_not_see(
    corpus: Path, trained: Path
) -> None:
    network = AttributionNetwork(trained / "out")
    examples, _ = read([(corpus, 1.0)], quiet)
    cases = [case(one, network.beliefs(one.found)) for one in examples[:15]]
    found = fitted(cases)
    assert 0 < found.least < 1
    likely = [np.full((len(one.offered), 2), 0.9, dtype=np.float32) for one in cases]
    _, error = calibrated(cases, likely, 0.5)
    assert error < 0.02  # one confidence for all: the share that is right


def test_the_reference_marks_what_the_corpus_marks(corpus: Path) -> None:
    assert all(len(GoldArticle(one).marked) == 4 for one in read_corpus(corpus))


def test_a_model_is_not_replaced_unasked(trained: Path, corpus: Path) -> None:
    arguments = ["attributions", "--corpus", str(corpus), "--out", str(trained / "out")]
    result = CliRunner().invoke(command, arguments)
    assert "contains a model" in str(result.exception)


def test_a_network_can_be_taught_by_another(corpus: Path, trained: Path, tmp_path: Path) -> None:
    settings = {
        "schedule": AttributionSchedule(epochs=4, batch=200),
        "tell": quiet,
        "teacher": trained / "out",
    }
    other = tmp_path / "other.jsonl"
    other.write_text(corpus.read_text("utf-8").replace("closed", "locked"), "utf-8")
    corpora = [(other, 2.0), (corpus, 0.5)]
    train(corpora, tmp_path / "out", work=tmp_path / "work", **settings)  # type: ignore[arg-type]
    kept = json.loads((tmp_path / "work" / "judge.json").read_text("utf-8"))
    assert kept["settings"]["taught"]
    labels = AttributionNetwork(tmp_path / "out").config.labels
    assert labels == AttributionNetwork(trained / "out").config.labels


def test_a_teacher_above_an_encoder_reads_an_article_as_at_run_time(
    corpus: Path, nlp: Language
) -> None:
    (one, *_), _ = read([(corpus, 1.0)], quiet)
    stage = nlp.get_pipe("news_attributions")
    assert isinstance(stage, Attributions)
    told = taught_by(stage.network, one)
    assert one.reading.columns.states is None
    assert np.array_equal(told, stage.network.beliefs(stage.network.features(one.reading)).tags)


def test_of_two_articles_with_one_text_the_later_is_read(corpus: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    again = tmp_path / "again.jsonl"
    again.write_text(json.dumps(rows[0] | {"attributions": []}) + "\n", "utf-8")
    examples, _ = read([(corpus, 1.0), (again, 3.0)], quiet)
    assert len(examples) == len({row["text"] for row in rows})
    assert (examples[0].weight, examples[0].tags.any()) == (3.0, False)
    assert {one.weight for one in examples[1:]} == {1.0}


def test_a_teacher_s_doubt_is_learned() -> None:
    tags, links = torch.zeros(1, 1, 7), torch.zeros(1, 1, 1)
    targets, nothing = torch.tensor([[1]]), torch.full((1, 1), -1)
    sure = torch.tensor([[[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]]])
    doubt = torch.tensor([[[0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]]])
    tags[0, 0, 1] = 5.0
    assert loss(tags, links, targets, nothing, ONE, 1.0, doubt) > loss(
        tags, links, targets, nothing, ONE, 1.0, sure
    )


def test_a_window_of_twice_the_weight_counts_twice() -> None:
    tags, links = torch.zeros(2, 1, 7), torch.zeros(2, 1, 1)
    tags[1, 0, 1] = 5.0
    targets, nothing = torch.tensor([[1], [1]]), torch.full((2, 1), -1)
    first, second = (
        float(loss(tags, links, targets, nothing, torch.tensor(weights), 1.0))
        for weights in ((1.0, 0.0), (0.0, 1.0))
    )
    both = float(loss(tags, links, targets, nothing, torch.tensor((2.0, 1.0)), 1.0))
    assert both == pytest.approx((2 * first + second) / 3)
