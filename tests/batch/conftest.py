"""Fixtures for the tests of runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.batch import bucket


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """Yield the environment of a local S3."""
    with bucket.server() as environment:
        yield environment


@pytest.fixture
def s3(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Yield an empty address in a local S3."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    return f"s3://{bucket.BUCKET}/{uuid.uuid4().hex}"
