"""Search what somebody has said, and answer the questions of agents.

Full-text search: FTS5 in SQLite and ``tsvector`` in PostgreSQL, both with English stems. DuckDB has
it only as an extension that must be downloaded, so it searches for the words as parts of the text,
as does an SQLite without FTS5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from pipeline.archive.access import Condition, Row, Store, opened
from pipeline.archive.statements import words
from pipeline.errors import BadParameter, DatabaseUnavailable
from pipeline.output.layout import TEXTS
from pipeline.text.lemmas import noun_lemma

INDEX: Final = "ix_statement_texts_text"
SEARCH: Final = "statement_search"
GIN: Final = f"CREATE INDEX {INDEX} ON {TEXTS.name} USING gin (to_tsvector('english', text))"


def prepare(store: Store) -> None:
    """Create the index for full-text search if the database can have one and has none."""
    if store.dialect == "postgresql":
        if store.rows("SELECT to_regclass(?)", INDEX) == [(None,)]:
            store.run(GIN)
    elif store.dialect == "sqlite":
        add_fts5(store, SEARCH, TEXTS.name, "text")


def add_fts5(store: Store, search: str, table: str, *columns: str) -> None:
    """Create a full-text index of a table of SQLite, unless it has one or FTS5 is missing."""
    known = store.rows("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
    if _has_fts5(store, search) or not known:
        return
    names = ", ".join(columns)
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("new", "old"))
    for statement in (
        f"""CREATE VIRTUAL TABLE {search} USING fts5(
            {names}, content='{table}', tokenize='porter unicode61 remove_diacritics 2')""",
        f"""CREATE TRIGGER {search}_insert AFTER INSERT ON {table} BEGIN
            INSERT INTO {search} (rowid, {names}) VALUES (new.rowid, {new}); END""",
        f"""CREATE TRIGGER {search}_delete AFTER DELETE ON {table} BEGIN
            INSERT INTO {search} ({search}, rowid, {names}) VALUES ('delete', old.rowid, {old});
            END""",
        f"INSERT INTO {search} ({search}) VALUES ('rebuild')",
    ):
        store.run(statement)


def _has_fts5(store: Store, search: str = SEARCH) -> bool:
    return bool(store.rows("SELECT 1 FROM sqlite_master WHERE name = ?", search))


def update(store: Store, ids: Sequence[str]) -> None:
    """Store the words of the statements of new and changed articles."""
    store.delete(TEXTS, "article_id", ids)
    asked = f"""
        SELECT DISTINCT article_id, statement_id, statement FROM v_statements
        WHERE statement IS NOT NULL AND {store.among("article_id")}"""
    store.insert(TEXTS, store.rows(asked, store.listed(ids)))


class SaidStatement(NamedTuple):
    """A statement, with its copies and its other instances in ``articles``."""

    published: str | None
    speaker: str | None
    """The name in the article."""
    identity: str | None
    kind: str
    statement: str
    cue: str | None
    title: str | None
    publisher: str | None
    uri: str | None
    article_id: str
    statement_id: str
    start_char: int
    end_char: int
    confidence: float | None
    articles: int
    outlets: int
    origins: int
    """Articles without copies of the same story."""


FIELDS: Final = SaidStatement._fields[:-3]


def said(
    address: str,
    speaker: str | None = None,
    *,
    about: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[SaidStatement]:
    """Return the statements of speakers whose name has all words of ``speaker``, earliest first.

    The words may be in the name in the article, or in the names of the speaker's identity.
    ``about``: words that a statement must have. ``since``, ``until``: the first and last day of
    publication. Only statements followed by ``pipeline copies`` can be searched for words. Raises
    what ``pipeline.archive.access.opened`` raises.
    """
    with opened(address, reading=True) as store, store.transaction():
        where = Condition()
        where.named("speaker", "identity", speaker)
        where.published(since, until)
        if about and words(about):
            _about(store, where, about)
        asked = f"""
            SELECT {", ".join(FIELDS)}, outlet, story_id, said_id,
                (SELECT i.name FROM identities AS i WHERE i.id = v_statements.identity)
            FROM v_statements {where}
            ORDER BY published, article_id, start_char, statement_id, speaker"""
        found = store.rows(asked, *where.parameters)
    return list(_grouped(found))


def _about(store: Store, where: Condition, about: str) -> None:
    if store.dialect == "postgresql":
        match = "to_tsvector('english', x.text) @@ plainto_tsquery('english', ?)"
        parameters = [about]
    elif store.dialect == "sqlite" and _has_fts5(store):
        match = f"x.rowid IN (SELECT rowid FROM {SEARCH} WHERE {SEARCH} MATCH ?)"
        parameters = [" ".join(f'"{word}"' for word in words(about))]
    else:
        parts = Condition()
        for word in words(about):
            lemma = noun_lemma(word)
            parts.words("x.text", lemma if word.startswith(lemma) else word)
        match, parameters = " AND ".join(parts.parts), parts.parameters
    where.add(
        f"""EXISTS (SELECT 1 FROM {TEXTS.name} AS x WHERE x.article_id = v_statements.article_id
            AND x.statement_id = v_statements.statement_id AND {match})""",
        *parameters,
    )


def _grouped(rows: Iterable[Row]) -> Iterator[SaidStatement]:
    """Return the rows with one for each quotation, and for each statement of a story."""
    groups: dict[object, list[tuple[dict[str, Any], str | None, str]]] = {}
    for *cells, outlet, story, quotation, name in rows:
        one = dict(zip(FIELDS, cells, strict=True))
        key = quotation or (story, words(one["statement"]))
        groups.setdefault((name or one["speaker"], key), []).append((one, outlet, story))
    for group in groups.values():
        yield SaidStatement(
            **group[0][0],
            articles=len({one["article_id"] for one, _, _ in group}),
            outlets=len({outlet for _, outlet, _ in group if outlet}),
            origins=len({story for _, _, story in group}),
        )


Answer = dict[str, Any]

MOST_WORDS: Final = 20
"""Words to search for."""
ARTICLE: Final = "published, title, publisher, uri, article_id, start_char, end_char"


class Found(NamedTuple):
    """The first rows of an answer."""

    rows: list[Answer]
    more: bool
    """Whether there are more rows than the limit."""


def who_said(address: str, words: str, *, limit: int) -> Found:
    """Return the quotations that contain all words, with their speakers, earliest first.

    Case is ignored, and each word may be a part of a word. Raises what
    ``pipeline.archive.access.opened`` raises, ``DatabaseUnavailable`` if the database refuses the
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
    ordered by the publication of its article. Unlike ``pipeline.archive.series``, it needs no run
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


def _plain(row: Answer) -> Answer:
    """Return a row with the same types from each database."""
    if isinstance(row.get("speaker_descriptions"), str):
        row["speaker_descriptions"] = json.loads(row["speaker_descriptions"])
    if row.get("negated") is not None:
        row["negated"] = bool(row["negated"])
    return row
