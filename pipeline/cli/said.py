"""``pipeline said``: print what somebody has said."""

from __future__ import annotations

import click

from pipeline.cli import listing, options
from pipeline.cli.listing import Column


@click.command(no_args_is_help=True)
@click.argument("speaker", metavar="NAME")
@listing.address
@click.option("--about", metavar="WORDS", help="Only statements that contain these words.")
@click.option("--since", metavar="DATE", help="Only articles published on this day or later.")
@click.option("--until", metavar="DATE", help="Only articles published on this day or earlier.")
@listing.formats
@options.quiet_and_verbose
def said(
    speaker: str,
    address: str,
    about: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
    as_csv: bool,
    quiet: bool,
    verbose: int,
) -> None:
    """Print what somebody has said in all articles.

    NAME is found in names that contain all of its words, and in the names of identities once
    pipeline link has run. A statement that several articles have is
    printed once, with the date and title of the earliest; "origins" is the number of articles
    without their copies. SQLite and PostgreSQL find other forms of the WORDS as well ("tariffs" for
    "tariff"), DuckDB finds them as parts of words.

    \b
    pipeline said "Jamieson Greer" --to sqlite:///news.db --about tariffs --since 2025-01-01
    """
    options.set_up_logging(verbose)
    from pipeline.database import said as search

    found = search.said(
        address,
        speaker,
        about=about,
        since=since and options.day_of(since, "--since"),
        until=until and options.day_of(until, "--until"),
    )
    columns = (
        Column("Date", [(one.published or "")[:10] for one in found], whole=True),
        Column("Who", [one.speaker for one in found], 80),
        Column("Statement", [one.statement for one in found]),
        Column("Article", [one.title or one.article_id for one in found], 80),
        Column("Outlets", [one.outlets for one in found], 100),
        Column("Origins", [one.origins for one in found], 64),
    )
    listing.show(search.Said._fields, found, columns, as_json=as_json, as_csv=as_csv)
    listing.warn_of_pending(address, quiet)
