"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from spacy.language import Language

import pipeline.api  # noqa: F401 - imports the real load() before a test replaces it
from pipeline.stages.language import load

# On CI the examples are the same every time, so failures can be reproduced. Elsewhere hypothesis
# keeps looking for new ones. A busy machine is no failure, so no example has a deadline.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def nlp() -> Language:
    """Return the whole pipeline, loaded once."""
    return load()


@pytest.fixture(scope="session")
def fast_nlp() -> Language:
    """Return the pipeline of the profile fast, loaded once."""
    return load(profile="fast")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start a PostgreSQL server, and return its address."""
    from tests.output.server import started

    with started() as address:
        yield address


@pytest.fixture
def postgres(server: str) -> str:
    """Return the address of an empty PostgreSQL database."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server
