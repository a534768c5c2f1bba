"""``pipeline correct``, and what all commands that read corrections share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.cli import options
from pipeline.cli.files import STDIO, records, refuse_own_input
from pipeline.cli.screen import plural, tell
from pipeline.errors import OK, SOME_FAILED, InputNotFound, UsageError

if TYPE_CHECKING:
    from pipeline.records.corrections import Correction
    from pipeline.training.reviewed import ReviewedArticle
    from pipeline.writers import Writer

Command = TypeVar("Command", bound=Callable[..., Any])


def corrections_and_records(command: Command) -> Command:
    """Add ``--corrections`` and ``--records``."""
    command = click.option(
        "--records",
        "reviewed_records",
        multiple=True,
        metavar="RUN|FILE",
        help="The reviewed records, with the texts. Repeatable.",
    )(command)
    return click.option(
        "--corrections",
        metavar="FILE",
        help="File of corrections of these records, from a review.",
    )(command)


def read_corrections(path: str) -> list[Correction]:
    """Return the corrections of an existing file, and report truncated lines."""
    from pathlib import Path

    from pipeline.writers import corrections

    if not Path(path).exists():
        raise InputNotFound("no such file", where=path)
    kept = corrections.read(path)
    for notice in kept.notices:
        tell(f"warning[{notice.code}]: {notice.message}")
    return list(kept.corrections)


def reviewed_articles(
    corrections: str | None, files: Iterable[str], *, quiet: bool
) -> Iterator[ReviewedArticle]:
    """Yield the articles that were reviewed, and report corrections that do not fit.

    Raises ``UsageError`` if only one of the two options is given.
    """
    files = list(files)
    if corrections is None or not files:
        hint = "corrections refer to records: give both options"
        raise UsageError("--corrections and --records go together", hint=hint)
    from pipeline.training.reviewed import reviewed

    said = read_corrections(corrections)
    known = set()
    for one in reviewed(records(files), said):
        known.add(one.record.source.sha256)
        for remark in one.review.remarks:
            if not remark.applied:
                tell(f"not applied: {remark}")
        yield one
    if not quiet:
        tell_missing(one for one in said if one.sha256 not in known)


def tell_missing(corrections: Iterable[Correction]) -> None:
    """Report the number of articles whose corrections match no record."""
    missing = {one.sha256 for one in corrections}
    if missing:
        articles = plural(len(missing), "articles")
        tell(f"{articles} with corrections not found in the records")


@click.command(no_args_is_help=True, short_help="Apply the corrections of reviewers to records.")
@click.argument("files", nargs=-1, required=True, metavar="RUN|FILE...")
@click.option(
    "--corrections", required=True, metavar="FILE", help="File of corrections, from a review."
)
@click.option("-o", "--out", required=True, metavar="OUT", help="Output file, or - for stdout.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists and is different.")
@options.quiet_and_verbose
def correct(
    files: tuple[str, ...], corrections: str, out: str, force: bool, quiet: bool, verbose: int
) -> int:
    """Apply the corrections of reviewers to records.

    RUN is the folder of a run, and FILE is a file of records, or - for stdin. Records without
    corrections do not change. The items of corrected records are renumbered. Corrections of an
    earlier extraction of the same text are matched by their place in the text. Corrections that do
    not fit are listed on stderr, and the exit code is then 1.

    \b
    pipeline correct out/RUN --corrections corrections.jsonl -o out/corrected.jsonl
    pipeline load out/corrected.jsonl --to sqlite:///news.db
    """
    options.set_up_logging(verbose)
    from pipeline.records.review import by_article, review
    from pipeline.writers.files import JsonlFile, JsonlStream

    refuse_own_input((*files, corrections), out)
    said = read_corrections(corrections)
    said_of, seen = by_article(said), set()
    count = changed = misfits = 0
    writer: Writer = JsonlStream(sys.stdout.buffer) if out == STDIO else JsonlFile(out, force=force)
    try:
        for record in records(files):
            found = review(record, said_of(record))
            writer.write(found.record)
            seen |= {record.source.sha256, record.id}
            count += 1
            changed += found.record != record
            for remark in found.remarks:
                misfits += not remark.applied
                if not (remark.applied and quiet):
                    told = "note" if remark.applied else "not applied"
                    tell(f"{told}: {remark}")
        writer.commit()
    except BaseException:
        writer.abort()
        raise
    if not quiet:
        place = "" if out == STDIO else f": {out}"
        tell(f"{plural(count, 'records')}, {changed:,} changed{place}")
        tell_missing(one for one in said if seen.isdisjoint((one.sha256, one.record)))
    return SOME_FAILED if misfits else OK
