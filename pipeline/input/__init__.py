"""Raw input → articles: text, web pages, documents, JSON, tables, news XML, feeds, web archives."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO, NamedTuple

from pipeline.errors import ArticleError, HostUnreachable
from pipeline.input.article import Article
from pipeline.input.content import MAGIC, Form, articles, form_of, peek
from pipeline.input.files import STDIN, check, find, open_regular, shown
from pipeline.input.formats import Format
from pipeline.input.html import Page
from pipeline.input.items import InputItem, form_of_item, open_item, read_entry
from pipeline.input.rows import Skipped
from pipeline.input.web import fetch
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.storage import is_web

__all__ = ["Article", "Format", "InputItem", "Page", "Skipped", "read", "read_item"]


def read(
    paths: Iterable[str],
    settings: Settings,
    *,
    format: Format | None = None,
    published: str | None = None,
    skip: Iterable[str] = (),
    skipped: Skipped | None = None,
    stdin: BinaryIO | None = None,
    keep: Callable[[bytes], object] | None = None,
) -> Iterator[Article | Page | Failure]:
    """Yield every article below the paths, or a failure for one that cannot be read.

    A file's suffix determines its format unless ``format`` is given; stdin is text by default.
    ``published`` is the date of articles that have none. ``skip`` names files in folders that are
    not input, such as the run's own outputs. Other files that are left out are counted in
    ``skipped``. ``keep`` gets the bytes that an address of the web gave.

    Raises, before anything is read, what ``check`` raises for a path, and ``NothingToRead`` if the
    paths contain no file at all.
    """
    skipped = skipped or Skipped()
    anything = format is not None
    found = find(check(paths, any_suffix=anything), skip=skip, any_suffix=anything, skipped=skipped)
    inputs = chain([next(found)], found)  # raises before anything is read
    reading = _Inputs(settings, format, skipped, stdin or sys.stdin.buffer, keep)
    return _read(inputs, reading, published)


def read_item(
    item: InputItem,
    settings: Settings,
    *,
    format: Format | None = None,
    published: str | None = None,
) -> Article | Page | Failure:
    """Return the article that ``find_items`` found, or a failure; works as ``read`` does."""

    def one() -> Iterator[Article | Page | Failure]:
        if item.web is not None and item.web.code:
            yield Failure(None, item.place, item.web.code, item.web.message, "read")
            return
        if item.web is None and is_web(item.path):
            raise HostUnreachable("was not fetched")
        form, where = form_of_item(item, format), item.place
        if form.has_entries:
            yield read_entry(item, form, settings)
            return
        with open_item(item, settings.max_raw_bytes) as file:
            first = item.line or 1
            charset = item.web and item.web.charset
            found = articles(
                file, form, settings, where=where, uri=where, first=first, charset=charset
            )
            yield next(found)

    return next(_dated(one(), item.where, published))


def _dated(
    found: Iterable[Article | Page | Failure], where: str, published: str | None
) -> Iterator[Article | Page | Failure]:
    """Yield articles with a date if they have none, and as the last one what stops the reading."""
    try:
        for one in found:
            if published and not isinstance(one, Failure) and not one.published:
                yield replace(one, published=published)
            else:
                yield one
    except ArticleError as error:
        yield Failure.of(error, stage="read", source=where)
    except OSError as error:
        yield Failure(None, where, "P209", error.strerror or str(error), "read")


class _Inputs(NamedTuple):
    """How ``read`` reads its inputs."""

    settings: Settings
    format: Format | None
    skipped: Skipped
    stdin: BinaryIO
    keep: Callable[[bytes], object] | None


def _read(
    inputs: Iterable[str | Failure], reading: _Inputs, published: str | None
) -> Iterator[Article | Page | Failure]:
    for path in inputs:
        if isinstance(path, Failure):
            yield path
        else:
            yield from _dated(_read_input(path, reading), shown(path), published)


def _read_input(path: str, reading: _Inputs) -> Iterator[Article | Page | Failure]:
    settings, format, skipped, stdin, keep = reading
    if path == STDIN:
        head, file = peek(stdin, len(MAGIC))
        form = Form(format or "text", packed=head == MAGIC)
        yield from articles(file, form, settings, where="stdin", uri=None, skipped=skipped)
        return
    if is_web(path):
        data, where, form, charset = fetch(path, settings, format)
        if keep is not None:
            keep(data)
        file = io.BytesIO(data)
        yield from articles(
            file, form, settings, where=where, uri=where, skipped=skipped, charset=charset
        )
        return
    form, where = form_of(path, format), shown(path)
    with open_regular(path) as file:
        yield from articles(file, form, settings, where=where, uri=where, skipped=skipped)
