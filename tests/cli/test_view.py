"""``pipeline view``: a page of records, from a user's perspective."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from spacy.language import Language

from pipeline.cli import main
from pipeline.cli.files import default_out
from tests.desk.pages.made import harbour


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(harbour("a").to_line(), "utf-8")
    return tmp_path


def articles(path: Path) -> int:
    return path.read_text("utf-8").count('id="article-')


def test_the_page_is_named_for_the_records(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["view", "a.jsonl"]) == 0
    assert capfd.readouterr() == ("", "page of 1 record: out/a.html\n")
    assert articles(folder / "out/a.html") == 1
    assert "We will build it" in (folder / "out/a.html").read_text("utf-8")


def test_a_large_file_says_up_to_how_many_articles_it_is_meant_for(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["pipeline.cli.view"], "MEANT_FOR", 0)
    assert main(["view", "a.jsonl"]) == 0
    told = "one file is meant for up to 0 articles; pipeline serve shows more\n"
    assert capfd.readouterr().err == f"page of 1 record: out/a.html\n{told}"


def test_the_parts_of_a_run_are_shown_in_order(folder: Path) -> None:
    run = folder / "run"
    run.mkdir()
    for number in (1, 0):
        line = harbour(f"x{number}", title=f"Part {number}").to_line()
        (run / f"part-0000{number}.jsonl").write_text(line, "utf-8")
    (run / "dead-letter.jsonl").write_text('{"id": "lost"}\n', "utf-8")
    assert main(["view", "run", "-q"]) == 0
    page = (folder / "out/run.html").read_text("utf-8")
    assert articles(folder / "out/run.html") == 2
    assert page.index('"title":"Part 0"') < page.index('"title":"Part 1"')


def test_records_come_from_stdin_and_the_page_goes_to_stdout(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    line = io.BytesIO(harbour().to_line().encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=line))
    assert main(["view", "-", "-o", "-", "--quiet"]) == 0
    stdout, stderr = capfd.readouterr()
    assert stdout.startswith("<!DOCTYPE html>")
    assert stdout.endswith("</html>\n")
    assert stderr == ""


def test_another_page_is_not_overwritten_without_force(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["view", "a.jsonl", "-o", "p.html"]) == 0
    assert main(["view", "a.jsonl", "-o", "p.html"]) == 0
    (folder / "b.jsonl").write_text(harbour("b", title="Tide").to_line(), "utf-8")
    assert main(["view", "b.jsonl", "-o", "p.html"]) == 73
    assert "error[P401]: p.html: already exists" in capfd.readouterr().err
    assert "Harbour wall" in (folder / "p.html").read_text("utf-8")
    assert main(["view", "b.jsonl", "-o", "p.html", "--force"]) == 0
    assert "Tide" in (folder / "p.html").read_text("utf-8")


def test_a_broken_line_is_named_and_no_page_is_left(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with (folder / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "x"}\n')
    assert main(["view", "a.jsonl"]) == 65
    stderr = capfd.readouterr().err
    assert "error[P601]: a.jsonl:2: not a record" in stderr
    assert "pipeline validate" in stderr
    assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["view", "nowhere.jsonl"], 66, "error[P201]: nowhere.jsonl"),
        (["view", "."], 66, "not a run: it contains no part"),
        (["view", "a.jsonl", "-o", "a.jsonl", "--force"], 73, "is also the input"),
        (["view", "a.jsonl", "-o", "."], 73, "error[P402]: .: a folder"),
        (["view", "a.jsonl", "--colour"], 2, "no such option"),
        (["veiw", "a.jsonl"], 2, "did you mean view?"),
        (["view"], 2, "Usage"),
    ],
)
def test_an_impossible_command_ends_with_a_code(
    arguments: list[str], code: int, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    stdout, stderr = capfd.readouterr()
    assert message in stderr
    assert "Traceback" not in stderr
    assert stdout == ""


def test_the_page_shows_the_identities_of_a_database(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = ["view", "a.jsonl", "-o", "p.html", "--db"]
    assert main([*given, "sqlite:///x.db"]) == 69
    assert "error[P312]" in capfd.readouterr().err
    assert main(["load", "a.jsonl", "--db", "sqlite:///x.db", "--link"]) == 0
    assert main([*given, "sqlite:///x.db"]) == 0
    page = (folder / "p.html").read_text("utf-8")
    assert page.count('id="identity-') > 1
    assert "Ann Lee" in page.partition('"identities":')[2]


def test_a_page_of_several_files_is_named_records() -> None:
    assert default_out(["a.jsonl", "b.jsonl"]) == "out/records.html"
    assert default_out(["-"]) == "out/stdin.html"


def test_extract_can_write_the_page(
    folder: Path,
    nlp: Language,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    (folder / "x.txt").write_text("“We won,” said Ann Lee.\n", "utf-8")
    assert main(["extract", "x.txt", "--html"]) == 0
    assert "page: out/x.html" in capfd.readouterr().err
    assert articles(folder / "out/x.html") == 1
    assert main(["extract", "x.txt", "--html", "-q"]) == 0
    capfd.readouterr()
    assert main(["extract", "x.txt", "--html", "-o", "-"]) == 2
    (folder / "y.html").write_text("<p>“We won,” said Ann Lee.</p>", "utf-8")
    assert main(["extract", "y.html", "--html", "-o", "y.jsonl", "--force"]) == 73
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert "error[P101]: --html: a page needs a file of records" in stderr
    assert "error[P402]: y.html: is also the input" in stderr
