"""Where a run is written: files that are complete and durable, or not there at all.

A run writes only through ``RunStore.put``: ``LocalStore`` for folders, ``runs.objects`` for object
stores. ``LocalStore`` changes the disk only through the few methods of ``Disk``: tests stop the
program at each of those calls. Folders are opened by descriptor and files by name within them, so a
link in the folder of a run cannot lead anywhere else.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from pipeline import errors, storage
from pipeline.storage import folder_of, is_address

RESCUE = "rescue"
"""The subfolder of a run with the pieces of a shard that lost its worker."""


class Written(NamedTuple):
    """SHA-256 and size in bytes of a written file."""

    sha256: str
    size: int


class RunStore(Protocol):
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

    def below(self, name: str) -> RunStore:
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
        raise errors.WriteFailed(errors.reason_of(error), where=str(path), hint=hint) from error


LOCK = ".lock"
LOOKS = 10
"""How often to try to lock: a process that reads the holder's name locks for an instant."""
LOOK = 0.02
"""Seconds between attempts."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a run; the system releases it when the process ends.

    Raises ``RunLocked`` with the holder, ``OutputNotCreated``, ``NotOurFile``, or
    ``StorageUnsuitable`` if the file system has no locks.
    """
    path = folder / LOCK
    try:
        descriptor = storage.open_file(path, os.O_RDWR | os.O_CREAT, where=str(path), in_place=True)
    except OSError as error:
        raise errors.OutputNotCreated(errors.reason_of(error), where=str(folder)) from error
    try:
        _lock(descriptor, folder)
        _name_owner(descriptor, f"process {os.getpid()} on {socket.gethostname()}")
        yield
        _name_owner(descriptor, "")
    finally:
        with suppress(OSError):  # the name of the holder is no longer needed
            os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    """Lock the file; wait for processes that only read the holder's name."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK)
        except OSError as error:  # ENOLCK, or a file system without locks
            hint = "the file system gives no lock: put the run in another folder, or try later"
            raise errors.StorageUnsuitable(
                errors.reason_of(error), where=str(folder), hint=hint
            ) from error
        else:
            return
    message = f"in use by {_owner(descriptor) or 'another process'}"
    raise errors.RunLocked(message, where=str(folder))


def holder(folder: Path) -> str | None:
    """Return which process works on a run, or None if there is none or it cannot be determined.

    Raises ``NotOurFile``.
    """
    path = folder / LOCK
    try:
        descriptor = storage.open_file(path, where=str(path))
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _owner(descriptor) or "another process"
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None


def _name_owner(descriptor: int, owner: str) -> None:
    # only informs the next process: the lock works without it, even on a full disk
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)


def _owner(descriptor: int) -> str:
    try:
        return os.pread(descriptor, 200, 0).decode("utf-8", "replace")
    except OSError:
        return ""


class Disk:
    """The disk operations of a run."""

    def make_folder(self, folder: int, name: str) -> None:
        os.mkdir(name, dir_fd=folder)

    def create(self, folder: int, name: str) -> int:
        """Create a file for writing and return its descriptor; the file must not exist."""
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)

    def write(self, descriptor: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close a file; a network file system or a quota may report a failed write only here."""
        os.close(descriptor)

    def replace(self, folder: int, source: str, target: str) -> None:
        os.replace(source, target, src_dir_fd=folder, dst_dir_fd=folder)

    def sync_folder(self, folder: int) -> None:
        """Make the names in a folder durable."""
        os.fsync(folder)

    def remove(self, folder: int, name: str) -> None:
        os.unlink(name, dir_fd=folder)

    def remove_folder(self, folder: int, name: str) -> None:
        os.rmdir(name, dir_fd=folder)


