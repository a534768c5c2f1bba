"""Articles from rows: keys of a JSON object (ours, or those of ninjs) or columns of a table.

ninjs is the IPTC's JSON format for news, versions 1 to 3 (https://iptc.org/standards/ninjs/).
Version 1 has one ``headline`` and keys such as ``body_text``; since version 2 there are lists of
``headlines`` and ``bodies``, and the keys are in camelCase.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Final, NamedTuple

from pipeline.errors import (
    ArticleError,
    ArticleTooLong,
    BadRow,
)
from pipeline.input.article import Article, parse_published
from pipeline.input.html import Page, html_text
from pipeline.outcomes import Failure, Notice
from pipeline.settings import AUTO, Settings, nearest
from pipeline.text.decode import replace_unusable
from pipeline.text.words import plural, word_set

BODY: Final = "body_"


TAKEN: Final = word_set(
    """
    uri headline headlines body bodies byline bylines by copyrightholder infosource infosources
    source language versioncreated firstcreated contentcreated renditions associations standard
    """
)
"""Keys that become a field of the article, or are not metadata."""


def is_ninjs(row: Mapping[str, Any]) -> bool:
    """Return whether an object is ninjs, by its keys."""
    if not isinstance(row.get("uri"), str):
        return False
    standard = row.get("standard")
    if isinstance(standard, Mapping) and str(standard.get("name")).lower() == "ninjs":
        return True
    keys = {key.lower() for key in row}
    return bool(
        {"bodies", "headlines"} & keys
        or any(key.startswith(BODY) for key in keys)
        or {"headline", "versioncreated"} <= keys
    )


def ninjs_row(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with our keys; raise ``BadRow`` if the item has no body."""
    folded = {key.lower(): value for key, value in item.items()}
    kept = {
        key: value
        for key, value in item.items()
        if key.lower() not in TAKEN and not key.lower().startswith((BODY, "description_"))
    }
    row = {
        **{key: value for key, value in kept.items() if key not in ("title", "id")},
        "id": _ninjs_id(folded),
        "title": _first(folded.get("headline"), folded.get("headlines"), folded.get("title")),
        "byline": _all(folded.get("byline"), folded.get("bylines"), folded.get("by")),
        "publisher": _first(
            folded.get("copyrightholder"),
            folded.get("source"),
            folded.get("infosource"),
            folded.get("infosources"),
        ),
        "published": folded.get("versioncreated")
        or folded.get("contentcreated")
        or folded.get("firstcreated"),
        "language": folded.get("language"),
    }
    return row | {"text": _ninjs_text(folded)}


def _ninjs_id(folded: Mapping[str, Any]) -> Any:
    """Return the address of an item; later versions are separate articles."""
    version = str(folded.get("version") or "1")
    return folded["uri"] if version == "1" else f"{folded['uri']}#{version}"


def _ninjs_text(folded: Mapping[str, Any]) -> str:
    """Return the longest body; plain text is preferred to markup."""
    bodies = [
        (f"text/{key.removeprefix(BODY)}", value)
        for key, value in folded.items()
        if key.startswith(BODY) and isinstance(value, str)
    ]
    for body in _list(folded.get("bodies")):
        if isinstance(body, Mapping) and isinstance(body.get("value"), str):
            kind = next(
                (str(body[key]) for key in ("contentType", "contenttype") if key in body), ""
            )
            bodies.append((kind, body["value"]))
    if not bodies:
        kind = f" of type {str(folded['type'])[:40]}" if "type" in folded else ""
        raise BadRow(f"ninjs{kind} without a body: expected body_text, body_xhtml or bodies")
    kind, value = min(bodies, key=lambda body: body[0].lower() not in ("text/text", "text/plain"))
    return value if kind.lower() in ("text/text", "text/plain") else html_text(value)


def _first(*values: Any) -> str | None:
    """Return the first string, or the first value or name of a list of objects."""
    return next(_strings(values), None)


def _all(*values: Any) -> str | None:
    """Return the strings of the first value that has any, joined."""
    for value in values:
        if found := list(_strings([value])):
            return ", ".join(found)
    return None


def _strings(values: Iterable[Any]) -> Any:
    for value in values:
        for one in _list(value):
            if isinstance(one, Mapping):
                one = next((one[key] for key in ("value", "name", "literal") if key in one), None)
            if isinstance(one, str) and one.strip():
                yield html_text(one).strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


DESCRIPTIVE: Final = ("title", "byline", "publisher", "language")


MAX_ID = 2000
"""Maximum bytes of an id, so that every database can index it: a longer one would stop a load."""


class Keys(NamedTuple):
    """The keys of a row whose names the user can choose, and the format of its date."""

    text: str = "text"
    id: str = "id"
    published: str = "published"
    date_format: str = AUTO

    @property
    def names(self) -> tuple[str, ...]:
        return self.text, self.id, self.published

    @classmethod
    def of(cls, settings: Settings) -> Keys:
        chosen = settings.text_key, settings.id_key, settings.published_key
        return cls(*chosen, settings.date_format)


OURS: Final = Keys()


