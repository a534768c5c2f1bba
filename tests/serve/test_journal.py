"""Corrections of any program are visible at once, and read only as often as necessary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.records.corrections import Correction
from pipeline.serve.review import Journal, user
from pipeline.writers import corrections as file
from tests.records.judging import by_hand, made

SHA = made().source.sha256


def said(item: int, who: str = "ann") -> Correction:
    quote = made().quotes[item]
    one = by_hand(made(), "quotes", "accept", quote, quote)
    return one.model_copy(update={"who": who})


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Record the reads of the file during the test."""
    done: list[Any] = []
    read = file.read

    def noted(path: Any) -> Any:
        done.append(path)
        return read(path)

    monkeypatch.setattr("pipeline.serve.review.file.read", noted)
    return done


def test_its_own_corrections_are_not_read_again(tmp_path: Path, reads: list[Any]) -> None:
    journal = Journal(tmp_path / "c.jsonl")
    for item in range(3):
        journal.say(SHA, lambda _earlier, _who, _when, item=item: [said(item)])
        assert [one.item for one in journal.all()] == [f"q{n + 1}" for n in range(item + 1)]
    assert len(reads) == 1
    assert journal.of(SHA) == list(file.read(tmp_path / "c.jsonl").corrections)
    assert journal.of("0" * 64) == []


def test_corrections_of_others_are_read_even_between_its_own(
    tmp_path: Path, reads: list[Any]
) -> None:
    journal = Journal(tmp_path / "c.jsonl")
    file.append(tmp_path / "c.jsonl", [said(0, "bo")])

    def answer(earlier: list[Correction], _who: str, _when: str) -> list[Correction]:
        assert [one.who for one in earlier] == ["bo"]
        file.append(tmp_path / "c.jsonl", [said(1, "bo")])  # meanwhile
        return [said(2)]

    journal.say(SHA, answer)
    assert [one.who for one in journal.of(SHA)] == ["bo", "bo", "ann"]
    assert len(reads) == 3


def test_author_and_time_are_the_user_and_the_clock(tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(_earlier: list[Correction], who: str, when: str) -> list[Correction]:
        heard.extend((who, when))
        return []

    Journal(tmp_path / "c.jsonl", clock=lambda: "noon").say(SHA, hear)
    assert heard == [user(), "noon"]
    assert not (tmp_path / "c.jsonl").exists()


def test_a_user_without_a_name_can_review(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert user() == "unknown"
