"""Run on Ray, on a cluster or on this machine (extra ``ray``).

Only shards and receipts are sent: a worker reads its articles and commits its part itself. So the
input and the run must be in an object store, or in folders that every machine has under the same
path, and the package must be installed on each.

A worker on Ray is an actor with its own models. Ray's own restarts of actors and retries of tasks
are switched off: the driver deals with a lost shard (``runs.batch``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.batch.executors import Crew, Worker, at_work
from pipeline.batch.process import work
from pipeline.batch.store import store_at
from pipeline.errors import EngineUnavailable, PipelineError, needing

if TYPE_CHECKING:
    from pipeline.batch.commit import Receipt
    from pipeline.batch.plan import Job, Shard
    from pipeline.records.schema import Provenance


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
