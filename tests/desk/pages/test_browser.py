"""The page in a real browser: appearance, pointing and clicking."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline.desk.pages import sourcing
from pipeline.desk.pages.sourcing import RunSources
from tests.desk.pages.conftest import Open, Tab
from tests.desk.pages.made import (
    HARBOUR,
    HOSTILE,
    entity,
    figure,
    harbour,
    hostile,
    mention,
    record,
    span,
    statement,
    together,
)

LOOK = """(ref) =>
    getComputedStyle(document.querySelector(`[data-refs~='${ref}']`)).backgroundImage"""
LIT = """(name) => [...document.querySelectorAll(`.${name}`)].map((one) => one.textContent)"""


def look(tab: Tab, ref: str) -> str:
    """Return the decoration of a piece's text."""
    return str(tab.script(LOOK, ref))


def piece(tab: Tab, ref: str) -> Any:
    return tab.page.locator(f"[data-refs~='{ref}']").first


def test_the_text_is_that_of_the_article(opened: Open) -> None:
    tab = opened([harbour()])
    tab.script("document.querySelectorAll('.note').forEach((note) => note.remove())")
    shown = [tab.page.locator("h1").inner_text(), tab.page.locator("#text").inner_text()]
    assert " ".join(shown).split() == HARBOUR.split()


@pytest.mark.parametrize(
    ("layer", "ref"),
    [("Names", "e2:name"), ("Quotes", "q1"), ("Statements", "a6:content"), ("Figures", "f3")],
)
def test_a_layer_can_be_switched_off_and_on(opened: Open, layer: str, ref: str) -> None:
    tab = opened([harbour()])
    on = look(tab, ref)
    box = tab.page.get_by_role("checkbox", name=layer)
    box.uncheck()
    assert look(tab, ref) != on
    box.check()
    assert look(tab, ref) == on


def test_a_layer_that_is_off_does_not_respond_to_pointing(opened: Open) -> None:
    tab = opened([harbour()])
    card = tab.page.get_by_role("tooltip")
    tab.page.get_by_role("checkbox", name="Names").uncheck()
    piece(tab, "e1:nominal").hover()
    expect(card).to_contain_text("Statement")
    expect(card).not_to_contain_text("3 mentions")
    assert tab.script(LIT, "lit-entity") == []
    tab.page.get_by_role("checkbox", name="Statements").uncheck()
    piece(tab, "e1:nominal").hover()
    expect(card).to_be_hidden()


def test_the_speaker_of_a_quote_is_in_the_margin_next_to_it(opened: Open) -> None:
    tab = opened([harbour()], viewport={"width": 1400, "height": 900})
    notes = tab.page.get_by_role("note")
    assert notes.all_inner_texts() == ["Ann Lee", "Bo Kim"]
    note, words = notes.first.bounding_box(), piece(tab, "q1").bounding_box()
    assert note is not None
    assert note["x"] + note["width"] < tab.script("document.getElementById('text').offsetLeft")
    assert abs(note["y"] - words["y"]) < 25
    tab.page.get_by_role("checkbox", name="Quotes").uncheck()
    expect(notes.first).to_be_hidden()


HEIGHTS = """() => {
    const text = document.getElementById("text");
    const found = [];
    for (let width = 590; width > 300; width -= 2) {
        text.style.inlineSize = `${width}px`;
        for (const note of document.querySelectorAll(".note")) {
            const after = [...document.querySelectorAll(".quote")].find(
                (one) => note.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING,
            );
            const words = after.getClientRects()[0];
            found.push(Math.abs(note.getBoundingClientRect().y - words.y));
        }
    }
    return found;
}"""
"""The distance of each note from the first line of its quote, at many widths of the text."""


def test_a_speaker_stays_next_to_a_quote_that_begins_a_new_line(opened: Open) -> None:
    tab = opened([harbour()], viewport={"width": 1400, "height": 900})
    distances = tab.script(HEIGHTS)
    assert len(distances) == 290
    assert max(distances) < 25


