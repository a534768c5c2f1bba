"""Crashes, concurrency, and behaviour specific to one kind of database."""

from __future__ import annotations

import pkgutil
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from pipeline.errors import (
    BrokenRecord,
    DatabaseBusy,
    DatabaseUnavailable,
    DatabaseUnsuitable,
    LoadFailed,
)
from pipeline.output import layout, loading, parquet, sql
from pipeline.output import postgres as copying
from pipeline.output.loading import LoadTally, connect, load
from pipeline.records.schema import ArticleRecord
from tests.golden import SEEDS
from tests.output.reading import read_records
from tests.output.samples import record

KILLS = 4


def test_a_loader_that_is_killed_leaves_whole_articles_and_the_next_one_finishes(
    address: str,
) -> None:
    command = [sys.executable, "-m", "tests.output.dying", address, f"{KILLS}"]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=200, check=False, cwd=SEEDS.parent
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == f"died {KILLS} of {KILLS} times\n"


@pytest.fixture(params=["sqlite", "parquet", pytest.param("postgres", marks=pytest.mark.check)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database that several loaders can open."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/x.db" if request.param == "sqlite" else f"{tmp_path}/x.parquet"


def test_loaders_of_the_same_articles_wait_for_each_other(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 6)
    ids = [f"{number:02}" for number in range(12)]

    def some(loader: int) -> list[ArticleRecord]:
        mixed = random.Random(loader).sample(ids, len(ids))
        return [record(id, title=f"by {loader}") for id in mixed]

    # the database is empty: the loaders also create the tables concurrently
    with ThreadPoolExecutor(4) as loaders:
        tallies = list(loaders.map(lambda n: load(some(n), shared), range(4)))
    assert sum(tally.new for tally in tallies) == len(ids)
    assert sum(tally.replaced for tally in tallies) == 3 * len(ids)
    found = list(read_records(shared))
    assert [one.id for one in found] == ids  # type: ignore[attr-defined]
    for one in found:
        assert one in [record(one.id, title=f"by {loader}") for loader in range(4)]  # type: ignore[attr-defined]


@pytest.mark.check
def test_two_batches_in_opposite_order_do_not_deadlock(postgres: str) -> None:
    ids = "abcdefgh"
    load(map(record, ids), postgres)
    up = [layout.entry(record(id, title="up")) for id in ids]
    down = [layout.entry(record(id, title="down")) for id in reversed(ids)]
    with (
        connect(postgres) as one,
        connect(postgres) as other,
        ThreadPoolExecutor(2) as loaders,
        psycopg.connect(postgres) as third,
        psycopg.connect(postgres, autocommit=True) as watch,
    ):
        # both are paused in the middle; each would then hold what the other needs next
        third.execute("SELECT 1 FROM articles WHERE id = 'd' FOR UPDATE")
        pair = [loaders.submit(one.put, up), loaders.submit(other.put, down)]
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while watch.execute(waiting).fetchall() != [(2,)]:
            assert not any(one.done() for one in pair)
        third.rollback()
        tally = pair[0].result(60).plus(pair[1].result(60))
    assert tally == LoadTally(replaced=16)


@pytest.mark.check
def test_a_reader_sees_a_consistent_article(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _read_while_it_is_replaced(
        postgres, monkeypatch, "sqlalchemy.engine.Connection.exec_driver_sql"
    )


def _read_while_it_is_replaced(address: str, monkeypatch: pytest.MonkeyPatch, reading: str) -> None:
    """Replace an article by an empty one between reads of two tables."""
    layers = ("entities", "quotes", "figures", "times", "attributions")
    bare = record("a").model_copy(update=dict.fromkeys(layers, ()))
    load([record("a")], address)
    module, _, name = reading.rpartition(".")
    owner: Any = pkgutil.resolve_name(module)
    real, calls = getattr(owner, name), iter(range(1000))

    def read(*arguments: Any, **options: Any) -> Any:
        if next(calls) == 4:
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, real)
                load([bare], address)
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, read)
    assert list(read_records(address)) in ([record("a")], [bare])
    assert next(calls) > 4
    monkeypatch.undo()
    assert list(read_records(address)) == [bare]


def test_changed_rows_that_form_no_record_are_reported(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    load([record("a")], address)
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as connection:
        connection.execute("UPDATE mentions SET text = 'Bo'")
    with pytest.raises(BrokenRecord, match="'a': its rows make no record"):
        list(read_records(address))


@pytest.mark.check
def test_a_lost_connection_is_an_error_and_loading_again_recovers(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([record("a")], postgres)
    real = copying.copy_rows

    def cut(cursor: psycopg.Cursor[Any], name: str, *rest: Any) -> None:
        if name == "quotes":
            pid = cursor.connection.info.backend_pid
            with psycopg.connect(postgres, autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        real(cursor, name, *rest)

    monkeypatch.setattr(copying, "copy_rows", cut)
    with pytest.raises(LoadFailed) as caught:
        load([record("a", title="new"), record("b")], postgres)
    assert caught.value.exit_code == 74
    assert list(read_records(postgres)) == [record("a")]
    monkeypatch.undo()
    assert load([record("a", title="new"), record("b")], postgres) == LoadTally(1, 1)


@pytest.mark.check
def test_foreign_keys_are_enforced(postgres: str) -> None:
    load([record("a"), record("b")], postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        for change in (
            "UPDATE quotes SET speaker = 'e9'",
            "UPDATE figures SET time = 't9'",
            "UPDATE figures SET holder = 'e9'",
            "UPDATE attributions SET source_entity = 'e9' WHERE id = 'a1'",
            "UPDATE attributions SET parent = 'a9'",
            "DELETE FROM entities",
        ):
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                connection.execute(change)
        connection.execute("DELETE FROM articles WHERE id = 'a'")
        for table in ("entities", "mentions", "times", "attributions", "quotes", "figures"):
            left = connection.execute(f"SELECT DISTINCT article_id FROM {table}").fetchall()
            assert left == [("b",)], table
    assert list(read_records(postgres)) == [record("b")]


@pytest.mark.check
def test_the_tables_may_be_in_a_separate_schema(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE TABLE articles (id int)")
        connection.execute("DROP SCHEMA IF EXISTS news CASCADE")
        connection.execute("CREATE SCHEMA news")
        address = f"{postgres}&options=-csearch_path%3Dnews"
        assert load([record("a")], address) == LoadTally(new=1)
        assert load([record("a")], address) == LoadTally(unchanged=1)
        assert connection.execute("SELECT id FROM news.articles").fetchall() == [("a",)]
    assert list(read_records(address)) == [record("a")]


@pytest.mark.check
def test_meta_can_be_queried_as_json(postgres: str) -> None:
    load([record("a", meta={"section": "news", "n": 1.50})], postgres)
    with psycopg.connect(postgres) as connection:
        asked = "SELECT meta->>'section', (meta->>'n')::numeric FROM articles"
        assert connection.execute(asked).fetchall() == [("news", 1.5)]


@pytest.mark.check
def test_a_database_with_a_limited_character_set_is_refused(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS latin")
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(DatabaseUnsuitable, match="LATIN1"):
        load([record()], server.replace("/postgres?", "/latin?"))


@pytest.mark.check
def test_a_loader_needs_no_create_privilege_once_the_tables_exist(postgres: str) -> None:
    load([record("a")], postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS nightly")
        connection.execute("CREATE ROLE nightly LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA public TO nightly")
        connection.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO nightly"
        )
    mine = postgres.replace("postgres:@", "nightly:@")
    try:
        assert load([record("a", title="new"), record("b")], mine) == LoadTally(1, 1)
        # a newer pipeline has to create views again, which belong to the owner
        newer = loading.SCHEMA._replace(pipeline="99.0.0")
        with pytest.raises(LoadFailed, match="must be owner") as caught, connect(mine, newer):
            pass
        assert "by its owner" in caught.value.hint
        with connect(postgres, newer):
            pass
        with connect(mine, newer) as target:
            assert target.put([layout.entry(record("c"))]) == LoadTally(1)
    finally:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("DROP OWNED BY nightly")
            connection.execute("DROP ROLE nightly")


@pytest.mark.check
@pytest.mark.parametrize("view", ["articles", "v_quotes"])
def test_tables_of_another_program_are_not_changed(postgres: str, view: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        kind = "VIEW v_quotes AS SELECT 1" if view == "v_quotes" else "TABLE articles (id int)"
        connection.execute(f"CREATE {kind}")
    with pytest.raises(DatabaseUnsuitable, match=view):
        load([record()], postgres)


def test_tables_of_another_program_are_not_changed_in_files(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE articles (id INTEGER)")
    connection.close()
    with duckdb.connect(str(tmp_path / "x.duckdb")) as other:
        other.execute("CREATE TABLE articles (id INTEGER)")
    (tmp_path / "x.parquet").mkdir()
    (tmp_path / "x.parquet" / "articles.parquet").write_bytes(b"PAR1")
    for address in ("sqlite:///{}/x.db", "duckdb:///{}/x.duckdb", "{}/x.parquet"):
        with pytest.raises(DatabaseUnsuitable, match="articles"):
            load([record()], address.format(tmp_path))


def test_a_file_that_another_program_keeps_locked_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "PATIENCE", 0.01)
    address = f"sqlite:///{tmp_path}/x.db"
    load([record("a")], address)
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy) as caught:
        load([record("b")], address)
    assert caught.value.exit_code == 75
    # readers need not wait
    assert list(read_records(address)) == [record("a")]
    other.execute("ROLLBACK")
    other.close()
    assert load([record("b")], address) == LoadTally(new=1)


def test_a_file_of_duckdb_that_another_program_has_open_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    script = f"import duckdb\nwith duckdb.connect({str(path)!r}): print(flush=True); input()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(DatabaseBusy):
            load([record()], f"duckdb:///{path}")
        other.communicate(b"\n")
    assert load([record()], f"duckdb:///{path}") == LoadTally(new=1)


def test_an_interrupted_rename_of_the_folder_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{tmp_path}/x.parquet"
    load([record("a")], address)
    real, calls = Path.rename, iter(range(9))

    def rename(self: Path, target: Path) -> Path:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(parquet, "exchange", lambda *_: False)  # as on a network file system
    with pytest.raises(LoadFailed, match="no space left"):
        load([record("b")], address)
    monkeypatch.undo()
    with pytest.raises(DatabaseUnavailable):
        list(read_records(address))
    assert load([record("c")], address) == LoadTally(new=1)
    assert list(read_records(address)) == [record("a"), record("c")]
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


def test_files_are_durable_before_they_are_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        done.append("renamed")
        return real(self, target)

    monkeypatch.setattr(parquet, "_sync", lambda path: done.append(path.name))
    monkeypatch.setattr(Path, "rename", rename)
    load([record("a")], f"{tmp_path}/x.parquet")
    files = [f"{table.name}.parquet" for table in loading.SCHEMA.tables]
    assert sorted(done[: len(files)]) == sorted(files)
    assert done[len(files) :] == [".x.parquet.tmp", "renamed", tmp_path.name]
    done.clear()
    real_exchange = parquet.exchange

    def exchange(first: Path, second: Path) -> bool:
        done.append("exchanged")
        return real_exchange(first, second)

    monkeypatch.setattr(parquet, "exchange", exchange)
    load([record("b")], f"{tmp_path}/x.parquet")
    assert sorted(done[: len(files)]) == sorted(files)
    assert done[len(files) :] == [".x.parquet.tmp", "exchanged", tmp_path.name]


def test_a_full_disk_is_a_specific_error_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{tmp_path}/x.parquet"
    load([record("a")], address)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", refuse)
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.close", refuse)
    with pytest.raises(LoadFailed, match="no space left"):
        load([record("b")], address)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]
    assert load([record("b")], address) == LoadTally(new=1)
    assert list(read_records(address)) == [record("a"), record("b")]


@pytest.mark.parametrize("there", [False, True], ids=["tables", "articles"])
def test_a_full_disk_of_sqlite_says_to_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    address, pages, set_up = f"sqlite:///{tmp_path}/x.db", 5, sql._set_up
    if there:
        load([record("a")], address)
        with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
            ((used,),) = connection.execute("PRAGMA page_count")
        pages = used + 2

    def small(connection: sqlite3.Connection, given: object) -> None:
        set_up(connection, given)
        connection.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(sql, "_set_up", small)
    with pytest.raises(LoadFailed, match="database or disk is full") as raised:
        load([record(f"b{at}") for at in range(300)], address)
    assert raised.value.hint == sql.DISK
    monkeypatch.undo()
    assert load([record("b1")], address) == LoadTally(new=1)


def test_unchanged_articles_are_not_written_again(tmp_path: Path) -> None:
    address = f"{tmp_path}/x.parquet"
    load([record("a")], address)
    before = {path.name: path.stat().st_ino for path in (tmp_path / "x.parquet").iterdir()}
    assert len(before) == len(loading.SCHEMA.tables)
    load([record("a")], address)
    after = {path.name: path.stat().st_ino for path in (tmp_path / "x.parquet").iterdir()}
    assert after == before


def test_an_interrupt_stores_only_the_current_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)

    def interrupted() -> Iterator[ArticleRecord]:
        yield from map(record, "abc")
        raise KeyboardInterrupt

    address = f"sqlite:///{tmp_path}/x.db"
    with pytest.raises(KeyboardInterrupt):
        load(interrupted(), address)
    assert list(read_records(address)) == [record("a"), record("b")]
