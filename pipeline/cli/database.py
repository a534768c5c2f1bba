"""Commands on a database of records: load, link, copies, said, series and datasette."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pipeline.cli import options
from pipeline.cli.files import STDIO, put, records
from pipeline.cli.options import Command
from pipeline.cli.screen import Screen, emit, tell
from pipeline.errors import (
    INTERRUPTED,
    NOTHING_FOUND,
    OK,
    InputNotFound,
    LinkFailed,
    UsageError,
)
from pipeline.text.words import article_name, plural

if TYPE_CHECKING:
    from pipeline.archive.linking import LinkTally
    from pipeline.archive.series import Value
    from pipeline.output.loading import LoadTally


class TableColumn(NamedTuple):
    """A column of a table for people, and the screen width that it requires."""

    head: str
    cells: Sequence[str | int | None]
    least: int = 0
    whole: bool = False
    """Whether the cells are never cut."""


database = options.database(
    "--to",
    "Database of records: sqlite:///FILE, postgresql://… or duckdb:///FILE.",
    required=True,
)


def formats(command: Command) -> Command:
    """Add ``--json`` and ``--csv``."""
    as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")
    as_json = click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object per line."
    )
    return as_json(as_csv(command))


def show_rows(
    fields: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    columns: Sequence[TableColumn],
    *,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print all fields of the rows as JSON or CSV, or else the columns as a table."""
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other")
    if as_json:
        for row in rows:
            emit(json.dumps(dict(zip(fields, row, strict=True)), ensure_ascii=False))
    elif as_csv:
        from pipeline.desk.pages.sourcing import rows as lines

        for line in lines(fields, rows):
            emit(line.removesuffix("\r\n"))
    elif rows:
        screen = Screen(err=False)
        _draw([one for one in columns if screen.width >= one.least], screen)


