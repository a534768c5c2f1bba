"""The page's data for identities."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline.desk.pages.overview import identity_view
from pipeline.desk.pages.page import page
from tests.desk.pages.conftest import Open
from tests.desk.pages.made import HACK, harbour


def value(article: str, day: str | None, number: str, **given: Any) -> dict[str, Any]:
    return {
        "measure": "trade deficit",
        "measures": "trade deficit",
        "scope": "",
        "kind": "money",
        "period": "day",
        "unit": "USD",
        "rate_per": None,
        "change": None,
        "period_start": day,
        "time_text": None,
        "value": number,
        "value_text": number,
        "bound": None,
        "text": number,
        "given_by": None,
        "relation": None,
        "published": "2025-05-01",
        "title": article,
        "publisher": None,
        "uri": None,
        "article": article,
        "figure_id": "f1",
    } | given


def made(**given: Any) -> dict[str, Any]:
    """Return the card of an identity in the article ``harbour`` and in one of no page."""
    place = {"published": "2025-03-04", "publisher": None, "uri": None}
    return {
        "id": "i1",
        "label": "PERSON",
        "name": "Ann Lee",
        "aliases": ["A. Lee"],
        "first_seen": "2025-03-04",
        "last_seen": "2025-03-05",
        "entities": 2,
        "mentions": 4,
        "identifiers": {"wikidata": "Q1"},
        "profiles": [
            {
                "profile": "PER|ann lee|f|||",
                "score": 0.91,
                "evidence": {
                    "profiles": ["PER|ann lee|f|||", "PER|a lee|f|||"],
                    "names": ["ann lee"],
                    "properties": ["name/initial"],
                },
            }
        ],
        "members": [
            {
                **place,
                "article": article,
                "entity": "e1",
                "profile": "PER|ann lee|f|||",
                "title": None,
                "name": "Ann Lee",
                "mentions": 2,
                "score": score,
                "evidence": {"roles": ["mayor"], "companions": ["bo kim"]},
            }
            for article, score in (("harbour", 0.91), ("far", None))
        ],
        "candidates": [
            {"one": "i1", "one_name": "Ann Lee", "other": "i2", "other_name": "Anne Lee"}
            | {"score": 0.4}
        ],
        "actions": [
            {"number": 1, "action": "rename", "made_at": "2025-05-01T00:00:00Z"}
            | {"made_by": "kim", "reason": "short", "content": {}}
        ],
        "statements": [
            {
                **place,
                "article": "harbour",
                "title": None,
                "statement_id": "a1",
                "kind": "direct",
                "statement": "We will build it",
                "cue": "said",
                "articles": 2,
            }
        ],
        "values": [
            value("harbour", "2024-01-01", "1500"),
            value("far", "2025", "2000"),
            value("far", None, "3", unit=None),
        ],
    } | given


def test_values_are_put_into_series_with_the_longest_first() -> None:
    shown = identity_view(made(), {"harbour": 0}.get)
    assert [(one["unit"], len(one["points"])) for one in shown["series"]] == [("USD", 2), ("", 1)]
    assert [
        (one["day"], one["number"], one["value"], one["at"]) for one in shown["series"][0]["points"]
    ] == [("2024-01-01", 1500.0, "1,500 USD", 0), ("2025-01-01", 2000.0, "2,000 USD", None)]
    assert [one["at"] for one in shown["members"]] == [0, None]


def test_a_decrease_is_negative() -> None:
    fell = made(values=[value("far", "2025", "3", change="decrease")])
    (series,) = identity_view(fell, {}.get)["series"]
    assert [one["number"] for one in series["points"]] == [-3.0]


def test_a_card_shows_evidence_statements_and_a_plot(opened: Open) -> None:
    tab = opened([harbour()], "#/identities", lambda some: page(some, lambda _: [made()]))
    tab.page.get_by_role("searchbox").fill("nobody")
    expect(tab.page.get_by_role("status")).to_have_text("0 identities")
    tab.page.get_by_role("searchbox").fill("a. lee")
    expect(tab.page.get_by_role("status")).to_have_text("1 identity")
    tab.page.get_by_role("link", name="Ann Lee").click()
    main = tab.page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text("Ann Lee")
    expect(main).to_contain_text("Also named A. Lee.")
    expect(main).to_contain_text("described as mayor; with bo kim")
    expect(main).to_contain_text("0.91")
    expect(main).to_contain_text("Anne Lee with a probability of 0.40")
    expect(main).to_contain_text("rename by kim, 1 May 2025: short")
    expect(main).to_contain_text("and 1 other article")
    drawing = main.get_by_role("img")
    expect(drawing.locator("circle")).to_have_count(2)
    expect(drawing.locator("polyline")).to_have_count(1)
    assert [one.text_content() for one in drawing.locator("title").all()] == [
        "2024-01-01: 1,500 USD",
        "2025-01-01: 2,000 USD",
    ]
    expect(main.get_by_role("table", name="Values of trade deficit, USD")).to_contain_text("1,500")
    expect(main.get_by_role("button")).to_have_count(0)
    main.get_by_role("link", name="We will build it").click()
    expect(tab.page.get_by_role("tooltip")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_card_fits_the_screen(opened: Open, width: int, scheme: str) -> None:
    tab = opened(
        [harbour()],
        "#/identities/i1",
        lambda some: page(some, lambda _: [made(aliases=["Li" * 60])]),
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    assert tab.script("document.documentElement.scrollWidth") <= width


def test_names_cannot_become_markup(opened: Open) -> None:
    card = made(name=HACK, aliases=[HACK], identifiers={HACK: HACK})
    card["members"][0]["evidence"] = {"roles": [HACK]}
    card["members"][1]["uri"] = "javascript:alert(1)"
    tab = opened([harbour()], "#/identities/i1", lambda some: page(some, lambda _: [card]))
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(HACK)
    assert tab.script("document.querySelectorAll('a[href^=javascript]').length") == 0


def test_an_unknown_identity_is_not_found(opened: Open) -> None:
    tab = opened([harbour()], "#/identities/i9", lambda some: page(some, lambda _: [made()]))
    expect(tab.page.get_by_role("alert")).to_have_text("There is no such identity.")
