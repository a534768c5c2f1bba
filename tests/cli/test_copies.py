"""``pipeline copies``, ``said`` and ``series``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pipeline.archive import following
from pipeline.cli import main
from pipeline.output.loading import load
from pipeline.text.words import article_name
from tests.archive.news import week


@pytest.fixture
def news(tmp_path: Path) -> str:
    """Return the address of a database with the articles of a week."""
    address = f"sqlite:///{tmp_path}/news.db"
    load(week(), address)
    return address


@pytest.fixture
def followed(news: str) -> str:
    following.follow(news)
    return news


def test_copies_tells_what_it_found(news: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["copies", "--db", news]) == 0
    told = [
        "8 articles: 6 stories, 1 copy, 1 update",
        "3 quotations: 1 in several articles, 3 given to several speakers",
    ]
    assert capfd.readouterr().err.splitlines() == ["8 articles read", *told]
    assert main(["copies", "--db", news]) == 0
    assert capfd.readouterr().err.splitlines() == ["0 articles read", *told]
    assert main(["copies", "--db", news, "-q"]) == 0
    assert capfd.readouterr() == ("", "")


def test_an_interrupted_run_can_be_repeated(
    news: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "follow", interrupt)
    assert main(["copies", "--db", news]) == 130
    assert capfd.readouterr().err == "interrupted: repeat the command to continue\n"


def test_said_prints_a_table(followed: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["said", "Ann Roe", "--db", followed, "--about", "markets"]) == 0
    out, err = capfd.readouterr()
    head, row = (line.split() for line in out.splitlines())
    assert head == ["Date", "Who", "Statement", "Article", "Outlets", "Origins"]
    assert row[:3] == ["2025-05-01", "Ann", "Roe"]
    assert row[-3:] == ["wire", "2", "1"]
    assert err == ""


def test_said_prints_json_and_csv(followed: str, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["said", "Ann Roe", "--db", followed, "--since", "2025-05-01"]
    assert main([*command, "--json"]) == 0
    (line,) = capfd.readouterr().out.splitlines()
    row = json.loads(line)
    assert (row["article_id"], row["kind"], row["origins"]) == ("wire", "direct", 1)
    assert main([*command, "--csv"]) == 0
    (line,) = csv.DictReader(capfd.readouterr().out.removeprefix("\ufeff").splitlines())
    assert line == {key: "" if value is None else str(value) for key, value in row.items()}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["said", "Nobody Else"], "nothing found for 'Nobody Else'"),
        (["said", "ann reo"], "nothing found for 'ann reo'; did you mean 'Ann Roe'?"),
        (["said", "Ann Roe", "--about", "penguins"], "nothing found for 'Ann Roe', 'penguins'"),
        (
            ["series", "--holder", "Chian", "--measure", "trade deficti", "--json"],
            "nothing found for 'Chian', 'trade deficti'; did you mean 'China' or 'trade deficit'?",
        ),
        (["series", "--unit", "EUR"], "nothing found for 'EUR'"),
    ],
)
def test_nothing_found_is_told(
    followed: str, arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--db", followed]) == 1
    assert capfd.readouterr() == ("", f"{told}\n")
    assert main([*arguments, "--db", followed, "-q"]) == 1
    assert capfd.readouterr() == ("", "")


def test_articles_that_are_not_covered_are_told(
    news: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["said", "Ann Roe", "--db", news, "--about", "market"]) == 1
    told = f"8 articles not covered yet: pipeline copies --db {news}"
    assert capfd.readouterr().err.splitlines()[0] == told
    assert main(["series", "--db", news, "-q"]) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("title", "uri", "name"),
    [
        ("A fall", "news/a.txt", "A fall"),
        (None, "news/a.txt", "a.txt"),
        (None, "https://example.com/news/a/", "a"),
        (None, None, "0a1b"),
    ],
)
def test_an_article_is_named_by_title_file_or_id(
    title: str | None, uri: str | None, name: str
) -> None:
    assert article_name(title, uri, "0a1b") == name


def test_series_prints_how_a_figure_moved(followed: str, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["series", "--db", followed, "--holder", "China", "--measure", "deficit"]
    assert main(command) == 0
    lines = [line.split() for line in capfd.readouterr().out.splitlines()]
    assert lines[0] == ["Whose", "What", "Period", "Value", "Source", "Article", "Relation"]
    assert lines[1] == ["China", "trade", "deficit", "2024", "5", "Ministry", "wire"]
    assert lines[4] == ["China", "trade", "deficit", "2025", "9", "next", "other", "period"]
    assert main([*command, "--json"]) == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [row["value"] for row in rows if not row["left_out"]] == [5, 6, 8, 9]


def test_series_counts_what_it_leaves_out(followed: str, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["series", "--db", followed, "--holder", "China"]
    assert main(command) == 0
    out, err = capfd.readouterr()
    reason = "in a copy of another article"
    told = f"1 figure left out: {reason} (1)"
    assert (len(out.splitlines()), err) == (5, f"{told}; list them with --all\n")
    assert main([*command, "--all"]) == 0
    out, err = capfd.readouterr()
    assert (len(out.splitlines()), err) == (6, f"{told}\n")
    assert out.splitlines()[-1].endswith(reason)
    assert main([*command, "--unit", "EUR"]) == 1
    assert "another unit (5)" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["said", "Ann", "--json", "--csv"], 2, "error[P101]: --json and --csv exclude each other"),
        (["said", "Ann", "--since", "May"], 2, "error[P102]: --since: 'May' is not a valid date"),
        (["said", "Ann", "--until", "5"], 2, "error[P102]: --until: '5' is not a valid date"),
    ],
)
def test_wrong_arguments_are_told(
    followed: str,
    arguments: list[str],
    code: int,
    message: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main([*arguments, "--db", followed]) == code
    assert capfd.readouterr().err.splitlines()[0] == message


def test_files_are_not_a_database(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["series", "--db", "x.parquet"]) == 69
    assert "'x.parquet' is not the address of a database" in capfd.readouterr().err
