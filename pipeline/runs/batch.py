"""A run over many articles: plan → process → commit, and on from wherever it was cut short."""

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
    """Return the plan of a run over inputs, without the articles that ``earlier`` runs have.

    What this run and those wrote is not input; what else is not is counted in ``skipped`` while the
    plan is iterated. Raises what ``find_items`` raises.
    """
    earlier = list(earlier)
    written = [job.folder, *(run.place for run in earlier)]
    items: Iterator[Item] = find_items(
        inputs, job.settings, format=job.format, skip_folders=written, skipped=skipped
    )
    return Plan(items, job, known=known_articles(earlier), max_articles=max_articles)


def earlier_runs(since: Iterable[str], *, beside: str | None = None) -> list[Run]:
    """Return the runs that are named, or stand in folders that are, or stand beside a new one.

    Raises ``NoRun`` for what is no folder.
    """
    runs = [run for folder in since for run in runs_in(folder)]
    if beside is not None:
        folder, parent = whole_and_parent(beside)
        with suppress(NoRun):  # the first one makes the folder
            runs += runs_in(parent)
        runs = [run for run in runs if whole_and_parent(run.place)[0] != folder]
    return runs


class Batch:
    """A run that is worked on by an executor."""

    def __init__(self, run: Run, job: Job, executor: Executor) -> None:
        self.run = run
        self.job = job
        self.executor = executor
        self.provenance = executor.provenance()
        self.fingerprint = job.fingerprint(self.provenance)

    def begin(self, plan: Plan, inputs: Iterable[str]) -> None:
        """Write down the plan of a new run."""
        self.run.begin(plan, self.job, self.provenance, inputs)

    def resume(self) -> None:
        """Check that the run that is there is the one that is meant; raise ``RunDiffers``."""
        self.run.check(self.job, self.provenance)

    def process(self, stopped: Stopped, *, again: bool = False) -> Iterator[Receipt]:
        """Work on what is not done yet, and yield the receipt of each part as it is committed.

        With ``again`` dead letters are tried again after that. Once ``stopped`` says so no shard is
        begun any more.
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
                if not begun:  # as soon as there is something to do, the run is not finished
                    self.run.reopen()
                begun = True
                # what its part has to be made of
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
