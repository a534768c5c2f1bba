"""What a process does that another one drives."""

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

    The new process inherits that the two signals are blocked. Until it ignores them they wait, so
    that Ctrl-C while it imports its modules prints no traceback. In this process they wait until
    the block ends.
    """
    resource_tracker.ensure_running()  # its start would unblock them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def obey() -> None:
    """Leave it to the driver when this process ends.

    A terminal sends Ctrl-C to all processes at once, and a service manager SIGTERM. This process
    ignores both and finishes its work. When the driver is gone, this process ends as well.
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
