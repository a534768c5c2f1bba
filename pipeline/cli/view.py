"""``pipeline view``: show records as one HTML page, in a file or served with a review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.documents import default_out, put, refuse_own_input
from pipeline.cli.records import STDIO, parts, records
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.errors import INTERRUPTED, OK, ExtraMissing, UsageError

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

CORRECTIONS = "corrections.jsonl"
PORT = 8000


@click.command(no_args_is_help=True, short_help="Show records as an HTML page.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-o", "--out", metavar="OUT", help="Output file, or - for stdout. [default: out/NAME.html]"
)
@click.option("--force", is_flag=True, help="Replace OUT if it exists and is different.")
@click.option(
    "--database",
    metavar="URL",
    help="Show the identities of a database that pipeline link has filled.",
)
@click.option(
    "--serve", is_flag=True, help="Serve the page with a review and an API (extra serve)."
)
@click.option("--host", metavar="HOST", help="Address to listen on. [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help=f"Port to listen on; 0 takes any free port. [default: {PORT}]",
)
@click.option(
    "--corrections",
    metavar="FILE",
    help=f"File to which corrections are appended. [default: {CORRECTIONS} next to the records]",
)
@click.option("--reviewer", metavar="NAME", help="Name of the reviewer. [default: your user name]")
@options.config
@options.quiet_and_verbose
def view(
    files: tuple[str, ...],
    out: str | None,
    force: bool,
    database: str | None,
    serve: bool,
    host: str | None,
    port: int | None,
    corrections: str | None,
    reviewer: str | None,
    config: str | None,
    quiet: bool,
    verbose: int,
) -> int:
    """Show records as an HTML page.

    FILE is a file of records, the folder of a run, or - for stdin. The page is a single file that
    opens in any browser. It shows one article with all its findings, or several articles with an
    index, their speakers, and their figures over time. With --database, it also has a card for each
    person, organisation and place that they name.

    With --serve, the page is served over HTTP, by default only to this machine. Reviewers can
    accept, reject and edit findings there; evaluate, train and correct read their corrections. With
    --database, they can also merge and split identities. GET /openapi.json describes the API.

    \b
    pipeline view out/news.jsonl
    pipeline view out/RUN -o page.html --database sqlite:///news.db
    pipeline view out/RUN --serve
    """
    options.set_up_logging(verbose)
    if serve:
        _refuse(serve, ("--out", out), ("--force", force))
        return _serve(
            files,
            host=host or "127.0.0.1",
            port=PORT if port is None else port,
            corrections=corrections or str(_beside(files) / CORRECTIONS),
            reviewer=reviewer,
            database=database,
            config=config,
            quiet=quiet,
        )
    _refuse(
        serve,
        ("--host", host),
        ("--port", port),
        ("--corrections", corrections),
        ("--reviewer", reviewer),
        ("--config", config),
    )
    out = out or default_out(files)
    refuse_own_input(files, out)
    count = write_page(records(files), out, force=force, database=database)
    if not quiet:
        place = "" if out == STDIO else f": {out}"
        tell(f"page of {plural(count, 'records')}{place}")
    return OK


def write_page(
    records: Iterable[ArticleRecord], out: str, *, force: bool, database: str | None = None
) -> int:
    """Write the page of records to a file, or to stdout for ``-``; return the number of records.

    ``database``: the address of the identities that it shows. Raises ``OutputExists`` if there is
    another page already, unless ``force`` is set, and what ``opened`` of a database raises.
    """
    from pipeline.report.page import page

    count = 0

    def counted() -> Iterator[ArticleRecord]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    if database is None:
        put(page(counted()), out, force=force)
        return count
    from pipeline.database.access import opened
    from pipeline.database.cards import cards

    with opened(database, reading=True) as store, store.transaction():
        put(page(counted(), partial(cards, store)), out, force=force)
    return count


def _refuse(serve: bool, *given: tuple[str, object]) -> None:
    """Raise ``UsageError`` for an option that has no effect with ``--serve``, or without it."""
    for name, value in given:
        if value is not None and value is not False:
            message = f"{name} cannot be used with --serve" if serve else f"{name} needs --serve"
            raise UsageError(message, hint="see pipeline view --help")


def _beside(files: tuple[str, ...]) -> Path:
    """Return the folder of the records: a run's own, or that of the first file."""
    first = Path(files[0])
    return first if first.is_dir() else first.parent


def _serve(
    files: tuple[str, ...],
    *,
    host: str,
    port: int,
    corrections: str,
    reviewer: str | None,
    database: str | None,
    config: str | None,
    quiet: bool,
) -> int:
    if STDIO in files:
        hint = "write the records to a file first: the server reads them again on each request"
        raise UsageError("stdin cannot be served", hint=hint)
    paths = [path for name in files for path in parts(name)]
    settings = options.settings_of(config)
    try:
        from pipeline.serve import listening
        from pipeline.serve.app import LOCAL, application
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[serve]'"
        raise ExtraMissing("--serve needs FastAPI and uvicorn", hint=hint) from error
    from pipeline.serve.catalogue import Catalogue
    from pipeline.serve.extraction import Worker
    from pipeline.serve.identities import Identities
    from pipeline.serve.journal import Journal

    with listening.bound(host, port) as listener:
        journal = Journal(corrections, who=reviewer)
        catalogue = Catalogue(paths)
        worker = Worker(settings)
        identities = Identities(database, catalogue, journal) if database else None
        names = (*LOCAL, host)
        app = application(catalogue, worker, journal, settings, identities, names=names)
        if not quiet:
            tell(f"{plural(len(catalogue), 'records')}: {listening.address(listener)}")
            tell(f"corrections: {corrections}; press Ctrl-C to stop")
            if not listening.is_local(listener):
                tell("anyone who can reach this address can read and correct the records")
        # if the shell ignores Ctrl-C, there is no exception
        with suppress(KeyboardInterrupt):
            listening.Server(app, worker.stop).run(sockets=[listener])
    if not quiet:
        tell("stopped")
    return INTERRUPTED
