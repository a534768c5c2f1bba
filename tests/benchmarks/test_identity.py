"""Who is who is judged by the annotators' entities; what has no confidence is not calibrated."""

from __future__ import annotations

import doctest
import json
import sys
from pathlib import Path
from typing import Any

import identity
import pytest
from identity import Article, answers, region_of, report, verdicts

TEXT = "Ann Lee met Zhang Wei. “It rained,” she said. Zhang said that he left."


def span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def place(words: str) -> list[int]:
    return [span(words)["start"], span(words)["end"]]


def mention(words: str, kind: str, confidence: float | None = None) -> dict[str, Any]:
    return {**span(words), "kind": kind, "confidence": confidence}


GOLD = {
    "id": "a",
    "text": TEXT,
    "entities": [
        {
            "name": "Ann Lee",
            "label": "PERSON",
            "mentions": [[*place("Ann Lee"), "name"], [*place("she"), "pronoun"]],
        },
        {
            "name": "Zhang Wei",
            "label": "PERSON",
            "mentions": [
                [*place("Zhang Wei"), "name"],
                [*place("Zhang said")[:1], TEXT.index(" said that"), "name"],
                [*place("he left")[:1], TEXT.index(" left"), "pronoun"],
            ],
        },
    ],
    "quotes": [{"span": place("It rained,"), "speech": True, "speaker": "Ann Lee"}],
    "attributions": [
        {"source": [place("she")], "speaker": "Ann Lee", "required": True},
        {"source": [[TEXT.index("Zhang said"), TEXT.index(" said that")]], "speaker": "Zhang Wei"},
    ],
}


def record(*, she: str = "e1", sure: float | None = 0.9) -> dict[str, Any]:
    """Return a record that gives "she" and the quotation to one of the two, and "he" to Zhang."""
    he = {"start": TEXT.index("he left"), "end": TEXT.index(" left"), "kind": "pronoun"}
    mentions = {
        "e1": [mention("Ann Lee", "name")],
        "e2": [mention("Zhang Wei", "name"), {**he, "confidence": 0.8}],
    }
    mentions[she].append(mention("she", "pronoun", 0.6))
    source = {"spans": [span("she")], "entity": she, "entity_confidence": sure}
    return {
        "id": "a",
        "entities": [
            {"id": id_, "label": "PERSON", "mentions": held} for id_, held in mentions.items()
        ],
        "quotes": [{**span("It rained,"), "speaker": she, "speaker_confidence": sure}],
        "attributions": [{"source": source}, {"source": None}],
    }


def test_what_is_right_is_right_in_every_field() -> None:
    found = [(field, one.confidence, one.right) for field, one in verdicts(Article(GOLD, record()))]
    assert found == [
        ("speaker_confidence", 0.9, True),
        ("entity_confidence", 0.9, True),
        ("mention confidence", 0.6, True),
        ("mention confidence", 0.8, True),
    ]


def test_the_wrong_person_is_wrong_in_every_field() -> None:
    found = [(field, one.right) for field, one in verdicts(Article(GOLD, record(she="e2")))]
    assert found == [
        ("speaker_confidence", False),
        ("entity_confidence", False),
        ("mention confidence", True),
        ("mention confidence", False),
    ]


def test_what_has_no_confidence_is_not_judged() -> None:
    fields = [field for field, _ in verdicts(Article(GOLD, record(sure=None)))]
    assert fields == ["mention confidence"] * 2


@pytest.mark.parametrize(("she", "right"), [("e1", True), ("e2", False)])
def test_pronouns_and_speakers_count_for_the_gender_of_the_person(she: str, right: bool) -> None:
    found = {
        (one.metric, one.gender, one.region): one.right
        for one in answers(Article(GOLD, record(she=she)))
        if one.metric != "name"
    }
    assert found == {
        ("pronoun", "she", "Western"): right,
        ("speaker", "she", "Western"): right,
        ("pronoun", "he", "Chinese"): True,
    }


def test_a_name_that_is_not_found_is_counted() -> None:
    found = [one.right for one in answers(Article(GOLD, record())) if one.metric == "name"]
    assert found == [True, True, False]


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Xi Jinping", "Chinese"),
        ("Ahmed al-Sharif", "Arabic"),
        ("Priya Sharma", "South Asian"),
        ("Chukwuma Okafor", "African"),
        ("Volodymyr Zelenskyy", "Slavic"),
        ("Luis Rodríguez", "Hispanic"),
        ("Margaret Thatcher", "Western"),
        ("Thatcher", "unknown"),
        ("Qqq Zzz", "unknown"),
    ],
)
def test_regions(name: str, region: str) -> None:
    assert region_of(name) == region


def test_the_report_has_every_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gold, records = tmp_path / "gold.jsonl", tmp_path / "records.jsonl"
    gold.write_text(json.dumps(GOLD) + "\n", "utf-8")
    records.write_text(json.dumps(record(she="e2")) + "\n", "utf-8")
    monkeypatch.setattr(sys, "argv", ["identity", str(gold), str(records)])
    identity.main()
    printed = capsys.readouterr().out
    assert "expected calibration error 90.0 (1)" in printed
    rows = {line.split()[0]: line.split()[1:] for line in printed.splitlines()}
    assert rows["she"] == ["100.0", "1", "0.0", "1", "0.0", "1"]
    assert rows["Chinese"] == ["50.0", "2", "100.0", "1", "n/a", "0"]


def test_without_confidences_there_is_no_calibration_error() -> None:
    plain = record(sure=None)
    for entity in plain["entities"]:
        for one in entity["mentions"]:
            one["confidence"] = None
    assert not [line for line in report([Article(GOLD, plain)]) if "calibration" in line]


def test_examples() -> None:
    assert doctest.testmod(identity).failed == 0
