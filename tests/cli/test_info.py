"""``pipeline info``: what is installed and in effect, and the origin of each setting."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline.cli import main
from pipeline.cli.batch import batch
from pipeline.cli.extract import extract
from pipeline.cli.info import EXTRAS
from pipeline.cli.options import SETTING_FLAGS
from pipeline.settings import KNOWN

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
FOR_DEVELOPERS = {"test", "dev", "docs", "fuzz"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPELINE_MAX_BYTES", "5000")
    (tmp_path / "pipeline.toml").write_text(
        'text_key = "body"\n# less\nmax_bytes = 4000\n', "utf-8"
    )
    return tmp_path


def as_json(capfd: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["info", "--json", *arguments]) == 0
    return json.loads(capfd.readouterr().out)


def test_each_setting_is_shown_with_its_origin_and_what_it_overrides(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", "--max-bytes", "6000"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert f"Settings ({folder / 'pipeline.toml'})" in lines
    told = {line.split()[0]: line.split(maxsplit=2)[1:] for line in lines if line[2:3].strip()}
    assert told["pipeline"] == [pipeline.__version__]
    assert told["text_key"] == ["body", "pipeline.toml:1"]
    assert told["id_key"] == ["id", "default"]
    assert told["max_bytes"] == [
        "6000",
        "--max-bytes, over PIPELINE_MAX_BYTES (5000), over pipeline.toml:3 (4000)",
    ]
    assert "    --max-bytes or PIPELINE_MAX_BYTES; default 1000000" in lines
    assert "    PIPELINE_SEGMENT_CHARS" in lines  # it has no flag


def test_each_flag_shown_belongs_to_extract_or_batch() -> None:
    flags = {name for one in (extract, batch) for param in one.params for name in param.opts}
    assert {"--" + name.replace("_", "-") for name in SETTING_FLAGS} <= flags


def test_json_has_the_same_content(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = as_json(capfd, "--profile", "fast")["settings"]
    assert told["file"] == str(folder / "pipeline.toml")
    assert list(told["values"]) == [one.name for one in KNOWN]
    bytes_ = told["values"]["max_bytes"]
    assert (bytes_["value"], bytes_["origin"]) == (5000, "PIPELINE_MAX_BYTES")
    assert bytes_["over"] == [{"value": 4000, "origin": "pipeline.toml:3"}]
    assert told["values"]["profile"]["origin"] == "--profile"
    (folder / "pipeline.toml").unlink()
    without = as_json(capfd)["settings"]
    assert without["file"] is None
    assert without["fingerprint"] != told["fingerprint"]


def test_models_are_checked_and_shown_with_their_checksums(
    capfd: pytest.CaptureFixture[str],
) -> None:
    models = {one["name"]: one for one in as_json(capfd)["models"]}
    assert {"en_core_web_md", "attributions-fast", "times"} <= models.keys()
    for one in models.values():
        assert one["state"] == "files checked"
        assert len(one["sha256"]) == 64
    assert main(["info"]) == 0
    assert f"    sha256:{models['en_core_web_md']['sha256']}\n" in capfd.readouterr().out


def test_a_model_with_changed_files_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.manifest.models_folder", lambda: tmp_path)
    state = {one["name"]: one["state"] for one in as_json(capfd)["models"]}
    assert "cannot be read" in state["attributions-fast"]
    assert state["en_core_web_md"] == "files checked"


def test_the_extras_are_those_of_the_project() -> None:
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["optional-dependencies"]
    extras = {one.name: one.packages for one in EXTRAS}
    assert extras.keys() == project.keys() - FOR_DEVELOPERS
    for name, packages in extras.items():
        asked = " ".join(project[name]).casefold().replace("-", "_")
        assert len(packages) == len(project[name])
        assert all(package.casefold().replace("-", "_") in asked for package in packages)


def test_a_missing_extra_is_shown_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def version(package: str) -> str:
        if package == "torch":
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", version)
    extras = as_json(capfd)["extras"]
    assert not extras["train"]["installed"]
    assert extras["html"]["installed"]
    assert extras["html"]["packages"] == {"trafilatura": "1.0", "lxml_html_clean": "1.0"}
    assert main(["info"]) == 0
    stdout = capfd.readouterr().out
    assert "  train    missing" in stdout
    assert "    pip install 'news-extraction-pipeline[train]'\n" in stdout


def test_a_closed_pipe_ends_it_quietly() -> None:
    command = f"{shlex.quote(sys.executable)} -m pipeline info | true; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", command],
        env=os.environ | {"PYTHONPATH": str(PROJECT.parent)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_an_unknown_setting_gets_the_nearest_name_as_a_hint(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "pipeline.toml").write_text("\nmax_byte = 3\n", "utf-8")
    assert main(["info"]) == 78
    assert "pipeline.toml:2: there is no setting 'max_byte'\nhint: did you mean max_bytes?" in (
        capfd.readouterr().err
    )
