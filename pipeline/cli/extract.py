"""``pipeline extract``: articles in, records out, and with ``--explain`` what decided each item."""

from __future__ import annotations

import glob
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from pipeline.cli import options
from pipeline.cli.drawing import QUOTED, cut
from pipeline.cli.files import OUT_FOLDER, records, refuse_other_input, refuse_own_input
from pipeline.cli.progress import Report
from pipeline.cli.screen import plain
from pipeline.cli.view import write_page
from pipeline.errors import OK, SOME_FAILED, ArticleTooSlow, PipelineError, UsageError
from pipeline.formats import stem
from pipeline.outcomes import Failure, Repeat
from pipeline.settings import Settings, load_settings
from pipeline.writers.files import LETTERS, STDIO, Letters, captured, placing

if TYPE_CHECKING:
    from pipeline.cli.screen import Screen
    from pipeline.document.annotations import Bounds, Decision
    from pipeline.readers import Article, Format, Page, Skipped
    from pipeline.records.schema import ArticleRecord, Attribution, Entity, Figure, Quote, Time
    from pipeline.runs.process import Explain
    from pipeline.writers import Writer


SHOWN = 50
"""Maximum number of characters of a quotation from the text."""


class Explanation(NamedTuple):
    """An item, with what decided about it."""

    id: str
    item: str
    lines: tuple[str, ...]


def explanations(record: ArticleRecord, decisions: Sequence[Decision]) -> Iterator[Explanation]:
    """Yield the items of a record in its order, each with what decided about it."""
    made = _Made(record, decisions)
    for entity in record.entities:
        name = f"{plain(entity.name)} ({entity.label})"
        yield Explanation(entity.id, name, tuple(made.mentions(entity)))
    for quote in record.quotes:
        yield Explanation(quote.id, _cited(quote.text), tuple(made.quote(quote)))
    for one in record.attributions:
        yield Explanation(one.id, _statement(one), tuple(made.attribution(one)))
    for figure in record.figures:
        yield Explanation(figure.id, _cited(figure.text), tuple(made.figure(figure)))
    for time in record.times:
        yield Explanation(time.id, _cited(time.text), tuple(made.time(time)))


def draw(record: ArticleRecord, decisions: Sequence[Decision], screen: Screen) -> None:
    """Print what decided about each item, and an example of each rule among it."""
    screen.line((plain(record.source.uri or record.id), "bold"))
    for one in explanations(record, decisions):
        screen.line((f"{one.id} ", "bold cyan"), (one.item, ""), indent=2)
        for line in one.lines:
            screen.line((line, ""), indent=4)
    rules = {one.by: one.example for one in decisions if one.example}
    if rules:
        screen.line(("rules", "bold cyan"), indent=2)
    for id, example in sorted(rules.items()):
        screen.line((f"{id}: {example}", ""), indent=4)


class _Made:
    """The decisions about one record, by place."""

    def __init__(self, record: ArticleRecord, decisions: Iterable[Decision]) -> None:
        self.names = {one.id: one.name for one in record.entities}
        self.at: dict[tuple[str, int, int], dict[str, Decision]] = {}
        self.named: dict[int, Decision] = {}
        """What found the name that ends at an offset; a mention may have a title before it."""
        for one in decisions:
            self.at.setdefault((one.layer, one.start, one.end), {})[one.what] = one
            if one.what == "name":
                self.named[one.end] = one

    def mentions(self, entity: Entity) -> Iterator[str]:
        for one in entity.mentions:
            made = self.at.get(("entities", one.start, one.end), {})
            told = [made.get("entity")]
            if one.kind == "name":
                told.insert(0, self.named.get(one.end))
            by = "; ".join(_by(decision) for decision in told if decision is not None)
            yield f"{one.kind} {_cited(one.text)} at {one.start:,}: {by}"

    def quote(self, quote: Quote) -> Iterator[str]:
        values = {"speech": "yes" if quote.speech else "no"}
        if quote.speech:
            values["kind"] = quote.kind
            values["attribution"] = quote.attribution or "none"
            values["speaker"] = self._who(quote.speakers)
        return self._lines("quotes", (quote.start, quote.end), values)

    def attribution(self, one: Attribution) -> Iterator[str]:
        parts = [part for part in (one.cue, one.content, one.source) if part is not None]
        first = parts[0].spans[0]
        values: dict[str, str] = {"attribution": one.kind}
        if one.source is not None:
            values["source"] = self._who(one.source.entities)
        return self._lines("attributions", (first.start, first.end), values)

    def figure(self, figure: Figure) -> Iterator[str]:
        measures, holder = figure.measures, figure.holder_text
        values = {
            "kind": figure.kind,
            "unit": figure.unit or "",
            "bound": figure.bound or "",
            "change": " ".join(filter(None, (figure.change, figure.change_role))),
            "measures": _cited(measures.text) if measures else "",
            "holder": _cited(holder.text) if holder else "",
            "time": figure.time or "",
        }
        return self._lines("figures", (figure.start, figure.end), values)

    def time(self, time: Time) -> Iterator[str]:
        value = time.value or "none"
        return self._lines("times", (time.start, time.end), {"value": value, "which one": value})

    def _who(self, entities: tuple[str, ...]) -> str:
        return " and ".join(f"{one} {plain(self.names[one])}" for one in entities) or "none"

    def _lines(self, layer: str, place: Bounds, values: dict[str, str]) -> Iterator[str]:
        made = self.at.get((layer, *place), {})
        for what, value in values.items():
            if what in made:
                yield f"{what} {value}: {_by(made[what])}"


def _by(decision: Decision) -> str:
    kind = "rule" if decision.example else "model"
    sure = "" if decision.confidence is None else f", {decision.confidence:.2f}"
    return f"{kind} {decision.by}{sure}"


def _cited(text: str) -> str:
    return cut(text, SHOWN, marks=QUOTED)


def _statement(one: Attribution) -> str:
    parts = (one.source, one.cue, one.content)
    words = (" … ".join(span.text for span in part.spans) for part in parts if part is not None)
    return " | ".join(cut(part, SHOWN) for part in words)


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

    PATH is a file, a folder, a quoted glob, or - for stdin. Supported suffixes, also with .gz: .txt
    .md (text), .html .htm .xhtml (web pages, extra html), .jsonl .ndjson .json (also ninjs), .csv
    .tsv (a header and one article per row), .xml (NewsML-G2, NITF, feeds), .rss .atom (feeds, extra
    feeds), .warc (web archives, extra warc). Other files in folders are skipped. To read one, give
    its path and its format: --as text.

    Records are written to OUT, by default out/NAME.jsonl. Articles that failed are written to
    OUT.dead-letter.jsonl with the reason, and the exit code is then 1. It is also 1 if a stage
    failed on an article: its record lacks the findings of that stage, and has the warning W501.

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

    from pipeline.readers import Skipped, read

    skipped = Skipped()
    skip = [] if out == STDIO else [out, f"{out}{LETTERS}"]
    articles = read(paths, settings, format=format_, published=day, skip=skip, skipped=skipped)
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
    return SOME_FAILED if report.failures or report.incomplete else OK


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
    """
    if list(paths) == [STDIO]:
        name = "stdin"
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
        from pipeline.language import load
        from pipeline.runs.process import run_serial

        nlp = load(settings.model, **settings.loading)
        report.working()
        rest = itertools.chain([article], articles)
        yield from run_serial(rest, nlp, settings, stuck=stuck, explain=explain)


def _end(
    failure: Failure, *, writer: Writer, letters: Letters, report: Report, skipped: Skipped
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
