"""Run on Ray or Spark, on a cluster or on this machine (extras ``ray``, ``spark``).

Only shards and receipts are sent: a worker reads its articles and commits its part itself. So the
input and the run must be in an object store, or in folders that every machine has under the same
path, and the package must be installed on each.

A worker on Ray is an actor with its own models. Ray's own restarts of actors and retries of tasks
are switched off: the driver deals with a lost shard (``runs.batch``).

For Spark, shards are the rows of a frame, one to a partition, that ``mapInPandas`` processes; the
result has a row for each committed shard. Spark's Python workers keep their models between shards.
A Spark job ends only as a whole, so shards are handed out in rounds of a few per worker; a run can
be stopped between rounds. Spark retries failed tasks itself; a shard that still has no receipt
afterwards is lost. Its pieces are processed on the driver's machine, alongside the rounds: Spark
would keep retrying an article that kills its worker.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from pipeline import spark
from pipeline.errors import EngineUnavailable, PipelineError, by_code, needing
from pipeline.runs.commit import Receipt, committed, read_receipt
from pipeline.runs.executors import Crew, Lost, Take, Worker, at_work, processes
from pipeline.runs.plan import Shard
from pipeline.runs.process import work
from pipeline.runs.store import store_at

if TYPE_CHECKING:
    from pipeline.records.schema import Provenance
    from pipeline.runs.plan import Extractor, Job


@contextmanager
def on_ray(job: Job, workers: int, address: str | None = None) -> Iterator[Crew]:
    """Yield an executor with this many actors on a cluster; without an address, start one here.

    Raises ``ExtraMissing`` or ``EngineUnavailable``, also for more actors than there are cores,
    since the others would never start.
    """
    ray = _ray()
    here = {"address": "local", "num_cpus": workers}
    options: dict[str, Any] = {"address": address} if address else here
    try:
        ray.init(
            **options, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR
        )
    except (ConnectionError, RuntimeError, OSError, ValueError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        # if a server fails, it sends its traceback; the last line has the reason
        told = (lines[0], lines[-1]) if "Traceback" in str(error) else lines[:2]
        message = " ".join(told) or type(error).__name__
        hint = "check the address, and RAY_AUTH_MODE=token and RAY_AUTH_TOKEN if the cluster asks"
        hint = hint if address else "leave out --engine to work without Ray"
        raise EngineUnavailable(message, where=address or "ray", hint=hint) from error
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))
        if cores < workers:
            message = f"has {cores:,} cores, too few for {workers:,} workers"
            hint = f"run with --workers {cores}"
            raise EngineUnavailable(message, where=address or "ray", hint=hint)
        with at_work(Crew(job, workers, RayWorker)) as crew:
            yield crew
    finally:
        ray.shutdown()


class Actor:
    """The code that runs in the process of an actor."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def load(self) -> Provenance | PipelineError:
        try:
            self._store = store_at(self._job.folder)
            self._extract = self._job.load(self._job.settings)
        except PipelineError as error:
            return error
        return self._extract.provenance

    def work(self, shard: Shard) -> Receipt | PipelineError:
        # returned as a value: Ray wraps raised exceptions in its own
        try:
            return work(shard, self._job, self._store, self._extract, fatal=True)
        except PipelineError as error:
            return error


