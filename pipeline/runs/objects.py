"""Runs in object stores, such as ``s3://bucket/run`` (extra ``s3``) or ``gs://`` (extra ``gs``).

What a file system has to be made to do by syncing and renaming, an object store does by itself: an
object is there whole, and for good, once its PUT is answered, and whoever reads it then sees it.
So there is nothing half written to clean up, and a part is followed by its receipt as ever.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

from pipeline.errors import (
    ExtraMissing,
    OutputNotCreated,
    StorageUnavailable,
    UsageError,
    WriteFailed,
)
from pipeline.runs.lease import Lease
from pipeline.runs.store import Written, failing

BLOCK = 1 << 23
"""Bytes that are fetched at a time."""
AT_ONCE = 16
"""So many small files are fetched at the same time: each takes a while to be answered."""


Raises = tuple[type[Exception], ...]


class Kind(NamedTuple):
    """A kind of object store: the package that speaks to it, and what that raises beyond OSError.

    The package is used by way of fsspec, which knows its settings: ``AWS_ENDPOINT_URL`` and the
    like in the environment, and the files of ``FSSPEC_CONFIG_DIR``.
    """

    package: str
    extra: str
    raises: tuple[str, ...]
    options: Mapping[str, Any] = {}


KINDS = {
    "s3": Kind(
        "s3fs",
        "s3",
        ("botocore.exceptions.BotoCoreError", "botocore.exceptions.ClientError"),
        {"max_concurrency": 1},  # else it asks for the size first, which is one more request
    ),
    "gs": Kind("gcsfs", "gs", ("gcsfs.retry.HttpError", "google.auth.exceptions.GoogleAuthError")),
}


class Bucket:
    """The effects on an object store that a run has; each is done as a whole or not at all."""

    def __init__(self, fs: Any, raises: Raises = (OSError,)) -> None:
        self._fs = fs
        self.raises = raises

    def put(self, path: str, file: str) -> None:
        """Make an object of a file of this machine, in place of the one that is there."""
        self._fs.put_file(file, path)

    def create(self, path: str, data: bytes) -> bool:
        """Make an object where there is none; return whether it is this call that made it."""
        try:
            self._fs.pipe_file(path, data, mode="create")
        except FileExistsError:
            return False
        return True

    def remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._fs.rm_file(path)

    # what follows has no effect

    def read(self, path: str) -> bytes:
        return bytes(self._fs.cat_file(path))

    def open(self, path: str) -> Any:
        return self._fs.open(path, "rb", cache_type="none")

    def below(self, path: str) -> list[str]:
        """Return all objects below a path, in order."""
        with suppress(FileNotFoundError):
            return sorted(self._fs.find(path))
        return []

    def folders(self, path: str) -> list[str]:
        with suppress(FileNotFoundError):
            found = self._fs.ls(path, detail=True)
            return sorted(one["name"] for one in found if one["type"] == "directory")
        return []


class ObjectStore:
    """A store below an address."""

    def __init__(self, place: str, bucket: Bucket | None = None) -> None:
        self.place = place
        self.bucket = bucket or _bucket(place)

    def make(self) -> None:
        """Do nothing: there are no folders, and a bucket is somebody else's to make."""

    def hold(self) -> AbstractContextManager[Callable[[], None]]:
        return Lease(self).held()

    def holder(self) -> str | None:
        return Lease(self).holder()

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        digest, size = hashlib.sha256(), 0
        # made aside, so that whatever breaks off the making leaves no object
        with NamedTemporaryFile(prefix="pipeline-") as file:
            for chunk in chunks:
                with failing(Path(file.name)):
                    file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            with failing(Path(file.name)):
                file.flush()
            with self._writing(name):
                self.bucket.put(self._path(name), file.name)
        return Written(digest.hexdigest(), size)

    def create(self, name: str, data: bytes) -> bool:
        """Put a file where there is none; return whether it is this call that made it.

        Raises ``OutputError``.
        """
        with self._writing(name):
            return self.bucket.create(self._path(name), data)

    def open(self, name: str) -> BinaryIO:
        with self._reading(name):
            file = self.bucket.open(self._path(name))
        reading = _Reading(file, lambda: self._reading(name))
        return cast(BinaryIO, io.BufferedReader(reading, max(1, min(BLOCK, file.size))))

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, or None if it is not there."""
        with suppress(FileNotFoundError), self._reading(name):
            return self.bucket.read(self._path(name))
        return None

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        waiting = iter(names)
        first = list(islice(waiting, 2))
        if len(first) < 2:
            yield from map(self.read, first)
            return
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(self.read, [*first, *waiting])

    def files(self, name: str) -> list[str]:
        """Return the names of all files below a folder, in order."""
        root = len(self._path(""))
        with self._reading(name):
            return [path[root:] for path in self.bucket.below(self._path(name))]

    def folders(self) -> list[str]:
        with self._reading(""):
            return [path.rpartition("/")[2] for path in self.bucket.folders(self._path("")[:-1])]

    def below(self, name: str) -> ObjectStore:
        return ObjectStore(f"{self.place}/{name}", self.bucket)

    def remove(self, name: str) -> None:
        with self._writing(name):
            self.bucket.remove(self._path(name))

    def remove_folder(self, name: str) -> None:
        for one in self.files(name):
            self.remove(one)

    def clean(self) -> None:
        """Do nothing: what is half written is not there."""

    def _path(self, name: str) -> str:
        return f"{self.place.partition('://')[2]}/{name}"

    @contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        where = f"{self.place}/{name}"
        try:
            yield
        except (FileNotFoundError, PermissionError) as error:
            hint = "check that the bucket is there, and that the credentials may write to it"
            raise OutputNotCreated(_reason(error), where=where, hint=hint) from error
        except self.bucket.raises as error:
            hint = "check network and storage; the same command then goes on where it was"
            raise WriteFailed(_reason(error), where=where, hint=hint) from error

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except self.bucket.raises as error:
            raise StorageUnavailable(_reason(error), where=f"{self.place}/{name}") from error


class _Reading(io.RawIOBase):
    """Reads an object, and says what goes wrong in our words."""

    def __init__(self, file: Any, guarded: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._guarded = guarded

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._guarded():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        with self._guarded():
            return bytes(self._file.read())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _bucket(place: str) -> Bucket:
    name, _, path = place.partition("://")
    if name not in KINDS or not path:
        hint = "a run lies in a folder, or below file://, " + ", ".join(f"{k}://" for k in KINDS)
        raise UsageError("no storage that is known", where=place, hint=hint)
    kind = KINDS[name]
    try:
        import_module(kind.package)
        import fsspec
    except ImportError as error:
        raise ExtraMissing(
            f"{name}:// needs the package {kind.package}",
            hint=f"pip install 'news-extraction-pipeline[{kind.extra}]'",
        ) from error
    raises: Raises = (OSError, *map(_named, kind.raises))
    try:
        fs = fsspec.filesystem(name, use_listings_cache=False, **kind.options)
    except raises as error:
        raise StorageUnavailable(_reason(error), where=place) from error
    return Bucket(fs, raises)


def _named(name: str) -> type[Exception]:
    module, _, attribute = name.rpartition(".")
    found: type[Exception] = getattr(import_module(module), attribute)
    return found


def _reason(error: Exception) -> str:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return reason[:1].lower() + reason[1:]
