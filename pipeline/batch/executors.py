"""Executors that work on shards: in this process, or in worker processes on this machine.

An executor asks for a shard whenever a worker is free, and yields a receipt for each shard as it is
committed, in any order. A run stops when no more shards are handed out. If a worker dies, its shard
comes back as ``Lost``. A worker that hangs is killed and treated the same way.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, MutableSequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pipeline.batch.plan import Shard
from pipeline.batch.process import grace, work
from pipeline.batch.store import store_at
from pipeline.errors import WorkerUnavailable

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from pipeline.batch.commit import Receipt
    from pipeline.batch.plan import Extractor, Job
    from pipeline.records.schema import Provenance

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def starting() -> Iterator[None]:
    """Start a process in this block that calls ``obey``.

    The new process inherits both signals blocked. They stay pending until it ignores them, so
    Ctrl-C prints no traceback while it imports its modules. In this process they stay pending
    until the block ends.
    """
    _start_tracker()  # starting it later would unblock the signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_tracker() -> None:
    """Start the process that removes what a killed driver leaves: shared memory and semaphores.

    It warns of "leaked" ones, although it has just removed them, on a stderr that may be a log in
    JSON. The next run needs no warning.
    """
    ignored = "ignore:resource_tracker"
    sys.warnoptions.append(ignored)  # the tracker gets the options of this process
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(ignored)


def obey() -> None:
    """Let the driver decide when this process ends.

    A terminal sends Ctrl-C to all processes together, and a service manager sends SIGTERM. This
    process ignores both and finishes its work. If the driver dies, this process ends as well.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        multiprocessing.connection.wait([driver.sentinel])
        os._exit(1)


STARTS = 3
"""How often in a row a worker may die while it loads the models."""
LOOK = 0.5
"""Seconds between checks of the workers."""
SLOWEST = 600.0
"""Seconds that a worker may take to load the models, or to commit a part."""
IDLE = 10.0
"""Seconds that an idle worker may take to exit."""

Take = Callable[[], Shard | None]
"""Returns the next shard to work on, or None if there is none now."""


class Lost(NamedTuple):
    """A shard whose worker died."""

    shard: Shard
    article: int | None = None
    """The index of the article that the worker was processing, if known."""
    begun: bool = True
    """False if the worker died while it loaded the models."""


class Executor(Protocol):
    """Works on shards; raises errors of the run, not of single articles."""

    def provenance(self) -> Provenance:
        """Return the provenance of the records, as loaded by a worker."""
        ...

    def run(self, take: Take) -> Iterator[Receipt | Lost]: ...


class Crew:
    """Workers of one kind, each with its own models and one shard at a time."""

    def __init__(self, job: Job, workers: int, kind: Callable[[Job], Worker]) -> None:
        self.workers = [kind(job) for _ in range(workers)]

    def provenance(self) -> Provenance:
        return self.workers[0].provenance()

    def run(self, take: Take) -> Iterator[Receipt | Lost]:
        idle = list(reversed(self.workers))
        busy: dict[Future[Receipt], tuple[Worker, Shard]] = {}
        while True:
            while idle and (shard := take()):
                worker = idle.pop()
                busy[worker.submit(shard)] = worker, shard
            if not busy:
                return
            for future in wait(busy, timeout=LOOK, return_when=FIRST_COMPLETED).done:
                worker, shard = busy.pop(future)
                idle.append(worker)
                yield worker.result(future, shard)
            for worker, _ in busy.values():
                if worker.hangs():
                    worker.kill()

    def close(self) -> None:
        """Let the workers finish their shards and exit."""
        for worker in self.workers:
            worker.close()

    def kill(self) -> None:
        """Kill the workers."""
        for worker in self.workers:
            worker.kill()


@contextmanager
def at_work(crew: Crew) -> Iterator[Crew]:
    """Yield a crew and close it at the end; on Ctrl-C, kill its workers."""
    try:
        yield crew
    except KeyboardInterrupt:
        crew.kill()
        raise
    finally:
        crew.close()


