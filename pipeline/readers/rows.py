"""Make an article from a row: the keys of a JSON object, or the columns of a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.errors import BadRow
from pipeline.outcomes import Notice
from pipeline.readers import ninjs
from pipeline.readers.article import Article, parse_published
from pipeline.settings import nearest
from pipeline.text.decode import replace_unusable

if TYPE_CHECKING:
    from pydantic import JsonValue

    from pipeline.settings import Settings

DESCRIPTIVE: Final = ("title", "byline", "publisher", "language")
MAX_ID = 2000
"""Maximum bytes of an id, so that every database can index it: a longer one would stop a load."""
MAX_DEPTH = 32
"""Deeper nesting in an unknown key is refused, so that later readers need not handle it."""


class Keys(NamedTuple):
    """The keys of a row whose names the user can choose."""

    text: str = "text"
    id: str = "id"
    published: str = "published"

    @classmethod
    def of(cls, settings: Settings) -> Keys:
        return cls(settings.text_key, settings.id_key, settings.published_key)


OURS: Final = Keys()


def article_of(
    row: Mapping[str, Any], where: str, uri: str | None = None, keys: Keys = OURS
) -> Article:
    """Return the article of a row; unknown keys become ``meta``.

    A ninjs row is read by the keys of that standard. Raises ``BadRow`` if there is no text.
    """
    if keys.text not in row and ninjs.recognises(row):
        row, keys = ninjs.row_of(row), OURS
    rest = dict(row)
    text = rest.pop(keys.text, None)
    if not isinstance(text, str):
        raise BadRow(_no_text(row, keys.text))
    text, notices = replace_unusable(text)
    known = {name: _take(rest, name) for name in DESCRIPTIVE}
    url = _take(rest, "url")
    published, more = _published(rest, keys.published)
    return Article(
        text=text,
        where=where,
        id=_id(rest, keys.id),
        uri=url or uri,
        published=published,
        meta={_clean(key): _clean_value(value) for key, value in rest.items()},
        notices=(*notices, *more),
        **known,
    )


def _no_text(row: Mapping[str, Any], key: str) -> str:
    if key in row:
        return f"the value of {key!r} is not a string"
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
    """Remove and return a string or a list of authors; leave other values for ``meta``."""
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
    return None, (Notice("W211", f"published is {seen}, not a date in ISO 8601: it was left out"),)


def _clean(text: str) -> str:
    return replace_unusable(text)[0]


def _clean_value(value: Any, depth: int = 0) -> JsonValue:
    """Return a JSON value without characters that a record cannot contain."""
    if depth > MAX_DEPTH:
        raise BadRow(f"an unknown key is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_clean_value(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean_value(one, depth + 1) for key, one in value.items()}
    found: JsonValue = value
    return found
