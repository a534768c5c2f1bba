"""Copies and updates are put into stories with their origin."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest

from pipeline.archive import copies
from pipeline.archive.copies import (
    DEVIATION,
    JACCARD,
    PERMUTATIONS,
    ROWS,
    Signer,
    alike,
    bands,
    credited,
    shingles,
    similarity,
)
from pipeline.archive.following import follow
from pipeline.archive.statements import components
from pipeline.output.loading import load
from tests.archive.articles import article, prose
from tests.archive.news import rows, week

LONG = prose(1, 30)
PARAGRAPHS = LONG.split("\n\n")


def text(*numbers: int) -> str:
    return "\n\n".join(PARAGRAPHS[n] for n in numbers)


@pytest.mark.parametrize(
    ("changed", "alike"),
    [
        (LONG.upper().replace(".", "!"), True),
        (text(*range(15)), True),
        (text(*range(5, 30)), True),
        (f"{prose(2, 8)}\n\n{LONG}", True),
        (text(0, 1, 2), False),  # a short item in a round-up
        (f"{prose(2, 27)}\n\n{text(0, 1, 2)}", False),
        (prose(2, 30), False),
    ],
)
def test_near_duplicates_share_most_of_the_shorter_text(changed: str, alike: bool) -> None:
    assert (similarity(shingles(LONG), shingles(changed)) is not None) is alike


def test_accents_and_forms_of_characters_are_ignored() -> None:
    assert shingles("Der Café ﬁel zu") == shingles("der cafe\u0301 FIEL zu")


def test_a_signature_estimates_the_similarity() -> None:
    signer = Signer()
    whole, half = shingles(LONG), shingles(text(*range(15)))
    exact = len(whole & half) / len(whole | half)
    one, other = signer.signature(whole), signer.signature(half)
    assert alike(one, one) == 1
    assert alike(one, other) == pytest.approx(exact, abs=0.12)
    assert len(one) == 4 * 128
    assert len(list(bands(one))) == 42
    assert set(bands(one)) & set(bands(other))


def test_stored_signatures_stay_comparable() -> None:
    """A change of these bytes makes the signatures of existing databases useless."""
    assert Signer().signature({1, 2, 3})[:8].hex() == "65df8610be489b85"
    assert next(bands(Signer().signature({1, 2, 3}))) == -7956410150395196188
    hashes = [225067745, 2507400509, 3626159473]
    assert sorted(shingles("It rained again in Rome")) == hashes


@pytest.mark.parametrize(
    ("text", "byline", "agency"),
    [
        ("LONDON (Reuters) - It rained.", None, "Reuters"),
        ("LONDON (Thomson Reuters Foundation) - It rained.", None, None),
        ("PARIS, May 1 (AFP) — It rained.", None, "Agence France-Presse"),
        ("By Al Roe, Associated Press\n\nIt rained.", None, "Associated Press"),
        ("It rained.", "The Associated Press", "Associated Press"),
        ("It rained.", "Al Roe, Bloomberg News", "Bloomberg"),
        (f"{LONG}\n\n(Reporting by Al Roe; Editing by Bo Lee)", None, "Reuters"),
        (f"{LONG}\n\n© 2025 AFP", None, "Agence France-Presse"),
        ("Bloomberg (the mayor) spoke. Reuters reported it.", None, None),
        (f"{LONG}\n\nas Smith (AP) was told\n\n{LONG}", None, None),
    ],
)
def test_the_credit_line_names_the_agency(text: str, byline: str | None, agency: str) -> None:
    assert credited(text, byline) == agency


def test_a_story_has_its_origin_and_its_copies(address: str) -> None:
    load(week(), address)
    follow(address)
    members = "SELECT article_id, kind, outlet FROM story_members WHERE story_id = 'wire'"
    assert sorted(rows(address, members)) == [
        ("mirror", "copy", "Sun"),
        ("update", "update", "Wire"),
        ("wire", "original", "Wire"),
    ]
    wanted = "first_seen, origin, articles, outlets, copies, updates, similarity"
    story = f"SELECT {wanted} FROM v_stories WHERE story_id = 'wire'"
    near = pytest.approx(0.93, abs=0.07)
    assert rows(address, story) == [("2025-05-01", "Reuters", 3, 2, 1, 1, near)]
    assert rows(address, "SELECT count(*) FROM v_stories") == [(6,)]


def test_a_copy_is_compared_with_one_article_of_its_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, count = f"sqlite:///{tmp_path}/x.db", 40
    compared: list[int] = []

    def counted(first: set[int], second: set[int]) -> float | None:
        compared.append(1)
        return similarity(first, second)

    monkeypatch.setattr(copies, "similarity", counted)
    made = [
        article(f"c{at:02}", LONG, prose(90 + at, at % 2), published="2025-05-01")
        for at in range(count)
    ]
    for night in (made[:25], made[25:]):
        load(night, address)
        follow(address)
    assert rows(address, "SELECT COUNT(*) FROM stories") == [(1,)]
    assert len(compared) == count - 1
    # the other articles have bands of their own only where they differ
    of_first = "SELECT COUNT(*) FROM story_bands WHERE article_id = 'c00'"
    assert rows(address, of_first) == [(PERMUTATIONS // ROWS,)]
    load([article("c00", LONG, published="2025-05-01", title="new")], address)
    follow(address)
    assert len(compared) == 2 * (count - 1)


@pytest.mark.parametrize("seed", range(3))
def test_stories_are_what_all_near_duplicates_connect(tmp_path: Path, seed: int) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    chance = random.Random(seed)
    sentences = [prose(200 + at, 1) for at in range(60)]
    # windows of one long text: neighbours are near-duplicates, the first and the last are not
    made = {}
    for at in range(0, 48, 3):
        kept = [one for one in sentences[at : at + 12] if chance.random() < 0.95]
        made[f"w{at:02}"] = article(f"w{at:02}", *kept)
    ids = chance.sample(sorted(made), len(made))
    for night in (ids[:5], ids[5:9], ids[9:]):
        load([made[id] for id in night], address)
        follow(address)
    gone = chance.choice(ids)
    made[gone] = article(gone, prose(999))
    load([made[gone]], address)
    follow(address)
    sets = {id: shingles(one.text) for id, one in made.items()}
    signed = {id: Signer().signature(hashes) for id, hashes in sets.items()}
    near = [
        (one, other)
        for one, other in combinations(sorted(made), 2)
        if {*bands(signed[one])} & {*bands(signed[other])}
        and alike(signed[one], signed[other]) >= JACCARD - DEVIATION
        and similarity(sets[one], sets[other]) is not None
    ]
    stories: dict[str, list[str]] = {}
    for id, story in sorted(rows(address, "SELECT article_id, story_id FROM story_members")):
        stories.setdefault(story, []).append(id)
    assert sorted(stories.values()) == sorted(components(made, near))
    assert 1 < len(stories) < len(made)


def test_the_outlet_of_an_article_without_a_publisher_is_its_host(address: str) -> None:
    load([article("a", LONG, uri="https://www.example.org/a"), article("b", LONG)], address)
    follow(address)
    assert sorted(rows(address, "SELECT article_id, kind, outlet FROM story_members")) == [
        ("a", "original", "example.org"),
        ("b", "copy", None),
    ]


def test_an_earlier_article_becomes_the_first_of_its_story(address: str) -> None:
    for id, day in (("b", "02"), ("c", "03"), ("a", "01")):
        load([article(id, LONG, published=f"2025-05-{day}")], address)
        follow(address)
    assert rows(address, "SELECT id, first_seen FROM stories") == [("a", "2025-05-01")]


def test_a_text_without_words_is_a_story_of_its_own(address: str) -> None:
    load([article("a", "…"), article("b", "…")], address)
    follow(address)
    assert sorted(rows(address, "SELECT id FROM stories")) == [("a",), ("b",)]
