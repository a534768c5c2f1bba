"""The corrections to the records that are served, kept in a file that only grows."""

from __future__ import annotations

import getpass
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.writers import corrections as file

if TYPE_CHECKING:
    from pipeline.records.corrections import Correction


def now() -> str:
    """Return this moment in UTC, in RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user() -> str:
    """Return the name of whoever runs this program, as the system has it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number without a name
        return "unknown"


class Journal:
    """Corrections by the text that they are of, each with who said it and when.

    Other programs may append to the same file: what they said is read when it is asked for.
    """

    def __init__(
        self, path: str | Path, *, who: str | None = None, clock: Callable[[], str] = now
    ) -> None:
        """Raise ``BadCorrection`` where the file holds something else."""
        self.path = Path(path)
        self.who = who or user()
        self.clock = clock
        self._lock = threading.Lock()
        self._size = -1
        self._all: tuple[Correction, ...] = ()
        self._by_text: dict[str, list[Correction]] = {}
        with self._lock:
            self._read()

    def all(self) -> tuple[Correction, ...]:
        """Return all that was said, in the order in which it was said."""
        with self._lock:
            self._read()
            return self._all

    def of(self, sha256: str) -> list[Correction]:
        """Return what was said of a text, in the order in which it was said."""
        with self._lock:
            self._read()
            return list(self._by_text.get(sha256, ()))

    def say(
        self, sha256: str, made: Callable[[list[Correction], str, str], list[Correction]]
    ) -> list[Correction]:
        """Keep the corrections that ``made`` returns of what was said, by whom, and when.

        Nobody else says anything through this journal in between. What is returned is on the disk.
        """
        with self._lock:
            self._read()
            said = made(list(self._by_text.get(sha256, ())), self.who, self.clock())
            file.append(self.path, said)
            return said

    def _read(self) -> None:
        """Read the file again if it has grown."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            size = 0
        if size == self._size:
            return
        found: dict[str, list[Correction]] = defaultdict(list)
        self._all = file.read(self.path).corrections
        for one in self._all:
            found[one.sha256].append(one)
        self._size, self._by_text = size, found
