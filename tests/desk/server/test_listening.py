"""Addresses to listen on, and messages about them."""

from __future__ import annotations

import socket

import pytest

from pipeline.desk.server.connections import address, bound, is_local
from pipeline.errors import AddressTaken


@pytest.mark.parametrize(
    ("host", "shown", "local"),
    [("127.0.0.1", "127.0.0.1", True), ("localhost", None, True), ("0.0.0.0", "127.0.0.1", False)],
)
def test_a_browser_can_open_the_address(host: str, shown: str | None, local: bool) -> None:
    with bound(host, 0) as listener:
        port = listener.getsockname()[1]
        if shown:
            assert address(listener) == f"http://{shown}:{port}/"
        assert is_local(listener) is local
        socket.create_connection((shown or host, port), timeout=5).close()


def test_an_ipv6_address_is_in_brackets() -> None:
    try:
        listener = bound("::1", 0)
    except AddressTaken:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert address(listener) == f"http://[::1]:{listener.getsockname()[1]}/"
        assert is_local(listener)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1", "a" * 300, "\udcff"])
def test_an_invalid_address_is_reported(host: str) -> None:
    with pytest.raises(AddressTaken):
        bound(host, 0)
