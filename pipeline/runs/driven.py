"""Start and run worker processes that a driver controls."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def starting() -> Iterator[None]:
    """Start a process in this block that calls ``obey``.

    The new process inherits both signals blocked. They stay pending until it ignores them, so
    Ctrl-C prints no traceback while it imports its modules. In this process they stay pending
    until the block ends.
    """
    resource_tracker.ensure_running()  # starting it later would unblock the signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def obey() -> None:
    """Let the driver decide when this process ends.

    A terminal sends Ctrl-C to all processes together, and a service manager sends SIGTERM. This
    process ignores both and finishes its work. If the driver dies, this process ends as well.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait([driver.sentinel])
        os._exit(1)
