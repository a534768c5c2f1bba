"""``pipeline series``: print how a figure moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import listing, options
from pipeline.cli.listing import Column

if TYPE_CHECKING:
    from pipeline.database.series import Value


@click.command(no_args_is_help=True)
@listing.address
@click.option("--holder", metavar="NAME", help="Whose figure it is; all words of it in any order.")
@click.option("--measure", metavar="WORDS", help="What is measured; all words in any order.")
@click.option("--unit", metavar="UNIT", help="Unit as in the records: USD, %, km …")
@listing.formats
@options.quiet_and_verbose
def series(
    address: str,
    holder: str | None,
    measure: str | None,
    unit: str | None,
    as_json: bool,
    as_csv: bool,
    quiet: bool,
    verbose: int,
) -> None:
    """Print the values of a measure over time.

    They come from all articles of a database. Values are in one series if they have the same
    holder, measure and unit; holders are identities once pipeline link has run. Each is compared
    with the one before: a revision (same period, later article), a disagreement (another source),
    or a value of another period or scope. Copies of articles are left out.

    \b
    pipeline series --to sqlite:///news.db --holder "United States" --measure "trade deficit"
    """
    options.set_up_logging(verbose)
    from pipeline.database import series as search

    found = search.series(address, holder=holder, measure=measure, unit=unit)
    columns = (
        Column("Whose", [one.holder for one in found], 64),
        Column("What", [" ".join((one.measure, one.scope)).strip() for one in found]),
        Column("Period", [one.time_value or _published(one) for one in found], whole=True),
        Column("Value", [one.text for one in found], whole=True),
        Column("Source", [one.given_by for one in found], 80),
        Column("Article", [one.title or one.article_id for one in found], 100),
        Column("Relation", [one.relation for one in found], whole=True),
    )
    listing.show(search.Value._fields, found, columns, as_json=as_json, as_csv=as_csv)
    listing.warn_of_pending(address, quiet)


def _published(value: Value) -> str:
    """Return the day of publication, in brackets, for a figure without a time."""
    return f"({value.period_start})" if value.period_start else ""
