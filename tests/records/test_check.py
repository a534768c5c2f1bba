"""A record that breaks an invariant cannot be built."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError
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
from pipeline.records.check import contradictions, problems
from pipeline.records.schema import ArticleRecord, json_schema
from tests.blank import BLANK

Break = Callable[[dict[str, Any]], object]


@pytest.fixture
def sound() -> dict[str, Any]:
    """Return a record, as parsed JSON, that has every layer filled."""
    doc = BLANK.make_doc('Al Roe said "no" in May. He lost 5 cows, Bo said.')
    news = doc._.news
    news.entities = [
        DocEntity("Al Roe", "PERSON", (DocMention(0, 6, "name"), DocMention(25, 27, "pronoun"))),
        DocEntity("Bo", "PERSON", (DocMention(41, 43, "name"),)),
    ]
    news.quotes = [DocQuote(13, 15, (12, 13), (15, 16), "direct", True, attribution=0, speaker=0)]
    news.times = [DocTime(20, 23, "date", None, True)]
    news.figures = [DocFigure(33, 34, "count", "5", measures=(35, 39), holder=(25, 27), time=0)]
    news.attributions = [
        DocAttribution(
            ((0, 6),), ((7, 11),), ((12, 16),), "direct", "name", "say", "say", entity=0
        ),
        DocAttribution(((41, 43),), ((44, 48),), ((25, 39),), "indirect", "name", "say", entity=1),
    ]
    return dict(json.loads(assemble(doc).to_line()))


def put(*path: str | int, value: object) -> Break:
    """Return a change that sets what stands at a path of the record."""

    def change(record: dict[str, Any]) -> None:
        part: Any = record
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value

    return change


BREAKS: dict[str, tuple[Break, str]] = {
    "a span that is not its slice": (put("quotes", 0, "text", value="ja"), "is not 'ja'"),
    "a mention that is not its slice": (
        put("entities", 0, "mentions", 0, "start", value=1),
        "is not 'Al Roe'",
    ),
    "a mark that is not its slice": (
        put("quotes", 0, "marks", "open", "text", value="“"),
        "q1.marks.open",
    ),
    "a measured thing out of place": (
        put("figures", 0, "measures", "end", value=38),
        "f1.measures",
    ),
    "a cue out of place": (put("attributions", 0, "cue", "spans", 0, "start", value=8), "a1.cue"),
    "an end beyond the text": (put("times", 0, "end", value=9999), "is not a span"),
    "an empty span": (put("times", 0, "end", value=20), "is not a span"),
    "a mark inside its quote": (
        put("quotes", 0, "marks", "close", value={"start": 14, "end": 15, "text": "o"}),
        "marks are not around it",
    ),
    "a speaker that is not there": (put("quotes", 0, "speakers", value=["e1", "e9"]), "e9"),
    "a speaker who is not among them": (
        put("quotes", 0, "speaker", value="e2"),
        "q1.speaker is e2, but all of them are e1",
    ),
    "several speakers and a single one": (
        put("quotes", 0, "speakers", value=["e1", "e2"]),
        "q1.speaker is e1, but all of them are e1, e2",
    ),
    "a speaker twice": (
        lambda record: record["quotes"][0].update(speaker=None, speakers=["e1", "e1"]),
        "listed twice",
    ),
    "a confidence in nobody": (
        lambda record: record["quotes"][0].update(
            speaker=None, speakers=[], speaker_confidence=0.5
        ),
        "q1.speaker is null but has a confidence",
    ),
    "a holder that is not there": (put("figures", 0, "holder", value="e9"), "no entity e9"),
    "a time that is not there": (put("figures", 0, "time", value="t9"), "no time t9"),
    "a parent that is not there": (put("attributions", 0, "parent", value="a9"), "no attribution"),
    "a source entity that is not there": (
        put("attributions", 0, "source", "entities", value=["e9"]),
        "a1.source.entity is e1, but all of them are e9",
    ),
    "a quote that continues itself": (put("quotes", 0, "continues", value="q1"), "itself"),
    "an attribution inside itself": (put("attributions", 0, "parent", value="a1"), "itself"),
    "an anonymous source of a kind that has a name": (
        put("attributions", 0, "source", "kind", value="unnamed_person"),
        "kind unnamed_person has anonymous=False",
    ),
    "an anonymous source with a name": (
        put("attributions", 0, "source", "anonymous", value=True),
        "anonymous",
    ),
    "ids out of order": (put("entities", 0, "id", value="e7"), "should be e1"),
    "two entities at one place": (
        put(
            "entities",
            1,
            "mentions",
            0,
            value={"start": 25, "end": 27, "text": "He", "kind": "name"},
        ),
        "is also e1",
    ),
    "a link that one side does not know": (put("attributions", 0, "quotes", value=[]), "a1 and q1"),
    "a figure that one side does not know": (put("figures", 0, "attribution", value=None), "f1"),
    "another text": (
        put("text", value='Al Rue said "no" in May. He lost 5 cows, Bo said.'),
        "text",
    ),
    "a hash of another text": (put("source", "sha256", value="0" * 64), "sha256"),
    "half a place in a warning": (
        put("warnings", value=[{"code": "W201", "message": "x", "start": 3, "end": None}]),
        "one offset",
    ),
    "a key that nobody knows": (put("mood", value="fine"), "mood"),
    "a label that nobody knows": (put("entities", 0, "label", value="ALIEN"), "label"),
    "a number that is none": (put("figures", 0, "value", value="5e3"), "value"),
    "a number as a float": (put("figures", 0, "value", value=5.0), "value"),
    "an empty string for unknown": (put("source", "title", value=""), "title"),
    "a date that is none": (put("source", "published", value="May 1"), "published"),
    "another major version": (put("schema_version", value="2.0"), "schema_version"),
}


def test_the_sound_record_is_sound(sound: dict[str, Any]) -> None:
    assert ArticleRecord.from_line(json.dumps(sound)).id == sound["id"]


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_record_is_refused_with_the_reason(name: str, sound: dict[str, Any]) -> None:
    change, reason = BREAKS[name]
    change(sound)
    with pytest.raises(ValidationError, match="(?s)" + reason):
        ArticleRecord.from_line(json.dumps(sound))


SPOKEN = """\
“We lost. “We will be back,” Al Roe said.

