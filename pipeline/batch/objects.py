"""Runs in object stores, such as ``s3://bucket/run`` (extra ``s3``) or ``gs://`` (extra ``gs``).

A file system needs syncing and renaming; an object store does not. An object exists whole and
durably once its PUT is answered, and later reads see it. So there are no partial files to clean up,
and a receipt is still written after its part.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from pipeline import errors
from pipeline.batch.store import Written, failing
from pipeline.storage import Remote, connect, path_of, reason
from pipeline.text.strictjson import Shape, fits, parse_json

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
            raise errors.OutputNotCreated(reason(error), where=where, hint=hint) from error
        except self.remote.raises as error:
            hint = "check network and storage; the same command then resumes the run"
            raise errors.WriteFailed(reason(error), where=where, hint=hint) from error


logger = logging.getLogger(__name__)

LOCK = ".lock"
RENEWED = 5.0
"""Seconds between renewals."""
GIVEN_UP = 20.0
"""Seconds without a renewal after which a holder considers its own lock lost."""
GONE = 30.0
"""Seconds without a renewal after which other processes consider a holder gone."""
LOOK = 1.0
"""Seconds between checks of another process's lock."""
HELD: Shape = {"owner": str, "token": str, "process": list}
"""Required shape of a lock file."""
OURS: set[str] = set()
"""The locks held by this process."""


class Lease:
    """The lock of a run."""

    def __init__(self, store: ObjectStore, wait: Callable[[float], None] = time.sleep) -> None:
        self.store = store
        self.wait = wait
        self.token = uuid.uuid4().hex
        self.number = 0
        self._over = threading.Event()
        self._taken = False
        self._renewed = 0.0

    @contextmanager
    def held(self) -> Iterator[Callable[[], None]]:
        """Hold the lock, and yield a function that raises ``RunLocked`` once it is lost."""
        self._take()
        OURS.add(self.token)
        self._renewed = time.monotonic()
        renewing = threading.Thread(target=self._renew, daemon=True)
        renewing.start()
        try:
            yield self.check
        finally:
            self._over.set()
            renewing.join()
            try:
                with suppress(errors.PipelineError):  # other processes see that this one is gone
                    self._let_go()
            finally:
                OURS.discard(self.token)

    def check(self) -> None:
        """Raise ``RunLocked`` if another process has the lock, or may have it."""
        if self._taken or time.monotonic() - self._renewed > GIVEN_UP:
            raise errors.RunLocked("was taken over by another process", where=self.store.place)

    def holder(self) -> str | None:
        """Return who holds the lock, as far as can be known without waiting."""
        held = self._read(self._newest())
        return None if held is None or _gone(held) else str(held["owner"])

    def _take(self) -> None:
        newest = self._newest()
        held = self._read(newest)
        if held is not None and not _gone(held) and (_here(held) or self._renews(newest, held)):
            raise errors.RunLocked(f"in use by {held['owner']}", where=self.store.place)
        self.number = newest + 1
        name, data = _name(self.number), self._data(0)
        if not self.store.create(name, data):
            now = self._read(self.number) or {"owner": "another process", "token": ""}
            if now["token"] != self.token:  # our own token: a repeated request
                raise errors.RunLocked(f"in use by {now['owner']}", where=self.store.place)
        elif self.store.create(name, data):
            self.store.remove(name)
            raise errors.StorageUnsuitable(
                "creates a file although it exists", where=self.store.place
            )
        if self._newest() != self.number:  # the lock that was checked is no longer the newest
            self.store.remove(name)
            raise errors.RunLocked("in use by another process", where=self.store.place)

    def _renews(self, number: int, held: dict[str, Any]) -> bool:
        """Wait for a renewal by a process on another machine, and return whether one came."""
        logger.info("waiting up to %d s for %s to renew its lock", GONE, held["owner"])
        for _ in range(round(GONE / LOOK)):
            self.wait(LOOK)
            if self._newest() != number or self._read(number) != held:
                return True
        return False

    def _renew(self) -> None:
        beat = 0
        while not self._over.wait(RENEWED) and not self._taken:
            beat += 1
            with suppress(errors.PipelineError):  # retried until the lock counts as lost
                began = time.monotonic()
                if self._newest() != self.number:
                    self._taken = True
                else:
                    self.store.put(_name(self.number), [self._data(beat)])
                    self._renewed = began

    def _let_go(self) -> None:
        if self._newest() != self.number:
            return
        for name in self.store.files(LOCK)[:-1]:
            self.store.remove(name)
        self.store.put(_name(self.number), [b""])

    def _newest(self) -> int:
        numbers = (name.rpartition("/")[2] for name in self.store.files(LOCK))
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def _read(self, number: int) -> dict[str, Any] | None:
        data = self.store.read(_name(number)) if number else None
        if not data:
            return None
        try:
            held = parse_json(data)
        except ValueError:
            held = None
        if not fits(held, HELD) or [type(one) for one in held["process"]] != [str, str, int, str]:
            message = "is not a lock of a run"
            raise errors.RunDamaged(message, where=f"{self.store.place}/{_name(number)}")
        return dict(held)

    def _data(self, beat: int) -> bytes:
        owner = f"process {os.getpid()} on {socket.gethostname()}"
        row = {"owner": owner, "token": self.token, "process": _process(os.getpid()), "beat": beat}
        return json.dumps(row).encode()


def _name(number: int) -> str:
    return f"{LOCK}/{number:08}"


def _here(held: dict[str, Any]) -> bool:
    """Return whether a holder is a process that can be checked from here."""
    ours = _process(os.getpid())[:2]
    return "" not in ours and bool(ours == held["process"][:2])


def _gone(held: dict[str, Any]) -> bool:
    """Return whether a holder is known to have ended."""
    if not _here(held):
        return False
    number = held["process"][2]
    if number == os.getpid():
        return held["token"] not in OURS
    return bool(held["process"] != _process(number))


def _process(number: int) -> list[Any]:
    """Identify a process uniquely: the boot, its process namespace, and its start time."""
    boot = space = began = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = str(Path("/proc/self/ns/pid").readlink())
        began = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    return [boot, space, number, began]
