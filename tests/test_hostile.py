"""Hostile articles: a record with a warning or a coded error, in bounded time."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.batch.process import process, provenance
from pipeline.cli import main
from pipeline.input import Article, read
from pipeline.outcomes import Failure
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings
from tests.linear import assert_linear

SETTINGS = Settings(max_bytes=2_000_000)
SENTENCE = "Ann Lee, the mayor of Berlin, said on Monday that 12 people had died. “It is awful.” "


def allowed(text: str) -> float:
    """Return the time limit of an article in seconds: 5, plus 0.2 ms per character."""
    return 5 + 0.0002 * len(text)


def run(nlp: Language, text: str) -> ArticleRecord | Failure:
    """Return the outcome of a text, and check its time."""
    start = time.process_time()
    article = Article(text=text, where="hostile")
    found = process(article, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))
    assert time.process_time() - start < allowed(text)
    return found


LONG_RUNS = {
    "20,000 brackets": "(" * 20_000,
    "100,000 quotation marks": '"' * 100_000,
    "100,000 openers": "“" * 100_000,
    "100,000 apostrophes": "'" * 100_000,
    "a number of 100,000 digits": "1" * 100_000,
    "a number of 100,000 digits among words": f"He paid ${'9' * 100_000} million in May.",
    "a list of 50,000 numbers without a space": "1," * 50_000,
    "a word of 200,000 letters": "a" * 200_000,
    "1,000,001 letters": "a" * 1_000_001,
    "bidi controls": "\u202e\u2066" * 50_000,
    "one letter with 100,000 accents": "e" + "\u0301" * 100_000,
    "joined emoji": "👩‍👩‍👧‍👦" * 5_000,
}


@pytest.mark.parametrize("text", LONG_RUNS.values(), ids=LONG_RUNS)
def test_a_long_run_without_spaces_is_split_with_a_warning(nlp: Language, text: str) -> None:
    record = run(nlp, text)
    assert isinstance(record, ArticleRecord), record
    assert record.text == text
    assert "W222" in {warning.code for warning in record.warnings}


@pytest.mark.parametrize(
    "piece",
    [
        *('"a ', " 'a ", "“It is so.\n\n", "“‘a ’” ", "he said ", "“It is so,” he said. "),
        *("He left: “It is so.”\n\n", "said that ", "$1 ", "12, 15, 18, ", "१२ ३४ "),
        *("May 1, 2, 3, 4, 5, ", "one hundred and ", "million ", "19-" * 100 + " ", "last Monday "),
        *("1,000-" * 80 + " ", "Since Sept. 11 they met. ", "5 pesos and 6 rupees, ", "Mr. "),
        *("A lawyer left. The lawyer smiled. ", "Ann Lee ", "A: ", ". ", "( "),
        *("\u202eevil\u2066 ", "word\u200b"),
    ],
    ids=lambda piece: repr(piece[:12]),
)
def test_repetitive_text_is_read_in_linear_time(nlp: Language, piece: str) -> None:
    def extract(times: int) -> None:
        record = run(nlp, piece * times)
        assert isinstance(record, ArticleRecord), record
        assert record.text == piece * times

    assert_linear(extract, max(1, 800 // len(piece)))


def test_an_article_of_1_000_001_characters_is_read_whole(nlp: Language) -> None:
    blank = 1_000_001 - 22 * len(SENTENCE)
    text = SENTENCE * 20 + " " * 500_000 + SENTENCE + "\n" * (blank - 500_000) + SENTENCE
    assert len(text) == 1_000_001
    record = run(nlp, text)
    assert isinstance(record, ArticleRecord), record
    assert {warning.code for warning in record.warnings} == {"W221"}
    assert [quote.text for quote in record.quotes].count("It is awful.") == 22
    assert record.quotes[-1].start > 999_000


def test_5_mb_in_one_line_is_a_coded_error(nlp: Language) -> None:
    found = run(nlp, "word " * 1_000_000)
    assert isinstance(found, Failure)
    assert (found.code, found.message) == ("P203", "5,000,000 bytes, limit 2,000,000")


def read_bytes(data: bytes, nlp: Language) -> Iterator[ArticleRecord | Failure]:
    """Yield the outcomes of the bytes as text on stdin."""
    for article in read(["-"], SETTINGS, stdin=io.BytesIO(data)):
        if isinstance(article, Failure):
            yield article
        else:
            yield process(article, nlp, SETTINGS, provenance=provenance(nlp, SETTINGS))


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"", ["P204"]),
        (b" \r\n\t \xc2\xa0\n", ["P204"]),
        (b"\xff\xfe", ["P204"]),
        (b"\xef\xbb\xbf", ["P204"]),
        (bytes(range(256)), ["P205"]),
        (b"\xff\xfe\x00\xd8\x00", ["P205"]),
        (b"Rain fell.\0", ["W203"]),
        (b"Rain fell on the caf\xe9 by the mill in the old town.", ["W201"]),
        ("“Rain” fell.".encode() + b" It\x92s wet.", ["W202"]),
        ("Rain “fell”.".encode("utf-16"), []),
        ("Rain fell on the mill.".encode("utf-16-be"), ["W201"]),
    ],
)
def test_odd_bytes_are_a_warning_or_a_coded_error(
    nlp: Language, data: bytes, codes: list[str]
) -> None:
    (found,) = read_bytes(data, nlp)
    if isinstance(found, Failure):
        assert [found.code] == codes
    else:
        assert [warning.code for warning in found.warnings] == codes


def test_random_bytes_never_raise(nlp: Language) -> None:
    import random

    random_ = random.Random(5)
    for size in (1, 3, 17, 200, 5_000):
        for _ in range(10):
            (found,) = read_bytes(random_.randbytes(size), nlp)
            assert isinstance(found, ArticleRecord | Failure)


def test_hostile_rows_of_jsonl_do_not_affect_each_other(
    nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    rows = [
        '{"text": "Rain fell.", "id": "../../../etc/passwd"}',
        '{"text": "a\\ud800 lone \\udc00 pair", "id": "s\\ud800", "k": "\\udfff"}',
        '{"text": "a\\u0000b"}',
        json.dumps({"text": "word " * 1_000_000}),
        "[" * 50_000,
        '{"text": "Snow fell.", "id": "\\u001b[2J\\n\\u202e"}',
        '{"text": ""}',
        "\x00",
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows), "utf-8")
    assert main(["extract", "rows.jsonl"]) == 1
    out = tmp_path / "out"
    records = [json.loads(line) for line in (out / "rows.jsonl").read_bytes().splitlines()]
    dead = (out / "rows.jsonl.dead-letter.jsonl").read_bytes()
    letters = [json.loads(line) for line in dead.splitlines()]
    assert [record["id"] for record in records][:2] == ["../../../etc/passwd", "s\ufffd"]
    assert records[1]["text"] == "a\ufffd lone \ufffd pair"
    assert records[1]["source"]["meta"] == {"k": "\ufffd"}
    assert len(records) == 4
    assert [letter["code"] for letter in letters] == ["P203", "P206", "P204", "P206"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "out",
        "rows.jsonl",
        "rows.jsonl",
        "rows.jsonl.dead-letter.jsonl",
    ]
    assert main(["validate", "out/rows.jsonl"]) == 0
