"""Raw input → articles: text files, JSONL, web pages, folders, globs and stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from pipeline.errors import ArticleError, ArticleTooLong, EmptyArticle
from pipeline.outcomes import Failure
from pipeline.readers.article import Article
from pipeline.readers.files import STDIN, Input, check, find, open_regular, shown
from pipeline.readers.html import Page
from pipeline.readers.items import Format, Item, format_of, open_item
from pipeline.readers.jsonl import read_jsonl
from pipeline.settings import Settings
from pipeline.text.decode import decode

__all__ = ["Article", "Format", "Item", "Page", "read", "read_item"]


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


def read_item(
    item: Item,
    settings: Settings,
    *,
    format: Format | None = None,
    published: str | None = None,
) -> Article | Page | Failure:
    """Return the article that ``find_items`` found, or why it cannot be read; as ``read`` does."""
    try:
        with open_item(item, settings.max_raw_bytes) as file:
            uri = shown(item.path)
            if item.line:
                lines = read_jsonl(file, where=uri, settings=settings, uri=uri, first=item.line)
                one: Article | Page | Failure | None = next(lines, None)
            else:
                chosen = format or format_of(item.path)
                one = next(_read_file(file, item.where, uri, settings, chosen), None)
    except ArticleError as error:
        return Failure.of(error, stage="read", source=item.where)
    except OSError as error:
        return Failure(None, item.where, "P209", error.strerror or str(error), "read")
    if one is None:  # nothing but a byte order mark
        return Failure.of(EmptyArticle("empty"), stage="read", source=item.where)
    return _dated(one, published)


def _dated(one: Article | Page | Failure, published: str | None) -> Article | Page | Failure:
    """Give an article that comes without one the date of publication."""
    if published and not isinstance(one, Failure) and not one.published:
        return replace(one, published=published)
    return one


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
                yield _dated(one, published)
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
        chosen = format or format_of(found.path)
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
