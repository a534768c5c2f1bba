"""``pipeline view``: records as one HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.documents import default_out, put, refuse_own_input
from pipeline.cli.records import STDIO, records
from pipeline.cli.table import plural

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord


@click.command(no_args_is_help=True, short_help="Show records as a page for any browser.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--out", metavar="OUT", help="File of the page, or - for stdout.")
@click.option("--force", is_flag=True, help="Replace OUT if it holds something else.")
@options.quiet_and_verbose
def view(files: tuple[str, ...], out: str | None, force: bool, quiet: bool, verbose: int) -> None:
    """Show records as a page that opens in any browser and needs nothing else.

    FILE is JSONL as extract writes it, the folder of a run, or - for stdin. One article is shown
    with all that was found in it; several get an index, their speakers and their figures over time.

    \b
    pipeline view out/news.jsonl
    pipeline view out/RUN -o page.html
    """
    options.set_up_logging(verbose)
    out = out or default_out(files)
    refuse_own_input(files, out)
    count = write_page(records(files), out, force=force)
    if not quiet:
        place = "" if out == STDIO else f": {out}"
        click.echo(f"page of {plural(count, 'records')}{place}", err=True)


def write_page(records: Iterable[ArticleRecord], out: str, *, force: bool) -> int:
    """Write the page of records to a file, or to stdout for ``-``; return how many there were.

    Raises ``OutputExists`` where there is another page already, unless ``force`` is set.
    """
    from pipeline.report.page import page

    count = 0

    def counted() -> Iterator[ArticleRecord]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    put(page(counted()), out, force=force)
    return count
