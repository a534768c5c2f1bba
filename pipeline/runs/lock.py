"""One process at a time works on a run."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import OutputNotCreated, RunLocked
from pipeline.runs.store import reason

LOCK = ".lock"
LOOKS = 10
"""So often the lock is asked for: a look at who has it takes it too, for a blink."""
LOOK = 0.02
"""Seconds from one time to the next."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a run; the system lets go of it however the process ends.

    Raises ``RunLocked``, with who holds it, or ``OutputNotCreated``.
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise OutputNotCreated(reason(error), where=str(folder)) from error
    try:
        _take(descriptor, folder)
        _write(descriptor, f"process {os.getpid()} on {socket.gethostname()}")
        yield
        _write(descriptor, "")
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    """Lock the file; somebody who only looks who has it is waited for."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK)
        else:
            return
    message = f"in use by {_read(descriptor) or 'another process'}"
    raise RunLocked(message, where=str(folder))


def holder(folder: Path) -> str | None:
    """Return which process works on a run, or None."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor) or "another process"
    finally:
        os.close(descriptor)
    return None


def _write(descriptor: int, owner: str) -> None:
    # only a courtesy to the next one: the lock holds without it, and on a full disk too
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)


def _read(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode("utf-8", "replace")
