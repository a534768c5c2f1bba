"""``pipeline link``: say which entities of different articles are the same one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.errors import INTERRUPTED, OK, LinkFailed

if TYPE_CHECKING:
    from pipeline.database.linking import Tally

database = click.option(
    "--to",
    "address",
    required=True,
    metavar="URL",
    help="Database of records: sqlite:///FILE, postgresql://… or duckdb:///FILE.",
)


@click.command(no_args_is_help=True)
@database
@click.option(
    "--known",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Your own list of people, JSONL or TSV with id, names, roles and dates.",
)
@options.quiet_and_verbose
def link(address: str, known: Path | None, quiet: bool, verbose: int) -> int:
    """Find the same person, organisation or place in all articles.

    It reads the articles that were loaded since the last time, and gives each entity an identity:
    see the tables identities and identity_members. The result is the same for the same articles,
    whether they are linked at once or night by night. Decisions of people are never overruled. To
    finish an interrupted run, repeat the command.

    \b
    pipeline link --to sqlite:///news.db
    pipeline link --to postgresql://me@localhost/news --known people.jsonl
    """
    options.set_up_logging(verbose)
    try:
        tally = linked(address, known)
    except KeyboardInterrupt:
        tell("interrupted: linked articles are kept; link again to continue")
        return INTERRUPTED
    if not quiet:
        tell(summary(tally))
    return OK


def linked(address: str, known: Path | None = None) -> Tally:
    """Link what changed in a database."""
    from pipeline.database import known as lists
    from pipeline.database.access import opened
    from pipeline.database.linking import link as run

    if known is not None:
        rows = list(lists.read_known(known))
        with opened(address, failure=LinkFailed) as store:
            lists.seed(store, rows)
    return run(address)


def summary(tally: Tally) -> str:
    """Return the summary line.

    >>> from pipeline.database.linking import Tally
    >>> summary(Tally(1200, 1, 3))
    '1,200 articles linked: 1 identity, 3 pairs to review'
    """
    return (
        f"{plural(tally.articles, 'articles')} linked: {plural(tally.identities, 'identities')},"
        f" {plural(tally.candidates, 'pairs')} to review"
    )
