"""The ranker of speakers is trained from annotated articles: whole files, and of use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("onnx", reason="training needs the extra train")

from pipeline.cli.train import train as command
from pipeline.errors import ModelUnsuitable
from pipeline.model.speakers.ranker import CONFIG, Query, SpeakerRanker, ranked
from pipeline.training.reference.fit import ReferenceSchedule
from pipeline.training.reference.run import train as train_reference
from pipeline.training.speakers.fit import SpeakerCase, SpeakerSchedule, fit, train
from pipeline.training.speakers.variants import variants

PEOPLE = ("Ann Lee", "Tom Okafor", "Rosa Moreno", "Bo Lindgren", "Mary Kovac")
TINY = SpeakerSchedule(members=1, width=8, epochs=2, folds=2)


def article(number: int) -> dict[str, Any]:
    """Return an article of one quotation and one other statement."""
    one, other = PEOPLE[number % 5], PEOPLE[(number + 1) % 5]
    text = f"{one} met {other} in Oslo on Monday.\n\n“It rained all day,” {one} said. "
    quoted = text.index("It rained"), text.index("”")
    second = len(text)
    text += f"{other} said that the road was closed."
    said = [text.index(" said.") + 1, second + len(other) + 1]

    def mentions(name: str) -> list[Any]:
        starts = [i for i in range(len(text)) if text.startswith(name, i)]
        return [[start, start + len(name), "name"] for start in starts]

    attributions = [
        {
            "source": [[at - 1 - len(name), at - 1]],
            "cue": [[at, at + 4]],
            "content": [content],
            "kind": kind,
            "speaker": name,
        }
        for name, at, content, kind in (
            (one, said[0], [quoted[0] - 1, quoted[1] + 1], "direct"),
            (other, said[1], [said[1] + 5, len(text) - 1], "indirect"),
        )
    ]
    return {
        "id": f"a{number}",
        "text": text,
        "entities": [
            {"name": name, "label": "PERSON", "mentions": mentions(name)} for name in (one, other)
        ],
        "quotes": [{"span": list(quoted), "speaker": one, "kind": "direct", "speech": True}],
        "attributions": attributions,
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    rows = (json.dumps(article(number), ensure_ascii=False) for number in range(8))
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def reference(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    short = ReferenceSchedule(epochs=1)
    train_reference([corpus], folder / "out", schedule=short, folds=folder, tell=lambda _: None)
    return folder


def test_a_ranker_is_trained_written_and_read(
    corpus: Path, reference: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    for name in ("one", "two"):
        figures = train(
            [corpus], tmp_path / name, reference=reference, schedule=TINY, tell=lines.append
        )
    assert figures["sheets"]["sources, given"]["named"] == 16
    assert lines[0].startswith("8 articles read")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["config.json", "quotes.onnx", "sources.onnx"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    config = json.loads((tmp_path / "one" / CONFIG).read_text("utf-8"))
    assert SpeakerRanker(tmp_path / "one").min_identity == config["min_identity"]
    config["source_features"][0] = "another"
    (tmp_path / "one" / CONFIG).write_text(json.dumps(config), "utf-8")
    with pytest.raises(ModelUnsuitable, match="trained on other features"):
        SpeakerRanker(tmp_path / "one")


def test_a_model_is_not_replaced_without_force(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "sources.onnx").write_bytes(b"")
    given = ["speakers", "--corpus", str(corpus), "--out", str(tmp_path)]
    given += ["--reference", str(tmp_path)]
    result = CliRunner().invoke(command, given)
    assert type(result.exception).__name__ == "OutputExists"


def test_variants_move_every_span_with_the_text() -> None:
    rows = [article(number) for number in range(40)]
    rows[0]["entities"].append({"name": "Reuters", "label": "ORG", "mentions": []})
    found = list(variants(rows, 3, seed=1))
    assert found == list(variants(rows, 3, seed=1))
    assert len(found) > 90
    answers = set()
    for row in found:
        text = row["text"]
        for entity in row["entities"]:
            if not entity["name"].endswith((" people", " administration", " campaign")):
                for start, end, _ in entity["mentions"]:
                    assert text[start:end] == entity["name"]
        for one in row["quotes"]:
            assert text[slice(*one["span"])] == "It rained all day,"
        for one in row["attributions"]:
            assert text[slice(*one["cue"][0])] == "said"
            assert one["learnt"] == (text[slice(*one["source"][0])] not in PEOPLE)
            answers.add((one["learnt"], (one["speaker"] or "").count(";"), bool(one["speaker"])))
    assert {(True, 0, False), (True, 0, True), (True, 1, True), (True, 2, True)} <= answers


def test_a_document_speaks_for_the_source_of_the_statement_before() -> None:
    text = "Ann Lee said it rained. Ann Lee said it snowed."
    said = [
        {"source": [[at, at + 7]], "cue": [[at + 8, at + 12]], "content": [[at + 13, at + 22]],
         "kind": "indirect", "speaker": "Ann Lee"}
        for at in (0, 24)
    ]  # fmt: skip
    entity = {"name": "Ann Lee", "label": "PERSON"}
    entity["mentions"] = [[0, 7, "name"], [24, 31, "name"]]
    row = {"id": "a", "text": text, "entities": [entity], "quotes": [], "attributions": said}
    names = {f"the {noun}" for noun in ("report", "post", "statement", "letter")}
    sources = [
        (at, made["text"][slice(*one["source"][0])].lower(), one["speaker"])
        for made in variants([row], 200, seed=1)
        for at, one in enumerate(made["attributions"])
    ]
    documents = [(at, who) for at, source, who in sources if source in names]
    assert documents
    assert set(documents) == {(1, "Ann Lee")}


def test_a_network_learns_the_speaker_and_when_there_is_none() -> None:
    draw = np.random.default_rng(1)
    cases = []
    for number in range(300):
        rows = draw.normal(size=(3, 4)).astype(np.float32)
        rows[:, 0] = 0
        right = number % 4
        if right < 3:
            rows[right, 0] = 1
        cases.append(SpeakerCase(Query(number, [0, 1, 2], rows), frozenset({right} - {3})))
    network = fit(cases, SpeakerSchedule(members=1, epochs=30, input_dropout=0.0, dropout=0.0))
    found = ranked([one.query for one in cases], network.score)
    right = [found[n].likely[n % 4] if n % 4 < 3 else 1 - found[n].shares.sum() for n in range(300)]
    assert sum(share > 0.5 for share in right) > 290
