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

FILE_NAME = "corrections.jsonl"


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
    """Corrections by record, each with who said it and when.

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
        self._by_record: dict[tuple[str, str], list[Correction]] = {}
        with self._lock:
            self._read()

    def of(self, id: str, sha256: str) -> list[Correction]:
        """Return what was said of a record, in the order in which it was said."""
        with self._lock:
            self._read()
            return list(self._by_record.get((id, sha256), ()))

    def append(self, correction: Correction) -> None:
        """Keep a correction; it is on the disk when this returns."""
        with self._lock:
            file.append(self.path, [correction])

    def _read(self) -> None:
        """Read the file again if it has grown."""
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        if size == self._size:
            return
        found: dict[tuple[str, str], list[Correction]] = defaultdict(list)
        for one in file.read(self.path).corrections:
            found[one.record, one.sha256].append(one)
        self._size, self._by_record = size, found
