-- Views that answer common questions: who said what, which figures, when, and which sources.
--
-- ``v_quotes``: who said what, in which article and when, with the cue; a quote with several speakers
-- has a row for each. ``speaker_confidence`` is the confidence that the speakers are correct.
-- ``attribution_confidence``, repeated as ``confidence``, is the confidence that the words are
-- attributed at all. ``v_figures``: value, unit, what it measures, its holder, time, and who gave it;
-- for several sources, ``given_by`` has their words in the text; ``time_start`` and ``time_end`` are
-- the range of its time. ``v_times``: each time with its range, whose end is exclusive. ``v_sources``:
-- the sources of each article with their kind, the number of words attributed to each, and the lowest
-- confidence that it is the correct entity. Words with several sources count for each, words of a
-- statement within another only for the inner one. Sources without an entity are the same if their words are, ignoring case. The kind
-- is null for records of schema 1.0. ``identity_members``: each entity of a linked article with its
-- identity. ``score`` and ``evidence`` belong to the best link between its name and another name of
-- the identity; they are empty if it has one name only. ``facts`` is what the article says about it.
-- ``v_identities`` adds the names and the article; ``v_quotes`` and ``v_figures`` have the identity,
-- too.
--
-- Views across articles: statements, stories, quotations and series of figures.
--
-- ``v_statements``: every statement, direct, mixed or indirect, with its source; one with several
-- sources has a row for each. ``story_id`` is the same for an article and its copies, so
-- ``count(DISTINCT story_id)`` counts independent origins. ``said_id`` is the same for one quotation
-- in several articles. ``identity`` is that of the source. ``v_stories``: the stories with their
-- numbers of articles and outlets. ``v_said``: the quotations with their earliest instance and their
-- numbers of articles, outlets, origins and variants; ``disputed`` means that the same words are given
-- to another speaker elsewhere. ``v_series``: each figure as a value of its series, which has one
-- holder, measure, kind, unit and scope: ``scope`` has the words that restrict the measure, and
-- ``change`` and ``period``, the length of the time, are the same, too. The holder is an
-- identity, with its name, if the article is linked, otherwise a name; without a named holder, a
-- series has the figures of one story. ``measure`` has lemmas, ``measures`` the words of the text.
-- Copies are left out, and so are figures without a date and values before a change without a time.
-- ``period_start`` and ``period_end`` are the range of its time; without one, ``period_start`` is the
-- day of publication.
-- ``relation`` compares a value with the previous one of the series:
--
-- - ``same``: the same value and bound for the same period;
-- - ``other period``, ``other scope``: the values need not agree;
-- - ``revision``: another value for the same period in a later article;
-- - ``disagreement``: another value with the same bound for the same period from another source, or on
--   the same date from another publisher.
--
-- Values of one article are of another scope, since an article seldom contradicts itself.
--
-- Until ``pipeline copies`` has run, each article is its own story, and ``v_stories``, ``v_said`` and
-- ``v_series`` are empty. Until ``pipeline link`` has run, identities are null.
--
-- Words in braces are filled in by views.py. A view is a statement up to the next empty line.

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
         AND c.role = 'content')
        - (SELECT COALESCE(SUM(c.words), 0) FROM attributions AS b
           JOIN spans AS c ON c.article_id = b.article_id AND c.attribution_id = b.id
           WHERE b.article_id = a.article_id AND b.parent = a.id AND c.role = 'content') AS words
    FROM attributions AS a
    LEFT JOIN entities AS e ON {sources}
    WHERE a.source_form IS NOT NULL
) AS g
JOIN articles AS r ON r.id = g.article_id
GROUP BY g.article_id, r.published, r.title, r.publisher, r.uri, LOWER(g.source), g.kind, g.label,
    g.entity_id, g.anonymous

CREATE VIEW identity_members AS
SELECT p.identity_id, m.article_id, m.entity_id, m.mentions, p.score, p.evidence, m.facts, m.profile
FROM identity_entities AS m
JOIN identity_profiles AS p ON p.profile = m.profile

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

