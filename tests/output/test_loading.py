"""Loading gives the same guarantees for every kind of database."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from pipeline.errors import BrokenRecord, DatabaseUnavailable, DatabaseUnsuitable, LoadFailed
from pipeline.output import layout, loading
from pipeline.output.layout import SCHEMA, Schema, describe
from pipeline.output.loading import LoadTally, load
from pipeline.records.assemble import assemble
from pipeline.records.schema import ArticleRecord
from tests.output import reading
from tests.output.reading import read_records
from tests.output.samples import record
from tests.records.strategies import annotated

NASTY = {
    "sql": "'; DROP TABLE articles; -- \" %s %(a)s $1 ? :a {b} \\",
    "csv": '=HYPERLINK("http://example.org","x")\t+1\n-2\r@SUM(A1)',
    "html": "<script>alert(1)</script>&amp;",
    "copy": "\\N \\. \\x00 \\t \x01\x08\x0b\x1b[2J\x7f\x85\u2028\u202e\ufeff",
    "json": '{"a": "\\u0000"}',
    "astral": "\U0001f469\u200d\U0001f467 e\u0301 \U000e0041 \ufffe\uffff",
}


def lines(address: str) -> list[str]:
    return [found.model_dump_json() + "\n" for found in read_records(address)]


def test_shipped_articles_are_read_back_byte_for_byte(
    address: str, shipped: list[ArticleRecord]
) -> None:
    assert load(shipped, address) == LoadTally(new=13)
    assert lines(address) == [r.to_line() for r in sorted(shipped, key=lambda r: r.id)]


def test_loading_twice_equals_loading_once(address: str) -> None:
    some = [record(id) for id in "cab"]
    assert load(some, address) == LoadTally(new=3)
    once = lines(address)
    assert load(some, address) == LoadTally(unchanged=3)
    assert load(some[1:], address) == LoadTally(unchanged=2)
    assert lines(address) == once == [record(id).to_line() for id in "abc"]


def test_another_record_of_an_article_replaces_all_of_it(address: str) -> None:
    layers = ("entities", "quotes", "figures", "times", "attributions")
    bare = record("a").model_copy(update=dict.fromkeys(layers, ()))
    load([record("a"), record("b")], address)
    assert load([bare], address) == LoadTally(replaced=1)
    assert lines(address) == [bare.to_line(), record("b").to_line()]
    assert load([record("a")], address) == LoadTally(replaced=1)
    assert lines(address) == [record("a").to_line(), record("b").to_line()]


def test_the_last_of_duplicate_articles_in_a_load_is_stored(address: str) -> None:
    some = [record("a", title="1"), record("b"), record("a", title="2"), record("a", title="2")]
    assert load(some, address) == LoadTally(new=2, replaced=1, unchanged=1)
    assert lines(address) == [record("a", title="2").to_line(), record("b").to_line()]


def test_a_record_of_an_older_pipeline_does_not_replace_a_newer_one(address: str) -> None:
    newer, older = record(pipeline="0.10.0", title="new"), record(pipeline="0.9.1", title="old")
    load([newer], address)
    assert load([older], address) == LoadTally(older=1)
    assert lines(address) == [newer.to_line()]
    assert load([older], address, force=True) == LoadTally(replaced=1)
    assert lines(address) == [older.to_line()]


def test_an_interrupted_load_is_finished_by_loading_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    some = [record(f"{number}") for number in range(7)]

    def broken() -> Iterator[ArticleRecord]:
        yield from some[:5]
        raise BrokenRecord("a broken line")

    with pytest.raises(BrokenRecord):
        load(broken(), address)
    there = {found.id for found in read_records(address)} if _exists(address) else set()
    assert there <= {one.id for one in some[:4]}
    tally = load(some, address)
    assert (tally.new, tally.unchanged) == (7 - len(there), len(there))
    assert lines(address) == [one.to_line() for one in some]


def _exists(address: str) -> bool:
    """Return whether there is anything to read; a folder of Parquet files counts as a whole."""
    try:
        with loading.connect(address, reading=True):
            return True
    except DatabaseUnavailable:
        return False


def test_ids_names_and_texts_stay_data(address: str) -> None:
    some = [nasty_record(nasty) for nasty in NASTY.values()]
    assert load(some, address) == LoadTally(new=len(NASTY))
    assert lines(address) == [made.to_line() for made in sorted(some, key=lambda r: r.id)]
    assert load(some, address) == LoadTally(unchanged=len(NASTY))
    for made in some:
        assert list(read_records(address, [made.id])) == [made]


def nasty_record(nasty: str) -> ArticleRecord:
    text = (nasty + " 0123456789" * 8)[:80]
    meta = {nasty: [nasty, {"a": nasty}]}
    given = dict.fromkeys(("uri", "title", "byline", "publisher", "language"), nasty)
    return record(nasty, text=text, name=nasty, meta=meta, **given)


def test_names_and_titles_of_any_length_are_stored(address: str) -> None:
    import random

    long = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyzäöü", k=20_000))
    made = record("a" * 2000, name=long, title=long, publisher=long, uri=long)
    load([made], address)
    assert lines(address) == [made.to_line()]


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(annotated(), min_size=4, max_size=10))
def test_any_records_can_be_read_back(address: str, docs: list[Doc]) -> None:
    made = [assemble(doc, id=f"{number}") for number, doc in enumerate(docs)]
    load(made, address)
    wanted = [one.id for one in made]
    assert list(read_records(address, wanted)) == made


class NewRecord(ArticleRecord):
    schema_version: Literal["1.0", "1.1", "1.2"]  # type: ignore[assignment]
    section: str | None = None
    flag: bool = False


NEW_TABLES = describe(NewRecord)
NEW_SCHEMA = Schema("1.2", "0.2.0", NEW_TABLES)


def test_a_database_of_an_older_minor_schema_gets_the_new_columns(address: str) -> None:
    load([record("a"), record("b")], address)
    new = _newer(record("b", pipeline="0.2.0"), schema_version="1.2", section="S", flag=True)
    old = _newer(record("c"))
    with loading.connect(address, NEW_SCHEMA) as target:
        assert target.put([layout.entry(one, NEW_TABLES) for one in (new, old)]) == LoadTally(1, 1)
    with loading.connect(address, NEW_SCHEMA, reading=True) as target:
        found = list(reading.records("abc", reading.rows_of(target), NEW_TABLES, NewRecord))
    assert found == [_newer(record("a")), new, old]
    # the older pipeline still uses the columns that it knows, and keeps newer ones
    assert load([record("a"), record("b"), record("d")], address) == LoadTally(1, 0, 1, 1)


def _newer(made: ArticleRecord, **more: Any) -> NewRecord:
    return NewRecord.model_validate(dict(made) | more)


def test_a_database_of_another_major_schema_is_refused(address: str) -> None:
    with loading.connect(address, SCHEMA._replace(version="2.0")) as target:
        target.put([])
    for _ in range(2):
        with pytest.raises(DatabaseUnsuitable, match=r"schema 2\.0"):
            load([record()], address)
    with pytest.raises(DatabaseUnsuitable, match=r"schema 2\.0"):
        list(read_records(address))


def test_columns_that_cannot_be_added_are_refused(address: str) -> None:
    load([record("a")], address)
    first, *others = SCHEMA.tables
    columns = (*first.columns, first.columns[0]._replace(name="more", nullable=False))
    wanted = Schema("1.2", "0.2.0", (first._replace(columns=columns), *others))
    with (
        pytest.raises(DatabaseUnsuitable, match="articles lacks more"),
        loading.connect(address, wanted),
    ):
        pass
    assert lines(address) == [record("a").to_line()]


def test_a_failure_in_the_middle_leaves_the_article_unchanged(address: str) -> None:
    load([record("a")], address)
    entry = layout.entry(record("a", title="new"))
    name, row = "attributions", entry.rows["attributions"][0]
    # a row that is too short, after articles and entities were written
    broken = entry._replace(rows=entry.rows | {name: [row[:-1]]})
    with pytest.raises((LoadFailed, ValueError)), loading.connect(address) as target:
        target.put([broken])
    assert lines(address) == [record("a").to_line()]
    assert load([record("a", title="new")], address) == LoadTally(replaced=1)


def test_batches_are_bounded_and_have_no_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH", 3)
    entries = [layout.LoadEntry(id, "", 0, 10, {}) for id in "abcdaab"]
    found = ["".join(e.id for e in batch) for batch in loading.batches(entries)]
    assert found == ["abc", "da", "ab"]
    monkeypatch.setattr(loading, "BATCH_SIZE", 15)
    found = ["".join(e.id for e in batch) for batch in loading.batches(entries)]
    assert list(itertools.chain.from_iterable(found)) == list("abcdaab")
    assert max(map(len, found)) == 2


def test_a_database_of_this_version_is_not_prepared_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views that are dropped and created again would be missing for concurrent readers."""
    load([record("a")], address)

    def views(_dialect: str) -> dict[str, str]:
        raise AssertionError("made ready again")

    monkeypatch.setattr("pipeline.output.sql.views", views)
    assert load([record("b")], address) == LoadTally(new=1)
