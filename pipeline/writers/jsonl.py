"""Write records as JSONL, and failures as dead letters."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from pipeline.errors import OutputExists, ReaderGone, WriteFailed
from pipeline.writers.files import NewFile

if TYPE_CHECKING:
    from pipeline.outcomes import Failure
    from pipeline.records.schema import ArticleRecord
    from pipeline.writers import Writer

STDIO = "-"
LETTERS = ".dead-letter.jsonl"
"""The suffix of the file of failures that belongs to a file of records."""


class JsonlFile:
    """A file of records; no file is created if there are no records."""

    def __init__(self, path: str | Path, *, force: bool = False) -> None:
        self.path = path
        self.force = force
        self.file = NewFile(path, force=force)
        self.records = 0

    def write(self, record: ArticleRecord) -> None:
        self.file.write(record.to_line().encode())
        self.records += 1

    def commit(self) -> bool:
        """Put the file in place; raise ``OutputExists`` as ``NewFile`` does.

        If there are no records, an existing file is a conflict too: this run did not produce it.
        """
        if self.records:
            return self.file.commit()
        self.file.abort()
        if self.file.path.exists():
            if not self.force:
                message = "already exists, and this run produced no record"
                raise OutputExists(message, where=self.file.shown)
            self.file.path.unlink()
        return False

    def abort(self) -> None:
        self.file.abort()


class JsonlStream:
    """An open stream of records, such as stdout; each record is written immediately."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def write(self, record: ArticleRecord) -> None:
        """Write a record; raise ``ReaderGone`` if the reader has closed the stream."""
        try:
            self.stream.write(record.to_line().encode())
            self.stream.flush()
        except BrokenPipeError as error:
            raise ReaderGone("stdout was closed by its reader") from error
        except OSError as error:
            raise WriteFailed(error.strerror or str(error), where="stdout", hint="") from error

    def commit(self) -> bool:
        return True

    def abort(self) -> None:
        """Do nothing: output to a stream cannot be undone."""


class DeadLetters:
    """The failures of a run, in a file next to its records: ``OUT.dead-letter.jsonl``.

    The file describes only the last run: it is replaced together with the records, and removed if
    nothing failed.
    """

    def __init__(self, out: str | Path) -> None:
        self.path = Path(f"{os.fspath(out)}{LETTERS}")
        self.file: NewFile | None = None

    def write(self, failure: Failure) -> None:
        if self.file is None:
            self.file = NewFile(self.path, force=True, follow=False)
        self.file.write(failure.to_line().encode())

    def commit(self) -> bool:
        if self.file is not None:
            return self.file.commit()
        with suppress(FileNotFoundError):
            self.path.unlink()
        return False

    def abort(self) -> None:
        if self.file is not None:
            self.file.abort()


class Letters(Protocol):
    """Takes failures one by one."""

    def write(self, failure: Failure) -> None: ...

    def commit(self) -> bool: ...


class NoLetters:
    """Discards failures: with the records on stdout, there is no file to put them next to."""

    def write(self, failure: Failure) -> None:
        """Do nothing."""

    def commit(self) -> bool:
        return True


class Both:
    """Writes the same records to two writers."""

    def __init__(self, file: JsonlFile, stream: JsonlStream) -> None:
        self.file = file
        self.stream = stream

    def write(self, record: ArticleRecord) -> None:
        # the stream first: it gets the record even if the file refuses it
        self.stream.write(record)
        self.file.write(record)

    def commit(self) -> bool:
        return self.file.commit()

    def abort(self) -> None:
        self.file.abort()


def captured(stream: IO[str] | None) -> bool:
    """Return whether a stream is redirected to a file or a pipe, not a terminal or /dev/null."""
    try:
        mode = os.fstat(stream.fileno()).st_mode if stream else 0
    except (OSError, ValueError):  # closed, or not backed by a descriptor
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


@contextmanager
def placing(out: str, force: bool, *, echo: bool = False) -> Iterator[tuple[Writer, Letters]]:
    """Yield writers of records and failures; put both in place on success, otherwise neither.

    ``-`` means stdout. With ``echo``, the records are also written to stdout.
    """
    if out == STDIO:
        stream = JsonlStream(sys.stdout.buffer)
        yield stream, NoLetters()
        stream.commit()
        return
    letters = DeadLetters(out)
    records: Writer | None = None
    placed = False
    try:
        records = JsonlFile(out, force=force)
        if echo:
            records = Both(records, JsonlStream(sys.stdout.buffer))
        yield records, letters
        records.commit()
        letters.commit()
        placed = True
    finally:
        if not placed:
            letters.abort()
            if records is not None:
                records.abort()
