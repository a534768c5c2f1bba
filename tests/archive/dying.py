"""Kill a linker repeatedly at its calls, and check that the next one finishes its work.

    python -m tests.archive.dying ADDRESS KILLS

Each linker runs in a process of its own, which kills itself (SIGKILL) at one of its calls; these
are spread over the whole run. Afterwards every member must have an identity with the right counts,
and linking again must give what an undisturbed linker gives.
"""

from __future__ import annotations

import sys
from functools import partial
from hashlib import sha256
from tempfile import TemporaryDirectory

from pipeline.archive.access import opened
from pipeline.archive.linking import link
from pipeline.output.loading import load
from pipeline.records.schema import ArticleRecord
from tests.archive.killed import WRITERS
from tests.archive.reading import everything
from tests.archive.samples import crowd
from tests.killing import child, told, was_killed, watched

BATCH = 2
ARTICLES = 4


def records(number: int) -> list[ArticleRecord]:
    """Return the records of a load: each load replaces all articles of the one before."""
    return list(crowd(ARTICLES, number % 2))


def expected(number: int) -> str:
    """Return what an undisturbed linker makes of the records of a load."""
    with TemporaryDirectory() as folder:
        clean = f"sqlite:///{folder}/x"
        load(records(number), clean)
        link(clean)
        return states(clean)


def states(address: str) -> str:
    # short, since nobody reads the pipe before the process ends
    return sha256(repr(sorted(everything(address).items())).encode()).hexdigest()


def check(address: str) -> None:
    """Raise if a member has no profile, or a profile no identity with the right counts."""
    with opened(address) as store, store.transaction():
        lost = store.rows(
            "SELECT m.profile FROM identity_entities m LEFT JOIN identity_profiles p"
            " ON p.profile = m.profile LEFT JOIN identities i ON i.id = p.identity_id"
            " WHERE i.id IS NULL"
        )
        wrong = store.rows(
            "SELECT i.id FROM identities i LEFT JOIN identity_profiles p ON p.identity_id = i.id"
            " LEFT JOIN identity_entities m ON m.profile = p.profile"
            " GROUP BY i.id, i.entities HAVING COUNT(m.entity_id) <> i.entities"
        )
    assert not lost, lost
    assert not wrong, wrong


def main(address: str, kills: int) -> None:
    # each process would import them anew
    for module in ("pandas", "pyarrow.dataset", *WRITERS):
        __import__(module)
    wanted = [told(partial(expected, number)) for number in range(2)]
    assert child(lambda: load(records(1), address)) == 0
    assert child(partial(link, address)) == 0
    assert child(lambda: load(records(0), address)) == 0
    linking = partial(link, address, batch=BATCH)
    calls = int(told(partial(watched, linking, "archive")))
    died = 0
    for number in range(1, kills + 1):
        assert child(lambda: load(records(number), address)) == 0  # noqa: B023 - called at once
        at = number * calls // (kills + 1)
        died += was_killed(child(partial(watched, linking, "archive", at)))
        assert child(partial(check, address)) == 0, f"after kill {number} of {kills}"
        assert child(partial(link, address)) == 0
        assert told(partial(states, address)) == wanted[number % 2]
    print(f"died {died} of {kills} times")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
