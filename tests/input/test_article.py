"""Dates of publication are read if they are unambiguous."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from pipeline.errors import BadDate, BadRow
from pipeline.input.article import Article, parse_published


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-05-01", "2025-05-01"),
        ("20250501", "2025-05-01"),
        ("2025-05-01T08:30:00Z", "2025-05-01T08:30:00Z"),
        ("2025-05-01 08:30", "2025-05-01T08:30:00"),
        ("2025-05-01T08:30:00.25+05:30", "2025-05-01T08:30:00.250000+05:30"),
        ("Thu, 01 May 2025 10:00:00 GMT", "2025-05-01T10:00:00Z"),
        ("Thu, 01 May 2025 10:00:00 -0400", "2025-05-01T10:00:00-04:00"),
        ("1 May 2025", "2025-05-01"),
        ("May 1, 2025", "2025-05-01"),
        (" 3  June\n2024 ", "2024-06-03"),
        ("03/04/2025", None),
        ("2025", None),
        ("2025-13-01", None),
        ("yesterday", None),
        ("", None),
        ("١ May 2025", None),
        ("9" * 5000, None),
    ],
)
def test_dates_of_publication(written: str, read: str | None) -> None:
    assert parse_published(written) == read
    if read:
        assert parse_published(read) == read


@pytest.mark.parametrize(
    ("written", "format", "read"),
    [
        ("03/04/2025", "%d/%m/%Y", "2025-04-03"),
        ("03/04/2025", "%m/%d/%Y", "2025-03-04"),
        ("3/4/25", "%d/%m/%y", "2025-04-03"),
        ("03.04.2025 г.", "%d.%m.%Y г.", "2025-04-03"),
        ("03/04/2025  23:15", "%d/%m/%Y %H:%M", "2025-04-03T23:15:00"),
        ("04/03/2025 11:15 PM -0400", "%m/%d/%Y %I:%M %p %z", "2025-04-03T23:15:00-04:00"),
        ("2025-04-03", "%d/%m/%Y", None),
        ("31/02/2025", "%d/%m/%Y", None),
        ("03/04/2025 extra", "%d/%m/%Y", None),
        ("3" * 5000, "%d/%m/%Y", None),
    ],
)
def test_dates_in_a_given_format(written: str, format: str, read: str | None) -> None:
    assert parse_published(written, format) == read


def test_the_day_is_in_local_time_of_the_place_of_publication() -> None:
    article = Article(text="x", where="x", published="2025-05-01T23:30:00-04:00")
    assert article.published_date == date(2025, 5, 1)
    assert article.published_time == datetime(2025, 5, 1, 23, 30)


def test_an_article_with_an_invalid_date_is_refused() -> None:
    with pytest.raises(BadDate):
        Article(text="x", where="x", published="May 1st")


def test_a_clean_article_has_no_notice() -> None:
    article = Article(text="Rain.", title="Wall", meta={"desk": ["x", 1, None, {"a": True}]})
    assert article.meta == {"desk": ["x", 1, None, {"a": True}]}
    assert article.notices == ()


def test_cleaning_an_article_again_changes_nothing() -> None:
    article = Article(text="a\0", title="b\0")
    assert replace(article, where="x").notices == article.notices


def test_metadata_that_is_nested_too_deeply_is_refused() -> None:
    deep: list[object] = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(BadRow, match="deeper than 32 levels"):
        Article(text="x", meta={"a": deep})
