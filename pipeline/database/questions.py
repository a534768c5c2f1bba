"""Answer questions of agents: who said something, what was said, how a figure moved."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from pipeline.database.access import Condition, opened
from pipeline.errors import BadParameter, DatabaseUnavailable

Row = dict[str, Any]

MOST_WORDS: Final = 20
"""Words to search for."""
ARTICLE: Final = "published, title, publisher, uri, article_id, start_char, end_char"


class Found(NamedTuple):
    """The first rows of an answer."""

    rows: list[Row]
    more: bool
    """Whether there are more rows than the limit."""


def who_said(address: str, words: str, *, limit: int) -> Found:
    """Return the quotations that contain all words, with their speakers, earliest first.

    Case is ignored, and each word may be a part of a word. Raises what
    ``pipeline.database.access.opened`` raises, ``DatabaseUnavailable`` if the database refuses the
    query, and ``BadParameter`` for no words or too many.
    """
    where = Condition()
    where.words("quote", _bounded(words))
    asked = f"""
        SELECT speaker, speaker_descriptions, source, quote, kind, cue, speaker_confidence,
            {ARTICLE}
        FROM v_quotes {where}
        ORDER BY published IS NULL, published, article_id, start_char, speaker"""
    return _found(address, asked, where, limit)


def statements(
    address: str,
    *,
    about: str | None = None,
    speaker: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int,
) -> Found:
    """Return statements that contain all words of ``about``, latest first.

    The words of ``speaker`` are in the name or the words of the source, or in the names of its
    identity. ``since`` and ``until`` are the first and the last day of publication. Raises what
    ``who_said`` raises.
    """
    where = Condition()
    where.add("statement IS NOT NULL")
    where.words("statement", _bounded(about))
    source = "COALESCE(speaker, '') || ' ' || COALESCE(source, '')"
    where.named(source, "identity", _bounded(speaker))
    where.published(since, until)
    asked = f"""
        SELECT speaker, source, source_kind, kind, statement, cue, cue_type, negated, confidence,
            {ARTICLE}
        FROM v_statements {where}
        ORDER BY published IS NULL, published DESC, article_id, start_char, speaker"""
    return _found(address, asked, where, limit)


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

    The words of ``holder`` may also be in the names of its identity. A figure without a time is
    ordered by the publication of its article. Unlike ``pipeline.database.series``, it needs no run
    of ``pipeline copies``. Raises what ``who_said`` raises.
    """
    where = Condition()
    whose = "COALESCE(holder, '') || ' ' || COALESCE(holder_text, '')"
    where.named(whose, "holder_identity", _bounded(holder))
    where.words("measures", _bounded(measure))
    where.equal("unit", unit)
    where.published(since, until)
    asked = f"""
        SELECT holder, holder_text, measures, text, value_text AS value, unit, bound, change,
            change_role, time_text, time_start, time_end, given_by, figure_confidence, {ARTICLE}
        FROM v_figures {where}
        ORDER BY COALESCE(time_start, published) IS NULL, COALESCE(time_start, published),
            published IS NULL, published, article_id, start_char"""
    return _found(address, asked, where, limit)


def check(address: str) -> None:
    """Raise an error if the database cannot be asked."""
    with opened(address, reading=True, failure=DatabaseUnavailable):
        pass


def _bounded(words: str | None) -> str | None:
    count = 1 if words is None else len(words.split())
    if not 0 < count <= MOST_WORDS:
        raise BadParameter(f"{count} words to search for, not 1 to {MOST_WORDS}", hint="")
    return words


def _found(address: str, asked: str, where: Condition, limit: int) -> Found:
    with (
        opened(address, reading=True, failure=DatabaseUnavailable) as store,
        store.transaction(),
    ):
        rows = store.named(f"{asked} LIMIT {limit + 1:d}", *where.parameters)
    return Found([_plain(row) for row in rows[:limit]], len(rows) > limit)


def _plain(row: Row) -> Row:
    """Return a row with the same types from each database."""
    if isinstance(row.get("speaker_descriptions"), str):
        row["speaker_descriptions"] = json.loads(row["speaker_descriptions"])
    if row.get("negated") is not None:
        row["negated"] = bool(row["negated"])
    return row
