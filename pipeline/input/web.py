"""Fetch an article from the web: ``https://…`` as a path.

One GET request for an address, and one for each redirect. A host name is resolved once, and the
connection goes to an address that was checked, so that a name cannot lead into a private network.
Proxies are not used.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from pipeline.errors import (
    AddressRefused,
    ArticleTooLong,
    BadCertificate,
    BadStatus,
    FetchTooSlow,
    HostUnreachable,
    reason_of,
)
from pipeline.input.content import MAGIC, Form
from pipeline.input.formats import HEAD, Format, named
from pipeline.settings import Settings
from pipeline.storage import is_web

MAX_REDIRECTS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
HEADERS: Final = {
    "User-Agent": "news-extraction-pipeline",
    "Accept": "text/html, application/xhtml+xml, application/pdf, */*;q=0.8",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
TYPES: Final[dict[str, Format]] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/json": "json",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/rss+xml": "xml",
    "application/atom+xml": "xml",
    "application/warc": "warc",
}
MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE)
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
SAFE: Final = "%/:=&?~#+!$,;'@()*[]"
"""Characters of an address that are not quoted."""


class Download(NamedTuple):
    """What a server sent."""

    data: bytes
    uri: str
    """The address after redirects."""
    form: Form
    charset: str | None
    """The encoding declared by the server."""


def fetch(address: str, settings: Settings, format: Format | None = None) -> Download:
    """Return what is at an address; the type of the content gives the format if there is none.

    Raises ``AddressRefused``, ``HostUnreachable``, ``BadCertificate``, ``BadStatus``,
    ``FetchTooSlow``, and ``ArticleTooLong`` above ``max_raw_bytes``.
    """
    uri = address
    for _ in range(MAX_REDIRECTS + 1):
        url = _checked(uri, settings)
        uri = urlunsplit(url)
        with _requested(url, settings) as response:
            if response.status not in REDIRECTS:
                return _received(response, uri, settings, format)
            uri = urljoin(uri, response.headers.get("Location", ""))
    raise BadStatus(f"more than {MAX_REDIRECTS} redirects", where=address)


def _checked(address: str, settings: Settings) -> SplitResult:
    """Return the parts of an address with what the request needs, without a fragment."""
    try:
        url = urlsplit(address)
        host = (url.hostname or "").encode("idna").decode("ascii")
        port = url.port or DEFAULT_PORTS.get(url.scheme)
    except ValueError as error:
        raise AddressRefused(f"not a valid address: {error}", where=address) from error
    if not is_web(address) or not host or port is None:
        raise AddressRefused("not an address of the web", where=address)
    if url.scheme == "http" and not settings.allow_http:
        raise AddressRefused("http:// is not encrypted", where=address)
    if url.username is not None or url.password is not None:
        raise AddressRefused("contains a user name or a password", where=f"{url.scheme}://{host}")
    place = f"[{host}]" if ":" in host else host
    if port != DEFAULT_PORTS[url.scheme]:
        place += f":{port}"
    path, query = quote(url.path or "/", safe=SAFE), quote(url.query, safe=SAFE)
    return SplitResult(url.scheme, place, path, query, "")


def _addresses(url: SplitResult, settings: Settings) -> Iterator[str]:
    """Yield the IP addresses of a host; none is yielded if one of them is refused."""
    host, where = url.hostname or "", urlunsplit(url)
    try:
        found = socket.getaddrinfo(host, url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostUnreachable(f"there is no host {host}", where=where) from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for one in addresses:
        if not settings.allow_private and not is_public(one):
            raise AddressRefused(f"{host} is {one}, not a public address", where=where)
    yield from addresses


def is_public(address: str) -> bool:
    """Return whether an IP address, and any address inside it, is one of the public internet.

    >>> is_public("93.184.215.14"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    one = ipaddress.ip_address(address)
    inner: list[ipaddress.IPv4Address | ipaddress.IPv6Address | None] = [one]
    if isinstance(one, ipaddress.IPv6Address):
        inner += [one.ipv4_mapped, one.sixtofour, *(one.teredo or ())]
        if one in NAT64:
            inner.append(ipaddress.IPv4Address(int(one) & 0xFFFFFFFF))
        if one.ipv4_mapped is not None:
            inner.remove(one)
    return all(each.is_global and not each.is_multicast for each in inner if each is not None)


class _Connection(HTTPConnection):
    """A connection to the first of some IP addresses that accepts it."""

    def __init__(self, url: SplitResult, addresses: Iterator[str], seconds: int) -> None:
        port = url.port or DEFAULT_PORTS[url.scheme]
        super().__init__(url.hostname or "", port, timeout=seconds)
        self.default_port = DEFAULT_PORTS[url.scheme]
        self._encrypted = url.scheme == "https"
        self._addresses = addresses
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        refused: OSError | None = None
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError as error:
                refused = error
        else:
            raise refused or OSError("no address")
        if self._encrypted:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.wire = self.sock

    def cut(self) -> None:
        """End all reading, in whatever thread."""
        with suppress(OSError, AttributeError):
            (self.wire or self.sock).shutdown(socket.SHUT_RDWR)


@contextmanager
def _requested(url: SplitResult, settings: Settings) -> Iterator[HTTPResponse]:
    """Yield the response to a GET request; after ``fetch_seconds``, the connection is cut."""
    where, seconds = urlunsplit(url), settings.fetch_seconds
    connection = _Connection(url, _addresses(url, settings), seconds)
    late = False

    def cut() -> None:
        nonlocal late
        late = True
        connection.cut()

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("GET", urlunsplit(("", "", url.path, url.query, "")), headers=HEADERS)
        with connection.getresponse() as response:
            yield response
        if late:  # what was read is not all
            raise TimeoutError
    except ssl.SSLError as error:
        if late or isinstance(error, TimeoutError):
            raise FetchTooSlow(f"no answer within {seconds} s", where=where) from error
        raise BadCertificate(
            f"no secure connection: {error.reason or error}", where=where
        ) from error
    except (OSError, HTTPException) as error:
        if late or isinstance(error, TimeoutError):
            raise FetchTooSlow(f"no answer within {seconds} s", where=where) from error
        reason = reason_of(error) if isinstance(error, OSError) else type(error).__name__
        raise HostUnreachable(f"the connection failed: {reason}", where=where) from error
    finally:
        timer.cancel()
        connection.close()


def _received(
    response: HTTPResponse, uri: str, settings: Settings, format: Format | None
) -> Download:
    if response.status != 200:
        raise BadStatus(f"HTTP status {response.status} {response.reason}".strip(), where=uri)
    limit = settings.max_raw_bytes
    length = response.length
    data = b"" if length and length > limit else response.read(limit + 1)
    if (length or 0) > limit or len(data) > limit:
        raise ArticleTooLong(f"over {limit:,} bytes", where=uri)
    if response.length:  # fewer bytes came than were announced
        raise HTTPException("incomplete")
    kind = response.headers.get_content_type()
    name = urlsplit(uri).path
    form = format or TYPES.get(kind) or named(name).format
    if format is None and form in (None, "text"):
        form = "html" if MARKUP.match(data[:HEAD]) else "text"
    packed = data.startswith(MAGIC)
    charset = response.headers.get_content_charset()
    return Download(data, uri, Form(form or "text", packed), charset)
