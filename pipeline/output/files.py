"""Write a file completely or not at all: records as JSONL, and failures as dead letters."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from pipeline.errors import OutputExists, OutputNotCreated, WriteFailed, reason_of, writing_stdout
from pipeline.storage import temporary_names

if TYPE_CHECKING:
    from pipeline.outcomes import Failure
    from pipeline.records.schema import ArticleRecord


class NewFile:
    """Write to a temporary file, and move it to its place in one step.

    An existing file is kept unless ``force`` is set. Without ``force``, it is compared with what is
    written: identical bytes are no conflict, the first different byte is.

    A link is followed, since a user who names it wants its target written. Without ``follow`` the
    link itself is replaced: this is for files next to the one that the user named.
    """

    changed = False
    """Whether ``new_file`` put it in place; not if the same file was there."""

    def __init__(self, path: str | Path, *, force: bool = False, follow: bool = True) -> None:
        """Raise ``OutputNotCreated`` if no file can be created there."""
        path = Path(path)
        real = os.path.realpath(path if follow else path.parent)
        self.path = Path(real) if follow else Path(real, path.name)
        self.shown = str(path)
        self.force = force
        self.existing: BinaryIO | None = None
        self.temporary: Path | None = None
        try:
            self._open()
        except OSError as error:
            self.abort()
            raise OutputNotCreated(reason_of(error), where=self.shown) from error
        except KeyboardInterrupt:
            self.abort()
            raise

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            mode = self.path.lstat().st_mode
            if stat.S_ISDIR(mode):
                raise OutputNotCreated("a folder", where=self.shown)
            if not stat.S_ISREG(mode) and not (self.force and stat.S_ISLNK(mode)):
                hint = "write to stdout with -o - and redirect it"
                raise OutputNotCreated("not a regular file", where=self.shown, hint=hint)
            if not self.force:
                self.existing = self.path.open("rb")
        for name in temporary_names(self.path.name):
            temporary = self.path.with_name(name)
            with suppress(FileExistsError):
                self.file = temporary.open("xb")
                self.temporary = temporary
                return

    def write(self, data: bytes) -> None:
        """Append bytes; raise ``OutputExists`` if the existing file differs."""
        with self._writing():
            if self.existing is not None and self.existing.read(len(data)) != data:
                raise OutputExists("already exists with different content", where=self.shown)
            self.file.write(data)

    def commit(self) -> bool:
        """Put the file in place; return False if an identical file was there already.

        Raises ``OutputExists`` if the existing file is longer, ``WriteFailed`` if the file could
        not be made durable.
        """
        with self._writing():
            if self.existing is not None:
                if self.existing.read(1):
                    raise OutputExists("already exists with different content", where=self.shown)
                self.abort()
                return False
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._put()
            sync_folder(self.path.parent)
        return True

    def _put(self) -> None:
        assert self.temporary is not None
        if self.force:
            self.temporary.replace(self.path)
            return
        try:
            os.link(self.temporary, self.path)  # unlike a rename, this never replaces a file
        except FileExistsError as error:
            message = "was created by another program meanwhile"
            raise OutputExists(message, where=self.shown) from error
        except OSError:  # the file system has no hard links
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink()

    def abort(self) -> None:
        """Discard what was written."""
        if self.existing is not None:
            self.existing.close()
        with suppress(AttributeError, OSError):
            self.file.close()
        if self.temporary is not None:
            with suppress(OSError):
                self.temporary.unlink()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WriteFailed(reason_of(error), where=self.shown) from error


@contextmanager
def new_file(path: str | Path, *, force: bool = False) -> Iterator[NewFile]:
    """Yield a ``NewFile``; put it in place at the end of the block, or discard it on an error."""
    file = NewFile(path, force=force)
    try:
        yield file
        file.changed = file.commit()
    except BaseException:
        file.abort()
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; some file systems and Windows cannot."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


STDIO = "-"
LETTERS = ".dead-letter.jsonl"
"""The suffix of the file of failures that belongs to a file of records."""
FETCHED = ".fetched"
"""The suffix of the folder with what was fetched for a file of records."""


def keep_fetched(out: str, data: bytes) -> None:
    """Store the bytes of an address of the web next to a file of records, by their checksum."""
    with new_file(Path(f"{out}{FETCHED}") / hashlib.sha256(data).hexdigest()) as file:
        file.write(data)


class JsonlStream:
    """An open stream of records, such as stdout; each record is written immediately."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def write(self, record: ArticleRecord) -> None:
        """Write a record; raise ``ReaderGone`` if the reader has closed the stream."""
        with writing_stdout():
            self.stream.write(record.to_line().encode())
            self.stream.flush()

    def commit(self) -> bool:
        return True

    def abort(self) -> None:
        """Do nothing: output to a stream cannot be undone."""


class JsonlFile:
    """A file of records, which may be written to a stream as well.

    No record is in place before ``commit``, and no file is created if there are no records.
    ``abort`` leaves the place as it was, and may be called after anything but a ``commit``.
    """

    def __init__(
        self, path: str | Path, *, force: bool = False, echo: JsonlStream | None = None
    ) -> None:
        self.force = force
        self.echo = echo
        self.file = NewFile(path, force=force)
        self.records = 0

    def write(self, record: ArticleRecord) -> None:
        if self.echo is not None:  # first: it gets the record even if the file refuses it
            self.echo.write(record)
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


Writer = JsonlFile | JsonlStream


class DeadLetters:
    """The failures of a run, in a file next to its records: ``OUT.dead-letter.jsonl``.

    The file describes only the last run: it is replaced together with the records, and removed if
    nothing failed. If the records go to stdout, failures are discarded.
    """

    def __init__(self, out: str | Path) -> None:
        self.path = None if out == STDIO else Path(f"{os.fspath(out)}{LETTERS}")
        self.file: NewFile | None = None

    def write(self, failure: Failure) -> None:
        if self.file is None and self.path is not None:
            self.file = NewFile(self.path, force=True, follow=False)
        if self.file is not None:
            self.file.write(failure.to_line().encode())

    def commit(self) -> bool:
        if self.file is not None:
            return self.file.commit()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        return False

    def abort(self) -> None:
        if self.file is not None:
            self.file.abort()


def captured(stream: IO[str] | None) -> bool:
    """Return whether a stream is redirected to a file or a pipe, not a terminal or /dev/null."""
    try:
        mode = os.fstat(stream.fileno()).st_mode if stream else 0
    except (OSError, ValueError):  # closed, or not backed by a descriptor
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


@contextmanager
def placing(out: str, force: bool, *, echo: bool = False) -> Iterator[tuple[Writer, DeadLetters]]:
    """Yield writers of records and failures; put both in place on success, otherwise neither.

    ``-`` means stdout. With ``echo``, the records are also written to stdout.
    """
    letters = DeadLetters(out)
    stream = JsonlStream(sys.stdout.buffer) if echo or out == STDIO else None
    records: Writer = stream if stream and not echo else JsonlFile(out, force=force, echo=stream)
    try:
        yield records, letters
        records.commit()
        letters.commit()
    except BaseException:
        letters.abort()
        records.abort()
        raise
