"""The stage: tense and homographs depend on the parse, dates on the day of publication."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.document.annotations import DocTime

PUBLISHED = date(2025, 5, 1)  # a Thursday
SEED = Path("seeds/000_12599b830581316b.txt")


def times(
    nlp: Language, text: str, published: date | None = PUBLISHED
) -> list[tuple[str, str | None]]:
    with nlp.select_pipes(
        disable=[p for p in nlp.pipe_names if p in ("news_figures", "news_resolve")]
    ):
        doc = nlp.make_doc(text)
        doc._.news.published = published
        doc = nlp(doc)
    return [(text[t.start : t.end], t.value) for t in doc._.news.times]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The plant shut two hours ago.", "2025-05-01T06:30"),
        ("The plant will open in two hours.", "2025-05-01T10:30"),
        ("The plant was built in two hours.", "PT2H"),
        ("The plant shut two weeks ago.", "2025-04-17"),
    ],
)
def test_hours_are_counted_from_the_time_of_publication(
    nlp: Language, text: str, value: str
) -> None:
    (found,) = times(nlp, text, datetime(2025, 5, 1, 8, 30))
    assert found[1] == value


def test_a_daily_is_a_newspaper(nlp: Language) -> None:
    assert times(nlp, "He told the daily that they meet daily.") == [("daily", "P1D")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The court will hear the case Monday.", [("Monday", "2025-05-05")]),
        ("The court heard the case Monday.", [("Monday", "2025-04-28")]),
    ],
)
def test_the_verb_determines_the_direction(
    nlp: Language, text: str, expected: list[tuple[str, str]]
) -> None:
    assert times(nlp, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The voters may march in May.", [("May", "2025-05")]),
        ("May I ask why prices fall in the fall?", [("the fall", "2025-FA")]),
    ],
)
def test_homographs(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert times(nlp, text) == expected


def test_the_seed_article(nlp: Language) -> None:
    found = times(nlp, SEED.read_text(encoding="utf-8"))
    wanted = [
        ("Wednesday", "2025-04-30"),
        ("the first quarter", "2025-Q1"),
        ("2022", "2022"),
        ("Wednesday", "2025-04-30"),
        ("earlier this month", "2025-04"),
        ("last year", "2024"),
    ]
    assert [one for one in found if one in wanted] == wanted


def test_times_are_spans_of_the_document(nlp: Language) -> None:
    doc = nlp("It lasted two days last year.")
    assert [span.text for span in doc.spans["times"]] == ["two days", "last year"]
    assert doc._.news.times == [
        DocTime(10, 18, "duration", "P2D"),
        DocTime(19, 28, "date", None, relative=True),
    ]


def test_a_number_of_things_is_not_a_year(nlp: Language) -> None:
    doc = nlp("They left in May and 2016 homes fell; in 2016 it was over.")
    assert [doc.text[t.start : t.end] for t in doc._.news.times] == ["May", "2016"]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "Jan." * 300, "the " * 600 + "Monday", "1" * 5000, "“" * 600]
)
def test_odd_texts_are_accepted(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert all(t.start < t.end for t in doc._.news.times)


def test_a_dateline_is_used_without_a_day_of_publication(nlp: Language) -> None:
    text = "LONDON, May 5, 2024 (Reuters) - It rained on Friday and last year."
    expected = [("May 5, 2024", "2024-05-05"), ("Friday", "2024-05-03"), ("last year", "2023")]
    assert times(nlp, text, None) == expected
    assert times(nlp, text, date(2020, 5, 1))[2] == ("last year", "2019")


def test_a_clock_time_that_heads_an_update_is_of_the_day_of_publication(nlp: Language) -> None:
    text = "The count goes on until Friday.\n\n22:15 She concedes\n\n21:30\n\nHe smiles at 9pm."
    found = times(nlp, text)
    assert found[1:3] == [("22:15", "2025-05-01T22:15"), ("21:30", "2025-05-01T21:30")]
    assert found[0][1] == "2025-05-02"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains this weekend.", [("this weekend", "2025-W18-WE")]),
        ("It rained overnight.", [("overnight", "2025-04-30TNI")]),
        ("It has rained since 2022.", [("2022", "2022")]),
        ("Sales fell against a year earlier.", [("a year earlier", "2024")]),
        ("Sales grew over the past three years.", [("the past three years", "P3Y")]),
        ("It is late now.", [("now", "PRESENT_REF")]),
        ("It ran from 2010 to 2014.", [("2010", "2010"), ("2014", "2014")]),
        # ordinary words
        ("They may march on.", []),
        ("The second man left.", []),
        ("We left.", []),
    ],
)
def test_named_cases(nlp: Language, text: str, expected: list[tuple[str, str | None]]) -> None:
    assert times(nlp, text) == expected


def test_a_time_without_an_anchor_is_null(nlp: Language) -> None:
    assert times(nlp, "He left on Monday, and sales fell last year.", None) == [
        ("Monday", None),
        ("last year", None),
    ]
