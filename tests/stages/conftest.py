"""The annotated articles that are shipped, read once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages.language import annotate
from tests.golden import SEEDS


@pytest.fixture(scope="session")
def shipped(nlp: Language) -> list[tuple[dict[str, Any], Doc]]:
    """Return the annotation of twelve articles from Wikinews, with their documents."""
    rows = [json.loads(path.read_text("utf-8")) for path in sorted(SEEDS.glob("gold/*.json"))]
    return [(row, annotate(nlp, row["text"])) for row in rows]
