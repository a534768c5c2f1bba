"""``pipeline view``: records as one HTML page."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.records import STDIO, records
from pipeline.cli.table import plural
from pipeline.errors import OutputNotCreated, ReaderGone, WriteFailed

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

OUT_FOLDER = "out"


@click.command(no_args_is_help=True)
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


def default_out(files: Sequence[str]) -> str:
    """Return where the page goes by default: named for the records, several ones for none.

    >>> default_out(["out/news.jsonl"]), default_out(["a.jsonl", "b.jsonl"])
    ('out/news.html', 'out/records.html')
    """
    name = "records"
    if len(files) == 1:
        path = Path(files[0])
        name = "stdin" if files[0] == STDIO else path.resolve().name if path.is_dir() else path.stem
    return f"{OUT_FOLDER}/{name or 'records'}.html"


def refuse_own_input(files: Iterable[str], out: str) -> None:
    """Raise ``OutputNotCreated`` where a file would be read and replaced at once."""
    for path in files:
        with suppress(OSError, ValueError):
            if STDIO not in (path, out) and Path(path).samefile(out) and not Path(out).is_dir():
                raise OutputNotCreated("is the input as well", where=out, hint="write elsewhere")


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


def put(parts: Iterable[str], out: str, *, force: bool) -> None:
    """Write a document to a file that is there whole or not at all, or to stdout for ``-``."""
    if out == STDIO:
        _stream(parts)
        return
    from pipeline.writers.files import NewFile

    file = NewFile(out, force=force)
    placed = False
    try:
        for part in parts:
            file.write(part.encode("utf-8"))
        file.commit()
        placed = True
    finally:
        if not placed:
            file.abort()


def _stream(parts: Iterable[str]) -> None:
    try:
        for part in parts:
            sys.stdout.buffer.write(part.encode("utf-8"))
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderGone("nobody reads stdout any more") from error
    except OSError as error:
        raise WriteFailed(error.strerror or str(error), where="stdout", hint="") from error
