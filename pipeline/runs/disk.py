"""Runs in folders.

Everything that ``LocalStore`` does to a disk goes through the few methods of ``Disk``: tests stop
the program at each of those calls.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import OutputNotCreated, StorageUnavailable
from pipeline.runs.lock import holder, locked
from pipeline.runs.store import Written, failing, reason

TEMPORARY = ".tmp"
"""Ends the name of a file that is not in its place yet; such a name begins with a dot."""


class Disk:
    """The effects on a disk that a run has."""

    def make_folder(self, path: Path) -> None:
        path.mkdir()

    def create(self, path: Path) -> int:
        """Open a new file for writing and return its descriptor."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)

    def write(self, descriptor: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        source.replace(target)

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        path.rmdir()


class LocalStore:
    """A store in a folder of this machine, or of a file system that several ones share."""

    def __init__(self, folder: str | Path, disk: Disk | None = None) -> None:
        self.folder = Path(folder)
        self.place = str(folder)
        self.disk = disk or Disk()

    def make(self) -> None:
        with _refusing(self.folder):
            self._make_folder(self.folder)

    @contextmanager
    def hold(self) -> Iterator[Callable[[], None]]:
        with locked(self.folder):
            yield lambda: None  # the system takes it from nobody who lives

    def holder(self) -> str | None:
        return holder(self.folder)

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        path = self.folder / name
        # of its own for each process: one that was given up may still be at work
        temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
        with _refusing(path):
            self._make_folder(path.parent)
            descriptor = self.disk.create(temporary)
        try:
            try:
                written = self._write(descriptor, chunks, path)
            finally:
                os.close(descriptor)
            with failing(path):
                self.disk.replace(temporary, path)
                self.disk.sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                self.disk.remove(temporary)
            raise
        return written

    def _write(self, descriptor: int, chunks: Iterable[bytes], path: Path) -> Written:
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:  # what making a chunk raises is not about the disk
            with failing(path):
                self.disk.write(descriptor, chunk)
            digest.update(chunk)
            size += len(chunk)
        with failing(path):
            self.disk.sync(descriptor)
        return Written(digest.hexdigest(), size)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with suppress(FileExistsError):  # another worker was faster
            self.disk.make_folder(folder)
        self.disk.sync_folder(folder.parent)

    def open(self, name: str) -> BinaryIO:
        with _reading(self.folder / name) as path:
            return path.open("rb")

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        for name in names:
            data = None
            with suppress(FileNotFoundError), _reading(self.folder / name) as path:
                data = path.read_bytes()
            yield data

    def folders(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        with _reading(self.folder) as folder:
            return sorted(path.name for path in folder.iterdir() if path.is_dir())

    def below(self, name: str) -> LocalStore:
        return LocalStore(self.folder / name, self.disk)

    def remove(self, name: str) -> None:
        path = self.folder / name
        with failing(path), suppress(FileNotFoundError):
            self.disk.remove(path)
            self.disk.sync_folder(path.parent)

    def remove_folder(self, name: str) -> None:
        self._empty(self.folder / name)

    def clean(self) -> None:
        for path in _temporary(self.folder):
            with failing(path), suppress(FileNotFoundError):
                self.disk.remove(path)

    def _empty(self, folder: Path) -> None:
        with failing(folder), suppress(FileNotFoundError):
            for path in sorted(folder.iterdir()):
                if path.is_dir() and not path.is_symlink():
                    self._empty(path)
                else:
                    self.disk.remove(path)
            self.disk.remove_folder(folder)


def _temporary(folder: Path) -> Iterator[Path]:
    """Yield what was being written in a folder and the ones right below it."""
    for pattern in (f".*{TEMPORARY}", f"*/.*{TEMPORARY}"):
        yield from sorted(folder.glob(pattern))


@contextmanager
def _reading(path: Path) -> Iterator[Path]:
    """Raise ``StorageUnavailable`` for what goes wrong in the block, save what is not there."""
    try:
        yield path
    except NotADirectoryError as error:  # no more there than in a folder that is none
        raise FileNotFoundError(path) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        hint = "check the permissions and the disk"
        raise StorageUnavailable(reason(error), where=str(path), hint=hint) from error


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputNotCreated(reason(error), where=str(path)) from error
