"""Read articles from JSONL: one object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import jsonlines

from pipeline.errors import ArticleError, ArticleTooLong, BadRow
from pipeline.outcomes import Failure, Notice
from pipeline.readers.article import Article, parse_published
from pipeline.settings import Settings, nearest
from pipeline.text.decode import replace_unusable

if TYPE_CHECKING:
    from pydantic import JsonValue

DESCRIPTIVE = ("title", "byline", "publisher", "language")
MAX_ID = 2000
"""Bytes of an id that every database can index: one article must not keep a run from its load."""
MAX_DEPTH = 32
"""Deeper nesting in a foreign key is refused: no later reader of the record has to bear it."""


def read_jsonl(
    file: BinaryIO, *, where: str, settings: Settings, uri: str | None = None, first: int = 1
) -> Iterator[Article | Failure]:
    """Yield an article for each line, or the failure of that line; blank lines are skipped.

    An article without ``url`` gets ``uri`` with the number of its line: ``news.jsonl#L3``.
    ``first`` is the number of the first line.
    """
    lines = _BoundedLines(file, settings.max_raw_bytes, first)
    rows = jsonlines.Reader(lines, loads=lines.parse)
    while True:
        try:
            row = rows.read(type=dict, skip_empty=True)
        except EOFError:
            return
        except (jsonlines.InvalidLineError, RecursionError) as error:
            yield _failure(BadRow(_complaint(error)), where, lines.number)
            continue
        except ArticleTooLong as error:
            yield _failure(error, where, lines.number)
            continue
        place = f"{where}:{lines.number}"
        try:
            yield _article(row, place, uri and f"{uri}#L{lines.number}", settings)
        except ArticleError as error:
            known = row.get(settings.id_key)
            named = str(known) if isinstance(known, str | int) else None
            yield _failure(error, where, lines.number, named)


def read_object(data: bytes, *, where: str, settings: Settings) -> Article:
    """Return the article of one JSON object, which has the keys of a line of JSONL.

    Raises ``BadRow`` or another ``ArticleError`` where ``read_jsonl`` yields a failure.
    """
    try:
        row = _parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start + 1}: {error.reason}"
        raise BadRow(message, where=where) from error
    except json.JSONDecodeError as error:
        message = f"no JSON: {error.msg} at character {error.pos + 1}"
        raise BadRow(message, where=where) from error
    except ValueError as error:
        raise BadRow(f"no JSON: {error}", where=where) from error
    except RecursionError as error:
        raise BadRow(_complaint(error), where=where) from error
    if not isinstance(row, dict):
        raise BadRow("not a JSON object", where=where)
    return _article(row, where, None, settings)


class _BoundedLines(Iterator[bytes]):
    """The lines of a file, none kept beyond the limit, and the parser that goes with them.

    ``number`` is that of the line last given.
    """

    def __init__(self, file: BinaryIO, limit: int, first: int) -> None:
        self.file = file
        self.limit = limit
        self.number = first - 1
        self.size = 0

    def __next__(self) -> bytes:
        line = self.file.readline(self.limit + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.size = len(line)
        if self.size <= self.limit:
            return line
        rest = line
        while not rest.endswith(b"\n") and (rest := self.file.readline(1 << 20)):
            self.size += len(rest)
        return b"?"  # not blank, so that it comes to ``parse``

    def parse(self, line: str | bytes) -> Any:
        if self.size > self.limit:
            raise ArticleTooLong(f"a line of {self.size:,} bytes, limit {self.limit:,}")
        return _parse(line)


def _parse(text: str | bytes) -> Any:
    """Parse strict JSON: no NaN, no number that a float cannot hold."""
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number[:20]} is out of range")
    return value


def _complaint(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deep"
    cause = error.__cause__
    if isinstance(cause, json.JSONDecodeError):
        return f"no JSON: {cause.msg} at character {cause.colno}"
    if isinstance(cause, UnicodeDecodeError):
        return f"not UTF-8 at byte {cause.start + 1}: {cause.reason}"
    if cause is not None:
        return f"no JSON: {cause}"
    return "not a JSON object"


def _failure(error: ArticleError, where: str, number: int, id: str | None = None) -> Failure:
    return Failure.of(error, stage="read", source=f"{where}:{number}", id=id)


def _article(row: dict[str, Any], where: str, uri: str | None, settings: Settings) -> Article:
    """Return the article of a row; its foreign keys become ``meta``."""
    rest = dict(row)
    text = rest.pop(settings.text_key, None)
    if not isinstance(text, str):
        raise BadRow(_no_text(row, settings.text_key))
    text, notices = replace_unusable(text)
    known = {name: _take(rest, name) for name in DESCRIPTIVE}
    url = _take(rest, "url")
    published, more = _published(rest, settings.published_key)
    return Article(
        text=text,
        where=where,
        id=_id(rest, settings.id_key),
        uri=url or uri,
        published=published,
        meta={_clean(key): _clean_value(value) for key, value in rest.items()},
        notices=(*notices, *more),
        **known,
    )


def _no_text(row: dict[str, Any], key: str) -> str:
    if key in row:
        return f"the key {key!r} holds no string"
    meant = nearest(key, row)
    keys = ", ".join(sorted(row)[:8]) or "none"
    return f"no key {key!r}" + (f"; did you mean {meant!r}?" if meant else f"; its keys: {keys}")


def _id(rest: dict[str, Any], key: str) -> str | None:
    value = rest.pop(key, None)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRow(f"the id is {type(value).__name__}, not a string or a whole number")
    id = _clean(str(value))
    if len(id.encode()) > MAX_ID:
        raise BadRow(f"the id is longer than {MAX_ID:,} bytes")
    return id


def _take(rest: dict[str, Any], key: str) -> str | None:
    """Take a string, or the authors of a list; anything else stays where it is, for ``meta``."""
    value = rest.get(key)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    if value is not None and not isinstance(value, str):
        return None
    rest.pop(key, None)
    return _clean(value).strip() or None if value else None


def _published(rest: dict[str, Any], key: str) -> tuple[str | None, tuple[Notice, ...]]:
    value = rest.pop(key, None)
    if value is None or value == "":
        return None, ()
    found = parse_published(value) if isinstance(value, str) else None
    if found:
        return found, ()
    seen = _clean(json.dumps(value, ensure_ascii=False))[:60]
    return None, (Notice("W211", f"published is {seen}, no date in ISO 8601: it was left out"),)


def _clean(text: str) -> str:
    return replace_unusable(text)[0]


def _clean_value(value: Any, depth: int = 0) -> JsonValue:
    """Return a JSON value without characters that no record can hold."""
    if depth > MAX_DEPTH:
        raise BadRow(f"a foreign key nests deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_clean_value(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean_value(one, depth + 1) for key, one in value.items()}
    found: JsonValue = value
    return found
