"""Find the article that kills its worker, and make the part of its shard without it.

A shard that lost its worker is cut into pieces: the article that the worker was in, those before
it and those after it. If nobody knows the article, there are up to ``CUTS`` pieces of equal size.
The pieces are work like any other shard, so that the other workers stay busy. An article that dies
alone, and was there when a worker died before, is a dead letter. What the pieces gave is put
together to the part, byte for byte what it would have been.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import RunDamaged, WorkerDied
from pipeline.outcomes import Failure
from pipeline.runs.commit import Receipt, commit, part_name
from pipeline.runs.plan import Shard
from pipeline.runs.store import RESCUE
from pipeline.runs.work import failed

if TYPE_CHECKING:
    from pipeline.runs.executors import Lost
    from pipeline.runs.job import Job
    from pipeline.runs.store import Store

CUTS = 8
"""Pieces of a shard at most, where nobody knows the article that its worker was in."""


@dataclass
class _Patient:
    """A shard that lost its worker."""

    shard: Shard
    waiting: int = 0
    """Pieces that are not done yet."""
    deaths: Counter[int] = field(default_factory=Counter)
    """How many workers died with an article, or with a piece that holds it, by its index."""
    pieces: dict[int, Receipt | None] = field(default_factory=dict)
    """What is done, by the index of its first article; None for an article that is given up."""


class Rescue:
    """The shards of a run that lost their worker, and the pieces of them to work on."""

    def __init__(self, job: Job, store: Store, fingerprint: str) -> None:
        self.job = job
        self.store = store
        self.fingerprint = fingerprint
        self._patients: dict[str, _Patient] = {}
        self._starts: dict[str, tuple[_Patient, int]] = {}
        self._waiting: deque[Shard] = deque()

    def take(self) -> Shard | None:
        """Return a shard or a piece that has to be worked on again, if there is one."""
        return self._waiting.popleft() if self._waiting else None

    def lost(self, lost: Lost) -> Receipt | None:
        """Cut what was lost; return the receipt of its shard if that is all that was missing."""
        shard = lost.shard
        if not lost.begun:
            self._waiting.append(shard)
            return None
        if not shard.piece:
            self._patients[shard.name] = _Patient(shard._replace(again=False), waiting=1)
            self._starts[shard.name] = self._patients[shard.name], 0
        patient, start = self._starts.pop(shard.name)
        size = len(shard.items)
        known = range(size) if lost.article is None else range(lost.article, lost.article + 1)
        patient.deaths.update(start + at for at in known)
        patient.waiting -= 1
        if size == 1 and patient.deaths[start] > 1:
            patient.pieces[start] = None
        else:
            for piece in _cut(size, lost.article):
                self._admit(patient, range(start + piece.start, start + piece.stop))
        return self._discharge(patient)

    def done(self, receipt: Receipt) -> Receipt | None:
        """Return the receipt of a shard: of a piece, only with the last one of its shard."""
        if receipt.name not in self._starts:
            return receipt
        patient, start = self._starts.pop(receipt.name)
        patient.waiting -= 1
        patient.pieces[start] = receipt
        return self._discharge(patient)

    def _admit(self, patient: _Patient, articles: range) -> None:
        name = f"{patient.shard.name}-{articles.start}-{articles.stop}"
        items = patient.shard.items[articles.start : articles.stop]
        self._waiting.append(Shard(name, items, piece=True))
        self._starts[name] = patient, articles.start
        patient.waiting += 1

    def _discharge(self, patient: _Patient) -> Receipt | None:
        """Commit the part of a shard, once all its pieces are done."""
        if patient.waiting:
            return None
        shard, pieces = patient.shard, sorted(patient.pieces.items())
        counts: Counter[str] = Counter()
        for _, receipt in pieces:
            counts.update(receipt.counts if receipt else {})

        def outcomes() -> Iterator[Failure | bytes]:
            store = self.store.below(RESCUE)
            for start, receipt in pieces:
                if receipt is None:
                    error = WorkerDied("the worker process died or hung with this article, twice")
                    yield failed(shard.items[start], self.job, error, stage="process")
                else:
                    yield from _outcomes(receipt, store)

        key = shard.key(self.fingerprint)
        whole = commit(self.store, shard.name, key, outcomes(), counts)
        del self._patients[shard.name]
        if not self._patients:  # else others' pieces are in it
            self.store.remove_folder(RESCUE)
        return whole


def _cut(size: int, article: int | None) -> Iterator[range]:
    """Yield the ranges that a piece is cut into, those first that may kill a worker.

    >>> [(piece.start, piece.stop) for piece in _cut(64, 5)]
    [(5, 6), (6, 64), (0, 5)]
    >>> [(piece.start, piece.stop) for piece in _cut(9, None)]
    [(0, 2), (2, 4), (4, 6), (6, 8), (8, 9)]
    """
    if article is not None:
        pieces = [range(article, article + 1), range(article + 1, size), range(article)]
    else:
        step = -(-size // CUTS)
        pieces = [range(at, min(at + step, size)) for at in range(0, size, step)]
    yield from filter(len, pieces)


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
