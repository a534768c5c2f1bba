"""What the tests of runs share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.runs import bucket


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """Give the environment of an S3 on this machine."""
    with bucket.server() as environment:
        yield environment


@pytest.fixture
def s3(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Give an address in an S3 on this machine, below which there is nothing."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    return f"s3://{bucket.BUCKET}/{uuid.uuid4().hex}"
