"""Limit what one client can use of the server: connections, time, memory and log lines.

A client has ``HEADER_SECONDS`` to send the head of a request and ``BODY_SECONDS`` for its body, and
must read part of an answer every ``ANSWER_SECONDS``; otherwise its connection is closed. Beyond
``limit()`` connections, a new one is answered with 503 and closed.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 10.0
BODY_SECONDS = 60.0
ANSWER_SECONDS = 30.0
BACKLOG = 64
"""Connections that the event loop accepts in one iteration, before it can close any of them."""
MOST = 256
"""Maximum number of connections, if the process may open enough files."""
OWN_FILES = 64
"""File descriptors that the server needs besides connections."""
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 5\r\n"
    b"connection: close\r\n\r\n"
)


def limit() -> int:
    """Return the maximum number of connections, below the limit of open files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    # more may be accepted before refused ones are closed
    return max(8, min(MOST, files - 3 * BACKLOG - OWN_FILES))


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 on one connection, which is closed if its client is too slow."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._awaited: str | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > limit():
            transport.write(BUSY)
            transport.close()
        else:
            self._await("head", HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._await(None)
        if self._writing is not None:
            self._writing.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        state = self.conn.their_state
        if state is h11.IDLE:
            self._await("head", HEADER_SECONDS)
        elif state is h11.SEND_BODY:
            self._await("body", BODY_SECONDS)
        else:
            self._await(None)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_answer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_answer()

    def _await(self, part: str | None, seconds: float = 0) -> None:
        """Close the connection unless this part of a request arrives in time; None disables it."""
        if part is not None and part == self._awaited:
            return
        if self._reading is not None:
            self._reading.cancel()
        self._awaited = part
        self._reading = self.loop.call_later(seconds, self._drop) if part else None

    def _watch_answer(self) -> None:
        if self._writing is None and (unsent := self.transport.get_write_buffer_size()):
            self._writing = self.loop.call_later(ANSWER_SECONDS, self._check_answer, unsent)

    def _check_answer(self, unsent: int) -> None:
        """Close the connection if its client has read nothing since ``unsent`` bytes were left."""
        self._writing = None
        if self.transport.get_write_buffer_size() >= unsent:
            self._drop()
        else:
            self._watch_answer()

    def _drop(self) -> None:
        """Reset the connection: after a plain close, unsent data would stay in the kernel."""
        client = self.transport.get_extra_info("socket")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class RateLimit(logging.Filter):
    """Pass ``most`` records of a logger every ``seconds``, then log how many were suppressed.

    Only the first record keeps its traceback.

    >>> few = RateLimit(most=1, clock=lambda: 0.0)
    >>> record = logging.makeLogRecord({"msg": "too many open files"})
    >>> few.filter(record), few.filter(record)
    (True, False)
    """

    def __init__(
        self,
        most: int = 20,
        seconds: float = 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._most, self._seconds, self._clock = most, seconds, clock
        self._began, self._count = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        if self._clock() - self._began >= self._seconds:
            left_out = self._count - self._most
            self._began, self._count = self._clock(), 0
            if left_out > 0:
                record.msg = f"{record.getMessage()} ({left_out:,} earlier lines left out)"
                record.args = ()
        self._count += 1
        if self._count > 1:
            record.exc_info = None  # one traceback is enough
        return self._count <= self._most
