"""Protect the server from pages of other sites, which a browser on this machine could load.

- The name in ``Host`` must be one of this server's, or a numeric address. After DNS rebinding to
  127.0.0.1, a page still sends its own name.
- Requests that write must come from a page of this origin, or from no page at all. (The application
  checks that they are JSON, which another site's page cannot send without a preflight request.)
- Every answer forbids running, framing, embedding or caching anything else.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from pipeline.errors import ForeignRequest
from pipeline.serve.problems import answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?")
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
    """Refuses requests that another site may have sent, before they reach the application."""

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
        except ForeignRequest as error:
            await answer(error)(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)

    def _check(self, method: str, headers: Headers) -> None:
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


def _netloc(origin: str) -> str | None:
    """Return host and port of an origin, or None if it has none, such as ``null``."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
