"""``pipeline view``, ``serve``, ``report`` and ``mcp``: records as pages, and tools for agents."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.files import OUT_FOLDER, STDIO, default_out, parts, put, records, refuse_own_input
from pipeline.cli.screen import tell
from pipeline.errors import INTERRUPTED, OK, UsageError, needing
from pipeline.settings import load_settings
from pipeline.text.words import plural

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

CORRECTIONS = "corrections.jsonl"
PORT = 8000
MEANT_FOR = 2000
"""Articles in one page: a browser opens it within a second, and its file has about 30 MB."""


identities = options.database(
    "--database", "Show the identities of a database that pipeline link has filled."
)


@click.command(no_args_is_help=True, short_help="Show records as an HTML page.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-o", "--out", metavar="OUT", help="Output file, or - for stdout. [default: out/NAME.html]"
)
@click.option("--force", is_flag=True, help="Replace OUT if it exists and is different.")
@identities
@options.messages
def view(
    files: tuple[str, ...], out: str | None, force: bool, address: str | None, quiet: bool
) -> None:
    """Show records as an HTML page.

    FILE is a file of records, the folder of a run, or - for stdin. The page is a single file that
    opens in any browser. It shows one article with all its findings, or several articles with an
    index, their speakers, and their figures over time. With --db, it also has a card for each
    person, organisation and place that they name. It is meant for up to 2,000 articles: for more,
    and to review records, use pipeline serve.

    \b
    pipeline view out/news.jsonl
    pipeline view out/RUN -o page.html --db sqlite:///news.db
    """
    out = out or default_out(files)
    refuse_own_input(files, out)
    count = write_page(records(files), out, force=force, database=address)
    if not quiet:
        place = "" if out == STDIO else f": {out}"
        tell(f"page of {plural(count, 'records')}{place}")
        if count > MEANT_FOR:
            tell(f"one file is meant for up to {MEANT_FOR:,} articles; pipeline serve shows more")


def write_page(
    records: Iterable[ArticleRecord], out: str, *, force: bool, database: str | None = None
) -> int:
    """Write the page of records to a file, or to stdout for ``-``; return the number of records.

    ``database``: the address of the identities that it shows. Raises ``OutputExists`` if there is
    another page already, unless ``force`` is set, and what ``opened`` of a database raises.
    """
    from pipeline.desk.pages.page import page

    count = 0

    def counted() -> Iterator[ArticleRecord]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    if database is None:
        put(page(counted()), out, force=force)
        return count
    from pipeline.archive.access import opened
    from pipeline.archive.identities import cards

    with opened(database, reading=True) as store, store.transaction():
        put(page(counted(), partial(cards, store)), out, force=force)
    return count


@click.command(no_args_is_help=True, short_help="Serve records for review (extra serve).")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@identities
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="Address to listen on. [default: 127.0.0.1]"
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
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
@options.messages
def serve(
    files: tuple[str, ...],
    address: str | None,
    host: str,
    port: int,
    corrections: str | None,
    reviewer: str | None,
    config: str | None,
    quiet: bool,
) -> int:
    """Serve the page of records with a review and an HTTP API, by default only to this machine.

    FILE is a file of records or the folder of a run. Reviewers can accept, reject and edit findings
    in a browser; evaluate, train and correct read their corrections. With --db, they can also merge
    and split identities. GET /openapi.json describes the API. Needs the extra serve.

    \b
    pipeline serve out/RUN
    pipeline serve out/RUN --db sqlite:///news.db --reviewer ann
    """
    if STDIO in files:
        hint = "write the records to a file first: the server reads them again on each request"
        raise UsageError("stdin cannot be served", hint=hint)
    first = Path(files[0])
    corrections = corrections or str((first if first.is_dir() else first.parent) / CORRECTIONS)
    paths = [path for name in files for path in parts(name)]
    settings = load_settings(file=config)
    with needing("serve", "pipeline serve needs FastAPI and uvicorn"):
        from pipeline.desk.server import connections
        from pipeline.desk.server.app import LOCAL, application
    from pipeline.desk.server.catalogue import Catalogue
    from pipeline.desk.server.extraction import Extraction
    from pipeline.desk.server.identities import Identities
    from pipeline.desk.server.review import Journal

    with connections.bound(host, port) as listener:
        journal = Journal(corrections, who=reviewer)
        catalogue = Catalogue(paths)
        worker = Extraction(settings)
        known = Identities(address, catalogue, journal) if address else None
        app = application(catalogue, worker, journal, settings, known, names=(*LOCAL, host))
        if not quiet:
            tell(f"{plural(len(catalogue), 'records')}: {connections.address(listener)}")
            tell(f"corrections: {corrections}; press Ctrl-C to stop")
            if not connections.is_local(listener):
                tell("anyone who can reach this address can read and correct the records")
        # if the shell ignores Ctrl-C, there is no exception
        with suppress(KeyboardInterrupt):
            connections.Server(app, worker.stop).run(sockets=[listener])
    if not quiet:
        tell("stopped")
    return INTERRUPTED


PAGE = "report.html"
ARTICLES = "articles.csv"
SOURCES = "sources.csv"


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="RUN|FILE...")
@click.option("-o", "--out", metavar="FOLDER", help="Output folder, created if necessary.")
@click.option("--force", is_flag=True, help="Replace a report that exists and is different.")
@options.messages
def report(files: tuple[str, ...], out: str | None, force: bool, quiet: bool) -> None:
    """Report which sources are quoted, and how much.

    RUN is the folder of a run, and FILE is a file of records, or - for stdin. The report consists
    of an HTML page, report.html, which links to the page of the articles, articles.html, and two
    tables: articles.csv with a row for each article, and sources.csv with a row for each source of
    each article. The report marks articles with a single source. Gender is only taken from pronouns
    and titles in the article.

    \b
    pipeline report out/RUN
    pipeline report out/news.jsonl -o reports/may
    """
    from pipeline.desk.pages import sourcing
    from pipeline.desk.pages.page import page

    folder = Path(out or default_folder(files))
    run = sourcing.RunSources()
    for place in (PAGE, sourcing.ARTICLES, ARTICLES, SOURCES):
        refuse_own_input(files, str(folder / place))

    def heard() -> Iterator[ArticleRecord]:
        for record in records(files):
            run.add(record)
            yield record

    put(page(heard()), str(folder / sourcing.ARTICLES), force=force)
    put(sourcing.page(run), str(folder / PAGE), force=force)
    put(sourcing.article_table(run), str(folder / ARTICLES), force=force)
    put(sourcing.source_table(run), str(folder / SOURCES), force=force)
    if not quiet:
        tell(f"report on {plural(len(run.articles), 'articles')}: {folder / PAGE}")


def default_folder(files: tuple[str, ...]) -> str:
    """Return the default folder of a report.

    >>> default_folder(("out/news.jsonl",))
    'out/news-report'
    """
    name = "stdin" if list(files) == [STDIO] else Path(default_out(files)).stem
    return f"{OUT_FOLDER}/{name}-report"


@click.command(short_help="Serve tools for agents over stdio (extra mcp).")
@options.database("--from", "Database to search: sqlite:///FILE, postgresql://… or duckdb:///FILE.")
@options.config
@options.messages
def mcp(address: str | None, config: str | None, quiet: bool) -> int:
    """Serve tools for agents with the Model Context Protocol over stdin and stdout.

    An agent starts this command and calls the tool extract. With --db, it can also search a
    database that pipeline load has filled: who_said, search_statements and series. The tools only
    read. Needs the extra mcp.

    \b
    pipeline mcp
    pipeline mcp --db sqlite:///news.db
    """
    settings = load_settings(file=config)
    with needing("mcp", "pipeline mcp needs the package mcp"):
        from pipeline.desk.server.agent import server
    from pipeline.archive import said
    from pipeline.desk.server.extraction import Extraction

    if address is not None:
        said.check(address)
    if sys.stdin.isatty() and not quiet:
        tell("waiting for an agent on stdin; press Ctrl-C to stop")
    # a thread of the server waits for stdin, which nothing else can interrupt; the process that
    # extracts ends with this one
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(INTERRUPTED))
    server(Extraction(settings), settings, address).run("stdio")
    return OK
