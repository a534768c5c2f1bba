"""Kill a loader repeatedly at its calls, and check that the database has only whole articles.

    python -m tests.output.dying ADDRESS KILLS

Each load runs in a process of its own, which kills itself (SIGKILL) at one of the calls that
``pipeline/output`` makes; the calls are spread over the whole load. Every load brings other
records of the same articles, so that each replaces all of them. This process opens no database: it
only forks.
"""

from __future__ import annotations

import sys
from functools import partial

from pipeline.output import loading
from pipeline.records.schema import ArticleRecord
from tests.killing import child, told, was_killed, watched
from tests.output.reading import read_records
from tests.output.samples import record

FIRST = {id: record(id) for id in "abcde"}


def version(number: int) -> list[ArticleRecord]:
    """Return the records of a load."""
    return [titled(id, f"{number}") for id in FIRST]


def titled(id: str, title: str | None) -> ArticleRecord:
    source = FIRST[id].source.model_copy(update={"title": title})
    return FIRST[id].model_copy(update={"source": source})


def load(address: str, number: int) -> None:
    loading.load(version(number), address)


def check(address: str) -> None:
    """Raise if an article is missing or has unexpected content."""
    found = list(read_records(address))
    assert [one.id for one in found] == list(FIRST)
    for one in found:
        assert isinstance(one, ArticleRecord)
        assert one == titled(one.id, one.source.title), one.id


def finish(address: str, number: int) -> None:
    """Load again; raise if that does not repair everything."""
    load(address, number)
    assert list(read_records(address)) == version(number)


def main(address: str, kills: int) -> None:
    loading.BATCH = 2  # type: ignore[misc]
    # pyarrow imports the latter two when it first needs them, which would be once in each process
    for module in (*(module for module, _ in loading.WAYS.values()), "pandas", "pyarrow.dataset"):
        __import__(module)
    assert child(partial(load, address, 0)) == 0
    total = int(told(partial(watched, partial(load, address, 1), "output")))
    died = 0
    for number in range(kills):
        at = 1 + number * total // kills
        loading_ = partial(load, address, 2 + number)
        died += was_killed(child(partial(watched, loading_, "output", at)))
        checked = child(partial(check, address))
        assert checked == 0, f"after a kill at call {at} of {total}"
    assert child(partial(finish, address, 2 + kills)) == 0
    print(f"died {died} of {kills} times")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
