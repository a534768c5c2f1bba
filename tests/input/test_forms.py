"""Thirty forms of input with their results: the articles, or an error with a reason.

``extract`` reads files from first to last; ``batch`` finds their articles first and reads each one
later. Both give the same.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.input import Article, Page, read, read_item
from pipeline.input.items import find_items
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from tests.input import samples
from tests.input.samples import DATE, MARKET, PAGE, RIVER, ROW, jsonl, table

SETTINGS = Settings()


TEXT_GZ = gzip.compress(RIVER.encode())
ROWS = [ROW, samples.OTHER]


class Form(NamedTuple):
    """A file, the texts of its articles, and the metadata of the first one."""

    name: str
    data: bytes
    texts: tuple[str, ...]
    id: str | None = None
    uri: str | None = None
    known: bool = True
    """Whether it has title, byline, publisher, date and language."""


def form(name: str, data: str | bytes, *texts: str, **more: object) -> Form:
    return Form(name, data.encode() if isinstance(data, str) else data, texts, **more)  # type: ignore[arg-type]


URL = "https://post.example/river"
AGENCY = "https://agency.example/items/r-1"
READ = {
    "plain text": form("a.txt", RIVER, RIVER, known=False, uri="a.txt"),
    "text in Windows-1252": form("a.txt", RIVER.encode("cp1252"), RIVER, known=False, uri="a.txt"),
    "text in UTF-16": form("a.md", RIVER.encode("utf-16"), RIVER, known=False, uri="a.md"),
    "text, gzip": form(
        "a.txt.gz", gzip.compress(RIVER.encode()), RIVER, known=False, uri="a.txt.gz"
    ),
    "JSON Lines": form("a.jsonl", jsonl(), RIVER, MARKET, id="r-1", uri=URL),
    "JSON Lines, gzip": form(
        "a.ndjson.gz", gzip.compress(jsonl().encode()), RIVER, MARKET, id="r-1", uri=URL
    ),
    "JSON array": form("a.json", json.dumps(ROWS), RIVER, MARKET, id="r-1", uri=URL),
    "JSON object": form("a.json", json.dumps(ROW, indent=2), RIVER, id="r-1", uri=URL),
    "JSON object with a list": form(
        "a.json",
        json.dumps({"total": 2, "articles": ROWS}),
        RIVER,
        MARKET,
        id="r-1",
        uri=URL,
    ),
    "ninjs 1": form("a.json", json.dumps(samples.NINJS_1), RIVER, id=AGENCY, uri="a.json"),
    "ninjs 2": form("a.json", json.dumps(samples.NINJS_2), RIVER, id=f"{AGENCY}#2", uri="a.json"),
    "CSV": form("a.csv", table(), RIVER, MARKET, id="r-1", uri=URL),
    "CSV with semicolons and a mark": form(
        "a.csv", "\ufeff" + table(";"), RIVER, MARKET, id="r-1", uri=URL
    ),
    "TSV in UTF-16, of a spreadsheet": form(
        "a.tsv", table("\t").encode("utf-16"), RIVER, MARKET, id="r-1", uri=URL
    ),
    "web page": form("a.html", PAGE, PAGE, known=False, uri="a.html"),
    "XHTML as XML": form("a.xml", samples.XHTML_PAGE, samples.XHTML_PAGE, known=False, uri="a.xml"),
    "NITF": form("a.xml", samples.NITF, RIVER, id="r-1", uri="a.xml"),
    "NewsML-G2 item": form("a.xml", samples.NEWSML, RIVER, id="urn:agency:1#3", uri="a.xml"),
    "NewsML-G2 message": form(
        "a.xml", samples.NEWS_MESSAGE, RIVER, MARKET, id="urn:agency:1#3", uri="a.xml#1"
    ),
    "RSS 2": form("a.rss", samples.RSS, RIVER, MARKET, id="r-1", uri=URL),
    "Atom": form("a.atom", samples.ATOM, RIVER, id="r-1", uri=URL),
    "WARC, gzip": form("a.warc.gz", samples.WARC_GZ, PAGE, PAGE, known=False, uri=URL),
}
REFUSED = {
    "PDF as a table": ("a.csv", b"%PDF-1.7\n1 0 obj\n", "P205", "a PDF document", "--as pdf"),
    "Word document as a table": ("a.csv", samples.docx(), "P205", "a Word document", "--as docx"),
    "picture": ("a.txt", b"\x89PNG\r\n\x1a\n", "P205", "an image", "not text"),
    "SQLite database": ("a.csv", b"SQLite format 3\0" + bytes(84), "P205", "SQLite", "JSONL"),
    "Parquet file": ("a.json", b"PAR1" + bytes(9), "P205", "a Parquet file", "JSONL"),
    "empty file": ("a.csv", b"", "P204", "empty", ""),
    "CSV without a column of texts": ("a.csv", b"id,txt\n1,Rain.\n", "P223", "'text'", "id, txt"),
    "broken JSON": ("a.json", b'[\n{"text": "a"\n', "P221", "line 3", "column 1"),
    "broken XML": ("a.xml", b"<nitf>\n<body></nitf>", "P221", "line 2", "mismatched tag"),
    "XML of another kind": ("a.xml", b"<invoice/>", "P222", "<invoice>", "NewsML-G2"),
    "XML that expands": ("a.xml", samples.BOMB_XML.encode(), "P224", "entities", ""),
    "gzip that is cut off": (
        "a.txt.gz",
        TEXT_GZ[:-12],
        "P221",
        "cut off",
        "",
    ),
    "gzip that expands": ("a.jsonl.gz", samples.BOMB_GZ, "P224", "unpack", ""),
}


OTHERS = ("RSS 2", "Atom", "WARC, gzip")
"""Forms that need a package of an extra."""


def test_there_are_at_least_thirty_forms() -> None:
    assert len(READ) + len(REFUSED) >= 30


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def both(name: str) -> list[Article | Page | Failure]:
    """Return a file's outcomes: the same at once and in pieces, named or in a folder."""
    found = list(read([name], SETTINGS))
    items = list(find_items(["."], SETTINGS))
    assert [read_item(item, SETTINGS) for item in items] == found
    assert [read_item(item, SETTINGS) for item in reversed(items)] == found[::-1]
    return found


def texts(found: Iterable[Article | Page | Failure]) -> list[str]:
    return [
        one.text if isinstance(one, Article) else one.data.decode(one.charset or "utf-8")
        for one in found
        if not isinstance(one, Failure)
    ]


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, id=name, marks=[pytest.mark.check] if name in OTHERS else [])
        for name, one in READ.items()
    ],
)
def test_a_supported_form_yields_its_articles(folder: Path, one: Form) -> None:
    (folder / one.name).write_bytes(one.data)
    found = both(one.name)
    assert texts(found) == list(one.texts)
    first = found[0]
    assert not isinstance(first, Failure)
    assert first.uri == one.uri
    if isinstance(first, Article):
        assert first.id == one.id
        facts = (first.title, first.byline, first.publisher, first.published, first.language)
        expected = ("River rises", "Bo Ek", "The Bridge Post", DATE, "en-GB")
        assert facts == (expected if one.known else (None,) * 5)


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_is_one_failure_with_a_reason(folder: Path, name: str) -> None:
    file, data, code, *words = REFUSED[name]
    (folder / file).write_bytes(data)
    (failure,) = both(file)
    assert isinstance(failure, Failure)
    assert (failure.code, failure.source, failure.stage) == (code, file, "read")
    for word in words:
        assert word in failure.message
    assert failure.error().hint
