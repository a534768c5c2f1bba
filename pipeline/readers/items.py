"""Where each article of an input stands: a file, or a line of one, with the checksum of its bytes.

A batch run finds the articles once and reads them later, maybe in another process or on another
machine. What it passes on is not the text but an ``Item``, which is small.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from pipeline.errors import ArticleChanged, ArticleError, ArticleTooLong, UsageError
from pipeline.outcomes import Failure
from pipeline.readers import objects
from pipeline.readers.files import STDIN, check, find, open_regular, shown
from pipeline.remote import is_address
from pipeline.settings import Settings

Format = Literal["text", "jsonl", "html"]
FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
BLOCK = 1 << 20


class Item(NamedTuple):
    """The bytes of one article: ``size`` bytes of a file from ``start``.

    ``line`` is the number of a line of JSONL, 0 for a file that is one article. ``sha256`` is that
    of the bytes, or of the first ``hashed`` ones where there were more than could be taken; None
    for a file that could not be read. ``taken`` says that another text of the same run has its id.
    """

    path: str
    start: int = 0
    size: int = 0
    line: int = 0
    sha256: str | None = None
    taken: bool = False
    hashed: int | None = None

    @property
    def where(self) -> str:
        """How messages name the article: ``news.jsonl:3``."""
        return f"{shown(self.path)}:{self.line}" if self.line else shown(self.path)


def format_of(path: str) -> Format:
    """Return the format that a file's suffix tells.

    >>> format_of("news/A.HTML"), format_of("news/a")
    ('html', 'text')
    """
    return FORMATS.get(Path(path).suffix.lower(), "text")


def find_items(
    paths: Iterable[str],
    settings: Settings,
    *,
    format: Format | None = None,
    skip_folders: Iterable[str] = (),
) -> Iterator[Item]:
    """Yield every article below the paths in sorted order, none of them parsed.

    A file that cannot be read is an item as well: whoever reads it says why. What stands in
    ``skip_folders`` is no input.

    Raises ``InputNotFound`` or ``NotAFile`` for a path that names nothing, and ``UsageError`` for
    stdin, which can be read only once.
    """
    checked = check(paths)
    if STDIN in checked:
        hint = "save it to a file, or use: pipeline extract -"
        raise UsageError("a batch cannot read stdin", where=STDIN, hint=hint)
    return _find(checked, settings, format, tuple(skip_folders))


def _find(
    paths: tuple[str, ...], settings: Settings, format: Format | None, skip: tuple[str, ...]
) -> Iterator[Item]:
    for found in find(paths, skip_folders=skip):
        if isinstance(found, Failure):
            yield Item(found.source or "")
            continue
        try:
            with open_regular(found.path) as file:
                if (format or format_of(found.path)) == "jsonl":
                    yield from _lines(file, found.path, settings.max_raw_bytes)
                else:
                    yield _whole(file, found.path, settings.max_raw_bytes)
        except (ArticleError, OSError):
            yield Item(found.path)


def _whole(file: BinaryIO, path: str, limit: int) -> Item:
    data = file.read(limit + 1)
    size = len(data)
    if size > limit:
        size = max(size, file.seek(0, io.SEEK_END))
    return _item(path, 0, size, 0, data, limit)


def _lines(file: BinaryIO, path: str, limit: int) -> Iterator[Item]:
    """Yield an item for each line that is not blank, without its end.

    None is kept beyond the limit.
    """
    start = number = 0
    while line := file.readline(limit + 1):
        number += 1
        size = len(line)
        rest = line
        while size > limit and not rest.endswith(b"\n") and (rest := file.readline(BLOCK)):
            size += len(rest)
        if line.strip():
            # the last line may get its end later, and is the same article then
            end = len(line) - len(line.rstrip(b"\r\n")) if size <= limit else 0
            yield _item(path, start, size - end, number, line[: len(line) - end], limit)
        start += size


def _item(path: str, start: int, size: int, line: int, data: bytes, limit: int) -> Item:
    item = Item(path, start, size, line, _sha256(data[:limit]))
    return item if size <= limit else item._replace(hashed=limit)


def open_item(item: Item, limit: int) -> BinaryIO:
    """Return the bytes of an item as a file.

    Raises ``ArticleTooLong`` if there are more than ``limit``, ``ArticleChanged`` if they are no
    longer those that were found, and what ``open_regular`` raises.
    """
    # of a whole file one byte more, to see whether it has grown
    wanted = item.size + (not item.line)
    if is_address(item.path):
        _check_size(item, limit)
        data = objects.read(item.path, item.start, wanted)
    else:
        with open_regular(item.path) as file:
            _check_size(item, limit)
            file.seek(item.start)
            data = file.read(wanted)
    if item.sha256 is None or _sha256(data[: item.hashed]) != item.sha256:
        raise ArticleChanged("is not what it was when the run was planned", where=item.where)
    return io.BytesIO(data)


def _check_size(item: Item, limit: int) -> None:
    if item.size > limit:
        kind = "a line of " if item.line else ""
        raise ArticleTooLong(f"{kind}{item.size:,} bytes, limit {limit:,}", where=item.where)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
