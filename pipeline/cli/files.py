"""Files of records: read them back, check them, print their schema, write documents of them."""

from __future__ import annotations

import glob
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pipeline import errors
from pipeline.cli import options
from pipeline.cli.screen import emit, tell
from pipeline.output.files import LETTERS
from pipeline.text.words import plural

if TYPE_CHECKING:
    from pipeline.output.sql import DialectName
    from pipeline.records.schema import ArticleRecord

STDIO = "-"
PARTS = "part-*.jsonl"
"""The files of records in the folder of a run."""


def records(files: Iterable[str]) -> Iterator[ArticleRecord]:
    """Yield the records of files and run folders; raise ``BrokenRecord`` for a broken one."""
    from pipeline.storage import folder_of, is_address

    for name in map(folder_of, files):
        if is_address(name):
            yield from _remote(name)
            continue
        for path in [name] if name == STDIO else parts(name):
            with _opened(path) as (file, where):
                yield from _records(file, where)


@contextmanager
def _opened(path: str) -> Iterator[tuple[BinaryIO, str]]:
    """Yield a file, or stdin for ``-``, and its name for messages."""
    from pipeline.input.files import open_regular, shown

    if path == STDIO:
        yield sys.stdin.buffer, "stdin"
    else:
        with open_regular(path) as file:
            yield file, shown(path)


def _remote(address: str) -> Iterator[ArticleRecord]:
    """Yield the records of a run in an object store."""
    from pipeline.batch.commit import part_name
    from pipeline.batch.folder import find_run

    run = find_run(address)
    for _, receipt in run.receipts():
        if receipt is not None:
            name = part_name(receipt.name)
            with run.store.open(name) as file:
                yield from _records(file, f"{run.place}/{name}")


def parts(name: str) -> list[str]:
    """Return the files of records at a path: the file itself, or the parts of a run."""
    from pipeline.input.files import shown

    folder = Path(name)
    if not folder.is_dir():
        return [name]
    found = sorted(str(path) for path in folder.glob(PARTS))
    if not found:
        hint = f"the folder of a run contains {PARTS}; give other files of records one by one"
        raise errors.InputNotFound("not a run: it contains no part", where=shown(name), hint=hint)
    return found


def _records(file: BinaryIO, where: str) -> Iterator[ArticleRecord]:
    from pipeline.input.jsonl import record_of

    for number, line in _lines(file, where):
        yield record_of(line, f"{where}:{number}")


OUT_FOLDER = "out"
PLACE_IN_FILE = re.compile(r"(?:#[\w=]+|:\d+)$")
"""The part of an address that identifies an article within its file."""


def default_out(files: Sequence[str]) -> str:
    """Return the default place of the page: named after a single file of records.

    >>> default_out(["out/news.jsonl"]), default_out(["a.jsonl", "b.jsonl"])
    ('out/news.html', 'out/records.html')
    """
    name = "records"
    if len(files) == 1:
        path = Path(files[0])
        name = "stdin" if files[0] == STDIO else path.resolve().name if path.is_dir() else path.stem
    return f"{OUT_FOLDER}/{name or 'records'}.html"


def refuse_own_input(files: Iterable[str], out: str) -> None:
    """Raise ``OutputNotCreated`` if a file would be both read and replaced."""
    for path in files:
        with suppress(OSError, ValueError):
            if STDIO not in (path, out) and Path(path).samefile(out) and not Path(out).is_dir():
                hint = "choose another output file"
                raise errors.OutputNotCreated("is also the input", where=out, hint=hint)


def refuse_other_input(paths: Iterable[str], out: str) -> None:
    """Raise ``OutputExists`` if OUT, or its dead letters, came from different input.

    A file that does not name its source is compared when the records are written.
    """
    if out == STDIO:
        return
    paths = list(paths)
    for place in (out, f"{out}{LETTERS}"):
        origin = _origin(place)
        if origin and not any(_covers(path, origin) for path in paths):
            raise errors.OutputExists(f"already exists, from the input {origin}", where=place)


