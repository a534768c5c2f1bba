"""``pipeline extract``: articles in, records out."""

from __future__ import annotations

import glob
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import click

from pipeline.cli import options
from pipeline.cli.files import OUT_FOLDER, records, refuse_other_input, refuse_own_input
from pipeline.cli.progress import Report
from pipeline.cli.screen import plain
from pipeline.cli.view import write_page
from pipeline.errors import OK, SOME_FAILED, ArticleTooSlow, PipelineError, UsageError
from pipeline.input.formats import stem
from pipeline.outcomes import Failure, Repeat
from pipeline.output.files import (
    LETTERS,
    STDIO,
    DeadLetters,
    Writer,
    captured,
    keep_fetched,
    placing,
)
from pipeline.settings import Settings, load_settings
from pipeline.storage import is_web

if TYPE_CHECKING:
    from pipeline.batch.process import Explain
    from pipeline.input import Article, Format, Page, Skipped
    from pipeline.records.schema import ArticleRecord


@click.command(no_args_is_help=True)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--out", metavar="OUT", help="Output file, or - for stdout. [default: out/NAME.jsonl]"
)
@click.option("--force", is_flag=True, help="Replace OUT if it exists and is different.")
@click.option("--html", is_flag=True, help="Also write an HTML page of the records, next to OUT.")
@click.option(
    "--explain", is_flag=True, help="Also print on stderr which model or rule decided each item."
)
@click.option("--published", metavar="DATE", help="Date (YYYY-MM-DD) of articles without a date.")
@options.format_
@options.settings_flags()
@options.config
@options.quiet_and_verbose
def extract(
    paths: tuple[str, ...],
    out: str | None,
    force: bool,
    html: bool,
    explain: bool,
    published: str | None,
    format_: Format | None,
    config: str | None,
    quiet: bool,
    verbose: int,
    **flags: str | float | None,
) -> int:
    """Extract a record from each article.

    PATH is a file, a folder, a quoted glob, an https:// address, or - for stdin. Supported
    suffixes, also with .gz: .txt .md (text), .html .htm .xhtml (web pages, extra html), .jsonl
    .ndjson .json (also ninjs), .csv .tsv (a header and one article per row), .xml (NewsML-G2, NITF,
    feeds), .rss .atom (feeds, extra feeds), .warc (web archives, extra warc), .pdf (extra pdf),
    .docx (Word documents, extra docx). Other files in folders are skipped. To read one, give its
    path and its format: --as text.

    An address is fetched once; what was read is stored in OUT.fetched.

    Records are written to OUT, by default out/NAME.jsonl. Articles that failed are written to
    OUT.dead-letter.jsonl with the reason, and the exit code is then 1. It is also 1 if a stage
    failed on an article: its record lacks the findings of that stage, and has the warning W501.
    With --strict, such an article fails as well, and the exit code is 1 after any warning except
    W241, which says that a name was left open.

    Without -o, records also go to a redirected stdout: pipeline extract x.txt > t.jsonl.

    \b
    pipeline extract article.txt --html
    pipeline extract export.csv --text-key body -o records.jsonl
    pipeline extract notes.log --as text
    cat article.txt | pipeline extract - -o - --published 2025-05-01
    """
    settings = load_settings(file=config, flags=flags)
    options.set_up_logging(verbose)
    day = options.day_of(published) if published else None
    echo = out is None and captured(sys.stdout)
    out = out or default_out(paths)
    refuse_own_input(paths, out)
    if not force:
        refuse_other_input(paths, out)
    page = _page_of(out, paths) if html else None

    from pipeline.input import Skipped, read

    skipped = Skipped()
    skip = [] if out == STDIO else [out, f"{out}{LETTERS}"]
    keep = None if out == STDIO else partial(keep_fetched, out)
    articles = read(
        paths, settings, format=format_, published=day, skip=skip, skipped=skipped, keep=keep
    )
    report = Report(out, quiet=quiet, verbose=verbose)
    report.begin()
    with placing(out, force, echo=echo) as (writer, letters):
        stuck = partial(_end, writer=writer, letters=letters, report=report, skipped=skipped)
        why = report.explain if explain else None
        for outcome in _outcomes(articles, settings, report, stuck, why):
            if isinstance(outcome, Failure):
                letters.write(outcome)
                report.failure(outcome)
            elif isinstance(outcome, Repeat):
                report.repeat(outcome)
            else:
                writer.write(outcome)
                report.record(outcome)
    report.end(skipped)
    if page and report.records:
        write_page(records([out]), page, force=force)
        if not quiet:
            report.screen.say(f"page: {page}", "bold green")
    report.next_steps()
    return OK if report.well(strict=settings.strict) else SOME_FAILED


