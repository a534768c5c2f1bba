"""Raw input → articles: text files, JSONL, web pages, folders, globs and stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, Literal

from pipeline.errors import ArticleError, ArticleTooLong, Failure
from pipeline.readers.article import Article
from pipeline.readers.files import STDIN, Input, check, find, open_regular
from pipeline.readers.html import Page
from pipeline.readers.jsonl import read_jsonl
from pipeline.settings import Settings
from pipeline.text.decode import decode

__all__ = ["Article", "Page", "read"]

Format = Literal["text", "jsonl", "html"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}


def read(
    paths: Iterable[str],
    settings: Settings,
    *,
    format: Format | None = None,
    published: str | None = None,
    skip: Iterable[str] = (),
    stdin: BinaryIO | None = None,
) -> Iterator[Article | Page | Failure]:
    """Yield every article below the paths, or why it could not be read.

    A file's suffix tells its format, unless ``format`` does; stdin is text by default.
    ``published`` is the date of articles that come without one. ``skip`` names files in folders
    that are no input: those that the run itself writes.

    Raises ``InputNotFound`` or ``NotAFile`` for a path that names nothing, before any is read.
    """
    found = find(check(paths), skip=skip)
    return _read(found, settings, format, published, stdin or sys.stdin.buffer)


def _read(
    inputs: Iterable[Input | Failure],
    settings: Settings,
    format: Format | None,
    published: str | None,
    stdin: BinaryIO,
) -> Iterator[Article | Page | Failure]:
    for found in inputs:
        if isinstance(found, Failure):
            yield found
            continue
        try:
            for one in _read_input(found, settings, format, stdin):
                if published and not isinstance(one, Failure) and not one.published:
                    yield replace(one, published=published)
                else:
                    yield one
        except ArticleError as error:
            yield Failure.of(error, stage="read", source=found.shown)
        except OSError as error:
            yield Failure(None, found.shown, "P209", error.strerror or str(error), "read")


def _read_input(
    found: Input, settings: Settings, format: Format | None, stdin: BinaryIO
) -> Iterator[Article | Page | Failure]:
    if found.path == STDIN:
        yield from _read_file(stdin, "stdin", None, settings, format or "text")
        return
    with open_regular(found.path) as file:
        chosen = format or FORMATS.get(found.suffix, "text")
        yield from _read_file(file, found.shown, found.shown, settings, chosen)


def _read_file(
    file: BinaryIO, where: str, uri: str | None, settings: Settings, format: Format
) -> Iterator[Article | Page | Failure]:
    if format == "jsonl":
        yield from read_jsonl(file, where=where, settings=settings, uri=uri)
        return
    data = file.read(settings.max_raw_bytes + 1)
    if len(data) > settings.max_raw_bytes:
        raise ArticleTooLong(f"over {settings.max_raw_bytes:,} bytes", where=where)
    if format == "html":
        yield Page(data=data, where=where, uri=uri)
        return
    text, _, notices = decode(data)
    yield Article(text=text, where=where, uri=uri, notices=notices)
