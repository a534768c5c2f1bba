"""Write a file completely or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import OutputExists, OutputNotCreated, WriteFailed
from pipeline.opening import temporary_names

if TYPE_CHECKING:
    from collections.abc import Iterator


class NewFile:
    """Write to a temporary file, and move it to its place in one step.

    An existing file is kept unless ``force`` is set. Without ``force``, it is compared with what is
    written: identical bytes are no conflict, the first different byte is.

    A link is followed, since a user who names it wants its target written. Without ``follow`` the
    link itself is replaced: this is for files next to the one that the user named.
    """

    def __init__(self, path: str | Path, *, force: bool = False, follow: bool = True) -> None:
        """Raise ``OutputNotCreated`` if no file can be created there."""
        path = Path(path)
        real = os.path.realpath(path if follow else path.parent)
        self.path = Path(real) if follow else Path(real, path.name)
        self.shown = str(path)
        self.force = force
        self.existing: BinaryIO | None = None
        self.temporary: Path | None = None
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
            mode = self.path.lstat().st_mode
            if stat.S_ISDIR(mode):
                raise OutputNotCreated("a folder", where=self.shown)
            if not stat.S_ISREG(mode) and not (self.force and stat.S_ISLNK(mode)):
                hint = "write to stdout with -o - and redirect it"
                raise OutputNotCreated("not a regular file", where=self.shown, hint=hint)
            if not self.force:
                self.existing = self.path.open("rb")
        for name in temporary_names(self.path.name):
            temporary = self.path.with_name(name)
            with suppress(FileExistsError):
                self.file = temporary.open("xb")
                self.temporary = temporary
                return

    def write(self, data: bytes) -> None:
        """Append bytes; raise ``OutputExists`` if the existing file differs."""
        with self._writing():
            if self.existing is not None and self.existing.read(len(data)) != data:
                raise OutputExists("already exists with different content", where=self.shown)
            self.file.write(data)

    def commit(self) -> bool:
        """Put the file in place; return False if an identical file was there already.

        Raises ``OutputExists`` if the existing file is longer, ``WriteFailed`` if the file could
        not be made durable.
        """
        with self._writing():
            if self.existing is not None:
                if self.existing.read(1):
                    raise OutputExists("already exists with different content", where=self.shown)
                self.abort()
                return False
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._put()
            sync_folder(self.path.parent)
        return True

    def _put(self) -> None:
        assert self.temporary is not None
        if self.force:
            self.temporary.replace(self.path)
            return
        try:
            os.link(self.temporary, self.path)  # unlike a rename, this never replaces a file
        except FileExistsError as error:
            message = "was created by another program meanwhile"
            raise OutputExists(message, where=self.shown) from error
        except OSError:  # the file system has no hard links
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink()

    def abort(self) -> None:
        """Discard what was written."""
        if self.existing is not None:
            self.existing.close()
        with suppress(AttributeError, OSError):
            self.file.close()
        if self.temporary is not None:
            with suppress(OSError):
                self.temporary.unlink()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WriteFailed(_reason(error), where=self.shown) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; some file systems and Windows cannot."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
