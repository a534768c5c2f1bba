"""Find the input files that a user means, and open them safely.

From folders and patterns, only files with a known suffix are taken, except outputs of this program.
Only regular files are read: the target of a symbolic link, a FIFO or a device is unlikely to belong
to a folder of articles. Hidden files and folders are skipped unless they are named.
"""

from __future__ import annotations

import glob
import json
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePath
from typing import BinaryIO, Final, NamedTuple

from pipeline.errors import (
    ArticleError,
    InputNotFound,
    NotAFile,
    NothingToRead,
    UnknownSuffix,
    Unreadable,
)
from pipeline.input.content import MAGIC
from pipeline.input.documents import document_kind
from pipeline.input.formats import EXPECTED, HEAD, NO_SUFFIX, named, refuse_binary, suffix_of
from pipeline.input.rows import Skipped
from pipeline.outcomes import Failure
from pipeline.settings import nearest
from pipeline.storage import connect, folder_of, is_address, is_web, kind_of, path_of

GENERATOR: Final = b'<meta name="generator" content="news-extraction-pipeline">'
LETTERS: Final = "dead-letter.jsonl"
STRING: Final = rb'"(?:[^"\\]|\\.)*"'
LETTER: Final = (
    rb'\{"id":(?:null|' + STRING + rb'),"source":(?:null|' + STRING + rb'),"code":"P\d{3}"'
)
WRITTEN: Final = re.compile(
    # a record, a dead letter, a correction, a plan, a page, and the report tables
    rb"(?:\xef\xbb\xbf)?(?:"
    rb'\{\s*"schema_version":\s*"\d+\.\d+",\s*"id":'
    rb"|" + LETTER + rb'|\{"record":' + STRING + rb',"sha256":'
    rb'|\{"name":"part-\d+","items":\['
    rb"|<!DOCTYPE html>.*?" + GENERATOR + rb"|id,title,published,publisher,sources,single_source,"
    rb"|article,published,source,kind,"
    rb")",
    re.DOTALL,
)
ORIGIN: Final = re.compile(
    rb'\{(?:"schema_version":"[\d.]+",)?"id":(?:null|' + STRING + rb'),"source":'
    rb'(?:\{"uri":)?(' + STRING + rb")"
)
"""The beginning of a record or a dead letter, up to the source of its article."""
RUN: Final = frozenset({"plan.jsonl"})
"""A folder that contains this and one of ``RUN_TOO`` is the folder of a run."""
RUN_TOO: Final = frozenset({"manifest.json", "receipts", ".lock"})


def is_output(head: bytes) -> bool:
    """Return whether the first bytes are those of records, dead letters, pages or the like."""
    if head.startswith(MAGIC):
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD)
        except zlib.error:
            return False
    return bool(WRITTEN.match(head))


def origin(head: bytes) -> str | None:
    """Return the source path of the first article of records or dead letters, if known.

    >>> origin(b'{"id":null,"source":"news/a.txt","code":"P204"}')
    'news/a.txt'
    """
    found = ORIGIN.match(head)
    uri: str | None = json.loads(found[1]) if found else None
    return None if uri is None or is_address(uri) or uri == "stdin" else uri


def is_letters(path: str) -> bool:
    """Return whether a file contains dead letters, by its name."""
    return PurePath(path).name.endswith(LETTERS)


def is_run(names: frozenset[str] | set[str]) -> bool:
    """Return whether a folder with these names is the folder of a run."""
    return names >= RUN and bool(names & RUN_TOO)


