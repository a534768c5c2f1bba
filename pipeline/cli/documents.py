"""Where the documents that ``view`` and ``report`` make of records go."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.cli.records import STDIO
from pipeline.errors import OutputNotCreated, ReaderGone, WriteFailed

OUT_FOLDER = "out"


def default_out(files: Sequence[str]) -> str:
    """Return where the page goes by default: named for the records, several ones for none.

    >>> default_out(["out/news.jsonl"]), default_out(["a.jsonl", "b.jsonl"])
    ('out/news.html', 'out/records.html')
    """
    name = "records"
    if len(files) == 1:
        path = Path(files[0])
        name = "stdin" if files[0] == STDIO else path.resolve().name if path.is_dir() else path.stem
    return f"{OUT_FOLDER}/{name or 'records'}.html"


def refuse_own_input(files: Iterable[str], out: str) -> None:
    """Raise ``OutputNotCreated`` where a file would be read and replaced at once."""
    for path in files:
        with suppress(OSError, ValueError):
            if STDIO not in (path, out) and Path(path).samefile(out) and not Path(out).is_dir():
                raise OutputNotCreated("is the input as well", where=out, hint="write elsewhere")


def put(parts: Iterable[str], out: str, *, force: bool) -> None:
    """Write a document to a file that is there whole or not at all, or to stdout for ``-``."""
    if out == STDIO:
        _stream(parts)
        return
    from pipeline.writers.files import NewFile

    file = NewFile(out, force=force)
    placed = False
    try:
        for part in parts:
            file.write(part.encode("utf-8"))
        file.commit()
        placed = True
    finally:
        if not placed:
            file.abort()


def _stream(parts: Iterable[str]) -> None:
    try:
        for part in parts:
            sys.stdout.buffer.write(part.encode("utf-8"))
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderGone("nobody reads stdout any more") from error
    except OSError as error:
        raise WriteFailed(error.strerror or str(error), where="stdout", hint="") from error
