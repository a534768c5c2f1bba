"""Keep corrections in an append-only file: ``corrections.jsonl``.

Several programs may append at once, on one machine; each line is complete and durable before
``append`` returns. A line truncated by a power failure is skipped with a notice, and the next
append begins a new line: nothing in the file is ever overwritten. A program that keeps the file
locked delays others by at most ``WAIT`` seconds.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.errors import (
    CorrectionsLocked,
    OutputNotCreated,
    Unreadable,
    WriteFailed,
    reason_of,
)
from pipeline.outcomes import Notice
from pipeline.output.files import sync_folder
from pipeline.records.corrections import Correction
from pipeline.storage import open_file

TORN = "W601"
WAIT = 5.0
PAUSE = 0.02
"""Seconds between two attempts to lock the file."""
FULL = "make room or repair the disk, and save it again: what was kept before is whole"


class Kept(NamedTuple):
    """The content of a corrections file, in the order in which it was written."""

    corrections: tuple[Correction, ...]
    notices: tuple[Notice, ...]
    """About lines that were truncated while being written, and are skipped."""


def append(path: str | Path, corrections: Iterable[Correction]) -> None:
    """Append corrections to a file, which is created if it does not exist.

    They are appended in one write: a reader sees all of them or none, except after a power failure.

    Raises ``OutputNotCreated``, ``WriteFailed``, ``CorrectionsLocked``, or ``NotOurFile`` for a
    link in its place.
    """
    data = b"".join(one.to_line().encode() for one in corrections)
    if not data:
        return
    path = Path(path)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = open_file(path, flags, where=str(path), in_place=True)
    except OSError as error:
        raise OutputNotCreated(reason_of(error), where=str(path)) from error
    try:
        patiently(lambda: _lock(descriptor, fcntl.LOCK_EX, path))
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            data = b"\n" + data
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
        if not size:
            sync_folder(path.parent)
    except (OSError, CorrectionsLocked) as error:
        with suppress(OSError):
            os.close(descriptor)
        if isinstance(error, CorrectionsLocked):
            raise
        raise WriteFailed(reason_of(error), where=str(path), hint=FULL) from error
    try:
        os.close(descriptor)
    except OSError as error:  # a network file system or a quota may report the error only now
        raise WriteFailed(reason_of(error), where=str(path), hint=FULL) from error


def read(path: str | Path) -> Kept:
    """Return the corrections of a file, once no other program is writing; see ``read_now``."""
    return patiently(lambda: read_now(path))


def read_now(path: str | Path) -> Kept:
    """Return the corrections of a file; a missing file has none.

    A line that ends before its JSON does was truncated and becomes a notice. Any other line that is
    not a correction raises ``BadCorrection``; a file that cannot be read raises ``Unreadable``, one
    that another program is writing ``CorrectionsLocked``, and a link in its place ``NotOurFile``.
    """
    try:
        with os.fdopen(open_file(path, where=str(path)), "rb") as file:
            _lock(file.fileno(), fcntl.LOCK_SH, path)
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return Kept((), ())
    except OSError as error:
        raise Unreadable(reason_of(error), where=str(path)) from error
    corrections, notices = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        if _is_json(line):
            corrections.append(Correction.from_line(line, where=where))
        else:
            notices.append(Notice(TORN, f"{where} was cut short and is passed over"))
    return Kept(tuple(corrections), tuple(notices))


Found = TypeVar("Found")


def patiently(act: Callable[[], Found]) -> Found:
    """Return the result of a function, called again for ``WAIT`` seconds while the file is locked.

    Raises ``CorrectionsLocked``.
    """
    until = time.monotonic() + WAIT
    while True:
        try:
            return act()
        except CorrectionsLocked:
            if time.monotonic() >= until:
                raise
        time.sleep(PAUSE)


def _lock(descriptor: int, kind: int, path: str | Path) -> None:
    """Lock an open file without waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CorrectionsLocked("another program keeps it locked", where=str(path)) from error


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    except RecursionError:  # the line may well be complete, so it is refused as a correction
        return True
    return True