class RayWorker(Worker):
    """An actor that uses one core."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._ray = _ray()
        self.died = (self._ray.exceptions.RayActorError,)

    def start(self) -> Future[Provenance]:
        kind = self._ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(Actor)
        self._actor = kind.remote(self.job)
        return _raising(self._actor.load.remote().future())

    def send(self, shard: Shard) -> Future[Receipt]:
        return _raising(self._actor.work.remote(shard).future())

    def end(self) -> None:
        self._ray.kill(self._actor)


def _raising(future: Future[Any]) -> Future[Any]:
    """Return a future that raises the error that another future has as its value."""
    outcome: Future[Any] = Future()

    def settle(done: Future[Any]) -> None:
        error = done.exception()
        if error is None and isinstance(done.result(), PipelineError):
            error = done.result()
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(done.result())

    future.add_done_callback(settle)
    return outcome


def _ray() -> Any:
    with needing("ray", "the engine ray needs the package ray"):
        import ray
    return ray


ROUND = 4
"""Shards per worker in a round."""
SHARD = "name string, line binary, again boolean"
DONE = "name string, code string, message string, place string"


@contextmanager
def on_spark(job: Job, workers: int, address: str | None = None) -> Iterator[Spark]:
    """Yield an executor with this many Python workers; without an address, start a local Spark.

    Raises ``ExtraMissing`` or ``EngineUnavailable``.
    """
    one_by_one = {"spark.sql.execution.arrow.maxRecordsPerBatch": "1"}
    with (
        spark.session("pipeline batch", address, one_by_one, cores=workers) as session,
        at_work(processes(job, 1)) as aside,
    ):
        yield Spark(job, workers, session, aside)


class Spark:
    """An executor whose workers are those of a Spark session."""

    def __init__(self, job: Job, workers: int, session: Any, aside: Crew) -> None:
        self.job = job
        self.aside = aside
        self.workers = workers
        self.session = session
        self.store = store_at(job.folder)
        self._fingerprint = ""

    def provenance(self) -> Provenance:
        from pipeline.records.schema import Provenance

        job = self.job

        def ask(frames: Iterator[Any]) -> Iterator[Any]:
            import pandas

            for _ in frames:
                yield pandas.DataFrame({"line": [_extractor(job).provenance.model_dump_json()]})

        with spark.running():
            (row,) = self.session.range(1).mapInPandas(ask, "line string").collect()
        found = Provenance.model_validate_json(row["line"])
        self._fingerprint = job.fingerprint(found)
        return found

    def run(self, take: Take) -> Iterator[Receipt | Lost]:
        while batch := list(itertools.islice(iter(take, None), ROUND * self.workers)):
            pieces = iter([shard for shard in batch if shard.piece])
            shards = [shard for shard in batch if not shard.piece]
            with ThreadPoolExecutor(1) as beside:
                outcomes = beside.submit(self._round, shards)
                yield from self.aside.run(partial(next, pieces, None))
                yield from outcomes.result()

    def _round(self, shards: list[Shard]) -> list[Receipt | Lost]:
        if not shards:
            return []
        job = self.job

        def process(frames: Iterator[Any]) -> Iterator[Any]:
            import pandas

            for frame in frames:
                rows = zip(frame["line"], frame["again"], strict=True)
                done = [
                    _work(Shard.from_line(bytes(line)), bool(again), job) for line, again in rows
                ]
                yield pandas.DataFrame(done, columns=["name", "code", "message", "place"])

        rows = [(shard.name, shard.to_line(), shard.again) for shard in shards]
        frame = self.session.createDataFrame(
            self.session.sparkContext.parallelize(rows, len(rows)), SHARD
        )
        try:
            done = frame.mapInPandas(process, DONE).collect()
        except spark.failures():  # a task was given up
            done = []
        for row in done:
            if row["code"] is not None:
                raise by_code()[row["code"]](row["message"], where=row["place"])
        return [self._outcome(shard, done=bool(done)) for shard in shards]

    def _outcome(self, shard: Shard, *, done: bool) -> Receipt | Lost:
        """Return the receipt of a shard after a round that is ``done``, or was given up."""
        if done:
            receipt = read_receipt(self.store, shard.name)
        elif shard.again:  # it had a receipt before
            receipt = None
        else:
            receipt = committed(self.store, shard, self._fingerprint)
        return Lost(shard) if receipt is None else receipt


# The functions below run in a Python worker of Spark.


@cache
def _extractor(job: Job) -> Extractor:
    return job.load(job.settings)


def _work(shard: Shard, again: bool, job: Job) -> tuple[str, str | None, str | None, str | None]:
    """Work on a shard; errors of the run are returned, since Spark would retry the task."""
    try:
        work(shard._replace(again=again), job, store_at(job.folder), _extractor(job), fatal=True)
    except PipelineError as error:
        return shard.name, error.code, error.message, error.where
    return shard.name, None, None, None
