"""``pipeline validate``, ``schema`` and ``info``."""

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


def test_sound_records_are_counted(
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
        ('"schema_version":"1.0"', '"schema_version":"9.9"', "schema_version"),
        ("{", "[", "Invalid JSON"),
        ("é", "\\u00e9", "not as records are written"),
        ('{"schema_version"', '{ "schema_version"', "not as records are written"),
        ("\n", "", "cut short"),
        ("\n", "\n\n", "a blank line"),
    ],
)
def test_a_broken_record_ends_it_with_line_and_reason(
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


def test_a_file_that_is_not_there_is_no_input(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "nowhere.jsonl"]) == 66
    assert "error[P201]" in capfd.readouterr().err


def test_the_schema_that_is_printed_holds_for_a_record(
    line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "json"]) == 0
    schema = json.loads(capfd.readouterr().out)
    jsonschema.validate(json.loads(line), schema)


def test_info_names_models_and_the_origin_of_each_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPELINE_MAX_BYTES", "5000")
    (tmp_path / "pipeline.toml").write_text('text_key = "body"\n', "utf-8")
    assert main(["info"]) == 0
    rows = [row.split() for row in capfd.readouterr().out.splitlines()]
    assert ["pipeline", pipeline.__version__] in rows
    assert ["max_bytes", "5000", "PIPELINE_MAX_BYTES"] in [row[:3] for row in rows]
    assert ["text_key", "body", "pipeline.toml"] in [row[:3] for row in rows]
    assert ["id_key", "id", "default"] in [row[:3] for row in rows]
    for name in ("en_core_web_md", "attributions-filter"):
        model = next(row for row in rows if row[:1] == [name])
        assert model[2].startswith("sha256:")
        assert model[-2:] == ["files", "checked"]


def test_info_names_a_setting_that_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipeline.toml").write_text("max_byte = 3\n", "utf-8")
    assert main(["info"]) == 78
    assert "did you mean max_bytes?" in capfd.readouterr().err
