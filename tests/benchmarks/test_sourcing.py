"""Statements of a checkout are read and matched as the benchmark does it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import sourcing
from sourcing import Statement

from tests.desk.pages.made import entity, mention, record, span, statement, told

TEXT = "Mayor Ann Lee said on Monday that the wall would cost more. “We will wait,” Bo Kim said."
HEADS = "Sourced Statements,Type of Source,Name of Source\n"
GOLD = (
    "Guide,,\n" + HEADS + '"Ann Lee said the wall would cost more.",Named Person,Ann Lee\n'
    '"""We will wait,"" Bo Kim said.",Named Person,Bo Kim\n'
    "Officials feared a flood in spring.,Unnamed Group,officials\n"
    ",,\n"
)
ANSWER = (
    "Sourced Statement,Name of Source\n"
    '"The wall would cost more.",Ann Lee\n'
    '"""We will wait,"" Bo Kim said.",Cy Poe\n'
    "Snow is white.,Bo Kim\n"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a repository with eight articles and the answers of one model on all of them."""
    files = {"extracted_articles/notes.txt": "none", "2025_input_stories/1_x.txt": "not this one"}
    for at in range(1, 9):
        files[f"extracted_articles/{at}_wall.txt"] = f"\ufeff{TEXT} \r\n\r\nIt rained.\n"
        files[f"{sourcing.ANNOTATED}{at}_wall.csv"] = GOLD
        files[f"{sourcing.ANSWERS}model-a/{at}_wall.csv"] = ANSWER
    files[f"{sourcing.ANSWERS}model-b/1_wall.csv"] = ANSWER
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    commit = ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a"]
    for arguments in (["init", "-q"], ["add", "-A"], commit):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    return tmp_path


def test_a_checkout_is_read(checkout: Path) -> None:
    texts = sourcing.articles(checkout)
    assert list(texts) == list(range(1, 9))
    assert texts[1] == f"{TEXT}\n\nIt rained."
    assert sourcing.annotated(checkout)[2] == [
        Statement("ann lee said the wall would cost more.", "ann lee", "named person"),
        Statement('"we will wait," bo kim said.', "bo kim", "named person"),
        Statement("officials feared a flood in spring.", "officials", "unnamed group"),
    ]
    models = sourcing.answers(checkout)
    assert list(models) == ["model-a"]  # the other one answered too few
    assert models["model-a"][8][0] == Statement("the wall would cost more.", "ann lee")


def test_the_report_counts_statements_and_names(checkout: Path) -> None:
    gold, models = sourcing.annotated(checkout), sourcing.answers(checkout)
    report = list(sourcing.lines(gold, {}, models))
    assert report[1] == "on 8 articles"
    assert report[2].split("statements")[1].split()[0] == "0.0"
    assert report[3].endswith(
        "statements  66.7 (24)  name, of found  50.0 (16)"
        "  named and found  50.0 (16)  own matched  66.7 (24)"
    )


def test_a_statement_of_a_record_has_the_names_of_its_source_or_its_words() -> None:
    people = (
        entity("e1", "Ann Lee", [mention(TEXT, "Ann Lee")]),
        entity("e2", "Bo Kim", [mention(TEXT, "Bo Kim")]),
    )
    content = [span(TEXT, "that the wall would cost more")]
    made = statement("a1", [span(TEXT, "Mayor Ann Lee")], [span(TEXT, "said")], content)
    for who, name in (
        ((), "mayor ann lee"),
        (("e1",), "ann lee"),
        (("e1", "e2"), "ann lee, bo kim"),
    ):
        one = record(TEXT, "a", entities=people, attributions=(told(made, who, None),))
        words = "mayor ann lee said on monday that the wall would cost more"
        assert list(sourcing.statements(one)) == [Statement(words, name)]


def test_a_table_without_the_number_of_an_article_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"about\.csv: the name does not begin with the number"):
        sourcing.numbered("folder/about.csv")


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [("", "", 100), ("a", "", 0), ("ab", "ba", 50), ("abcd", "abxd", 75), ("same", "same", 100)],
)
def test_the_ratio_is_the_share_of_the_common_subsequence(
    one: str, other: str, percent: float
) -> None:
    assert sourcing.ratio(one, other) == sourcing.ratio(other, one) == percent
