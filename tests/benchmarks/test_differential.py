"""The comparison with the cases of other number readers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from differential import CORPORA, Case, Item, code_of, compare, duckling, recognizers

EXAMPLES = """
allExamples = concat
  [ examples (simple EUR 30)
             [ "30\\x20ac"
             , "thirty euros"
             ]
  , examples (between Dollar (7, 9))
             [ "7 to 9 dollars" ]
  ]
"""


def case(text: str, shown: str, value: str, unit: str | None) -> Case:
    start = text.index(shown)
    return Case("a", text, [Item(start, start + len(shown), (Fraction(value),), unit)])


def test_the_examples_of_a_checkout_are_read(tmp_path: Path) -> None:
    for name in CORPORA:
        file = tmp_path / "Duckling" / name / "EN" / "Corpus.hs"
        file.parent.mkdir(parents=True)
        file.write_text(EXAMPLES if name == "AmountOfMoney" else "", "utf-8")
    assert [(one.text, one.items[0].values, one.items[0].unit) for one in duckling(tmp_path)] == [
        ("30€", (30,), "EUR"),
        ("thirty euros", (30,), "EUR"),
        ("7 to 9 dollars", (7, 9), "Dollar"),
    ]


def test_specifications_are_read(tmp_path: Path) -> None:
    expected = {"start": 0, "end": 5, "text": "3,000", "value": "3,000", "unit": None, "iso": None}
    row = {"id": "cardinal-1", "type": "cardinal", "text": "3,000", "expected": [expected]}
    file = tmp_path / "specs.jsonl"
    file.write_text(json.dumps(row), "utf-8")
    (found,) = recognizers(file)
    assert found == Case("cardinal", "3,000", [Item(0, 5, (Fraction(3000),), None)])


@pytest.mark.parametrize(
    ("name", "code"),
    [("metre", "m"), ("Square kilometer", "km2"), ("EUR", "EUR"), ("dimensionless", None)],
)
def test_units_are_compared_by_our_code(name: str, code: str | None) -> None:
    assert code_of(name) == code


@pytest.mark.parametrize(
    ("one", "how"),
    [
        (case("It weighs 5 kilograms.", "5 kilograms", "5", "kilogram"), "same"),
        (
            case("It needs 3 to 4 litres.", "3 to 4 litres", "7/2", "litre"),
            "convention: a range is its middle",
        ),
        (case("It weighs 5 kilograms.", "5 kilograms", "6", "kilogram"), "value"),
        (case("It weighs 5 kilograms.", "It", "6", "kilogram"), "no figure"),
    ],
)
def test_differences_are_told_apart(one: Case, how: str) -> None:
    assert next(compare(one))[0] == how