def _page_of(out: str, paths: Sequence[str]) -> str:
    """Return the place of the page for a file of records."""
    if out == STDIO:
        message = "a page needs a file of records, but the records go to stdout"
        raise UsageError(message, where="--html", hint="give a file with -o, or leave out --html")
    page = str(Path(out).with_suffix(".html"))
    refuse_own_input(paths, page)
    return page


def default_out(paths: Sequence[str]) -> str:
    """Return the default place of the records, named after the input or its folder.

    >>> default_out(["seeds/a.txt"]), default_out(["seeds/a.txt", "seeds/b.txt"])
    ('out/a.jsonl', 'out/seeds.jsonl')
    >>> default_out(["https://post.example/news/river.html?page=1"])
    'out/river.jsonl'
    """
    if list(paths) == [STDIO]:
        name = "stdin"
    elif len(paths) == 1 and is_web(paths[0]):
        address = urlsplit(paths[0])
        last = stem(address.path.rstrip("/"))
        name = re.sub(r"[^\w.-]", "_", last or address.hostname or "")
    elif len(paths) == 1 and not glob.has_magic(paths[0]):
        path = Path(paths[0])
        name = path.resolve().name if path.is_dir() else stem(paths[0])
    else:
        folders = {_folder(path) for path in paths}
        name = folders.pop().resolve().name if len(folders) == 1 else ""
    return f"{OUT_FOLDER}/{name or 'articles'}.jsonl"


def _folder(path: str) -> Path:
    """Return the folder of a file; for a glob, the folder before its first wildcard."""
    parts = itertools.takewhile(lambda part: not glob.has_magic(part), Path(path).parts)
    folder = Path(*parts)
    return folder if glob.has_magic(path) else folder.parent


def _outcomes(
    articles: Iterator[Article | Page | Failure],
    settings: Settings,
    report: Report,
    stuck: Callable[[Failure], None],
    explain: Explain | None,
) -> Iterator[ArticleRecord | Failure | Repeat]:
    """Yield the outcome of each article; the model is loaded when the first one arrives."""
    for article in articles:
        if isinstance(article, Failure):
            yield article
            continue
        report.loading(settings.model)
        from pipeline.batch.process import run_serial
        from pipeline.document.memory import settle
        from pipeline.stages.language import load

        nlp = load(settings.model, **settings.loading)
        settle()
        report.working()
        rest = itertools.chain([article], articles)
        yield from run_serial(rest, nlp, settings, stuck=stuck, explain=explain)


def _end(
    failure: Failure, *, writer: Writer, letters: DeadLetters, report: Report, skipped: Skipped
) -> NoReturn:
    """If an article is stuck in C code, put finished outputs in place and end the process."""
    code = ArticleTooSlow.exit_code
    try:
        letters.write(failure)
        writer.commit()
        letters.commit()
        report.failure(failure)
        report.screen.say("later articles were not read; pipeline batch skips such an article")
        report.end(skipped)
    except PipelineError as error:
        code = error.exit_code
        report.screen.say(plain(error.report()), "bold red")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
