"""``pipeline view``: show records as one HTML page, in a file or served with a review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
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


@click.command(no_args_is_help=True, short_help="Show records as a page for any browser.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--out", metavar="OUT", help="File of the page, or - for stdout.")
@click.option("--force", is_flag=True, help="Replace OUT if it holds something else.")
@click.option("--serve", is_flag=True, help="Serve the page, a review and an API (extra serve).")
@click.option("--host", metavar="HOST", help="Address to serve at. [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help=f"Port to serve at; 0 takes a free one. [default: {PORT}]",
)
@click.option(
    "--corrections",
    metavar="FILE",
    help=f"What reviewers say is appended here. [default: {CORRECTIONS} beside the records]",
)
@click.option("--reviewer", metavar="NAME", help="Who reviews. [default: your user name]")
@options.config
@options.quiet_and_verbose
def view(
    files: tuple[str, ...],
    out: str | None,
    force: bool,
    serve: bool,
    host: str | None,
    port: int | None,
    corrections: str | None,
    reviewer: str | None,
    config: str | None,
    quiet: bool,
    verbose: int,
) -> int:
    """Show records as a page that opens in any browser and needs nothing else.

    FILE is JSONL as extract writes it, the folder of a run, or - for stdin. One article is shown
    with all that was found in it; several get an index, their speakers and their figures over time.

    With --serve the page comes over HTTP, to this machine alone. Findings can be accepted, rejected
    and mended there; evaluate and train take what reviewers said. GET /openapi.json describes the
    API.

    \b
    pipeline view out/news.jsonl
    pipeline view out/RUN -o page.html
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
    count = write_page(records(files), out, force=force)
    if not quiet:
        place = "" if out == STDIO else f": {out}"
        tell(f"page of {plural(count, 'records')}{place}")
    return OK


def write_page(records: Iterable[ArticleRecord], out: str, *, force: bool) -> int:
    """Write the page of records to a file, or to stdout for ``-``; return the number of records.

    Raises ``OutputExists`` if there is another page already, unless ``force`` is set.
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


def _refuse(serve: bool, *given: tuple[str, object]) -> None:
    """Raise ``UsageError`` for an option that has no effect with ``--serve``, or without it."""
    for name, value in given:
        if value is not None and value is not False:
            message = f"{name} does not go with --serve" if serve else f"{name} needs --serve"
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
    config: str | None,
    quiet: bool,
) -> int:
    if STDIO in files:
        hint = "write the records to a file first: they are read again when they are asked for"
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
    from pipeline.serve.journal import Journal

    with listening.bound(host, port) as listener:
        journal = Journal(corrections, who=reviewer)
        catalogue = Catalogue(paths)
        worker = Worker(settings)
        app = application(catalogue, worker, journal, settings, names=(*LOCAL, host))
        if not quiet:
            tell(f"{plural(len(catalogue), 'records')}: {listening.address(listener)}")
            tell(f"corrections: {corrections}; Ctrl-C ends")
            if not listening.is_local(listener):
                tell("whoever can reach this address can read and correct them")
        # if the shell ignores Ctrl-C, there is no exception
        with suppress(KeyboardInterrupt):
            listening.Server(app, worker.stop).run(sockets=[listener])
    if not quiet:
        tell("stopped")
    return INTERRUPTED
