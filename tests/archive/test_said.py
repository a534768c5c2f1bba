"""Statements are found by speaker, words and date."""

from __future__ import annotations

import pytest

from pipeline.archive import said as searching
from pipeline.archive.following import follow
from pipeline.archive.said import said
from pipeline.output.loading import load
from pipeline.records.schema import ArticleRecord
from tests.archive.articles import Says, article, prose
from tests.archive.news import rows, week
from tests.archive.reading import link_as_one


def ids(address: str, speaker: str | None = None, **conditions: str | None) -> list[str]:
    return [one.article_id for one in said(address, speaker, **conditions)]


@pytest.fixture
def news(address: str) -> str:
    """Return the address of a database with the articles of a week, followed."""
    load(week(), address)
    follow(address)
    return address


def test_a_statement_in_several_articles_is_found_once(news: str) -> None:
    first, second = said(news, "Roe")
    assert (first.article_id, first.speaker, first.kind) == ("wire", "Ann Roe", "direct")
    assert (first.articles, first.outlets, first.origins) == (2, 2, 1)
    # the short name may be of somebody else
    assert (second.article_id, second.speaker) == ("update", "Roe")
    assert (second.articles, second.outlets, second.origins) == (2, 2, 2)


def test_an_indirect_statement_of_a_copy_is_found_once(news: str) -> None:
    (one,) = said(news, "Ministry")
    assert (one.article_id, one.kind, one.articles, one.origins) == ("wire", "indirect", 2, 1)


def test_the_name_has_all_words(news: str) -> None:
    assert ids(news, "roe ann") == ["wire"]
    assert ids(news, "Ann Lee") == []
    assert ids(news, "%") == ids(news, "_") == []
    assert ids(news) == ["wire", "wire", "update", "other", "nobody", "next"]


@pytest.mark.parametrize(
    ("about", "found"),
    [("markets", True), ("Market bridge", True), ("garden", False), ("'\"", True), ("OR", False)],
)
def test_words_of_a_statement_are_found_in_other_forms(news: str, about: str, found: bool) -> None:
    assert bool(said(news, "Bo Lee", about=about)) is found


def test_dates_are_the_first_and_the_last_day(news: str) -> None:
    assert ids(news, "Roe", since="2025-05-02") == ["mirror", "update"]
    assert ids(news, "Roe", until="2025-05-01") == ["wire"]
    assert ids(news, "Lee", since="2025-05-03", until="2025-05-03") == ["other"]


def test_the_last_day_is_whole(address: str) -> None:
    late = article("a", Says("Ann Roe", "It is over"), published="2025-05-01T23:00:00Z")
    load([late], address)
    assert ids(address, until="2025-05-01") == ["a"]
    assert ids(address, until="2025-04-30") == []


def test_a_replaced_statement_is_no_longer_found(news: str) -> None:
    load([article("other", prose(4), Says("Bo Lee", "We won the garden."))], news)
    follow(news)
    assert ids(news, about="market bridge") == ["wire", "update", "nobody"]
    assert ids(news, "Lee", about="gardens") == ["other"]


def test_an_sqlite_without_fts5_searches_for_parts(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "prepare", lambda _: None)
    address = f"sqlite:///{tmp_path}/x.db"
    load(week(), address)
    follow(address)
    assert ids(address, "Bo Lee", about="markets bridge") == ["other"]
    assert ids(address, "Bo Lee", about="garden") == []
    monkeypatch.undo()
    load([article("new", Says("Bo Lee", "The market won."), published="2025-05-09")], address)
    follow(address)
    assert rows(address, "SELECT count(*) FROM statement_search") == [(10,)]
    assert ids(address, "Bo Lee", about="markets") == ["other", "new"]


def test_a_short_name_is_found_by_the_names_of_its_identity(address: str) -> None:
    def on(id: str, day: int, name: str, words: str) -> ArticleRecord:
        return article(id, Says(name, words), published=f"2025-05-0{day}")

    load(
        [
            on("full", 1, "Jamieson Greer", "Tariffs are up."),
            on("same", 2, "Greer", "Tariffs are up."),
            on("bare", 3, "Greer", "Tariffs will rise."),
            on("other", 4, "Ann Greer", "Tariffs are down."),
        ],
        address,
    )
    follow(address)
    assert ids(address, "Jamieson Greer") == ["full"]
    assert rows(address, "SELECT DISTINCT identity FROM v_statements") == [(None,)]
    identity = link_as_one(address, ("full/e1", "same/e1", "bare/e1"))
    found = said(address, "jamieson greer")
    assert [(one.article_id, one.speaker, one.identity, one.articles) for one in found] == [
        ("full", "Jamieson Greer", identity, 2),
        ("bare", "Greer", identity, 1),
    ]
    assert ids(address, "Greer") == ["full", "bare", "other"]
    assert ids(address, "Jamieson Greer", about="rise") == ["bare"]
    asked = searching.statements(address, speaker="Jamieson Greer", about="rise", limit=5)
    assert [row["article_id"] for row in asked.rows] == ["bare"]
    # until it is linked again, a replaced article has only the names that are in it
    load([on("bare", 3, "Greer", "Tariffs may rise.")], address)
    assert ids(address, "Jamieson Greer") == ["full"]
