"""Files in object stores, by addresses such as ``s3://bucket/folder`` (extras ``s3``, ``gs``).

The client for a store comes with an extra and is used through fsspec, which reads its settings:
environment variables such as ``AWS_ENDPOINT_URL``, and the files in ``FSSPEC_CONFIG_DIR``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from pipeline.errors import StorageUnavailable, UsageError, needing

BLOCK = 1 << 23
"""Number of bytes of a long file to fetch at a time."""
Raises = tuple[type[Exception], ...]


class Kind(NamedTuple):
    """A kind of object store: its client package, and its exceptions other than OSError."""

    package: str
    extra: str
    raises: tuple[str, ...]
    options: Mapping[str, Any] = {}


KINDS = {
    "s3": Kind(
        "s3fs",
        "s3",
        ("botocore.exceptions.BotoCoreError", "botocore.exceptions.ClientError"),
        {"max_concurrency": 1},  # otherwise it asks for the size first, which is one more request
    ),
    "gs": Kind("gcsfs", "gs", ("gcsfs.retry.HttpError", "google.auth.exceptions.GoogleAuthError")),
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
        return cast(BinaryIO, io.BufferedReader(_Reading(self, address, file), buffer))


class _Reading(io.RawIOBase):
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
    if name not in KINDS or not path_of(address):
        hint = "addresses begin with file://, " + ", ".join(f"{name}://" for name in KINDS)
        raise UsageError("no storage that is known", where=address, hint=hint)
    kind = KINDS[name]
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
