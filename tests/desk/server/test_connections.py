"""One client cannot exhaust the server's connections, memory or log."""

from __future__ import annotations

import json
import logging
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from pipeline.desk.server import connections
from pipeline.desk.server.connections import IGNORED, RateLimit
from pipeline.settings import Settings
from tests.desk.pages.made import record
from tests.desk.server.conftest import Serve, Served

ROOT = Path(__file__).parents[3]
POST = (
    b"POST /extract HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n{"
)


FOREIGN = b"\r\nOrigin: https://evil.example\r\n\r\n"
"""The end of the head of a request from another site."""


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as client:
        yield client


def answer(client: socket.socket) -> bytes:
    """Return everything that the server sends until it closes the connection."""
    found = b""
    try:
        while part := client.recv(65536):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /records HT",
        POST % 9,
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_client_that_is_too_slow_with_its_request_is_disconnected(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.2)
    served = serve()
    with connected(served.address) as client:
        client.sendall(sent)
        assert answer(client) == b""
    assert served.get("/records").status_code == 200


def test_a_head_that_trickles_in_gets_no_extra_time(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    served = serve()
    with connected(served.address) as client, pytest.raises(OSError, match=r"."):  # noqa: PT012
        client.sendall(b"GET /records HTTP/1.1\r\n")
        client.settimeout(0.05)
        for number in range(200):
            client.sendall(f"X-{number}: y\r\n".encode())
            try:
                if client.recv(1) == b"":
                    raise ConnectionResetError("closed by the server")
            except TimeoutError:
                continue


def test_a_quick_client_keeps_its_connection_beyond_the_head_timeout(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    client = HTTPConnection(urlsplit(serve().address).netloc, timeout=10)
    client.connect()
    first = client.sock
    for _ in range(2):
        client.request("GET", "/records")
        assert client.getresponse().read().startswith(b"{")
        first.settimeout(0.5)
        with pytest.raises(TimeoutError):
            first.recv(1)
        assert client.sock is first
    client.close()


def test_a_client_that_does_not_read_its_answer_is_disconnected(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.3)
    served = serve(record("It rained. " * 1_000_000, "long"))
    with connected(served.address) as client:
        client.sendall(b"GET /records/long HTTP/1.1\r\nHost: localhost\r\n\r\n")
        hung_up = select.poll()
        hung_up.register(client, 0)
        assert hung_up.poll(10_000)


def test_a_client_that_reads_slowly_gets_the_whole_answer(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.1)
    served = serve(record("It rained. " * 1_000_000, "long"))
    with served.get("/records/long", stream=True) as answer:
        read = 0
        for part in answer.iter_content(1_000_000):
            read += len(part)
            select.select([], [], [], 0.05)
    assert read == int(answer.headers["Content-Length"])


def test_connections_over_the_limit_are_refused_and_the_server_recovers(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "limit", lambda: 3)
    served = serve()
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connected(served.address))
        with connected(served.address) as one_more:
            assert answer(one_more).startswith(b"HTTP/1.1 503 ")
    for _ in range(100):
        try:
            assert served.get("/records").status_code == 200
            break
        except (requests.ConnectionError, AssertionError):
            served.session.close()
    else:
        pytest.fail("the server did not recover")


SCRIPT = """
import resource, select, sys
from pathlib import Path
import requests
from tests.desk.pages.made import record
from tests.desk.server.conftest import serving

_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
with serving(Path(sys.argv[1]), [record("It rained.")]) as served:
    print(served.address, flush=True)
    sys.stdin.readline()
    for _ in range(200):  # until the server has seen that the others are gone
        status = requests.get(served.address + "/records", timeout=20).status_code
        if status != 503:
            break
        select.select([], [], [], 0.05)
    print(status, flush=True)
"""


def test_a_flood_of_connections_leaves_the_server_answering_and_its_log_short(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        with ExitStack() as stack:
            for _ in range(400):
                stack.enter_context(connected(address))
        out, err = server.communicate("\n", timeout=60)
    assert out.strip() == "200"
    assert len(err.splitlines()) < 100, err[:2000]


JSON = {"Content-Type": "application/json"}
RAIN = json.dumps({"text": "It rained."}).encode()
MOST = Settings(max_bytes=1_000).max_raw_bytes
"""Maximum size of a body of the served application."""


def test_the_bytes_of_all_bodies_are_limited(serve: Serve) -> None:
    served = serve()
    with ExitStack() as stack:
        for _ in range(4):
            waiting = stack.enter_context(connected(served.address))
            waiting.sendall(POST % MOST + b"x" * (MOST - 2))  # with "{", one byte is missing
        for _ in range(100):  # until the server has read them
            refused = served.post("/extract", data=RAIN, headers=JSON)
            if refused.status_code != 200:
                break
        assert (refused.status_code, refused.json()["code"]) == (503, "P705")
        assert refused.headers["Retry-After"]
    for _ in range(100):
        if served.post("/extract", data=RAIN, headers=JSON).status_code == 200:
            break
    else:
        pytest.fail("the memory for bodies was not given back")


def test_bodies_that_are_announced_but_not_sent_keep_nobody_out(serve: Serve) -> None:
    served = serve()
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(connected(served.address)).sendall(POST % MOST)
        assert served.post("/extract", data=RAIN, headers=JSON).status_code == 200


@pytest.mark.parametrize("method", ["GET /records", "POST /extract"])
def test_a_request_with_two_lengths_is_refused_and_its_connection_closed(
    served: Served, method: str
) -> None:
    head = (
        f"{method} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with connected(served.address) as client:
        client.sendall(head.encode() + b"%x\r\n%b\r\n0\r\n\r\n" % (len(RAIN), RAIN))
        found = answer(client)
    assert found.startswith(b"HTTP/1.1 400 ")
    assert b"both Content-Length and Transfer-Encoding" in found


def test_a_refused_request_is_answered_once_its_body_has_been_read(served: Served) -> None:
    with connected(served.address) as client:
        client.sendall((POST % 9).replace(b"\r\n\r\n", FOREIGN, 1))
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)  # a close here would reset the connection when the body arrives
        client.settimeout(10)
        client.sendall(b"12345678")
        assert answer(client).startswith(b"HTTP/1.1 403 ")


def test_not_more_than_some_of_a_refused_body_is_read(served: Served) -> None:
    with connected(served.address) as client:
        head = (POST % 10_000_000).replace(b"\r\n\r\n", FOREIGN, 1)
        client.sendall(head + b"x" * (IGNORED + 1))
        assert answer(client).startswith(b"HTTP/1.1 403 ")


def test_a_client_that_leaves_in_the_middle_of_a_body_is_not_logged_as_a_bug(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve()
    with connected(served.address) as client:
        client.sendall(POST % 9)
        client.shutdown(socket.SHUT_WR)
        answer(client)
    assert served.get("/records").status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/corrections", "GET, POST"),
        ("TRACE", "/corrections", "GET, POST"),
        ("GET", "/extract", "POST"),
        ("PUT", "/records/a", "GET"),
        ("DELETE", "/", "GET"),
    ],
)
def test_a_refused_method_is_answered_with_all_methods_of_the_path(
    served: Served, method: str, path: str, allowed: str
) -> None:
    found = served.session.request(method, served.address + path, timeout=20)
    assert (found.status_code, found.headers["Allow"]) == (405, allowed)


def test_a_log_line_that_repeats_is_limited_and_counted() -> None:
    now = 0.0
    limit = RateLimit(most=2, seconds=60, clock=lambda: now)
    records = [logging.makeLogRecord({"msg": "out of files: %s", "args": ("x",)}) for _ in range(6)]
    assert [limit.filter(one) for one in records[:5]] == [True, True, False, False, False]
    now = 61.0
    assert limit.filter(records[5])
    assert records[5].getMessage() == "out of files: x (3 earlier lines left out)"
