"""Records and dead letters are put in place together or not at all."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from pipeline.outcomes import Failure
from pipeline.output.files import DeadLetters, JsonlFile, JsonlStream, placing
from pipeline.records.schema import SCHEMA_VERSION, ArticleRecord, Source, text_sha256

FAILURE = Failure("7", "a.txt", "P204", "no words", "check")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def record(text: str) -> ArticleRecord:
    sha256 = text_sha256(text)
    source = Source(
        uri=None,
        title=None,
        byline=None,
        publisher=None,
        published=None,
        language=None,
        sha256=sha256,
        meta={},
    )
    return ArticleRecord(
        schema_version=SCHEMA_VERSION,
        id=sha256[:32],
        source=source,
        text=text,
        entities=(),
        quotes=(),
        figures=(),
        times=(),
        attributions=(),
        provenance=None,
        warnings=(),
    )


def test_records_survive_a_round_trip_through_lines(tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    records = [record("Rain.\r\n“Snow”\u2028"), record("Hail.")]
    writer = JsonlFile(out)
    for one in records:
        writer.write(one)
    assert writer.commit() is True
    lines = out.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert [ArticleRecord.from_line(line) for line in lines] == records


def test_no_file_is_written_without_a_record(tmp_path: Path) -> None:
    assert JsonlFile(tmp_path / "x.jsonl").commit() is False
    assert names(tmp_path) == []


def test_a_stream_gets_each_record_immediately() -> None:
    stream = io.BytesIO()
    JsonlStream(stream).write(record("Rain."))
    assert json.loads(stream.getvalue())["text"] == "Rain."


def test_records_and_dead_letters_are_placed_together(tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    with placing(str(out), False) as (records, letters):
        records.write(record("Rain."))
        letters.write(FAILURE)
    assert names(tmp_path) == ["x.jsonl", "x.jsonl.dead-letter.jsonl"]
    (line,) = (tmp_path / "x.jsonl.dead-letter.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == FAILURE._asdict()


def test_neither_is_placed_if_the_run_fails(tmp_path: Path) -> None:
    def broken_off() -> None:
        with placing(str(tmp_path / "x.jsonl"), False) as (records, letters):
            records.write(record("Rain."))
            letters.write(FAILURE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert names(tmp_path) == []


def test_old_dead_letters_are_removed_if_nothing_failed(tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    letters = DeadLetters(out)
    letters.write(FAILURE)
    assert letters.commit() is True
    with placing(str(out), False) as (records, _):
        records.write(record("Rain."))
    assert names(tmp_path) == ["x.jsonl"]
