"""Sources by standing and, if the text shows it, by gender; figures without a source."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.pages import sourcing
from pipeline.desk.pages.overview import Overview
from pipeline.desk.pages.page import element, escaped
from pipeline.desk.pages.sourcing import ACTIVE, Heard, RunSources, article_sources, gender, inert
from pipeline.records.schema import ArticleRecord
from tests.desk.pages.made import (
    HACK,
    entity,
    figure,
    harbour,
    hostile,
    mention,
    record,
    span,
    statement,
)

PRONOUN = "pronoun"


def run(*records: Any) -> RunSources:
    made = RunSources()
    for one in records:
        made.add(one)
    return made


def told(said: str, *mentions: tuple[str, str]) -> Any:
    return entity("e1", "Lee", [mention(said, words, kind) for words, kind in mentions])


@pytest.mark.parametrize(
    ("said", "mentions", "expected"),
    [
        ("Lee said she won.", [("Lee", "name"), ("she", PRONOUN)], "woman"),
        ("Lee said his dog won.", [("Lee", "name"), ("his", PRONOUN)], "man"),
        ("Mrs. Lee won.", [("Mrs. Lee", "name")], "woman"),
        ("Sir John Lee won.", [("Sir John Lee", "name")], "man"),
        ("Lee said they won.", [("Lee", "name"), ("they", PRONOUN)], None),
        ("Mary Lee won.", [("Mary Lee", "name")], None),  # a first name is not sufficient
        ("Dr. Lee won.", [("Dr. Lee", "name")], None),
        ("Mr. Lee said she won.", [("Mr. Lee", "name"), ("she", PRONOUN)], None),
        ("Lee, he of Miss Pool fame.", [("Miss Pool", "nominal")], "woman"),
    ],
)
def test_gender_comes_from_pronouns_and_titles_alone(
    said: str, mentions: list[tuple[str, str]], expected: str | None
) -> None:
    assert gender(told(said, *mentions)) == expected


def test_the_sources_of_an_article() -> None:
    sources = article_sources(harbour())
    assert sources.heard == (
        Heard("Ann Lee", "person", "woman", 19, 7, 3),
        Heard("Officials", "unnamed_group", None, 6, 0, 1),
        Heard("Bo Kim", "person", None, 3, 2, 1),
        Heard("They", "unknown", None, 3, 0, 1),
    )
    assert (sources.single_source, sources.figures, sources.unsourced) == (False, 3, ())


def test_a_single_source_and_a_figure_without_any() -> None:
    text = "The bank said it rained. Some 9 boats sank, the first ever."
    made = record(
        text,
        entities=(entity("e1", "The bank", [mention(text, "The bank")], label="ORG"),),
        attributions=(
            statement(
                "a1",
                [span(text, "The bank")],
                [span(text, "said")],
                [span(text, "it rained")],
                entity="e1",
            ),
        ),
        figures=(
            figure("f1", span(text, "9"), value="9", measures=span(text, "boats")),
            figure("f2", span(text, "first"), value="1", kind="ordinal"),
        ),
    )
    sources = article_sources(made)
    assert sources.heard == (Heard("The bank", "organisation", None, 2, 0, 1),)
    assert sources.single_source
    assert [(one.text, one.what) for one in sources.unsourced] == [("9", "boats")]
    assert not article_sources(record("It rained.")).single_source


def test_a_run_adds_up_sources_with_the_same_name() -> None:
    both = run(harbour("a"), harbour("b"))
    assert {kind: (one.words, one.sources) for kind, one in both.kinds.items()} == {
        "person": (44, 4),
        "organisation": (0, 0),
        "place": (0, 0),
        "unnamed_person": (0, 0),
        "unnamed_group": (12, 2),
        "document": (0, 0),
        "data": (0, 0),
        "unknown": (6, 2),
        "anonymous": (0, 0),
    }
    assert both.anonymous == 12
    assert both.genders["woman"].words == 38
    assert both.genders[None].words == 6
    assert both.most_heard()[0] == (Heard("Ann Lee", "person", "woman", 38, 14, 6), 2)


def test_unresolved_sources_are_ranked_last() -> None:
    text = "They said that it rained, that it snowed and that it hailed. Ann Lee said never."
    they = statement(
        "a1",
        [span(text, "They")],
        [span(text, "said")],
        [span(text, "that it rained, that it snowed and that it hailed")],
        form="pronoun",
    )
    lee = statement(
        "a2", [span(text, "Ann Lee")], [span(text, "said", 1)], [span(text, "never")], entity="e1"
    )
    people = (entity("e1", "Ann Lee", [mention(text, "Ann Lee")]),)
    weather = record(text, entities=people, attributions=(they, lee))
    heard = [(one.name, one.words) for one, _ in run(weather).most_heard()]
    assert heard == [("Ann Lee", 1), ("They", 10)]
    page = Overview()
    page.add(weather)
    assert [one["name"] for one in page.view()["speakers"]] == ["Ann Lee", "They"]


def table(lines: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def test_the_tables_have_a_row_for_each_article_and_each_source() -> None:
    made = run(harbour("a"), record("It rained.", "b"))
    first, second = table(sourcing.article_table(made))
    assert first["words_told"] == "31"
    assert first["words_person"] == "22"
    assert (first["words_woman"], first["words_man"]) == ("19", "0")
    assert (first["single_source"], second["sources"]) == ("no", "0")
    sources = table(sourcing.source_table(made))
    assert [one["source"] for one in sources] == ["Ann Lee", "Officials", "Bo Kim", "They"]
    assert sources[0]["gender"] == "woman"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "  =1", "＝1", "\n=1"])
def test_no_cell_is_a_formula(start: str) -> None:
    made = run(harbour(start, title=start, published="2025-03-04"))
    for lines in (sourcing.article_table(made), sourcing.source_table(made)):
        (row, *_) = table(lines)
        assert next(iter(row.values())) == f"'{start}"


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp")) | st.just("\t"), max_size=20))
def test_inert_text_begins_with_no_active_character(text: str) -> None:
    cell = inert(text)
    assert isinstance(cell, str)
    assert not cell.lstrip().startswith(ACTIVE)
    assert cell.removeprefix("'") == text.removeprefix("'")


def report(*records: Any) -> str:
    return "".join(sourcing.page(run(*records)))


def elements(document: str) -> list[str]:
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attributes: found.append(tag)  # type: ignore[method-assign]
    parser.feed(document)
    return found


def test_a_hostile_article_adds_no_element_to_the_report() -> None:
    document = report(hostile())
    assert HACK not in document
    assert "\u202e" not in document
    assert "U+202E" in document
    assert set(elements(document)) <= set(elements(report(harbour()))) | {"h3", "ul", "li"}
    assert elements(document).count("script") == 1
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', document)
    assert policy is not None
    assert re.search(r"script-src &#x27;sha256-[^ ]+&#x27;;", policy[1])


def test_the_report_names_sources_and_flags_single_ones() -> None:
    text = re.sub(r"<[^>]+>", " ", report(harbour(), record("It rained.")))
    text = " ".join(text.split())
    assert (
        "2 articles 31 words attributed to sources 19% of them to anonymous sources "
        "0 articles with a single source 1 article without a source" in text
    )
    assert "named people 2 22 71%" in text
    assert "women 1 19 86%" in text
    assert "Ann Lee person, woman 19 37% 3 1" in text
    assert "It rained. 0 – 0 of 0 no source" in text
    assert (
        "Harbour wall to cost more Ann Lee – 61%, person, woman Officials – 19%, unnamed group"
        in text
    )


def test_only_unnamed_persons_and_groups_are_anonymous() -> None:
    text = "The Samoan government said no. A poll found that. The study says so. Aides said yes."
    sources = ("The Samoan government", "A poll", "The study", "Aides")
    cues, contents = ("said", "found", "says", "said"), ("no", "that", "so", "yes")
    kinds = ("organisation", "data", "document", "unnamed_group")
    made = record(
        text,
        attributions=tuple(
            statement(
                f"a{number + 1}",
                [span(text, sources[number])],
                [span(text, cues[number], number // 3)],
                [span(text, contents[number])],
                source_kind=kinds[number],
            )
            for number in range(4)
        ),
    )
    heard = {one.name: (one.kind, one.named, one.anonymous) for one in article_sources(made).heard}
    assert heard == {
        "The Samoan government": ("organisation", True, False),
        "A poll": ("data", False, False),
        "The study": ("document", False, False),
        "Aides": ("unnamed_group", False, True),
    }
    rows = list(csv.DictReader(sourcing.source_table(run(made))))
    assert {row["source"]: (row["kind"], row["anonymous"]) for row in rows} == {
        name: (kind, "yes" if kind == "unnamed_group" else "no")
        for name, kind in zip(sources, kinds, strict=True)
    }
    (article,) = csv.DictReader(sourcing.article_table(run(made)))
    assert [article[f"words_{kind}"] for kind in (*kinds, "anonymous")] == ["1"] * 5


def test_a_record_of_schema_1_0_keeps_its_anonymous_sources() -> None:
    old = json.loads(harbour().to_line())
    old["schema_version"] = "1.0"
    for one in old["attributions"]:
        del one["source"]["kind"]
    made = ArticleRecord.from_line(json.dumps(old))
    heard = {one.name: (one.kind, one.anonymous) for one in article_sources(made).heard}
    assert heard["Officials"] == ("anonymous", True)
    assert heard["Ann Lee"] == ("person", False)
    rows = list(csv.DictReader(sourcing.source_table(run(made))))
    assert {row["source"]: row["kind"] for row in rows}["Officials"] == ""
    assert "anonymous, in records of schema 1.0" in report(made)


def test_text_is_escaped_in_markup() -> None:
    assert element("p", "a<b", element("b", "&"), title='"') == (
        '<p title="&quot;">a&lt;b<b>&amp;</b></p>'
    )
    assert escaped("\0") == "U+0000"
