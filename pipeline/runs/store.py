"""Files that are written completely and durably, or not at all: all durable writes of a run.

A run writes only through ``Store.put``. ``runs.disk`` implements it for folders, ``runs.objects``
for object stores such as S3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from pipeline.errors import WriteFailed

RESCUE = "rescue"
"""The subfolder of a run with the pieces of a shard that lost its worker."""


class Written(NamedTuple):
    """SHA-256 and size in bytes of a written file."""

    sha256: str
    size: int


class Store(Protocol):
    """The place of a run. Names are relative, with ``/``."""

    place: str
    """The place as the user gave it."""

    def make(self) -> None:
        """Create the place if necessary; raise ``OutputNotCreated``."""
        ...

    def hold(self) -> AbstractContextManager[Callable[[], None]]:
        """Lock the place for this process.

        Yields a function that raises ``RunLocked`` if another process has since taken the lock.
        Raises ``RunLocked`` with the holder, or ``OutputError``.
        """
        ...

    def holder(self) -> str | None:
        """Return which process has locked the place, or None."""
        ...

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        """Write a file; it exists, durably, only once this returns.

        Raises ``OutputError``.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading.

        Raises ``FileNotFoundError`` if it is not there, or ``StorageUnavailable``.
        """
        ...

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Yield the content of many small files, or None for each that does not exist.

        Raises ``StorageUnavailable``.
        """
        ...

    def folders(self) -> list[str]:
        """Return the names of the direct subfolders, sorted."""
        ...

    def below(self, name: str) -> Store:
        """Return the store of a subfolder."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file durably, if it exists."""
        ...

    def remove_folder(self, name: str) -> None:
        """Remove a folder and its content, if it exists."""
        ...

    def clean(self) -> None:
        """Remove partial files; no other process may be writing."""
        ...


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """Raise OS errors in the block as ``WriteFailed`` for this path."""
    try:
        yield
    except OSError as error:
        hint = "make room or repair the disk; the same command then resumes the run"
        raise WriteFailed(reason(error), where=str(path), hint=hint) from error


def reason(error: OSError) -> str:
    """Return the operating system's message as part of a sentence."""
    return (error.strerror or str(error)).lower()
