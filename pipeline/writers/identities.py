"""The tables of identities: who is the same person, organisation or place in all articles.

They are in every database, empty until ``pipeline link`` fills them. ``identity_entities`` has the
entities of linked articles with their profile: entities that are the same one by what is written.
``identity_profiles`` says which identity a profile belongs to, and why; ``identity_facts`` counts
what the articles say about it. The view ``identity_members`` joins the first two, so that a new
identity of a profile rewrites one row, however many articles it has. ``identity_links`` has the
pairs of profiles that were compared, and are the same one or a candidate for review.
``identity_actions`` has what people decided.
"""

from __future__ import annotations

from typing import Final

from pipeline.writers.layout import Column, Table


def _text(name: str, *, nullable: bool = False) -> Column:
    return Column(name, "text", nullable=nullable)


IDENTITY_TABLES: Final = (
    Table(
        "identities",
        (
            _text("id"),
            _text("label"),
            _text("name"),
            Column("aliases", "json"),
            _text("first_seen", nullable=True),
            _text("last_seen", nullable=True),
            Column("entities", "integer"),
            Column("mentions", "integer"),
            Column("identifiers", "json"),
        ),
        ("id",),
        "",
    ),
    Table(
        "identity_articles",
        (_text("article_id"), _text("record_sha256")),
        ("article_id",),
        "",
    ),
    Table(
        "identity_entities",
        (
            _text("article_id"),
            _text("entity_id"),
            _text("profile"),
            Column("mentions", "integer"),
            Column("facts", "json"),
        ),
        ("article_id", "entity_id"),
        "",
    ),
    Table(
        "identity_profiles",
        (
            _text("profile"),
            _text("identity_id"),
            _text("target", nullable=True),
            Column("score", "real", nullable=True),
            Column("evidence", "json"),
        ),
        ("profile",),
        "",
    ),
    Table(
        "identity_facts",
        (_text("profile"), _text("kind"), _text("value"), Column("number", "integer")),
        ("profile", "kind", "value"),
        "",
    ),
    Table(
        "identity_blocks",
        (_text("block"), Column("side", "integer"), _text("profile")),
        ("block", "side", "profile"),
        "",
    ),
    Table(
        "identity_links",
        (
            _text("one"),
            _text("other"),
            Column("score", "real"),
            _text("verdict"),
            Column("evidence", "json"),
        ),
        ("one", "other"),
        "",
    ),
    Table(
        "identity_actions",
        (
            Column("number", "integer"),
            _text("action"),
            _text("made_at"),
            _text("made_by"),
            _text("reason", nullable=True),
            Column("content", "json"),
        ),
        ("number",),
        "",
    ),
)
IDENTITY_TABLE: Final = {table.name: table for table in IDENTITY_TABLES}
IDENTITY_INDEXES: Final = {
    "identity_entities": (("profile",),),
    "identity_profiles": (("identity_id",), ("target",)),
    "identity_blocks": (("profile",),),
    "identity_links": (("other",),),
}
