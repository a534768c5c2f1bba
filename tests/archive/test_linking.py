"""Linking gives the same identities, however and whenever the articles arrive."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive.access import opened
from pipeline.archive.following import follow
from pipeline.archive.linking import link
from pipeline.archive.scoring import Asked, Scored, scores
from pipeline.errors import LOCKED, BadDatabaseUrl, DatabaseUnavailable, LinkFailed
from pipeline.model.identity.profiles import named
from pipeline.output.loading import load
from pipeline.output.sql import SqliteTarget
from tests.archive.reading import everything, groups, reading, together, who
from tests.archive.samples import article, crowd
from tests.golden import SEEDS

KILLS = 2


def test_one_person_in_several_articles_is_one_identity(address: str) -> None:
    load(
        [
            article("a", ("Jamieson Greer|Greer", "PERSON", "he"), "Katherine Tai"),
            article("b", ("Jamieson Greer", "PERSON", "", "U.S. Trade Representative")),
            article("c", ("Jamieson L. Greer", "PERSON", "", "trade representative")),
        ],
        address,
    )
    tally = link(address)
    assert (tally.articles, tally.identities) == (3, 2)
    assert groups(address) == {frozenset(("a/e1", "b/e1", "c/e1")), frozenset(("a/e2",))}
    with reading(address) as store:
        found = store.rows(
            "SELECT name, label, entities, mentions, first_seen FROM identities ORDER BY name"
        )
    assert found == [
        ("Jamieson Greer", "PERSON", 3, 4, "2025-05-01"),
        ("Katherine Tai", "PERSON", 1, 1, "2025-05-01"),
    ]


def test_night_by_night_gives_the_same_bytes_as_all_at_once(address: str, tmp_path: Path) -> None:
    records = list(crowd(40, 1))
    whole = f"sqlite:///{tmp_path}/whole"
    load(records, whole)
    link(whole)
    chance = random.Random(1)
    mixed = chance.sample(records, len(records))
    for start in range(0, len(mixed), 9):
        load(mixed[start : start + 9], address)
        link(address)
    assert everything(address) == everything(whole)


@pytest.mark.parametrize("seed", range(4))
def test_replaced_and_deleted_articles_leave_no_trace(tmp_path: Path, seed: int) -> None:
    records = list(crowd(40, seed))
    clean, used = (f"sqlite:///{tmp_path}/{name}" for name in ("clean", "used"))
    load(records[20:], clean)
    link(clean)
    load(crowd(30, 100 + seed), used)  # other records of the same articles
    link(used)
    for some in (records[25:], records[:30]):
        load(some, used)
        link(used, batch=7)
    assert everything(used) != everything(clean)
    with opened(used) as store, store.transaction():
        for table, key in (
            ("mentions", "article_id"),
            ("entities", "article_id"),
            ("articles", "id"),
        ):
            store.run(f"DELETE FROM {table} WHERE {key} < 'a020'")
    assert link(used).articles == 20
    assert everything(used) == everything(clean)


@pytest.mark.parametrize("also", ["", "|Tove Lindqvist"])
def test_what_an_article_of_another_time_says_does_not_depend_on_when_it_arrives(
    tmp_path: Path, also: str
) -> None:
    others = ("Ida Falk", "Ole Vang", "Mads Brix")
    told = (f"Tove Quandt{also}", "PERSON", "she", "friend of the family")
    records = [
        article("a", ("Tove Quandt", "PERSON", "she"), *others),
        article("b", (f"Quandt{also}", "PERSON", "she", "friend of the family"), *others),
        article("c", told, *others, published="2021-05-01"),
    ]
    nights, whole = (f"sqlite:///{tmp_path}/{name}" for name in ("nights", "whole"))
    for record in records:
        load([record], nights)
        link(nights)
    load(records, whole)
    link(whole)
    assert everything(nights) == everything(whole)


def test_a_night_compares_only_what_it_changes(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x"
    known = article("k1", ("Anna Roe", "PERSON", "she"), "Bill Smith", published="2025-05-01")
    load([*crowd(40, 1), known], address)
    link(address)
    asked: list[Asked] = []

    def seen(one: Asked) -> Iterable[Scored]:
        asked.append(one)
        return scores(one)

    # the same people together in the same quarter, and one new companion
    load([article("k2", ("Anna Roe", "PERSON", "she"), "Bill Smith", "Ida Falk")], address)
    link(address, scores=seen)
    ((_, _, fresh, _, local),) = asked
    assert {named(key).name for key in fresh} == {"ida falk"}
    assert not local


@pytest.mark.check
def test_a_night_reads_no_whole_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load(crowd(20, 1), address)
    link(address)
    load([*crowd(30, 1)][10:], address)
    load(crowd(3, 2), address)  # replaces some
    scans: set[str] = set()
    execute = SqliteTarget.execute

    def watched(target: SqliteTarget, statement: str, parameters: Sequence[Any] = ()) -> object:
        if statement.startswith(("SELECT", "DELETE", "UPDATE")):
            for *_, detail in execute(target, f"EXPLAIN QUERY PLAN {statement}", parameters):
                if detail.startswith("SCAN") and not detail.startswith(("SCAN k", "SCAN json")):
                    scans.add(f"{detail} | {statement}")
        return execute(target, statement, parameters)

    follow(address)
    load(crowd(5, 3), address)
    monkeypatch.setattr(SqliteTarget, "execute", watched)
    assert link(address).articles
    assert follow(address)
    # the ids and hashes of all articles tell which are new; actions are few; the rest counts rows
    allowed = ("articles a ", "identity_articles i ", "identity_actions", "COUNT(*)")
    allowed += ("sqlite_master", "pipeline_schema", "pragma_module_list")
    assert not [one for one in scans if not any(some in one for some in allowed)]


def test_a_database_of_an_older_layout_is_linked_anew(address: str) -> None:
    load(crowd(10, 5), address)
    link(address)
    before = everything(address)
    with opened(address) as store, store.transaction():
        store.run("DROP TABLE identity_counts")
        store.run("CREATE TABLE identity_facts (profile TEXT)")
    assert link(address).articles == 10
    assert everything(address) == before


def test_linking_again_changes_nothing(address: str) -> None:
    load(crowd(10, 5), address)
    assert link(address).articles == 10
    before = everything(address)
    assert link(address).articles == 0
    assert everything(address) == before


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.check)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database that several linkers can open."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/x"


def test_linkers_at_the_same_time_wait_for_each_other(shared: str, tmp_path: Path) -> None:
    records = list(crowd(40, 2))
    load(records, shared)
    with ThreadPoolExecutor(4) as linkers:
        tallies = list(linkers.map(lambda _: link(shared, batch=6), range(4)))
    assert sum(tally.articles for tally in tallies) == len(records)
    alone = f"sqlite:///{tmp_path}/alone"
    load(records, alone)
    link(alone)
    assert everything(shared) == everything(alone)


@pytest.mark.check
def test_a_second_linker_of_duckdb_is_refused_and_repeats_its_work(tmp_path: Path) -> None:
    address, alone = f"duckdb:///{tmp_path}/x", f"sqlite:///{tmp_path}/alone"
    records = list(crowd(12, 4))
    for one in (address, alone):
        load(records, one)
    command = [sys.executable, "-m", "pipeline", "link", "--db", address]
    with opened(address) as store, store.transaction():
        second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (second.returncode, second.stdout) == (LOCKED, "")
    assert "error[P314]" in second.stderr
    assert link(address).articles == link(alone).articles == len(records)
    assert everything(address) == everything(alone)


@pytest.mark.check
def test_a_linker_that_is_killed_leaves_a_consistent_database(address: str) -> None:
    command = [sys.executable, "-m", "tests.archive.dying", address, f"{KILLS}"]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=400, check=False, cwd=SEEDS.parent
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == f"died {KILLS} of {KILLS} times\n"


def test_a_database_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadDatabaseUrl, match="not the address of a database"):
        link(f"{tmp_path}/x.parquet")
    with pytest.raises(DatabaseUnavailable, match="no such file"):
        link(f"sqlite:///{tmp_path}/x")
    assert list(tmp_path.iterdir()) == []


def test_what_the_database_refuses_is_raised(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load([article("a", "Al Roe")], address)
    with opened(address) as store, store.transaction():
        store.run(
            "CREATE TRIGGER refuse BEFORE INSERT ON identities"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    with pytest.raises(LinkFailed, match="refused"):
        link(address)
    assert not any(everything(address).values())


@pytest.mark.check
def test_a_linker_and_a_follower_wait_for_each_other(shared: str, tmp_path: Path) -> None:
    records = list(crowd(12, 3))
    load(records, shared)
    with ThreadPoolExecutor(2) as both:
        linked, followed = both.submit(link, shared, batch=2), both.submit(follow, shared)
        assert (linked.result().articles, followed.result()) == (12, 12)
    alone = f"sqlite:///{tmp_path}/alone"
    load(records, alone)
    link(alone)
    assert everything(shared) == everything(alone)


def test_a_surname_alone_follows_the_person_in_the_news_with_the_same_company(
    tmp_path: Path,
) -> None:
    address = f"sqlite:///{tmp_path}/x"
    others = ("Ida Falk", "Ole Vang", "Mads Brix")
    told = ("Tove Quandt", "PERSON", "she|she|she", "minister")
    bare = ("Quandt", "PERSON", "she|she|she", "minister")
    load(
        [
            article("a", told, *others, published="2025-05-01"),
            article("b", bare, *others, published="2025-05-09"),
            article("c", bare, *others, published="2019-05-09"),
            article("d", bare, "Ada Lund", published="2025-05-02"),
        ],
        address,
    )
    link(address)
    assert together(address, ("a/e1", "b/e1"))
    found = who(address)
    assert len({found["a/e1"], found["c/e1"], found["d/e1"]}) == 3
    # a namesake with the same companions makes it open
    load([article("e", ("Elin Quandt", "PERSON", "she", "minister"), *others)], address)
    link(address)
    assert not together(address, ("a/e1", "b/e1"))
    with reading(address) as store:
        assert store.rows("SELECT COUNT(*) FROM identity_links WHERE verdict = 'review'") == [(1,)]


def test_institutions_of_different_countries_are_different(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x"
    senate = ("Senate", "ORG")
    load(
        [
            article("a", senate, ("United States|U.S.", "GPE")),
            article("b", ("U.S. Senate", "ORG")),
            article("c", senate, ("Australia", "GPE")),
            article("d", senate, "Al Roe"),
            article("e", senate, "Al Roe"),
        ],
        address,
    )
    link(address)
    found = who(address)
    assert found["a/e1"] == found["b/e1"]
    assert len({found[f"{one}/e1"] for one in "acde"}) == 4


def test_a_short_name_joins_only_one_of_the_names_that_it_may_be_short_for(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load(
        [
            article("a", ("Quiet Xenon|QX", "ORG")),
            article("b", ("QX", "ORG")),
            article("c", ("Quartz Xylem|QX", "ORG")),
        ],
        address,
    )
    link(address)
    assert not together(address, ("a/e1", "c/e1"))
