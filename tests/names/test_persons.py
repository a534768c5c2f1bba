"""The name of a person is taken apart, and compared with another one."""

from __future__ import annotations

import pytest

from pipeline.names.persons import parse_person, same_person


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Ann Lee", "lee"),
        ("Zhou Kai", "zhou"),
        ("He Lifeng", "he"),
        ("Kim Jong Un", "kim"),
        ("Ludwig van Beethoven", "beethoven"),
        ("Robert Paul Hallam Jr.", "hallam"),
    ],
)
def test_surnames(name: str, surname: str) -> None:
    assert parse_person(name.split()).surname == surname


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann Lee", "Ann M. Lee", True),
        ("Ann K. Lee", "Ann M. Lee", False),
        ("Bill Gates", "William Gates", True),
        ("Arnold Schwarzenegger", "Arnold Schwarzeneger", True),
        ("Tessa Breslin", "Tessa Brelsin", True),
        ("Tessa Roberts", "Tessa Robert", False),
        ("Bill Bush", "Jeb Bush", False),
    ],
)
def test_two_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_person(parse_person(one.split()), parse_person(other.split())) == same
