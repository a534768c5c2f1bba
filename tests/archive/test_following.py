"""Incremental equals batch; replays, concurrent runs and killed runs change nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.archive import following
from pipeline.archive.access import opened
from pipeline.archive.following import Counts, counts, follow, pending
from pipeline.errors import BadDatabaseUrl, DatabaseUnavailable, DatabaseUnsuitable, ExtraMissing
from pipeline.output.layout import DERIVED
from pipeline.output.loading import load
from pipeline.records.schema import ArticleRecord
from tests.archive.articles import article, prose
from tests.archive.news import rows, tables, week
from tests.golden import SEEDS

ALL = Counts(articles=8, stories=6, copies=1, updates=1, said=3, repeated=1, disputed=3)


@pytest.fixture
def batch(tmp_path: Path) -> str:
    """Return the address of a database that was followed in one go."""
    made = f"sqlite:///{tmp_path}/batch.db"
    load(week(), made)
    follow(made)
    return made


def test_a_week_is_followed(address: str) -> None:
    load(week(), address)
    assert pending(address) == 8
    assert follow(address) == 8
    assert pending(address) == 0
    assert counts(address) == ALL


@pytest.mark.parametrize("seed", [1, 2])
def test_night_by_night_is_the_same_as_all_at_once(address: str, batch: str, seed: int) -> None:
    mixed = random.Random(seed).sample(week(), 8)
    for night in (mixed[:1], mixed[1:4], mixed[4:]):
        load(night, address)
        assert follow(address) == len(night)
    assert tables(address) == tables(batch)


def test_small_batches_are_the_same_as_a_large_one(
    address: str, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BATCH", 1)
    load(week(), address)
    assert follow(address) == 8
    assert tables(address) == tables(batch)


def test_following_again_changes_nothing(address: str) -> None:
    load(week(), address)
    follow(address)
    before = tables(address)
    load(week(), address)
    assert follow(address) == 0
    assert tables(address) == before


def without(ids: str) -> list[ArticleRecord]:
    return [one for one in week() if one.id not in ids.split()]


def test_a_replaced_article_leaves_its_story_and_its_quotations(
    address: str, batch: str, tmp_path: Path
) -> None:
    new = {"wire": article("wire", prose(8)), "own": article("own", prose(9))}
    load(week(), address)
    follow(address)
    load(new.values(), address)
    assert pending(address) == 2
    assert follow(address) == 2
    fresh = f"sqlite:///{tmp_path}/fresh.db"
    load([new.get(one.id, one) for one in week()], fresh)
    follow(fresh)
    assert tables(address) == tables(fresh) != tables(batch)
    load(week(), address)
    assert follow(address) == 2
    assert tables(address) == tables(batch)


def test_a_deleted_article_leaves_its_story_and_its_quotations(
    address: str, tmp_path: Path
) -> None:
    load(week(), address)
    follow(address)
    with opened(address) as store, store.transaction():
        for table in ("figures", "quotes", "spans", "attributions", "times", "mentions"):
            store.run(f"DELETE FROM {table} WHERE article_id IN ('wire', 'other')")
        store.run("DELETE FROM entities WHERE article_id IN ('wire', 'other')")
        store.run("DELETE FROM articles WHERE id IN ('wire', 'other')")
    assert follow(address) == 2
    fresh = f"sqlite:///{tmp_path}/fresh.db"
    load(without("wire other"), fresh)
    follow(fresh)
    assert tables(address) == tables(fresh)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.check)])
def test_concurrent_runs_wait_for_each_other(
    kind: str,
    batch: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "BATCH", 1)
    sqlite = f"sqlite:///{tmp_path}/x.db"
    address = sqlite if kind == "sqlite" else str(request.getfixturevalue("postgres"))
    load(week()[:3], address)
    with ThreadPoolExecutor(4) as runs:
        loading = runs.submit(load, week()[3:], address)
        read = list(runs.map(follow, [address] * 3))
        loading.result()
    read.append(follow(address))
    assert sum(read) == 8, "an article was followed twice"
    assert tables(address) == tables(batch)


def test_a_killed_run_leaves_whole_batches_and_the_next_one_finishes(
    address: str, batch: str
) -> None:
    command = [sys.executable, "-m", "tests.archive.killed", address, "2"]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=200, check=False, cwd=SEEDS.parent
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "died 2 of 2 times\n"
    assert tables(address) == tables(batch)


def test_an_older_database_gets_the_tables(address: str) -> None:
    load(week(), address)
    with opened(address) as store, store.transaction():
        for view in ("v_statements", "v_stories", "v_said", "v_series"):
            store.run(f"DROP VIEW {view}")
        for table in DERIVED:
            store.run(f"DROP TABLE {table.name}")
    with pytest.raises(DatabaseUnsuitable, match="older pipeline") as caught:
        counts(address)
    assert f"pipeline copies --db {address}" in caught.value.hint
    assert follow(address) == 8
    assert counts(address) == ALL


def test_a_database_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadDatabaseUrl, match="not the address of a database"):
        follow(f"{tmp_path}/x.parquet")
    with pytest.raises(DatabaseUnavailable, match="no such file"):
        follow(f"sqlite:///{tmp_path}/x.db")
    assert list(tmp_path.iterdir()) == []


def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(ExtraMissing, match="datasketch") as caught:
        follow(f"sqlite:///{tmp_path}/x.db")
    assert "[link]" in caught.value.hint


def test_a_database_without_articles_is_empty(address: str) -> None:
    load([], address)
    assert follow(address) == 0
    assert counts(address) == Counts(0, 0, 0, 0, 0, 0, 0)
    assert rows(address, "SELECT * FROM v_series") == []
