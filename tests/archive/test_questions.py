"""Questions to a database, the same in every kind."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.archive import said
from pipeline.archive.access import opened
from pipeline.errors import BadDatabaseUrl, BadParameter, DatabaseUnavailable
from pipeline.output.loading import load
from pipeline.records.schema import ArticleRecord
from tests.desk.pages.made import harbour
from tests.output.samples import record
from tests.output.test_views import address

__all__ = ["address"]


def test_who_said_finds_a_quotation_by_its_words(address: str) -> None:
    load([record("a", title="T", published="2025-05-01", publisher="P", uri="U")], address)
    found = said.who_said(address, "NO", limit=5)
    assert found == (
        [
            {
                "speaker": "Al Roe", "speaker_descriptions": ["mayor"], "source": "Al Roe",
                "quote": "no", "kind": "direct", "cue": "said", "speaker_confidence": 0.625,
                "published": "2025-05-01", "title": "T", "publisher": "P", "uri": "U",
                "article_id": "a", "start_char": 25, "end_char": 27,
            }
        ],
        False,
    )  # fmt: skip
    assert said.who_said(address, "no yes", limit=5) == ([], False)


def test_statements_are_direct_or_indirect(address: str) -> None:
    load([record("a", published="2025-05-01"), harbour("b")], address)
    (row,) = said.statements(address, about="lost COW", limit=5).rows
    assert (row["speaker"], row["source"], row["kind"]) == (None, "officials", "indirect")
    assert (row["statement"], row["cue"], row["negated"]) == ("He lost 5 cows", "said", False)
    assert (row["start_char"], row["end_char"]) == (37, 51)
    (row,) = said.statements(address, about="no", speaker="roe al", limit=5).rows
    assert (row["speaker"], row["statement"]) == ("Al Roe", '"no" … in May')
    assert said.statements(address, about="no", speaker="officials", limit=5).rows == []


def test_days_of_publication_are_inclusive(address: str) -> None:
    dates = {"a": "2025-04-30", "b": "2025-05-01T08:30:00Z", "c": "2025-05-02"}
    load([record(id, published=day) for id, day in dates.items()], address)

    def ids(**given: Any) -> list[str]:
        rows = said.statements(address, about="cows", limit=9, **given).rows
        return [row["article_id"] for row in rows]

    assert ids() == ["c", "b", "a"]
    assert ids(since="2025-05-01") == ["c", "b"]
    assert ids(until="2025-05-01") == ["b", "a"]
    assert ids(since="2025-05-01", until="2025-05-01") == ["b"]


def test_a_series_has_exact_values(address: str) -> None:
    load([dated("a", "2025-05-01", "0.30"), dated("b", "2024-05-01", "1/3")], address)
    rows = said.series(address, holder="roe", measure="cow", limit=9).rows
    assert [(row["value"], row["measures"], row["holder"]) for row in rows] == [
        ("1/3", "cows", "Al Roe"),
        ("0.30", "cows", "Al Roe"),
    ]
    assert said.series(address, measure="cow", unit="USD", limit=9).rows == []
    assert said.series(address, holder="Bo", limit=9).rows == []


def dated(id: str, published: str, value: str) -> ArticleRecord:
    """Return a record with another value of its figure."""
    made = record(id, published=published)
    line = made.to_line().replace('"value":"5"', f'"value":"{value}"')
    return ArticleRecord.from_line(line)


def test_articles_without_a_date_come_last(address: str) -> None:
    dates = {"a": None, "b": "2025-05-01", "c": "2025-05-02"}
    load([record(id, published=day) for id, day in dates.items()], address)
    for found, wanted in (
        (said.who_said(address, "no", limit=9), "bca"),
        (said.statements(address, about="cows", limit=9), "cba"),
        (said.series(address, measure="cows", limit=9), "bca"),
    ):
        assert "".join(row["article_id"] for row in found.rows) == wanted


def test_a_limit_cuts_the_answer_and_says_so(address: str) -> None:
    load([record(id) for id in "abc"], address)
    assert [row["article_id"] for row in said.who_said(address, "no", limit=2).rows] == [
        "a",
        "b",
    ]
    assert said.who_said(address, "no", limit=2).more
    assert not said.who_said(address, "no", limit=3).more


@pytest.mark.parametrize("words", ["%", "_", "n_", "!", "' OR 1=1 --", "?", "%s"])
def test_words_are_only_words(address: str, words: str) -> None:
    load([record("a")], address)
    assert said.who_said(address, words, limit=5).rows == []


@pytest.mark.parametrize("words", ["", "  ", "a " * 21])
def test_no_words_and_too_many_words_are_refused(words: str) -> None:
    with pytest.raises(BadParameter, match="words to search for"):
        said.who_said("sqlite:///x.db", words, limit=5)


def test_a_question_cannot_write(address: str) -> None:
    load([record("a")], address)
    for statement in ("DELETE FROM spans", "CREATE TABLE x (y INTEGER)"):
        with (
            pytest.raises(DatabaseUnavailable, match=r"(?i)read.?only"),
            opened(address, reading=True, failure=DatabaseUnavailable) as store,
            store.transaction(),
        ):
            store.run(statement)
    assert said.who_said(address, "no", limit=5).rows


def test_a_database_that_is_missing_or_has_no_views_is_refused(tmp_path: Any) -> None:
    with pytest.raises(DatabaseUnavailable, match="no such file"):
        said.check(f"sqlite:///{tmp_path}/x.db")
    assert not list(tmp_path.iterdir())
    load([record("a")], f"{tmp_path}/x.parquet")
    with pytest.raises(BadDatabaseUrl, match="not the address of a database"):
        said.check(f"{tmp_path}/x.parquet")
