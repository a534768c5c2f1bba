"""The scorer of identities learns from annotated articles what one person has in common."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from pipeline.errors import BadRow
from pipeline.model.identity.pairs import FILE_NAME
from pipeline.records.schema import ArticleRecord
from pipeline.training.identity import train
from tests.archive.samples import article

PEOPLE = ("Tove Quandt", "Ole Vang", "Ida Falk", "Mads Brix", "Ada Lund", "Per Holm")
ROLES = ("minister", "striker", "judge", "singer", "bishop", "colonel")


def corpus(folder: Path) -> tuple[list[ArticleRecord], Path]:
    """Return records in which three people, each with one role, are always together."""
    records, rows = [], []
    for number in range(24):
        some = (0, 1, 2) if number % 2 else (3, 4, 5)
        record = article(f"a{number}", *((PEOPLE[at], "PERSON", "", ROLES[at]) for at in some))
        records.append(record)
        identities = [
            {"id": e.name, "kind": "PER", "mentions": [[m.start, m.end] for m in e.mentions]}
            for e in record.entities
        ]
        rows.append(json.dumps({"id": record.id, "identities": identities}))
    path = folder / "identities.jsonl"
    path.write_text("\n".join(rows))
    return records, path


def test_shared_companions_and_roles_speak_for_one_person(tmp_path: Path) -> None:
    records, identities = corpus(tmp_path)
    assert train(records, identities, tmp_path) == "72 entities of 24 articles"
    weights = tomllib.loads((tmp_path / FILE_NAME).read_text("utf-8"))["weights"]
    assert weights["role/same"] > 0 > weights["role/differs"]
    assert weights["companions/some"] > weights["companions/none"]
    assert weights["name/equal/rare"] > weights["name/equal/common"]
    before = (tmp_path / FILE_NAME).read_bytes()
    train(records, identities, tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_records_of_other_articles_are_refused(tmp_path: Path) -> None:
    _, identities = corpus(tmp_path)
    with pytest.raises(BadRow, match="no record has entities of the annotation"):
        train([article("other", "Al Roe")], identities, tmp_path)
