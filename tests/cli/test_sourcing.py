"""``pipeline report``: a page and two tables in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.cli import main
from tests.desk.pages.conftest import browser
from tests.desk.pages.made import harbour

__all__ = ["browser"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(harbour("a").to_line(), "utf-8")
    return tmp_path


def test_the_report_is_a_folder_named_for_the_records(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "a.jsonl"]) == 0
    assert capfd.readouterr() == ("", "report on 1 article: out/a-report/report.html\n")
    names = sorted(path.name for path in (folder / "out/a-report").iterdir())
    assert names == ["articles.csv", "articles.html", "report.html", "sources.csv"]
    assert "Ann Lee" in (folder / "out/a-report/report.html").read_text("utf-8")
    assert main(["report", "a.jsonl", "-q"]) == 0
    assert capfd.readouterr() == ("", "")


def test_the_report_links_to_each_article_on_the_page_next_to_it(
    folder: Path,
    browser: Browser,
) -> None:
    with (folder / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write(harbour("b", title="Dam").to_line())
    assert main(["report", "a.jsonl", "-o", "r", "-q"]) == 0
    tab = browser.new_page()
    tab.goto((folder / "r/report.html").as_uri())
    tab.locator("table.stories").get_by_role("link", name="Dam").click()
    tab.wait_for_selector("#text")
    assert tab.url == (folder / "r/articles.html").as_uri() + "#/article/1"
    assert tab.title() == "Dam"
    tab.close()


def test_a_report_of_no_articles_says_so(folder: Path) -> None:
    (folder / "none.jsonl").write_text("", "utf-8")
    assert main(["report", "none.jsonl", "-o", "r", "-q"]) == 0
    assert "There are no articles." in (folder / "r/report.html").read_text("utf-8")


def test_another_report_is_not_overwritten_without_force(folder: Path) -> None:
    assert main(["report", "a.jsonl", "-o", "r"]) == 0
    (folder / "b.jsonl").write_text(harbour("b", title="Tide").to_line(), "utf-8")
    assert main(["report", "b.jsonl", "-o", "r"]) == 73
    assert "Tide" not in (folder / "r/report.html").read_text("utf-8")
    assert main(["report", "b.jsonl", "-o", "r", "--force"]) == 0
    assert "Tide" in (folder / "r/report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["report", "nowhere.jsonl"], 66, "error[P201]"),
        (["report", "a.jsonl", "-o", "a.jsonl"], 73, "error[P402]"),
        (["report"], 2, "Usage"),
    ],
)
def test_an_impossible_command_ends_with_a_code(
    arguments: list[str], code: int, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert message in capfd.readouterr().err
