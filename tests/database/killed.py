"""Kill a run of ``follow`` repeatedly, and check that only whole batches are stored.

    python -m tests.database.killed ADDRESS KILLS

Each run is a process of its own, which kills itself (SIGKILL) at one of the calls that
``pipeline/database`` makes; the calls are spread over a whole run. This process opens no database:
it only forks.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from pipeline.database import following
from pipeline.database.access import opened
from pipeline.writers import loading
from pipeline.writers.derived import DERIVED
from tests.database.news import rows, week
from tests.writers.dying import child

WRITERS = [f"pipeline.writers.{kind}" for kind in ("sqlite", "duckdb", "postgres")]
WATCHED = str(Path("pipeline") / "database")


def empty(address: str) -> None:
    with opened(address) as store, store.transaction():
        for table in DERIVED:
            store.run(f"DELETE FROM {table.name}")


def watched(address: str, at: int = -1) -> int:
    """Follow, and die at the nth call; return the number of calls."""
    calls = 0

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        if event in ("call", "c_call") and WATCHED in frame.f_code.co_filename:
            calls += 1
            if calls == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    following.follow(address)
    sys.setprofile(None)
    return calls


def count(address: str) -> int:
    """Return the number of calls of a run."""
    read, write = os.pipe()
    assert child(lambda: os.write(write, f"{watched(address)}".encode())) == 0
    os.close(write)
    with os.fdopen(read) as pipe:
        return int(pipe.read())


def check(address: str) -> None:
    """Raise if the tables cover other articles than those followed, and make them empty."""
    followed = {row[0] for row in rows(address, "SELECT article_id FROM followed")}
    assert len(followed) % following.BATCH == 0
    members = {row[0] for row in rows(address, "SELECT article_id FROM story_members")}
    assert members == followed
    said = {row[0] for row in rows(address, "SELECT DISTINCT article_id FROM said_members")}
    assert said <= followed
    empty(address)


def main(address: str, kills: int) -> None:
    following.BATCH = 2  # type: ignore[misc]
    # imported before the fork, so that each process makes the same calls
    for module in ("datasketch", "pandas", *WRITERS):
        __import__(module)
    assert child(partial(loading.load, week(), address)) == 0
    total = count(address)
    died = 0
    assert child(partial(empty, address)) == 0
    for number in range(kills):
        at = 1 + number * total // kills
        status = child(partial(watched, address, at))
        died += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert child(partial(check, address)) == 0, f"after a kill at call {at} of {total}"
    assert child(partial(following.follow, address)) == 0
    print(f"died {died} of {kills} times")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
