"""JSONL: each line is independent, including broken ones."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from pipeline.errors import BadRow
from pipeline.input.article import MAX_DEPTH, Article
from pipeline.input.content import Form, articles
from pipeline.input.html import Page
from pipeline.input.jsonl import read_object
from pipeline.outcomes import Failure
from pipeline.settings import Settings


def read(data: bytes | str, **settings: Any) -> list[Article | Failure]:
    raw = data.encode() if isinstance(data, str) else data
    found = articles(
        io.BytesIO(raw),
        Form("jsonl"),
        Settings(**settings),
        where="news.jsonl",
        uri="news.jsonl",
    )
    return [one for one in found if not isinstance(one, Page)]


def article(row: dict[str, Any], **settings: Any) -> Article:
    (found,) = read(json.dumps(row) + "\n", **settings)
    assert isinstance(found, Article)
    return found


def failure(line: bytes | str, **settings: Any) -> Failure:
    (found,) = read(line, **settings)
    assert isinstance(found, Failure)
    return found


def test_known_keys_become_fields_and_the_others_meta() -> None:
    found = article(
        {
            "text": "Rain.\r\n",
            "id": "r-1",
            "published": "2025-05-01",
            "title": "Wet",
            "url": "https://example.org/r",
            "byline": ["Ann Lee", "Bo Ek"],
            "publisher": "The Wet Times",
            "language": "en",
            "section": {"name": "weather", "tags": [1, None, 0.5]},
        }
    )
    assert found == Article(
        text="Rain.\r\n",
        where="news.jsonl:1",
        id="r-1",
        uri="https://example.org/r",
        published="2025-05-01",
        title="Wet",
        byline="Ann Lee, Bo Ek",
        publisher="The Wet Times",
        language="en",
        meta={"section": {"name": "weather", "tags": [1, None, 0.5]}},
    )


def test_an_article_without_an_address_is_identified_by_its_line() -> None:
    found = read('\n{"text": "One."}\n\n{"text": "Two."}')
    assert [one.uri for one in found if isinstance(one, Article)] == [
        "news.jsonl#L2",
        "news.jsonl#L4",
    ]


def test_keys_can_be_mapped_and_displaced_values_are_kept() -> None:
    found = article(
        {"body": "Rain.", "text": "x", "key": 7, "date": "May 1, 2025"},
        text_key="body",
        id_key="key",
        published_key="date",
    )
    assert (found.text, found.id, found.published) == ("Rain.", "7", "2025-05-01")
    assert found.meta == {"text": "x"}


def test_empty_and_null_mean_unknown() -> None:
    found = article({"text": "Rain.", "id": "", "title": " ", "byline": None, "published": ""})
    assert (found.id, found.title, found.byline, found.published) == (None, None, None, None)
    assert found.meta == {}
    assert found.notices == ()


def test_a_known_key_of_another_type_is_kept_in_meta() -> None:
    assert article({"text": "Rain.", "byline": {"name": "Ann"}}).meta == {"byline": {"name": "Ann"}}


@pytest.mark.parametrize("value", ["03/04/2025", "yesterday", 1746057600, ["2025-05-01"]])
def test_an_ambiguous_date_is_left_out_with_a_notice(value: Any) -> None:
    found = article({"text": "Rain.", "published": value})
    assert found.published is None
    assert [notice.code for notice in found.notices] == ["W211"]


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("nonsense", "P206", "not valid JSON"),
        ('{"text": "a"', "P206", "not valid JSON"),
        ('["text"]', "P206", "not a JSON object"),
        ("null", "P206", "not a JSON object"),
        ("7", "P206", "not a JSON object"),
        ('{"txt": "a"}', "P206", "did you mean 'txt'"),
        ('{"zzz": "a"}', "P206", "its keys: zzz"),
        ('{"text": 7}', "P206", "is not a string"),
        ('{"text": null}', "P206", "is not a string"),
        ('{"text": "a", "id": [1]}', "P206", "the id is list"),
        ('{"text": "a", "id": true}', "P206", "the id is bool"),
        ('{"text": "a", "id": "' + "é" * 1001 + '"}', "P206", "the id is longer than 2,000 bytes"),
        ('{"text": "a", "n": NaN}', "P206", "not valid JSON: NaN"),
        ('{"text": "a", "n": 1e999}', "P206", "out of range"),
        ('{"text": "a", "n": ' + "1" * 5000 + "}", "P206", "not valid JSON"),
        ("[" * 100_000, "P206", "nested too deep"),
        ('{"text": "a", "n": ' + "[" * 40 + "]" * 40 + "}", "P206", f"deeper than {MAX_DEPTH}"),
        (b'{"text": "caf\xe9"}', "P206", "not UTF-8"),
        ('{"text": "a"}'.encode("utf-16"), "P221", "UTF-16"),
    ],
)
def test_a_broken_line_is_a_failure_that_names_it(
    line: str | bytes, code: str, message: str
) -> None:
    found = failure(line)
    assert found.code == code
    assert message in found.message
    assert found.source == ("news.jsonl" if code == "P221" else "news.jsonl:1")
    assert found.stage == "read"


def test_a_broken_line_does_not_affect_the_others() -> None:
    found = read('{"text": "One."}\n{oops\n{"text": "Three."}\n')
    assert [one.text if isinstance(one, Article) else one.source for one in found] == [
        "One.",
        "news.jsonl:2",
        "Three.",
    ]


def test_a_failed_row_is_named_by_its_id_if_it_has_one() -> None:
    assert failure('{"id": "r-9"}').id == "r-9"


def test_a_line_over_the_limit_is_skipped_and_not_kept_in_memory() -> None:
    long = json.dumps({"text": "a" * 50_000})
    found = read(f'{{"text": "One."}}\n{long}\n{{"text": "Three."}}\n', max_bytes=1000)
    assert isinstance(found[1], Failure)
    assert (found[1].code, found[1].source) == ("P203", "news.jsonl:2")
    assert found[1].message == f"a line of {len(long) + 1:,} bytes, limit 8,000"
    assert [one.text for one in found if isinstance(one, Article)] == ["One.", "Three."]


def test_lone_surrogates_and_nuls_are_replaced_everywhere() -> None:
    (found,) = read('{"text": "a\\ud800b\\u0000", "id": "x\\udfff", "k\\ud800": ["\\ud800"]}')
    assert isinstance(found, Article)
    assert found.text == "a\ufffdb\ufffd"
    assert found.id == "x\ufffd"
    assert found.meta == {"k\ufffd": ["\ufffd"]}
    assert [(notice.code, notice.message) for notice in found.notices] == [
        ("W203", "1 NUL replaced by U+FFFD; the first one here"),
        ("W204", "1 lone surrogate replaced by U+FFFD; the first one here"),
        ("W204", "3 lone surrogates in id, meta replaced by U+FFFD"),
    ]


@pytest.mark.parametrize("key", ["id", "title", "byline", "publisher", "url", "language", "desk"])
def test_each_field_with_a_replaced_character_has_a_warning(key: str) -> None:
    (found,) = read(json.dumps({"text": "Rain.", key: "a\0b\ud800"}))
    assert isinstance(found, Article)
    field = {"url": "uri", "desk": "meta"}.get(key, key)
    value = found.meta["desk"] if field == "meta" else getattr(found, field)
    assert value == "a\ufffdb\ufffd"
    assert [(one.code, one.message, one.start) for one in found.notices] == [
        ("W203", f"1 NUL in {field} replaced by U+FFFD", None),
        ("W204", f"1 lone surrogate in {field} replaced by U+FFFD", None),
    ]


def test_a_pair_of_surrogates_is_one_character() -> None:
    (found,) = read('{"text": "\\ud83d\\ude00"}')
    assert isinstance(found, Article)
    assert found.text == "😀"


def test_a_byte_order_mark_before_the_first_line_is_skipped() -> None:
    (found,) = read(b'\xef\xbb\xbf{"text": "One."}')
    assert isinstance(found, Article)


def test_an_id_that_looks_like_a_path_stays_an_id() -> None:
    assert article({"text": "Rain.", "id": "../../etc/passwd"}).id == "../../etc/passwd"


def test_an_object_over_several_lines_is_read_like_one_line() -> None:
    pretty = b'{\n  "text": "It rained.",\n  "published": "May 1, 2025",\n  "desk": 3\n}\n'
    article = read_object(pretty, where="request", settings=Settings())
    (line,) = read(pretty.replace(b"\n", b" "))
    assert isinstance(line, Article)
    assert article == replace(line, where="request", uri=None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"text": "x"', "not valid JSON: .* at character 13"),
        (b'{"text": "\xff"}', "not UTF-8 at byte 11"),
        (b'{"text": "x", "a": Infinity}', "not valid JSON: Infinity"),
        (b'{"text": "x", "a": 1e999}', "out of range"),
        (b"[" * 100_000, "nested too deep"),
        (b'["text"]', "not a JSON object"),
        (b'{"txt": "x"}', "did you mean 'txt'"),
    ],
)
def test_an_invalid_article_is_reported_like_a_line(data: bytes, message: str) -> None:
    with pytest.raises(BadRow, match=message):
        read_object(data, where="request", settings=Settings())
