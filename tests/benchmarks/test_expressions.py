"""Expressions made from a grammar are read as what they say."""

from __future__ import annotations

import re
from random import Random

import expressions
import pytest
import tables
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quantities import senses
from tests.blank import BLANK

AMBIGUOUS = senses.LETTERS | senses.WORDS | dict.fromkeys(("knots", "ounces", "feet", "pounds"))


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Read one expression, which loads word lists and weights: Hypothesis times each example."""
    expressions.read(expressions.rated_range(Random(0)), expressions.SENTENCES[0], BLANK)


@pytest.mark.parametrize("make", expressions.MAKERS)
def test_made_expressions_are_read_right(make) -> None:
    dice, guessed = Random(1), []
    for _ in range(300):
        expression, template = make(dice), dice.choice(expressions.SENTENCES)
        right, shown = expressions.read(expression, template, BLANK)
        if AMBIGUOUS.keys() & set(re.findall("[a-z]+", expression.form.lower())):
            guessed.append(right)  # "480p" may be a picture
        else:
            assert right, shown
    assert guessed.count(False) <= max(1, len(guessed) // 20)


@given(st.integers(0, 10**9), st.sampled_from(expressions.SENTENCES))
@settings(max_examples=60)
def test_a_rate_between_two_sums_is_read(seed: int, template: str) -> None:
    expression = expressions.rated_range(Random(seed))
    right, shown = expressions.read(expression, template, BLANK)
    assert right, shown


def test_the_table_of_currencies_is_the_generated_one() -> None:
    file = tables.DATA / "currencies.toml"
    text = file.read_text(encoding="utf-8")
    if f"babel {tables.babel.__version__})" not in text:
        pytest.skip("made with another version of babel")
    assert text.endswith(tables.currencies())


def test_the_benchmark_names_what_is_wrong(monkeypatch, capsys) -> None:
    wrong = expressions.Made("one · odd", "5 dogs", expressions.F(6), expressions.F(6), None)
    monkeypatch.setattr(expressions, "MAKERS", [lambda dice: wrong])  # noqa: ARG005
    monkeypatch.setattr("sys.argv", ["expressions.py", "--count", "2", "--show", "1"])
    with pytest.raises(SystemExit, match="True"):
        expressions.main()
    shown = capsys.readouterr().out
    assert "one · odd: 2 of 2 wrong" in shown
    assert "expressions/right 0.00 (2)" in shown
