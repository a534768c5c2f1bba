"""Limit what one client can use of the server, and refuse requests from other sites.

A client has ``HEADER_SECONDS`` to send the head of a request and ``BODY_SECONDS`` for its body, and
must read part of an answer every ``ANSWER_SECONDS``; otherwise its connection is closed. Beyond
``limit()`` connections, a new one is answered with 503 and closed.

- The name in ``Host`` must be one of this server's, or a numeric address. After DNS rebinding to
  127.0.0.1, a page still sends its own name.
- Requests that write must come from a page of this origin, or from no page at all. (The application
  checks that they are JSON, which another site's page cannot send without a preflight request.)
- A request with both ``Content-Length`` and ``Transfer-Encoding`` is refused: a proxy may see
  another end of it (RFC 9112, section 6.3).
- Every answer forbids running, framing, embedding or caching anything else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import h11
import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.desk.server.answers import answer
from pipeline.errors import AddressTaken, ForeignRequest, RequestError

PATIENCE = 5
"""Seconds to finish open answers when the server is asked to end."""


class Server(uvicorn.Server):
    """A server that calls ``ending`` before it shuts down, so that no open request delays it."""

    def __init__(self, app: ASGIApp, ending: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            backlog=BACKLOG,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        super().__init__(config)
        for name in ("asyncio", "uvicorn.error"):
            logger = logging.getLogger(name)
            if not any(isinstance(one, RateLimit) for one in logger.filters):
                logger.addFilter(RateLimit())
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._ending()
        super().handle_exit(sig, frame)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; raise ``AddressTaken`` if that fails."""
    where = f"{host}:{port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AddressTaken(reason.lower(), where=where) from error


def address(listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def is_local(listener: socket.socket) -> bool:
    """Return whether a socket is reachable only from this machine."""
    host: str = listener.getsockname()[0]
    return host == "::1" or host.startswith("127.")


HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?")
IGNORED = 65_536
"""Number of bytes of a refused request's body from which on the rest is not read."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses requests that another site may have sent, and ambiguous ones.

    They do not reach the application, and their connection is closed.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check(scope["method"], Headers(scope=scope))
        except RequestError as error:
            await _read_some(receive)
            await answer(error, {"Connection": "close"})(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)

    def _check(self, method: str, headers: Headers) -> None:
        if "content-length" in headers and "transfer-encoding" in headers:
            raise RequestError("the request has both Content-Length and Transfer-Encoding")
        host = headers.get("host", "")
        if not self._is_own(host):
            raise ForeignRequest(f"{host[:80]!r} is not a name of this server")
        own = headers.get("sec-fetch-site", "none").lower() in OWN_SITE
        if method in READING:
            # other sites may link here, but must not embed anything from here
            if not own and headers.get("sec-fetch-mode", "").lower() != "navigate":
                raise ForeignRequest("pages of other sites may not read from this server")
            return
        origin = headers.get("origin")
        if origin is not None and _netloc(origin) != host.lower():
            raise ForeignRequest(f"pages of {origin[:80]!r} may not write to this server")
        if not own:
            raise ForeignRequest("pages of other sites may not write to this server")

    def _is_own(self, host: str) -> bool:
        found = HOST.fullmatch(host.lower())
        if found is None:
            return False
        if found[1] in self.names:
            return True
        try:
            ipaddress.ip_address(found[1].strip("[]"))
        except ValueError:
            return False
        return True


async def _read_some(receive: Receive) -> None:
    """Read a body up to ``IGNORED`` bytes.

    A client that still sends when its connection is closed may lose the answer.
    """
    size = 0
    while size <= IGNORED:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def _netloc(origin: str) -> str | None:
    """Return host and port of an origin, or None if it has none, such as ``null``."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


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
