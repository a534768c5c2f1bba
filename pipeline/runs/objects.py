"""Runs in object stores, such as ``s3://bucket/run`` (extra ``s3``) or ``gs://`` (extra ``gs``).

A file system needs syncing and renaming; an object store does not. An object exists whole and
durably once its PUT is answered, and later reads see it. So there are no partial files to clean up,
and a receipt is still written after its part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from pipeline.errors import OutputNotCreated, WriteFailed
from pipeline.remote import Remote, connect, path_of, reason
from pipeline.runs.lease import Lease
from pipeline.runs.store import Written, failing

AT_ONCE = 16
"""How many small files are fetched at the same time, since each request takes a while."""


class Bucket:
    """The object store operations of a run; each takes effect completely or not at all."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote

    def put(self, path: str, file: str) -> None:
        """Upload a local file as an object, replacing an existing one."""
        self.remote.fs.put_file(file, path)

    def create(self, path: str, data: bytes) -> bool:
        """Create an object if there is none; return whether this call created it."""
        try:
            self.remote.fs.pipe_file(path, data, mode="create")
        except FileExistsError:
            return False
        return True

    def remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self.remote.fs.rm_file(path)


class ObjectStore:
    """A store below an address."""

    def __init__(self, place: str, bucket: Bucket | None = None) -> None:
        self.place = place
        self.bucket = bucket or Bucket(connect(place))
        self.remote = self.bucket.remote

    def make(self) -> None:
        """Do nothing: there are no folders, and creating the bucket is up to the user."""

    def hold(self) -> AbstractContextManager[Callable[[], None]]:
        return Lease(self).held()

    def holder(self) -> str | None:
        return Lease(self).holder()

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        digest, size = hashlib.sha256(), 0
        # written to a temporary file first, so that an interruption leaves no object
        with failing(Path("a temporary file")):
            aside = NamedTemporaryFile(prefix="pipeline-")  # noqa: SIM115 - closed by the next line
        with aside as file:
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
        """Create a file if there is none; return whether this call created it.

        Raises ``OutputError``.
        """
        with self._writing(name):
            return self.bucket.create(self._path(name), data)

    def open(self, name: str) -> BinaryIO:
        return self.remote.open(f"{self.place}/{name}")

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, or None if it does not exist."""
        with suppress(FileNotFoundError), self._reading(name):
            return bytes(self.remote.fs.cat_file(self._path(name)))
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
        with suppress(FileNotFoundError), self._reading(name):
            return sorted(path[root:] for path in self.remote.fs.find(self._path(name)))
        return []

    def folders(self) -> list[str]:
        with suppress(FileNotFoundError), self._reading(""):
            found = self.remote.fs.ls(path_of(self.place), detail=True)
            paths = [one["name"] for one in found if one["type"] == "directory"]
            return sorted(path.rpartition("/")[2] for path in paths)
        return []

    def below(self, name: str) -> ObjectStore:
        return ObjectStore(f"{self.place}/{name}", self.bucket)

    def remove(self, name: str) -> None:
        with self._writing(name):
            self.bucket.remove(self._path(name))

    def remove_folder(self, name: str) -> None:
        for one in self.files(name):
            self.remove(one)

    def clean(self) -> None:
        """Do nothing: there are no partial files."""

    def _path(self, name: str) -> str:
        return f"{path_of(self.place)}/{name}"

    def _reading(self, name: str) -> AbstractContextManager[None]:
        return self.remote.reading(f"{self.place}/{name}")

    @contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        where = f"{self.place}/{name}"
        try:
            yield
        except (FileNotFoundError, PermissionError) as error:
            hint = "check that the bucket is there, and that the credentials may write to it"
            raise OutputNotCreated(reason(error), where=where, hint=hint) from error
        except self.remote.raises as error:
            hint = "check network and storage; the same command then resumes the run"
            raise WriteFailed(reason(error), where=where, hint=hint) from error
