"""Articles are found first and read later, from their bytes."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputNotFound, UsageError
from pipeline.input import Article, InputItem, Page, read, read_item
from pipeline.input.items import find_items
from pipeline.outcomes import Failure
from pipeline.settings import Settings

SETTINGS = Settings(max_bytes=1_000)
ROWS = (
    '{"id": "a", "text": "Rain fell."}\n'
    "\n"
    '{"text": "Snow fell.", "published": "2025-05-01"}\r\n'
    "{oops\n"
    '{"text": "Hail fell."}'
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def items(*paths: str, **options: object) -> list[InputItem]:
    return list(find_items(paths, SETTINGS, **options))  # type: ignore[arg-type]


def test_reading_the_items_gives_what_reading_the_input_gives(folder: Path) -> None:
    (folder / "news").mkdir()
    (folder / "news/a.txt").write_text("Fog over Dover.\n", "utf-8")
    (folder / "news/b.jsonl").write_text(ROWS, "utf-8")
    (folder / "news/c.html").write_text("<p>Wind.</p>", "utf-8")
    (folder / "news/d.txt").write_bytes("Nebel über Kiel.".encode("latin-1"))
    (folder / "news/e.jsonl").write_bytes(b"\xef\xbb\xbf" + b'{"text": "Sun."}\n')
    (folder / "news/link.txt").symlink_to("a.txt")
    os.mkfifo(folder / "news/pipe")
    found = items("news")
    assert [item.line for item in found if item.path.endswith("b.jsonl")] == [1, 3, 4, 5]
    again = [read_item(item, SETTINGS, published="2024-01-01") for item in found]
    assert again == list(read(["news"], SETTINGS, published="2024-01-01"))
    kinds = [one.code if isinstance(one, Failure) else type(one) for one in again]
    rows = [Article, Article, "P206", Article]
    assert kinds == [Article, *rows, Page, Article, Article, "P202", "P202"]


@given(
    st.lists(st.sampled_from(["", " ", "[]", '{"text": "é"}', '{"text": ""}', "\ufeff"])),
    st.sampled_from(["\n", "\r\n"]),
)
def test_each_line_that_is_not_blank_is_an_item(lines: list[str], end: str) -> None:
    data = end.join(lines).encode()
    Path("x.jsonl").write_bytes(data)
    found = [one for one in items("x.jsonl") if one.line]
    assert [data[one.start : one.start + one.size].strip() for one in found] == [
        line.encode().strip() for line in lines if line.strip()
    ]
    assert [one.line for one in found] == [
        number for number, line in enumerate(lines, 1) if line.strip()
    ]


def test_overlong_articles_are_neither_kept_nor_read(folder: Path) -> None:
    row = json.dumps({"text": "x" * 9_000})
    (folder / "x.jsonl").write_text(f'{row}\n{{"text": "Rain."}}\n', "utf-8")
    with (folder / "y.txt").open("wb") as file:
        file.truncate(1 << 40)  # a sparse file
    long, short, huge = items("x.jsonl", "y.txt")
    assert (long.size, short.line, huge.size) == (len(row) + 1, 2, 1 << 40)
    for item in (long, huge):
        failure = read_item(item, SETTINGS)
        assert isinstance(failure, Failure)
        assert (failure.code, failure.source) == ("P203", item.where)
    assert isinstance(read_item(short, SETTINGS), Article)
    assert isinstance(read_item(long, Settings(max_bytes=10_000)), Article)


@pytest.mark.parametrize("change", ["Snow fell.", "Rain fell. More", "Rain"])
def test_a_changed_article_is_a_failure(folder: Path, change: str) -> None:
    (folder / "a.txt").write_text("Rain fell.", "utf-8")
    (item,) = items("a.txt")
    (folder / "a.txt").write_text(change, "utf-8")
    failure = read_item(item, SETTINGS)
    assert isinstance(failure, Failure)
    assert failure.code == "P210"


def test_a_file_of_rows_may_grow_in_the_meantime(folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"text": "Rain fell."}\n', "utf-8")
    (item,) = items("a.jsonl")
    with (folder / "a.jsonl").open("a") as file:
        file.write('{"text": "Snow fell."}\n')
    article = read_item(item, SETTINGS)
    assert isinstance(article, Article)
    assert article.text == "Rain fell."


def test_a_link_that_replaced_an_article_is_not_followed(folder: Path) -> None:
    (folder / "a.txt").write_text("Rain fell.", "utf-8")
    (item,) = items("a.txt")
    (folder / "a.txt").rename(folder / "b.txt")
    (folder / "a.txt").symlink_to("b.txt")
    failure = read_item(item, SETTINGS)
    assert isinstance(failure, Failure)
    assert failure.code == "P202"


def test_archives_and_compressed_files_are_refused_unopened(folder: Path) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    (folder / "a.txt.gz").write_bytes(bomb)
    (folder / "b.jsonl").write_bytes(bomb[:7_000])
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.writestr("../../etc/evil.txt", "Rain fell.")
    read_again = [read_item(item, SETTINGS) for item in items(".")]
    assert [one.code for one in read_again if isinstance(one, Failure)] == ["P203", "P205"]
    assert len(read_again) == 2


def test_output_folders_of_the_run_are_not_input(folder: Path) -> None:
    (folder / "out/run").mkdir(parents=True)
    (folder / "out/run/part.jsonl").write_text(ROWS, "utf-8")
    (folder / "a.txt").write_text("Rain fell.", "utf-8")
    for skipped in ("out/run", str(folder / "out/../out/run")):
        assert [one.path for one in items(".", skip_folders=[skipped])] == ["a.txt"]


def test_stdin_and_missing_paths_are_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError):
        items("-")
    with pytest.raises(InputNotFound):
        items("nowhere")
