"""Find and read articles in object stores.

Object stores have no links or special files. Requests are the main cost, so lines of a JSONL file
that are read one after the other are fetched together.
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


def check(address: str) -> bool:
    """Return whether an address names a single file, not a folder or a pattern.

    Raises ``InputNotFound`` if it names nothing, and what ``connect`` raises.
    """
    first = next(_paths(address), None)
    if first is None:
        what = "nothing matches this pattern" if glob.has_magic(address) else "nothing is there"
        raise InputNotFound(what, where=address)
    return first == path_of(address)


def find(address: str, skip_folders: Iterable[str], skipped: Skipped) -> Iterator[str]:
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


def read(address: str, start: int, size: int) -> bytes:
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