Bo left."""


def continued(speaker: int | None) -> Doc:
    """Return a quotation of Al Roe with a second part that a speaker has."""
    doc = BLANK.make_doc(SPOKEN)
    doc._.news.entities = [
        DocEntity("Al Roe", "PERSON", (DocMention(29, 35, "name"),)),
        DocEntity("Bo", "PERSON", (DocMention(42, 44, "name"),)),
    ]
    doc._.news.quotes = [
        DocQuote(1, 9, (0, 1), None, "direct", True, speaker=0),
        DocQuote(11, 27, (10, 11), (27, 28), "direct", True, continues=0, speaker=speaker),
    ]
    return doc


@pytest.mark.parametrize(("speaker", "who"), [(1, "e2"), (None, "none")])
def test_a_quotation_has_the_speaker_of_the_one_that_it_continues(
    speaker: int | None, who: str
) -> None:
    assert assemble(continued(0)).quotes[1].speaker == "e1"
    with pytest.raises(ValueError, match=f"q2 continues q1, but its speaker is {who}, not e1"):
        assemble(continued(speaker))


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("It is over, said\n\nAnn Lee", False),
        ("It is over, said Ann Lee", True),
        ("Ann Lee\n\nsaid it is over", True),
        ("“It is over.”\n\n– Ann Lee", True),  # a signature is beside its dash
    ],
)
def test_a_source_is_in_no_later_paragraph_than_its_cue(text: str, sound: bool) -> None:
    doc = BLANK.make_doc(text)
    places = [
        (at, at + len(one)) for one in ("Ann Lee", "said", "–") if (at := text.find(one)) >= 0
    ]
    source, cue = places[0], places[-1]
    doc._.news.attributions = [DocAttribution((source,), (cue,), (), "indirect", "name", "say")]
    if sound:
        assert assemble(doc).attributions[0].source is not None
    else:
        with pytest.raises(ValueError, match="a1: its source begins in a later paragraph"):
            assemble(doc)


def test_an_age_is_no_description_but_older_records_can_be_read(sound: dict[str, Any]) -> None:
    put("entities", 0, "descriptions", value=["mayor", "46"])(sound)
    record = ArticleRecord.from_line(json.dumps(sound))
    assert list(contradictions(record)) == ["e1: the description '46' has no letter"]


def test_circles_of_parents_are_refused(sound: dict[str, Any]) -> None:
    sound["attributions"][0]["parent"] = "a2"
    sound["attributions"][1]["parent"] = "a1"
    with pytest.raises(ValidationError, match="is inside itself"):
        ArticleRecord.from_line(json.dumps(sound))


@pytest.mark.parametrize(("bad", "reason"), [("\ud800", "surrogate"), ("\0", "NUL")])
def test_a_lone_surrogate_or_a_nul_in_the_text_is_a_problem(
    bad: str, reason: str, sound: dict[str, Any]
) -> None:
    record = ArticleRecord.from_line(json.dumps(sound)).model_copy(update={"text": bad})
    assert reason in next(problems(record))


def test_a_record_is_frozen(sound: dict[str, Any]) -> None:
    record = ArticleRecord.from_line(json.dumps(sound))
    with pytest.raises(ValidationError, match="frozen"):
        record.id = "other"  # type: ignore[misc]


def test_the_json_schema_accepts_the_sound_record_and_refuses_unknown_keys(
    sound: dict[str, Any],
) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(sound, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(sound | {"mood": "fine"}, schema)
