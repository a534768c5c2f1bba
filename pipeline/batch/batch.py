"""Run over many articles: plan → process → commit, and resume after an interruption.

A shard that lost its worker is cut into pieces: the article that the worker was processing, those
before it and those after it. If the article is not known, there are up to ``CUTS`` pieces of equal
size. Pieces are processed like any other shard, so that the other workers stay busy. An article
that kills a worker alone, after an earlier death that included it, becomes a dead letter. The
results of the pieces are joined into the part, which is the same byte for byte.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.batch.commit import Receipt, commit, part_name
from pipeline.batch.executors import Lost
from pipeline.batch.folder import Run, known_articles, runs_in
from pipeline.batch.plan import DEFAULT_ARTICLES, Job, Plan, Shard
from pipeline.batch.process import failed
from pipeline.batch.store import RESCUE, store_at, whole_and_parent
from pipeline.errors import NoRun, RunDamaged, RunDiffers, WorkerDied
from pipeline.input import InputItem
from pipeline.input.items import find_items
from pipeline.outcomes import Failure, joined

if TYPE_CHECKING:
    from pipeline.batch.executors import Executor
    from pipeline.batch.store import RunStore
    from pipeline.input import Skipped

FETCHED = "fetched"
"""The subfolder of a run with the bytes of each address of the web."""
CUTS = 8
"""Maximum number of pieces of a shard if the article that killed the worker is not known."""


@dataclass
class _Patient:
    """A shard that lost its worker."""

    shard: Shard
    waiting: int = 0
    """Number of unfinished pieces."""
    deaths: Counter[int] = field(default_factory=Counter)
    """Number of workers that died with an article, or with a piece that contains it, by index."""
    pieces: dict[int, Receipt | None] = field(default_factory=dict)
    """Finished pieces by the index of their first article; None for an article given up."""


class Rescue:
    """The shards of a run that lost their worker, and their pieces."""

    def __init__(self, job: Job, store: RunStore, fingerprint: str) -> None:
        self.job = job
        self.store = store
        self.fingerprint = fingerprint
        self._patients: dict[str, _Patient] = {}
        self._starts: dict[str, tuple[_Patient, int]] = {}
        self._waiting: deque[Shard] = deque()

    def take(self) -> Shard | None:
        """Return the next shard or piece to process again, if there is one."""
        return self._waiting.popleft() if self._waiting else None

    def lost(self, lost: Lost) -> Receipt | None:
        """Cut a lost shard; return the receipt of its shard if this completes it."""
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
        """Return the receipt of a shard; for a piece, only once its shard is complete."""
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
        warnings = joined((start, receipt.warnings) for start, receipt in pieces if receipt)

        def outcomes() -> Iterator[Failure | bytes]:
            store = self.store.below(RESCUE)
            for start, receipt in pieces:
                if receipt is None:
                    error = WorkerDied("the worker process died or hung with this article, twice")
                    yield failed(shard.items[start], self.job, error, stage="process")
                else:
                    yield from _outcomes(receipt, store)

        key = shard.key(self.fingerprint)
        whole = commit(self.store, shard.name, key, outcomes(), counts, warnings)
        del self._patients[shard.name]
        if not self._patients:  # otherwise the folder still has pieces of other shards
            self.store.remove_folder(RESCUE)
        return whole


def _cut(size: int, article: int | None) -> Iterator[range]:
    """Yield the ranges to cut a piece into, those most likely to kill a worker first.

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


def _outcomes(piece: Receipt, store: RunStore) -> Iterator[Failure | bytes]:
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


Stopped = Callable[[], bool]


def plan(
    inputs: Iterable[str],
    job: Job,
    *,
    earlier: Iterable[Run] = (),
    max_articles: int = DEFAULT_ARTICLES,
    skipped: Skipped | None = None,
    fetching: bool = True,
) -> Plan:
    """Return the plan of a run over inputs, without the articles of ``earlier`` runs.

    The outputs of this run and of the earlier ones are not read as input. Other files that are left
    out are counted in ``skipped`` while the plan is iterated. What is at an address of the web is
    stored in the run, unless ``fetching`` is false. Raises what ``find_items`` raises.
    """
    earlier = list(earlier)
    written = [job.folder, *(run.place for run in earlier)]
    items: Iterator[InputItem] = find_items(
        inputs,
        job.settings,
        format=job.format,
        skip_folders=written,
        skipped=skipped,
        keep=partial(_keep, job.folder) if fetching else None,
    )
    return Plan(items, job, known=known_articles(earlier), max_articles=max_articles)


def _keep(folder: str, data: bytes) -> str:
    """Store what was fetched in a run, by its checksum, and return where."""
    name = f"{FETCHED}/{hashlib.sha256(data).hexdigest()}"
    store_at(folder).put(name, [data])
    return f"{folder}/{name}"


def earlier_runs(since: Iterable[str], *, beside: str | None = None) -> list[Run]:
    """Return the runs at the given paths, in folders at those paths, and next to a new run.

    Raises ``NoRun`` for a path that is not a folder.
    """
    runs = [run for folder in since for run in runs_in(folder)]
    if beside is not None:
        folder, parent = whole_and_parent(beside)
        with suppress(NoRun):  # the first run makes the folder
            runs += runs_in(parent)
        runs = [run for run in runs if whole_and_parent(run.place)[0] != folder]
    return runs


class Batch:
    """A run and the executor that works on it."""

    def __init__(self, run: Run, job: Job, executor: Executor) -> None:
        self.run = run
        self.job = job
        self.executor = executor
        self.provenance = executor.provenance()
        self.fingerprint = job.fingerprint(self.provenance)

    def begin(self, plan: Plan, inputs: Iterable[str]) -> None:
        """Write the plan of a new run."""
        self.run.begin(plan, self.job, self.provenance, inputs)

    def resume(self) -> None:
        """Check that the existing run has the same job and inputs; raise ``RunDiffers``."""
        self.run.check(self.job, self.provenance)

    def process(self, stopped: Stopped, *, again: bool = False) -> Iterator[Receipt]:
        """Work on the unfinished shards and yield the receipt of each part as it is committed.

        With ``again``, dead letters are retried after that. No further shard is started once
        ``stopped`` returns true.
        """
        waiting = self.run.waiting(self.fingerprint)
        if again:
            waiting = chain(waiting, list(self.run.failed(self.fingerprint)))
        rescue = Rescue(self.job, self.run.store, self.fingerprint)
        keys: dict[str, str] = {}
        begun = False

        def take() -> Shard | None:
            nonlocal begun
            shard = None if stopped() else rescue.take() or next(waiting, None)
            if shard is not None:
                self.run.still_ours()
                if not begun:  # once there is something to do, the run is no longer finished
                    self.run.reopen()
                begun = True
                # the key that the receipt must match
                keys[shard.name] = shard.key(self.fingerprint)
            return shard

        for outcome in self.executor.run(take):
            if isinstance(outcome, Lost):
                receipt = rescue.lost(outcome)
            elif outcome.key == keys.pop(outcome.name):
                receipt = rescue.done(outcome)
            else:
                raise RunDiffers("a worker has other models", where=outcome.name)
            if receipt is not None:
                yield receipt
