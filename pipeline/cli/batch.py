"""``pipeline batch``, ``retry`` and ``status``: runs over many articles, resumed if interrupted."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import click

from pipeline.batch.commit import LAYERS
from pipeline.cli import options
from pipeline.cli.progress import RunReport, by_number, every_warning, told_as_logged, warning_lines
from pipeline.cli.screen import LogFormat, answer, emit, plain, tell
from pipeline.errors import INTERRUPTED, LOCKED, OK, SOME_FAILED, OutputExists, UsageError
from pipeline.settings import load_settings
from pipeline.text.words import plural

if TYPE_CHECKING:
    from pipeline.batch.batch import Batch
    from pipeline.batch.executors import Executor
    from pipeline.batch.folder import Run
    from pipeline.batch.plan import Job, Plan
    from pipeline.input import Format, Skipped

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(tell: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether to stop; ``tell`` is called when the signal arrives.

    A second signal ends the process immediately: committed parts are safe, the rest is repeated.
    """
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(INTERRUPTED)
        asked = True
        tell()

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


Engine = Literal["local", "ray"]


def crew(
    job: Job, workers: int | None, engine: Engine, address: str | None
) -> AbstractContextManager[Executor]:
    """Return the requested executor as a context; its workers end with the block."""
    from pipeline.storage import is_address

    number = workers or cpus()
    if address and engine == "local":
        raise UsageError("a local run has no address", hint="add --engine ray")
    if address and not is_address(job.folder) and not Path(job.folder).is_absolute():
        hint = "use paths that are the same on every machine of the cluster"
        raise UsageError("not an absolute path", where=job.folder, hint=hint)
    if engine == "local":
        from pipeline.batch.executors import at_work, processes

        return at_work(processes(job, number))
    from pipeline.batch.engines import on_ray

    return on_ray(job, number, address)


def cpus() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command(no_args_is_help=True)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--out",
    required=True,
    metavar="RUN",
    help="Folder or address of the run: s3://BUCKET/RUN (extra s3), gs://BUCKET/RUN (extra gs).",
)
@options.engine
@click.option(
    "--resume/--no-resume",
    default=True,
    help="Resume the run in RUN, or refuse a folder that contains a run. [default: resume]",
)
@click.option("--dry-run", is_flag=True, help="Only print the plan.")
@click.option(
    "--new-only",
    is_flag=True,
    help="Skip articles that other runs in the same folder have, by content.",
)
@click.option(
    "--since",
    multiple=True,
    metavar="RUN",
    help="Skip articles that this run has, or the runs in this folder. Repeatable.",
)
@click.option(
    "--shard-articles",
    type=click.IntRange(1, 256),
    default=64,
    show_default=True,
    metavar="N",
    help="Maximum number of articles per part.",
)
@click.option("--published", metavar="DATE", help="Date (YYYY-MM-DD) of articles without a date.")
@options.format_
@options.settings_flags()
@options.log_format
@options.config
@options.quiet_and_verbose
@told_as_logged
def batch(
    inputs: tuple[str, ...],
    out: str,
    workers: int | None,
    engine: Engine,
    address: str | None,
    resume: bool,
    dry_run: bool,
    new_only: bool,
    since: tuple[str, ...],
    shard_articles: int,
    published: str | None,
    format_: Format | None,
    log_format: LogFormat,
    config: str | None,
    quiet: bool,
    verbose: int,
    **flags: str | float | None,
) -> int:
    """Extract records from many articles into the folder RUN.

    INPUT is the same as for extract, but not stdin: files of text, JSON, CSV, HTML, news XML,
    feeds, web archives, PDF or Word documents, folders of these, globs, and https:// addresses,
    whose content is stored in RUN/fetched. To resume an
    interrupted run, repeat the command; the result has the same bytes.

    Articles that failed are listed in RUN/dead-letter.jsonl, and the exit code is then 1. It is
    also 1 if a stage failed on an article: its record lacks the findings of that stage, and has the
    warning W501. With --strict, such an article fails as well, and the exit code is 1 after any
    warning except W241, which says that a name was left open.

    The warnings of all records are counted at the end, with examples; status lists them.

    \b
    pipeline batch news/ -o out/news
    pipeline batch news/ -o out/nights/2025-05-01 --new-only --workers 4
    pipeline batch s3://news/2025 -o s3://news/runs/2025 --engine ray --address ray://head:10001
    pipeline status out/news
    pipeline retry out/news
    """
    settings = load_settings(file=config, flags=flags)
    options.set_up_logging(verbose, log_format)
    day = options.day_of(published) if published else None

    from pipeline.batch.batch import Batch, earlier_runs, plan
    from pipeline.batch.folder import Run, open_run
    from pipeline.batch.plan import Job
    from pipeline.input import Skipped
    from pipeline.storage import folder_of

    folder = folder_of(out)
    job = Job(folder=folder, settings=settings, format=format_, published=day)
    earlier = earlier_runs(since, beside=folder if new_only else None)
    # reports invalid paths before anything is written
    skipped = Skipped()
    planning = partial(
        plan, inputs, job, earlier=earlier, max_articles=shard_articles, skipped=skipped
    )
    planned = planning(fetching=not dry_run)
    if dry_run:
        _print_plan(Run(folder), planned, skipped, quiet)
        return OK
    report = RunReport(folder, log_format=log_format, quiet=quiet, verbose=verbose)
    with open_run(folder) as run:
        there = run.manifest() is not None
        if there and not resume:
            hint = "leave out --no-resume to resume it, or choose another folder"
            raise OutputExists("contains a run", where=out, hint=hint)
        if there:
            run.check_inputs(inputs)
            if run.finished:
                run.check_articles(planning(fetching=False))
        with crew(job, workers, engine, address) as executor:
            one = Batch(run, job, executor)
            if there:
                one.resume()
            else:
                one.begin(planned, inputs)
                report.skipped(skipped, planned)
            report.begin(run.progress(), "resumed" if there else "planned")
            return carry_out(one, report)


