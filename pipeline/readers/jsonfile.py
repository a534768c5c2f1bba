"""Read articles from a JSON file: one object, a list of objects, or a list under a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from pipeline.errors import BadRow, Malformed, NoArticles
from pipeline.readers import ninjs
from pipeline.readers.entries import Entry, read_whole
from pipeline.readers.jsonl import parse
from pipeline.readers.rows import Keys
from pipeline.settings import Settings

LISTS: Final = ("articles", "items", "documents", "results", "data")
"""Keys of an object that may contain the list of articles."""


def read_json(file: BinaryIO, settings: Settings) -> Iterator[Entry]:
    """Yield an entry for each object of a list; a single object has number 0.

    Raises ``Malformed``, ``NoArticles`` or ``ArticleTooLong``.
    """
    value = _value(read_whole(file, settings.max_raw_bytes))
    keys = Keys.of(settings)
    if isinstance(value, dict) and keys.text not in value and not ninjs.recognises(value):
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
    except UnicodeDecodeError as error:
        message = f"not {error.encoding.upper()} at byte {error.start + 1}: {error.reason}"
        raise Malformed(message) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        if error.msg == "Extra data":
            message = f"a second JSON value begins at {place}; for one object per line: --as jsonl"
            raise Malformed(message) from error
        raise Malformed(f"not valid JSON: {error.msg} at {place}") from error
    except ValueError as error:
        raise Malformed(f"not valid JSON: {error}") from error
    except RecursionError as error:
        raise Malformed("nested too deep") from error


def _kind(value: Any) -> str:
    return {str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")
