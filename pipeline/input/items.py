"""Locate each article of an input: a file, a line or an entry of a file, with a checksum.

A batch run finds the articles once and reads them later, possibly in another process or on another
machine. It passes on not the text but an ``InputItem``, which is small.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import BinaryIO, NamedTuple

from pipeline.errors import ArticleChanged, ArticleError, ArticleTooLong, UsageError
from pipeline.input.article import Article
from pipeline.input.content import Form, entries, form_of, refuse_jsonl
from pipeline.input.files import STDIN, check, find, open_regular, read_object, shown
from pipeline.input.formats import HEAD, Format
from pipeline.input.html import Page
from pipeline.input.rows import Entry, Keys, Skipped, bounded_lines, outcome
from pipeline.input.web import fetch
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.storage import is_address, is_web


class Web(NamedTuple):
    """Where the copy of a file in a run came from, or why there is none."""

    uri: str
    """The address after redirects."""
    format: Format = "text"
    packed: bool = False
    charset: str | None = None
    code: str | None = None
    """The code of the error; ``message`` explains it."""
    message: str = ""


class InputItem(NamedTuple):
    """The bytes of one article: ``size`` bytes of a file from ``start``.

    ``line`` is the line number in JSONL, and 0 for a file that is one article. ``sha256`` is the
    checksum of the bytes, or of the first ``hashed`` bytes if there were too many; None for a file
    that could not be read. ``taken``: a different text in the same run has its id.

    In other files of many articles, such as CSV, ``line`` is the number of the entry, and size and
    checksum are those of its content, independent of its position in the file.
    """

    path: str
    start: int = 0
    size: int = 0
    line: int = 0
    sha256: str | None = None
    taken: bool = False
    hashed: int | None = None
    web: Web | None = None

    @property
    def place(self) -> str:
        """The path of the file, or the address that it was fetched from."""
        return self.web.uri if self.web else shown(self.path)

    @property
    def where(self) -> str:
        """How messages name the article: ``news.jsonl:3``."""
        return f"{self.place}:{self.line}" if self.line else self.place


def form_of_item(item: InputItem, format: Format | None) -> Form:
    """Return how to read the file of an item."""
    if item.web is not None:
        return Form(item.web.format, item.web.packed)
    return form_of(item.path, format)


def find_items(
    paths: Iterable[str],
    settings: Settings,
    *,
    format: Format | None = None,
    skip_folders: Iterable[str] = (),
    skipped: Skipped | None = None,
    keep: Callable[[bytes], str] | None = None,
) -> Iterator[InputItem]:
    """Yield every article below the paths in sorted order, without parsing it.

    A file that cannot be read is also an item: reading it later gives the reason. Files below
    ``skip_folders`` are not input; other files that are left out are counted in ``skipped``.
    ``keep`` stores the bytes of an address of the web and returns where they are; without it,
    nothing is fetched.

    Raises what ``check`` raises for a path, ``UsageError`` for stdin, which can be read only once,
    and ``NothingToRead`` if there is no file at all.
    """
    checked = check(paths, any_suffix=format is not None)
    if STDIN in checked:
        hint = "save it to a file, or use: pipeline extract -"
        raise UsageError("a batch cannot read stdin", where=STDIN, hint=hint)
    skipped = skipped or Skipped()
    anything = format is not None
    found = find(checked, skip_folders=skip_folders, any_suffix=anything, skipped=skipped)
    return _find(chain([next(found)], found), settings, format, skipped, keep)


def _find(
    inputs: Iterable[str | Failure],
    settings: Settings,
    format: Format | None,
    skipped: Skipped,
    keep: Callable[[bytes], str] | None,
) -> Iterator[InputItem]:
    for path in inputs:
        if isinstance(path, Failure):
            yield InputItem(path.source or "")
        elif not is_web(path):
            yield from _find_in(path, form_of(path, format), settings, skipped)
        elif keep is None:
            yield InputItem(path)
        else:
            try:
                fetched = fetch(path, settings, format)
            except ArticleError as error:
                web = Web(error.where or path, code=error.code, message=error.message)
                yield InputItem(path, web=web)
                continue
            web = Web(fetched.uri, *fetched.form, fetched.charset)
            for item in _find_in(keep(fetched.data), fetched.form, settings, skipped):
                yield item._replace(web=web)


def _find_in(path: str, form: Form, settings: Settings, skipped: Skipped) -> Iterator[InputItem]:
    try:
        with open_regular(path) as file:
            if form.has_entries:
                for entry in entries(file, form, settings, skipped):
                    sha256, size = entry.digest()
                    yield InputItem(path, 0, size, entry.number, sha256)
            elif form.format == "jsonl":
                yield from _lines(file, path, settings.max_raw_bytes)
            else:
                yield _whole(file, path, settings.max_raw_bytes)
    except (ArticleError, OSError):
        yield InputItem(path)


def _whole(file: BinaryIO, path: str, limit: int) -> InputItem:
    data = file.read(limit + 1)
    size = len(data)
    if size > limit:
        size = max(size, file.seek(0, io.SEEK_END))
    return _item(path, 0, size, 0, data, limit)


def _lines(file: BinaryIO, path: str, limit: int) -> Iterator[InputItem]:
    """Yield an item for each line that is not blank, without its line ending.

    Nothing beyond the limit is kept. A file that is not JSONL at all is one item, as is an empty
    file.
    """
    head = file.read(HEAD)
    file.seek(0)
    try:
        refuse_jsonl(head)
    except ArticleError:
        yield _whole(file, path, limit)
        return
    start = 0
    found = False
    for number, (line, size) in enumerate(bounded_lines(file, limit), 1):
        if line.strip():
            # the last line may get its line ending later, and is still the same article
            end = len(line) - len(line.rstrip(b"\r\n")) if size <= limit else 0
            yield _item(path, start, size - end, number, line[: len(line) - end], limit)
            found = True
        start += size
    if not found:
        file.seek(0)
        yield _whole(file, path, limit)


def _item(path: str, start: int, size: int, line: int, data: bytes, limit: int) -> InputItem:
    item = InputItem(path, start, size, line, _sha256(data[:limit]))
    return item if size <= limit else item._replace(hashed=limit)


def read_entry(item: InputItem, form: Form, settings: Settings) -> Article | Page | Failure:
    """Return the article of an item in a file with entries, or a failure.

    Raises ``ArticleChanged`` if the entry has changed, and what ``open_regular`` raises.
    """
    global _reading
    key = (item.path, form, Keys.of(settings), settings.max_raw_bytes, _state(item.path))
    if _reading is None or _reading.key != key or not _reading.is_before(item.line):
        if _reading is not None:
            _reading.close()
        _reading = _Reading(key, open_regular(item.path), form, settings)
    entry = _reading.entry(item.line)
    if entry is None or item.sha256 is None or entry.digest()[0] != item.sha256:
        raise ArticleChanged("has changed since the run was planned", where=item.where)
    return outcome(entry, where=item.place, uri=item.place, mark=form.mark)


class _Reading:
    """A file whose entries are requested in order, so that each is read once per shard."""

    def __init__(self, key: Hashable, file: BinaryIO, form: Form, settings: Settings) -> None:
        self.key = key
        self._file = file
        self._entries = entries(file, form, settings, Skipped())
        self._last: Entry | None = None
        self._closed = False

    def is_before(self, number: int) -> bool:
        """Return whether an entry is the last one read, or is still to come."""
        if self._last is None:
            return not self._closed
        return self._last.number == number or (not self._closed and 0 < self._last.number < number)

    def entry(self, number: int) -> Entry | None:
        """Return an entry by its number; the file is closed when there are no more."""
        if self._last is not None and self._last.number == number:
            return self._last
        try:
            for entry in self._entries:
                self._last = entry
                if entry.number == number:
                    return entry
        except BaseException:
            self.close()
            raise
        self.close()
        return None

    def close(self) -> None:
        self._closed = True
        self._file.close()


_reading: _Reading | None = None


@atexit.register
def _close() -> None:
    if _reading is not None:
        _reading.close()


def _state(path: str) -> tuple[int, int, int] | None:
    """Return values that change when the file is replaced or modified, or None for an object."""
    with suppress(OSError):
        if not is_address(path):
            found = os.lstat(path)
            return found.st_ino, found.st_size, found.st_mtime_ns
    return None


def open_item(item: InputItem, limit: int) -> BinaryIO:
    """Open the bytes of an item that is a file or a line.

    Raises ``ArticleTooLong`` if there are more than ``limit``, ``ArticleChanged`` if they have
    changed, and what ``open_regular`` raises.
    """
    # for a whole file, read one byte more to notice whether it has grown
    wanted = item.size + (not item.line)
    if is_address(item.path):
        _check_size(item, limit)
        data = read_object(item.path, item.start, wanted)
    else:
        with open_regular(item.path) as file:
            _check_size(item, limit)
            file.seek(item.start)
            data = file.read(wanted)
    if item.sha256 is None or _sha256(data[: item.hashed]) != item.sha256:
        raise ArticleChanged("has changed since the run was planned", where=item.where)
    return io.BytesIO(data)


def _check_size(item: InputItem, limit: int) -> None:
    if item.size > limit:
        kind = "a line of " if item.line else ""
        raise ArticleTooLong(f"{kind}{item.size:,} bytes, limit {limit:,}", where=item.where)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
