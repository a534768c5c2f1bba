"""The page's data for one article."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from spacy.tokens import Doc

from pipeline.desk.pages import article
from pipeline.desk.pages.article import article_view, excerpt, unsure, unsure_who
from pipeline.desk.pages.speakers import RecordSpeakers
from pipeline.records.assemble import assemble
from pipeline.text.paragraphs import paragraphs
from tests.desk.pages.made import (
    HARBOUR,
    entity,
    harbour,
    mention,
    quote,
    record,
    span,
    statement,
    together,
)
from tests.records.strategies import annotated


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(annotated())
def test_the_pieces_of_any_record_are_its_text(doc: Doc) -> None:
    made = assemble(doc)
    view = article_view(made)
    shown = ["".join(p if isinstance(p, str) else p[0] for p in par) for par in view["paragraphs"]]
    texts = [made.text[start:end] for start, end in paragraphs(made.text)]
    # hard-wrapped lines are joined by a space
    assert ["".join(text.split()) for text in shown] == ["".join(text.split()) for text in texts]
    known = {f"{one['id']}" for layer in ("entities", "quotes", "figures") for one in view[layer]}
    known |= {one["id"] for layer in ("times", "statements") for one in view[layer]}
    for paragraph in view["paragraphs"]:
        for piece in paragraph:
            if not isinstance(piece, str):
                assert {ref.split(":")[0] for ref in piece[1].split()} <= known


def test_each_piece_names_the_layers_over_it() -> None:
    view = article_view(harbour())
    pieces = {p[0]: p[1].split() for par in view["paragraphs"] for p in par if isinstance(p, tuple)}
    assert pieces["Mayor Ann Lee"] == ["a1:source", "e1:name"]
    assert pieces["$12 million"] == ["a1:content", "f1"]
    assert pieces["“may fail”"] == ["a3:content", "a4:content", "q3"]
    assert pieces["stones"] == ["a6:content", "f3:what", "w2"]


def test_each_quote_statement_and_mention_has_a_confidence_of_identity() -> None:
    view = article_view(together())
    names = [one["name"] for one in view["speakers"]]
    quotes = {
        one["id"]: ([names[at] for at in one["speakers"]], one["identity"])
        for one in view["quotes"]
    }
    both = ["Ann Lee", "Bo Kim"]
    assert quotes == {"q1": (both, 0.64), "q2": (both, 0.64), "q3": (["Bo Kim"], 0.55)}
    sure = {one["id"]: (one["identity"], one["confidence"]) for one in view["statements"]}
    assert (sure["a2"], sure["a3"]) == ((0.64, 0.99), (None, 0.7))
    refs = {ref for par in view["paragraphs"] for p in par if len(p) == 2 for ref in p[1].split()}
    assert {"e1:pronoun:91", "e1:name"} <= refs
    assert (unsure_who(together()), unsure_who(harbour())) == (5, 0)


def test_a_figure_shows_the_words_of_a_holder_without_an_entity() -> None:
    record = harbour()
    words = record.figures[0].measures
    held = record.figures[0].model_copy(
        update={"holder": None, "holder_text": words, "confidence": 0.3}
    )
    (view, *_) = article_view(record.model_copy(update={"figures": (held,)}))["figures"]
    assert words is not None
    assert (view["whose"], view["confidence"]) == (words.text, 0.3)


def test_words_of_two_speakers_count_for_each() -> None:
    speakers = {one.name: one for one in RecordSpeakers(together()).all()}
    told = {name: (one.words, one.quoted, one.statements) for name, one in speakers.items()}
    assert told["Ann Lee"] == (19, 7, ["a1", "a2", "a5"])
    assert told["Bo Kim"] == (10, 9, ["a2", "a4"])


def test_a_nested_statement_has_its_own_line() -> None:
    made = harbour()
    assert article.depths(made) == {"a1": 0, "a2": 0, "a3": 0, "a4": 1, "a5": 0, "a6": 0}
    assert article.row_numbers(made) == {"a1": 0, "a2": 0, "a3": 0, "a4": 1, "a5": 0, "a6": 0}


def test_statements_that_cross_have_different_lines() -> None:
    text = "Lee said it rained and Kim said it snowed."
    made = record(
        text,
        attributions=(
            statement("a1", [span(text, "Lee")], [span(text, "said")], [span(text, text[9:35])]),
            statement("a2", [span(text, "Kim")], [span(text, "said", 1)], [span(text, text[23:])]),
        ),
    )
    assert article.row_numbers(made) == {"a1": 0, "a2": 1}


def test_statements_of_one_source_share_a_line() -> None:
    text = "Lee said it rained and added it snowed."
    made = record(
        text,
        attributions=(
            statement("a1", [span(text, "Lee")], [span(text, "said")], [span(text, "it rained")]),
            statement("a2", [span(text, "Lee")], [span(text, "added")], [span(text, "it snowed")]),
        ),
    )
    assert set(article.row_numbers(made).values()) == {0}


def test_words_count_for_the_innermost_speaker() -> None:
    speakers = {one.name: one for one in RecordSpeakers(harbour()).all()}
    counts = {name: (one.standing, one.words, one.quoted) for name, one in speakers.items()}
    assert counts == {
        "Ann Lee": ("named", 19, 7),
        "Officials": ("anonymous", 6, 0),
        "Bo Kim": ("named", 3, 2),
        "They": ("open", 3, 0),
    }
    assert speakers["Ann Lee"].statements == ["a1", "a2", "a5"]


def test_the_nested_one_of_two_statements_with_the_same_start_is_inside() -> None:
    text = "It may fail, Kim said, Lee claimed."
    made = record(
        text,
        attributions=(
            statement(
                "a1",
                [span(text, "Lee")],
                [span(text, "claimed")],
                [span(text, "It may fail, Kim said")],
            ),
            statement(
                "a2",
                [span(text, "Kim")],
                [span(text, "said")],
                [span(text, "It may fail")],
                parent="a1",
            ),
        ),
    )
    assert {one.name: one.words for one in RecordSpeakers(made).all()} == {"Kim": 3, "Lee": 2}


def test_a_quote_without_attribution_counts_for_its_speaker_but_scare_quotes_do_not() -> None:
    text = "Lee smiled. “We won big.” The “win” was small."
    made = record(
        text,
        entities=(entity("e1", "Lee", [mention(text, "Lee")]),),
        quotes=(
            quote("q1", text, "We won big.", speaker="e1"),
            quote("q2", text, "win", speech=False),
        ),
    )
    (lee,) = RecordSpeakers(made).all()
    assert (lee.words, lee.quoted, lee.quotes) == (3, 3, ["q1"])


@pytest.mark.parametrize(
    ("title", "headed"),
    [("Harbour wall to cost more", True), ("HARBOUR  wall to cost more", True), ("Walls", False)],
)
def test_a_text_that_begins_with_its_title_is_headed_by_it(title: str, headed: bool) -> None:
    assert article_view(record(HARBOUR, title=title))["headed"] is headed


def test_an_article_without_a_title_is_named_after_its_file_or_id() -> None:
    assert article_view(record("It rained.", "x7"))["name"] == "x7"
    assert article_view(record("It rained.", uri="news/a.txt"))["name"] == "a.txt"
    assert article_view(record("It rained.", "x7", uri="/"))["name"] == "x7"


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt(record("It  rained.\nAll day.")) == "It rained. All day."
    cut = excerpt(record("rain " * 80))
    assert cut.endswith("rain …")
    assert len(cut) <= 92


def test_statements_below_one_half_are_unsure() -> None:
    assert unsure(harbour()) == 1