def _origin(place: str) -> str | None:
    """Return the source path in the first line of a file of records or dead letters.

    None if that file no longer exists: it may be an address that came with the article. Raises
    ``OutputNotCreated`` for a folder, a FIFO or a device.
    """
    from pipeline.input.files import open_regular, origin

    try:
        with open_regular(os.path.realpath(place)) as file:  # a FIFO would block forever
            found = origin(file.read(8192))
        return found if found and Path(PLACE_IN_FILE.sub("", found)).exists() else None
    except errors.NotAFile as error:
        what = "a folder" if Path(place).is_dir() else "not a regular file"
        raise errors.OutputNotCreated(what, where=place) from error
    except (OSError, ValueError, errors.ArticleError):
        return None


def _covers(path: str, origin: str) -> bool:
    """Return whether an article from ``origin`` is among those that ``path`` matches.

    >>> _covers("news", "news/a.csv#row=2"), _covers("a/x.txt", "b/x.txt"), _covers("a/*", "a/x")
    (True, False, True)
    """
    from pipeline.input.files import shown
    from pipeline.storage import folder_of

    path = shown(folder_of(path))
    if glob.has_magic(path) and origin.startswith(glob_root(path)):
        return True
    if path == ".":
        return not origin.startswith("/")
    rest = origin.removeprefix(path)
    return rest == "" or (rest != origin and (rest[0] in "/#:" or path.endswith("/")))


def glob_root(pattern: str) -> str:
    """Return the part of a pattern before its first wildcard.

    >>> glob_root("news/2025-*/x.txt")
    'news/2025-'
    """
    return re.split(r"[*?[]", pattern, maxsplit=1)[0]


def put(parts: Iterable[str], out: str, *, force: bool) -> None:
    """Write a document to a file, completely or not at all, or to stdout for ``-``."""
    if out == STDIO:
        with errors.writing_stdout():
            for part in parts:
                sys.stdout.buffer.write(part.encode("utf-8"))
            sys.stdout.buffer.flush()
        return
    from pipeline.output.files import new_file

    with new_file(out, force=force) as file:
        for part in parts:
            file.write(part.encode("utf-8"))


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options.messages
def validate(files: tuple[str, ...], quiet: bool) -> None:
    """Check every record of JSONL files.

    FILE is a file of records, or - for stdin. At the first line that is not a valid record, the
    command reports the problem and exits with 65.

    \b
    pipeline validate out/news.jsonl
    """
    from pipeline.input.files import shown

    for name in files:
        count = 0
        with _opened(name) as (file, where):
            for count, line in _lines(file, where):
                _check_line(line, f"{where}:{count}")
        if not quiet:
            tell(f"{shown(name)}: {plural(count, 'records')}, valid")


def _lines(file: BinaryIO, where: str) -> Iterator[tuple[int, bytes]]:
    try:
        yield from enumerate(file, 1)
    except OSError as error:
        raise errors.InputNotFound(errors.reason_of(error), where=where) from error


def _check_line(line: bytes, where: str) -> None:
    from pydantic import ValidationError

    from pipeline.records.check import contradictions
    from pipeline.records.corrections import first_problem
    from pipeline.records.schema import ArticleRecord

    if not line.strip():
        raise errors.BrokenRecord("a blank line", where=where)
    try:
        record = ArticleRecord.from_line(line)
    except ValidationError as error:
        more = error.error_count() - 1
        message = first_problem(error) + (f" (and {more:,} more)" if more else "")
        raise errors.BrokenRecord(message, where=where) from error
    if problem := next(contradictions(record), None):
        raise errors.BrokenRecord(problem, where=where)
    if not line.endswith(b"\n"):
        raise errors.BrokenRecord("the line has no line feed: the file is truncated", where=where)
    if record.to_line().encode() != line:
        message = "not in the canonical form: keys in order, UTF-8 without escapes, no spaces"
        raise errors.BrokenRecord(message, where=where)


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
        from pipeline.output.sql import ddl

        for statement in ddl(dialect):
            emit(f"{statement};\n")
    elif form == "arrow":
        emit(_arrow())
    else:
        from pipeline.records.schema import json_schema

        emit(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _arrow() -> str:
    """Return the columns of each Parquet file."""
    with errors.needing("parquet", "the Arrow schema needs pyarrow"):
        from pipeline.output.parquet import arrow_schema
    from pipeline.output.layout import TABLES

    tables = (
        f"{table.name}\n{arrow_schema(table).to_string(show_schema_metadata=False)}"
        for table in TABLES
    )
    return "\n\n".join(tables)
