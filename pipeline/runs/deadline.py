"""Limit the time that one article may take.

An alarm raises ``ArticleTooSlow`` in the article. An alarm cannot interrupt C code that does not
return. A second timer may therefore end the process some seconds later, after ``grace``.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline.errors import ArticleTooSlow

AGAIN = 1.0
"""Seconds until the alarm is repeated, in case an ``except`` swallowed it."""
LEAST_GRACE = 2.0
MOST_GRACE = 30.0


def grace(seconds: float) -> float:
    """Return the extra seconds for C code beyond a limit: a tenth of it, within bounds.

    >>> grace(1), grace(60), grace(600)
    (2.0, 6.0, 30.0)
    """
    return min(max(seconds / 10, LEAST_GRACE), MOST_GRACE)


def possible() -> bool:
    """Return whether this thread can have an alarm, and nothing else in the process uses it."""
    return (
        threading.current_thread() is threading.main_thread()
        and hasattr(signal, "SIGALRM")
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )


@contextmanager
def deadline(
    seconds: float,
    where: str,
    *,
    fatal: bool = False,
    stuck: Callable[[ArticleTooSlow], None] | None = None,
) -> Iterator[None]:
    """Raise ``ArticleTooSlow`` in the block when its time is up.

    If C code does not return in time to see the alarm, ``fatal`` ends the process silently.
    Otherwise ``stuck`` is called in a thread and must end the process. If that thread cannot run
    either, because the C code keeps the interpreter's lock, the process ends with a dump of its
    stack.

    Must be called in the main thread of the process.
    """
    armed = True
    calling = threading.Lock()

    def ring(_number: int, _frame: FrameType | None) -> None:
        if armed:
            raise ArticleTooSlow(f"over {seconds:,} s", where=where)

    def give_up() -> None:
        with calling:
            if armed and stuck is not None:
                stuck(ArticleTooSlow(f"over {seconds:,} s, stuck in compiled code", where=where))

    last = seconds + grace(seconds)
    watch = threading.Timer(last, give_up)
    watch.daemon = True
    before = signal.signal(signal.SIGALRM, ring)
    if stuck is not None:
        watch.start()
        faulthandler.dump_traceback_later(last + LEAST_GRACE, exit=True, file=_stderr())
    elif fatal:
        faulthandler.dump_traceback_later(last, exit=True, file=_nowhere())
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        try:
            yield
        finally:  # the alarm may still fire here; the next one is a second away
            armed = False
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        watch.cancel()
        with calling:  # wait until the thread is done
            pass
        if fatal or stuck is not None:
            faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


_descriptor: int | None = None


def _nowhere() -> int:
    global _descriptor
    if _descriptor is None:
        _descriptor = os.open(os.devnull, os.O_WRONLY)
    return _descriptor


def _stderr() -> int:
    try:
        return sys.__stderr__.fileno() if sys.__stderr__ else _nowhere()
    except (OSError, ValueError):  # the stream is closed
        return _nowhere()
