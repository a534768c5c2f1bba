"""Files in a folder that someone else may have created, and files in object stores.

A run folder may come from another user or machine. A symbolic link in place of one of its files
would make the program read, write or truncate a file elsewhere; a FIFO would block it forever.
``open_file`` and ``open_folder`` follow no link, and only regular files are opened.

Object stores have addresses such as ``s3://bucket/folder`` (extras ``s3``, ``gs``). The client for
a store comes with an extra and is used through fsspec, which reads its settings: environment
variables such as ``AWS_ENDPOINT_URL``, and the files in ``FSSPEC_CONFIG_DIR``.
"""

from __future__ import annotations

import io
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EISDIR, ELOOP, EMLINK, ENOTDIR
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from pipeline.errors import NotOurFile, StorageUnavailable, UsageError, needing

FILE_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
NO_FOLDER = frozenset({ENOTDIR, ELOOP, EMLINK})
"""Errors when something that is not a folder is opened with ``FOLDER_FLAGS``."""
FILE_TYPES = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)
TEMPORARY = ".tmp"
"""Suffix of a file that is not in its final place yet; its name also begins with a dot."""
NAMES = 100
"""Maximum number of names to try for a temporary file."""
BLOCK = 1 << 23
"""Number of bytes of a long file to fetch at a time."""
Raises = tuple[type[Exception], ...]


def token() -> str:
    """Return a random part for a file name."""
    return secrets.token_hex(4)


def temporary_names(name: str) -> Iterator[str]:
    """Yield temporary names for a file that is written before it gets its final name.

    The names are random, and creating the file must fail if it exists: processes in two containers
    may have the same process id.
    """
    for _ in range(NAMES):
        yield f".{name}.{token()}{TEMPORARY}"
    raise FileExistsError("no name is free for a temporary file")


def open_file(
    name: str | os.PathLike[str],
    flags: int = os.O_RDONLY,
    *,
    where: str,
    folder: int | None = None,
    in_place: bool = False,
) -> int:
    """Open a regular file and return its descriptor.

    ``folder`` is the descriptor of the folder that contains ``name``. ``in_place``: the file will
    be changed where it is. Then it must have only one name, since a hard link may be another
    user's file elsewhere.

    Raises ``NotOurFile``, which names the file as ``where``, and ``OSError``.
    """
    try:
        descriptor = os.open(name, flags | FILE_FLAGS, 0o666, dir_fd=folder)
    except OSError:
        refuse_link(name, where=where, folder=folder)
        raise
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and not (in_place and found.st_nlink > 1):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    if stat.S_ISREG(found.st_mode):
        raise NotOurFile("a hard link to a file that has other names", where=where)
    raise NotOurFile(f"{kind_of(found.st_mode)}, where a file is expected", where=where)


def open_folder(name: str, *, where: str, folder: int) -> int:
    """Open a subfolder of a folder, given by its descriptor, and return its descriptor.

    Raises ``NotOurFile`` for a link and ``OSError``.
    """
    try:
        return os.open(name, FOLDER_FLAGS, dir_fd=folder)
    except OSError as error:
        if error.errno in NO_FOLDER:
            refuse_link(name, where=where, folder=folder)
        raise


