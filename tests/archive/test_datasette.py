"""Datasette shows a loaded database, and answers the five questions of the tutorial."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import parse_metadata

from pipeline.archive.following import follow
from pipeline.cli import main
from pipeline.output.loading import load
from tests.archive.articles import Says, article
from tests.archive.news import week


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a database with the articles of a week, followed."""
    monkeypatch.chdir(tmp_path)
    load(week(), "sqlite:///the news.db")
    follow("sqlite:///the news.db")
    return "sqlite:///the news.db"


def prepared(address: str) -> Datasette:
    assert main(["datasette", "--db", address, "--force", "-q"]) == 0
    metadata = parse_metadata(Path("metadata.yaml").read_text("utf-8"))
    return Datasette([address.removeprefix("sqlite:///")], metadata=metadata)


def fetched(shown: Datasette, *paths: str) -> list[Any]:
    """Return the rows of each page of the database; any error fails."""

    async def fetch() -> list[Any]:
        found = []
        for path in paths:
            page, _, asked = path.partition("?")
            answer = await shown.client.get(f"/the~20news/{page}.json?_shape=objects&{asked}")
            assert (answer.status_code, answer.json().get("error")) == (200, None), path
            found.append(answer.json()["rows"])
        return found

    return asyncio.run(fetch())


def test_the_five_questions_are_answered(news: str) -> None:
    nothing, who, what, outlets, figure, anonymous = fetched(
        prepared(news),
        "about_what?words=",
        "who_said_what?name=bo lee",
        "about_what?words=bridges markets",
        "how_many_outlets?words=bridge",
        "how_a_figure_moved?holder=&measure=",
        "who_is_quoted_anonymously",
    )
    assert nothing == anonymous == []
    assert [(one["title"], one["speaker"]) for one in who] == [("other", "Bo Lee")]
    assert [one["title"] for one in what] == ["wire", "mirror", "update", "other", "nobody"]
    assert [(one["speaker"], one["articles"], one["origins"]) for one in outlets] == [
        ("Ann Roe", 4, 2)
    ]
    assert [one["value"] for one in figure] == [5, 6, 8, 9]


def test_every_table_has_its_facets_and_articles_are_searched(news: str) -> None:
    shown = prepared(news)
    tables = shown.metadata()["databases"]["the news"]["tables"]
    fetched(shown, *tables)
    changed = article("other", Says("Bo Lee", "Zebras are closed."), title="Changed")
    load([changed], news)
    found = fetched(shown, "articles?_search=zebra", "articles?_search=bridges mirror")
    assert [[one["id"] for one in rows] for rows in found] == [["other"], ["mirror"]]


def test_only_sqlite_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"duckdb:///{tmp_path}/x"
    load(week(), address)
    assert main(["datasette", "--db", address, "-o", "-"]) == 69
    assert "Datasette reads only SQLite" in capsys.readouterr().err
