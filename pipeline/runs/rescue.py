"""Find the article that kills its worker, and make the part of its shard without it.

The shard is worked on once more, by a worker of its own. If that dies too, each half is, and so on
down to single articles: one that dies alone is a dead letter. What the pieces gave is put together
to the part, byte for byte what it would have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import RunDamaged, WorkerDied
from pipeline.outcomes import Failure
from pipeline.runs.commit import Receipt, commit, part_name
from pipeline.runs.executors import Lost, Worker
from pipeline.runs.store import RESCUE
from pipeline.runs.work import failed

if TYPE_CHECKING:
    from pipeline.runs.job import Job
    from pipeline.runs.plan import Shard
    from pipeline.runs.store import Store


def rescue(
    shard: Shard, job: Job, store: Store, fingerprint: str, hire: Callable[[Job], Worker]
) -> Receipt:
    """Commit the part of a shard that lost its worker, and return the receipt.

    ``hire`` gives a worker for a job. Raises what is a problem of the run.
    """
    aside = replace(job, folder=f"{job.folder}/{RESCUE}")
    worker = hire(aside)
    try:
        pieces = list(_pieces(shard._replace(again=False), worker))
    finally:
        worker.close()
    pieces_store = store.below(RESCUE)
    counts: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, Receipt):
            counts.update(piece.counts)

    def outcomes() -> Iterator[Failure | bytes]:
        for piece in pieces:
            if isinstance(piece, Lost):
                error = WorkerDied("the worker process died with this article, twice")
                yield failed(piece.shard.items[0], job, error, stage="process")
            else:
                yield from _outcomes(piece, pieces_store)

    receipt = commit(store, shard.name, shard.key(fingerprint), outcomes(), counts)
    store.remove_folder(RESCUE)
    return receipt


def _pieces(shard: Shard, worker: Worker) -> Iterator[Receipt | Lost]:
    """Yield the receipts of the pieces that can be worked on, and the articles that cannot."""
    outcome = worker.result(worker.submit(shard), shard)
    if isinstance(outcome, Receipt) or len(shard.items) == 1:
        yield outcome
        return
    middle = len(shard.items) // 2
    for half, items in (("a", shard.items[:middle]), ("b", shard.items[middle:])):
        yield from _pieces(shard._replace(name=f"{shard.name}{half}", items=items), worker)


def _outcomes(piece: Receipt, store: Store) -> Iterator[Failure | bytes]:
    """Yield the outcomes of a piece in the order of its articles."""
    failures = dict(piece.failures)
    with store.open(part_name(piece.name)) as lines:
        for index in range(len(failures) + piece.counts.get("records", 0)):
            if index in failures:
                yield failures[index]
            elif line := lines.readline():
                yield line
            else:
                raise RunDamaged("ends too early", where=part_name(piece.name))
