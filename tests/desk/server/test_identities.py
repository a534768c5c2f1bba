"""Identities are shown, merged, split and renamed over HTTP and in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from pipeline.archive.facts import Action, actions
from pipeline.archive.following import follow
from pipeline.archive.linking import link
from pipeline.errors import DatabaseBusy
from pipeline.output.loading import load
from tests.archive.conftest import address
from tests.archive.reading import reading, who
from tests.archive.test_cards import news
from tests.desk.pages.conftest import Tab
from tests.desk.server.conftest import WHEN, Serve, Served
from tests.desk.server.test_api import refused

__all__ = ["address"]

PATIENCE = 20_000
"""Milliseconds for a decision on a busy machine."""
HACKED = "<img src=x onerror=alert(1)>"


@pytest.fixture
def database(address: str) -> str:
    """Return a database with Ann Roe in two articles, and with two other persons."""
    load(news(), address)
    link(address)
    follow(address)
    return address


@pytest.fixture
def sqlite(tmp_path: Any) -> str:
    made = f"sqlite:///{tmp_path}/x.db"
    load(news(), made)
    link(made)
    follow(made)
    return made


def made(database: str) -> list[Action]:
    with reading(database) as store:
        return actions(store)


def test_decisions_are_recorded_and_undone(serve: Serve, database: str) -> None:
    served = serve(*news()[:2], database=database)
    before = who(database)
    (roe,) = served.get("/identities?q=ann+roe").json()
    (lee,) = served.get("/identities?q=LEE&label=person").json()
    card = served.get(f"/identities/{roe['id']}").json()
    assert [(one["article"], one["at"]) for one in card["members"]] == [("a", 0), ("b", 1)]
    said = {"action": "merge", "identities": [roe["id"], lee["id"]], "reason": "pen name"}
    answer = served.post("/identities", json=said)
    assert (answer.status_code, answer.json()["number"]) == (201, 1)
    merged = answer.json()["identity"]
    said = {"action": "split", "identity": merged, "members": [["a", "e1"]]}
    assert served.post("/identities", json=said).json() == {"number": 2, "identity": merged}
    rename = {"action": "rename", "identity": merged, "name": "A. R."}
    assert served.post("/identities", json=rename).status_code == 201
    assert served.get(f"/identities/{merged}").json()["name"] == "A. R."
    assert [(one.action, one.made_by, one.made_at, one.reason) for one in made(database)] == [
        ("merge", "ann", WHEN, "pen name"),
        ("split", "ann", WHEN, None),
        ("rename", "ann", WHEN, None),
    ]
    for number in (3, 2, 1):
        undone = served.post("/identities", json={"action": "undo", "number": number}).json()
        assert undone["identity"] in who(database).values()
    assert who(database) == before


def test_the_database_is_free_between_requests(serve: Serve, database: str) -> None:
    served = serve(database=database)
    served.get("/identities")
    load(news()[:1], database)
    assert link(database).articles == 0


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"action": "merge", "identities": ["Ann Roe", "nobody"]}, (404, "P317")),
        ({"action": "merge", "identities": ["Ann Roe"]}, (422, "P706")),
        ({"action": "split", "identity": "Ann Roe", "members": []}, (422, "P706")),
        ({"action": "split", "identity": "Ann Roe", "members": [["c", "e1"]]}, (404, "P317")),
        ({"action": "rename", "identity": "Ann Roe", "name": ""}, (422, "P706")),
        ({"action": "undo", "number": 7}, (404, "P317")),
        ({"action": "forget", "identity": "Ann Roe"}, (422, "P706")),
        ({"action": "undo", "number": 1, "made_by": "somebody"}, (422, "P706")),
    ],
)
def test_what_cannot_be_done_is_refused(
    serve: Serve, sqlite: str, said: Any, expected: tuple[int, str]
) -> None:
    served = serve(database=sqlite)
    assert refused(served.post("/identities", json=said)) == expected
    assert made(sqlite) == []


def test_another_site_cannot_decide(serve: Serve, sqlite: str) -> None:
    served = serve(database=sqlite)
    said = {"action": "rename", "identity": "Ann Roe", "name": "x"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
    ):
        answer = served.post("/identities", json=said, headers=headers)
        assert refused(answer) == (403, "P701")
    # a form needs no permission, but cannot send JSON
    assert refused(served.post("/identities", data="{}")) == (415, "P702")
    assert made(sqlite) == []


def test_a_server_without_a_database_has_no_identities(served: Served) -> None:
    assert served.get("/identities").status_code == 404
    assert '"identities":' not in served.get("/").text


def test_a_search_of_many_letters_or_words_is_refused_with_the_limit(
    serve: Serve, sqlite: str
) -> None:
    served = serve(database=sqlite)
    for words in ("x" * 60_000, "x " * 2_000):
        assert refused(served.get("/identities", params={"q": words})) == (422, "P706")
    assert served.get("/identities", params={"q": "x " * 250}).status_code == 200


def test_a_database_in_use_is_an_error_that_passes(
    serve: Serve, sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(database=sqlite)

    def busy(*_: Any, **__: Any) -> None:
        raise DatabaseBusy("locked")

    monkeypatch.setattr("pipeline.desk.server.identities.opened", busy)
    answer = served.get("/identities")
    assert refused(answer) == (503, "P314")
    assert answer.headers["Retry-After"]


@pytest.fixture
def reviewing(browser: Browser, serve: Serve, sqlite: str) -> Iterator[Any]:
    """Return a tab with the served identities, and check afterwards for errors."""
    served = serve(*news(), database=sqlite)
    context = browser.new_context(reduced_motion="reduce")
    tab = Tab(context.new_page())
    tab.page.set_default_timeout(PATIENCE)
    tab.page.goto(f"{served.address}/#/identities")
    yield tab.page
    context.close()
    assert [one for one in tab.errors if "404" not in one] == []
    assert all(url.startswith(f"{served.address}/") for url in tab.requests)


def test_identities_are_merged_split_and_undone_on_the_page(reviewing: Any, sqlite: str) -> None:
    page, before = reviewing, who(sqlite)
    page.get_by_role("link", name="Ann Roe").click()
    page.get_by_text("Merge or rename").click()
    page.get_by_label("Reason").fill("pen name")
    page.get_by_label("Merge with").fill("Nobody")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("status")).to_contain_text(
        "no identity is 'Nobody' (P317)", timeout=PATIENCE
    )
    page.get_by_label("Merge with").fill("Bo Lee")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("status")).to_contain_text("Merged with Bo Lee.", timeout=PATIENCE)
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("merge by ann, 2 May 2025: pen name")
    assert who(sqlite) != before
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_have_text("Undone.", timeout=PATIENCE)
    assert who(sqlite) == before

    split = page.get_by_role("button", name="Split off the chosen articles")
    expect(split).to_be_disabled()
    page.get_by_role("checkbox", name="Choose A").check()
    split.click()
    expect(page.get_by_role("status")).to_contain_text(
        "The chosen articles are another identity.", timeout=PATIENCE
    )
    expect(page.locator(".evidence tbody tr")).to_have_count(1)
    found = who(sqlite)
    assert found["a/e1"] != found["b/e1"]
    page.locator(".pairs").get_by_role("button", name="Undo").click()
    expect(page.locator(".evidence tbody tr")).to_have_count(2, timeout=PATIENCE)
    assert who(sqlite) == before
    assert [one.made_by for one in made(sqlite)] == ["ann"] * 4


def test_a_hostile_name_stays_text(reviewing: Any) -> None:
    page = reviewing
    page.get_by_role("link", name="Ann Roe").click()
    page.get_by_text("Merge or rename").click()
    page.get_by_label("Rename").fill(HACKED)
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HACKED, timeout=PATIENCE)
