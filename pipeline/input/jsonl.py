"""Read articles from JSONL, one object per line, and from JSON files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

import jsonlines
from pydantic import ValidationError

from pipeline.errors import (
    ArticleTooLong,
    BadRow,
    BrokenRecord,
    Malformed,
    NoArticles,
)
from pipeline.input.article import Article
from pipeline.input.rows import (
    Entry,
    Keys,
    article_of,
    bounded_lines,
    is_ninjs,
    read_whole,
)
from pipeline.records.schema import ArticleRecord
from pipeline.settings import Settings


def read_jsonl(file: BinaryIO, settings: Settings, first: int = 1) -> Iterator[Entry]:
    """Yield an entry for each line that is not blank; ``first`` is the number of the first line."""
    limit = settings.max_raw_bytes
    keys = Keys.of(settings)
    for number, (line, size) in enumerate(bounded_lines(file, limit), first):
        if size > limit:
            error = ArticleTooLong(f"a line of {size:,} bytes, limit {limit:,}")
            yield Entry(number, error, keys)
        elif line.strip():
            yield Entry(number, _object(line), keys)


def read_object(data: bytes, *, where: str, settings: Settings) -> Article:
    """Return the article of one JSON object with the keys of a JSONL line.

    Raises ``BadRow`` or another ``ArticleError`` where ``read_jsonl`` would yield a failure.
    """
    row = _object(data)
    if isinstance(row, BadRow):
        row.where = where
        raise row
    return article_of(row, where, keys=Keys.of(settings))


def _object(line: bytes) -> dict[str, Any] | BadRow:
    """Return a JSON object, or the reason why there is none."""
    try:
        row: dict[str, Any] = jsonlines.Reader([line], loads=parse).read(type=dict)
    except jsonlines.InvalidLineError as error:
        cause = error.__cause__
        return BadRow(_complaint(cause) if cause else "not a JSON object")
    except RecursionError as error:
        return BadRow(_complaint(error))
    return row


def parse(text: str | bytes) -> Any:
    """Parse strict JSON: no NaN, and no number too large for a float."""
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number[:20]} is out of range")
    return value


def _complaint(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON: {error.msg} at character {error.pos + 1}"
    if isinstance(error, UnicodeDecodeError):
        return f"not {error.encoding.upper()} at byte {error.start + 1}: {error.reason}"
    return f"not valid JSON: {error}"


LISTS: Final = ("articles", "items", "documents", "results", "data")
"""Keys of an object that may contain the list of articles."""


def read_json(file: BinaryIO, settings: Settings) -> Iterator[Entry]:
    """Yield an entry for each object of a list; a single object has number 0.

    Raises ``Malformed``, ``NoArticles`` or ``ArticleTooLong``.
    """
    value = _value(read_whole(file, settings.max_raw_bytes))
    keys = Keys.of(settings)
    if isinstance(value, dict) and keys.text not in value and not is_ninjs(value):
        value = next((value[key] for key in LISTS if isinstance(value.get(key), list)), value)
    if isinstance(value, dict):
        yield Entry(0, value, keys)
    elif isinstance(value, list):
        for number, row in enumerate(value, 1):
            yield Entry(number, row if isinstance(row, dict) else BadRow("not a JSON object"), keys)
    else:
        raise NoArticles(
            f"a JSON {_kind(value)}: expected an object with the key {keys.text!r}, a list of such "
            f"objects, or an object with the list under {', '.join(LISTS)}"
        )


def _value(data: bytes) -> Any:
    try:
        return parse(data.decode(json.detect_encoding(data)))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        if error.msg == "Extra data":
            message = f"a second JSON value begins at {place}; for one object per line: --as jsonl"
            raise Malformed(message) from error
        raise Malformed(f"not valid JSON: {error.msg} at {place}") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(_complaint(error)) from error


def _kind(value: Any) -> str:
    return {str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")


def record_of(line: bytes, where: str) -> ArticleRecord:
    """Parse the record of a line; raise ``BrokenRecord`` if it is not a record.

    ``where`` names the line in messages: ``news.jsonl:3``.
    """
    try:
        return ArticleRecord.from_line(line)
    except ValidationError as error:
        hint = "pipeline validate says what is wrong with it"
        raise BrokenRecord("not a record", where=where, hint=hint) from error
