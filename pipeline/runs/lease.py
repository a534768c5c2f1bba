"""Allow one process at a time to work on a run in an object store, which has no locks.

The process that works on a run owns the newest file in its folder ``.lock``, and renews it every
few seconds. The store refuses to create a file that exists, so only one process can create the file
with the next number: two processes that find a lock free, or its holder gone, do not both get it. A
holder is gone if its process has ended, where that can be checked from here; otherwise if it has
not renewed the lock for half a minute. Clocks of different machines are never compared.

A process that was suspended for longer sees at its next renewal that it has lost the lock, and
stops. Parts that its workers still commit are the same as those of the new holder: a part depends
on its shard alone.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import PipelineError, RunDamaged, RunLocked, StorageUnsuitable
from pipeline.runs.store import Store
from pipeline.strictjson import Shape, fits, parse_json

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


class Creating(Store, Protocol):
    """A store that can create a file and refuses to if it exists."""

    def create(self, name: str, data: bytes) -> bool: ...

    def read(self, name: str) -> bytes | None: ...

    def files(self, name: str) -> list[str]: ...


class Lease:
    """The lock of a run."""

    def __init__(self, store: Creating, wait: Callable[[float], None] = time.sleep) -> None:
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
                with suppress(PipelineError):  # other processes see that this one is gone
                    self._let_go()
            finally:
                OURS.discard(self.token)

    def check(self) -> None:
        """Raise ``RunLocked`` if another process has the lock, or may have it."""
        if self._taken or time.monotonic() - self._renewed > GIVEN_UP:
            raise RunLocked("was taken over by another process", where=self.store.place)

    def holder(self) -> str | None:
        """Return who holds the lock, as far as can be known without waiting."""
        held = self._read(self._newest())
        return None if held is None or _gone(held) else str(held["owner"])

    def _take(self) -> None:
        newest = self._newest()
        held = self._read(newest)
        if held is not None and not _gone(held) and (_here(held) or self._renews(newest, held)):
            raise RunLocked(f"in use by {held['owner']}", where=self.store.place)
        self.number = newest + 1
        name, data = _name(self.number), self._data(0)
        if not self.store.create(name, data):
            now = self._read(self.number) or {"owner": "another process", "token": ""}
            if now["token"] != self.token:  # our own token: a repeated request
                raise RunLocked(f"in use by {now['owner']}", where=self.store.place)
        elif self.store.create(name, data):
            self.store.remove(name)
            raise StorageUnsuitable("creates a file although it exists", where=self.store.place)
        if self._newest() != self.number:  # the lock that was checked is no longer the newest
            self.store.remove(name)
            raise RunLocked("in use by another process", where=self.store.place)

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
            with suppress(PipelineError):  # retried until the lock counts as lost
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
            raise RunDamaged(message, where=f"{self.store.place}/{_name(number)}")
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
