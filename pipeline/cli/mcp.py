"""``pipeline mcp``: tools for agents over stdin and stdout."""

from __future__ import annotations

import os
import signal
import sys

import click

from pipeline.cli import options
from pipeline.cli.screen import tell
from pipeline.errors import INTERRUPTED, OK, ExtraMissing


@click.command(short_help="Serve tools for agents over stdio (extra mcp).")
@click.option(
    "--from",
    "address",
    metavar="URL",
    help="Database to search: sqlite:///FILE, postgresql://… or duckdb:///FILE.",
)
@options.config
@options.quiet_and_verbose
def mcp(address: str | None, config: str | None, quiet: bool, verbose: int) -> int:
    """Serve tools for agents with the Model Context Protocol over stdin and stdout.

    An agent starts this command and calls the tool extract. With --from, it can also search a
    database that pipeline load has filled: who_said, search_statements and series. The tools only
    read. Needs the extra mcp.

    \b
    pipeline mcp
    pipeline mcp --from sqlite:///news.db
    """
    options.set_up_logging(verbose)
    settings = options.settings_of(config)
    try:
        from pipeline.serve.agent import server
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[mcp]'"
        raise ExtraMissing("pipeline mcp needs the package mcp", hint=hint) from error
    from pipeline.database import questions
    from pipeline.serve.extraction import Worker

    if address is not None:
        questions.check(address)
    if sys.stdin.isatty() and not quiet:
        tell("waiting for an agent on stdin; press Ctrl-C to stop")
    # a thread of the server waits for stdin, which nothing else can interrupt; the process that
    # extracts ends with this one
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(INTERRUPTED))
    server(Worker(settings), settings, address).run("stdio")
    return OK
