"""``pipeline retry``: process the dead letters of a run again."""

from __future__ import annotations

from dataclasses import replace

import click

from pipeline.cli import options
from pipeline.cli.batch import Engine, carry_out, crew
from pipeline.cli.runreport import LogFormat, RunReport, told_as_logged


@click.command(no_args_is_help=True, short_help="Retry the articles that failed in a run.")
@click.argument("run_folder", metavar="RUN")
@options.engine
@click.option("--max-bytes", type=int, metavar="N", help="Refuse articles of more than N bytes.")
@options.max_seconds
@options.log_format
@options.config
@options.quiet_and_verbose
@told_as_logged
def retry(
    run_folder: str,
    workers: int | None,
    engine: Engine,
    address: str | None,
    max_bytes: int | None,
    max_seconds: int | None,
    log_format: LogFormat,
    config: str | None,
    quiet: bool,
    verbose: int,
) -> int:
    """Retry the articles that failed in the run RUN, with other limits if you like.

    New records are added to the run in their original places. Settings that affect records are
    those of the run.

    \b
    pipeline retry out/news --max-bytes 8000000
    """
    limits = options.settings_of(config, max_bytes=max_bytes, max_seconds=max_seconds)
    options.set_up_logging(verbose, log_format)

    from pipeline.readers.files import check
    from pipeline.runs.batch import Batch
    from pipeline.runs.folder import find_run, open_run

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
