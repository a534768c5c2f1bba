"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.language import load


@pytest.fixture(scope="session")
def nlp() -> Language:
    """Return the whole pipeline, loaded once."""
    return load()
