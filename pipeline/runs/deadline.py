"""A limit to the time that one article may take.

First an alarm raises ``ArticleTooSlow`` in the article. Code in C sees no alarm before it returns,
so in a worker process a second one, later, ends the process: the run takes that for a worker that
died, and finds the article by bisection.
"""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline.errors import ArticleTooSlow

AGAIN = 1.0
"""Seconds until the alarm is repeated, in case that somebody's ``except`` swallowed it."""
GRACE = 30.0
"""Seconds that code in C has beyond the limit before the process is ended."""


@contextmanager
def deadline(seconds: float, where: str, *, fatal: bool = False) -> Iterator[None]:
    """Raise ``ArticleTooSlow`` in the block when its time is over; ``fatal`` ends the process.

    Has to be called in the main thread of the process, where every executor works.
    """
    armed = True

    def ring(_number: int, _frame: FrameType | None) -> None:
        if armed:
            raise ArticleTooSlow(f"over {seconds:,} s", where=where)

    before = signal.signal(signal.SIGALRM, ring)
    if fatal:
        faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=_nowhere())
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        try:
            yield
        finally:  # where the alarm may still come in between; the next one is a second away
            armed = False
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        if fatal:
            faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


_descriptor: int | None = None


def _nowhere() -> int:
    global _descriptor
    if _descriptor is None:
        _descriptor = os.open(os.devnull, os.O_WRONLY)
    return _descriptor
