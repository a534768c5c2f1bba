"""Views that answer common questions: who said what, which figures, when, and which sources.

The statements, and what each view means, are in ``views.sql``.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final, Literal

VIEW: Final = re.compile(r"^CREATE VIEW (\w+) AS\n(?:.+\n)+", re.MULTILINE)
WORDS_OF: Final = """(SELECT {join}(s.text, ' … ') FROM (
        SELECT text FROM spans
        WHERE article_id = a.article_id AND attribution_id = a.id AND role = '{role}'
        ORDER BY position) AS s)"""
"""The words of a source or a cue; separate parts are joined by an ellipsis."""

AMONG: Final = """e.article_id = {item}.article_id
    AND (e.id = {item}.{one} OR {find}(CAST({item}.{all} AS TEXT), '"' || e.id || '"') > 0)"""
"""Whether an entity is in one column, or in the list of another; older rows have no list."""

IDENTITY: Final = """(SELECT p.identity_id FROM identity_articles AS i
        JOIN identity_members AS m ON m.article_id = i.article_id
        JOIN identity_profiles AS p ON p.profile = m.profile
        WHERE i.article_id = {item}.article_id AND i.record_sha256 = r.record_sha256
        AND m.entity_id = {item}.id)"""
"""The identity of an entity; none if the article was loaded again and not linked yet."""


def views(dialect: Literal["sqlite", "postgresql", "duckdb"]) -> dict[str, str]:
    """Return the statement that creates each view, by its name."""
    join = "group_concat" if dialect == "sqlite" else "string_agg"
    # SQLite has no exact decimals: a number is text in its table, and numeric in the view
    number = "CAST(f.{} AS NUMERIC)" if dialect == "sqlite" else "f.{}"
    parts = {role: WORDS_OF.format(join=join, role=role) for role in ("source", "cue", "content")}
    # capitals sort first, whatever the database's locale
    parts["binary"] = ' COLLATE "C"' if dialect == "postgresql" else ""
    find = "instr" if dialect == "sqlite" else "strpos"
    several = {"speakers": ("q", "speaker", "speakers")}
    several |= {"sources": ("a", "source_entity", "source_entities")}
    parts |= {
        name: AMONG.format(item=item, one=one, all=all_, find=find)
        for name, (item, one, all_) in several.items()
    }
    parts |= {"identity": IDENTITY.format(item="e"), "holder": IDENTITY.format(item="h")}
    parts |= {name: number.format(name) for name in ("value", "low", "high")}
    source = (files("pipeline.writers") / "views.sql").read_text(encoding="utf-8")
    return {one[1]: one[0].format(**parts).strip() for one in VIEW.finditer(source)}
