"""Raw input → articles: text, web pages, JSON, tables, news XML, feeds and web archives."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.formats import Format
from pipeline.outcomes import Failure
from pipeline.readers.article import Article
from pipeline.readers.content import MAGIC, Form, articles, form_of, peek
from pipeline.readers.files import STDIN, Input, check, find, open_regular, shown
from pipeline.readers.html import Page
from pipeline.readers.items import Item, open_item, read_entry
from pipeline.readers.rows import Skipped
from pipeline.settings import Settings

__all__ = ["Article", "Format", "Item", "Page", "Skipped", "read", "read_item"]


def read(
    paths: Iterable[str],
    settings: Settings,
    *,
    format: Format | None = None,
    published: str | None = None,
    skip: Iterable[str] = (),
    skipped: Skipped | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Article | Page | Failure]:
    """Yield every article below the paths, or a failure for one that cannot be read.

    A file's suffix determines its format unless ``format`` is given; stdin is text by default.
    ``published`` is the date of articles that have none. ``skip`` names files in folders that are
    not input, such as the run's own outputs. Other files that are left out are counted in
    ``skipped``.

    Raises, before anything is read, what ``check`` raises for a path, and ``NothingToRead`` if the
    paths contain no file at all.
    """
    skipped = skipped or Skipped()
    anything = format is not None
    found = find(check(paths, any_suffix=anything), skip=skip, any_suffix=anything, skipped=skipped)
    inputs = chain([next(found)], found)  # raises before anything is read
    return _read(inputs, settings, format, published, skipped, stdin or sys.stdin.buffer)


def read_item(
    item: Item, settings: Settings, *, format: Format | None = None, published: str | None = None
) -> Article | Page | Failure:
    """Return the article that ``find_items`` found, or a failure; works as ``read`` does."""
    form, where = form_of(item.path, format), shown(item.path)
    try:
        if form.has_entries:
            one = read_entry(item, form, settings)
        else:
            with open_item(item, settings.max_raw_bytes) as file:
                first = item.line or 1
                one = next(articles(file, form, settings, where=where, uri=where, first=first))
    except ArticleError as error:
        return Failure.of(error, stage="read", source=item.where)
    except OSError as error:
        return Failure(None, item.where, "P209", error.strerror or str(error), "read")
    return _dated(one, published)


def _dated(one: Article | Page | Failure, published: str | None) -> Article | Page | Failure:
    """Set the date of publication of an article that has none."""
    if published and not isinstance(one, Failure) and not one.published:
        return replace(one, published=published)
    return one


def _read(
    inputs: Iterable[Input | Failure],
    settings: Settings,
    format: Format | None,
    published: str | None,
    skipped: Skipped,
    stdin: BinaryIO,
) -> Iterator[Article | Page | Failure]:
    for found in inputs:
        if isinstance(found, Failure):
            yield found
            continue
        try:
            for one in _read_input(found, settings, format, skipped, stdin):
                yield _dated(one, published)
        except ArticleError as error:
            yield Failure.of(error, stage="read", source=found.shown)
        except OSError as error:
            yield Failure(None, found.shown, "P209", error.strerror or str(error), "read")


def _read_input(
    found: Input, settings: Settings, format: Format | None, skipped: Skipped, stdin: BinaryIO
) -> Iterator[Article | Page | Failure]:
    if found.path == STDIN:
        head, file = peek(stdin, len(MAGIC))
        form = Form(format or "text", packed=head == MAGIC)
        yield from articles(file, form, settings, where="stdin", uri=None, skipped=skipped)
        return
    form, where = form_of(found.path, format), found.shown
    with open_regular(found.path) as file:
        yield from articles(file, form, settings, where=where, uri=where, skipped=skipped)
