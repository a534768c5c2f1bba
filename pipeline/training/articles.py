"""Read annotated articles, each with its document; names by a recogniser that has not seen them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import InputNotFound, ModelMissing
from pipeline.language import BASE_MODEL, annotate, load
from pipeline.manifest import entry_of_package
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


def load_unseen() -> Language:
    """Return the pipeline of the profile fast with the names of the base model's recogniser.

    The network of names has learned from most of the training articles, and makes fewer errors in
    them than elsewhere. A model that reads its names must learn from names with as many errors as
    those at run time.
    """
    entry = entry_of_package(BASE_MODEL)
    folder = entry.located() if entry is not None else None
    if folder is None:
        raise ModelMissing(f"no spaCy pipeline {BASE_MODEL!r} is installed")
    return load(folder)  # a model that is named by its folder brings its own recogniser
