"""The tables that hold no records: what ``pipeline link`` and ``pipeline copies`` find across them.

All are in every database, empty until these commands fill them. They refer to articles without
foreign keys: replacing an article leaves them as they are until the command runs again, which
``identity_articles`` and ``followed`` tell.

Who is the same person, organisation or place: ``identity_entities`` has the entities of linked
articles with their profile: entities that are the same one by what is written.
``identity_profiles`` says which identity a profile belongs to, and why; ``identity_facts`` counts
what the articles say about it. The view ``identity_members`` joins the first two, so that a new
identity of a profile rewrites one row, however many articles it has. ``identity_links`` has the
pairs of profiles that were compared, and are the same one or a candidate for review.
``identity_actions`` has what people decided.
"""

from __future__ import annotations

from typing import Final, cast

from pipeline.writers.layout import Column, Kind, Table


def _table(name: str, key: str, rest: str = "") -> Table:
    """Return a table from the columns of its key and the other columns.

    A column is ``name``, which is text, or ``name:kind``; it may be null if it ends in ``?``.
    """
    columns = []
    for declared in f"{key} {rest}".split():
        column, _, kind = declared.removesuffix("?").partition(":")
        columns.append(Column(column, cast(Kind, kind or "text"), nullable=declared.endswith("?")))
    names = tuple(column.name for column in columns)
    return Table(name, tuple(columns), names[: len(key.split())], "")


IDENTITY_TABLES: Final = (
    _table(
        "identities",
        "id",
        "label name aliases:json first_seen? last_seen? entities:integer mentions:integer "
        "identifiers:json",
    ),
    _table("identity_articles", "article_id", "record_sha256"),
    _table("identity_entities", "article_id entity_id", "profile mentions:integer facts:json"),
    _table("identity_profiles", "profile", "identity_id target? score:real? evidence:json"),
    _table("identity_facts", "profile kind value", "number:integer"),
    _table("identity_blocks", "block side:integer profile"),
    _table("identity_links", "one other", "score:real verdict evidence:json"),
    _table("identity_actions", "number:integer", "action made_at made_by reason? content:json"),
)
IDENTITY_TABLE: Final = {table.name: table for table in IDENTITY_TABLES}

FOLLOWED: Final = _table("followed", "article_id", "record_sha256?")
"""The articles that the tables below cover, and the record that they were computed from."""
SIGNATURES: Final = _table("story_signatures", "article_id", "shingles:integer? signature:bytes?")
"""MinHash signatures; ``shingles`` is the number of different word shingles."""
BANDS: Final = _table("story_bands", "band:integer story_id", "article_id?")
"""Hashes of parts of the signatures, with an article of each story; those that share one are
candidates."""
STORIES: Final = _table("stories", "id", "first_seen? origin?")
"""A story is an article with its copies and updates; its id is that of the first article."""
MEMBERS: Final = _table(
    "story_members", "article_id", "story_id? kind? outlet? credit? similarity:real?"
)
SAID: Final = _table(
    "said", "id", "speaker? text? published? article_id? quote_id? disputed:boolean?"
)
"""A quotation with all its instances; the id, text and date are those of the earliest."""
SAID_MEMBERS: Final = _table("said_members", "article_id quote_id", "said_id? words_id? variant?")
SAID_KEYS: Final = _table("said_keys", "key:integer article_id quote_id")
"""Hashes of parts of quotations; quotations that share one are compared."""
MEASURES: Final = _table("figure_measures", "article_id figure_id", "measure? scope?")
"""What a figure measures in normal form: the head with its modifiers, and what restricts it."""
TEXTS: Final = _table("statement_texts", "article_id statement_id", "text?")
"""The words of each statement, for full-text search."""

DERIVED: Final = (
    *(FOLLOWED, SIGNATURES, BANDS, STORIES, MEMBERS, SAID, SAID_MEMBERS, SAID_KEYS),
    *(MEASURES, TEXTS),
)
OWN_TABLES: Final = (*IDENTITY_TABLES, *DERIVED)
"""The tables that hold no records: what is computed across them."""
OWN_NAMES: Final = frozenset(table.name for table in OWN_TABLES)