def _draw(columns: Sequence[TableColumn], screen: Screen) -> None:
    from pipeline.cli.drawing import Cell, new_table

    table = new_table(screen)
    for column in columns:
        numbers = all(isinstance(cell, int) for cell in column.cells)
        table.add_column(
            column.head, no_wrap=column.whole or numbers, justify="right" if numbers else "left"
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = (
            f"{cell:,}"
            if isinstance(cell, int)
            else cell or ""
            if column.whole
            else Cell(cell or "")
            for cell, column in zip(row, columns, strict=True)
        )
        table.add_row(*cells)
    screen.draw(table)


def tell_nothing(
    address: str,
    asked: Mapping[tuple[str, str], str | None],
    quiet: bool,
    also: Sequence[str | None] = (),
) -> int:
    """Tell that nothing was found, with similar names, and return the exit code.

    ``asked``: words by the view and the column in which they were looked for; ``also``: what else
    was asked.
    """
    from pipeline.archive.access import alike

    given = {place: words for place, words in asked.items() if words}
    if not quiet:
        near = [
            one
            for (view, column), words in given.items()
            for one in alike(address, words, view, column)
        ]
        told = ", ".join(map(repr, filter(None, [*given.values(), *also])))
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        tell(f"nothing found{' for ' * bool(told)}{told}{hint}")
    return NOTHING_FOUND


def warn_of_pending(address: str, quiet: bool) -> None:
    """Tell how many articles are not covered yet."""
    from pipeline.archive.following import pending

    if not quiet and (number := pending(address)):
        tell(f"{plural(number, 'articles')} not covered yet: pipeline copies --db {address}")


@click.command(no_args_is_help=True)
@database
@click.option(
    "--known",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Your own list of people, JSONL or TSV with id, names, roles and dates.",
)
@click.option(
    "--gazetteer",
    metavar="FILE",
    help="Gazetteer of your own people and bodies, whose ids go to identifiers; for new articles.",
)
@options.messages
def link(address: str, known: Path | None, gazetteer: str | None, quiet: bool) -> int:
    """Find the same person, organisation or place in all articles.

    It reads the articles that were loaded since the last time, and gives each entity an identity:
    see the tables identities and identity_members. The result is the same for the same articles,
    whether they are linked at once or night by night. Decisions of people are never overruled.
    Entities with the same identifier are one identity, those with different ones never are.
    To finish an interrupted run, repeat the command.

    \b
    pipeline link --db sqlite:///news.db
    pipeline link --db postgresql://me@localhost/news --known people.jsonl
    """
    try:
        tally = linked(address, known, gazetteer)
    except KeyboardInterrupt:
        tell("interrupted: linked articles are kept; link again to continue")
        return INTERRUPTED
    if not quiet:
        tell(link_summary(tally))
    return OK


def linked(address: str, known: Path | None = None, gazetteer: str | None = None) -> LinkTally:
    """Link what changed in a database."""
    from pipeline.archive import identities as lists
    from pipeline.archive.access import opened
    from pipeline.archive.linking import link as run
    from pipeline.model.identity.gazetteer import opened as opened_index

    index = opened_index(gazetteer) if gazetteer else None
    if known is not None:
        rows = list(lists.read_known(known))
        with opened(address, failure=LinkFailed) as store:
            lists.seed(store, rows)
    return run(address, gazetteer=index)


def link_summary(tally: LinkTally) -> str:
    """Return the summary line.

    >>> from pipeline.archive.linking import LinkTally
    >>> link_summary(LinkTally(1200, 1, 3))
    '1,200 articles linked: 1 identity, 3 pairs to review'
    """
    return (
        f"{plural(tally.articles, 'articles')} linked: {plural(tally.identities, 'identities')},"
        f" {plural(tally.candidates, 'pairs')} to review"
    )


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="RUN|FILE...")
@options.database(
    "--to",
    "Database: sqlite:///FILE, postgresql://…, duckdb:///FILE, or a folder NAME.parquet.",
    required=True,
)
@click.option(
    "--force", is_flag=True, help="Replace records of a newer pipeline with those of an older one."
)
@click.option(
    "--link",
    "linking",
    is_flag=True,
    help="Then find the same person in all articles: pipeline link.",
)
@options.messages
def load(files: tuple[str, ...], address: str, force: bool, linking: bool, quiet: bool) -> int:
    """Load records into a database.

    RUN is the folder of a finished run, and FILE is a file of records, or - for stdin. The tables
    are created if the database is empty. Loading twice has the same effect as loading once, and a
    different record of an article replaces the older one completely. To finish an interrupted load,
    repeat the command.

    \b
    pipeline load out/RUN --db sqlite:///news.db
    pipeline load out/RUN --db postgresql://me@localhost/news
    """
    paths = list(_paths(files))
    from pipeline.output import loading

    if linking and not loading.has_identities(address):
        raise UsageError("--link needs a database, not Parquet", hint="pipeline load --help")
    try:
        tally = loading.load(records(paths), address, force=force)
    except KeyboardInterrupt:
        tell("interrupted: stored articles are kept; load again to continue")
        return INTERRUPTED
    if not quiet:
        for line in load_summary(tally):
            tell(line)
    if linking:
        found = linked(address)
        if not quiet:
            tell(link_summary(found))
    return OK


def _paths(files: Sequence[str]) -> Iterator[str]:
    """Yield the files of records; for a run, its parts, of which there may be none.

    Raises ``InputNotFound`` for a folder that is not a run, or a run that is not finished, and
    ``RunDamaged`` for a run whose parts were changed.
    """
    from pipeline.batch.folder import SUCCESS, Run, find_run
    from pipeline.input.files import shown
    from pipeline.storage import folder_of, is_address

    for name in map(folder_of, files):
        if not is_address(name) and not Path(name).is_dir():
            yield name
            continue
        run = find_run(name) if is_address(name) else Run(name)
        if not run.finished:
            hint = "finish it with pipeline batch, or give its files of records one by one"
            message = f"not a finished run: it contains no {SUCCESS}"
            raise InputNotFound(message, where=shown(name), hint=hint)
        parts = run.parts()
        yield from [name] if is_address(name) else (str(Path(name, part)) for part in parts)


