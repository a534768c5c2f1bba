"""The corrections to the served records, kept in an append-only file."""

from __future__ import annotations

import getpass
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.records.corrections import (
    Correction,
)
from pipeline.writers import corrections as file

if TYPE_CHECKING:
    from pipeline.records.corrections import Correction


def now() -> str:
    """Return the current time in UTC, in RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user() -> str:
    """Return the name of the user who runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a user id without a name
        return "unknown"


class Journal:
    """Corrections by the text that they belong to, each with its author and time.

    Other programs may append to the same file: their corrections are read on demand.
    """

    def __init__(
        self, path: str | Path, *, who: str | None = None, clock: Callable[[], str] = now
    ) -> None:
        """Raise ``BadCorrection`` if the file contains anything else."""
        self.path = Path(path)
        self.who = who or user()
        self.clock = clock
        self._lock = threading.Lock()
        self._size = -1
        self._all: list[Correction] = []
        self._by_text: defaultdict[str, list[Correction]] = defaultdict(list)
        with self._lock:
            self._read()

    def all(self) -> list[Correction]:
        """Return all corrections, in the order in which they were made."""
        with self._lock:
            self._read()
            return list(self._all)

    def of(self, sha256: str) -> list[Correction]:
        """Return the corrections of a text, in the order in which they were made."""
        with self._lock:
            self._read()
            return list(self._by_text.get(sha256, ()))

    def say(
        self, sha256: str, made: Callable[[list[Correction], str, str], list[Correction]]
    ) -> list[Correction]:
        """Store the corrections that ``made`` returns for the earlier ones, the user and the time.

        No other thread can write through this journal in between. Returned corrections are on disk.
        """
        with self._lock:
            self._read()
            said = made(list(self._by_text.get(sha256, ())), self.who, self.clock())
            file.append(self.path, said)
            added = sum(len(one.to_line().encode()) for one in said)
            if self._size_now() == self._size + added:
                self._take(said, self._size + added)
            return said

    def _size_now(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def _read(self) -> None:
        """Read the file again if another program has appended to it."""
        size = self._size_now()
        if size != self._size:
            found = file.read(self.path).corrections
            self._all, self._by_text = [], defaultdict(list)
            self._take(found, size)

    def _take(self, said: Iterable[Correction], size: int) -> None:
        """Add corrections that are in the file, and remember its size with them."""
        for one in said:
            self._all.append(one)
            self._by_text[one.sha256].append(one)
        self._size = size
