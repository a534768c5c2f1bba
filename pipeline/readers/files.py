"""Find the files that a user means and open them safely.

Only regular files are read: what a symbolic link, a FIFO or a device leads to is not what a folder
of articles was meant to hold. Hidden files and folders are skipped unless they are named.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.errors import ArticleError, InputNotFound, NotAFile, Unreadable
from pipeline.outcomes import Failure
from pipeline.readers import objects
from pipeline.remote import folder_of, is_address
from pipeline.settings import nearest

STDIN = "-"
MOST_BESIDE = 10_000
"""So many names of a folder are compared with one that is not there."""
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


class Input(NamedTuple):
    """A file to read, or stdin."""

    path: str

    @property
    def shown(self) -> str:
        """The path as the user gave it, with ``/``, and bytes that are no UTF-8 written out."""
        return shown(self.path)

    @property
    def suffix(self) -> str:
        return Path(self.path).suffix.lower()


def shown(path: str) -> str:
    """Return a path as text that any record and terminal can hold.

    >>> shown("seeds/a.txt")
    'seeds/a.txt'
    """
    if is_address(path):
        return path.encode("utf-8", "backslashreplace").decode("utf-8")
    return os.fsencode(Path(path).as_posix()).decode("utf-8", "backslashreplace")


def as_utf8(path: str) -> str:
    """Return a path as it is where the system's names are UTF-8, whatever they are here.

    >>> from_utf8(as_utf8("news/a.txt"))
    'news/a.txt'
    """
    return path if is_address(path) else os.fsencode(path).decode("utf-8", "surrogateescape")


def from_utf8(path: str) -> str:
    """Return the path of this system that ``as_utf8`` wrote."""
    return path if is_address(path) else os.fsdecode(path.encode("utf-8", "surrogateescape"))


def check(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths, each of which names something that can be read.

    Raises ``InputNotFound`` or ``NotAFile`` for the first that does not.
    """
    checked = tuple(map(folder_of, paths))
    for path in checked:
        if path == STDIN:
            continue
        if is_address(path):
            objects.check(path)
            continue
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError) as error:
            if glob.has_magic(path) and next(_matches(path), None):
                continue
            message = "nothing matches this pattern" if glob.has_magic(path) else _reason(error)
            raise InputNotFound(message, where=shown(path), hint=_meant(path)) from error
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise NotAFile(_kind(mode), where=shown(path))
    return checked


def find(
    paths: Iterable[str], *, skip: Iterable[str] = (), skip_folders: Iterable[str] = ()
) -> Iterator[Input | Failure]:
    """Yield every file that the paths stand for: files, folders and globs, each in sorted order.

    What cannot be read is yielded as a failure. A file that is named twice is read once; one that
    ``skip`` names, or that lies in one of ``skip_folders``, is not read.
    """
    seen = {str(Path(path)) for path in skip}
    closed = frozenset(f if is_address(f) else os.path.realpath(f) for f in skip_folders)
    for path in paths:
        for one in _expand(path, closed):
            key = str(Path(one)) if isinstance(one, str) else one.source or ""
            if key in seen:
                continue
            seen.add(key)
            yield Input(one) if isinstance(one, str) else one


def open_regular(path: str) -> BinaryIO:
    """Open a regular file for reading bytes; a link in its place is not followed.

    Raises ``NotAFile``, ``InputNotFound`` or ``Unreadable``.
    """
    if is_address(path):
        return objects.open_object(path)
    where = shown(path)
    try:
        descriptor = os.open(path, OPEN_FLAGS)
    except FileNotFoundError as error:
        raise InputNotFound(_reason(error), where=where, hint=_meant(path)) from error
    except OSError as error:
        if Path(path).is_symlink():
            raise NotAFile(_kind(stat.S_IFLNK), where=where) from error
        raise Unreadable(_reason(error), where=where) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise NotAFile(_kind(mode), where=where)
    return os.fdopen(descriptor, "rb")


def _meant(path: str) -> str | None:
    """Return the hint that names the file or folder beside a path that is most like it."""
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            beside = [entry.name for entry in islice(entries, MOST_BESIDE)]
    except (OSError, ValueError):
        return None
    meant = nearest(name, beside)
    return meant and f"did you mean {shown(str(Path(folder, meant)))}?"


def _expand(path: str, closed: frozenset[str]) -> Iterator[str | Failure]:
    if path == STDIN:
        yield path
    elif is_address(path):
        yield from objects.find(path, closed)
    elif os.path.lexists(path):
        yield from _walk(path, closed)
    else:
        for found in sorted(_matches(path)):
            # "**" lists the files of a folder besides the folder itself
            if not ("**" in path and Path(found).is_dir()):
                yield from _walk(found, closed)


def _matches(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


def _walk(path: str, closed: frozenset[str]) -> Iterator[str | Failure]:
    """Yield a file, or the files below a folder; folders that are closed are not entered."""
    waiting = [path]
    while waiting:
        path = waiting.pop()
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                yield path
            elif stat.S_ISDIR(mode):
                if closed and os.path.realpath(path) in closed:
                    continue
                with os.scandir(path) as entries:
                    names = [entry.name for entry in entries if not entry.name.startswith(".")]
                waiting += [str(Path(path) / name) for name in sorted(names, reverse=True)]
            else:
                yield _failure(NotAFile(_kind(mode), where=shown(path)))
        except OSError as error:
            yield _failure(Unreadable(_reason(error), where=shown(path)))


def _failure(error: ArticleError) -> Failure:
    return Failure.of(error, stage="read")


def _kind(mode: int) -> str:
    name = next((name for test, name in KINDS if test(mode)), "no regular file")
    return f"{name}, not a file of text"


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return str(reason).lower()
