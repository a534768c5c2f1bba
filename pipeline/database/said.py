"""Search what somebody has said.

Full-text search: FTS5 in SQLite and ``tsvector`` in PostgreSQL, both with English stems. DuckDB has
it only as an extension that must be downloaded, so it searches for the words as parts of the text,
as does an SQLite without FTS5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.database.access import Condition, opened
from pipeline.database.statements import words
from pipeline.text.lemmas import noun_lemma
from pipeline.writers.derived import TEXTS

if TYPE_CHECKING:
    from pipeline.database.access import Row, Store

INDEX: Final = "ix_statement_texts_text"
SEARCH: Final = "statement_search"
FTS5: Final = (
    f"""CREATE VIRTUAL TABLE {SEARCH} USING fts5(
        text, content='{TEXTS.name}', tokenize='porter unicode61 remove_diacritics 2')""",
    f"""CREATE TRIGGER {SEARCH}_insert AFTER INSERT ON {TEXTS.name} BEGIN
        INSERT INTO {SEARCH} (rowid, text) VALUES (new.rowid, new.text); END""",
    f"""CREATE TRIGGER {SEARCH}_delete AFTER DELETE ON {TEXTS.name} BEGIN
        INSERT INTO {SEARCH} ({SEARCH}, rowid, text) VALUES ('delete', old.rowid, old.text); END""",
    f"INSERT INTO {SEARCH} ({SEARCH}) VALUES ('rebuild')",
)
GIN: Final = f"CREATE INDEX {INDEX} ON {TEXTS.name} USING gin (to_tsvector('english', text))"


def prepare(store: Store) -> None:
    """Create the index for full-text search if the database can have one and has none."""
    if store.dialect == "postgresql":
        if store.rows("SELECT to_regclass(?)", INDEX) == [(None,)]:
            store.run(GIN)
    elif store.dialect == "sqlite" and not _has_fts5(store):
        known = store.rows("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
        for statement in FTS5 if known else ():
            store.run(statement)


def _has_fts5(store: Store) -> bool:
    return bool(store.rows("SELECT 1 FROM sqlite_master WHERE name = ?", SEARCH))


def update(store: Store, ids: Sequence[str]) -> None:
    """Store the words of the statements of new and changed articles."""
    store.delete(TEXTS, "article_id", ids)
    asked = f"""
        SELECT DISTINCT article_id, statement_id, statement FROM v_statements
        WHERE statement IS NOT NULL AND {store.among("article_id")}"""
    store.insert(TEXTS, store.rows(asked, store.listed(ids)))


class Said(NamedTuple):
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


FIELDS: Final = Said._fields[:-3]


def said(
    address: str,
    speaker: str | None = None,
    *,
    about: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[Said]:
    """Return the statements of speakers whose name has all words of ``speaker``, earliest first.

    The words may be in the name in the article, or in the names of the speaker's identity.
    ``about``: words that a statement must have. ``since``, ``until``: the first and last day of
    publication. Only statements followed by ``pipeline copies`` can be searched for words. Raises
    what ``pipeline.database.access.opened`` raises.
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


def _grouped(rows: Iterable[Row]) -> Iterator[Said]:
    """Return the rows with one for each quotation, and for each statement of a story."""
    groups: dict[object, list[tuple[dict[str, Any], str | None, str]]] = {}
    for *cells, outlet, story, quotation, name in rows:
        one = dict(zip(FIELDS, cells, strict=True))
        key = quotation or (story, words(one["statement"]))
        groups.setdefault((name or one["speaker"], key), []).append((one, outlet, story))
    for group in groups.values():
        yield Said(
            **group[0][0],
            articles=len({one["article_id"] for one, _, _ in group}),
            outlets=len({outlet for _, outlet, _ in group if outlet}),
            origins=len({story for _, _, story in group}),
        )
