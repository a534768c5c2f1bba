"""Ask a database of records: who said something, what was said, how a figure moved.

The queries use the views of ``pipeline load``, and only read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pipeline.errors import BadParameter, DatabaseUnavailable, DatabaseUnsuitable
from pipeline.writers.loading import connect
from pipeline.writers.sql import SqlTarget
from pipeline.writers.views import AMONG, WORDS_OF

Row = dict[str, Any]

MOST_WORDS: Final = 20
"""Words to search for."""
READ_ONLY: Final = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
}
"""DuckDB opens the file read-only."""
ARTICLE: Final = "published, title, publisher, uri, article_id, start_char, end_char"
STATEMENTS: Final = """
SELECT
    a.article_id, a.id AS statement_id, r.published, r.title, r.publisher, r.uri,
    e.name AS speaker, {source} AS source, a.source_kind, a.kind, {content} AS statement,
    {cue} AS cue, a.cue_type, a.cue_negated AS negated, a.confidence,
    (SELECT MIN(c.start_char) FROM spans AS c WHERE c.article_id = a.article_id
        AND c.attribution_id = a.id AND c.role = 'content') AS start_char,
    (SELECT MAX(c.end_char) FROM spans AS c WHERE c.article_id = a.article_id
        AND c.attribution_id = a.id AND c.role = 'content') AS end_char
FROM attributions AS a
JOIN articles AS r ON r.id = a.article_id
LEFT JOIN entities AS e ON {speakers}
"""
"""Every statement, direct, mixed or indirect; one with several speakers has a row for each."""


class Found(NamedTuple):
    """The first rows of an answer."""

    rows: list[Row]
    more: bool
    """Whether there are more rows than the limit."""


def who_said(address: str, words: str, *, limit: int) -> Found:
    """Return the quotations that contain all words, with their speakers, earliest first.

    Case is ignored, and each word may be a part of a word. Raises what ``loading.connect`` raises,
    and ``BadParameter`` for no words or too many.
    """
    where = _Where()
    where.contains("quote", words)
    asked = f"""
        SELECT speaker, speaker_descriptions, source, quote, kind, cue, speaker_confidence,
            {ARTICLE}
        FROM v_quotes WHERE {where}
        ORDER BY published IS NULL, published, article_id, start_char, speaker"""
    return _found(address, asked, where.parameters, limit)


def statements(
    address: str,
    *,
    about: str | None = None,
    speaker: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int,
) -> Found:
    """Return statements whose words, and whose speaker's name or words, contain all those given.

    ``since`` and ``until`` are the first and the last day of publication. Latest first; raises as
    ``who_said`` does.
    """
    where = _Where()
    where.contains("statement", about)
    where.contains("COALESCE(speaker, '') || ' ' || COALESCE(source, '')", speaker)
    where.published(since, until)
    asked = f"""
        SELECT speaker, source, source_kind, kind, statement, cue, cue_type, negated, confidence,
            {ARTICLE}
        FROM (STATEMENTS) AS s WHERE statement IS NOT NULL AND {where}
        ORDER BY published IS NULL, published DESC, article_id, start_char, speaker"""
    return _found(address, asked, where.parameters, limit)


def series(
    address: str,
    *,
    holder: str | None = None,
    measure: str | None = None,
    unit: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int,
) -> Found:
    """Return figures whose holder and measure contain the given words, ordered by their time.

    A figure without a time is ordered by the publication of its article. Raises as ``who_said``
    does.
    """
    where = _Where()
    where.contains("COALESCE(holder, '') || ' ' || COALESCE(holder_text, '')", holder)
    where.contains("measures", measure)
    if unit is not None:
        where.add("unit = ?", unit)
    where.published(since, until)
    asked = f"""
        SELECT holder, holder_text, measures, text, value_text AS value, unit, bound, change,
            change_role, time_text, time_start, time_end, given_by, figure_confidence, {ARTICLE}
        FROM v_figures WHERE {where}
        ORDER BY COALESCE(time_start, published) IS NULL, COALESCE(time_start, published),
            published IS NULL, published, article_id, start_char"""
    return _found(address, asked, where.parameters, limit)


class _Where:
    """Conditions and their parameters."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.parameters: list[str] = []

    def add(self, condition: str, *parameters: str) -> None:
        self.conditions.append(condition)
        self.parameters += parameters

    def contains(self, column: str, words: str | None) -> None:
        """Require that a column contains each word."""
        if words is None:
            return
        found = words.split()
        if not 0 < len(found) <= MOST_WORDS:
            raise BadParameter(f"{len(found)} words to search for, not 1 to {MOST_WORDS}", hint="")
        for word in found:
            escaped = "".join(f"!{c}" if c in "!%_" else c for c in word.lower())
            self.add(f"LOWER({column}) LIKE ? ESCAPE '!'", f"%{escaped}%")

    def published(self, since: str | None, until: str | None) -> None:
        if since is not None:
            self.add("published >= ?", since)
        if until is not None:
            self.add("SUBSTR(published, 1, 10) <= ?", until)

    def __str__(self) -> str:
        return " AND ".join(self.conditions) or "1 = 1"


def check(address: str) -> None:
    """Raise an error if the database cannot be asked."""
    _rows(address, "SELECT 1 FROM v_quotes LIMIT 0", ())


def _found(address: str, asked: str, parameters: Sequence[str], limit: int) -> Found:
    rows = _rows(address, f"{asked} LIMIT {limit + 1:d}", parameters)
    return Found([_plain(row) for row in rows[:limit]], len(rows) > limit)


def _plain(row: Row) -> Row:
    """Return a row with the same types from each database."""
    if isinstance(row.get("speaker_descriptions"), str):
        row["speaker_descriptions"] = json.loads(row["speaker_descriptions"])
    if row.get("negated") is not None:
        row["negated"] = bool(row["negated"])
    return row


def _rows(address: str, asked: str, parameters: Sequence[str]) -> list[Row]:
    with connect(address, reading=True) as target:
        if isinstance(target, SqlTarget):
            with target.failing(DatabaseUnavailable), target.connection.begin():
                target.connection.exec_driver_sql(READ_ONLY[target.dialect])
                asked = _written(asked, target.dialect)
                found = target.connection.exec_driver_sql(asked, tuple(parameters))
                return [dict(row) for row in found.mappings()]
        duckdb: Any = target
        if not hasattr(duckdb, "connection"):
            hint = "load the records into SQLite, PostgreSQL or DuckDB"
            raise DatabaseUnsuitable("Parquet files have no views", where=address, hint=hint)
        with duckdb.failing(DatabaseUnavailable):
            cursor = duckdb.connection.execute(_written(asked, "duckdb"), list(parameters))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _written(asked: str, dialect: str) -> str:
    """Return a query in the dialect of a database."""
    join, find = ("group_concat", "instr") if dialect == "sqlite" else ("string_agg", "strpos")
    parts = {role: WORDS_OF.format(join=join, role=role) for role in ("source", "content", "cue")}
    among = AMONG.format(item="a", one="source_entity", all="source_entities", find=find)
    asked = asked.replace("STATEMENTS", STATEMENTS.format(**parts, speakers=among))
    return asked.replace("?", "%s") if dialect == "postgresql" else asked