def load_summary(tally: LoadTally) -> Iterator[str]:
    """Yield the summary lines of a load.

    >>> from pipeline.output.loading import LoadTally
    >>> list(load_summary(LoadTally(new=1200, replaced=1, unchanged=0)))
    ['1,201 articles: 1,200 new, 1 replaced, 0 unchanged']
    """
    yield (
        f"{plural(sum(tally), 'articles')}: {tally.new:,} new, {tally.replaced:,} replaced,"
        f" {tally.unchanged:,} unchanged"
    )
    if tally.older:
        yield (
            f"{plural(tally.older, 'articles')} not replaced: the database has records of a newer"
            " pipeline (--force replaces them)"
        )


@click.command(no_args_is_help=True)
@database
@options.messages
def copies(address: str, quiet: bool) -> int:
    """Find copies, repeated quotations and series of figures.

    Run it after pipeline load. It reads only articles that are new or were replaced since the last
    time, and fills the views v_stories, v_said and v_series. An interrupted run resumes. Needs the
    extra link.

    \b
    pipeline copies --db sqlite:///news.db
    """
    from pipeline.archive import following

    try:
        number = following.follow(address)
    except KeyboardInterrupt:
        tell("interrupted: repeat the command to continue")
        return INTERRUPTED
    if not quiet:
        counts = following.counts(address)
        tell(f"{plural(number, 'articles')} read")
        tell(
            f"{plural(counts.articles, 'articles')}: {plural(counts.stories, 'stories')},"
            f" {plural(counts.copies, 'copies')}, {plural(counts.updates, 'updates')}"
        )
        tell(
            f"{plural(counts.said, 'quotations')}: {counts.repeated:,} in several articles,"
            f" {counts.disputed:,} given to several speakers"
        )
    return OK


@click.command(no_args_is_help=True)
@click.argument("speaker", metavar="NAME")
@database
@click.option("--about", metavar="WORDS", help="Only statements that contain these words.")
@click.option("--since", metavar="DATE", help="Only articles published on this day or later.")
@click.option("--until", metavar="DATE", help="Only articles published on this day or earlier.")
@formats
@options.messages
def said(
    speaker: str,
    address: str,
    about: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
    as_csv: bool,
    quiet: bool,
) -> int:
    """Print what somebody has said in all articles.

    NAME is found in names that contain all of its words, and in the names of identities once
    pipeline link has run. A statement that several articles have is
    printed once, with the date and title of the earliest; "origins" is the number of articles
    without their copies. SQLite and PostgreSQL find other forms of the WORDS as well ("tariffs" for
    "tariff"), DuckDB finds them as parts of words. The exit code is 1 if nothing is found.

    \b
    pipeline said "Jamieson Greer" --db sqlite:///news.db --about tariffs --since 2025-01-01
    """
    from pipeline.archive import said as search

    found = search.said(
        address,
        speaker,
        about=about,
        since=since and options.day_of(since, "--since"),
        until=until and options.day_of(until, "--until"),
    )
    columns = (
        TableColumn("Date", [(one.published or "")[:10] for one in found], whole=True),
        TableColumn("Who", [one.speaker for one in found], 80),
        TableColumn("Statement", [one.statement for one in found]),
        TableColumn(
            "Article", [article_name(one.title, one.uri, one.article_id) for one in found], 80
        ),
        TableColumn("Outlets", [one.outlets for one in found], 100),
        TableColumn("Origins", [one.origins for one in found], 64),
    )
    show_rows(search.SaidStatement._fields, found, columns, as_json=as_json, as_csv=as_csv)
    warn_of_pending(address, quiet)
    if found:
        return OK
    asked = {("v_statements", "speaker"): speaker}
    return tell_nothing(address, asked, quiet, (about, since, until))


