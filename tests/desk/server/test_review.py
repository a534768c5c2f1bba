"""The review in a real browser: a person judges findings by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from pipeline.records.corrections import with_speakers
from pipeline.records.review import apply
from tests.desk.pages.conftest import Tab
from tests.desk.pages.made import (
    HACK,
    HARBOUR,
    figure,
    harbour,
    hostile,
    quote,
    record,
    span,
    statement,
    together,
)
from tests.desk.server.conftest import WHEN, Serve, Served

SELECT = """(words) => {
    const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
    let node, text = "", places = [];
    while ((node = walker.nextNode())) {
        if (node.parentElement.closest(".note")) continue;
        for (let at = 0; at < node.data.length; at += 1) places.push([node, at]);
        text += node.data;
    }
    const start = text.indexOf(words);
    const [first, last] = [places[start], places[start + words.length - 1]];
    getSelection().setBaseAndExtent(first[0], first[1], last[0], last[1] + 1);
}"""
LIT = """(role) => [...(CSS.highlights.get(`review-${role}`) ?? [])].map((range) => {
    const part = range.cloneContents();
    part.querySelectorAll(".note").forEach((note) => note.remove());
    return part.textContent;
})"""


class Reviewer:
    """A person with the review of one article open."""

    def __init__(self, tab: Tab, served: Served) -> None:
        self.tab = tab
        self.served = served
        self.page = tab.page
        self.page.set_default_timeout(5_000)
        self.panel = tab.page.get_by_role("tabpanel", name="Review")
        self.card = self.panel.locator(".judging")
        self.status = self.panel.get_by_role("status")

    def open(self) -> Reviewer:
        self.page.get_by_role("tab", name="Review").click()
        return self

    def finding(self, kind: str, words: str) -> Locator:
        of_kind = self.page.locator(".kind", has_text=kind)
        return self.panel.locator(".finding", has_text=words).filter(has=of_kind)

    def select(self, words: str) -> None:
        self.tab.script(SELECT, words)

    def lit(self, role: str) -> list[str]:
        return list(self.tab.script(LIT, role))

    def said(self) -> list[tuple[str, str | None]]:
        return [(one.action, one.item) for one in self.served.corrections()]


@pytest.fixture
def reviewing(browser: Browser, serve: Serve) -> Iterator[Any]:
    """Return a function that opens the review of records, and check afterwards for errors."""
    opened: list[tuple[Tab, str]] = []
    contexts = []

    def open_review(*records: Any, at: str = "", **context: Any) -> Reviewer:
        served = serve(*records)
        given = {"reduced_motion": "reduce", "viewport": {"width": 1320, "height": 900}} | context
        contexts.append(browser.new_context(**given))
        tab = Tab(contexts[-1].new_page())
        opened.append((tab, served.address))
        tab.page.goto(f"{served.address}/{at}")
        tab.page.wait_for_selector("main")
        return Reviewer(tab, served)

    yield open_review
    for context in contexts:
        context.close()
    for tab, address in opened:
        assert tab.errors == []
        assert all(url.startswith(f"{address}/") for url in tab.requests)


def test_findings_are_judged_by_mouse_and_stay_judged(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    expect(kim.status).to_have_text("0 of 16 findings reviewed.")
    kim.finding("Quote", "may fail").click()
    expect(kim.card).to_contain_text("Bo Kim")
    assert kim.lit("item") == ["may fail"]
    kim.card.get_by_role("button", name="Reject").click()
    expect(kim.status).to_contain_text("Rejected: quote may fail. 1 of 16 findings reviewed.")
    kim.finding("Quote", "We will build it").click()
    kim.card.get_by_role("button", name="Accept").click()
    expect(kim.status).to_contain_text("2 of 16 findings reviewed.")
    assert kim.said() == [("reject", "q3"), ("accept", "q1")]
    assert {(one.who, one.when) for one in kim.served.corrections()} == {("ann", WHEN)}
    kim.page.reload()
    kim.open()
    expect(kim.status).to_have_text("2 of 16 findings reviewed.")
    expect(kim.finding("Quote", "may fail")).to_contain_text("rejected")
    expect(kim.page.locator(".was-rejected").first).to_have_text("“may fail”")
    kim.finding("Quote", "may fail").click()
    expect(kim.card).to_contain_text("rejected by ann")


def test_findings_are_judged_by_keyboard_alone(reviewing: Any) -> None:
    kim = reviewing(harbour())
    kim.page.get_by_role("tab", name="Speakers").focus()
    kim.page.keyboard.press("ArrowLeft")
    expect(kim.page.get_by_role("tab", name="Review")).to_be_focused()
    kim.page.keyboard.press("Enter")
    expect(kim.card).to_be_focused()
    kim.page.keyboard.press("a")
    expect(kim.status).to_contain_text("1 of 16")
    expect(kim.card).to_be_focused()
    kim.page.keyboard.press("r")
    expect(kim.status).to_contain_text("2 of 16")
    kim.page.keyboard.press("k")
    expect(kim.card).to_contain_text("rejected by ann")
    kim.page.keyboard.press("u")
    expect(kim.status).to_contain_text("Undone")
    kim.page.keyboard.press("k")
    kim.page.keyboard.press("o")
    expect(kim.card).not_to_contain_text("by ann")
    assert kim.said() == [("accept", "a4"), ("reject", "a6"), ("withdraw", "a6")]


def test_the_greatest_harm_comes_first_and_a_decision_moves_nothing(
    reviewing: Any,
) -> None:
    kim = reviewing(together()).open()
    words = kim.panel.locator(".finding .words")
    expect(words).to_have_count(16)
    first = words.all_inner_texts()
    assert first[:3] == ["it “may fail”", "may fail", "“We will build it,” … “whatever it takes.”"]
    expect(kim.card).to_be_focused()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Kind").select_option("direct")
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: it “may fail”. 1 of 16 findings reviewed.")
    assert words.all_inner_texts() == first
    kim.panel.get_by_label("Order").select_option("text")
    expect(words.first).to_have_text("that the wall would cost $12 million")


def test_arrow_keys_in_the_text_select_the_current_item(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.page.locator("#text").focus()
    for _ in range(3):
        kim.page.keyboard.press("ArrowRight")
    expect(kim.card).to_have_attribute("aria-label", "Figure: $12 million")
    kim.page.keyboard.press("a")
    expect(kim.status).to_contain_text("Accepted: figure $12 million")
    assert kim.said() == [("accept", "f1")]


def test_a_click_in_the_text_selects_and_another_selects_the_next_item_there(
    reviewing: Any,
) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Figure", "300").click()
    words = kim.page.locator("[data-refs~='q3']")
    labels = []
    for _ in range(4):
        words.click()
        labels.append(kim.card.get_attribute("aria-label"))
    outer = "Statement: that Bo Kim had told them it “may fail”"
    found = ["Quote: may fail", "Statement: it “may fail”", outer]
    assert labels == [*found, found[0]]


def test_keys_are_plain_letters_while_typing(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Figure", "300").click()
    kim.page.keyboard.press("e")
    value = kim.card.get_by_label("Value")
    value.fill("")
    value.press_sequentially("ar")
    expect(value).to_have_value("ar")
    kim.page.get_by_role("tab", name="Speakers").click()
    kim.page.keyboard.press("a")
    assert kim.said() == []


def test_a_speaker_is_edited_from_the_entities_of_the_record(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Quote", "may fail").click()
    kim.page.keyboard.press("e")
    speaker = kim.card.get_by_label("Speaker")
    expect(speaker).to_be_focused()
    assert speaker.locator("option").all_inner_texts() == [
        "nobody, or unknown",
        "Ann Lee",
        "Bo Kim",
    ]
    speaker.select_option(label="Ann Lee")
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: may fail")
    (kept,) = kim.served.corrections()
    assert kept.after == with_speakers(harbour().quotes[2], ("e1",))
    kim.page.reload()
    kim.open()
    kim.finding("Quote", "may fail").click()
    expect(kim.card).to_contain_text("Ann Lee")
    expect(kim.card).to_contain_text("edited by ann")


def test_a_quote_gets_a_second_speaker_and_doubts_come_first(reviewing: Any) -> None:
    kim = reviewing(together()).open()
    kim.panel.get_by_label("Findings").select_option(label="Unsure speakers (5)")
    expect(kim.panel.locator(".finding .words")).to_have_text(
        ["it “may fail”", "may fail", re.compile("We will"), re.compile("We will"), re.compile("w")]
    )
    kim.finding("Quote", "may fail").click()
    expect(kim.card).to_contain_text("Bo Kim, 55% unsure")
    kim.page.keyboard.press("e")
    kim.card.get_by_role("button", name="Add another speaker").click()
    second = kim.card.locator("select").nth(1)
    expect(second).to_be_focused()
    second.select_option(label="Ann Lee")
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: may fail")
    (kept,) = kim.served.corrections()
    assert kept.after == with_speakers(together().quotes[2], ("e2", "e1"))
    quotes = apply(together(), kim.served.corrections()).quotes
    assert (quotes[2].speaker, quotes[2].speakers) == (None, ("e2", "e1"))
    expect(kim.panel.get_by_label("Findings").locator("option[value=who]")).to_have_text(
        "Unsure speakers (3)"
    )


def test_a_speaker_that_was_not_found_is_added_and_selected(reviewing: Any) -> None:
    text = "“It will burst,” said Ofsted on Monday."
    words = quote("q1", text, "It will burst,")
    kim = reviewing(record(text, quotes=(words,))).open()
    kim.finding("Quote", "burst").click()
    kim.page.keyboard.press("e")
    expect(kim.card).to_contain_text("Not in the list? Select the name in the text.")
    kim.select("Ofsted")
    kim.card.get_by_role("button", name="an organisation").click()
    expect(kim.card.get_by_label("Speaker").locator("option:checked")).to_have_text("Ofsted")
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: It will burst,")
    kim.page.reload()
    kim.open()
    kim.finding("Quote", "burst").click()
    expect(kim.card).to_contain_text("Ofsted")
    corrected = apply(record(text, quotes=(words,)), kim.served.corrections())
    assert [(one.name, one.label) for one in corrected.entities] == [("Ofsted", "ORG")]
    assert corrected.quotes[0].speaker == "e1"


def test_the_words_of_a_quote_are_edited_by_selecting_others(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Quote", "whatever it takes").click()
    kim.card.get_by_role("button", name="Edit").click()
    kim.select("it takes.")
    kim.card.get_by_role("button", name="Use “it takes.”").click()
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.card.get_by_role("alert")).to_be_hidden()
    expect(kim.status).to_contain_text("Edited")
    (kept,) = kim.served.corrections()
    start = HARBOUR.index("it takes.")
    assert kept.after is not None
    assert (kept.after.start, kept.after.end) == (start, start + 9)  # type: ignore[union-attr]
    kim.finding("Quote", "it takes.").click()
    assert kim.lit("item") == ["it takes."]


def test_a_statement_is_edited_by_keyboard_word_by_word(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Statement", "for 300 stones").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Who says it").select_option(label="Bo Kim")
    button = kim.card.get_by_role("button", name="Cue: start one word later")
    button.focus()
    kim.page.keyboard.press("Enter")
    expect(button).to_be_focused()
    assert kim.lit("cue") == ["asked"]
    kim.card.get_by_role("button", name="Content: end one word earlier").press("Enter")
    kim.card.get_by_label("Kind").select_option("mixed")
    kim.card.get_by_role("button", name="Save").press("Enter")
    expect(kim.status).to_contain_text("Edited: for 300")
    (kept,) = kim.served.corrections()
    after: Any = kept.after
    assert after.source.entity == "e2"
    assert [span.text for span in after.cue.spans] == ["asked"]
    assert (after.cue.lemma, after.source.form) == (None, "pronoun")
    assert [span.text for span in after.content.spans] == ["for 300"]
    assert after.kind == "mixed"


def test_a_source_gets_another_kind_and_is_no_longer_anonymous(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Statement", "that Bo Kim had told them").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("The source is").select_option(label="document")
    kim.card.get_by_role("button", name="Save").press("Enter")
    expect(kim.status).to_contain_text("Edited: that Bo Kim")
    (kept,) = kim.served.corrections()
    after: Any = kept.after
    assert (after.source.kind, after.source.anonymous) == ("document", False)


def test_an_unnamed_source_that_gets_a_name_gets_its_kind(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Statement", "that Bo Kim had told them").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Who says it").select_option(label="Bo Kim")
    kim.card.get_by_role("button", name="Save").press("Enter")
    expect(kim.status).to_contain_text("Edited: that Bo Kim")
    corrected = apply(harbour(), kim.served.corrections())
    source: Any = next(one for one in corrected.attributions if one.id == "a3").source
    assert (source.entity, source.kind, source.anonymous) == ("e2", "person", False)


def test_a_content_gets_another_part_and_loses_one(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Statement", "We will build it").click()
    kim.card.get_by_role("button", name="Edit").click()
    content = kim.card.get_by_role("group", name="Content")
    content.get_by_role("button", name="remove").first.click()
    kim.select("Officials warned")
    content.get_by_role("button", name="Add “Officials warned”").click()
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited")
    (kept,) = kim.served.corrections()
    after: Any = kept.after
    assert [one.text for one in after.content.spans] == ["“whatever it takes.”", "Officials warned"]


def test_a_figure_is_edited_and_an_invalid_number_is_refused(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Figure", "$12 million").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Value").fill("a dozen")
    kim.card.get_by_role("button", name="Save").click()
    value = kim.card.get_by_label("Value")
    assert value.evaluate("(one) => one.matches(':focus:invalid')")
    assert value.get_attribute("title") == "an exact number: 1200000, 0.5, 1/3"
    value.fill("13000000")
    kim.card.get_by_label("Unit").fill("CAD")
    kim.card.get_by_role("button", name="Of what: remove").click()
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited")
    (kept,) = kim.served.corrections()
    after: Any = kept.after
    assert (after.value, after.unit, after.measures) == (Decimal(13000000), "CAD", None)


def test_a_range_is_edited_at_its_ends_and_a_vague_value_made_exact(reviewing: Any) -> None:
    text = "Dozens of dams cost 3 to 5 million."
    vague = figure("f1", span(text, "Dozens"), low="12", vague=True, bound="at_least")
    ends = figure("f2", span(text, "3 to 5 million"), low="3", high="5000000")
    kim = reviewing(record(text, figures=(vague, ends))).open()
    kim.finding("Figure", "3 to 5").click()
    expect(kim.card).to_contain_text("3 to 5000000")
    kim.page.keyboard.press("e")
    kim.card.get_by_label("From").fill("3000000")
    kim.page.keyboard.press("Enter")
    expect(kim.status).to_contain_text("Edited: 3 to 5 million")
    kim.finding("Figure", "Dozens").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Value").fill("24")
    kim.page.keyboard.press("Enter")
    expect(kim.status).to_contain_text("Edited: Dozens")
    after: list[Any] = [one.after for one in kim.served.corrections()]
    assert [(one.value, one.low, one.high, one.vague) for one in after] == [
        (None, Decimal(3000000), Decimal(5000000), False),
        (Decimal(24), Decimal(12), None, False),
    ]


def test_a_figure_gets_another_kind_holder_time_and_change(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Figure", "300").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Kind").select_option("quantity")
    kim.card.get_by_label("Whose").select_option(label="Bo Kim")
    kim.card.get_by_label("When").select_option(label="2024")
    kim.card.get_by_label("Change").select_option("increase")
    kim.card.get_by_label("The figure says").select_option("to")
    kim.select("They")
    whose = kim.card.get_by_role("group", name="Words for whose it is")
    whose.get_by_role("button", name="Use “They”").click()
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: 300")
    after: Any = apply(harbour(), kim.served.corrections()).figures[2]
    assert (after.kind, after.holder, after.holder_text.text) == ("quantity", "e2", "They")
    assert (after.time, after.change, after.change_role) == ("t2", "increase", "to")
    kim.finding("Figure", "300").click()
    expect(kim.card).to_contain_text("Bo Kim")
    expect(kim.card).to_contain_text("increase, to")


def test_a_name_gets_another_type_and_spelling_and_loses_a_mention(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("person", "Ann Lee").click()
    assert kim.lit("item") == ["Mayor Ann Lee", "she", "the mayor"]
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Name").fill("Ann B. Lee")
    kim.card.get_by_label("Type").select_option("ORG")
    kim.card.get_by_role("button", name="Mentions: remove").nth(1).click()
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: Ann B. Lee")
    expect(kim.finding("organisation", "Ann B. Lee")).to_contain_text("edited")
    after = apply(harbour(), kim.served.corrections()).entities[0]
    assert (after.name, after.label) == ("Ann B. Lee", "ORG")
    assert [one.text for one in after.mentions] == ["Mayor Ann Lee", "the mayor"]


def test_a_time_gets_a_value_and_its_range(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Time", "Monday").click()
    expect(kim.card).to_contain_text("not resolved")
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Value").fill("2025-03-03")
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Edited: Monday")
    after: Any = apply(harbour(), kim.served.corrections()).times[0]
    assert (after.value, after.range.start, after.range.end) == (
        "2025-03-03",
        "2025-03-03",
        "2025-03-04",
    )


@pytest.mark.parametrize(("kind", "layer"), [("name", "entities"), ("time", "times")])
def test_a_missing_name_or_time_is_added(reviewing: Any, kind: str, layer: str) -> None:
    kim = reviewing(record("The Tide came on Friday.")).open()
    expect(kim.card).to_contain_text("No findings were found in this article.")
    kim.select("Tide" if kind == "name" else "Friday")
    kim.panel.get_by_role("button", name=kind, exact=True).click()
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("1 of 1 finding reviewed.")
    corrected = apply(record("The Tide came on Friday."), kim.served.corrections())
    assert len(getattr(corrected, layer)) == 1


def test_the_review_is_one_click_away_on_a_narrow_screen(reviewing: Any) -> None:
    kim = reviewing(harbour(), viewport={"width": 390, "height": 700})
    kim.page.locator(".jumps").get_by_role("button", name="Review").click()
    expect(kim.card).to_be_focused()
    expect(kim.card).to_be_in_viewport()
    kim.page.keyboard.press("a")
    expect(kim.status).to_contain_text("1 of 16")


def test_the_article_with_the_greatest_expected_harm_is_reached_at_once(reviewing: Any) -> None:
    articles = [told("a", "it rained"), record("Rain.", "b"), together()]
    kim = reviewing(*articles, viewport={"width": 390, "height": 700})
    kim.page.get_by_role("link", name="Review").click()
    expect(kim.page).to_have_url(f"{kim.served.address}/#/article/2")
    expect(kim.card).to_be_focused()
    expect(kim.card.get_by_role("button", name="Accept")).to_be_in_viewport()
    kim.page.keyboard.press("n")
    expect(kim.card).to_contain_text("it rained")
    kim.page.go_back()
    expect(kim.page).to_have_url(f"{kim.served.address}/#/article/2")


def test_escape_leaves_a_finding_as_it_was(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.page.keyboard.press("Tab")
    kim.finding("Figure", "300").click()
    kim.page.keyboard.press("e")
    kim.card.get_by_label("Value").fill("4")
    kim.page.keyboard.press("Escape")
    expect(kim.card).to_be_focused()
    expect(kim.card).to_contain_text("300")
    assert kim.said() == []


def test_saving_without_a_change_accepts(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    for number, (kind, words) in enumerate(
        (("Quote", "may fail"), ("Statement", "it “may fail”"), ("Figure", "$12 million")), 1
    ):
        kim.finding(kind, words).first.click()
        kim.page.keyboard.press("e")
        kim.card.get_by_role("button", name="Save").click()
        expect(kim.status).to_contain_text(f"{number} of 16 findings reviewed.")
    assert kim.said() == [("accept", "q3"), ("accept", "a4"), ("accept", "f1")]


def test_a_missing_item_is_added_and_a_layer_marked_complete(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.select("Costs rose")
    kim.panel.get_by_role("button", name="statement", exact=True).click()
    kim.select("the mayor")
    kim.card.get_by_role("group", name="Source").get_by_role("button", name="Use").click()
    kim.card.get_by_label("Who says it").select_option(label="Ann Lee")
    kim.card.get_by_role("button", name="Save").click()
    expect(kim.status).to_contain_text("Added: Costs rose. 1 of 17 findings reviewed.")
    expect(kim.finding("Statement", "Costs rose").first).to_contain_text("added")
    kim.panel.get_by_label("Quotes: none are missing").check()
    expect(kim.status).to_contain_text("4 of 17 findings reviewed.")
    assert [action for action, _ in kim.said()] == ["add", *["accept"] * 3, "complete"]
    corrected = apply(harbour(), kim.served.corrections())
    assert len(corrected.attributions) == 7
    kim.page.reload()
    kim.open()
    expect(kim.panel.get_by_label("Quotes: none are missing")).to_be_checked()
    kim.panel.get_by_label("Quotes: none are missing").uncheck()
    expect(kim.status).to_contain_text("Undone: quotes.")
    assert kim.said()[-1] == ("withdraw", None)


def test_findings_are_filtered(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.panel.get_by_label("Findings").select_option("Figures")
    expect(kim.panel.locator(".finding")).to_have_count(3)
    kim.panel.get_by_label("Only without a decision").check()
    kim.finding("Figure", "$12 million").click()
    kim.page.keyboard.press("a")
    expect(kim.panel.locator(".finding")).to_have_count(2)


def test_a_judgement_on_an_item_that_another_person_changed_is_refused(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.finding("Quote", "may fail").click()
    edited = with_speakers(harbour().quotes[2], ("e1",))
    said = {"record": "harbour", "layer": "quotes", "action": "edit", "item": "q3"}
    answer = kim.served.post("/corrections", json=said | {"after": edited.model_dump(mode="json")})
    assert answer.status_code == 201
    kim.page.keyboard.press("a")
    expect(kim.status).to_contain_text("q3 has changed")
    expect(kim.card).to_have_attribute("aria-label", "Quote: may fail")
    kim.tab.errors.clear()  # the browser's own note of the refusal
    assert kim.said() == [("edit", "q3")]


def test_corrections_that_do_not_fit_are_reported(reviewing: Any, tmp_path: Path) -> None:
    taken = {"record": "harbour", "layer": "quotes", "action": "reject", "item": "q3"}
    kim = reviewing(harbour())
    kim.served.post("/corrections", json=taken)
    (said,) = kim.served.corrections()
    again = said.model_copy(update={"action": "withdraw", "item": "q2", "before": said.before})
    line = again.to_line().replace('"id":"q3"', '"id":"q2"')
    with (tmp_path / "corrections.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
    kim.page.reload()
    kim.open()
    expect(kim.panel.get_by_label("Corrections that do not fit")).to_contain_text(
        "harbour: withdraw q2 by ann: there is no decision to undo"
    )


def told(id: str, words: str) -> Any:
    text = f"Ann Lee said {words}."
    said = statement("a1", [span(text, "Ann Lee")], [span(text, "said")], [span(text, words)])
    return record(text, id, attributions=(said,))


def test_a_reviewer_moves_to_the_next_unjudged_article(reviewing: Any) -> None:
    articles = [harbour("a"), told("b", "it rained"), record("Rain.", "c"), told("d", "it snowed")]
    kim = reviewing(*articles, at="#/article/0")
    said = {"record": "b", "layer": "attributions", "action": "accept", "item": "a1"}
    assert kim.served.post("/corrections", json=said).status_code == 201
    kim.page.reload()
    kim.open()
    kim.finding("Figure", "300").click()
    kim.page.keyboard.press("n")
    expect(kim.page).to_have_url(f"{kim.served.address}/#/article/3")
    expect(kim.card).to_contain_text("it snowed")
    expect(kim.card).to_be_focused()
    kim.page.keyboard.press("a")
    expect(kim.status).to_contain_text("Accepted: statement it snowed. 1 of 1 finding reviewed.")
    kim.panel.get_by_role("link", name="Next article").click()
    expect(kim.page.get_by_role("main")).to_contain_text("No article without a decision is left.")
    kim.page.get_by_role("link", name="Articles").click()
    kim.page.get_by_role("link", name="Harbour").click()
    expect(kim.panel).to_be_hidden()


def test_the_index_shows_how_much_was_judged(reviewing: Any) -> None:
    kim = reviewing(harbour("a"), harbour("b", title="Wall"), at="#/article/1").open()
    kim.page.keyboard.press("Tab")
    kim.finding("Figure", "300").click()
    kim.page.keyboard.press("a")
    expect(kim.status).to_contain_text("1 of 16")
    for again in (False, True):
        kim.page.get_by_role("link", name="Articles").click()
        if again:
            kim.page.reload()
        rows = kim.page.locator(".articles li")
        expect(rows.nth(1)).to_contain_text("1 reviewed")


def test_search_and_speakers_work_with_the_review(reviewing: Any) -> None:
    kim = reviewing(harbour("a"), record("The reservoir is full.", "b"), at="#/")
    kim.page.get_by_role("searchbox").fill("reservoir")
    expect(kim.page.get_by_role("status")).to_have_text("1 of 2 articles")
    kim.page.get_by_role("link", name="Speakers").click()
    kim.page.get_by_role("link", name="Ann Lee").click()
    expect(kim.page.locator(".sayings .statement").first).to_be_visible()
    kim.page.get_by_role("button", name="Costs rose").click()
    expect(kim.page.locator("[data-refs~='a5:content']").first).to_be_visible()


def test_offsets_are_right_with_marks_line_ends_and_control_characters(reviewing: Any) -> None:
    text = "Café 🙂 one\r\ntwo \u202ethree\u202c four and some more words here"
    kim = reviewing(record(text)).open()
    for words in ("one two", "four", "some more"):
        kim.select(words)
        kim.panel.get_by_role("button", name="figure", exact=True).click()
        kim.card.get_by_label("Value").fill("1")
        kim.card.get_by_role("button", name="Save").click()
        expect(kim.status).to_contain_text(f"Added: {words}")
    found = [one.after.text for one in kim.served.corrections() if one.after]  # type: ignore[union-attr]
    assert found == ["one\r\ntwo", "four", "some more"]


def test_a_hostile_article_runs_nothing_in_the_review(reviewing: Any) -> None:
    kim = reviewing(hostile()).open()
    for number in range(kim.panel.locator(".finding").count()):
        kim.panel.locator(".finding").nth(number).click()
        kim.card.get_by_role("button", name="Edit").click()
        kim.card.get_by_role("button", name="Cancel").click()
        kim.card.get_by_role("button", name="Accept").click()
        expect(kim.status).to_contain_text(f"{number + 1} of 4 findings reviewed.")
    assert kim.tab.script("window.hacked") is None
    assert kim.tab.script("document.querySelectorAll('#page img, #page script').length") == 0
    assert "\u202e" not in kim.page.locator("body").inner_text()
    assert len(kim.said()) == 4


def test_a_pasted_text_is_extracted_and_shown(reviewing: Any) -> None:
    kim = reviewing(harbour(), at="#/new")
    kim.page.get_by_label("Text").fill("FAIL P204")
    kim.page.get_by_role("button", name="Extract").click()
    refusal = "(P204). leave the article out"
    loading = 30_000  # milliseconds: the first article also loads the models
    expect(kim.page.get_by_role("status")).to_contain_text(refusal, timeout=loading)
    kim.tab.errors.clear()  # the browser's own note of the refusal
    for words in ("The tide rose.", f"{HACK}\u202e fell."):
        kim.page.get_by_label("Text").fill(words)
        kim.page.get_by_label("Published").fill("2025-05-01")
        kim.page.get_by_role("button", name="Extract").click()
        expect(kim.page.locator("#text")).to_contain_text(words.replace("\u202e", "U+202E"))
        expect(kim.page.locator("#text")).to_be_focused()
        expect(kim.page.locator(".facts")).to_contain_text("1 May 2025")
        expect(kim.page.get_by_role("tab", name="Review")).to_have_count(0)
        kim.page.locator("summary", has_text="The record").click()
        expect(kim.page.locator("pre")).to_contain_text('"schema_version": "1.1"')
        kim.page.get_by_role("button", name="Another article").click()
    assert kim.tab.script("window.hacked") is None
    kim.page.get_by_role("link", name="Articles").click()
    expect(kim.page.locator("#text")).to_contain_text("We will build it")


def test_the_review_is_not_printed(reviewing: Any) -> None:
    kim = reviewing(harbour())
    panel = kim.page.locator("#panel-review")
    for opened in (False, True):
        if opened:
            kim.open()
            expect(panel).to_be_visible()
        kim.page.emulate_media(media="print")
        expect(panel).to_be_hidden()
        expect(kim.page.locator("#panel-figures")).to_be_visible()
        kim.page.emulate_media(media="screen")


def test_a_server_that_has_gone_is_reported(reviewing: Any) -> None:
    kim = reviewing(harbour()).open()
    kim.page.route("**/corrections", lambda route: route.abort())
    kim.card.get_by_role("button", name="Accept").click()
    expect(kim.status).to_contain_text("The server does not respond. Is it still running?")
    kim.tab.errors.clear()  # the browser's own note of it


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_review(reviewing: Any, scheme: str) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    kim = reviewing(harbour(), color_scheme=scheme).open()
    kim.tab.script(axe)
    found = {}

    def look(state: str) -> None:
        result = kim.tab.script("axe.run(document)")
        assert result["passes"]
        found.update(
            {f"{state}: {one['id']} {one['nodes'][0]['html'][:120]}": one["impact"]}
            for one in result["violations"]
        )

    look("open")
    kim.card.get_by_role("button", name="Accept").click()
    expect(kim.status).to_contain_text("1 of 16")
    kim.finding("Quote", "We will build it").click()
    kim.card.get_by_role("button", name="Reject").click()
    expect(kim.status).to_contain_text("2 of 16")
    kim.panel.get_by_text("Keys").click()
    look("judged")
    for kind, words in (("Quote", "fail"), ("Statement", "for 300"), ("Figure", "$12")):
        kim.finding(kind, words).click()
        kim.card.get_by_role("button", name="Edit").click()
        look(kind)
        kim.card.get_by_role("button", name="Cancel").click()
    kim.page.get_by_role("link", name="New article").click()
    expect(kim.page.get_by_label("Text")).to_be_visible()
    look("new")
    assert [one for one, impact in found.items() if impact != "minor"] == []
    # axe itself builds elements from strings, which the page's policy refuses
    kim.tab.errors = [error for error in kim.tab.errors if "TrustedHTML" not in error]


@pytest.mark.parametrize("width", [320, 768])
def test_the_review_fits_narrow_screens_and_keeps_its_place(reviewing: Any, width: int) -> None:
    lee, kim_ = harbour().entities
    long = lee.model_copy(update={"name": "The Honourable Member for the Harbour " * 3})
    made = harbour().model_copy(update={"entities": (long, kim_)})
    kim = reviewing(made, viewport={"width": width, "height": 700}).open()
    for kind, words in (("Statement", "for 300"), ("Figure", "300"), ("Quote", "may fail")):
        kim.finding(kind, words).click()
        kim.card.get_by_role("button", name="Edit").click()
        assert kim.tab.script("document.documentElement.scrollWidth") <= width
        card = kim.card.bounding_box()
        for field in kim.card.locator("select, input, button").all():
            box = field.bounding_box()
            assert box["x"] + box["width"] <= card["x"] + card["width"]
        kim.card.get_by_role("button", name="Cancel").click()
    kim.card.get_by_role("button", name="Edit").click()
    kim.card.get_by_role("button", name="Cancel").click()
    expect(kim.card.locator(".context")).to_contain_text("had told them it “may fail”")
    kim.card.get_by_role("button", name="Accept").click()
    expect(kim.status).to_contain_text("1 of 16")
    expect(kim.card.get_by_role("button", name="Accept")).to_be_in_viewport()
