"""A network of names is trained from a corpus: its files are whole, and it has learned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from spacy.language import Language

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import torch

from pipeline.cli.train import train as command
from pipeline.document.columns import Columns
from pipeline.reader.names.decode import spans
from pipeline.reader.names.network import Network
from pipeline.training.names.fit import Schedule, windows
from pipeline.training.names.run import held, train
from pipeline.training.names.tagger import Layer, loss

PEOPLE = ("Ann Lee", "Bo Ek", "Kim Ortiz", "Maria Okafor", "Li Wen")
TOWNS = ("Paris", "Lagos", "Berlin", "Lima", "Delhi")


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write articles in which persons and towns are named."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    rows = []
    for number in range(60):
        text = ""
        persons, towns = [], []
        for at in range(4):
            who, town = PEOPLE[(number + at) % 5], TOWNS[(number * 3 + at) % 5]
            persons.append([len(text), len(text) + len(who), "name"])
            text += f"{who} flew to "
            towns.append([len(text), len(text) + len(town), "name"])
            text += f"{town} again. "
        entities = [
            {"label": "PERSON", "mentions": persons},
            {"label": "GPE", "mentions": towns},
        ]
        rows.append({"id": f"a{number}", "text": text, "entities": entities})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_it_learns_what_is_named(corpus: Path, nlp: Language, tmp_path: Path) -> None:
    said: list[str] = []
    schedule = Schedule(epochs=25, copies=(0, 0), batch=600)
    train([(corpus, 1.0)], tmp_path / "m", schedule=schedule, tell=said.append)
    doc = nlp.make_doc("Then Ann Lee flew to Lagos again.")
    for name in ("tok2vec", "tagger", "parser"):
        doc = nlp.get_pipe(name)(doc)
    found = spans(Network(tmp_path / "m").likely(doc, Columns(doc)))
    assert [(doc[one.start : one.end].text, one.label) for one in found] == [
        ("Ann Lee", "PERSON"),
        ("Lagos", "GPE"),
    ]
    assert said[-1].startswith('"tagger.onnx" = "')


def test_the_command_refuses_a_folder_with_a_model(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "tagger.onnx").touch()
    result = CliRunner().invoke(
        command, ["names", "--corpus", str(corpus), "--out", str(tmp_path)], standalone_mode=False
    )
    assert "holds a model" in str(result.exception)


@pytest.mark.parametrize("given", ["FILE=much", "nothing.jsonl"])
def test_the_command_refuses_what_is_no_corpus(given: str, tmp_path: Path) -> None:
    arguments = ["names", "--corpus", given, "--out", str(tmp_path)]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert given in str(result.exception)


def test_where_several_tags_are_right_their_probabilities_are_added() -> None:
    likely = torch.log(torch.tensor([[0.5, 0.3, 0.2]]))
    allowed = torch.tensor([[-1e9, 0.0, 0.0]])
    assert loss(likely, allowed, torch.ones(1)).item() == pytest.approx(-torch.tensor(0.5).log())


def test_a_layer_looks_as_far_as_it_says() -> None:
    torch.manual_seed(1)
    layer = Layer(3, 0.0).eval()
    states = torch.randn(1, 12, 128)
    other = states.clone()
    other[0, 5] += 1
    changed = (layer(states) - layer(other)).abs().sum(-1)[0] > 1e-6
    assert changed.nonzero()[:, 0].tolist() == [2, 5, 8]


def test_windows_cover_an_article(nlp: Language) -> None:
    doc = nlp.make_doc("One two three. Four five.\n\nSix. " * 30)
    columns = Columns(doc)
    for longest in (7, 50, 1000):
        ranges = list(windows(columns, longest))
        assert [at for start, end in ranges for at in range(start, end)] == list(range(len(doc)))
        assert all(end - start <= longest for start, end in ranges)


def test_a_tenth_is_held_back() -> None:
    share = sum(held(f"article {at}") for at in range(2000)) / 2000
    assert 0.08 < share < 0.12