def article_of(
    row: Mapping[str, Any], where: str, uri: str | None = None, keys: Keys = OURS
) -> Article:
    """Return the article of a row; unknown keys become ``meta``.

    A ninjs row is read by the keys of that standard. Raises ``BadRow`` if there is no text.
    """
    if keys.text not in row and is_ninjs(row):
        row, keys = ninjs_row(row), OURS
    rest = dict(row)
    text = rest.pop(keys.text, None)
    if not isinstance(text, str):
        raise BadRow(_no_text(row, keys.text))
    known = {name: _take(rest, name) for name in DESCRIPTIVE}
    url = _take(rest, "url")
    published, notices = _published(rest, keys)
    return Article(
        text=text,
        where=where,
        id=_id(rest, keys.id),
        uri=url or uri,
        published=published,
        meta=rest,
        notices=notices,
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
    id = str(value)
    if len(replace_unusable(id)[0].encode()) > MAX_ID:
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
    return value.strip() or None if value else None


def _published(rest: dict[str, Any], keys: Keys) -> tuple[str | None, tuple[Notice, ...]]:
    value = rest.pop(keys.published, None)
    if value is None or value == "":
        return None, ()
    found = parse_published(value, keys.date_format) if isinstance(value, str) else None
    if found:
        return found, ()
    seen = replace_unusable(json.dumps(value, ensure_ascii=False))[0][:60]
    if keys.date_format == AUTO:
        reason = "not an unambiguous date: it was left out; set date_format to its format"
    else:
        reason = f"not a date in the format {keys.date_format}: it was left out"
    return None, (Notice("W211", f"published is {seen}, {reason}"),)


class Entry(NamedTuple):
    """One article of a file: a row, a web page, or the reason why there is neither."""

    number: int
    """Its position in the file, from 1; 0 means the file itself."""
    content: Mapping[str, Any] | Page | ArticleError
    keys: Keys = OURS
    notices: tuple[Notice, ...] = ()

    def digest(self) -> tuple[str, int]:
        """Return the SHA-256 of the content, independent of its position, and its size in bytes."""
        if isinstance(self.content, Page):
            data = self.content.data
        elif isinstance(self.content, ArticleError):
            data = f"{self.content.code} {self.content.message}".encode("utf-8", "backslashreplace")
        else:
            data = json.dumps(self.content, sort_keys=True, separators=(",", ":")).encode()
        return hashlib.sha256(data).hexdigest(), len(data)


@dataclass
class Skipped:
    """Counts of what was left out because it is not input."""

    suffixes: Counter[str] = field(default_factory=Counter)
    """Files in folders with an unsupported suffix, by suffix."""
    own: int = 0
    """Files and folders written by this program."""
    records: int = 0
    """Records of web archives that are not successful responses with a page."""

    def __str__(self) -> str:
        """Return a summary for the user, or an empty string.

        >>> str(Skipped(Counter({".py": 7, ".png": 1}), own=1))
        'skipped 8 files with other suffixes (.py 7, .png 1), 1 output of this program'
        """
        parts = []
        if total := self.suffixes.total():
            kinds = sorted(self.suffixes.items(), key=lambda one: (-one[1], one[0]))
            shown = ", ".join(f"{suffix} {number:,}" for suffix, number in kinds[:8])
            more = ", …" if len(kinds) > 8 else ""
            parts.append(f"{plural(total, 'files')} with other suffixes ({shown}{more})")
        if self.own:
            parts.append(f"{plural(self.own, 'outputs')} of this program")
        if self.records:
            parts.append(f"{plural(self.records, 'records')} of web archives that are not pages")
        return f"skipped {', '.join(parts)}" if parts else ""


def outcome(
    entry: Entry, *, where: str, uri: str | None, mark: str = "#"
) -> Article | Page | Failure:
    """Return the article of an entry, or a failure.

    ``where`` and ``uri`` are those of the file; ``mark`` precedes the number in an address.
    """
    if entry.number:
        where, uri = f"{where}:{entry.number}", uri and f"{uri}{mark}{entry.number}"
    content = entry.content
    if isinstance(content, ArticleError):
        return Failure.of(content, stage="read", source=where)
    if isinstance(content, Page):
        return replace(content, where=where, uri=content.uri or uri)
    try:
        article = article_of(content, where, uri, entry.keys)
    except ArticleError as error:
        known = content.get(entry.keys.id)
        named = str(known) if isinstance(known, str | int) else None
        return Failure.of(error, stage="read", source=where, id=named)
    return (
        replace(article, notices=(*entry.notices, *article.notices)) if entry.notices else article
    )


BLOCK: Final = 1 << 20
"""Bytes of a line that is too long to read at a time."""


def read_whole(file: BinaryIO, limit: int) -> bytes:
    """Return the bytes of a file; raise ``ArticleTooLong`` if there are more than ``limit``."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise ArticleTooLong(f"over {limit:,} bytes")
    return data


def bounded_lines(file: BinaryIO, limit: int) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of a file, cut to ``limit`` bytes and one more, with their whole size."""
    while line := file.readline(limit + 1):
        size, rest = len(line), line
        while size > limit and not rest.endswith(b"\n") and (rest := file.readline(BLOCK)):
            size += len(rest)
        yield line, size
