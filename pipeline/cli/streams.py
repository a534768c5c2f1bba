"""The standard streams of the program: data must not be lost, and messages must do no harm.

If stdout fails, the command fails, since it cannot deliver its output. If stderr fails, it does
not, since stderr has only information for people.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

from pipeline.errors import ReaderGone, WriteFailed


def secure() -> None:
    """Open closed descriptors, and replace the standard streams of this process."""
    # The next file that is opened would get a closed descriptor, and everything printed would go
    # into that file. The descriptors opened here instead fail when the stream is used.
    for descriptor, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, flags), True)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)))
    sys.stdout = _stream(_Data(1, "wb", closefd=False), sys.stdout, io.BufferedWriter)
    sys.stderr = _stream(_Talk(2, "wb", closefd=False), sys.stderr, None)


def _stream(
    raw: io.FileIO, before: TextIO | None, buffer: Callable[[io.FileIO], Any] | None
) -> TextIO:
    """Return a stream with the encoding and error handling of the previous one."""
    return io.TextIOWrapper(
        buffer(raw) if buffer else raw,  # without a buffer, as with "python -u"
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors=getattr(before, "errors", None) or "backslashreplace",
        line_buffering=getattr(before, "line_buffering", False),
        write_through=buffer is None or getattr(before, "write_through", False),
    )


class _Data(io.FileIO):
    """stdout: the first failure is an error with a code, and nothing is written after it.

    So the final flush by the interpreter cannot fail.
    """

    _failed = False

    def write(self, data: Any, /) -> int:
        if self._failed:
            return len(data)
        try:
            return super().write(data)
        except BrokenPipeError as error:
            self._failed = True
            raise ReaderGone("the reader of stdout is gone") from error
        except OSError as error:
            self._failed = True
            reason = (error.strerror or str(error)).lower()
            raise WriteFailed(reason, where="stdout", hint="") from error


class _Talk(io.FileIO):
    """stderr: output that cannot be written is silently dropped.

    It has no buffer, so that a signal handler may write while the program does.
    """

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        with suppress(OSError):
            while view and (written := super().write(view)):  # None if a pipe would block
                view = view[written:]
        return len(data)