class Worker(ABC):
    """One process, started when it is needed and restarted when it has died."""

    died: tuple[type[Exception], ...]
    """What a future raises if its process has died."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._loaded: Future[Provenance] | None = None
        self._failed_starts = 0

    @abstractmethod
    def start(self) -> Future[Provenance]:
        """Start the process and let it load the models."""

    @abstractmethod
    def send(self, shard: Shard) -> Future[Receipt]:
        """Send a shard to the process."""

    @abstractmethod
    def end(self) -> None:
        """Let the process finish its work and exit."""

    def hangs(self) -> bool:
        """Return whether the process is known to make no progress."""
        return False

    def kill(self) -> None:
        """Kill the process."""
        self.close()

    def article(self) -> int | None:
        """Return the index of the article that the process is in, or died in, if known."""
        return None

    def provenance(self) -> Provenance:
        """Return the process's provenance; raise ``WorkerUnavailable`` if it is not running."""
        while True:
            try:
                return self._running().result(SLOWEST)
            except TimeoutError:
                self.kill()
                self._bury()
            except self.died:
                self._bury()

    def submit(self, shard: Shard) -> Future[Receipt]:
        while True:
            self._running()
            try:
                return self.send(shard)
            except self.died:  # while it was idle
                self._bury()

    def result(self, future: Future[Receipt], shard: Shard) -> Receipt | Lost:
        """Return the receipt of a submitted shard, or ``Lost`` if the process died."""
        try:
            return future.result()
        except self.died:
            article = self.article()
            return Lost(shard, article, begun=self._bury())

    def close(self) -> None:
        if self._loaded is not None:
            self.end()
            self._loaded = None

    def _running(self) -> Future[Provenance]:
        self._loaded = self._loaded or self.start()
        return self._loaded

    def _bury(self) -> bool:
        """Discard a process that died, and return whether it had finished starting.

        Raises ``WorkerUnavailable`` after ``STARTS`` failed starts in a row.
        """
        came_up = self._loaded is not None and self._loaded.done() and not self._loaded.exception()
        self._failed_starts = 0 if came_up else self._failed_starts + 1
        self.close()
        if self._failed_starts == STARTS:
            raise WorkerUnavailable("each worker died while it loaded the models")
        return came_up


Place = MutableSequence[float]
"""Progress of a worker: the index of its article, and the time that it began."""
NOTHING, BETWEEN = -2.0, -1.0
"""In place of an index: no shard; loading the models or committing a part."""


class ProcessWorker(Worker):
    """A process of this machine: a pool of one, so that its death costs only its own shard.

    The worker records in shared memory which article it is processing, and since when. From this
    the driver knows which article killed the worker, and notices a worker that is stopped or stuck.
    """

    died = (BrokenProcessPool,)

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._pool: ProcessPoolExecutor | None = None
        self._place: Place = [NOTHING, 0.0]

    def start(self) -> Future[Provenance]:
        context = multiprocessing.get_context("spawn")
        self._place = context.Array("d", [BETWEEN, time.monotonic()], lock=False)
        with starting():
            self._pool = ProcessPoolExecutor(
                1, mp_context=context, initializer=_begin, initargs=(self.job, self._place)
            )
            return self._pool.submit(_provenance)

    def send(self, shard: Shard) -> Future[Receipt]:
        assert self._pool is not None
        if self._running().done():
            self._place[:] = [BETWEEN, time.monotonic()]
        return self._pool.submit(_work, shard)

    def article(self) -> int | None:
        index = int(self._place[0])
        return index if index >= 0 else None

    def hangs(self) -> bool:
        at, since = self._place
        limit = SLOWEST
        if at == NOTHING:
            limit = IDLE
        elif at != BETWEEN:  # the process ends itself a moment earlier, unless it is stopped
            seconds = self.job.settings.max_seconds
            limit = seconds + grace(seconds) + LOOK
        return time.monotonic() - since > limit

    def kill(self) -> None:
        for process in self._processes():
            process.kill()

    def end(self) -> None:
        assert self._pool is not None
        processes = self._processes()
        manager: Any = self._pool._executor_manager_thread
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._place[0] == NOTHING:
            self._place[1] = time.monotonic()
        for process in processes:
            while not multiprocessing.connection.wait([process.sentinel], LOOK):
                if self.hangs():
                    process.kill()
        if manager is not None:  # if it closes its pipes while Python exits, errors are printed
            manager.join(LOOK)

    def _processes(self) -> list[BaseProcess]:
        # before Python 3.14 the pool has no method to kill its processes
        return list(((self._pool and self._pool._processes) or {}).values())


def processes(job: Job, workers: int) -> Crew:
    """Return an executor with this many worker processes on this machine."""
    return Crew(job, workers, ProcessWorker)


# The functions below run in a worker process.

_job: Job | None = None
_place: Place = [NOTHING, 0.0]


def _begin(job: Job, place: Place) -> None:
    global _job, _place
    obey()
    _job = job
    _place = place


@cache
def _extractor() -> Extractor:
    assert _job is not None
    return _job.load(_job.settings)


def _provenance() -> Provenance:
    made = _extractor().provenance
    _be_at(NOTHING)
    return made


def _work(shard: Shard) -> Receipt:
    assert _job is not None
    store = store_at(_job.folder)
    _be_at(BETWEEN)
    try:
        return work(shard, _job, store, _extractor(), fatal=True, enter=_enter)
    finally:
        _be_at(NOTHING)


def _enter(index: int | None) -> None:
    _be_at(BETWEEN if index is None else index)


def _be_at(place: float) -> None:
    _place[1] = time.monotonic()
    _place[0] = place
