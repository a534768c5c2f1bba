"""Fixtures that every test may ask for."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from spacy.language import Language

import pipeline.api  # noqa: F401 - takes the real load() before a test puts another one in place
from pipeline.language import load

# On CI the examples are the same every time: what fails there fails here. Elsewhere hypothesis goes
# on looking for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def nlp() -> Language:
    """Return the whole pipeline, loaded once."""
    return load()


@pytest.fixture(scope="session")
def rules_nlp() -> Language:
    """Return the pipeline without trained weights of our own, loaded once."""
    return load(profile="rules")
