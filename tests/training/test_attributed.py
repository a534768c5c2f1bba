"""A corpus is read line by line, and ours are compared with what is marked in it."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest

from pipeline.errors import BadRow, InputNotFound
from pipeline.text.spans import CharSpan
from pipeline.training import attributed
from pipeline.training.attributed import (
    AnnotatedArticle,
    AnnotatedAttribution,
    AttributionTokens,
    GoldArticle,
    largest_matching,
    read_corpus,
)

TEXT = "Lee said that it rained and snowed. Ek agreed. Advertisement: we say buy."


def at(words: str) -> tuple[CharSpan, ...]:
    start = TEXT.index(words)
    return ((start, start + len(words)),)


ARTICLE = AnnotatedArticle(
    "a",
    TEXT,
    (
        AnnotatedAttribution(at("Lee"), at("that it rained and snowed")),
        AnnotatedAttribution((), at("Ek agreed")),
    ),
    at("Advertisement: we say buy."),
)


def ours(reference: GoldArticle, *pairs: tuple[str, str]) -> list[AttributionTokens]:
    found = [reference.tokens(AnnotatedAttribution(at(s) if s else (), at(c))) for s, c in pairs]
    return [one for one in found if one is not None]


@pytest.mark.parametrize(
    ("source", "content", "right"),
    [
        ("Lee", "that it rained and snowed", True),
        ("Lee", "that it", True),  # two of five tokens
        ("Lee", "that", False),  # one of five
        ("Ek", "that it rained and snowed", False),
        ("", "that it rained and snowed", False),
        ("", "Ek agreed", True),
        ("Ek", "Ek agreed", False),
    ],
)
def test_an_attribution_is_right_where_content_and_source_are(
    source: str, content: str, right: bool
) -> None:
    reference = GoldArticle(ARTICLE)
    assert reference.right(ours(reference, (source, content))) == [right]


def test_each_marked_attribution_is_found_once() -> None:
    reference = GoldArticle(ARTICLE)
    both = ours(reference, ("Lee", "that it rained"), ("Lee", "that it rained and snowed"))
    assert reference.right(both) == [False, True]
    assert reference.right(both, 0.8) == [False, True]
    assert reference.right(both[:1], 0.8) == [False]


def test_what_was_not_annotated_is_neither_right_nor_wrong() -> None:
    assert ours(GoldArticle(ARTICLE), ("Lee", "we say buy")) == []


def test_a_matching_gives_way_where_more_can_be_matched() -> None:
    assert largest_matching([[0], [0, 1], [1, 2]]) == {0: 0, 1: 1, 2: 2}
    assert doctest.testmod(attributed).failed == 0


def test_an_optional_one_is_judged_neither_way_and_taken_last() -> None:
    words = "that it rained and snowed"
    required = AnnotatedAttribution(at("Lee"), at(words))
    optional = AnnotatedAttribution(at("Lee"), at("rained and snowed"), required=False)
    article = AnnotatedArticle("a", TEXT, (optional, required), ())
    reference = GoldArticle(article)
    exact = ours(reference, ("Lee", "rained and snowed"))
    assert len(reference.marked) == len(reference.optional) == 1
    assert reference.judge(exact) == [True]
    both = ours(reference, ("Lee", "rained and snowed"), ("Lee", words), ("Ek", words))
    assert reference.judge(both) == [None, True, False]
    assert reference.right(both) == [True, True, False]


ROW = {
    "id": 1,
    "text": TEXT,
    "attributions": [{"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 12], [13, 15]]}],
}
MARKED = AnnotatedAttribution(((0, 3),), ((9, 12), (13, 15)), ((4, 8),))


def test_a_corpus_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    rows = [ROW, ROW | {"id": "b", "published": "May 1, 2025", "discard": [[47, 73]]}]
    path.write_text("\n\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    assert list(read_corpus(path)) == [
        AnnotatedArticle("1", TEXT, (MARKED,), ()),
        AnnotatedArticle("b", TEXT, (MARKED,), ((47, 73),), "2025-05-01"),
    ]


def test_a_folder_has_one_article_per_file(tmp_path: Path) -> None:
    nameless = {
        "text": TEXT,
        "attributions": [
            {"source": None, "cue": [4, 8], "content": [[9, 12]], "required": False},
        ],
    }
    (tmp_path / "b.json").write_text(json.dumps(ROW, indent=1), "utf-8")
    (tmp_path / "a.json").write_text(json.dumps(nameless), "utf-8")
    (tmp_path / "a.txt").write_text("no article", "utf-8")
    optional = AnnotatedAttribution((), ((9, 12),), ((4, 8),), required=False)
    first = AnnotatedArticle("a", TEXT, (optional,), ())
    assert list(read_corpus(tmp_path)) == [first, AnnotatedArticle("1", TEXT, (MARKED,), ())]
    assert list(read_corpus(tmp_path / "a.json")) == [first]
    (tmp_path / "a.json").write_text("[]", "utf-8")
    with pytest.raises(BadRow, match=r"a\.json: "):
        list(read_corpus(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputNotFound, match=r"no \.json files"):
        list(read_corpus(tmp_path / "empty"))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "{}",
        '{"id": 1, "text": "a", "attributions": [{"content": [[1]]}]}',
        '{"id": 1, "text": "a", "attributions": [{"content": [[0, 2]]}]}',
        '{"id": 1, "text": "a", "attributions": [{"source": [[0, 1]]}]}',
        '{"id": 1, "text": "a", "attributions": [], "published": "03/04/2025"}',
        '{"id": 1, "text": "a", "attributions": [], "complete": "no"}',
    ],
)
def test_a_line_that_is_not_an_annotated_article_is_reported(tmp_path: Path, line: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(BadRow, match=r"c\.jsonl:2: "):
        list(read_corpus(path))
    with pytest.raises(InputNotFound):
        list(read_corpus(tmp_path / "nowhere.jsonl"))
