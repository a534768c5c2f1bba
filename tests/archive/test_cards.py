"""The card of an identity has its evidence, its statements and its series."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.archive.following import follow
from pipeline.archive.identities import card, cards
from pipeline.archive.linking import link
from pipeline.output.loading import load
from tests.archive.articles import Says, Value, article, prose
from tests.archive.reading import reading
from tests.archive.samples import article as named

LOST = "We lost the bridge, and we will lose the market too."


def news() -> list[Any]:
    """Return articles about two persons: one speaks, one has a figure that moves."""
    return [
        article(
            "a",
            prose(1),
            Says("Ann Roe", LOST),
            Value("5", holder="Tove Quandt", given_by="Ann Roe"),
            published="2025-05-01",
            title="A",
        ),
        article(
            "b", prose(2), Says("Ann Roe", LOST), Says("Bo Lee", "No."), published="2025-05-02"
        ),
        article("c", prose(3), Value("7", holder="Tove Quandt", time="2025"), title="C"),
    ]


@pytest.mark.check
def test_a_card_has_statements_once_and_series_in_order(address: str) -> None:
    load(news(), address)
    link(address)
    follow(address)
    with reading(address) as store:
        roe, quandt = card(store, "Ann Roe"), card(store, "Tove Quandt")
        of_b = [one["name"] for one in cards(store, ["b"])]
        assert next(iter(cards(store, ["a"]))) in (roe, quandt)
    assert [(one["article"], one["articles"], one["kind"]) for one in roe["statements"]] == [
        ("a", 2, "direct"),
        ("a", 1, "indirect"),
    ]
    assert roe["values"] == quandt["statements"] == []
    assert [
        (one["period_start"], one["value_text"], one["given_by"], one["relation"])
        for one in quandt["values"]
    ] == [("2024-01-01", "5", "Ann Roe", None), ("2025-01-01", "7", None, "other period")]
    assert of_b == ["Ann Roe", "Bo Lee"]


def test_a_member_has_the_score_and_what_agrees(address: str) -> None:
    load(
        [
            named("a", ("Jamieson Greer", "PERSON", "", "trade representative"), "Ida Falk"),
            named("b", ("Jamieson L. Greer", "PERSON", "", "trade representative"), "Ida Falk"),
            named("c", "Ida Falk"),
        ],
        address,
    )
    link(address)
    with reading(address) as store:
        greer, falk = card(store, "Jamieson Greer"), card(store, "Ida Falk")
        rows = store.rows(
            "SELECT article_id, score FROM identity_members WHERE identity_id = ? ORDER BY 1",
            greer["id"],
        )
    assert [(one["article"], one["score"]) for one in greer["members"]] == rows
    assert all(score > 0.5 for _, score in rows)
    assert greer["members"][0]["evidence"] == {
        "roles": ["trade representative"],
        "companions": ["ida falk"],
    }
    # one name in all articles: nothing was compared
    assert [one["score"] for one in falk["members"]] == [None, None, None]
    assert falk["members"][2]["evidence"] == {"names": ["Ida Falk"]}
