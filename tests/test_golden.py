"""The seed article's record equals the version that was checked by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from spacy.language import Language

from tests import golden

CLOSE = 0.02
"""How far a confidence may be from the one that was checked, with another version of a library."""


def loosely(value: Any) -> Any:
    """Return a part of a record that equals one with other confidences, but for little."""
    if isinstance(value, list):
        return [loosely(one) for one in value]
    if isinstance(value, dict):
        return {
            key: pytest.approx(one, abs=CLOSE) if key.endswith("confidence") else loosely(one)
            for key, one in value.items()
        }
    return value


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ({"speaker": "e1", "confidence": 0.91}, True),
        ({"speaker": "e1", "confidence": 0.87}, False),
        ({"speaker": "e1", "confidence": None}, False),
        ({"speaker": "e2", "confidence": 0.9}, False),
        ({"confidence": 0.9}, False),
    ],
)
def test_a_golden_record_allows_a_little_for_confidences_alone(
    found: dict[str, Any], same: bool
) -> None:
    golden_one = {"speaker": "e1", "confidence": 0.9}
    assert ([found] == loosely([golden_one])) == same


def test_the_seeds_record_is_the_golden_one(nlp: Language) -> None:
    expected = json.loads(golden.GOLDEN.read_text(encoding="utf-8"))
    record = golden.make(nlp)
    for layer in expected:
        assert record[layer] == loosely(expected[layer]), layer
    assert record.keys() == expected.keys()
