"""Tables fit their width, and contain no terminal control characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from spacy.language import Language

import pipeline
from pipeline.cli import drawing
from pipeline.cli.drawing import QUOTED, Findings, cut, findings
from pipeline.cli.screen import Screen, plain
from pipeline.records.schema import Time
from tests.desk.pages.made import (
    HOSTILE,
    entity,
    figure,
    harbour,
    mention,
    quote,
    record,
    span,
    statement,
    together,
)

STYLE = re.compile(r"\x1b\[[0-9;]*m")
WIDTHS = (24, 50, 64, 80, 100, 200)


@given(st.text(max_size=80), st.integers(0, 60))
def test_text_is_cut_to_its_width(text: str, width: int) -> None:
    assert cell_len(cut(text, width, marks=QUOTED)) <= width
    assert cell_len(cut(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("It rained in Rome.", 18, "It rained in Rome."),
        ("It rained in Rome.", 17, "It rained in…"),
        ("It rained, and then it snowed", 12, "It rained…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
        ("A Donaudampfschifffahrt", 12, "A Donaudamp…"),
        ("東京 東京 東京", 8, "東京…"),
        ("a\nb", 5, "a b"),
        ("x" * 5000, 4, "xxx…"),
    ],
)
def test_text_is_cut_after_a_word(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\r\nb\tc", "a b c"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("a\u009b2Jb", r"a\x9b2Jb"),
        ("\ud800x", r"\ud800x"),
        ("soft\u00adhyphen\ufeff", "softhyphen"),
    ],
)
def test_control_characters_are_escaped(text: str, shown: str) -> None:
    assert plain(text) == shown


def drawn(screen: Screen, found: Findings, *, everything: bool = False) -> list[str]:
    """Return the lines of an article, and of a table with it three times, without styles."""
    drawing.article(found, screen, everything=everything)
    drawing.articles(
        [found] * 3, found._replace(counts=found.counts + found.counts + found.counts), 5, screen
    )
    return STYLE.sub("", screen.stream.getvalue()).splitlines()  # type: ignore[attr-defined]


FIRST = [
    "Ann", "Tom", "Rosa", "Peter", "Laura", "Mark", "Julia",
    "Adam", "Helen", "Paul", "Karen", "David", "Susan", "Brian",
    "Alice", "George", "Emma", "Robert", "Diana", "Frank",
]  # fmt: skip


@pytest.fixture(scope="module")
def crowded(nlp: Language) -> Findings:
    """Return findings with wide characters, long words, many speakers and many figures."""
    text = "\n".join(
        f"“We lost {n} homes in the 東京 café {'x' * 40},” said "
        f"{FIRST[n - 20]} Moreno{'o' * (n - 20)}, the mayor of Rome. "
        f"“It cost ${n} billion,” he said."
        for n in range(20, 40)
    )
    found = findings(pipeline.extract(text, nlp=nlp, title="Homes"), 8)
    return found._replace(warnings=())  # these are lines of the log, and not cut


@pytest.mark.parametrize("width", WIDTHS)
def test_every_line_fits_the_width_of_the_terminal(
    crowded: Findings, on_terminal: Callable[[int], Screen], width: int
) -> None:
    rows = drawn(on_terminal(width), crowded)
    assert max(map(cell_len, rows)) <= width
    assert any("more speakers" in row for row in rows)
    assert any("more figures" in row for row in rows)
    assert any("… and 2" in row for row in rows)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_line_fits_the_width_of_a_log(
    crowded: Findings,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = Screen()
    drawing.article(crowded, screen)
    assert max(map(cell_len, capfd.readouterr().err.splitlines())) <= width


def test_all_speakers_quotes_and_figures_are_shown_on_request(
    crowded: Findings, on_terminal: Callable[[int], Screen]
) -> None:
    rows = drawn(on_terminal(200), crowded, everything=True)
    assert not any("more speakers" in row for row in rows)
    assert sum("“We lost" in row for row in rows) == 20


def cells(rows: list[str], first: str) -> list[str]:
    """Return the cells of the row with this beginning."""
    row = next(row for row in rows if row.startswith(f"│ {first}"))
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_speakers_are_shown_with_their_strongest_words(
    on_terminal: Callable[[int], Screen],
) -> None:
    rows = drawn(on_terminal(100), findings(harbour()))
    assert cells(rows, "Ann Lee") == ["Ann Lee", "19", "2", "“whatever it takes.”", "99%"]
    assert cells(rows, "Bo Kim")[-2:] == ["“may fail”", "60%"]
    assert cells(rows, "Officials")[0] == "Officials (unnamed)"
    assert cells(rows, "$12 million") == ["$12 million", "12,000,000 USD", "wall", ""]
    assert cells(rows, "▲ 5%") == ["▲ 5%", "5%", "Costs", "2024"]  # no holder: no column for it
    assert cells(rows, "Harbour wall") == [
        "Harbour wall to cost more",
        "2025-03-04",
        "52",
        "3",
        "3",
        "Ann Lee",
        "2",
    ]
    assert cells(rows, "5 records")[2] == "156"


def test_the_confidence_of_a_speaker_has_its_own_column(
    on_terminal: Callable[[int], Screen],
) -> None:
    rows = drawn(on_terminal(100), findings(together()))
    assert cells(rows, "Who speaks")[-2:] == ["Who", "Attr"]
    for name, words in (("Ann Lee", "19"), ("Bo Kim", "10")):  # both say it
        said = [name, words, "whatever it takes.”", "64%", "99%"]
        assert [cell.lstrip("“") for cell in cells(rows, name) if cell not in ("2", "3")] == said
    assert any("Who: confidence that this is the speaker" in row for row in rows)
    assert not any("Who: " in row for row in drawn(on_terminal(100), findings(harbour())))


def test_names_of_four_words_are_complete_on_eighty_columns(
    on_terminal: Callable[[int], Screen],
) -> None:
    text = (
        "Trade officials in Washington said that the tariffs would be lifted before long, all told."
    )
    told = statement(
        "a1",
        [span(text, "Trade officials")],
        [span(text, "said")],
        [span(text, "that the tariffs would be lifted before long, all told")],
        form="nominal",
        source_kind="unnamed_group",
    )
    rows = drawn(on_terminal(80), findings(record(text, attributions=(told,))))
    assert cells(rows, "Trade")[0] == "Trade officials (unnamed)"


def test_a_narrow_terminal_gets_stacked_tables(on_terminal: Callable[[int], Screen]) -> None:
    rows = drawn(on_terminal(40), findings(harbour()))
    at = rows.index("Ann Lee")
    assert rows[at : at + 3] == ["Ann Lee", "19 words · 2 quotes", "  “whatever it takes.”"]
    assert "$12 million = 12,000,000 USD" in rows


@pytest.mark.parametrize(
    ("name", "value", "boxed", "coloured"),
    [
        ("TERM", "xterm-256color", True, True),
        ("NO_COLOR", "1", True, False),
        ("NO_COLOR", "", True, True),
        ("TERM", "dumb", False, False),
    ],
)
def test_boxes_and_colours_can_be_turned_off(
    on_terminal: Callable[[int], Screen],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    boxed: bool,
    coloured: bool,
) -> None:
    on_terminal(100)
    monkeypatch.setenv(name, value)
    screen = Screen()
    screen.say("records: a.jsonl", "green")
    drawing.article(findings(harbour()), screen)
    shown = screen.stream.getvalue()  # type: ignore[attr-defined]
    assert "Ann Lee" in shown
    assert ("╭" in shown) == boxed
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", shown)) == coloured
    if name == "TERM" and value == "dumb":
        assert "\x1b" not in shown


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "CLICOLOR_FORCE"])
def test_a_pipe_gets_plain_text(
    variable: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "1")
    drawing.article(findings(harbour()), Screen())
    shown = capfd.readouterr().err
    assert "Ann Lee" in shown
    assert not set("\x1b╭│─") & set(shown)


@pytest.mark.parametrize("width", [40, 100])
def test_hostile_text_is_inert(on_terminal: Callable[[int], Screen], width: int) -> None:
    evil = "\x1b]0;owned\x07[red]Ann\x9b2J :bomb: Lee\u202e\u2066"
    text = f"{HOSTILE} “{evil}” said {evil}."
    article = record(
        text,
        title=evil,
        entities=(entity("e1", evil, [mention(text, evil)]),),
        quotes=(quote("q1", text, evil, speaker="e1"),),
    )
    rows = drawn(on_terminal(width), findings(article))
    shown = "\n".join(rows)
    assert r"\x1b]0;owned\x07[red]Ann\x9b2J :bomb" in shown
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_less_informative_figures_are_dropped_first() -> None:
    text = "Two men, 300 men, three years and the first 5%."
    article = record(
        text,
        figures=(
            figure("f1", span(text, "Two"), value="2", measures=span(text, "men")),
            figure("f2", span(text, "300"), value="300", measures=span(text, "men", 1)),
            figure("f3", span(text, "three years"), value="3", kind="duration", time="t1"),
            figure("f4", span(text, "first"), value="1", kind="ordinal"),
            figure("f5", span(text, "5%"), value="5", kind="percent"),
        ),
        times=(
            Time(
                id="t1",
                **span(text, "three years").model_dump(),
                kind="duration",
                value="P3Y",
                relative=False,
            ),
        ),
    )
    found = findings(article, 3)
    assert [one.text for one in found.amounts] == ["300", "three years", "5%"]
    assert [one.time for one in found.amounts] == ["", "", ""]


def test_a_quote_without_a_speaker_is_marked() -> None:
    text = "“Rain,” it says."
    found = findings(record(text, quotes=(quote("q1", text, "Rain,"),)))
    (voice,) = found.voices
    assert (voice.name, voice.words, voice.quotes) == (None, 1, 1)


def test_only_the_most_informative_figures_are_shown_if_there_are_many(crowded: Findings) -> None:
    assert crowded.counts["figures"] > len(crowded.amounts) == 8
    assert Counter("billion" in one.text for one in crowded.amounts) == {True: 8}
    starts = [int(re.sub(r"\D", "", one.text)) for one in crowded.amounts]
    assert starts == sorted(starts)
