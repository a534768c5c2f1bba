"""Entries of a file of many articles, and the articles made from them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, NamedTuple

from pipeline.errors import ArticleError, ArticleTooLong
from pipeline.outcomes import Failure, Notice
from pipeline.readers.article import Article
from pipeline.readers.html import Page
from pipeline.readers.rows import OURS, Keys, article_of


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
            parts.append(f"{_plural(total, 'file')} with other suffixes ({shown}{more})")
        if self.own:
            parts.append(f"{_plural(self.own, 'output')} of this program")
        if self.records:
            parts.append(f"{_plural(self.records, 'record')} of web archives that are not pages")
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


def read_whole(file: BinaryIO, limit: int) -> bytes:
    """Return the bytes of a file; raise ``ArticleTooLong`` if there are more than ``limit``."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise ArticleTooLong(f"over {limit:,} bytes")
    return data


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
