"""The user's own list of people seeds identities."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.archive import identities
from pipeline.archive.access import opened
from pipeline.archive.identities import Known, read_known, seed
from pipeline.archive.linking import link
from pipeline.errors import Malformed
from pipeline.output.loading import load
from tests.archive.reading import everything, reading, together, who
from tests.archive.samples import article

LIST = [
    Known("Q1", ("Tove Quandt", "Tove Lindqvist"), ("minister",)),
    Known("p2", ("Ole Vang",), ("footballer",), "1990", "2010"),
]


def seeded(address: str, rows: list[Known]) -> None:
    with opened(address) as store:
        assert seed(store, rows) == len(rows)


def test_a_known_person_joins_two_names_and_gives_the_identifier(address: str) -> None:
    load(
        [
            article("a", ("Tove Quandt", "PERSON", "she", "minister")),
            article("b", ("Tove Lindqvist", "PERSON", "she", "minister")),
        ],
        address,
    )
    link(address)
    before = everything(address)
    assert not together(address, ("a/e1", "b/e1"))
    seeded(address, LIST)
    assert together(address, ("a/e1", "b/e1"))
    with reading(address) as store:
        assert identities.shown(store, "Tove Quandt")["identifiers"] == {"wikidata": "Q1"}
        assert identities.shown(store, "Ole Vang")["entities"] == 0
    assert everything(address) != before


def test_a_list_before_or_after_the_articles_gives_the_same(tmp_path: Path) -> None:
    first, last = (f"sqlite:///{tmp_path}/{name}" for name in ("first", "last"))
    records = [article("a", ("Tove Quandt", "PERSON", "she")), article("b", "Tove Lindqvist")]
    load([], first)
    seeded(first, LIST)
    load(records, first)
    link(first)
    load(records, last)
    link(last)
    seeded(last, LIST[::-1])
    seeded(last, LIST)
    assert everything(first) == everything(last)


def test_a_person_with_another_field_of_work_in_those_years_is_someone_else(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load([], address)
    seeded(address, LIST)
    load(
        [
            article("a", ("Ole Vang", "PERSON", "he", "judge"), published="2005-01-01"),
            article("b", ("Ole Vang", "PERSON", "he", "striker"), published="2005-01-01"),
        ],
        address,
    )
    link(address)
    found = who(address)
    assert found["a/e1"] != found["b/e1"]
    with reading(address) as store:
        shown = [identities.shown(store, found[f"{one}/e1"])["identifiers"] for one in "ab"]
    assert shown == [{}, {"known": "p2"}]


def test_lists_are_read_from_jsonl_and_tsv(tmp_path: Path) -> None:
    jsonl, tsv = tmp_path / "x.jsonl", tmp_path / "x.tsv"
    jsonl.write_text(
        '{"id": "p2", "names": ["Ole Vang"], "roles": ["footballer"], "dates": "1990/2010"}\n'
    )
    tsv.write_text("id\tnames\troles\tdates\np2\tOle Vang\tfootballer\t1990/2010\n")
    assert list(read_known(jsonl)) == list(read_known(tsv)) == [LIST[1]]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": "x"}', '{"id": "x", "names": []}', '{"names": ["Al Roe"]}']
)
def test_a_bad_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line)
    with pytest.raises(Malformed):
        list(read_known(path))
