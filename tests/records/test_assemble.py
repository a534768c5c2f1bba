"""A record of any document satisfies every invariant and survives a round trip to a file."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from spacy.tokens import Doc

from pipeline.document.annotations import (
    DocAttribution,
    DocEntity,
    DocFigure,
    DocMention,
    DocQuote,
    DocTime,
)
from pipeline.records.assemble import assemble
from pipeline.records.schema import ArticleRecord
from tests.blank import BLANK
from tests.records.strategies import annotated

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(annotated())
def test_any_annotated_document_makes_a_record_that_round_trips(doc: Doc) -> None:
    record = assemble(doc)
    line = record.to_line()
    assert line.count("\n") == 1
    assert ArticleRecord.from_line(line) == record
    assert ArticleRecord.from_line(line).to_line() == line


@relaxed
@given(annotated())
def test_every_span_of_the_written_line_equals_its_slice(doc: Doc) -> None:
    record = json.loads(assemble(doc).to_line())

    def spans(part: object) -> list[dict[str, object]]:
        if isinstance(part, dict):
            inner = [span for value in part.values() for span in spans(value)]
            return [part, *inner] if {"start", "end", "text"} <= part.keys() else inner
        return [span for one in part for span in spans(one)] if isinstance(part, list) else []

    for span in spans({key: record[key] for key in record.keys() - {"warnings"}}):
        assert record["text"][span["start"] : span["end"]] == span["text"]
    assert record["text"] == doc.text


@relaxed
@given(annotated())
def test_every_id_resolves_and_is_numbered_in_text_order(doc: Doc) -> None:
    record = assemble(doc)
    for letter in "entities", "quotes", "figures", "times", "attributions":
        items = getattr(record, letter)
        assert [item.id for item in items] == [f"{letter[0]}{i + 1}" for i in range(len(items))]
    entities = {entity.id for entity in record.entities}
    assert {quote.speaker for quote in record.quotes} <= entities | {None}
    assert {figure.time for figure in record.figures} <= {t.id for t in record.times} | {None}


def document(text: str) -> Doc:
    return BLANK.make_doc(text)


def test_layers_out_of_order_are_numbered_in_text_order_and_keep_their_links() -> None:
    doc = document('Bo said "no". Al said "yes".')
    news = doc._.news
    news.entities = [
        DocEntity("Al", "PERSON", (DocMention(14, 16, "name"),)),
        DocEntity("Bo", "PERSON", (DocMention(0, 2, "name"),)),
    ]
    news.attributions = [
        DocAttribution(
            ((14, 16),), ((17, 21),), ((22, 27),), "direct", "name", "say", "say", entity=0
        ),
        DocAttribution(((0, 2),), ((3, 7),), ((8, 12),), "direct", "name", "say", "say", entity=1),
    ]
    news.quotes = [
        DocQuote(23, 26, (22, 23), (26, 27), "direct", True, attribution=0, speaker=0),
        DocQuote(9, 11, (8, 9), (11, 12), "direct", True, attribution=1, speaker=1),
    ]
    record = assemble(doc)
    assert [(e.id, e.name) for e in record.entities] == [("e1", "Bo"), ("e2", "Al")]
    assert [(q.id, q.text, q.speaker, q.attribution) for q in record.quotes] == [
        ("q1", "no", "e1", "a1"),
        ("q2", "yes", "e2", "a2"),
    ]
    assert [a.quotes for a in record.attributions] == [("q1",), ("q2",)]


def test_several_speakers_are_a_list_and_the_single_field_is_null() -> None:
    doc = document('Bo and Al said "no". "Yes," Cy said. "So?"')
    news = doc._.news
    news.entities = [
        DocEntity("Al", "PERSON", (DocMention(7, 9, "name", 0.87654),)),
        DocEntity("Bo", "PERSON", (DocMention(0, 2, "name"),)),
        DocEntity("Cy", "PERSON", (DocMention(28, 30, "name"),)),
    ]
    both, sure = (1, 0), 0.123456
    source = DocAttribution(((0, 9),), ((10, 14),), ((15, 19),), "direct", "name")
    news.attributions = [
        source._replace(entities=both, entity_confidence=sure),
        DocAttribution(((28, 30),), ((31, 35),), ((21, 27),), "direct", "name", entity=2),
    ]
    quote = DocQuote(16, 18, (15, 16), (18, 19), "direct", True, attribution=0)
    news.quotes = [
        quote._replace(speakers=both, speaker_confidence=sure),
        DocQuote(22, 26, (21, 22), (26, 27), "direct", True, attribution=1, speaker=2),
        DocQuote(38, 41, (37, 38), (41, 42), "direct", True, speaker_confidence=0.5),
    ]
    record = assemble(doc)
    assert [(q.speaker, q.speakers, q.speaker_confidence) for q in record.quotes] == [
        (None, ("e1", "e2"), 0.1235),
        ("e3", ("e3",), None),
        (None, (), None),
    ]
    sources = [one.source for one in record.attributions if one.source]
    assert [(one.entity, one.entities, one.entity_confidence) for one in sources] == [
        (None, ("e1", "e2"), 0.1235),
        ("e3", ("e3",), None),
    ]
    assert [one.confidence for e in record.entities for one in e.mentions] == [None, 0.8765, None]


def test_a_figure_belongs_to_the_innermost_content_around_it() -> None:
    doc = document("Al said Bo said 12 died.")
    doc._.news.attributions = [
        DocAttribution(((0, 2),), ((3, 7),), ((8, 23),), "indirect", "name"),
        DocAttribution(((8, 10),), ((11, 15),), ((16, 23),), "indirect", "name", parent=0),
    ]
    doc._.news.figures = [DocFigure(16, 18, "count", "12")]
    record = assemble(doc)
    assert record.figures[0].attribution == "a2"
    assert [a.figures for a in record.attributions] == [(), ("f1",)]


def test_the_holder_of_a_figure_is_the_entity_whose_mention_ends_the_phrase() -> None:
    doc = document("Al's firm Orchard lost $5.")
    doc._.news.entities = [
        DocEntity("Al", "PERSON", (DocMention(0, 2, "name"),)),
        DocEntity("Orchard", "ORG", (DocMention(10, 17, "name"),)),
    ]
    doc._.news.figures = [
        DocFigure(23, 25, "money", "5", holder=(0, 17)),
        DocFigure(24, 25, "money", "5", holder=(0, 9)),
    ]
    figures = assemble(doc).figures
    assert [f.holder for f in figures] == ["e2", None]
    assert [f.holder_text and f.holder_text.text for f in figures] == [
        "Al's firm Orchard",
        "Al's firm",
    ]


def test_the_id_defaults_to_the_texts_hash_and_a_given_one_is_kept() -> None:
    doc = document("Rain fell.")
    record = assemble(doc)
    assert record.id == record.source.sha256[:32]
    assert assemble(doc, id="../a b").id == "../a b"


def test_keys_are_in_the_order_of_the_contract() -> None:
    doc = document("Al, 47, said.")
    doc._.news.times = [DocTime(0, 2, "date", None)]
    doc._.news.figures = [DocFigure(4, 6, "age", "47", unit="a")]
    record = json.loads(assemble(doc).to_line())
    assert list(record) == [
        "schema_version", "id", "source", "text", "entities", "quotes", "figures", "times",
        "attributions", "provenance", "warnings",
    ]  # fmt: skip
    assert list(record["times"][0]) == [
        "id", "start", "end", "text", "kind", "value", "relative", "range",
    ]  # fmt: skip
    assert list(record["figures"][0]) == [
        "id", "start", "end", "text", "kind", "value", "low", "high", "unit", "unit_assumed",
        "unit_text", "bound", "vague", "change", "change_role", "rate", "measures", "holder",
        "holder_text", "confidence", "time", "attribution",
    ]  # fmt: skip


def test_text_is_written_as_it_is_and_not_escaped() -> None:
    line = assemble(document("Müller — “ja” \U0001f600\u2028")).to_line()
    assert "Müller — “ja” \U0001f600\u2028" in line
