"""Fixtures for all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from spacy.language import Language

import pipeline.api  # noqa: F401 - imports the real load() before a test replaces it
from pipeline.language import load

# On CI the examples are the same every time, so failures can be reproduced. Elsewhere hypothesis
# keeps looking for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def nlp() -> Language:
    """Return the whole pipeline, loaded once."""
    return load()
