"""Read records back from files and runs, and write documents without replacing other files."""

from __future__ import annotations

import glob
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import InputNotFound, OutputExists, OutputNotCreated, ReaderGone, WriteFailed
from pipeline.writers.files import LETTERS

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

STDIO = "-"
PARTS = "part-*.jsonl"
"""The files of records in the folder of a run."""


def records(files: Iterable[str]) -> Iterator[ArticleRecord]:
    """Yield the records of files and run folders; raise ``BrokenRecord`` for a broken one."""
    from pipeline.readers.files import open_regular, shown
    from pipeline.remote import folder_of, is_address

    for name in map(folder_of, files):
        if name == STDIO:
            yield from _records(sys.stdin.buffer, "stdin")
        elif is_address(name):
            yield from _remote(name)
        else:
            for path in parts(name):
                with open_regular(path) as file:
                    yield from _records(file, shown(path))


def _remote(address: str) -> Iterator[ArticleRecord]:
    """Yield the records of a run in an object store."""
    from pipeline.runs.commit import part_name
    from pipeline.runs.folder import find_run

    run = find_run(address)
    for _, receipt in run.receipts():
        if receipt is not None:
            name = part_name(receipt.name)
            with run.store.open(name) as file:
                yield from _records(file, f"{run.place}/{name}")


def parts(name: str) -> list[str]:
    """Return the files of records at a path: the file itself, or the parts of a run."""
    from pipeline.readers.files import shown

    folder = Path(name)
    if not folder.is_dir():
        return [name]
    found = sorted(str(path) for path in folder.glob(PARTS))
    if not found:
        hint = f"the folder of a run contains {PARTS}; give other files of records one by one"
        raise InputNotFound("not a run: it contains no part", where=shown(name), hint=hint)
    return found


def _records(file: BinaryIO, where: str) -> Iterator[ArticleRecord]:
    from pipeline.readers.jsonl import record_of

    lines = enumerate(file, 1)
    while True:
        try:
            number, line = next(lines)
        except StopIteration:
            return
        except OSError as error:
            raise InputNotFound((error.strerror or str(error)).lower(), where=where) from error
        yield record_of(line, f"{where}:{number}")


OUT_FOLDER = "out"
PLACE_IN_FILE = re.compile(r"(?:#[\w=]+|:\d+)$")
"""The part of an address that identifies an article within its file."""


def default_out(files: Sequence[str]) -> str:
    """Return the default place of the page: named after a single file of records.

    >>> default_out(["out/news.jsonl"]), default_out(["a.jsonl", "b.jsonl"])
    ('out/news.html', 'out/records.html')
    """
    name = "records"
    if len(files) == 1:
        path = Path(files[0])
        name = "stdin" if files[0] == STDIO else path.resolve().name if path.is_dir() else path.stem
    return f"{OUT_FOLDER}/{name or 'records'}.html"


def refuse_own_input(files: Iterable[str], out: str) -> None:
    """Raise ``OutputNotCreated`` if a file would be both read and replaced."""
    for path in files:
        with suppress(OSError, ValueError):
            if STDIO not in (path, out) and Path(path).samefile(out) and not Path(out).is_dir():
                hint = "choose another output file"
                raise OutputNotCreated("is also the input", where=out, hint=hint)


def refuse_other_input(paths: Iterable[str], out: str) -> None:
    """Raise ``OutputExists`` if OUT, or its dead letters, came from different input.

    A file that does not name its source is compared when the records are written.
    """
    if out == STDIO:
        return
    paths = list(paths)
    for place in (out, f"{out}{LETTERS}"):
        origin = _origin(place)
        if origin and not any(_covers(path, origin) for path in paths):
            raise OutputExists(f"already exists, from the input {origin}", where=place)


def _origin(place: str) -> str | None:
    """Return the source path in the first line of a file of records or dead letters.

    None if that file no longer exists: it may be an address that came with the article.
    """
    from pipeline.readers.files import origin

    try:
        with Path(place).open("rb") as file:
            found = origin(file.read(8192))
        return found if found and Path(PLACE_IN_FILE.sub("", found)).exists() else None
    except (OSError, ValueError):
        return None


def _covers(path: str, origin: str) -> bool:
    """Return whether an article from ``origin`` is among those that ``path`` matches.

    >>> _covers("news", "news/a.csv#row=2"), _covers("a/x.txt", "b/x.txt"), _covers("a/*", "a/x")
    (True, False, True)
    """
    from pipeline.readers.files import shown
    from pipeline.remote import folder_of

    path = shown(folder_of(path))
    if glob.has_magic(path) and origin.startswith(glob_root(path)):
        return True
    if path == ".":
        return not origin.startswith("/")
    rest = origin.removeprefix(path)
    return rest == "" or (rest != origin and (rest[0] in "/#:" or path.endswith("/")))


def glob_root(pattern: str) -> str:
    """Return the part of a pattern before its first wildcard.

    >>> glob_root("news/2025-*/x.txt")
    'news/2025-'
    """
    return re.split(r"[*?[]", pattern, maxsplit=1)[0]


def put(parts: Iterable[str], out: str, *, force: bool) -> None:
    """Write a document to a file, completely or not at all, or to stdout for ``-``."""
    if out == STDIO:
        _stream(parts)
        return
    from pipeline.writers.files import NewFile

    file = NewFile(out, force=force)
    placed = False
    try:
        for part in parts:
            file.write(part.encode("utf-8"))
        file.commit()
        placed = True
    finally:
        if not placed:
            file.abort()


def _stream(parts: Iterable[str]) -> None:
    try:
        for part in parts:
            sys.stdout.buffer.write(part.encode("utf-8"))
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderGone("the reader of stdout is gone") from error
    except OSError as error:
        raise WriteFailed(error.strerror or str(error), where="stdout", hint="") from error