def carry_out(batch: Batch, report: RunReport, *, again: bool = False) -> int:
    """Work on a run until it is finished or interrupted, and return the exit code."""
    with stopping(report.stopping) as stopped:
        for receipt in batch.process(stopped, again=again):
            report.part(receipt)
        interrupted = stopped()
        progress = batch.run.progress() if interrupted else batch.run.finish()
    report.end(progress, interrupted=interrupted)
    if interrupted:
        return INTERRUPTED
    return OK if progress.well(strict=batch.job.settings.strict) else SOME_FAILED


def _print_plan(run: Run, plan: Plan, skipped: Skipped, quiet: bool) -> None:
    """Print the shards of a new run; for an existing run, those that are not finished."""
    if run.manifest() is not None:
        for shard, receipt in run.receipts():
            if receipt is None:
                answer(f"{shard.name}\t{len(shard.items)}")
        return
    for shard in plan:
        size = sum(item.size for item in shard.items)
        first, last = shard.items[0].where, shard.items[-1].where
        answer(f"{shard.name}\t{len(shard.items)}\t{size}\t{first}\t{last}")
    if not quiet:
        tell(
            f"{plural(plan.articles, 'articles')} in {plural(plan.shards, 'shards')}, "
            f"{plan.bytes:,} bytes · {plan.known:,} known from earlier runs, "
            f"{plan.repeats:,} repeated"
        )
        if left_out := str(skipped):
            tell(left_out)


@click.command(no_args_is_help=True, short_help="Retry the articles that failed in a run.")
@click.argument("run_folder", metavar="RUN")
@options.engine
@options.settings_flags("max_bytes", "max_seconds")
@options.log_format
@options.config
@options.quiet_and_verbose
@told_as_logged
def retry(
    run_folder: str,
    workers: int | None,
    engine: Engine,
    address: str | None,
    log_format: LogFormat,
    config: str | None,
    quiet: bool,
    verbose: int,
    **flags: int | None,
) -> int:
    """Retry the articles that failed in the run RUN, with other limits if you like.

    New records are added to the run in their original places. Settings that affect records are
    those of the run.

    \b
    pipeline retry out/news --max-bytes 8000000
    """
    limits = load_settings(file=config, flags=flags)
    options.set_up_logging(verbose, log_format)

    from pipeline.batch.batch import Batch
    from pipeline.batch.folder import find_run, open_run
    from pipeline.input.files import check

    find_run(run_folder)
    with open_run(run_folder) as run:
        job = run.job()
        check(
            run.inputs(), any_suffix=True
        )  # relative paths would not be found from another working directory
        settings = replace(job.settings, max_bytes=limits.max_bytes, max_seconds=limits.max_seconds)
        job = replace(job, settings=settings)
        report = RunReport(run.place, log_format=log_format, quiet=quiet, verbose=verbose)
        with crew(job, workers, engine, address) as executor:
            batch = Batch(run, job, executor)
            batch.resume()
            report.begin(run.progress(), "retried")
            return carry_out(batch, report, again=True)


@click.command(no_args_is_help=True)
@click.argument("run_folder", metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--warnings",
    "all_warnings",
    is_flag=True,
    help="Print every warning instead: its code, the article, the message.",
)
def status(run_folder: str, as_json: bool, all_warnings: bool) -> int:
    """Print the progress of the run in the folder RUN.

    The exit code is 0 if the run is finished, 1 if it is finished with dead letters or incomplete
    records, or with warnings in a run with --strict, and 75 if it is unfinished.

    \b
    pipeline status out/RUN
    pipeline status out/RUN --warnings | grep W211
    pipeline status out/RUN --json | jq .dead_letters
    """
    from pipeline.batch.folder import find_run

    run = find_run(run_folder)
    progress = run.progress()
    owner = run.store.holder()
    finished = run.finished and progress.complete
    state = "finished" if finished else "running" if owner else "unfinished"
    found: dict[str, Any] = {
        "run": run_folder,
        "state": state,
        "held_by": owner,
        "articles": progress.articles,
        "articles_done": progress.done_articles,
        "shards": progress.shards,
        "shards_done": progress.done_shards,
        "records": progress.counts["records"],
        "words": progress.counts["words"],
        **{layer: progress.counts[layer] for layer in LAYERS},
        "incomplete": progress.counts["incomplete"],
        "dead_letters": dict(by_number(progress.codes)),
    }
    if all_warnings:
        for one in run.warnings():
            cells = (one["code"], plain(one["article"]), plain(one["message"]))
            emit(json.dumps(one)) if as_json else answer("\t".join(cells))
    elif as_json:
        warnings = {code: one.shown() for code, one in progress.warnings.items()}
        emit(json.dumps(found | {"warnings": warnings}))
    else:
        for name, value in found.items():
            answer(f"{name.replace('_', ' '):14}{_shown(value)}")
        every = every_warning(run_folder)
        for line in warning_lines(progress.counts["warned"], progress.warnings, every):
            answer(line)
    if not finished:
        return LOCKED
    return OK if progress.well(strict=run.strict) else SOME_FAILED


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{code} {number:,}" for code, number in value.items()) or "none"
    if value is None:
        return "nobody"
    return f"{value:,}" if isinstance(value, int) else str(value)
