"""Read gzip data up to a limit: a small file may unpack to more than fits on a disk."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any, BinaryIO, Final, cast

from pipeline.errors import ExpandsTooFar, Malformed

MAGIC: Final = b"\x1f\x8b"
MAX_RATIO: Final = 100
"""Text compresses to a third or a tenth of its size; a hundredth suggests a decompression bomb."""


def unpack(file: BinaryIO, free: int) -> BinaryIO:
    """Return the unpacked bytes of a file as a stream.

    Reading from it raises ``Malformed`` if the data is damaged or cut off, and ``ExpandsTooFar``
    if more than ``free`` bytes come out and they exceed ``MAX_RATIO`` times the bytes read.
    """
    return cast(BinaryIO, io.BufferedReader(_Unpacked(file, free), 1 << 16))


class _Counted:
    """A file that counts the bytes read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.count += len(data)
        return data


class _Unpacked(io.RawIOBase):
    def __init__(self, file: BinaryIO, free: int) -> None:
        self._packed = _Counted(file)
        self._gzip = gzip.GzipFile(fileobj=cast(Any, self._packed), mode="rb")
        self._free = free
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._gzip.read1(len(buffer))
        except EOFError as error:
            raise Malformed("gzip data that is cut off before its end") from error
        except gzip.BadGzipFile as error:
            message = "damaged gzip data" if self._count else "not gzip data, despite its name"
            raise Malformed(message) from error
        except zlib.error as error:
            raise Malformed("damaged gzip data") from error
        self._count += len(data)
        if self._count > max(self._free, MAX_RATIO * self._packed.count):
            raise ExpandsTooFar(
                f"{self._packed.count:,} bytes of gzip data that unpack to over {self._count:,}"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
        super().close()
