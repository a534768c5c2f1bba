"""``pipeline validate`` and ``pipeline schema``: check records, print their schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from pipeline.cli import options
from pipeline.cli.files import STDIO
from pipeline.cli.screen import emit, plural, tell
from pipeline.errors import BrokenRecord, ExtraMissing, InputNotFound

if TYPE_CHECKING:
    from pydantic import ValidationError

    from pipeline.writers.tables import DialectName


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options.quiet_and_verbose
def validate(files: tuple[str, ...], quiet: bool, verbose: int) -> None:
    """Check every record of JSONL files.

    FILE is a file of records, or - for stdin. At the first line that is not a valid record, the
    command reports the problem and exits with 65.

    \b
    pipeline validate out/news.jsonl
    """
    options.set_up_logging(verbose)
    from pipeline.readers.files import open_regular, shown

    for name in files:
        if name == STDIO:
            count = _check_file(sys.stdin.buffer, "stdin")
        else:
            with open_regular(name) as file:
                count = _check_file(file, shown(name))
        if not quiet:
            tell(f"{shown(name)}: {plural(count, 'records')}, valid")


def _check_file(file: BinaryIO, where: str) -> int:
    """Return the number of records in a file; raise ``BrokenRecord`` for the first broken one."""
    count = 0
    for number, line in _lines(file, where):
        _check_line(line, f"{where}:{number}")
        count += 1
    return count


def _lines(file: BinaryIO, where: str) -> Iterator[tuple[int, bytes]]:
    try:
        yield from enumerate(file, 1)
    except OSError as error:
        raise InputNotFound(str(error.strerror).lower(), where=where) from error


def _check_line(line: bytes, where: str) -> None:
    from pydantic import ValidationError

    from pipeline.records.schema import ArticleRecord

    if not line.strip():
        raise BrokenRecord("a blank line", where=where)
    try:
        record = ArticleRecord.from_line(line)
    except ValidationError as error:
        raise BrokenRecord(_first(error), where=where) from error
    if not line.endswith(b"\n"):
        raise BrokenRecord("the line has no line feed: the file is truncated", where=where)
    if record.to_line().encode() != line:
        message = "not in the canonical form: keys in order, UTF-8 without escapes, no spaces"
        raise BrokenRecord(message, where=where)


def _first(error: ValidationError) -> str:
    """Return the first error, without the article's text."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    more = error.error_count() - 1
    return (f"{place}: " if place else "") + message + (f" (and {more:,} more)" if more else "")


DIALECTS = ("postgresql", "sqlite", "duckdb")


@click.command()
@click.argument("form", type=click.Choice(["json", "sql", "arrow"]), default="json", required=False)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="postgresql",
    help="Database of the sql form. [default: postgresql]",
)
def schema(form: str, dialect: DialectName) -> None:
    """Print the JSON Schema of a record, or its database tables.

    The JSON Schema is draft 2020-12. The tables are those that pipeline load creates.

    \b
    pipeline schema json > record.schema.json
    pipeline schema sql --dialect sqlite
    pipeline schema arrow
    """
    if form == "sql":
        from pipeline.writers.tables import ddl

        for statement in ddl(dialect):
            emit(f"{statement};\n")
    elif form == "arrow":
        emit(_arrow())
    else:
        from pipeline.records.schema import json_schema

        emit(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _arrow() -> str:
    """Return the columns of each Parquet file."""
    try:
        from pipeline.writers.parquet import arrow_schema
    except ImportError as error:
        hint = "pip install 'news-extraction-pipeline[parquet]'"
        raise ExtraMissing("the Arrow schema needs pyarrow", hint=hint) from error
    from pipeline.writers.layout import TABLES

    tables = (
        f"{table.name}\n{arrow_schema(table).to_string(show_schema_metadata=False)}"
        for table in TABLES
    )
    return "\n\n".join(tables)