def head_of(path: str) -> bytes:
    """Return the first bytes of a regular file, or nothing if it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return b""
    try:
        return os.read(descriptor, HEAD)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


TOGETHER = 500_000
"""Bytes to fetch at a time; 64 typical newspaper articles have about half as many."""


class Fetched(NamedTuple):
    """Bytes of a file, beginning at ``start``."""

    address: str = ""
    start: int = 0
    data: bytes = b""

    @property
    def end(self) -> int:
        return self.start + len(self.data)


_last = Fetched()


def check_object(address: str) -> bool:
    """Return whether an address names a single file, not a folder or a pattern.

    Raises ``InputNotFound`` if it names nothing, and what ``connect`` raises.
    """
    first = next(_paths(address), None)
    if first is None:
        what = "nothing matches this pattern" if glob.has_magic(address) else "nothing is there"
        raise InputNotFound(what, where=address)
    return first == path_of(address)


def find_objects(address: str, skip_folders: Iterable[str], skipped: Skipped) -> Iterator[str]:
    """Yield the address of every file that an address matches, in order.

    The address may name a file, a folder or a pattern. As in local folders, names that begin with
    a dot are left out. Folders of runs are left out and counted.
    """
    kind = address.partition("://")[0]
    found = list(_paths(address))
    names: dict[str, set[str]] = {}
    for path in found:
        folder, _, name = path.rpartition("/")
        names.setdefault(folder, set()).add(name)
    closed = tuple(f"{kind}://{folder}/" for folder, held in names.items() if is_run(held))
    given = tuple(f"{folder}/" for folder in skip_folders)
    skipped.own += sum(not folder.startswith(given) for folder in closed)
    for path in found:
        if not f"{kind}://{path}".startswith((*closed, *given)):
            yield f"{kind}://{path}"


def open_object(address: str) -> BinaryIO:
    """Open a file for reading; raise ``InputNotFound`` or ``StorageUnavailable``."""
    with _finding(address):
        return connect(address).open(address)


def read_object(address: str, start: int, size: int) -> bytes:
    """Return up to ``size`` bytes of a file; raises what ``open_object`` raises."""
    global _last
    end = start + size
    if address != _last.address or start < _last.start or end > _last.end:
        remote, path = connect(address), path_of(address)
        with _finding(address), remote.reading(address):
            stop = min(remote.fs.size(path) or 0, max(end, start + TOGETHER))
            data = remote.fs.cat_file(path, start=start, end=stop) if start < stop else b""
        _last = Fetched(address, start, bytes(data))
    offset = start - _last.start
    return _last.data[offset : offset + size]


def _paths(address: str) -> Iterator[str]:
    remote, root = connect(address), path_of(address)
    with _finding(address), remote.reading(address):
        if glob.has_magic(root):
            found = [path for one in remote.fs.glob(root) for path in remote.fs.find(one)]
        else:
            found = remote.fs.find(root)
    for path in sorted(set(found)):
        below = path[len(root) :] if path.startswith(root) else ""
        if not path.endswith("/") and "/." not in below:
            yield path


@contextmanager
def _finding(address: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise InputNotFound("nothing is there", where=address) from error


STDIN = "-"
MOST_BESIDE = 10_000
"""How many names in a folder to compare with a missing one."""
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def shown(path: str) -> str:
    """Return a path as text that is safe for records and terminals.

    >>> shown("seeds/a.txt")
    'seeds/a.txt'
    """
    if is_address(path):
        return path.encode("utf-8", "backslashreplace").decode("utf-8")
    return os.fsencode(Path(path).as_posix()).decode("utf-8", "backslashreplace")


def as_utf8(path: str) -> str:
    """Return a path as it would be on a system with UTF-8 names, whatever the encoding here.

    >>> from_utf8(as_utf8("news/a.txt"))
    'news/a.txt'
    """
    return path if is_address(path) else os.fsencode(path).decode("utf-8", "surrogateescape")


def from_utf8(path: str) -> str:
    """Convert a path from ``as_utf8`` back to a path of this system."""
    return path if is_address(path) else os.fsdecode(path.encode("utf-8", "surrogateescape"))


def check(paths: Iterable[str], *, any_suffix: bool = False) -> tuple[str, ...]:
    """Return the paths after checking that each can be read.

    With ``any_suffix``, a named file may have any suffix.

    Raises ``InputNotFound``, ``NotAFile``, ``UnknownSuffix`` or ``NotText`` for the first path that
    cannot be read.
    """
    checked = tuple(path if is_web(path) else folder_of(path) for path in paths)
    for path in checked:
        if path == STDIN or is_web(path):
            continue
        if is_address(path):
            if check_object(path) and not any_suffix:
                _check_suffix(path)
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
        if stat.S_ISREG(mode) and not any_suffix:
            _check_suffix(path)
    return checked


def _check_suffix(path: str) -> None:
    """Raise ``UnknownSuffix`` or ``NotText`` unless a suffix or the content has a format."""
    if named(path).format is not None:
        return
    try:
        if not is_address(path):
            with open_regular(path) as file:
                if document_kind(file) is not None:
                    return
            refuse_binary(head_of(path))
    except ArticleError as error:
        error.where = shown(path)
        raise
    suffix = suffix_of(path)
    unknown = suffix if suffix == NO_SUFFIX else f"unknown suffix {suffix}"
    raise UnknownSuffix(f"{unknown}; expected {EXPECTED}", where=shown(path))


def find(
    paths: Iterable[str],
    *,
    skip: Iterable[str] = (),
    skip_folders: Iterable[str] = (),
    any_suffix: bool = False,
    skipped: Skipped | None = None,
) -> Iterator[str | Failure]:
    """Yield every file that the paths match: files, folders and globs, each in sorted order.

    Files that cannot be read are yielded as failures. A file that is named twice is read once.
    Files in ``skip`` or below ``skip_folders`` are not read. Other files that are left out are
    counted in ``skipped``: files in folders with another suffix, unless ``any_suffix`` is set, and
    outputs of this program.

    Raises ``NothingToRead`` at the end if there is nothing at all.
    """
    paths = list(paths)
    seen = {str(Path(path)) for path in skip}
    found = _Finding(
        frozenset(f if is_address(f) else os.path.realpath(f) for f in skip_folders),
        any_suffix,
        Skipped() if skipped is None else skipped,
    )
    empty = True
    for path in paths:
        for one in found.expand(path):
            key = one if isinstance(one, str) else one.source or ""
            key = key if is_web(key) else str(Path(key))
            if key in seen:
                continue
            seen.add(key)
            empty = False
            yield one
    if empty:
        left_out = str(found.skipped)
        raise NothingToRead(
            "no file that can be read" + (f": {left_out}" if left_out else ""),
            where=" ".join(map(shown, paths)),
            hint=f"expected {EXPECTED}; --as FORMAT takes files with any suffix",
        )


def open_regular(path: str) -> BinaryIO:
    """Open a regular file for reading bytes; links are not followed.

    Raises ``NotAFile``, ``InputNotFound`` or ``Unreadable``.
    """
    if is_address(path):
        return open_object(path)
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
    """Return a hint with the most similar name in the same folder, if there is one."""
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            beside = [entry.name for entry in islice(entries, MOST_BESIDE)]
    except (OSError, ValueError):
        return None
    meant = nearest(name, beside)
    return meant and f"did you mean {shown(str(Path(folder, meant)))}?"


def _matches(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


class _Finding:
    """Selects files below a path."""

    def __init__(self, closed: frozenset[str], any_suffix: bool, skipped: Skipped) -> None:
        self.closed = closed
        self.any_suffix = any_suffix
        self.skipped = skipped

    def expand(self, path: str) -> Iterator[str | Failure]:
        if path == STDIN or is_web(path):
            yield path
        elif is_address(path):
            for one in find_objects(path, self.closed, self.skipped):
                if one == path or (self._is_wanted(one) and not self._is_own(one)):
                    yield one
        elif os.path.lexists(path):
            yield from self._walk(path)
        else:
            for found in sorted(_matches(path)):
                # "**" matches folders as well as the files in them
                if not ("**" in path and Path(found).is_dir()):
                    yield from self._walk(found, outright=False)

    def _walk(self, top: str, *, outright: bool = True) -> Iterator[str | Failure]:
        """Yield a file, or the files below a folder; folders in ``closed`` are not entered.

        ``outright``: the user named this very file, so it is read regardless of its name.
        """
        waiting = [top]
        while waiting:
            path = waiting.pop()
            taken = outright and path == top
            try:
                mode = os.lstat(path).st_mode
                if stat.S_ISDIR(mode):
                    waiting += self._enter(path)
                elif not taken and not self._is_wanted(path, stat.S_ISREG(mode)):
                    continue
                elif not stat.S_ISREG(mode):
                    yield _failure(NotAFile(_kind(mode), where=shown(path)))
                elif taken or not self._is_own(path):
                    yield path
            except OSError as error:
                yield _failure(Unreadable(_reason(error), where=shown(path)))

    def _enter(self, folder: str) -> list[str]:
        """Return the entries of a folder in reverse order; none if it is the folder of a run."""
        if self.closed and os.path.realpath(folder) in self.closed:
            return []
        with os.scandir(folder) as entries:
            names = sorted((entry.name for entry in entries), reverse=True)
        if is_run(set(names)):
            self.skipped.own += 1
            return []
        return [str(Path(folder) / name) for name in names if not name.startswith(".")]

    def _is_wanted(self, path: str, regular: bool = True) -> bool:
        """Return whether a file's suffix is supported; count the file if not.

        Anything but a regular file may also lack a suffix: it may be a link to a folder.
        """
        if self.any_suffix or named(path).format or not (regular or Path(path).suffix):
            return True
        self.skipped.suffixes[suffix_of(path)] += 1
        return False

    def _is_own(self, path: str) -> bool:
        """Return whether this program wrote a file; if so, count it."""
        own = is_letters(path) or (not is_address(path) and is_output(head_of(path)))
        self.skipped.own += own
        return own


def _failure(error: ArticleError) -> Failure:
    return Failure.of(error, stage="read")


def _kind(mode: int) -> str:
    return f"{kind_of(mode)}, not a file of text"


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return str(reason).lower()
