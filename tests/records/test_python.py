"""What a record offers in Python beyond its fields."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.records.schema import ArticleRecord, Figure
from tests.desk.pages.made import harbour
from tests.output.samples import record


def figure(**changes: Any) -> Figure:
    """Return a figure as it is read from JSON, with other values."""
    return Figure.model_validate(record().figures[0].model_dump() | changes)


def test_items_know_the_names_of_entities() -> None:
    made = record()
    assert (made.quotes[0].speaker, made.quotes[0].speaker_name) == ("e1", "Al Roe")
    assert (made.figures[0].holder, made.figures[0].holder_name) == ("e1", "Al Roe")
    first, second = made.attributions
    assert (first.source_name, first.source_names) == ("Al Roe", ("Al Roe",))
    assert (first.source_text, first.cue_text) == ("Al Roe", "said")
    assert first.content_text == '"no" … in May'
    assert (second.source_name, second.source_text) == (None, "officials")
    assert made.entity("e1").name == "Al Roe"
    with pytest.raises(KeyError, match="e9"):
        made.entity("e9")


def test_several_speakers_have_names_but_not_one_name() -> None:
    made = harbour()
    names = {one.id: one.name for one in made.entities}
    quote = made.quotes[0].model_copy(update={"speaker": None, "speakers": ("e1", "e2")})
    assert quote.speaker_names == (names["e1"], names["e2"])
    assert quote.speaker_name is None


def test_an_item_outside_a_record_has_no_names() -> None:
    quote = type(record().quotes[0]).model_validate(record().quotes[0].model_dump())
    assert (quote.speaker, quote.speaker_name, quote.speaker_names) == ("e1", None, ())


def test_an_item_in_two_records_has_the_name_that_each_gives() -> None:
    first = record()
    entity = first.entities[0].model_copy(update={"name": "Alan Roe"})
    second = ArticleRecord(**dict(first) | {"entities": (entity,)})
    assert second.quotes[0].speaker_name == "Alan Roe"
    assert second.attributions[0].source_name == "Alan Roe"
    assert first.quotes[0].speaker_name == "Al Roe"


def test_names_change_neither_bytes_nor_equality() -> None:
    made = record()
    line = made.to_line()
    assert ArticleRecord.from_line(line) == made
    assert ArticleRecord.from_line(line).to_line() == line
    alone = type(made.quotes[0]).model_validate(made.quotes[0].model_dump())
    assert alone == made.quotes[0]
    assert hash(alone) == hash(made.quotes[0])
    assert alone.model_dump_json() == made.quotes[0].model_dump_json()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200000000000", Decimal("1200000000000")),
        ("-0.50", Decimal("-0.50")),
        ("0.0000001", Decimal("0.0000001")),
        ("9" * 60, Decimal("9" * 60)),
        ("1/3", "1/3"),
        ("2-1", "2-1"),
        ("007", "007"),
    ],
)
def test_a_number_is_a_decimal_in_python_and_a_string_in_json(
    text: str, number: Decimal | str
) -> None:
    found = figure(value=text)
    assert found.value == number
    assert type(found.value) is type(number)
    assert found.model_dump()["value"] == text
    assert f'"value":"{text}"' in found.model_dump_json()


def test_a_decimal_is_written_without_an_exponent() -> None:
    assert figure(value=Decimal("1E+3")).model_dump()["value"] == "1000"
    assert figure(low=Decimal("1E-7")).model_dump()["low"] == "0.0000001"


@pytest.mark.parametrize(
    "value", ["", "5e3", "NaN", "1,5", "5\n", " 5", 5, 5.0, Decimal("Infinity")]
)
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="not an exact number"):
        figure(value=value)


def test_a_score_is_no_end_of_a_range() -> None:
    with pytest.raises(ValidationError, match="low"):
        figure(low="2-1")


@given(st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", fullmatch=True))
@example("-0")
@example("00.10")
def test_a_number_keeps_its_bytes(text: str) -> None:
    assert figure(value=text).model_dump()["value"] == text


def test_a_record_is_shown_by_its_id_its_title_and_its_counts() -> None:
    assert repr(record("a", title="T")) == (
        "ArticleRecord(id='a', title='T', entities=1, quotes=1, figures=1, times=1, attributions=2)"
    )
    assert str(record("a")).startswith("ArticleRecord(id='a', entities=1, ")


class Parser(HTMLParser):
    """Collects the tags and the text of a page, and checks that they are nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert dict(attrs).keys() <= {"style"}
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + "|"


def test_a_notebook_shows_quotes_and_figures_without_markup_of_the_article() -> None:
    hostile = "<script>alert(1)</script> & \u202e"
    made = record("a", title=hostile, published="2025-05-01", publisher='"P"')
    shown = Parser()
    shown.feed(made._repr_html_())
    assert shown.open == []
    assert shown.seen == {"div", "p", "b", "br", "table", "thead", "tbody", "tr", "th", "td", "bdi"}
    assert "<script>alert(1)</script> & U+202E" in shown.text
    assert '"P" · 2025-05-01 · entities: 1 · quotes: 1' in shown.text
    assert "Al Roe|no|direct|" in shown.text
    assert "5|cows|Al Roe|" in shown.text


def test_a_notebook_shows_the_first_rows_and_counts_the_rest() -> None:
    made = record()
    quote, text = made.quotes[0], made.text
    text += ' "no"' * 99
    more = [
        quote.model_copy(update={"start": at.start() + 2, "end": at.end() - 1, "id": f"q{n}"})
        for n, at in enumerate(re.finditer(' "no"', text), 1)
    ]
    shown = made.model_copy(update={"quotes": tuple(more), "text": text})._repr_html_()
    assert "<p>… 92 more</p>" in shown
    assert len(shown) < 3000
