"""``pipeline report``: report on the sources in the articles of a run."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.documents import OUT_FOLDER, default_out, put, refuse_own_input
from pipeline.cli.records import STDIO, records
from pipeline.cli.screen import tell
from pipeline.cli.table import plural

PAGE = "report.html"
ARTICLES = "articles.csv"
SOURCES = "sources.csv"


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="RUN|FILE...")
@click.option("-o", "--out", metavar="FOLDER", help="Output folder, created if necessary.")
@click.option("--force", is_flag=True, help="Replace a report that exists and is different.")
@options.quiet_and_verbose
def report(files: tuple[str, ...], out: str | None, force: bool, quiet: bool, verbose: int) -> None:
    """Report which sources are quoted, and how much.

    RUN is the folder of a run, and FILE is a file of records, or - for stdin. The report consists
    of an HTML page, report.html, and two tables: articles.csv with a row for each article, and
    sources.csv with a row for each source of each article. The report marks articles with a single
    source. Gender is only taken from pronouns and titles in the article.

    \b
    pipeline report out/RUN
    pipeline report out/news.jsonl -o reports/may
    """
    options.set_up_logging(verbose)
    from pipeline.report import sourcepage
    from pipeline.report.sourcing import RunSources

    folder = Path(out or default_folder(files))
    run = RunSources()
    for place in (PAGE, ARTICLES, SOURCES):
        refuse_own_input(files, str(folder / place))
    for record in records(files):
        run.add(record)
    put(sourcepage.page(run), str(folder / PAGE), force=force)
    put(sourcepage.article_table(run), str(folder / ARTICLES), force=force)
    put(sourcepage.source_table(run), str(folder / SOURCES), force=force)
    if not quiet:
        tell(f"report on {plural(len(run.articles), 'articles')}: {folder / PAGE}")


def default_folder(files: tuple[str, ...]) -> str:
    """Return the default folder of a report.

    >>> default_folder(("out/news.jsonl",))
    'out/news-report'
    """
    name = "stdin" if list(files) == [STDIO] else Path(default_out(files)).stem
    return f"{OUT_FOLDER}/{name}-report"
