"""Entities with the same identifier are one identity, those with different ones never are."""

from __future__ import annotations

from pathlib import Path

from pipeline.archive.linking import link
from pipeline.model.identity.gazetteer import Gazetteer, Known, index
from pipeline.output.loading import load
from tests.archive.reading import everything, groups, reading
from tests.archive.samples import article

ENTRIES = [
    Known("Q1", ("Ole Vang",), ("footballer",)),
    Known("Q2", ("Ole Vang",), ("judge",)),
    Known("Q3", ("Tove Quandt", "Siri Lindqvist")),
]
RECORDS = [
    article("a", ("Ole Vang", "PERSON", "he", "striker")),
    article("b", ("Ole Vang", "PERSON", "he", "judge")),
    article("c", ("Ole Vang", "PERSON", "he", "footballer"), ("Tove Quandt", "PERSON", "she")),
    article("d", ("Siri Lindqvist", "PERSON", "she")),
    article("e", ("Ole Vang", "PERSON", "he")),
]


def gazetteer(folder: Path) -> Gazetteer:
    path = folder / "x.gazetteer"
    path.write_bytes(index(ENTRIES))
    return Gazetteer(path)


def test_a_gazetteer_joins_names_and_separates_namesakes(address: str, tmp_path: Path) -> None:
    load(RECORDS, address)
    link(address, gazetteer=gazetteer(tmp_path))
    found = groups(address)
    assert {frozenset(("a/e1", "c/e1")), frozenset(("c/e2", "d/e1"))} <= {
        group - {"e/e1"} for group in found
    }
    assert not any({"a/e1", "b/e1"} <= group for group in found)
    with reading(address) as store:
        rows = store.rows("SELECT article_id, CAST(identifiers AS TEXT) FROM entities ORDER BY 1")
    assert [id for id, known in rows if "Q" in known] == ["a", "b", "c", "c", "d"]


def test_night_by_night_gives_the_same_as_at_once(tmp_path: Path) -> None:
    once, nightly = (f"sqlite:///{tmp_path}/{name}" for name in ("once", "nightly"))
    load(RECORDS, once)
    link(once, gazetteer=gazetteer(tmp_path))
    for record in RECORDS[::-1]:
        load([record], nightly)
        link(nightly, gazetteer=gazetteer(tmp_path))
    assert everything(once) == everything(nightly)