def refuse_link(name: str | os.PathLike[str], *, where: str, folder: int | None = None) -> None:
    """Raise ``NotOurFile`` for anything that is neither a regular file nor a folder."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise NotOurFile(f"{kind_of(mode)}, where a file is expected", where=where)


def kind_of(mode: int) -> str:
    """Return the kind of a file that is not regular, by its mode."""
    return next((name for test, name in FILE_TYPES if test(mode)), "not a regular file")


class StoreKind(NamedTuple):
    """A kind of object store: its client package, and its exceptions other than OSError."""

    package: str
    extra: str
    raises: tuple[str, ...]
    options: Mapping[str, Any] = {}


STORES = {
    "s3": StoreKind(
        "s3fs",
        "s3",
        ("botocore.exceptions.BotoCoreError", "botocore.exceptions.ClientError"),
        {"max_concurrency": 1},  # otherwise it asks for the size first, which is one more request
    ),
    "gs": StoreKind(
        "gcsfs", "gs", ("gcsfs.retry.HttpError", "google.auth.exceptions.GoogleAuthError")
    ),
}


class Remote(NamedTuple):
    """A connection to an object store."""

    fs: Any
    raises: Raises

    @contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """Raise errors in the block as ``StorageUnavailable``, except for a missing file."""
        try:
            yield
        except FileNotFoundError:
            raise
        except self.raises as error:
            raise StorageUnavailable(reason(error), where=where) from error

    def open(self, address: str) -> BinaryIO:
        """Open a file for reading; raise ``FileNotFoundError`` or ``StorageUnavailable``."""
        with self.reading(address):
            file = self.fs.open(path_of(address), "rb", cache_type="none")
            if file.details.get("type") == "directory":  # it would be read as an empty file
                raise FileNotFoundError("a folder, not a file")
        buffer = max(1, min(BLOCK, file.size))
        return cast(BinaryIO, io.BufferedReader(_RemoteFile(self, address, file), buffer))


class _RemoteFile(io.RawIOBase):
    """Reads an object, and converts errors to ours."""

    def __init__(self, remote: Remote, address: str, file: Any) -> None:
        self._remote = remote
        self._address = address
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return self._read(self._file.size)

    def _read(self, size: int) -> bytes:
        # a store may refuse requests beyond the end
        size = min(size, self._file.size - self._file.tell())
        if size <= 0:
            return b""
        with self._remote.reading(self._address):
            return bytes(self._file.read(size))

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def is_address(place: str) -> bool:
    """Return whether a place is an address rather than a local path.

    >>> is_address("s3://bucket/run"), is_address("out/run")
    (True, False)
    """
    return "://" in place


def is_web(place: str) -> bool:
    """Return whether a place is an address of the web.

    >>> is_web("https://post.example/a"), is_web("s3://bucket/run")
    (True, False)
    """
    return place.startswith(("https://", "http://"))


def folder_of(place: str) -> str:
    """Remove ``file://`` from a place; raise ``UsageError`` if it is on another machine.

    >>> folder_of("file:///news/a%20run"), folder_of("s3://bucket/run/")
    ('/news/a run', 's3://bucket/run')
    """
    if not is_address(place):
        return place
    address = urlsplit(place)
    if address.scheme != "file":
        return f"{place.partition('://')[0]}://{path_of(place).strip('/')}"
    if address.netloc not in ("", "localhost"):
        hint = "a file of this machine has three slashes: file:///folder/run"
        raise UsageError("names another machine", where=place, hint=hint)
    return unquote(address.path)


def path_of(address: str) -> str:
    """Return the path of an address in its store.

    >>> path_of("s3://bucket/run")
    'bucket/run'
    """
    return address.partition("://")[2]


def connect(address: str) -> Remote:
    """Return a connection to the store of an address.

    Raises ``UsageError`` for an unknown kind of store, ``ExtraMissing``, and
    ``StorageUnavailable``.
    """
    name = address.partition("://")[0]
    if name not in STORES or not path_of(address):
        hint = "addresses begin with file://, " + ", ".join(f"{name}://" for name in STORES)
        raise UsageError("no storage that is known", where=address, hint=hint)
    kind = STORES[name]
    with needing(kind.extra, f"{name}:// needs the package {kind.package}"):
        import_module(kind.package)
    raises: Raises = (OSError, *map(_named, kind.raises))
    import fsspec

    try:
        return Remote(fsspec.filesystem(name, use_listings_cache=False, **kind.options), raises)
    except raises as error:
        raise StorageUnavailable(reason(error), where=address) from error


@cache
def _named(name: str) -> type[Exception]:
    module, _, attribute = name.rpartition(".")
    found: type[Exception] = getattr(import_module(module), attribute)
    return found


def reason(error: Exception) -> str:
    """Return a store's error message in one line."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return line[:1].lower() + line[1:]
