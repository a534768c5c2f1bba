"""Read records back, as ``view``, ``report`` and ``load`` do."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import InputNotFound

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord

STDIO = "-"
PARTS = "part-*.jsonl"
"""The files of records in the folder of a run."""


def records(files: Iterable[str]) -> Iterator[ArticleRecord]:
    """Yield the records of files and run folders; raise ``BrokenRecord`` for a broken one."""
    from pipeline.readers.files import open_regular, shown
    from pipeline.remote import folder_of, is_address

    for name in map(folder_of, files):
        if name == STDIO:
            yield from _records(sys.stdin.buffer, "stdin")
        elif is_address(name):
            yield from _remote(name)
        else:
            for path in parts(name):
                with open_regular(path) as file:
                    yield from _records(file, shown(path))


def _remote(address: str) -> Iterator[ArticleRecord]:
    """Yield the records of a run in an object store."""
    from pipeline.runs.commit import part_name
    from pipeline.runs.folder import find_run

    run = find_run(address)
    for _, receipt in run.receipts():
        if receipt is not None:
            name = part_name(receipt.name)
            with run.store.open(name) as file:
                yield from _records(file, f"{run.place}/{name}")


def parts(name: str) -> list[str]:
    """Return the files of records at a path: the file itself, or the parts of a run."""
    from pipeline.readers.files import shown

    folder = Path(name)
    if not folder.is_dir():
        return [name]
    found = sorted(str(path) for path in folder.glob(PARTS))
    if not found:
        hint = f"the folder of a run contains {PARTS}; give other files of records one by one"
        raise InputNotFound("not a run: it contains no part", where=shown(name), hint=hint)
    return found


def _records(file: BinaryIO, where: str) -> Iterator[ArticleRecord]:
    from pipeline.readers.jsonl import record_of

    lines = enumerate(file, 1)
    while True:
        try:
            number, line = next(lines)
        except StopIteration:
            return
        except OSError as error:
            raise InputNotFound((error.strerror or str(error)).lower(), where=where) from error
        yield record_of(line, f"{where}:{number}")
