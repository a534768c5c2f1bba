"""``pipeline correct``: apply corrections to records."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.documents import refuse_own_input
from pipeline.cli.records import STDIO, records
from pipeline.cli.reviewing import read_corrections, tell_missing
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.errors import OK, SOME_FAILED

if TYPE_CHECKING:
    from pipeline.writers import Writer


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
    from pipeline.writers.jsonl import JsonlFile, JsonlStream

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