def test_all_speakers_are_named_with_their_confidence(opened: Open) -> None:
    tab = opened([together()], viewport={"width": 1400, "height": 900})
    notes = tab.page.get_by_role("note").all_inner_texts()
    assert [" ".join(note.split()) for note in notes] == [
        "Ann Lee and Bo Kim, 64% unsure",
        "Bo Kim, 55% unsure",
    ]
    card = tab.page.get_by_role("tooltip")
    piece(tab, "a1:source").hover()
    expect(card).to_contain_text("Ann Lee, 97%")
    expect(card.locator(".sure")).to_have_text("0.90")
    expect(card).not_to_contain_text("unsure")
    piece(tab, "e1:pronoun:91").hover()
    expect(card).to_contain_text("91%")
    tab.page.get_by_role("tab", name="Statements").click()
    panel = tab.page.get_by_role("tabpanel", name="Statements")
    panel.get_by_label("Speaker", exact=True).select_option(label="Bo Kim (2)")
    expect(panel.locator(".statement .by")).to_have_text(
        [re.compile("Ann Lee and Bo Kim, 64% unsure"), re.compile("Bo Kim, 55% unsure")]
    )
    tab.page.get_by_role("tab", name="Notes 2 warnings").click()
    told = tab.page.get_by_role("tabpanel", name="Notes")
    expect(told).to_contain_text("5 findings have an unsure speaker")
    expect(told).to_contain_text(
        "The percentage next to a name is the confidence that this is the speaker"
    )


def test_pointing_at_a_name_highlights_all_its_mentions(opened: Open) -> None:
    tab = opened([harbour()])
    piece(tab, "e1:nominal").hover()
    assert tab.script(LIT, "lit-entity") == ["Mayor Ann Lee", "she", "the mayor"]
    card = tab.page.get_by_role("tooltip")
    expect(card).to_contain_text("Ann Lee")
    expect(card).to_contain_text("3 mentions")
    tab.page.mouse.move(2, 2)
    expect(card).to_be_hidden()
    assert tab.script(LIT, "lit-entity") == []


def test_pointing_at_a_statement_links_source_cue_and_all_parts_of_its_content(
    opened: Open,
) -> None:
    tab = opened([harbour()])
    piece(tab, "q2").hover()
    assert tab.script(LIT, "lit-source") == ["she"]
    assert tab.script(LIT, "lit-cue") == ["said"]
    assert tab.script(LIT, "lit-content") == ["“We will build it,”", "“whatever it takes.”"]
    card = tab.page.get_by_role("tooltip")
    expect(card).to_contain_text("direct speech")
    expect(card).to_contain_text("0.99")


def test_the_inner_one_of_nested_statements_is_linked_and_both_are_described(opened: Open) -> None:
    tab = opened([harbour()])
    piece(tab, "q3").hover()
    assert tab.script(LIT, "lit-source") == ["Bo Kim"]
    card = tab.page.get_by_role("tooltip")
    expect(card).to_contain_text("Reported by")
    expect(card.locator(".entry")).to_have_count(3)
    # the outer one in brief
    expect(card.locator("dt", has_text="Attribution")).to_have_count(1)


def test_separate_parts_show_that_they_continue(opened: Open) -> None:
    tab = opened([harbour()])
    assert tab.script(LIT, "goes-on") == ["“We will build it,”"]
    assert tab.script(LIT, "comes-on") == ["“whatever it takes.”"]


@pytest.mark.parametrize("media", ["screen", "print"])
def test_lines_of_names_and_nested_statements_do_not_touch(opened: Open, media: Any) -> None:
    tab = opened([harbour()])
    tab.page.emulate_media(media=media)
    content = piece(tab, "a4:content")
    position, size = (
        content.evaluate(f"(one) => getComputedStyle(one).background{name}").split(", ")[1:5]
        for name in ("PositionY", "Size")
    )
    # the distances to the bottom of the line under a name and of three lines below it
    feet = [float(re.findall(r"- ([\d.]+)px", one)[0]) if "-" in one else 0 for one in position]
    heads = [
        foot + float(one.split()[-1].removesuffix("px"))
        for foot, one in zip(feet, size, strict=True)
    ]
    assert all(foot - head >= 1 for foot, head in zip(feet, heads[1:], strict=False))


