"""What a process does that another one drives."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait


def obey() -> None:
    """Leave it to the driver when this process ends.

    A terminal sends Ctrl-C to all processes at once, and a service manager SIGTERM: this one goes
    on, so that what it has in hand is done. If the driver itself is gone, so is this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait([driver.sentinel])
        os._exit(1)
