"""``pipeline gazetteer``: make an index of your own people and bodies."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.options import Commands
from pipeline.cli.screen import tell
from pipeline.errors import OK
from pipeline.text.words import plural


@click.group(cls=Commands)
def gazetteer() -> None:
    """Give entities the ids of your own people and bodies.

    \b
    pipeline gazetteer build people.csv
    pipeline extract news/ --gazetteer people.gazetteer -o news.jsonl
    """


@gazetteer.command("build", no_args_is_help=True)
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", metavar="FILE", help="File of the gazetteer. [default: TABLE.gazetteer]"
)
@click.option(
    "--scheme",
    metavar="NAME",
    help="Key of the ids in identifiers. [default: wikidata if all ids are like Q76, otherwise "
    "gazetteer]",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists and is different.")
@options.quiet
def build(table: Path, out: str | None, scheme: str | None, force: bool, quiet: bool) -> int:
    """Make a gazetteer of a table for the option --gazetteer of extract, batch and link.

    TABLE is a CSV or TSV file with a header. The columns id and name are required. Optional ones:
    aliases, description (both may have several, separated by |), label (PERSON, the default, ORG,
    GPE or LOC), from and to (dates, from when and to when the description is true). Exports of the
    Wikidata Query Service (item, itemLabel, itemDescription, itemAltLabel) and EveryPolitician are
    read as they are. Rows with the same id are one entry.

    \b
    pipeline gazetteer build people.csv
    pipeline gazetteer build members.csv -o members.gazetteer --scheme parliament
    """
    from pipeline.model.identity.gazetteer import index, read_table
    from pipeline.output.files import new_file

    entries = read_table(table)
    out = out or str(table.with_suffix(".gazetteer"))
    with new_file(out, force=force) as file:
        file.write(index(entries, scheme))
    if not quiet:
        tell(f"{plural(len(entries), 'entries')} in {out}")
    return OK
