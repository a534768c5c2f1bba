"""Listen on an address until the process is asked to end."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from pipeline.errors import AddressTaken
from pipeline.serve.connections import BACKLOG, BoundedProtocol, RateLimit

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
