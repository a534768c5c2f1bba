"""``pipeline validate`` and ``schema``."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from spacy.language import Language

import pipeline
from pipeline.cli import main


@pytest.fixture
def line(nlp: Language) -> str:
    return pipeline.extract("“It rained,” said Ann Lee. 5% é", nlp=nlp, id="x").to_line()


def test_valid_records_are_counted(
    tmp_path: Path, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line * 3, "utf-8")
    assert main(["validate", str(path)]) == 0
    assert "3 records, valid" in capfd.readouterr().err
    assert main(["validate", "-q", str(path)]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"text":"It rained,"', '"text":"It snowed,"', "is not 'It snowed,'"),
        ('"id":"q1"', '"id":"q7"', "the id should be q1"),
        ('"kind":', '"sort":', "mentions.0.kind"),
        ('"schema_version":"1.1"', '"schema_version":"9.9"', "schema_version"),
        ('"descriptions":[]', '"descriptions":["46"]', "the description '46' has no letter"),
        ("{", "[", "Invalid JSON"),
        ("é", "\\u00e9", "not in the canonical form"),
        ('{"schema_version"', '{ "schema_version"', "not in the canonical form"),
        ("\n", "", "truncated"),
        ("\n", "\n\n", "a blank line"),
    ],
)
def test_a_broken_record_is_an_error_with_line_and_reason(
    tmp_path: Path,
    line: str,
    old: str,
    new: str,
    reason: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert old in line
    path = tmp_path / "x.jsonl"
    path.write_text(line + line.replace(old, new, 1), "utf-8")
    assert main(["validate", str(path)]) == 65
    stderr = capfd.readouterr().err
    number = 3 if new == "\n\n" else 2
    assert f"error[P601]: {path}:{number}: " in stderr
    assert reason in stderr


def test_a_missing_file_is_an_input_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "nowhere.jsonl"]) == 66
    assert "error[P201]" in capfd.readouterr().err


def test_the_printed_schema_accepts_a_record(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "json"]) == 0
    schema = json.loads(capfd.readouterr().out)
    jsonschema.validate(json.loads(line), schema)
