"""Kill a loader repeatedly at its calls, and check that the database has only whole articles.

    python -m tests.writers.dying ADDRESS KILLS

Each load runs in a process of its own, which kills itself (SIGKILL) at one of the calls that
``pipeline/writers`` makes; the calls are spread over the whole load. Every load brings other
records of the same articles, so that each replaces all of them. This process opens no database: it
only forks.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from pipeline.records.schema import ArticleRecord
from pipeline.writers import loading
from tests.writers.samples import record

WATCHED = str(Path("pipeline") / "writers")
FIRST = {id: record(id) for id in "abcde"}


def version(number: int) -> list[ArticleRecord]:
    """Return the records of a load."""
    return [titled(id, f"{number}") for id in FIRST]


def titled(id: str, title: str | None) -> ArticleRecord:
    source = FIRST[id].source.model_copy(update={"title": title})
    return FIRST[id].model_copy(update={"source": source})


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


def load(address: str, number: int) -> None:
    loading.load(version(number), address)


def watched(address: str, number: int, at: int = -1) -> int:
    """Load, and die at the nth call; return the number of calls."""
    calls = 0

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        if event in ("call", "c_call") and WATCHED in frame.f_code.co_filename:
            calls += 1
            if calls == at:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)
    load(address, number)
    sys.setprofile(None)
    return calls


def count(address: str) -> int:
    """Return the number of calls of a load that replaces everything."""
    read, write = os.pipe()
    run = partial(watched, address, 1)
    assert child(lambda: os.write(write, f"{run()}".encode())) == 0
    os.close(write)
    with os.fdopen(read) as pipe:
        return int(pipe.read())


def check(address: str) -> None:
    """Raise if an article is missing or has unexpected content."""
    found = list(loading.read_records(address))
    assert [one.id for one in found] == list(FIRST)
    for one in found:
        assert isinstance(one, ArticleRecord)
        assert one == titled(one.id, one.source.title), one.id


def finish(address: str, number: int) -> None:
    """Load again; raise if that does not repair everything."""
    load(address, number)
    assert list(loading.read_records(address)) == version(number)


def main(address: str, kills: int) -> None:
    loading.BATCH = 2  # type: ignore[misc]
    # pyarrow imports the latter two when it first needs them, which would be once in each process
    for module in (*(module for module, _ in loading.WAYS.values()), "pandas", "pyarrow.dataset"):
        __import__(module)
    assert child(partial(load, address, 0)) == 0
    total = count(address)
    died = 0
    for number in range(kills):
        at = 1 + number * total // kills
        status = child(partial(watched, address, 2 + number, at))
        died += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        checked = child(partial(check, address))
        assert checked == 0, f"after a kill at call {at} of {total}"
    assert child(partial(finish, address, 2 + kills)) == 0
    print(f"died {died} of {kills} times")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
