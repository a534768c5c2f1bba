"""The training corpora in seeds/corpus are valid: spans are in their texts, speakers are named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.document.names import NAME_LABELS

CORPUS = Path(__file__).parents[1] / "seeds" / "corpus"
WHOLE = (
    "wikinews.jsonl",
    "written.jsonl",
    "written_test.jsonl",
    "genres.jsonl",
    "genres_test.jsonl",
    "wikinews_more.jsonl",
)
REPORTS = ("reports.jsonl", "reports_test.jsonl")
ACTS = ("acts.jsonl", "acts_test.jsonl")
NUMBERS = ("numbers_test.jsonl", "statements.jsonl")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return read(WHOLE)


def read(names: Iterable[str]) -> list[dict[str, Any]]:
    lines = (line for name in names for line in (CORPUS / name).read_text("utf-8").splitlines())
    return [json.loads(line) for line in lines]


def spans(row: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for entity in row.get("entities", ()):
        yield from ((start, end) for start, end, _ in entity["mentions"])
    for layer in ("quotes", "figures", "times"):
        yield from (tuple(one["span"]) for one in row.get(layer, ()))
    for one in row.get("attributions", ()):
        for part in ("source", "cue", "content"):
            yield from (tuple(span) for span in one[part] or ())


def test_every_span_is_in_its_text_and_trimmed(rows: list[dict[str, Any]]) -> None:
    for row in (*rows, *read(REPORTS), *read(ACTS), *read(NUMBERS)):
        for start, end in spans(row):
            text = row["text"][start:end]
            assert text == text.strip() != "", (row["id"], start, end)


def test_every_entity_has_a_known_label_and_is_named(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for entity in row["entities"]:
            assert entity["label"].split("/")[0] in NAME_LABELS
            assert "name" in {kind for _, _, kind in entity["mentions"]}, (
                row["id"],
                entity["name"],
            )


def test_every_named_speaker_is_an_entity_of_the_article(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names = {entity["name"] for entity in row["entities"]}
        for quote in row["quotes"]:
            assert set((quote["speaker"] or "").split("; ")) - {""} <= names, row["id"]


def test_second_annotations_are_of_the_same_texts(rows: list[dict[str, Any]]) -> None:
    first = {row["id"]: row["text"] for row in rows}
    lines = (CORPUS / "written_second.jsonl").read_text("utf-8").splitlines()
    second = [json.loads(line) for line in lines]
    assert len(second) == 26
    assert all(first[row["id"]] == row["text"] for row in second)


def test_no_article_is_there_twice(rows: list[dict[str, Any]]) -> None:
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)


def test_reports_are_within_reports() -> None:
    for row in read(REPORTS):
        contents = [tuple(span) for one in row["attributions"] for span in one["content"]]
        within = [
            one
            for one in row["attributions"]
            if any(start <= one["cue"][0][0] < end for start, end in contents)
        ]
        assert len(within) >= 2, row["id"]
