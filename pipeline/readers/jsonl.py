"""Read articles from JSONL: one object per line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

import jsonlines

from pipeline.errors import ArticleTooLong, BadRow
from pipeline.readers.article import Article
from pipeline.readers.entries import Entry
from pipeline.readers.rows import Keys, article_of
from pipeline.settings import Settings


def read_jsonl(file: BinaryIO, settings: Settings, first: int = 1) -> Iterator[Entry]:
    """Yield an entry for each line that is not blank; ``first`` is the number of the first line."""
    lines = _BoundedLines(file, settings.max_raw_bytes, first)
    rows = jsonlines.Reader(lines, loads=lines.parse)
    keys = Keys.of(settings)
    while True:
        try:
            row = rows.read(type=dict, skip_empty=True)
        except EOFError:
            return
        except (jsonlines.InvalidLineError, RecursionError) as error:
            yield Entry(lines.number, BadRow(_complaint(error)))
        except ArticleTooLong as error:
            yield Entry(lines.number, error)
        else:
            yield Entry(lines.number, row, keys)


def read_object(data: bytes, *, where: str, settings: Settings) -> Article:
    """Return the article of one JSON object with the keys of a JSONL line.

    Raises ``BadRow`` or another ``ArticleError`` where ``read_jsonl`` would yield a failure.
    """
    try:
        row = parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start + 1}: {error.reason}"
        raise BadRow(message, where=where) from error
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg} at character {error.pos + 1}"
        raise BadRow(message, where=where) from error
    except ValueError as error:
        raise BadRow(f"not valid JSON: {error}", where=where) from error
    except RecursionError as error:
        raise BadRow(_complaint(error), where=where) from error
    if not isinstance(row, dict):
        raise BadRow("not a JSON object", where=where)
    return article_of(row, where, keys=Keys.of(settings))


class _BoundedLines(Iterator[bytes]):
    """The lines of a file, truncated to the limit, with their parser.

    ``number`` is the number of the last line returned.
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
        return b"?"  # not blank, so that it reaches ``parse``

    def parse(self, line: str | bytes) -> Any:
        if self.size > self.limit:
            raise ArticleTooLong(f"a line of {self.size:,} bytes, limit {self.limit:,}")
        return parse(line)


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


def _complaint(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deep"
    cause = error.__cause__
    if isinstance(cause, json.JSONDecodeError):
        return f"not valid JSON: {cause.msg} at character {cause.colno}"
    if isinstance(cause, UnicodeDecodeError):
        return f"not UTF-8 at byte {cause.start + 1}: {cause.reason}"
    if cause is not None:
        return f"not valid JSON: {cause}"
    return "not a JSON object"
