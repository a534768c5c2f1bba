"""Who works on the shards: this process, or worker processes on this machine.

An executor takes shards and gives a receipt for each as it is committed, in any order. It takes a
shard only when somebody is free to work on it, so that a run that is told to stop ends its shards
by ending their iterator. Where a worker dies, its shard comes back as ``Lost``.
"""

from __future__ import annotations

import multiprocessing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipeline.errors import WorkerUnavailable
from pipeline.runs.driven import obey
from pipeline.runs.plan import Shard
from pipeline.runs.stores import store_at
from pipeline.runs.work import work

if TYPE_CHECKING:
    from pipeline.records.schema import Provenance
    from pipeline.runs.commit import Receipt
    from pipeline.runs.job import Extractor, Job
    from pipeline.runs.store import Store

STARTS = 3
"""So often a worker may die in a row while it loads the models."""


class Lost(NamedTuple):
    """A shard whose worker died."""

    shard: Shard


class Executor(Protocol):
    """Works on shards; raises what is a problem of the run, not of an article."""

    def provenance(self) -> Provenance:
        """Return what the records will be made by, as a worker has loaded it."""
        ...

    def run(self, shards: Iterable[Shard]) -> Iterator[Receipt | Lost]: ...

    def worker(self, job: Job) -> Worker:
        """Return one more worker, for a job of its own."""
        ...

    def close(self) -> None:
        """Let the workers end the shards that they have, and go."""
        ...


class Serial:
    """Work in this process, on one shard after the other."""

    def __init__(self, job: Job, store: Store | None = None) -> None:
        self.job = job
        self.store = store or store_at(job.folder)
        self._extract: Extractor | None = None

    def _extractor(self) -> Extractor:
        self._extract = self._extract or self.job.load(self.job.settings)
        return self._extract

    def provenance(self) -> Provenance:
        return self._extractor().provenance

    def run(self, shards: Iterable[Shard]) -> Iterator[Receipt | Lost]:
        for shard in shards:
            yield work(shard, self.job, self.store, self._extractor())

    def worker(self, job: Job) -> Worker:
        return ProcessWorker(job)

    def close(self) -> None:
        """Do nothing: there is no worker."""


class Crew:
    """Workers of one kind, each with models of its own and one shard at a time."""

    def __init__(self, job: Job, workers: int, kind: Callable[[Job], Worker]) -> None:
        self.worker = kind
        self.workers = [kind(job) for _ in range(workers)]

    def provenance(self) -> Provenance:
        return self.workers[0].provenance()

    def run(self, shards: Iterable[Shard]) -> Iterator[Receipt | Lost]:
        waiting = iter(shards)
        idle = list(reversed(self.workers))
        busy: dict[Future[Receipt], tuple[Worker, Shard]] = {}
        while True:
            while idle and (shard := next(waiting, None)):
                worker = idle.pop()
                busy[worker.submit(shard)] = worker, shard
            if not busy:
                return
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                worker, shard = busy.pop(future)
                idle.append(worker)
                yield worker.result(future, shard)

    def close(self) -> None:
        for worker in self.workers:
            worker.close()


class Worker(ABC):
    """One process, started when it is needed and started again when it died."""

    died: tuple[type[Exception], ...]
    """What a future raises whose process is no more."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._loaded: Future[Provenance] | None = None
        self._failed_starts = 0

    @abstractmethod
    def start(self) -> Future[Provenance]:
        """Start the process, and have it load the models."""

    @abstractmethod
    def send(self, shard: Shard) -> Future[Receipt]:
        """Have the process work on a shard."""

    @abstractmethod
    def end(self) -> None:
        """Let the process end what it has, and go."""

    def provenance(self) -> Provenance:
        """Return what the models of the process are; raise ``WorkerUnavailable`` if none is up."""
        while True:
            try:
                return self._running().result()
            except self.died:
                self._bury()

    def submit(self, shard: Shard) -> Future[Receipt]:
        while True:
            self._running()
            try:
                return self.send(shard)
            except self.died:  # while it had nothing to do
                self._bury()

    def result(self, future: Future[Receipt], shard: Shard) -> Receipt | Lost:
        """Return the receipt of what was submitted, or the shard if the process died."""
        try:
            return future.result()
        except self.died:
            self._bury()
            return Lost(shard)

    def close(self) -> None:
        if self._loaded is not None:
            self.end()
            self._loaded = None

    def _running(self) -> Future[Provenance]:
        self._loaded = self._loaded or self.start()
        return self._loaded

    def _bury(self) -> None:
        """Let go of a process that died; raise if it is one of several that never came up."""
        came_up = self._loaded is not None and self._loaded.done() and not self._loaded.exception()
        self._failed_starts = 0 if came_up else self._failed_starts + 1
        self.close()
        if self._failed_starts == STARTS:
            raise WorkerUnavailable("each worker died while it loaded the models")


class ProcessWorker(Worker):
    """A process of this machine: a pool of one, so that its death costs its own shard alone."""

    died = (BrokenProcessPool,)

    def start(self) -> Future[Provenance]:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            1, mp_context=context, initializer=_begin, initargs=(self.job,)
        )
        return self._pool.submit(_provenance)

    def send(self, shard: Shard) -> Future[Receipt]:
        return self._pool.submit(_work, shard)

    def end(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def processes(job: Job, workers: int) -> Crew:
    """Return an executor that works in so many processes of this machine."""
    return Crew(job, workers, ProcessWorker)


# What follows runs in a worker process.

_job: Job | None = None


def _begin(job: Job) -> None:
    global _job
    _job = job
    obey()


@cache
def _extractor() -> Extractor:
    assert _job is not None
    return _job.load(_job.settings)


def _provenance() -> Provenance:
    return _extractor().provenance


def _work(shard: Shard) -> Receipt:
    assert _job is not None
    return work(shard, _job, store_at(_job.folder), _extractor(), fatal=True)
