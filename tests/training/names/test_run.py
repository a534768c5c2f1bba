"""A network of names is trained from a corpus: its files are complete, and it has learned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from spacy.language import Language

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

import numpy as np
import torch

from pipeline.cli.train import train as command
from pipeline.document.columns import Columns
from pipeline.model.encoder import encoder
from pipeline.model.names.features import SyntaxLabels, features
from pipeline.model.names.network import LABELS, TAGS, UNIT, FoundName, NameNetwork, spans
from pipeline.training import fitting
from pipeline.training.names.corpus import COARSE, NamedArticle, NameMark
from pipeline.training.names.fit import (
    MaxoutLayer,
    NameSchedule,
    TaggerInput,
    Targets,
    example,
    lesson,
    loss,
    tag_number,
    teachings,
    windows,
)
from pipeline.training.names.run import Reader, held, train

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
    schedule = NameSchedule(epochs=25, copies=(0, 0), batch=600)
    train([(corpus, 1.0)], tmp_path / "m", schedule=schedule, tell=said.append)
    doc = nlp.make_doc("Then Ann Lee flew to Lagos again.")
    for name in ("tok2vec", "tagger", "parser"):
        doc = nlp.get_pipe(name)(doc)
    found = spans(NameNetwork(tmp_path / "m").likely(doc, Columns(doc)))
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
    assert "contains a model" in str(result.exception)


@pytest.mark.parametrize("given", ["FILE=much", "nothing.jsonl"])
def test_the_command_refuses_an_invalid_corpus(given: str, tmp_path: Path) -> None:
    arguments = ["names", "--corpus", given, "--out", str(tmp_path)]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert given in str(result.exception)


def test_where_several_tags_are_right_their_probabilities_are_added() -> None:
    likely = torch.log(torch.tensor([[0.5, 0.3, 0.2]]))
    allowed = torch.tensor([[-1e9, 0.0, 0.0]])
    assert loss(likely, allowed).item() == pytest.approx(-torch.tensor(0.5).log())


def test_of_a_teacher_is_learned_what_the_document_does_not_decide_otherwise() -> None:
    likely = np.full((3, len(TAGS)), -9.0, dtype=np.float32)
    likely[0, 0] = likely[1, UNIT[0]] = likely[2, UNIT[1]] = -0.1
    taught = teachings(likely, [FoundName(1, 2, LABELS[0]), FoundName(2, 3, LABELS[0])])
    assert taught.tags[:, 0].tolist() == [0, UNIT[0], UNIT[1]]
    assert taught.shares.sum(axis=1).tolist() == pytest.approx([1.0, 1.0, 0.0], abs=1e-2)


def test_a_lesson_costs_least_where_the_probabilities_are_the_teachers() -> None:
    tags, shares = torch.tensor([[2, 0]]), torch.tensor([[0.75, 0.25]])
    same = torch.log(torch.tensor([[0.25, 1e-9, 0.75]]))
    other = torch.log(torch.tensor([[0.5, 1e-9, 0.5]]))
    costs = [lesson(one, tags, shares).item() for one in (same, other)]
    assert costs[0] < costs[1]


def test_between_coarse_names_may_be_names_of_labels_that_are_not_annotated(
    nlp: Language,
) -> None:
    doc = nlp.make_doc("Ann is Finnish.")
    columns = Columns(doc)
    targets = Targets()
    found = features(doc, columns, SyntaxLabels.of([], []))
    mark = NameMark(0, 3, frozenset(("PERSON",)))
    article = NamedArticle("a", doc.text, (mark,), COARSE, 0.5)
    one = example(article, TaggerInput(columns, found, (), None), targets)
    free = targets.allowed()[one.targets] == 0
    assert free[0].nonzero()[:, 0].tolist() == [tag_number("U", "PERSON")]
    assert free[2, [0, tag_number("U", "NORP")]].all()
    assert not free[2, tag_number("U", "PERSON")]
    assert (one.weight, one.chance) == (1.0, 0.5)


def test_a_network_above_the_encoder_teaches_one_without(
    corpus: Path, nlp: Language, tmp_path: Path
) -> None:
    large, small, texts = tmp_path / "large", tmp_path / "small", tmp_path / "texts.jsonl"
    schedule = NameSchedule(epochs=25, copies=(0, 0), batch=600)
    given = [(corpus, 1.0)]
    train(given, large, schedule=schedule, encoder=encoder(), tell=quiet)
    assert NameNetwork(large).encoder is encoder()
    doc = nlp.make_doc("Then Ann Lee flew to Lagos again.")
    for name in ("tok2vec", "tagger", "parser"):
        doc = nlp.get_pipe(name)(doc)
    columns = Columns(doc)
    found = spans(NameNetwork(large).likely(doc, columns))
    assert [doc[one.start : one.end].text for one in found] == ["Ann Lee", "Lagos"]
    assert columns.states is not None  # the other heads read the same ones
    texts.write_text(json.dumps({"id": "t", "text": "Li Wen flew to Lima again. "}), "utf-8")
    taught = Reader(fitting.load_unseen(), large, None)
    read, lessons = taught.taught(NameNetwork(large), taught.read("Li Wen flew to Lima again."))
    assert [one[2] for one in read.seen] == ["PERSON", "GPE"]
    assert lessons.shares[:2].sum() > 1.9
    train([*given, (texts, 1.0)], small, schedule=schedule, teacher=large, tell=quiet)
    assert NameNetwork(small).encoder is None


def test_a_layer_looks_as_far_as_it_says() -> None:
    torch.manual_seed(1)
    layer = MaxoutLayer(3, 0.0).eval()
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


def test_an_eighth_is_held_back() -> None:
    share = sum(held(f"article {at}") for at in range(2000)) / 2000
    assert 0.105 < share < 0.145
