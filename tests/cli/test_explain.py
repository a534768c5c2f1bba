"""``pipeline extract --explain`` says what decided, and changes nothing else."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.cli import main
from pipeline.cli.explaining import explanations
from pipeline.document.annotations import Decision
from pipeline.records.assemble import assemble
from pipeline.stages.language import annotate, loaded_models

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
INTERVIEW = """Ann Lee spoke to us.

Q: Did you win?

A: We did, and I was there.

“It is over.” – Tom Okafor
"""
TEXTS = [
    (SEEDS / "000_12599b830581316b.txt").read_text("utf-8"),
    INTERVIEW,
    "SYDNEY — It cost $5 million. Dozens of men met a thief known as “The Wall” twice in May.",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    (tmp_path / "a.txt").write_text("“We lost,” said Ann Lee.\n", "utf-8")
    return tmp_path


def test_the_record_is_the_same_byte_for_byte(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for text in TEXTS:
        (folder / "b.txt").write_text(text, "utf-8")
        assert main(["extract", "b.txt", "-o", "-", "-q"]) == 0
        plain, said = capfd.readouterr()
        assert said == ""
        assert main(["extract", "b.txt", "-o", "-", "-q", "--explain"]) == 0
        explained, said = capfd.readouterr()
        assert explained == plain
        assert said.startswith("b.txt\n")


def test_the_explanation_is_a_tree_of_items(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "a.txt", "-o", "a.jsonl", "-q", "--explain"]) == 0
    said = capfd.readouterr().err
    assert re.fullmatch(r"[01]\.\d\d", said.partition("names-accurate, ")[2][:4])
    assert re.sub(r", [01]\.\d\d", "", said).splitlines() == [
        "a.txt",
        "  e1 Ann Lee (PERSON)",
        "    name “Ann Lee” at 16: model names-accurate; rule full-name",
        "  q1 “We lost,”",
        "    speech yes: rule evidence",
        "    kind direct: rule whole",
        "    speaker e1 Ann Lee: rule own-source",
        "  a1 Ann Lee | said | “We lost,”",
        "    attribution direct: model attributions-accurate",
        "    source e1 Ann Lee: model speakers",
        "  rules",
        "    evidence: the length and a verb of saying, against capitals and a noun behind",
        "    full-name: Ann Lee … Ann M. Lee",
        "    own-source: the source of its attribution",
        "    whole: “We lost,” she said.",
    ]


@pytest.mark.parametrize("text", TEXTS, ids=["seed", "layout", "rules"])
def test_every_item_is_explained_by_a_loaded_model_or_a_rule(nlp: Language, text: str) -> None:
    doc = annotate(nlp, text, date(2025, 5, 1), decisions=True)
    models = {one.name for one in loaded_models(nlp)}
    decisions: list[Decision] = doc._.news.decisions
    for one in decisions:
        assert one.example or one.by in models, one
    found = list(explanations(assemble(doc), decisions))
    assert found
    for item in found:
        assert item.lines, item
        assert all(line.partition(": ")[2] for line in item.lines), item


def test_the_layout_and_lone_words_are_decided_by_rules(nlp: Language) -> None:
    made = {
        (one.what, one.by)
        for text in TEXTS[1:]
        for one in annotate(nlp, text, date(2025, 5, 1), decisions=True)._.news.decisions
        if one.example
    }
    assert {
        ("attribution", "transcript"),
        ("attribution", "signature"),
        ("source", "interview"),
        ("entity", "own-turn"),
        ("unit", "dollars"),
        ("bound", "vague"),
        ("speech", "name"),
        ("value", "month"),
    } <= made


def test_nothing_is_recorded_unless_asked_for(nlp: Language) -> None:
    assert nlp("“We lost,” said Ann Lee.")._.news.decisions == []
