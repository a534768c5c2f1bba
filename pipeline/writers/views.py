"""Views that answer common questions: who said what, which figures, when, and which sources.

``v_quotes``: who said what, in which article and when, with the cue; a quote with several speakers
has a row for each. ``speaker_confidence`` is the confidence that the speakers are correct.
``attribution_confidence``, repeated as ``confidence``, is the confidence that the words are
attributed at all. ``v_figures``: value, unit, what it measures, its holder, time, and who gave it;
for several sources, ``given_by`` has their words in the text; ``time_start`` and ``time_end`` are
the range of its time. ``v_times``: each time with its range, whose end is exclusive. ``v_sources``:
the sources of each article with their kind, the number of words attributed to each, and the lowest
confidence that it is the correct entity. Words with several sources, or in nested statements, count
for each source. Sources without an entity are the same if their words are, ignoring case. The kind
is null for records of schema 1.0. ``identity_members``: each entity of a linked article with its
identity. ``score`` and ``evidence`` belong to the best link between its name and another name of
the identity; they are empty if it has one name only. ``facts`` is what the article says about it.
``v_identities`` adds the names and the article; ``v_quotes`` and ``v_figures`` have the identity,
too.
"""

from __future__ import annotations

from typing import Final, Literal

from pipeline.writers.acrossviews import ACROSS

WORDS_OF: Final = """(SELECT {join}(s.text, ' … ') FROM (
        SELECT text FROM spans
        WHERE article_id = a.article_id AND attribution_id = a.id AND role = '{role}'
        ORDER BY position) AS s)"""
"""The words of a source or a cue; separate parts are joined by an ellipsis."""

AMONG: Final = """e.article_id = {item}.article_id
    AND (e.id = {item}.{one} OR {find}(CAST({item}.{all} AS TEXT), '"' || e.id || '"') > 0)"""
"""Whether an entity is in one column, or in the list of another; older rows have no list."""

IDENTITY: Final = """(SELECT p.identity_id FROM identity_articles AS i
        JOIN identity_entities AS m ON m.article_id = i.article_id
        JOIN identity_profiles AS p ON p.profile = m.profile
        WHERE i.article_id = {item}.article_id AND i.record_sha256 = r.record_sha256
        AND m.entity_id = {item}.id)"""
"""The identity of an entity; none if the article was loaded again and not linked yet."""

QUOTES: Final = """
CREATE VIEW v_quotes AS
SELECT
    q.article_id,
    q.id AS quote_id,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    e.name AS speaker,
    e.label AS speaker_label,
    e.descriptions AS speaker_descriptions,
    {source} AS source,
    a.source_kind,
    a.source_anonymous AS anonymous,
    q.text AS quote,
    q.kind,
    {cue} AS cue,
    a.cue_lemma,
    a.cue_type,
    a.confidence,
    q.start_char,
    q.end_char,
    a.confidence AS attribution_confidence,
    q.speaker_confidence,
    {identity} AS identity
FROM quotes AS q
JOIN articles AS r ON r.id = q.article_id
LEFT JOIN attributions AS a ON a.article_id = q.article_id AND a.id = q.attribution
LEFT JOIN entities AS e ON {speakers}
WHERE q.speech
"""

FIGURES: Final = """
CREATE VIEW v_figures AS
SELECT
    f.article_id,
    f.id AS figure_id,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    f.text,
    f.kind,
    {value} AS value,
    f.value_text,
    {low} AS low,
    {high} AS high,
    f.unit,
    f.unit_assumed,
    f.bound,
    f.vague,
    f.change,
    f.change_role,
    f.rate_per,
    f.measures_text AS measures,
    h.name AS holder,
    t.text AS time_text,
    t.value AS time_value,
    COALESCE(e.name, {source}) AS given_by,
    a.source_kind,
    a.source_anonymous AS anonymous,
    a.confidence,
    f.start_char,
    f.end_char,
    a.source_entity_confidence AS given_by_confidence,
    t.range_start AS time_start,
    t.range_end AS time_end,
    f.holder_text_text AS holder_text,
    f.confidence AS figure_confidence,
    {holder} AS holder_identity,
    {identity} AS given_by_identity
FROM figures AS f
JOIN articles AS r ON r.id = f.article_id
LEFT JOIN entities AS h ON h.article_id = f.article_id AND h.id = f.holder
LEFT JOIN times AS t ON t.article_id = f.article_id AND t.id = f.time
LEFT JOIN attributions AS a ON a.article_id = f.article_id AND a.id = f.attribution
LEFT JOIN entities AS e ON e.article_id = a.article_id AND e.id = a.source_entity
"""

TIMES: Final = """
CREATE VIEW v_times AS
SELECT
    t.article_id,
    t.id AS time_id,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    t.text,
    t.kind,
    t.value,
    t.relative,
    t.range_start,
    t.range_end,
    t.start_char,
    t.end_char
FROM times AS t
JOIN articles AS r ON r.id = t.article_id
"""

SOURCES: Final = """
CREATE VIEW v_sources AS
SELECT
    g.article_id,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    MIN(g.source{binary}) AS source,
    g.kind,
    g.label,
    g.entity_id,
    g.anonymous,
    COUNT(*) AS attributions,
    SUM(g.quotes) AS quotes,
    SUM(g.words) AS words,
    MIN(g.confidence) AS entity_confidence
FROM (
    SELECT
        a.article_id,
        COALESCE(e.name, {source}) AS source,
        a.source_kind AS kind,
        e.label,
        e.id AS entity_id,
        a.source_entity_confidence AS confidence,
        a.source_anonymous AS anonymous,
        (SELECT COUNT(*) FROM quotes AS q
         WHERE q.article_id = a.article_id AND q.attribution = a.id) AS quotes,
        (SELECT COALESCE(SUM(c.words), 0) FROM spans AS c
         WHERE c.article_id = a.article_id AND c.attribution_id = a.id
         AND c.role = 'content') AS words
    FROM attributions AS a
    LEFT JOIN entities AS e ON {sources}
    WHERE a.source_form IS NOT NULL
) AS g
JOIN articles AS r ON r.id = g.article_id
GROUP BY g.article_id, r.published, r.title, r.publisher, r.uri, LOWER(g.source), g.kind, g.label,
    g.entity_id, g.anonymous
"""

MEMBERS: Final = """
CREATE VIEW identity_members AS
SELECT p.identity_id, m.article_id, m.entity_id, m.mentions, p.score, p.evidence, m.facts, m.profile
FROM identity_entities AS m
JOIN identity_profiles AS p ON p.profile = m.profile
"""

IDENTITIES: Final = """
CREATE VIEW v_identities AS
SELECT
    d.id AS identity,
    d.name,
    d.label,
    e.article_id,
    e.id AS entity_id,
    e.name AS entity,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    m.mentions,
    p.score,
    p.evidence
FROM entities AS e
JOIN articles AS r ON r.id = e.article_id
JOIN identity_articles AS i ON i.article_id = r.id AND i.record_sha256 = r.record_sha256
JOIN identity_entities AS m ON m.article_id = e.article_id AND m.entity_id = e.id
JOIN identity_profiles AS p ON p.profile = m.profile
JOIN identities AS d ON d.id = p.identity_id
"""


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
    made = {"v_quotes": QUOTES, "v_figures": FIGURES, "v_times": TIMES, "v_sources": SOURCES}
    made |= {"identity_members": MEMBERS, "v_identities": IDENTITIES}
    return {name: text.format(**parts).strip() for name, text in (made | ACROSS).items()}
