"""Look at the beginning of a stream without consuming it."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast


def peek(file: BinaryIO, size: int) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of a file, and a file that reads them again before the rest."""
    head = file.read(size)
    return head, cast(BinaryIO, io.BufferedReader(_Joined(head, file), 1 << 16))


class _Joined(io.RawIOBase):
    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head.read(len(buffer)) or self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
