"""Allow one process at a time to work on a run."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import OutputNotCreated, RunLocked, StorageUnsuitable
from pipeline.opening import open_file
from pipeline.runs.store import reason

LOCK = ".lock"
LOOKS = 10
"""How often to try to lock: a process that reads the holder's name locks for an instant."""
LOOK = 0.02
"""Seconds between attempts."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a run; the system releases it when the process ends.

    Raises ``RunLocked`` with the holder, ``OutputNotCreated``, ``NotOurFile``, or
    ``StorageUnsuitable`` if the file system has no locks.
    """
    path = folder / LOCK
    try:
        descriptor = open_file(path, os.O_RDWR | os.O_CREAT, where=str(path), in_place=True)
    except OSError as error:
        raise OutputNotCreated(reason(error), where=str(folder)) from error
    try:
        _take(descriptor, folder)
        _write(descriptor, f"process {os.getpid()} on {socket.gethostname()}")
        yield
        _write(descriptor, "")
    finally:
        with suppress(OSError):  # the name of the holder is no longer needed
            os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    """Lock the file; wait for processes that only read the holder's name."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK)
        except OSError as error:  # ENOLCK, or a file system without locks
            hint = "the file system gives no lock: put the run in another folder, or try later"
            raise StorageUnsuitable(reason(error), where=str(folder), hint=hint) from error
        else:
            return
    message = f"in use by {_read(descriptor) or 'another process'}"
    raise RunLocked(message, where=str(folder))


def holder(folder: Path) -> str | None:
    """Return which process works on a run, or None if there is none or it cannot be determined.

    Raises ``NotOurFile``.
    """
    path = folder / LOCK
    try:
        descriptor = open_file(path, where=str(path))
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor) or "another process"
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None


def _write(descriptor: int, owner: str) -> None:
    # only informs the next process: the lock works without it, even on a full disk
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)


def _read(descriptor: int) -> str:
    try:
        return os.pread(descriptor, 200, 0).decode("utf-8", "replace")
    except OSError:
        return ""
