"""Annotation without texts is put back to the texts it was made for, and to no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from standoff import attached, detached

from pipeline.errors import BadRow

ROW: dict[str, Any] = {
    "id": "a1",
    "text": "Ann Lee left. She waved to Lee's mother. Bo Lindgren said “No”.",
    "published": "2026-01-02",
    "entities": [
        {
            "name": "Ann Lee",
            "label": "PERSON",
            "mentions": [[0, 7, "name"], [14, 17, "pronoun"], [27, 30, "name"]],
        },
        {"name": "Bo Lindgren", "label": "PERSON", "mentions": [[41, 52, "name"]]},
    ],
    "quotes": [{"span": [60, 62], "kind": "direct", "speaker": "Ann Lee; Bo Lindgren"}],
    "attributions": [
        {"source": [[14, 17]], "cue": [[18, 23]], "content": [[60, 62]], "speaker": None}
    ],
}


def test_a_row_comes_back_whole() -> None:
    assert list(attached([detached(ROW)], {"a1": ROW})) == [ROW]


def test_no_word_of_the_text_is_in_the_detached_row() -> None:
    assert not {"Ann", "Lee", "mother"} & set(json.dumps(detached(ROW)).replace('"', " ").split())


@pytest.mark.parametrize("texts", [{}, {"a1": ROW | {"text": "Ann Lee left. She waved."}}])
def test_a_text_that_is_missing_or_differs_is_refused(texts: dict[str, Any]) -> None:
    with pytest.raises(BadRow, match="its text is missing or differs"):
        list(attached([detached(ROW)], texts))


def test_the_shipped_annotation_has_spans_and_labels() -> None:
    path = Path(__file__).parents[2] / "seeds" / "corpus" / "polnear.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) >= 140
    assert sum(len(row["attributions"]) for row in rows) > 2000
    assert all(row["entities"] and len(row["sha256"]) == 64 for row in rows)
