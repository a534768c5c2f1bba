"""The encoder and its heads are trained together, on texts that teach one head or several."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import torch

from pipeline.errors import BadRow
from pipeline.manifest import checksum, own_model
from pipeline.model.encoder import GRAPH, MODEL
from pipeline.model.names.network import TAGS
from pipeline.training import joint
from pipeline.training.attributions.examples import AttributionExample
from pipeline.training.attributions.run import Read
from pipeline.training.encoder import EncoderModule
from pipeline.training.folds import FOLDS
from pipeline.training.joint import JointFit, JointSchedule, Nets, train

GOLD = Path(__file__).parents[2] / "seeds" / "gold"
VOCABULARY = own_model(MODEL)[1]
SHORT = JointSchedule(epochs=2, batch=1500)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Write twelve articles, and one that has no entities."""
    rows = [json.loads(one.read_text("utf-8")) for one in sorted(GOLD.glob("*.json"))]
    rows.append(rows[0] | {"id": "again", "text": rows[0]["text"][:400], "attributions": []})
    for key in ("entities", "quotes"):
        rows[-1].pop(key)
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows[:-1]), "utf-8")
    (tmp_path / "plain.jsonl").write_text(json.dumps(rows[-1]) + "\n", "utf-8")
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use an encoder without pretrained weights."""

    def pretrained(_: Path) -> EncoderModule:
        torch.manual_seed(1)
        return EncoderModule()

    monkeypatch.setattr(joint.EncoderModule, "pretrained", pretrained)


def folds(folder: Path) -> Path:
    """Return a folder of networks of attributions by part; here each part has the shipped one."""
    found = folder / "folds"
    found.mkdir()
    for number in range(FOLDS):
        (found / str(number)).symlink_to(own_model("attributions-fast")[1])
    return found


def test_encoder_and_heads_are_written_and_belong_together(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    finished: list[tuple[Path, object]] = []

    def finish(
        out: Path,
        _: object,
        read: Read,
        held: list[AttributionExample],
        __: object,
        above: object,
        *___: object,
    ) -> None:
        finished.append((out, above))
        (one,) = held
        assert len(read(one).tags) == len(one.words)

    monkeypatch.setattr(joint, "finish", finish)  # so short a training finds nothing to judge
    train(
        [(corpus, 2.0), (tmp_path / "plain.jsonl", 1.0)],
        tmp_path / "out",
        work=tmp_path / "work",
        schedule=SHORT,
        encoder=VOCABULARY,
        names=[(corpus, 3.0)],
        attributions=folds(tmp_path),
        tell=told.append,
    )
    trained = checksum(tmp_path / "out" / MODEL / GRAPH)
    above = {"encoder": trained}
    assert finished == [(tmp_path / "out" / "attributions-accurate", above)]
    config = json.loads((tmp_path / "out" / "reference-accurate" / "config.json").read_text())
    assert (config["encoder"], config["beside"]) == (trained, "reference")
    held = json.loads((tmp_path / "out" / "reference-accurate" / "held.json").read_text())
    assert held == {"ids": [json.loads(corpus.read_text().splitlines()[5])["id"]]}
    config = json.loads((tmp_path / "out" / "names-accurate" / "config.json").read_text())
    assert (config["encoder"], config["beside"]) == (trained, "names")
    assert sum(line.startswith("epoch") for line in told) == 2


def test_articles_teach_all_heads_and_copies_teach_names(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[Nets, list[joint.JointArticle]]] = []

    class Kept(JointFit):
        def __init__(
            self, nets: Nets, articles: list[joint.JointArticle], *_: object, **__: object
        ) -> None:
            found.append((nets, articles))
            raise KeyboardInterrupt

    monkeypatch.setattr(joint, "JointFit", Kept)
    with pytest.raises(KeyboardInterrupt):
        train(
            [(corpus, 2.0)],
            tmp_path / "out",
            work=tmp_path / "work",
            schedule=SHORT,
            encoder=VOCABULARY,
            names=[(corpus, 3.0)],
            attributions=folds(tmp_path),
            tell=lambda _: None,
        )
    (nets, articles) = found[0]
    plain = [one for one in articles if one.parts]
    copies = [one for one in articles if not one.parts]
    assert all(one.examples and one.names and one.chance == 1 for one in plain)
    assert all(not one.examples and one.names and one.chance < 1 for one in copies)
    assert len(plain) == len(copies)
    allowed = torch.zeros(1000, len(TAGS))
    begun = {name: weight.clone() for name, weight in nets.state_dict().items()}
    articles = [*plain[:3], *copies[:2]]
    JointFit(nets, articles, SHORT, tmp_path / "fit", lambda _: None, allowed=allowed).run()
    for name in ("tagger.cue_bias.weight", "names.dep.weight", "encoder.layers.0.up.weight"):
        assert not torch.equal(nets.state_dict()[name], begun[name])


def test_too_few_articles_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": "a", "text": "Rain fell.", "attributions": []}\n', "utf-8")
    with pytest.raises(BadRow, match="too few articles"):
        train(
            [(path, 1.0)],
            tmp_path / "out",
            work=tmp_path,
            schedule=SHORT,
            encoder=VOCABULARY,
            names=[(path, 1.0)],
            attributions=folds(tmp_path),
            tell=lambda _: None,
        )
