"""A run's input: each file by its suffix, stdin as text, dates for articles without one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipeline.errors import InputNotFound
from pipeline.input import Article, Page, read
from pipeline.outcomes import Failure
from pipeline.settings import Settings

SETTINGS = Settings(max_bytes=1000)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_suffix_determines_the_format(folder: Path) -> None:
    for name, content in {
        "a.txt": "Rain.",
        "b.JSONL": '{"text": "Snow."}\n{"text": "Hail."}\n',
        "c.htm": "<p>Fog.</p>",
    }.items():
        (folder / name).write_text(content, "utf-8")
    found = list(read(["."], SETTINGS))
    assert [type(one) for one in found] == [Article, Article, Article, Page]
    assert [one.where for one in found if not isinstance(one, Failure)] == [
        "a.txt",
        "b.JSONL:1",
        "b.JSONL:2",
        "c.htm",
    ]


def test_a_given_format_overrides_the_suffix(folder: Path) -> None:
    (folder / "rows.txt").write_text('{"text": "Snow."}', "utf-8")
    (found,) = read(["rows.txt"], SETTINGS, format="jsonl")
    assert isinstance(found, Article)
    assert found.text == "Snow."


def test_stdin_is_text_and_has_no_address() -> None:
    (found,) = read(["-"], SETTINGS, stdin=io.BytesIO("Räin.\r\n".encode()))
    assert found == Article(text="Räin.\r\n", where="stdin")
    (row,) = read(["-"], SETTINGS, format="jsonl", stdin=io.BytesIO(b'{"text": "Snow."}'))
    assert isinstance(row, Article)
    assert (row.where, row.uri) == ("stdin:1", None)


def test_the_date_of_the_run_is_for_articles_without_one(folder: Path) -> None:
    rows = '{"text": "a", "published": "2024-01-02"}\n{"text": "b"}\n'
    (folder / "rows.jsonl").write_text(rows, "utf-8")
    (folder / "z.txt").write_text("c", "utf-8")
    found = read(["."], SETTINGS, published="2025-05-01")
    assert [one.published for one in found if isinstance(one, Article)] == [
        "2024-01-02",
        "2025-05-01",
        "2025-05-01",
    ]


def test_notices_of_decoding_come_with_the_article(folder: Path) -> None:
    (folder / "a.txt").write_bytes("“It rained,” she said, and it rained on.".encode("cp1252"))
    (found,) = read(["a.txt"], SETTINGS)
    assert isinstance(found, Article)
    assert [notice.code for notice in found.notices] == ["W201"]


def test_a_file_that_is_not_text_or_too_long_is_a_failure(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\x89PNG\r\n" + bytes(500))
    (folder / "b.txt").write_bytes(b"x" * 9000)
    (folder / "c.txt").write_text("Rain.", "utf-8")
    found = list(read(["."], SETTINGS))
    assert [one.code for one in found if isinstance(one, Failure)] == ["P205", "P203"]
    assert [one.source for one in found if isinstance(one, Failure)] == ["a.txt", "b.txt"]
    assert isinstance(found[2], Article)


def test_a_path_that_names_nothing_raises_before_anything_is_read() -> None:
    with pytest.raises(InputNotFound):
        read(["nowhere.txt"], SETTINGS)