def test_kinds_are_distinguishable_without_colour(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.get_by_role("checkbox", name="Names").uncheck()
    tab.page.get_by_role("checkbox", name="Quotes").uncheck()
    lines = tab.script(
        """() => ["direct", "mixed", "indirect"].map((kind) => {
            const sample = document.querySelector(`.sample.r0-${kind}`);
            return getComputedStyle(sample).backgroundImage.replace(/(rgb|color)\\([^)]*\\)/g, "");
        })"""
    )
    assert len(set(lines)) == 3
    assert look(tab, "a2:content") != look(tab, "a4:content") != look(tab, "a6:content")


def test_figures_and_times_show_their_value(opened: Open) -> None:
    tab = opened([harbour()])
    card = tab.page.get_by_role("tooltip")
    piece(tab, "f1").hover()
    expect(card).to_contain_text("12,000,000 USD")
    expect(card).to_contain_text("The currency is assumed")
    expect(card).to_contain_text("wall")
    piece(tab, "t1").hover()
    expect(card).to_contain_text("It could not be resolved to a date.")
    piece(tab, "t2").hover()
    expect(card).to_contain_text("2024")


def test_a_figure_in_a_statement_stands_out_when_it_is_pointed_at(opened: Open) -> None:
    tab = opened([harbour()])
    piece(tab, "a1:content").hover()
    among = look(tab, "f1")
    piece(tab, "f1").hover()
    assert look(tab, "f1") != among
    assert look(tab, "f1") != look(tab, "a1:content")
    piece(tab, "t1").hover()  # outside of all statements
    pointed = look(tab, "t1")
    tab.page.mouse.move(2, 2)
    assert look(tab, "t1") != pointed


@pytest.mark.parametrize("pointed", ["a2:source", "a2:content", "q2"])
def test_the_card_does_not_cover_its_statement(opened: Open, pointed: str) -> None:
    tab = opened([harbour()], viewport={"width": 360, "height": 800})
    piece(tab, pointed).scroll_into_view_if_needed()
    piece(tab, pointed).hover()
    card = tab.page.get_by_role("tooltip").bounding_box()
    assert card is not None
    lit = tab.page.locator(".lit-content, .lit-source, .lit-cue").all()
    assert len(lit) == 4
    for box in filter(None, (one.bounding_box() for one in lit)):
        assert box["y"] + box["height"] <= card["y"] or card["y"] + card["height"] <= box["y"]


def test_a_click_keeps_the_card_until_escape(opened: Open) -> None:
    tab = opened([harbour()])
    card = tab.page.get_by_role("tooltip")
    piece(tab, "f1").click()
    tab.page.mouse.move(2, 2)
    expect(card).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_arrow_keys_move_between_findings(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.locator("#text").focus()
    visited = []
    for key in ["ArrowRight"] * 4 + ["ArrowLeft"]:
        tab.page.keyboard.press(key)
        visited.append(tab.script("document.activeElement.textContent"))
    forth = ["Mayor Ann Lee", "Monday", "$12 million", "“We will build it,”"]
    assert visited == [*forth, "$12 million"]
    expect(tab.page.get_by_role("tooltip")).to_be_visible()
    assert tab.script("document.activeElement.getAttribute('aria-describedby')") == "card"


def test_a_click_in_a_list_goes_to_the_place_in_the_text(opened: Open) -> None:
    tab = opened([harbour()], viewport={"width": 1400, "height": 300})
    tab.page.get_by_role("tab", name="Figures").click()
    tab.page.locator("#panel-figures").get_by_role("button", name="300").click()
    assert tab.script("document.activeElement.textContent") == "300"
    expect(piece(tab, "f3")).to_be_in_viewport()
    tab.page.get_by_role("tab", name="Notes").click()
    tab.page.get_by_role("button", name="show in the text").click()
    assert tab.script("document.activeElement.textContent") == "stones"


def test_the_counts_of_each_facet_follow_the_choices_in_the_others(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.get_by_role("tab", name="Statements").click()
    panel = tab.page.get_by_role("tabpanel", name="Statements")
    rows, status = panel.locator("li"), panel.get_by_role("status")
    speaker = panel.get_by_label("Speaker", exact=True)
    kind, cue = panel.get_by_label("Type"), panel.get_by_label("Cue")
    expect(rows).to_have_count(6)
    expect(kind.locator("option")).to_have_text(["all", "indirect (4)", "direct (1)", "mixed (1)"])
    speaker.select_option(label="Ann Lee (3)")
    expect(rows).to_have_count(3)
    expect(kind.locator("option")).to_have_text(["all", "indirect (2)", "direct (1)"])
    kind.select_option(label="direct (1)")
    expect(status).to_have_text("1 of 6 statements")
    expect(speaker.locator("option")).to_have_text(["all", "Ann Lee (1)"])
    expect(cue.locator("option")).to_have_text(["all", "say (1)"])
    speaker.select_option("")
    kind.select_option("")
    panel.get_by_label("Source").select_option(label="unnamed group (1)")
    expect(rows).to_contain_text("Officials")
    panel.get_by_label("Source").select_option("")
    cue.select_option("ask")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("0.30 unsure")
    panel.get_by_role("searchbox").fill("nobody said this")
    expect(status).to_have_text("None of 6 statements fits the filters.")
    panel.get_by_role("searchbox").fill("")
    cue.select_option("")
    panel.get_by_label("Attribution confidence").fill("0.65")
    expect(rows).to_have_count(3)


def test_facets_work_by_keyboard_and_keep_the_focus(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.get_by_role("tab", name="Statements").click()
    panel = tab.page.get_by_role("tabpanel", name="Statements")
    kind = panel.get_by_label("Type")
    kind.focus()
    tab.page.keyboard.press("ArrowDown")
    expect(kind).to_be_focused()
    expect(panel.get_by_role("status")).to_have_text("4 of 6 statements")
    tab.page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("status")).to_have_text("1 of 6 statements")
    expect(kind).to_be_focused()


@pytest.mark.parametrize(
    ("panel", "facet", "choice", "count"),
    [
        ("Figures", "Kind", "money (1)", 1),
        ("Times", "Value", "not resolved (1)", 1),
        ("Names", "Type", "place (1)", 1),
        ("Quotes", "Type", "mixed (1)", 1),
    ],
)
def test_all_lists_of_an_article_have_facets(
    opened: Open, panel: str, facet: str, choice: str, count: int
) -> None:
    made = harbour()
    wall = entity("e3", "Harbour", [mention(HARBOUR, "Harbour")], label="LOC")
    tab = opened([made.model_copy(update={"entities": (*made.entities, wall)})])
    tab.page.get_by_role("tab", name=panel).click()
    shown = tab.page.get_by_role("tabpanel", name=panel)
    shown.get_by_label(facet, exact=True).select_option(label=choice)
    expect(shown.locator("tbody tr, .statement")).to_have_count(count)


def test_findings_of_all_articles_are_narrowed_by_article(opened: Open) -> None:
    tab = opened([harbour("a", title="Wall"), harbour("b", title="Dam")], "#/findings")
    main = tab.page.get_by_role("main")
    expect(main.get_by_role("status")).to_have_text("12 statements")
    main.get_by_label("Article").select_option(label="Dam (6)")
    expect(main.locator(".statement")).to_have_count(6)
    for kind, count in (("Quotes", 6), ("Figures", 6), ("Times", 4), ("Names", 4)):
        main.get_by_role("link", name=kind).click()
        expect(main.get_by_role("status")).to_contain_text(f"{count} {kind.lower()}")
    main.get_by_role("link", name="Figures").click()
    expect(main.get_by_role("status")).to_have_text("6 figures")
    main.get_by_label("Article").select_option(label="Dam (3)")
    expect(main.locator("tbody tr")).to_have_count(3)
    main.get_by_role("button", name="300").click()
    expect(tab.page.locator("#text")).to_be_visible()
    assert tab.page.url.endswith("#/article/1/f3")
    tab.page.go_back()  # the choice is restored
    expect(main.locator("tbody tr")).to_have_count(3)


def saved(tab: Tab, form: Any, kind: str) -> tuple[str, bytes]:
    """Download a list, and return the name of the file and its content."""
    with tab.page.expect_download() as download:
        form.get_by_role("button", name=f"Download as {kind}").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_what_is_shown_is_downloaded_as_csv_and_json(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.get_by_role("tab", name="Statements").click()
    panel = tab.page.get_by_role("tabpanel", name="Statements")
    panel.get_by_label("Speaker", exact=True).select_option("Ann Lee")
    name, content = saved(tab, panel, "CSV")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert name == "statements.csv"
    assert [row["id"] for row in rows] == ["a1", "a2", "a5"]
    assert rows[1]["text"] == "“We will build it,” … “whatever it takes.”"
    assert (rows[1]["article"], rows[1]["type"], rows[1]["confidence"]) == (
        "harbour",
        "direct",
        "0.99",
    )
    name, content = saved(tab, panel, "JSON")
    found = json.loads(content)
    assert name == "statements.json"
    assert [(row["id"], row["confidence"]) for row in found] == [
        ("a1", 0.9),
        ("a2", 0.99),
        ("a5", None),
    ]
    assert found[0]["source_kind"] == "person"


def test_a_download_is_the_csv_of_the_sourcing_report_and_inert_in_spreadsheets(
    opened: Open,
) -> None:
    cells = ["=HYPERLINK(1)", " @x", "＋1", "\t1", '"a", b', "Zoë", "-5", "two, lines", "\x1c=1"]
    text = " ".join(f"said {cell}." for cell in cells)
    said = tuple(
        statement(f"a{at}", [], [span(text, "said")], [span(text, cell)])
        for at, cell in enumerate(cells, 1)
    )
    tab = opened([record(text, attributions=said)])
    tab.page.get_by_role("tab", name="Statements").click()
    panel = tab.page.get_by_role("tabpanel", name="Statements")
    _, content = saved(tab, panel, "CSV")
    head = "article title published publisher uri id type speaker source_kind source cue text"
    names = [*head.split(), "confidence", "speaker_confidence"]
    rows = [
        ["r", None, None, None, None, one.id, "indirect", *[None] * 3, "said", cell, 0.9, None]
        for one, cell in zip(said, cells, strict=True)
    ]
    assert content.decode("utf-8") == "".join(sourcing.rows(names, rows))


def test_a_speaker_s_bar_leads_to_the_statements(opened: Open) -> None:
    tab = opened([harbour()])
    panel = tab.page.get_by_role("tabpanel", name="Speakers")
    expect(panel).to_contain_text("named 71%")
    expect(panel).to_contain_text("anonymous 19%")
    widths = tab.script(
        "[...document.querySelectorAll('.bars .bar')].map((bar) =>"
        " [...bar.children].reduce((sum, part) => sum + part.offsetWidth, 0))"
    )
    assert widths == sorted(widths, reverse=True)
    assert widths[0] / widths[1] == pytest.approx(19 / 6, rel=0.03)
    panel.get_by_role("button", name="Ann Lee").click()
    rows = tab.page.get_by_role("tabpanel", name="Statements").locator("li")
    expect(rows).to_have_count(3)


def test_the_table_of_figures_is_sorted_by_any_column(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.get_by_role("tab", name="Figures").click()
    cells = tab.page.locator("#panel-figures tbody th")
    assert cells.all_inner_texts() == ["$12 million", "5%", "300"]
    head = tab.page.get_by_role("columnheader", name="Value")
    head.get_by_role("button").click()
    assert cells.all_inner_texts() == ["5%", "300", "$12 million"]
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert cells.all_inner_texts() == ["$12 million", "300", "5%"]


def test_doubts_are_shown(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.get_by_role("tab", name="Notes 2 warnings").click()
    notes = tab.page.get_by_role("tabpanel", name="Notes")
    expect(notes).to_contain_text("W298 nothing is sure")
    expect(notes).to_contain_text("1 statement is unsure")
    expect(notes).to_contain_text("1 time is not resolved")


def test_a_hostile_article_runs_nothing_and_is_shown_unchanged(opened: Open) -> None:
    tab = opened([hostile()])
    for name in ("Speakers", "Statements", "Figures", "Notes"):
        tab.page.get_by_role("tab", name=name).click()
    for ref in ("q1", "e1:name", "f1", "w1"):
        piece(tab, ref).hover()
    tab.page.wait_for_timeout(100)
    assert tab.script("window.hacked") is None
    assert tab.script("document.querySelectorAll('img, iframe, svg, a[href^=java]').length") == 0
    tab.script("document.querySelectorAll('.note').forEach((note) => note.remove())")
    shown = tab.page.locator("#text").inner_text()
    assert shown.split() == HOSTILE.replace("\u202e", "U+202E").split()
    assert "\u202e" not in tab.page.locator("body").inner_text()
    assert tab.page.title().startswith("</title><script>")


def test_a_hostile_article_in_the_index_runs_nothing(opened: Open) -> None:
    tab = opened([hostile(), hostile()])
    for address in ("#/", "#/speakers", "#/speaker/0", "#/figures", "#/article/1"):
        tab.script("(address) => { location.hash = address }", address)
        tab.page.wait_for_timeout(50)
        assert tab.script("window.hacked") is None
        assert tab.script("document.querySelectorAll('#page img, #page script').length") == 0


def test_the_browser_refuses_markup_made_from_strings(opened: Open) -> None:
    tab = opened([harbour()])
    refused = tab.script(
        """() => {
            try { document.body.innerHTML = "<b>text</b>"; return "taken"; }
            catch (error) { return error.name; }
        }"""
    )
    assert refused == "TypeError"
    tab.errors.clear()


def test_the_index_finds_articles_and_leads_to_them(opened: Open) -> None:
    articles = [harbour(id, title=f"Wall {id}") for id in ("north", "east", "south")]
    tab = opened([*articles, record("Rain fell. " * 20 + "The reservoir is full.", "rain")])
    rows, status = tab.page.locator(".articles li"), tab.page.get_by_role("status")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("6 statements")
    expect(rows.first).to_contain_text("2 warnings, 1 unsure statement")
    search = tab.page.get_by_role("searchbox")
    search.fill("reservoir")  # only in the text
    expect(status).to_have_text("1 of 4 articles")
    search.fill("sou wall")
    expect(status).to_have_text("1 of 4 articles")
    tab.page.get_by_role("link", name="Wall south").click()
    expect(tab.page.locator("#text")).to_contain_text("We will build it")
    assert tab.page.title() == "Wall south"
    tab.page.go_back()  # the search is restored
    expect(search).to_have_value("sou wall")
    expect(rows).to_have_count(1)
    search.fill("")
    tab.page.get_by_label("Order").select_option(label="most statements")
    tab.page.get_by_role("link", name="Wall south").click()
    tab.page.go_back()
    expect(tab.page.get_by_label("Order")).to_have_value("statements")
    expect(rows).to_have_count(4)


def test_the_type_of_a_name_is_shown_after_its_first_mention(opened: Open) -> None:
    tab = opened([harbour()])
    shown = """(ref) => [...document.querySelectorAll(`[data-refs~='${ref}']`)].map(
        (one) => getComputedStyle(one, "::after").content)"""
    assert tab.script(shown, "e2:name") == ['"person"']
    assert tab.script(shown, "e1:pronoun") == ["none"]
    tab.page.get_by_role("checkbox", name="Names").uncheck()
    assert tab.script(shown, "e2:name") == ["none"]


def test_an_article_without_findings_says_so_in_every_list(opened: Open) -> None:
    tab = opened([record("Rain fell.")])
    for name, text in (
        ("Speakers", "No words are attributed to a source."),
        *((one, f"No {one.lower()} were found.") for one in ("Statements", "Quotes", "Figures")),
        *((one, f"No {one.lower()} were found.") for one in ("Times", "Names")),
    ):
        tab.page.get_by_role("tab", name=name).click()
        panel = tab.page.get_by_role("tabpanel", name=name)
        expect(panel).to_contain_text(text)
        expect(panel.get_by_role("button", name="Download")).to_have_count(0)


def test_a_page_of_no_records_says_so(opened: Open) -> None:
    tab = opened([])
    expect(tab.page.get_by_role("status")).to_have_text("There are no records.")
    for address, text in (
        ("#/speakers", "No sources were found."),
        ("#/findings", "No statements were found."),
        ("#/figures", "No measure has figures for two or more days."),
    ):
        tab.script("(address) => { location.hash = address }", address)
        expect(tab.page.get_by_role("main")).to_contain_text(text)
    tab.script("location.hash = '#/'")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Articles")


def test_all_that_one_speaker_said_leads_to_the_places(opened: Open) -> None:
    tab = opened([harbour("a", "2025-03-04"), harbour("b", "2024-03-04")], "#/speakers")
    expect(tab.page.locator(".voices tbody tr")).to_have_count(4)
    tab.page.get_by_label("Named").select_option("anonymous")
    expect(tab.page.locator(".voices tbody tr")).to_have_count(1)
    tab.page.get_by_label("Named").select_option("")
    tab.page.get_by_role("searchbox").fill("ann")
    tab.page.get_by_role("link", name="Ann Lee").click()
    tab.page.go_back()
    expect(tab.page.get_by_role("searchbox")).to_have_value("ann")
    tab.page.go_forward()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Statements by Ann Lee")
    days = tab.page.locator(".sayings > li > p")
    assert days.all_inner_texts() == ["4 March 2024", "4 March 2025"]
    tab.page.get_by_role("button", name="Costs rose").first.click()
    expect(piece(tab, "a5:content")).to_be_visible()
    assert "#/article/1/a5" in tab.page.url
    assert "a5:" in str(tab.script("document.activeElement.dataset.refs"))


def test_figures_of_one_measure_are_drawn_over_time(opened: Open) -> None:
    tab = opened([harbour("a", "2025-03-04"), harbour("b", "2026-03-04")], "#/figures")
    expect(tab.page.get_by_role("main")).to_contain_text("No named holder has figures")
    tab.page.get_by_label("Measure").select_option(label="wall, USD (2)")
    dots = tab.page.locator(".plot circle")
    expect(dots).to_have_count(2)
    expect(tab.page.locator(".points tbody tr")).to_have_count(2)
    before, after = (dots.nth(at).bounding_box() for at in (0, 1))
    assert before is not None
    assert after is not None
    assert before["x"] < after["x"]
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Figures over time")
    dots.nth(1).click()
    expect(tab.page.locator("#text")).to_be_visible()
    assert tab.page.url.endswith("#/article/1/f1")


VIEWS = ["#/", "#/article/0", "#/speakers", "#/speaker/0", "#/figures", "#/findings"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Open, scheme: str) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    tab = opened([harbour("a"), harbour("b", "2024-03-04")], color_scheme=scheme)
    tab.script(axe)
    # a colour scheme changes only colours
    options = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
    found = {}
    for address in VIEWS:
        tab.script("(address) => { location.hash = address }", address)
        tab.page.wait_for_timeout(30)
        for name in tab.page.get_by_role("tab").all_inner_texts() or [None]:
            if name:
                tab.page.get_by_role("tab", name=name).click()
            result = tab.script("(options) => axe.run(document, options)", options)
            assert result["passes"]
            found |= {
                f"{address} {name}: {one['id']} {one['nodes'][0]['html'][:120]}": one["impact"]
                for one in result["violations"]
            }
    assert [one for one, impact in found.items() if impact != "minor"] == []
    # axe itself builds elements from strings, which the page's policy refuses
    tab.errors = [error for error in tab.errors if "TrustedHTML" not in error]


def sourcing_report(records: Iterable[Any]) -> Iterator[str]:
    run = RunSources()
    for one in records:
        run.add(one)
    return sourcing.page(run)


def test_the_sourcing_report_is_accessible_narrow_and_runs_nothing(opened: Open) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    articles = [harbour(), hostile(), record("Some 9 boats sank.")]
    tab = opened(articles, made=sourcing_report, viewport={"width": 320, "height": 700})
    assert tab.script("document.documentElement.scrollWidth") <= 320
    assert tab.script("window.hacked") is None
    tab.script(axe)
    result = tab.script("axe.run(document)")
    assert [one["id"] for one in result["violations"] if one["impact"] != "minor"] == []
    tab.errors = [error for error in tab.errors if "TrustedHTML" not in error]


def test_the_lists_of_the_report_are_searched_and_divided_into_pages(opened: Open) -> None:
    articles = [record(f"Some {n} boats sank.", f"r{n}", title=f"Title {n}") for n in range(99)]
    tab = opened([*articles, harbour("a"), harbour("b", title="Wall")], made=sourcing_report)
    rows, pages = tab.page.locator(".stories tbody tr:visible"), tab.page.locator(".pages:visible")
    expect(rows).to_have_count(100)
    expect(pages).to_contain_text("1 to 100 of 101")
    pages.get_by_role("button", name="Next").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Wall")
    tab.page.get_by_role("searchbox").fill("77 title")
    expect(rows).to_have_count(1)
    expect(pages).to_have_count(0)
    tab.page.emulate_media(media="print")
    expect(rows).to_have_count(101)


@pytest.mark.parametrize("width", [320, 768, 1100])
def test_no_view_is_wider_than_the_screen(opened: Open, width: int) -> None:
    tab = opened([harbour("a"), hostile()], viewport={"width": width, "height": 700})
    for address in [*VIEWS, "#/article/1"]:
        tab.script("(address) => { location.hash = address }", address)
        tab.page.wait_for_timeout(30)
        for name in tab.page.get_by_role("tab").all_inner_texts() or [None]:
            if name:
                tab.page.get_by_role("tab", name=name).click()
            assert tab.script("document.documentElement.scrollWidth") <= width, (address, name)


def test_the_speaker_before_a_quote_is_in_one_piece_on_a_narrow_screen(opened: Open) -> None:
    tab = opened([harbour()], viewport={"width": 320, "height": 700})
    for width in range(320, 440, 10):
        tab.page.set_viewport_size({"width": width, "height": 700})
        pieces = "[...document.querySelectorAll('.note')].map((one) => one.getClientRects().length)"
        assert set(tab.script(pieces)) == {1}, width


BROKEN = """() => {
    const broken = [];
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
        for (const word of node.data.matchAll(/[^\\s\\p{Pd}/:]+/gu)) {
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(({ top }) => top));
            if (lines.size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""


@pytest.mark.parametrize("width", [320, 390])
def test_no_word_is_broken_on_a_narrow_screen(opened: Open, width: int) -> None:
    text = "The dams cost $1,200,000,000,000."
    cost = {"value": "1200000000000", "unit": "USD", "measures": span(text, "dams")}
    dear = figure("f1", span(text, "$1,200,000,000,000"), kind="money", **cost)
    articles = [
        record(text, day, figures=(dear,), published=day) for day in ("2025-03-04", "2026-03-04")
    ]
    narrow = {"width": width, "height": 700}
    tab = opened([harbour(), *articles], viewport=narrow)
    for address in (*VIEWS, "#/findings/figures", "#/findings/names", "#/article/1"):
        tab.script("(address) => { location.hash = address }", address)
        tab.page.wait_for_timeout(50)
        for name in tab.page.get_by_role("tab").all_inner_texts() or [None]:
            if name:
                tab.page.get_by_role("tab", name=name).click()
            assert tab.script(BROKEN) == [], (address, name)
            assert tab.script("document.documentElement.scrollWidth") <= width
    report = opened(
        [harbour(), record("Rain, " * 1200 + "said Ann Lee.")],
        made=sourcing_report,
        viewport=narrow,
    )
    assert report.script(BROKEN) == []


def test_print_shows_all_panels_below_the_text_and_no_controls(opened: Open) -> None:
    tab = opened([harbour()])
    tab.page.emulate_media(media="print")
    for name in ("speakers", "statements", "figures", "notes"):
        expect(tab.page.locator(f"#panel-{name}")).to_be_visible()
    for control in (".layers", ".tabs", ".filters", ".downloads", ".hint"):
        expect(tab.page.locator(f"{control}:visible")).to_have_count(0)


def test_a_thousand_articles_open_within_two_seconds(opened: Open) -> None:
    text = "\n".join("The tide rose and the wall held through the night." * 6 for _ in range(50))
    one = record(text)
    tab = opened(one.model_copy(update={"id": f"r{number}"}) for number in range(1000))
    status = tab.page.get_by_role("status")
    expect(status).to_have_text("1,000 articles: 1 to 100")
    assert float(tab.script("document.documentElement.dataset.ready")) < 2000
    for name, part in (("Next", "101 to 200"), ("Next", "201 to 300"), ("Previous", "101 to 200")):
        tab.page.get_by_role("button", name=name).click()
        expect(status).to_have_text(f"1,000 articles: {part}")
    expect(tab.page.locator(".articles li")).to_have_count(100)


def test_statements_of_a_speaker_are_shown_in_full(opened: Open) -> None:
    text = f"Ann Lee said {'that the wall would hold, ' * 20}and left."
    content = span(text, text[text.index("that") : -11])
    lee = entity("e1", "Ann Lee", [mention(text, "Ann Lee")])
    said = statement("a1", [span(text, "Ann Lee")], [span(text, "said")], [content], entity="e1")
    long = record(text, entities=(lee,), attributions=(said,))
    tab = opened([long, record("It rained.", "b")], "#/speaker/0")
    assert tab.page.locator(".saying").inner_text() == content.text.strip()