class LocalStore:
    """A store in a folder of this machine, or of a file system that several machines share.

    The folder itself may be a link, since the user named it. Links below it are not followed.
    """

    def __init__(self, folder: str | Path, disk: Disk | None = None) -> None:
        self.folder = Path(folder)
        self.place = str(folder)
        self.disk = disk or Disk()
        # the pieces of a rescue are inside the folder of the run, where links are not followed
        rescued = self.folder.name == RESCUE
        self._root = self.folder.parent if rescued else self.folder
        self._inner = (RESCUE,) if rescued else ()

    def make(self) -> None:
        with _refusing(self.folder):
            self._make_root(self._root)
            with self._within((), make=True):
                pass

    @contextmanager
    def hold(self) -> Iterator[Callable[[], None]]:
        with locked(self.folder):
            yield lambda: None  # the lock of a live process cannot be taken over

    def holder(self) -> str | None:
        return holder(self.folder)

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        path = self.folder / name
        *folders, last = name.split("/")
        with ExitStack() as stack:
            with _refusing(path):
                self._make_root(self._root)
                folder = stack.enter_context(self._within(folders, make=True))
                temporary, descriptor = self._create(folder, last)
            try:
                written = self._write(descriptor, chunks, path)
                with failing(path):
                    self.disk.replace(folder, temporary, last)
                    self.disk.sync_folder(folder)
            except BaseException:
                with suppress(OSError):
                    self.disk.remove(folder, temporary)
                raise
        return written

    def _create(self, folder: int, name: str) -> tuple[str, int]:
        """Create a temporary file; return its name and its descriptor."""
        names = storage.temporary_names(name)
        while True:
            temporary = next(names)
            with suppress(FileExistsError):
                return temporary, self.disk.create(folder, temporary)

    def _write(self, descriptor: int, chunks: Iterable[bytes], path: Path) -> Written:
        """Write a file durably, and always close it."""
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in chunks:  # an error while making a chunk is not a disk error
                with failing(path):
                    self.disk.write(descriptor, chunk)
                digest.update(chunk)
                size += len(chunk)
            with failing(path):
                self.disk.sync(descriptor)
        except BaseException:
            with suppress(OSError):
                os.close(descriptor)
            raise
        with failing(path):
            self.disk.close(descriptor)
        return Written(digest.hexdigest(), size)

    def _make_root(self, folder: Path) -> None:
        """Make the folder of the run and its parents; links among the parents are followed."""
        if folder.is_dir():
            return
        self._make_root(folder.parent)
        descriptor = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._make(descriptor, folder.name)
        finally:
            os.close(descriptor)

    def _make(self, folder: int, name: str) -> None:
        try:
            os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            with suppress(FileExistsError):  # another worker was faster
                self.disk.make_folder(folder, name)
            self.disk.sync_folder(folder)

    @contextmanager
    def _within(self, folders: Iterable[str], *, make: bool = False) -> Iterator[int]:
        """Open a folder of the run and yield its descriptor; ``make`` creates it if missing."""
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            place = self._root
            for name in (*self._inner, *folders):
                place /= name
                if make:
                    self._make(descriptor, name)
                below = storage.open_folder(name, where=str(place), folder=descriptor)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)

    def open(self, name: str) -> BinaryIO:
        path = self.folder / name
        *folders, last = name.split("/")
        with _reading(path), self._within(folders) as folder:
            descriptor = storage.open_file(last, where=str(path), folder=folder)
        return io.BufferedReader(_File(descriptor, path))

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        for name in names:
            data = None
            with suppress(FileNotFoundError), self.open(name) as file:
                data = file.read()
            yield data

    def folders(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        with _reading(self.folder):
            return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    def below(self, name: str) -> LocalStore:
        return LocalStore(self.folder / name, self.disk)

    def remove(self, name: str) -> None:
        *folders, last = name.split("/")
        with (
            failing(self.folder / name),
            suppress(FileNotFoundError),
            self._within(folders) as folder,
        ):
            self.disk.remove(folder, last)
            self.disk.sync_folder(folder)

    def remove_folder(self, name: str) -> None:
        with failing(self.folder / name), suppress(FileNotFoundError), self._within(()) as folder:
            self._empty(folder, name)

    def clean(self) -> None:
        with failing(self.folder), suppress(FileNotFoundError), self._within(()) as folder:
            for name in self._clean(folder):
                below = os.open(name, storage.FOLDER_FLAGS, dir_fd=folder)
                try:
                    list(self._clean(below))
                finally:
                    os.close(below)

    def _clean(self, folder: int) -> Iterator[str]:
        """Remove the temporary files in a folder, and yield the names of its subfolders."""
        with os.scandir(folder) as entries:
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        for name, is_folder in found:
            if name.startswith(".") and name.endswith(storage.TEMPORARY):
                with suppress(FileNotFoundError):
                    self.disk.remove(folder, name)
            elif is_folder:
                yield name

    def _empty(self, folder: int, name: str) -> None:
        """Remove an entry of a folder; for a link, the link and not its target."""
        try:
            below = os.open(name, storage.FOLDER_FLAGS, dir_fd=folder)
        except OSError as error:
            if error.errno not in storage.NO_FOLDER:
                raise
            self.disk.remove(folder, name)
            return
        try:
            with os.scandir(below) as entries:
                names = sorted(entry.name for entry in entries)
            for one in names:
                self._empty(below, one)
        finally:
            os.close(below)
        self.disk.remove_folder(folder, name)


class _File(io.FileIO):
    """A file of a run; errors while reading it are raised as ``StorageUnavailable``."""

    def __init__(self, descriptor: int, path: Path) -> None:
        super().__init__(descriptor, "rb")
        self._path = path

    def readinto(self, buffer: Any, /) -> int:
        with _reading(self._path):
            return super().readinto(buffer)

    def readall(self) -> bytes:
        with _reading(self._path):
            return super().readall()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Raise OS errors in the block as ``StorageUnavailable``, except for a missing file."""
    try:
        yield
    except NotADirectoryError as error:  # nothing can exist below a file
        raise FileNotFoundError(path) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        hint = "check the permissions and the disk"
        raise errors.StorageUnavailable(
            errors.reason_of(error), where=str(path), hint=hint
        ) from error


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.OutputNotCreated(errors.reason_of(error), where=str(path)) from error


def store_at(place: str | Path) -> RunStore:
    """Return the store at a place: a folder, or an address such as ``s3://bucket/run``.

    Raises ``UsageError`` for an unknown kind of address, and ``ExtraMissing``.
    """
    text = folder_of(str(place))
    if not is_address(text):
        return LocalStore(text)
    from pipeline.batch.objects import ObjectStore  # its packages come with an extra

    return ObjectStore(text)


def whole_and_parent(place: str) -> tuple[str, str]:
    """Return a place in normalized form, and the folder that contains it.

    >>> whole_and_parent("s3://bucket/nights/1")
    ('s3://bucket/nights/1', 's3://bucket/nights')
    """
    text = folder_of(place)
    if is_address(text):
        return text, text.rpartition("/")[0]
    path = Path(text).resolve()
    return str(path), str(path.parent)