CREATE VIEW v_statements AS
SELECT
    a.article_id,
    a.id AS statement_id,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    e.name AS speaker,
    e.label AS speaker_label,
    {source} AS source,
    a.source_kind,
    a.source_anonymous AS anonymous,
    a.kind,
    {content} AS statement,
    {cue} AS cue,
    a.cue_lemma,
    a.cue_type,
    a.cue_negated AS negated,
    a.parent,
    a.confidence,
    a.source_entity_confidence AS speaker_confidence,
    (SELECT MIN(c.start_char) FROM spans AS c
     WHERE c.article_id = a.article_id AND c.attribution_id = a.id AND c.role = 'content')
        AS start_char,
    (SELECT MAX(c.end_char) FROM spans AS c
     WHERE c.article_id = a.article_id AND c.attribution_id = a.id AND c.role = 'content')
        AS end_char,
    COALESCE(m.outlet, r.publisher) AS outlet,
    COALESCE(m.story_id, a.article_id) AS story_id,
    (SELECT MIN(s.said_id) FROM quotes AS q
     JOIN said_members AS s ON s.article_id = q.article_id AND s.quote_id = q.id
     WHERE q.article_id = a.article_id AND q.attribution = a.id) AS said_id,
    {identity} AS identity
FROM attributions AS a
JOIN articles AS r ON r.id = a.article_id
LEFT JOIN entities AS e ON {sources}
LEFT JOIN story_members AS m ON m.article_id = a.article_id
UNION ALL
SELECT
    q.article_id,
    q.id,
    r.published,
    r.title,
    r.publisher,
    r.uri,
    e.name,
    e.label,
    NULL,
    NULL,
    NULL,
    q.kind,
    q.text,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    q.speaker_confidence,
    q.start_char,
    q.end_char,
    COALESCE(m.outlet, r.publisher),
    COALESCE(m.story_id, q.article_id),
    s.said_id,
    {identity}
FROM quotes AS q
JOIN articles AS r ON r.id = q.article_id
LEFT JOIN entities AS e ON {speakers}
LEFT JOIN story_members AS m ON m.article_id = q.article_id
LEFT JOIN said_members AS s ON s.article_id = q.article_id AND s.quote_id = q.id
WHERE q.speech AND q.attribution IS NULL

CREATE VIEW v_stories AS
SELECT
    s.id AS story_id,
    s.first_seen,
    s.origin,
    r.title,
    r.publisher,
    r.uri,
    COUNT(*) AS articles,
    COUNT(DISTINCT m.outlet) AS outlets,
    SUM(CASE WHEN m.kind = 'copy' THEN 1 ELSE 0 END) AS copies,
    SUM(CASE WHEN m.kind = 'update' THEN 1 ELSE 0 END) AS updates,
    MIN(m.similarity) AS similarity
FROM stories AS s
JOIN story_members AS m ON m.story_id = s.id
JOIN articles AS r ON r.id = s.id
GROUP BY s.id, s.first_seen, s.origin, r.title, r.publisher, r.uri

CREATE VIEW v_said AS
SELECT
    s.id AS said_id,
    s.speaker,
    s.text AS quote,
    s.published,
    s.article_id,
    s.quote_id,
    r.title,
    r.publisher,
    r.uri,
    COUNT(DISTINCT q.article_id) AS articles,
    COUNT(DISTINCT m.outlet) AS outlets,
    COUNT(DISTINCT COALESCE(m.story_id, q.article_id)) AS origins,
    COUNT(DISTINCT q.text) AS variants,
    s.disputed
FROM said AS s
JOIN articles AS r ON r.id = s.article_id
JOIN said_members AS i ON i.said_id = s.id
JOIN quotes AS q ON q.article_id = i.article_id AND q.id = i.quote_id
LEFT JOIN story_members AS m ON m.article_id = i.article_id
GROUP BY s.id, s.speaker, s.text, s.published, s.article_id, s.quote_id, r.title, r.publisher,
    r.uri, s.disputed

