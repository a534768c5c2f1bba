"""Stand-off annotation, for corpora whose texts this project may not ship.

``python benchmarks/standoff.py TEXTS.jsonl ANNOTATION.jsonl > ANNOTATED.jsonl`` joins the
annotation of ``seeds/corpus`` with the texts of a corpus that the user has.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import BadRow

SPOKEN = ("quotes", "attributions")
"""Layers whose items have speakers; detached, these are places in the list of entities."""


def detached(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layers of an annotated row without words, with a checksum of the text."""
    entities = [{key: one[key] for key in ("label", "mentions")} for one in row["entities"]]
    place = {one["name"]: at for at, one in enumerate(row["entities"])}
    spoken = {
        layer: [
            one | {"speaker": [place[name] for name in (one["speaker"] or "").split("; ") if name]}
            for one in row[layer]
        ]
        for layer in SPOKEN
    }
    return {"id": row["id"], "sha256": _checksum(row["text"]), "entities": entities, **spoken}


def attached(
    rows: Iterable[Mapping[str, Any]], texts: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield detached rows with their texts, and each entity with the longest of its names.

    ``texts`` are rows with ``text``, by id. Raises ``BadRow`` for a text that is missing or differs
    from the annotated one.
    """
    for row in rows:
        found = texts.get(row["id"])
        if found is None or _checksum(found["text"]) != row["sha256"]:
            hint = "give the file that was annotated"
            raise BadRow("its text is missing or differs", where=str(row["id"]), hint=hint)
        text = found["text"]
        entities = []
        for one in row["entities"]:
            names = [text[start:end] for start, end, kind in one["mentions"] if kind == "name"]
            entities.append({"name": max(names, key=len)} | one)
        given = {key: found[key] for key in ("published",) if found.get(key)}
        spoken = {
            layer: [
                one | {"speaker": "; ".join(entities[at]["name"] for at in one["speaker"]) or None}
                for one in row[layer]
            ]
            for layer in SPOKEN
        }
        yield {"id": row["id"], "text": text, **given, "entities": entities, **spoken}


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


if __name__ == "__main__":
    by_id = {row["id"]: row for row in _rows(sys.argv[1])}
    for one in attached(_rows(sys.argv[2]), by_id):
        print(json.dumps(one, ensure_ascii=False))
