"""Outputs of the program are not mistaken for articles."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.batch.plan import Shard
from pipeline.desk.pages.page import page
from pipeline.desk.pages.sourcing import RunSources, article_table, source_table
from pipeline.desk.pages.sourcing import page as source_page
from pipeline.input import Article, InputItem, Skipped
from pipeline.input.files import find, is_output
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord, Provenance
from tests.batch import stub
from tests.golden import GOLDEN as PATH

GOLDEN = PATH.read_bytes()
LETTER = Failure('an "odd" id', 'a "b".txt', "P204", "empty", "check").to_line()


def record() -> ArticleRecord:
    made_by = Provenance(pipeline="0", settings=f"sha256:{0:064}", models=())
    return stub.record(Article(text="Rain fell.", where="a.txt", uri="a.txt"), made_by)


def joined(parts: Iterable[str]) -> bytes:
    return "".join(parts).encode()


def report() -> RunSources:
    run = RunSources()
    run.add(record())
    return run


@pytest.mark.parametrize(
    "data",
    [
        record().to_line().encode(),
        gzip.compress(record().to_line().encode(), mtime=0),
        GOLDEN,
        LETTER.encode(),
        Failure(None, None, "P501", "x", "y").to_line().encode(),
        Shard("part-00000", (InputItem("a.txt"),)).to_line(),
        joined(page([record()])),
        joined(source_page(report())),
        joined(article_table(report())),
        joined(source_table(report())),
        b'{"record":"r","sha256":"' + b"0" * 64 + b'","version":""}\n',
    ],
    ids=lambda data: repr(data[:20]),
)
def test_an_output_is_recognised_by_its_first_bytes(data: bytes) -> None:
    assert is_output(data[:512])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Rain fell.",
        b'{"id":"1","source":"wire","text":"Rain."}',
        b'{"text": "Rain.", "schema_version": "1.0"}',
        b"<!DOCTYPE html><html><head><title>Rain</title>",
        b"id,title,published,text\n",
        gzip.compress(b"Rain fell.", mtime=0),
        b"\x1f\x8b and then no gzip",
    ],
)
def test_an_article_is_not_mistaken_for_an_output(data: bytes) -> None:
    assert not is_output(data)


def test_outputs_and_runs_among_articles_are_skipped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, data in {
        "a.txt": b"Rain fell.",
        "out/news.jsonl": record().to_line().encode(),
        "out/news.jsonl.dead-letter.jsonl": LETTER.encode(),
        "out/news.html": joined(page([record()])),
        "out/run/plan.jsonl": b"",
        "out/run/manifest.json": json.dumps({}).encode(),
        "out/run/part-00000.jsonl": b"",
        "out/run/receipts/part-00000.json": b"{}",
        "out/cut/plan.jsonl": b"",
        "out/cut/.lock": b"",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    skipped = Skipped()
    found = list(find(["."], skipped=skipped))
    assert [one for one in found if not isinstance(one, Failure)] == ["a.txt"]
    assert str(skipped) == "skipped 5 outputs of this program"
    # a named file is read: the user may want the records of records
    (named,) = find(["out/news.jsonl"])
    assert not isinstance(named, Failure)
