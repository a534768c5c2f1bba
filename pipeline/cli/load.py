"""``pipeline load``: load records into a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.link import linked as linked_in
from pipeline.cli.link import summary as link_summary
from pipeline.cli.records import records
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.errors import INTERRUPTED, OK, InputNotFound, UsageError

if TYPE_CHECKING:
    from pipeline.writers.loading import Tally


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="RUN|FILE...")
@click.option(
    "--to",
    "address",
    required=True,
    metavar="URL",
    help="Database: sqlite:///FILE, postgresql://…, duckdb:///FILE, or a folder NAME.parquet.",
)
@click.option(
    "--force", is_flag=True, help="Replace records of a newer pipeline with those of an older one."
)
@click.option(
    "--link",
    "linking",
    is_flag=True,
    help="Then find the same person in all articles: pipeline link.",
)
@options.quiet_and_verbose
def load(
    files: tuple[str, ...], address: str, force: bool, linking: bool, quiet: bool, verbose: int
) -> int:
    """Load records into a database.

    RUN is the folder of a finished run, and FILE is a file of records, or - for stdin. The tables
    are created if the database is empty. Loading twice has the same effect as loading once, and a
    different record of an article replaces the older one completely. To finish an interrupted load,
    repeat the command.

    \b
    pipeline load out/RUN --to sqlite:///news.db
    pipeline load out/RUN --to postgresql://me@localhost/news
    """
    options.set_up_logging(verbose)
    paths = list(_paths(files))
    from pipeline.writers import loading

    if linking and not loading.has_identities(address):
        raise UsageError("--link needs a database, not Parquet", hint="pipeline load --help")
    try:
        tally = loading.load(records(paths), address, force=force)
    except KeyboardInterrupt:
        tell("interrupted: stored articles are kept; load again to continue")
        return INTERRUPTED
    if not quiet:
        for line in summary(tally):
            tell(line)
    if linking:
        linked = linked_in(address)
        if not quiet:
            tell(link_summary(linked))
    return OK


def _paths(files: Sequence[str]) -> Iterator[str]:
    """Yield the files of records; for a run, its parts, of which there may be none.

    Raises ``InputNotFound`` for a folder that is not a run, or a run that is not finished, and
    ``RunDamaged`` for a run whose parts were changed.
    """
    from pipeline.readers.files import shown
    from pipeline.remote import folder_of, is_address
    from pipeline.runs.folder import SUCCESS, Run, find_run

    for name in map(folder_of, files):
        if not is_address(name) and not Path(name).is_dir():
            yield name
            continue
        run = find_run(name) if is_address(name) else Run(name)
        if not run.finished:
            hint = "finish it with pipeline batch, or give its files of records one by one"
            message = f"not a finished run: it contains no {SUCCESS}"
            raise InputNotFound(message, where=shown(name), hint=hint)
        parts = run.parts()
        yield from [name] if is_address(name) else (str(Path(name, part)) for part in parts)


def summary(tally: Tally) -> Iterator[str]:
    """Yield the summary lines of a load.

    >>> from pipeline.writers.loading import Tally
    >>> list(summary(Tally(new=1200, replaced=1, unchanged=0)))
    ['1,201 articles: 1,200 new, 1 replaced, 0 unchanged']
    """
    yield (
        f"{plural(sum(tally), 'articles')}: {tally.new:,} new, {tally.replaced:,} replaced,"
        f" {tally.unchanged:,} unchanged"
    )
    if tally.older:
        yield (
            f"{plural(tally.older, 'articles')} not replaced: the database has records of a newer"
            " pipeline (--force replaces them)"
        )
