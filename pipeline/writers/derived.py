"""The tables across articles, which ``pipeline.database`` computes from the records.

They refer to articles without foreign keys: replacing an article leaves them as they are until
``pipeline copies`` runs again, which ``followed`` tells.
"""

from __future__ import annotations

from typing import Final

from pipeline.writers.identities import IDENTITY_TABLES
from pipeline.writers.layout import Column, Kind, Table


def _table(name: str, key: int, /, **columns: Kind) -> Table:
    """Return a table whose first ``key`` columns are its key, and are not null."""
    made = (
        Column(column, kind, nullable=place >= key)
        for place, (column, kind) in enumerate(columns.items())
    )
    return Table(name, tuple(made), tuple(columns)[:key], "")


FOLLOWED: Final = _table("followed", 1, article_id="text", record_sha256="text")
"""The articles that the other tables cover, and the record that they were computed from."""
SIGNATURES: Final = _table(
    "story_signatures", 1, article_id="text", shingles="integer", signature="bytes"
)
"""MinHash signatures; ``shingles`` is the number of different word shingles."""
BANDS: Final = _table("story_bands", 2, band="integer", story_id="text", article_id="text")
"""Hashes of parts of the signatures, with an article of each story; those that share one are
candidates."""
STORIES: Final = _table("stories", 1, id="text", first_seen="text", origin="text")
"""A story is an article with its copies and updates; its id is that of the first article."""
MEMBERS: Final = _table(
    "story_members",
    1,
    article_id="text",
    story_id="text",
    kind="text",
    outlet="text",
    credit="text",
    similarity="real",
)
SAID: Final = _table(
    "said",
    1,
    id="text",
    speaker="text",
    text="text",
    published="text",
    article_id="text",
    quote_id="text",
    disputed="boolean",
)
"""A quotation with all its instances; the id, text and date are those of the earliest."""
SAID_MEMBERS: Final = _table(
    "said_members",
    2,
    article_id="text",
    quote_id="text",
    said_id="text",
    words_id="text",
    variant="text",
)
SAID_KEYS: Final = _table("said_keys", 3, key="integer", article_id="text", quote_id="text")
"""Hashes of parts of quotations; quotations that share one are compared."""
MEASURES: Final = _table(
    "figure_measures", 2, article_id="text", figure_id="text", measure="text", scope="text"
)
"""What a figure measures in normal form: the head with its modifiers, and what restricts it."""
TEXTS: Final = _table("statement_texts", 2, article_id="text", statement_id="text", text="text")
"""The words of each statement, for full-text search."""

DERIVED: Final = (
    FOLLOWED,
    SIGNATURES,
    BANDS,
    STORIES,
    MEMBERS,
    SAID,
    SAID_MEMBERS,
    SAID_KEYS,
    MEASURES,
    TEXTS,
)
OWN_TABLES: Final = (*IDENTITY_TABLES, *DERIVED)
"""The tables that hold no records: what is computed across them."""
OWN_NAMES: Final = frozenset(table.name for table in OWN_TABLES)
