"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import OutputExists, OutputNotCreated, WriteFailed

if TYPE_CHECKING:
    from collections.abc import Iterator


class NewFile:
    """Write a file beside its place, and put it there in one step.

    A file that is already there stays, unless ``force`` is set. It is compared with what is written
    instead: the same bytes are no conflict, the first other byte is.
    """

    def __init__(self, path: str | Path, *, force: bool = False) -> None:
        """Raise ``OutputNotCreated`` where no file can be."""
        # a link is followed: its target is what the user wants to have written
        self.path = Path(os.path.realpath(path))
        self.shown = str(path)
        self.force = force
        self.existing: BinaryIO | None = None
        self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            self._open()
        except OSError as error:
            self.abort()
            raise OutputNotCreated(_reason(error), where=self.shown) from error
        except KeyboardInterrupt:
            self.abort()
            raise

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            mode = self.path.stat().st_mode
            if stat.S_ISDIR(mode):
                raise OutputNotCreated("a folder", where=self.shown)
            if not stat.S_ISREG(mode):
                hint = "write to stdout with -o - and redirect it"
                raise OutputNotCreated("not a regular file", where=self.shown, hint=hint)
            if not self.force:
                self.existing = self.path.open("rb")
        self.file = self.temporary.open("wb")

    def write(self, data: bytes) -> None:
        """Append bytes; raise ``OutputExists`` where the existing file has others."""
        if self.existing is not None and self.existing.read(len(data)) != data:
            raise OutputExists("exists already, with other content", where=self.shown)
        with self._writing():
            self.file.write(data)

    def commit(self) -> bool:
        """Put the file in place; return False if the same bytes were there already.

        Raises ``OutputExists`` if the existing file goes on, ``WriteFailed`` if it could not be
        made durable.
        """
        if self.existing is not None:
            if self.existing.read(1):
                raise OutputExists("exists already, with other content", where=self.shown)
            self.abort()
            return False
        with self._writing():
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._put()
            sync_folder(self.path.parent)
        return True

    def _put(self) -> None:
        if self.force:
            self.temporary.replace(self.path)
            return
        try:
            os.link(self.temporary, self.path)  # unlike a rename, this never replaces
        except FileExistsError as error:
            message = "was created by another program meanwhile"
            raise OutputExists(message, where=self.shown) from error
        except OSError:  # a file system without hard links
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink()

    def abort(self) -> None:
        """Drop what was written."""
        if self.existing is not None:
            self.existing.close()
        with suppress(AttributeError, OSError):
            self.file.close()
        with suppress(OSError):
            self.temporary.unlink()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WriteFailed(_reason(error), where=self.shown) from error


def sync_folder(folder: Path) -> None:
    """Make the name durable; some file systems and Windows cannot."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
