"""The table fits its width and shows nothing that a terminal would obey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

import pipeline
from pipeline.cli.table import article_table, columns, fit, plain


@given(st.text(max_size=80), st.integers(1, 60))
def test_text_is_cut_to_its_width(text: str, width: int) -> None:
    assert columns(fit(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a[31mb"),
        ("a\r\nb\tc", "a b c"),
        ("\u202eevil\u2066", "evil"),
        ("a\u009b2Jb", "a2Jb"),
        ("\ud800x", "x"),
    ],
)
def test_control_characters_are_left_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("width", [20, 60, 100, 200])
def test_the_table_of_a_record_keeps_to_the_width(nlp: Language, width: int) -> None:
    text = "\n".join(
        f"“We lost {n} homes in 東京 and the café {'x' * 40},” said Ann Lee." for n in range(20, 40)
    )
    rows = list(article_table(pipeline.extract(text, nlp=nlp), width))
    assert rows[0] == "Quotes"
    assert "  … and 8 more" in rows
    assert all(columns(row) <= max(width, 48) for row in rows)
