"""The views answer who said what, which figures, and which sources."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from pipeline.output.loading import load
from pipeline.records.corrections import with_speakers
from pipeline.records.schema import ArticleRecord, Mention, Range
from pipeline.text.words import count_words
from tests.output.reading import read_records
from tests.output.samples import record

KINDS = ("sqlite", "duckdb", pytest.param("postgres", marks=pytest.mark.check))


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database that has views."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"{request.param}:///{tmp_path}/x"


def rows(address: str, statement: str) -> list[dict[str, Any]]:
    """Return the rows of a statement, by column name."""
    if address.startswith("duckdb"):
        with duckdb.connect(address.removeprefix("duckdb:///")) as connection:
            found = connection.execute(statement)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    if address.startswith("sqlite"):
        with create_engine(address, poolclass=NullPool).connect() as engine:
            return [dict(row) for row in engine.exec_driver_sql(statement).mappings()]
    with psycopg.connect(address, row_factory=psycopg.rows.dict_row) as server:
        return server.execute(statement).fetchall()  # type: ignore[arg-type]


def test_v_quotes_says_who_said_what_where_and_when(address: str) -> None:
    load([record("a", title="T", published="2025-05-01", publisher="P", uri="U")], address)
    (row,) = rows(address, "SELECT * FROM v_quotes")
    assert row | {"anonymous": bool(row["anonymous"])} == {
        "article_id": "a", "quote_id": "q1", "published": "2025-05-01", "title": "T",
        "publisher": "P", "uri": "U", "speaker": "Al Roe", "speaker_label": "PERSON",
        "speaker_descriptions": row["speaker_descriptions"], "source": "Al Roe",
        "source_kind": "person", "anonymous": False, "quote": "no", "kind": "direct",
        "cue": "said", "cue_lemma": "say", "cue_type": "say", "confidence": None,
        "start_char": 25, "end_char": 27, "attribution_confidence": None,
        "speaker_confidence": 0.625, "identity": None,
    }  # fmt: skip
    assert "mayor" in row["speaker_descriptions"]


def of_both(made: ArticleRecord) -> ArticleRecord:
    """Return a record whose quote and attribution have two speakers."""
    first, *more = made.attributions
    (roe,) = made.entities
    mayor = Mention(start=8, end=17, text="the mayor", kind="nominal", confidence=0.25)
    bo = roe.model_copy(update={"id": "e2", "name": "Bo", "mentions": (mayor,)})
    quotes = (with_speakers(made.quotes[0], ("e1", "e2")),)
    first = with_speakers(first, ("e1", "e2"))  # type: ignore[assignment]
    assert first.source is not None
    sure = first.source.model_copy(update={"entity_confidence": 0.75})
    return made.model_copy(
        update={
            "entities": (roe, bo),
            "quotes": tuple(q.model_copy(update={"speaker_confidence": 0.5}) for q in quotes),
            "attributions": (first.model_copy(update={"source": sure}), *more),
        }
    )


def test_several_speakers_have_a_row_each_with_its_confidence(address: str) -> None:
    load([of_both(record("a")), record("b")], address)
    wanted = "article_id, speaker, quote, speaker_confidence"
    found = rows(address, f"SELECT {wanted} FROM v_quotes ORDER BY article_id, speaker")
    assert [tuple(row.values()) for row in found] == [
        ("a", "Al Roe", "no", 0.5),
        ("a", "Bo", "no", 0.5),
        ("b", "Al Roe", "no", 0.625),
    ]
    wanted = "source, entity_id, quotes, words, entity_confidence"
    heard = "WHERE article_id = 'a' AND entity_id IS NOT NULL ORDER BY source"
    found = rows(address, f"SELECT {wanted} FROM v_sources {heard}")
    assert [tuple(row.values()) for row in found] == [
        ("Al Roe", "e1", 1, 3, 0.75),
        ("Bo", "e2", 1, 3, 0.75),
    ]
    assert rows(address, "SELECT speaker FROM quotes WHERE article_id = 'a'") == [{"speaker": None}]
    unsure = "SELECT text FROM mentions WHERE confidence < 0.5"
    assert rows(address, unsure) == [{"text": "the mayor"}]
    assert list(read_records(address)) == [of_both(record("a")), record("b")]


def test_v_quotes_leaves_out_quotes_without_a_speaker(address: str) -> None:
    made = record()
    title = made.quotes[0].model_copy(update={"speech": False})
    load([made.model_copy(update={"quotes": (title,)})], address)
    assert rows(address, "SELECT * FROM v_quotes") == []


def test_v_times_gives_the_calendar_range_to_join_on(address: str) -> None:
    made = record("a", published="2025-05-01")
    may = Range(start="2025-05-01", end="2025-06-01")
    time = made.times[0].model_copy(update={"value": "2025-05", "range": may})
    load([made.model_copy(update={"times": (time,)})], address)
    wanted = "text, value, range_start, range_end, published"
    within = "WHERE range_start < '2025-05-16' AND range_end > '2025-05-15'"
    (row,) = rows(address, f"SELECT {wanted} FROM v_times {within}")
    assert tuple(row.values()) == ("May", "2025-05", "2025-05-01", "2025-06-01", "2025-05-01")
    (row,) = rows(address, "SELECT time_start, time_end FROM v_figures")
    assert tuple(row.values()) == ("2025-05-01", "2025-06-01")
    (read,) = read_records(address)
    assert read.times == (time,)


def test_v_figures_says_what_whose_when_and_who_gave_it(address: str) -> None:
    load([record("a", published="2025-05-01")], address)
    wanted = (
        "kind, value, measures, holder, holder_text, time_text, given_by, confidence, "
        "figure_confidence"
    )
    assert rows(address, f"SELECT {wanted} FROM v_figures") == [
        {
            "kind": "count", "value": 5, "measures": "cows", "holder": "Al Roe",
            "holder_text": "He", "time_text": "May", "given_by": "officials", "confidence": 0.75,
            "figure_confidence": 0.375,
        }
    ]  # fmt: skip


def test_v_sources_counts_the_words_of_named_and_anonymous_sources(address: str) -> None:
    load([record("a"), record("b")], address)
    wanted = "article_id, source, kind, anonymous, attributions, quotes, words"
    found = rows(address, f"SELECT {wanted} FROM v_sources ORDER BY article_id, source")
    assert [
        [int(v) if isinstance(v, bool | Decimal) else v for v in r.values()] for r in found
    ] == [
        ["a", "Al Roe", "person", 0, 1, 1, 3],
        ["a", "officials", "unnamed_group", 1, 1, 0, 4],
        ["b", "Al Roe", "person", 0, 1, 1, 3],
        ["b", "officials", "unnamed_group", 1, 1, 0, 4],
    ]


def test_v_sources_shows_the_capitals_of_the_text_and_counts_one_phrase_once(address: str) -> None:
    made = record()
    second = made.attributions[1]
    assert second.source is not None
    (words,) = second.source.spans
    capital = words.model_copy(update={"start": 0, "end": 9, "text": "Officials"})
    source = second.source.model_copy(update={"spans": (capital,)})
    third = second.model_copy(update={"id": "a3", "source": source, "figures": ()})
    # the text does not matter here: the view shows what was loaded
    load([made.model_copy(update={"attributions": (*made.attributions, third)})], address)
    found = rows(address, "SELECT source, attributions FROM v_sources WHERE kind = 'unnamed_group'")
    assert found == [{"source": "Officials", "attributions": 2}]


def test_numbers_are_exact_and_compare_as_numbers(address: str) -> None:
    made = record()
    values = ["9", "100", "0.1", "0.30", "1200000000000", "-7", "1/3", None]
    figures = tuple(
        made.figures[0].model_copy(update={"id": f"f{n}", "value": value, "attribution": None})
        for n, value in enumerate(values, 1)
    )
    attributions = tuple(a.model_copy(update={"figures": ()}) for a in made.attributions)
    load([made.model_copy(update={"figures": figures, "attributions": attributions})], address)
    more = rows(address, "SELECT value_text FROM v_figures WHERE value > 10 ORDER BY value")
    assert [row["value_text"] for row in more] == ["100", "1200000000000"]
    exact = rows(address, "SELECT value, value_text FROM figures WHERE value IS NOT NULL")
    assert {row["value_text"] for row in exact} == set(values[:6])
    for row in exact:
        if address.startswith("sqlite"):
            assert row["value"] == row["value_text"]
        else:
            assert row["value"] == Decimal(row["value_text"])


def test_a_number_that_duckdb_cannot_store_is_text_there(tmp_path: Path) -> None:
    made = record()
    long = "0.1234567890123"
    figure = made.figures[0].model_copy(update={"value": long})
    address = f"duckdb:///{tmp_path}/x"
    load([made.model_copy(update={"figures": (figure,)})], address)
    assert rows(address, "SELECT value, value_text FROM figures") == [
        {"value": None, "value_text": long}
    ]


def test_the_views_of_the_shipped_articles_match_the_records(
    address: str, shipped: list[ArticleRecord]
) -> None:
    load(shipped, address)
    counted = {
        "v_quotes": sum(
            quote.speech * max(1, len(quote.speakers))
            for record in shipped
            for quote in record.quotes
        ),
        "v_figures": sum(len(record.figures) for record in shipped),
    }
    for view, count in counted.items():
        assert rows(address, f"SELECT COUNT(*) AS n FROM {view}") == [{"n": count}]
    sourced = [a for r in shipped for a in r.attributions if a.source]
    ((found),) = rows(address, "SELECT SUM(attributions) AS n, SUM(words) AS w FROM v_sources")
    sourced = [a for a in sourced for _ in a.source.entities or (None,)]  # type: ignore[union-attr]
    assert int(found["n"]) == len(sourced)
    words = {
        (r.id, a.id): sum(count_words(s.text) for s in a.content.spans) if a.content else 0
        for r in shipped
        for a in r.attributions
    }
    expected = sum(
        words[r.id, a.id] - sum(words[r.id, b.id] for b in r.attributions if b.parent == a.id)
        for r in shipped
        for a in r.attributions
        if a.source
        for _ in a.source.entities or (None,)
    )
    assert int(found["w"]) == expected
