"""The same quotation in several articles is one; several speakers are flagged."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from pipeline.archive import statements
from pipeline.archive.following import follow
from pipeline.archive.statements import Quotation, by_speaker, clustered, keys, same, variant
from pipeline.output.loading import load
from tests.archive.articles import Says, article, prose
from tests.archive.news import LOST, rows, week
from tests.output.samples import record

DAY = "2025-05-01"


def quotation(words: str, speaker: str | None = "Ann Roe", day: str | None = DAY) -> Quotation:
    return Quotation("a", "q1", words, speaker, day)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (LOST, LOST.upper().replace(",", " –"), True),
        (LOST, "and we will lose the market too", True),
        (LOST, "We lost the bridge, and they will lose the garden too.", False),
        (LOST, "We lost the bridge, and we will lose the garden.", False),
        ("It’s over for the old bridge now", "it's over for the old bridge now", True),
        ("No comment", "no comment!", True),
        ("No comment", "No comment at all", False),
        ("a b c d e f g h i j k l m n", "a b c d e f X h i j k l m n", False),
        ("a b c d e f g h i j k l m n", "a b c d e f … m n", True),
        ("a b c d e f g h i j k l m n", "m n a b c d e f g h", False),
        ("a b c d e f g h i j k l m n", "a c e g i k m", False),
    ],
)
def test_quotations_are_the_same_words(one: str, other: str, alike: bool) -> None:
    first, second = quotation(one), quotation(other)
    assert same(first, second) is same(second, first) is alike
    if alike:
        assert keys(first) & keys(second)


@pytest.mark.parametrize(
    ("speaker", "day", "alike"),
    [
        ("Roe", "2025-05-30", True),
        ("Roe", "2025-07-01", False),
        ("Roe", None, False),
        ("Bo Lee", DAY, False),
        (None, DAY, False),
    ],
)
def test_short_quotations_need_the_speaker_and_the_month(
    speaker: str | None, day: str | None, alike: bool
) -> None:
    assert same(quotation("No comment"), quotation("No comment", speaker, day)) is alike
    assert same(quotation(LOST), quotation(LOST, speaker, day))


def test_a_short_quotation_is_compared_with_the_one_before_of_each_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []

    def counted(one: Quotation, other: Quotation) -> bool:
        compared.append(1)
        return same(one, other)

    monkeypatch.setattr(statements, "same", counted)
    days = [date(2025, 1, 1) + timedelta(days=20 * at) for at in range(15)]
    days += [days[-1] + timedelta(days=60)]
    many = [
        Quotation(f"a{at:02}", name, "no comment at all", name, day.isoformat())
        for at, day in enumerate(days)
        for name in ("Ann Roe", "Roe")
    ]
    groups = list(clustered(random.Random(1).sample(many, len(many))))
    assert [len(group) for group in groups] == [30, 2]
    assert len(compared) < 2 * len(many)


def test_a_short_name_joins_the_only_full_name_that_fits() -> None:
    def groups(*speakers: str | None) -> list[tuple[str | None, int]]:
        found = by_speaker([quotation(LOST, speaker) for speaker in speakers])
        return [(name, len(quotations)) for name, quotations in found.items()]

    assert groups("Roe", "Ann Roe") == [("Ann Roe", 2)]
    assert groups("Roe", "Ann Roe", "Bo Roe") == [("Roe", 1), ("Ann Roe", 1), ("Bo Roe", 1)]
    assert groups(None, "Ann Roe", "Roe") == [("Ann Roe", 3)]
    assert groups(None, "Ann Roe", "Bo Lee") == [(None, 1), ("Ann Roe", 1), ("Bo Lee", 1)]
    assert groups(None, None) == [(None, 2)]


def test_an_instance_differs_from_the_earliest() -> None:
    first = quotation("We lost the bridge, and more.")
    for words, how in (
        ("We lost the bridge, and more.", "same"),
        ("We lost the bridge and more!", "punctuation"),
        ("We lost the bridge", "cut"),
        ("We lost the bridge, and more of it.", "longer"),
        ("We lost a bridge, and more.", "edited"),
    ):
        assert variant(quotation(words), first) == how


def test_a_quotation_has_its_earliest_instance_and_its_numbers(address: str) -> None:
    load(week(), address)
    follow(address)
    wanted = "speaker, article_id, published, articles, outlets, origins, variants"
    found = rows(address, f"SELECT {wanted}, disputed FROM v_said ORDER BY article_id")
    assert [(*row[:-1], bool(row[-1])) for row in found] == [
        (None, "nobody", "2025-05-04", 1, 1, 1, 1, True),
        ("Bo Lee", "other", "2025-05-03", 1, 1, 1, 1, True),
        ("Ann Roe", "wire", "2025-05-01", 4, 3, 2, 2, True),
    ]
    how = "SELECT article_id, variant FROM said_members WHERE said_id = 'wire q1'"
    assert dict(rows(address, how)) == {
        "wire": "same", "mirror": "same", "update": "same", "own": "cut",
    }  # fmt: skip


def test_several_speakers_of_one_quotation_are_one(address: str) -> None:
    load([article(id, Says("Ann Roe", LOST), prose(n)) for n, id in enumerate("ab")], address)
    follow(address)
    assert rows(address, "SELECT speaker, articles FROM v_said") == [("Ann Roe", 2)]


def test_statements_are_direct_or_indirect_in_one_view(address: str) -> None:
    load([record("a", published=DAY), article("b", Says(None, LOST))], address)
    wanted = "article_id, statement_id, speaker, source, kind, statement, cue, anonymous"
    found = rows(address, f"SELECT {wanted} FROM v_statements ORDER BY article_id, statement_id")
    assert [(*row[:-1], row[-1] and bool(row[-1])) for row in found] == [
        ("a", "a1", "Al Roe", "Al Roe", "direct", '"no" … in May', "said", False),
        ("a", "a2", None, "officials", "indirect", "He lost 5 cows", "said", True),
        ("b", "q1", None, None, "direct", LOST, None, None),
    ]
    places = "SELECT start_char, end_char, story_id, said_id FROM v_statements"
    assert rows(address, f"{places} WHERE statement_id = 'a1'") == [(24, 35, "a", None)]
    follow(address)
    assert rows(address, f"{places} WHERE article_id = 'b'") == [(1, 53, "b", "b q1")]


def test_a_statement_belongs_to_its_story_and_its_quotation(address: str) -> None:
    load(week(), address)
    follow(address)
    asked = """
        SELECT count(*), count(DISTINCT story_id), count(DISTINCT said_id) FROM v_statements
        WHERE speaker IN ('Ann Roe', 'Roe')"""
    assert rows(address, asked) == [(4, 2, 1)]
