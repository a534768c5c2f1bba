"""Long texts are split at good places, and nothing is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.paragraphs import headline, segment, story_start

NASTY = st.text(st.sampled_from("ab. \n\r\x85\u2028“”\"'!\u0301\u200d\U0001f469—"), max_size=300)


@given(NASTY, st.integers(2, 60))
def test_the_joined_pieces_are_the_text(text: str, limit: int) -> None:
    pieces = list(segment(text, limit))
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= limit for piece in pieces) or text == ""


def test_a_short_text_is_one_piece() -> None:
    assert list(segment("One.\n\nTwo.", 100)) == ["One.\n\nTwo."]
    assert list(segment("", 100)) == [""]


@pytest.mark.parametrize(
    ("marked", "limit"),
    [
        # | marks the expected cut
        ("One two.\n\n|Three four.", 14),
        ("One two.\r\n\r\n|Three four.", 16),
        ("It went on. “We lost.\n\n“Badly. We did.”\n\n|He left and so on and on.", 48),
        ("It went well. “We won.”\n\n|“So did we,” he said then.", 40),
        ("One two three four. |Five six.", 25),
        ("one two three four |five six", 22),
        ("Caf|e\u0301s", 4),
    ],
    ids=[
        "paragraph",
        "blank lines stay with it",
        "not where a quotation is carried on",
        "a quotation that is closed is no matter",
        "sentence",
        "word",
        "not before a combining mark",
    ],
)
def test_the_places_of_cuts(marked: str, limit: int) -> None:
    left, _, _ = marked.partition("|")
    assert next(segment(marked.replace("|", ""), limit)) == left


@pytest.mark.parametrize(
    "text",
    ["“It is so.\n\n" * 80_000, "\n" * 1_000_000, '"' * 1_000_000, ". " * 500_000, "a" * 1_000_000],
    ids=["open quotations", "line feeds", "marks", "full stops", "one word"],
)
def test_cutting_takes_linear_time(text: str) -> None:
    start = time.process_time()
    pieces = list(segment(text, 100_000))
    assert "".join(pieces) == text
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Harbour wall falls", "Harbour wall falls"),
        ("By Ann Lee\nHarbour  wall falls\nA second line", "Harbour wall falls"),
        ("Friday, May 2, 2025\n## Harbour wall falls", "Harbour wall falls"),
        ("FOR IMMEDIATE RELEASE\nContact: Ann Lee of Leeds\nann.lee at press@x.org", None),
        ("News", None),
    ],
    ids=["alone", "after a byline", "after a date", "addresses of a release", "too short"],
)
def test_the_headline_is_the_first_line_above_the_story_with_words_of_its_own(
    head: str, title: str | None
) -> None:
    assert headline(f"{head}\n\nThe wall fell on Monday. Nobody was hurt.") == title


def test_a_text_of_short_lines_has_no_headline() -> None:
    assert headline("Eggs and milk today\n" * 20) is None


@pytest.mark.parametrize(
    "line",
    [
        "OSLO, Norway, March 4 (Reuters) - |Norway's fund lost money.",
        "BEDFORD, N.H. (AP) — |“It rained,” she said.",
        "SELMA, N.C.—|Ann Lee spoke.",
        "ST. PAUL, Minn. -- |Rain fell.",
        "GENEVA/LONDON, Dec 8 - |A bank failed.",
        "Paris (AFP) – |Police said so.",
        "Aug 27 (Thomson Reuters Foundation) - |$5 is a lot.",
        "DES MOINES —  |She won.",
    ],
)
def test_a_story_starts_after_its_dateline(line: str) -> None:
    text = line.replace("|", "")
    assert story_start(text) == line.index("|")
    assert story_start(f"Rain again\n{text}", 11) == 11 + line.index("|")


@pytest.mark.parametrize(
    "text",
    [
        "It rained in Leeds - And it snowed.",
        "TRUMP: We will win.",
        "Ann Lee (R) — the mayor — won.",
        "Ann Lee (R) — The mayor won.",
        "WASHINGTON - based firms lost.",
        "THE VOTES WERE NEVER COUNTED, BUT EARLY - Ann Lee said so.",
        "NATO's chief — A Dane — left.",
        "",
    ],
)
def test_a_text_without_a_dateline_has_no_story_start(text: str) -> None:
    assert story_start(text) is None


@given(st.text(max_size=300), st.integers(0, 300))
def test_a_story_never_starts_before_its_dateline(text: str, start: int) -> None:
    found = story_start(text, start)
    assert found is None or start < found <= len(text)