-- databases apply a condition on holder_identity before the window, since it partitions by itself
CREATE VIEW v_series AS
WITH points AS (
    SELECT
        COALESCE(d.name, h.name, f.holder_text_text) AS holder,
        d.id AS holder_identity,
        n.measure,
        n.scope,
        f.kind,
        f.unit,
        f.rate_per,
        CASE WHEN f.change_role = 'delta' THEN f.change END AS change,
        COALESCE(t.range_start, SUBSTR(r.published, 1, 10)) AS period_start,
        t.range_end AS period_end,
        CASE
            WHEN t.range_start IS NULL OR {days} <= 1 THEN 'day'
            WHEN {days} < 22 THEN 'week'
            WHEN {days} < 45 THEN 'month'
            ELSE CAST(CAST(ROUND({days} / 30.44) AS INTEGER) AS TEXT) || ' months'
        END AS period,
        t.text AS time_text,
        CASE WHEN t.range_start IS NOT NULL THEN t.value END AS time_value,
        {value} AS value,
        f.value_text,
        f.bound,
        f.text,
        f.measures_text AS measures,
        COALESCE(e.name, {source}) AS given_by,
        {identity} AS given_by_identity,
        a.source_anonymous AS anonymous,
        r.published,
        r.title,
        r.publisher,
        r.uri,
        f.article_id,
        f.id AS figure_id,
        f.holder AS holder_id,
        f.start_char,
        f.end_char,
        COALESCE(m.story_id, f.article_id) AS story_id,
        f.confidence
    FROM figures AS f
    JOIN figure_measures AS n ON n.article_id = f.article_id AND n.figure_id = f.id
    JOIN articles AS r ON r.id = f.article_id
    LEFT JOIN entities AS h ON h.article_id = f.article_id AND h.id = f.holder
    LEFT JOIN times AS t ON t.article_id = f.article_id AND t.id = f.time
    LEFT JOIN attributions AS a ON a.article_id = f.article_id AND a.id = f.attribution
    LEFT JOIN entities AS e ON e.article_id = a.article_id AND e.id = a.source_entity
    LEFT JOIN identity_articles AS i ON i.article_id = r.id AND i.record_sha256 = r.record_sha256
    LEFT JOIN identity_entities AS o ON o.article_id = i.article_id AND o.entity_id = f.holder
    LEFT JOIN identity_profiles AS p ON p.profile = o.profile
    LEFT JOIN identities AS d ON d.id = p.identity_id
    LEFT JOIN story_members AS m ON m.article_id = f.article_id
    WHERE f.value IS NOT NULL AND f.kind <> 'ordinal'
        AND COALESCE(t.range_start, r.published) IS NOT NULL
        AND (f.change_role IS NULL OR f.change_role <> 'from' OR t.range_start IS NOT NULL)
        AND (m.kind IS NULL OR m.kind <> 'copy')
),
pairs AS (
    SELECT
        p.*,
        LAG(value) OVER w AS previous_value,
        LAG(bound) OVER w AS previous_bound,
        LAG(period_start) OVER w AS previous_start,
        LAG(period_end) OVER w AS previous_end,
        LAG(published) OVER w AS previous_published,
        LAG(publisher) OVER w AS previous_publisher,
        LAG(given_by) OVER w AS previous_given_by,
        LAG(given_by_identity) OVER w AS previous_given_by_identity,
        LAG(article_id) OVER w AS previous_article_id
    FROM points AS p
    WINDOW w AS (
        PARTITION BY holder_identity, CASE WHEN holder_identity IS NULL THEN LOWER(holder) END,
            CASE WHEN holder_id IS NULL THEN story_id END, measure, scope, kind, unit, rate_per,
            change, period
        ORDER BY period_start, COALESCE(period_end, ''), COALESCE(published, ''), article_id,
            start_char
    )
)
SELECT
    holder, measure, scope, unit, rate_per, change, period_start, period_end, time_text,
    time_value, value, value_text, bound, text, measures, given_by, anonymous, published, title,
    publisher, uri, article_id, figure_id, start_char, end_char, story_id, confidence,
    previous_value,
    CASE
        WHEN previous_article_id IS NULL THEN NULL
        WHEN period_start <> previous_start
            OR COALESCE(period_end, '') <> COALESCE(previous_end, '') THEN 'other period'
        WHEN value = previous_value AND COALESCE(bound, '') = COALESCE(previous_bound, '')
            THEN 'same'
        WHEN article_id = previous_article_id THEN 'other scope'
        WHEN COALESCE(bound, '') = COALESCE(previous_bound, '')
            AND LOWER(given_by) <> LOWER(previous_given_by)
            AND COALESCE(given_by_identity <> previous_given_by_identity, TRUE) THEN 'disagreement'
        WHEN published > previous_published THEN 'revision'
        WHEN COALESCE(bound, '') = COALESCE(previous_bound, '')
            AND publisher <> previous_publisher THEN 'disagreement'
        ELSE 'other scope'
    END AS relation,
    holder_identity, kind, period
FROM pairs
