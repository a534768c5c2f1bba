"""Corrections of any program are visible at once, and read only as often as necessary."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from typing import Any

import pytest

from pipeline.desk.server.review import Journal, user
from pipeline.output import corrections as file
from pipeline.records.corrections import Correction
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
    read = file.read_now

    def noted(path: Any) -> Any:
        done.append(path)
        return read(path)

    monkeypatch.setattr("pipeline.desk.server.review.file.read_now", noted)
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


def test_reading_does_not_wait_for_a_program_that_is_writing(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    file.append(path, [said(0)])
    journal = Journal(path)
    file.append(path, [said(1)])
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert [one.item for one in journal.all()] == ["q1"]
        assert [one.item for one in journal.of(SHA)] == ["q1"]
    assert [one.item for one in journal.of(SHA)] == ["q1", "q2"]


def test_reading_does_not_wait_for_a_decision_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "WAIT", 20)
    path = tmp_path / "c.jsonl"
    file.append(path, [said(0)])
    journal = Journal(path)
    asked = threading.Event()

    def answer(_earlier: list[Correction], _who: str, _when: str) -> list[Correction]:
        asked.set()
        return [said(1)]

    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = threading.Thread(target=journal.say, args=(SHA, answer))
        waiting.start()
        assert asked.wait(20)
        assert [one.item for one in journal.of(SHA)] == ["q1"]
        assert waiting.is_alive()
    waiting.join(20)
    assert [one.item for one in journal.of(SHA)] == ["q1", "q2"]


def test_a_correction_that_was_read_back_before_it_was_remembered_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.jsonl"
    journal = Journal(path)
    append = file.append

    def append_and_read(path: Any, corrections: Any) -> None:
        append(path, corrections)
        journal.all()
        append(path, [said(1)])  # another program, as many bytes

    monkeypatch.setattr("pipeline.desk.server.review.file.append", append_and_read)
    journal.say(SHA, lambda *_: [said(0)])
    assert [one.item for one in journal.of(SHA)] == ["q1", "q2"]


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
