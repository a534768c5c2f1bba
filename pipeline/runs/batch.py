"""Run over many articles: plan → process → commit, and resume after an interruption."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.errors import NoRun, RunDiffers
from pipeline.readers.items import find_items
from pipeline.runs.executors import Lost
from pipeline.runs.folder import Run, known_articles, runs_in
from pipeline.runs.plan import DEFAULT_ARTICLES, Plan
from pipeline.runs.rescue import Rescue
from pipeline.runs.stores import whole_and_parent

if TYPE_CHECKING:
    from pipeline.readers import Item, Skipped
    from pipeline.runs.commit import Receipt
    from pipeline.runs.executors import Executor
    from pipeline.runs.job import Job
    from pipeline.runs.plan import Shard

Stopped = Callable[[], bool]


def plan(
    inputs: Iterable[str],
    job: Job,
    *,
    earlier: Iterable[Run] = (),
    max_articles: int = DEFAULT_ARTICLES,
    skipped: Skipped | None = None,
) -> Plan:
    """Return the plan of a run over inputs, without the articles of ``earlier`` runs.

    The outputs of this run and of the earlier ones are not read as input. Other files that are left
    out are counted in ``skipped`` while the plan is iterated. Raises what ``find_items`` raises.
    """
    earlier = list(earlier)
    written = [job.folder, *(run.place for run in earlier)]
    items: Iterator[Item] = find_items(
        inputs, job.settings, format=job.format, skip_folders=written, skipped=skipped
    )
    return Plan(items, job, known=known_articles(earlier), max_articles=max_articles)


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
