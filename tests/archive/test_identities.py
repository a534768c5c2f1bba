"""People's decisions: merge, split, rename, undo. They are reversible, and survive linking."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.archive import identities
from pipeline.archive.access import Store, opened
from pipeline.archive.linking import link
from pipeline.errors import NoIdentity
from pipeline.output.loading import load
from tests.archive.reading import ME, everything, link_as_one, reading, together, who
from tests.archive.samples import article, crowd

ARTICLES = [
    article("a", ("Tove Quandt", "PERSON", "she"), "Ida Falk"),
    article("b", ("Tove Quandt", "PERSON", "she"), published="2025-06-01"),
    article("c", ("Tove Lindqvist", "PERSON", "she"), published="2025-07-01"),
    article("d", ("Tove Quandt", "PERSON", "she"), published="2025-08-01"),
]


@pytest.fixture
def linked(address: str) -> str:
    load(ARTICLES, address)
    link(address)
    return address


def act(address: str, run: Callable[[Store], object]) -> None:
    with opened(address) as store:
        run(store)


def test_merged_identities_stay_merged_and_undo_takes_them_apart(linked: str) -> None:
    before = everything(linked)
    names = ("Tove Quandt", "Tove Lindqvist")
    act(linked, lambda store: identities.merge(store, names, ME))
    assert together(linked, ("a/e1", "b/e1", "c/e1"))
    load([article("e", ("Tove Lindqvist", "PERSON", "she"), published="2025-09-01")], linked)
    link(linked)
    assert together(linked, ("a/e1", "c/e1", "e/e1"))
    with opened(linked) as store, store.transaction():
        for table, key in (
            ("mentions", "article_id"),
            ("entities", "article_id"),
            ("articles", "id"),
        ):
            store.run(f"DELETE FROM {table} WHERE {key} = 'e'")
    link(linked)
    act(linked, lambda store: identities.undo(store, 1, ME))
    assert everything(linked) == before
    act(linked, lambda store: identities.undo(store, 2, ME))
    assert together(linked, ("a/e1", "c/e1"))


def test_split_members_stay_apart_and_undo_brings_them_back(linked: str) -> None:
    before = everything(linked)
    whole = who(linked)["a/e1"]
    act(linked, lambda store: identities.split(store, whole, [("b", "e1")], ME))
    found = who(linked)
    assert found["a/e1"] == found["d/e1"] == whole != found["b/e1"]
    # the decision holds for a new record of the article, and for a new article
    load(
        [article("b", "Ida Falk", ("Tove Quandt", "PERSON", "she"), published="2025-06-01")], linked
    )
    load([article("e", ("Tove Quandt", "PERSON", "she"), published="2025-09-01")], linked)
    link(linked)
    found = who(linked)
    assert found["b/e2"] != whole == found["e/e1"]
    with opened(linked) as store, store.transaction():
        for table, key in (
            ("mentions", "article_id"),
            ("entities", "article_id"),
            ("articles", "id"),
        ):
            store.run(f"DELETE FROM {table} WHERE {key} IN ('b', 'e')")
    load([ARTICLES[1]], linked)
    link(linked)
    act(linked, lambda store: identities.undo(store, 1, ME))
    assert everything(linked) == before


def test_a_renamed_identity_keeps_its_name_until_that_is_undone(linked: str) -> None:
    before = everything(linked)
    whole = who(linked)["a/e1"]
    act(linked, lambda store: identities.rename(store, whole, "T. Q.", ME))
    load([article("e", ("Tove Quandt", "PERSON", "she"), published="2025-09-01")], linked)
    link(linked)
    with reading(linked) as store:
        shown = identities.shown(store, whole)
    assert (shown["name"], shown["aliases"]) == ("T. Q.", ["Tove Quandt"])
    assert [one["article"] for one in shown["members"]] == ["a", "b", "d", "e"]
    assert [one["reason"] for one in shown["actions"]] == ["because"]
    with opened(linked) as store, store.transaction():
        for table, key in (
            ("mentions", "article_id"),
            ("entities", "article_id"),
            ("articles", "id"),
        ):
            store.run(f"DELETE FROM {table} WHERE {key} = 'e'")
    link(linked)
    act(linked, lambda store: identities.undo(store, 1, ME))
    assert everything(linked) == before


def test_actions_are_only_added(linked: str) -> None:
    def rows() -> list[tuple[object, ...]]:
        with reading(linked) as store:
            return store.rows("SELECT number, action, made_by FROM identity_actions ORDER BY 1")

    whole = who(linked)["a/e1"]
    kept: list[tuple[object, ...]] = []
    for run in (
        lambda store: identities.rename(store, whole, "T. Q.", ME),
        lambda store: identities.split(store, whole, [("b", "e1")], ME),
        lambda store: identities.undo(store, 1, ME),
        lambda store: identities.undo(store, 3, ME),
    ):
        act(linked, run)
        link(linked)
        assert rows()[: len(kept)] == kept
        kept = rows()
    assert [one[:2] for one in kept] == [(1, "rename"), (2, "split"), (3, "undo"), (4, "undo")]


def test_a_later_decision_overrides_an_earlier_one(linked: str) -> None:
    whole = who(linked)["a/e1"]
    act(linked, lambda store: identities.split(store, whole, [("b", "e1")], ME))
    off = who(linked)["b/e1"]
    act(linked, lambda store: identities.merge(store, (whole, off), ME))
    assert together(linked, ("a/e1", "b/e1", "d/e1"))


def test_every_action_on_a_crowd_is_reversible(tmp_path: object) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load(crowd(30, 8), address)
    link(address)
    before = everything(address)
    by_identity: dict[str, list[str]] = {}
    for entity, identity in who(address).items():
        by_identity.setdefault(identity, []).append(entity)
    large = sorted((one for one, some in by_identity.items() if len(some) > 2))
    some = tuple(by_identity[large[0]][0].split("/"))
    act(address, lambda store: identities.split(store, large[0], [some], ME))  # type: ignore[list-item]
    act(address, lambda store: identities.merge(store, large[1:4], ME))
    assert everything(address) != before
    for number in (3, 2, 1):
        act(address, lambda store, n=number: identities.undo(store, n, ME))  # type: ignore[misc]
    assert everything(address) == before


@pytest.mark.parametrize("seed", range(8))
def test_undone_decisions_and_replaced_articles_leave_no_trace(tmp_path: Path, seed: int) -> None:
    clean, used = (f"sqlite:///{tmp_path}/{name}" for name in ("clean", "used"))
    records, others = list(crowd(40, seed)), list(crowd(40, 100 + seed))
    load(records, clean)
    link(clean)
    for some in (others[:20], records[::2], records[1::2]):
        load(some, used)
        link(used)
    by_identity: dict[str, list[tuple[str, ...]]] = {}
    for entity, identity in who(used).items():
        by_identity.setdefault(identity, []).append(tuple(entity.split("/")))
    large = min(one for one, some in by_identity.items() if len(some) > 1)
    act(used, lambda store: identities.split(store, large, by_identity[large][:1], ME))  # type: ignore[arg-type]
    chosen = random.Random(seed).sample(sorted({*who(used).values()}), 2)
    act(used, lambda store: identities.merge(store, chosen, ME))
    for some in (others[:6], records[:6]):
        load(some, used)
        link(used)
    for number in (2, 1):
        act(used, lambda store, n=number: identities.undo(store, n, ME))  # type: ignore[misc]
    assert everything(used) == everything(clean)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda s: identities.shown(s, "nobody"), "no identity is 'nobody'"),
        (lambda s: identities.merge(s, ("Ida Falk", "Ida Falk"), ME), "one identity already"),
        (lambda s: identities.split(s, "Ida Falk", [("a", "e1")], ME), "a/e1: no member of"),
        (lambda s: identities.split(s, "Ida Falk", [("a", "e2")], ME), "nothing would be left"),
        (lambda s: identities.undo(s, 7, ME), "no action 7"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    tmp_path: object, run: Callable[[Store], object], message: str
) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load(ARTICLES, address)
    link(address)
    before = everything(address)
    with opened(address) as store, pytest.raises(NoIdentity, match=message):
        run(store)
    assert everything(address) == before


def test_identities_are_found_by_words_of_their_names(tmp_path: object) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load(ARTICLES, address)
    link(address)
    with reading(address) as store:
        assert [one["name"] for one in identities.listed(store, "tove")] == [
            "Tove Quandt",
            "Tove Lindqvist",
        ]
        assert identities.listed(store, "falk")[0]["entities"] == 1
        assert identities.listed(store, "tove", label="org") == []


def test_a_decision_about_a_surname_does_not_depend_on_when_articles_arrive(tmp_path: Path) -> None:
    others = ("Ida Falk", "Ole Vang", "Mads Brix")
    before = [
        article("a", ("Tove Quandt", "PERSON", "she"), *others),
        article("b", ("Quandt", "PERSON", "she"), *others),
    ]
    after = article("c", ("Tove Quandt", "PERSON", "she"), *others, published="2021-05-01")
    early, late = (f"sqlite:///{tmp_path}/{name}" for name in ("early", "late"))
    load(before, early)
    link_as_one(early, ["a/e1", "b/e1"])
    load([after], early)
    link(early)
    load([*before, after], late)
    link_as_one(late, ["a/e1", "b/e1"])
    assert everything(early) == everything(late)


def test_a_new_surname_meets_what_earlier_articles_called_by_it(tmp_path: Path) -> None:
    others = ("Ida Falk", "Ole Vang", "Mads Brix")
    records = [
        article("a", ("Tove Quandt", "PERSON", "she"), *others),
        article("b", ("Lindqvist", "PERSON", "she"), *others),
        article(
            "c",
            ("Tove Quandt|Tove Quandt Lindqvist", "PERSON", "she"),
            *others,
            published="2021-05-01",
        ),
    ]
    nights, whole = (f"sqlite:///{tmp_path}/{name}" for name in ("nights", "whole"))
    for record in records:
        load([record], nights)
        link(nights)
    load(records, whole)
    link(whole)
    assert everything(nights) == everything(whole)
