"""Read annotated articles, each with its document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import InputNotFound
from pipeline.language import annotate
from pipeline.strictjson import parse_json


def read_articles(nlp: Language, path: Path) -> Iterator[tuple[dict[str, Any], Doc]]:
    """Yield the rows of a JSONL file, each with its ``text`` annotated by a pipeline.

    A row may have ``published``, a date or a date and a time in ISO 8601. Raises ``InputNotFound``,
    and ``ValueError`` for a line that is not JSON.
    """
    if not path.exists():
        raise InputNotFound("no such file", where=str(path))
    for line in path.read_text("utf-8").splitlines():
        row = parse_json(line)
        published = row.get("published")
        day = date.fromisoformat(published[:10]) if published else None
        yield row, annotate(nlp, row["text"], day)
