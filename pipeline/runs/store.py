"""Files that are there whole and for good, or not at all: the only durable writes of a run.

Everything that a run leaves behind goes through ``Store.put``: ``runs.disk`` does it for folders,
``runs.objects`` for object stores, such as S3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from pipeline.errors import WriteFailed

RESCUE = "rescue"
"""The folder below that of a run with the pieces of a shard that lost its worker."""


class Written(NamedTuple):
    """What was put: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


class Store(Protocol):
    """Where a run lives. Names are relative, with ``/``."""

    place: str
    """How a user names it."""

    def make(self) -> None:
        """Make the place, if it has to be made; raise ``OutputNotCreated``."""
        ...

    def hold(self) -> AbstractContextManager[Callable[[], None]]:
        """Hold the place for this process alone.

        Gives a function that raises ``RunLocked`` if another one has it by now. Raises
        ``RunLocked`` with who has it, or ``OutputError``.
        """
        ...

    def holder(self) -> str | None:
        """Return which process holds the place, or None."""
        ...

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        """Write a file; when this returns it is durable, before that it is not there.

        Raises ``OutputError``.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading.

        Raises ``FileNotFoundError`` if it is not there, or ``StorageUnavailable``.
        """
        ...

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Yield what each of many small files holds, or None if it is not there.

        Raises ``StorageUnavailable``.
        """
        ...

    def folders(self) -> list[str]:
        """Return the names of the folders right in it, in order."""
        ...

    def below(self, name: str) -> Store:
        """Return the store that a folder of this one is."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file for good, if it is there."""
        ...

    def remove_folder(self, name: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        ...

    def clean(self) -> None:
        """Remove half written files; nobody else may be writing."""
        ...


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """Raise ``WriteFailed`` for what goes wrong in the block on the way to a file."""
    try:
        yield
    except OSError as error:
        hint = "make room or repair the disk; the same command then resumes the run"
        raise WriteFailed(reason(error), where=str(path), hint=hint) from error


def reason(error: OSError) -> str:
    """Return what the operating system says went wrong, as a part of a sentence."""
    return (error.strerror or str(error)).lower()
