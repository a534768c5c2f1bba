"""Prepare an SQLite database for Datasette: full-text search, facets and ready-made queries."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Final

from pipeline.archive import said
from pipeline.archive.access import opened
from pipeline.errors import BadDatabaseUrl
from pipeline.output.layout import ARTICLES

SEARCH: Final = "article_search"


def prepare(address: str) -> str:
    """Index the words of articles and statements, and return the metadata for Datasette as YAML.

    The database keeps the indexes up to date. Raises ``BadDatabaseUrl`` unless it is SQLite, and
    what ``pipeline.archive.access.opened`` raises.
    """
    with opened(address) as store, store.transaction():
        if store.dialect != "sqlite":
            hint = "load the records into sqlite:///FILE"
            raise BadDatabaseUrl("Datasette reads only SQLite", where=store.target.shown, hint=hint)
        said.prepare(store)
        said.add_fts5(store, SEARCH, ARTICLES, "title", "text")
        ((_, _, file),) = store.rows("PRAGMA database_list")
    template = (files("pipeline.archive") / "datasette.yaml").read_text("utf-8")
    # Datasette calls a database by the stem of its file
    return template.replace("DATABASE", json.dumps(Path(file).stem, ensure_ascii=False))
