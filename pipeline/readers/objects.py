"""Find and read articles in object stores.

Nobody's links lead anywhere there, and an object is a file and nothing else. What costs is the way
to the store: the lines of a file of JSONL, read one after the other, are fetched together.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from pipeline.errors import InputNotFound
from pipeline.readers.entries import Skipped
from pipeline.readers.own import is_run
from pipeline.remote import connect, path_of

TOGETHER = 500_000
"""Bytes that are fetched at a time: a shard of 64 articles of a newspaper has half of them."""


class Fetched(NamedTuple):
    """Bytes of a file from ``start``."""

    address: str = ""
    start: int = 0
    data: bytes = b""

    @property
    def end(self) -> int:
        return self.start + len(self.data)


_last = Fetched()


def check(address: str) -> bool:
    """Return whether an address names one file, and not a folder or a pattern.

    Raises ``InputNotFound`` if it names nothing, and what ``connect`` raises.
    """
    first = next(_paths(address), None)
    if first is None:
        what = "nothing matches this pattern" if glob.has_magic(address) else "nothing is there"
        raise InputNotFound(what, where=address)
    return first == path_of(address)


def find(address: str, skip_folders: Iterable[str], skipped: Skipped) -> Iterator[str]:
    """Yield the addresses of every file that an address stands for, in order.

    It names a file, a folder or a pattern; what begins with a dot is left out as in folders. The
    folders of runs are left out and counted.
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


def read(address: str, start: int, size: int) -> bytes:
    """Return bytes of a file, as many as there are; raise as ``open_object`` does."""
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
