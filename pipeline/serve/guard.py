"""Keep pages of other sites away from the server, though a browser on this machine can reach it.

- The name in ``Host`` is one of this server's, or an address in figures: a page whose name was
  bound anew to 127.0.0.1 still bears its own name.
- What writes comes from a page of this very origin, or from no page at all. (That it is JSON, which
  another site's page cannot send without asking, the application sees to.)
- Every answer says that nothing else may be run, framed, embedded or kept.
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
    """Refuses what another site may have sent, before the application sees it."""

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
            # a link from elsewhere may lead here, but nothing of here is a part of another page
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
    """Return host and port of an origin, None if it has none, such as ``null``."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