@click.command(no_args_is_help=True)
@database
@click.option("--holder", metavar="NAME", help="Whose figure it is; all words of it in any order.")
@click.option("--measure", metavar="WORDS", help="What is measured; all words in any order.")
@click.option("--unit", metavar="UNIT", help="Unit as in the records: USD, %, km …")
@click.option("--all", "everything", is_flag=True, help="Also list what is in no series.")
@formats
@options.messages
def series(
    address: str,
    holder: str | None,
    measure: str | None,
    unit: str | None,
    everything: bool,
    as_json: bool,
    as_csv: bool,
    quiet: bool,
) -> int:
    """Print the values of a measure over time.

    They come from all articles of a database. A series has one holder, measure, unit and scope:
    the words that restrict the measure and the length of the period.
    Holders are identities once pipeline link has run. Each value is compared with the one before:
    a revision (same period, later article), a disagreement (another source), or a value of another
    period. The figures that match but are in no series are counted by reason; --all, --json and
    --csv list them. The exit code is 1 if nothing is printed.

    \b
    pipeline series --db sqlite:///news.db --holder "United States" --measure "trade deficit"
    """
    from pipeline.archive import series as search
    from pipeline.desk.pages import figures

    found = search.series(address, holder=holder, measure=measure, unit=unit)
    reasons = Counter(one.left_out for one in found if one.left_out)
    listed = everything or as_json or as_csv
    shown = found if listed else [one for one in found if not one.left_out]
    columns = (
        TableColumn("Whose", [one.holder for one in shown], 64),
        TableColumn("What", [" ".join(filter(None, (one.measure, one.scope))) for one in shown]),
        TableColumn("Period", [one.time_value or _published(one) for one in shown], whole=True),
        TableColumn("Value", [_labelled(one, figures.labelled) for one in shown], whole=True),
        TableColumn("Source", [one.given_by for one in shown], 80),
        TableColumn(
            "Article", [article_name(one.title, one.uri, one.article_id) for one in shown], 100
        ),
        TableColumn("Left out", [one.left_out for one in shown], whole=True)
        if everything
        else TableColumn("Relation", [one.relation for one in shown], whole=True),
    )
    show_rows(search.Value._fields, shown, columns, as_json=as_json, as_csv=as_csv)
    warn_of_pending(address, quiet)
    if not found:
        words = {"holder": holder, "measures": measure, "unit": unit}
        asked = {("v_figures", column): given for column, given in words.items()}
        return tell_nothing(address, asked, quiet)
    if reasons and not quiet:
        told = ", ".join(f"{reason} ({number:,})" for reason, number in reasons.most_common())
        hint = "" if listed else "; list them with --all"
        tell(f"{plural(reasons.total(), 'figures')} left out: {told}{hint}")
    return OK if shown else NOTHING_FOUND


def _labelled(value: Value, label: Callable[[str, str | None, str | None, str | None], str]) -> str:
    """Return a value as a plain number with bound and unit, otherwise its words."""
    if value.value is None or value.value_text is None:
        return value.text
    return label(value.value_text, value.bound, value.unit, value.rate_per)


def _published(value: Value) -> str:
    """Return the day of publication, in brackets, for a figure without a time."""
    return f"({value.period_start})" if value.period_start else ""


@click.command(short_help="Prepare an SQLite database for Datasette.")
@options.database("--to", "Database of records: sqlite:///FILE.", required=True)
@click.option(
    "-o",
    "--out",
    default="metadata.yaml",
    metavar="OUT",
    help="Output file, or - for stdout. [default: metadata.yaml]",
)
@click.option("--force", is_flag=True, help="Replace OUT if it exists and is different.")
@options.messages
def datasette(address: str, out: str, force: bool, quiet: bool) -> None:
    """Prepare an SQLite database for Datasette, which shows it in a browser.

    It writes the metadata, with descriptions, facets and five queries, and indexes the words of all
    articles and statements. Later loads keep the indexes up to date.

    \b
    pipeline datasette --db sqlite:///news.db
    datasette news.db -m metadata.yaml
    """
    from pipeline.archive.datasette import prepare

    put([prepare(address)], out, force=force)
    if not quiet and out != STDIO:
        tell(f"metadata: {out}")
