"""Kill a run of ``follow`` repeatedly, and check that only whole batches are stored.

    python -m tests.archive.killed ADDRESS KILLS

Each run is a process of its own, which kills itself (SIGKILL) at one of the calls that
``pipeline/archive`` makes; the calls are spread over a whole run. This process opens no database:
it only forks.
"""

from __future__ import annotations

import sys
from functools import partial

from pipeline.archive import following
from pipeline.archive.access import opened
from pipeline.output import loading
from pipeline.output.layout import DERIVED
from tests.archive.news import rows, week
from tests.killing import child, told, was_killed, watched

WRITERS = [f"pipeline.output.{kind}" for kind in ("sql", "duckdb", "postgres")]


def empty(address: str) -> None:
    with opened(address) as store, store.transaction():
        for table in DERIVED:
            store.run(f"DELETE FROM {table.name}")


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
    following_ = partial(following.follow, address)
    total = int(told(partial(watched, following_, "archive")))
    died = 0
    assert child(partial(empty, address)) == 0
    for number in range(kills):
        at = 1 + number * total // kills
        died += was_killed(child(partial(watched, following_, "archive", at)))
        assert child(partial(check, address)) == 0, f"after a kill at call {at} of {total}"
    assert child(following_) == 0
    print(f"died {died} of {kills} times")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
