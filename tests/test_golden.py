"""The seed article's record equals the version that was checked by hand."""

from __future__ import annotations

import json

from spacy.language import Language

from tests import golden


def test_the_seeds_record_is_the_golden_one(nlp: Language) -> None:
    expected = json.loads(golden.GOLDEN.read_text(encoding="utf-8"))
    record = golden.make(nlp)
    for layer in expected:
        assert record[layer] == expected[layer], layer
    assert record.keys() == expected.keys()
