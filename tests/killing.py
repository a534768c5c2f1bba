"""Run functions in processes of their own, and kill them (SIGKILL) at one of their calls."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any


def child(run: Callable[[], object]) -> int:
    """Run a function in a separate process and return its wait status."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    try:
        run()
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the child must end here, whatever happened
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def told(run: Callable[[], object]) -> str:
    """Return what a function returns in a separate process, as text that fits into a pipe."""
    read, write = os.pipe()
    assert child(lambda: os.write(write, str(run()).encode())) == 0
    os.close(write)
    with os.fdopen(read) as pipe:
        return pipe.read()


def watched(run: Callable[[], object], package: str, at: int = -1) -> int:
    """Run a function, and die at the nth call that a package of ``pipeline`` makes.

    Return the number of its calls.
    """
    folder = str(Path("pipeline") / package)
    calls = 0

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        if event in ("call", "c_call") and folder in frame.f_code.co_filename:
            calls += 1
            if calls == at:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)
    run()
    sys.setprofile(None)
    return calls


def was_killed(status: int) -> bool:
    """Return whether a process with a wait status died of SIGKILL."""
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
