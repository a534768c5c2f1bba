"""``pipeline copies``: find what the articles of a database share."""

from __future__ import annotations

import click

from pipeline.cli import listing, options
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.errors import INTERRUPTED, OK


@click.command(no_args_is_help=True)
@listing.address
@options.quiet_and_verbose
def copies(address: str, quiet: bool, verbose: int) -> int:
    """Find copies, repeated quotations and series of figures.

    Run it after pipeline load. It reads only articles that are new or were replaced since the last
    time, and fills the views v_stories, v_said and v_series. An interrupted run resumes. Needs the
    extra link.

    \b
    pipeline copies --to sqlite:///news.db
    """
    options.set_up_logging(verbose)
    from pipeline.database import following

    try:
        number = following.follow(address)
    except KeyboardInterrupt:
        tell("interrupted: repeat the command to continue")
        return INTERRUPTED
    if not quiet:
        counts = following.counts(address)
        tell(f"{plural(number, 'articles')} read")
        tell(
            f"{plural(counts.articles, 'articles')}: {plural(counts.stories, 'stories')},"
            f" {plural(counts.copies, 'copies')}, {plural(counts.updates, 'updates')}"
        )
        tell(
            f"{plural(counts.said, 'quotations')}: {counts.repeated:,} in several articles,"
            f" {counts.disputed:,} given to several speakers"
        )
    return OK
