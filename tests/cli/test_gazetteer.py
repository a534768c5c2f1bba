"""``pipeline gazetteer`` and the option ``--gazetteer``, from a user's perspective."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pipeline.cli import main

TABLE = "id,name,description\nQ1,Ann Lee,mayor of Berlin\nQ2,Ann Lee,Scottish footballer\n"


@pytest.fixture
def gazetteer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(TABLE)
    (tmp_path / "a.txt").write_text("“We lost 12 homes,” said Ann Lee, the mayor of Berlin.\n")
    assert main(["gazetteer", "build", "people.csv", "--quiet"]) == 0
    return tmp_path / "people.gazetteer"


def identifiers(path: Path) -> list[dict[str, str]]:
    (record,) = map(json.loads, path.read_text("utf-8").splitlines())
    return [one["identifiers"] for one in record["entities"] if one["name"] == "Ann Lee"]


def test_extract_and_link_give_an_entity_the_id_of_its_entry(
    gazetteer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    used = ["--gazetteer", gazetteer.name]
    assert main(["extract", "a.txt", "-o", "with.jsonl", *used]) == 0
    assert identifiers(gazetteer.parent / "with.jsonl") == [{"wikidata": "Q1"}]
    assert main(["validate", "with.jsonl"]) == 0
    record = json.loads(Path("with.jsonl").read_text("utf-8"))
    sums = {one["name"]: one["sha256"] for one in record["provenance"]["models"]}
    assert sums["gazetteer"] == hashlib.sha256(gazetteer.read_bytes()).hexdigest()
    assert main(["extract", "a.txt", "-o", "without.jsonl"]) == 0
    assert identifiers(gazetteer.parent / "without.jsonl") == [{}]
    assert main(["load", "without.jsonl", "--db", "sqlite:///x.db"]) == 0
    assert main(["link", "--db", "sqlite:///x.db", *used]) == 0
    capfd.readouterr()
    assert main(["identities", "list", "ann lee", "--db", "sqlite:///x.db", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["identifiers"] == {"wikidata": "Q1"}


def test_a_gazetteer_that_cannot_be_used_is_named(
    gazetteer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, problem in (("people.csv", "is not a built gazetteer"), ("gone", "No such file")):
        assert main(["extract", "a.txt", "-o", "-", "--gazetteer", name]) == 78
        assert f"error[P114]: {name}: {problem}" in capfd.readouterr().err
    (gazetteer.parent / "people.csv").write_text(TABLE + "Q3,Bo Ek,judge\n")
    assert main(["gazetteer", "build", "people.csv"]) == 73
