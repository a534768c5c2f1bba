"""The files around the package: versions, addresses, container, workflow, hooks and examples."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
import types
from collections.abc import Callable
from configparser import RawConfigParser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Self

import click
import jinja2
import pytest
import yaml
from packaging.requirements import Requirement

from pipeline import __version__
from pipeline.cli import commands
from tests.batch.running import rows
from tests.desk.pages.made import harbour
from tests.desk.server.conftest import serving

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, BUILD = SETTINGS["project"], SETTINGS["build-system"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text("utf-8"))
INSTRUCTION = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)
DOCKERFILE = INSTRUCTION.findall((ROOT / "Dockerfile").read_text("utf-8"))


def arguments(instruction: str) -> list[str]:
    return [rest.replace("\\\n", " ") for name, rest in DOCKERFILE if name == instruction]


def test_changelog_and_citation_name_the_version_and_its_date() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    dated = dict(re.findall(r"^## (\S+) - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE))
    assert CITATION["version"] == __version__
    assert CITATION["date-released"] == dated[__version__]


def test_all_addresses_are_in_one_repository() -> None:
    repository = PROJECT["urls"]["Source"]
    links = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/config.yml").read_text("utf-8"))
    addresses = [*PROJECT["urls"].values(), CITATION["repository-code"]]
    addresses += [link["url"] for link in links["contact_links"]]
    assert [one for one in addresses if not one.startswith(repository)] == []
    for address in addresses:
        _, _, path = address.partition("/blob/main/")
        assert (ROOT / path).exists(), address


def test_the_workflow_checks_every_python_of_the_classifiers() -> None:
    versions = re.findall(r"Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE)
    assert WORKFLOW["jobs"]["check"]["strategy"]["matrix"]["python"] == versions
    assert PROJECT["requires-python"] == f">={versions[0]}"


def test_the_workflow_pins_each_action_by_its_commit() -> None:
    text = (ROOT / ".github/workflows/check.yml").read_text("utf-8")
    used = re.findall(r"uses: (.+)$", text, re.MULTILINE)
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert used
    assert [one for one in used if not pinned.fullmatch(one)] == []


def test_the_workflow_calls_targets_that_exist() -> None:
    steps = [step.get("run", "") for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    called = {name for step in steps if step.startswith("make ") for name in step.split()[1:]}
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"check"} < called <= set(targets)


def test_the_hooks_run_tools_of_the_extra_dev() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0][
        "hooks"
    ]
    for hook in hooks:
        assert shutil.which(hook["entry"].split()[0]), hook["id"]


def test_the_container_does_not_run_as_root() -> None:
    assert int(arguments("USER")[-1]) >= 1000


def test_the_container_installs_only_packages_with_pinned_hashes() -> None:
    commands = [one.strip() for line in arguments("RUN") for one in line.split("&&")]
    installs = [one for one in commands if re.search(r"pip (install|wheel)", one)]
    assert len(installs) == 4
    for one in installs:
        assert "--require-hashes" in one or "--no-deps" in one, one


def test_the_build_backend_of_the_container_is_pinned() -> None:
    lock = (ROOT / ".ci/locks/build.txt").read_text("utf-8")
    packages = re.findall(r"^[a-z].*", lock, re.MULTILINE)
    assert all(one.endswith("\\") for one in packages), "each has hashes"
    pinned = {one.partition("==")[0] for one in packages}
    assert {Requirement(one).name for one in BUILD["requires"]} <= pinned, "run make lock"


def test_the_context_of_the_container_has_what_it_copies() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        source
        for line in arguments("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    ]
    assert {"pipeline", "models", ".ci/locks/run.txt"} <= set(copied)
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, pattern) for pattern in kept), f"{source} is ignored"


def test_the_container_serves_by_default() -> None:
    (command,) = (line for line in arguments("CMD") if line.startswith("["))
    name, *given = yaml.safe_load(command)
    context: click.Context = commands.commands[name].make_context(name, given)
    assert (name, context.params["host"]) == ("serve", "0.0.0.0")


def test_the_health_check_passes_only_while_the_server_answers(tmp_path: Path) -> None:
    (check,) = arguments("HEALTHCHECK")
    _, flag, code = yaml.safe_load(check.partition(" CMD ")[2])
    assert flag == "-c"
    with serving(tmp_path, [harbour()]) as server:
        there = code.replace("http://127.0.0.1:8000", server.address)
        assert there != code
        assert subprocess.run([sys.executable, flag, there], check=False).returncode == 0
    gone = subprocess.run([sys.executable, flag, there], stderr=subprocess.DEVNULL, check=False)
    assert gone.returncode != 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd is installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for name in ("service", "timer"):
        text = (EXAMPLES / f"news-nightly.{name}").read_text("utf-8")
        text = text.replace("/usr/local/bin/nightly.sh", str(EXAMPLES / "nightly.sh"))
        (tmp_path / f"news-nightly.{name}").write_text(text)
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "news-nightly" in line] == []


def test_the_service_accepts_articles_that_failed_and_retries_a_busy_run() -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(EXAMPLES / "news-nightly.service")
    service = unit["Service"]
    assert (service["SuccessExitStatus"], service["RestartForceExitStatus"]) == ("1", "75")
    assert service["User"] != "root"


Night = Callable[[str], int]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, where the command ``pipeline`` has models that take no time."""
    command = tmp_path / "bin" / "pipeline"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.batch.stub "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("DATABASE_URL", "sqlite:///news.db")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    rows(tmp_path / "inbox" / "monday.jsonl", ["Rain fell.", "Snow fell."])
    return tmp_path


@pytest.fixture
def night(folder: Path) -> Night:
    """Return a function that runs the script for a night and returns its exit code."""

    def run(date: str) -> int:
        script = ["sh", str(EXAMPLES / "nightly.sh")]
        given = {**os.environ, "NIGHT": date}
        return subprocess.run(script, cwd=folder, env=given, check=False).returncode

    return run


def texts(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "news.db") as news:
        return [text for (text,) in news.execute("SELECT text FROM articles ORDER BY text")]


def test_each_night_adds_its_new_articles(folder: Path, night: Night) -> None:
    assert night("2025-05-01") == 0
    rows(folder / "inbox" / "tuesday.jsonl", ["Hail fell."], "t")
    assert night("2025-05-02") == 0
    assert texts(folder) == ["Hail fell.", "Rain fell.", "Snow fell."]
    assert len((folder / "out/nights/2025-05-02/part-00000.jsonl").read_text().splitlines()) == 1


def test_a_night_with_dead_letters_is_loaded_and_exits_with_1(folder: Path, night: Night) -> None:
    rows(folder / "inbox" / "bad.jsonl", ["FAIL P502"], "b")
    assert night("2025-05-01") == 1
    assert texts(folder) == ["Rain fell.", "Snow fell."]


def test_the_next_night_first_finishes_an_interrupted_one(folder: Path, night: Night) -> None:
    assert night("2025-05-01") == 0
    first = folder / "out/nights/2025-05-01"
    whole = {path.name: path.read_bytes() for path in first.glob("*.json*")}
    for name in ("_SUCCESS.json", "part-00000.jsonl"):
        (first / name).unlink()
    (folder / "news.db").unlink()
    assert night("2025-05-02") == 0
    assert {path.name: path.read_bytes() for path in first.glob("*.json*")} == whole
    assert texts(folder) == ["Rain fell.", "Snow fell."]


def test_the_script_needs_the_address_of_the_database(
    night: Night, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert night("2025-05-01") != 0
    assert "DATABASE_URL" in capfd.readouterr().err


class Task:
    """A task of the DAG: its command, and the tasks that wait for it."""

    def __init__(self, *, task_id: str, bash_command: str) -> None:
        self.name, self.command = task_id, bash_command
        self.next: list[Self] = []

    def __rshift__(self, other: Self) -> Self:
        self.next.append(other)
        return other


class Dag:
    """The settings of a DAG."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def test_the_tasks_of_the_dag_extract_and_load_a_night(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(folder / "inbox" / "bad.jsonl", ["FAIL P502"], "b")
    for name, content in {
        "airflow.sdk": {"DAG": Dag},
        "airflow.providers.standard.operators.bash": {"BashOperator": Task},
    }.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    source = EXAMPLES / "airflow_dag.py"
    namespace: dict[str, Any] = {}
    exec(compile(source.read_text("utf-8"), source, "exec"), namespace)
    assert namespace["dag"].settings["max_active_runs"] == 1
    variables = {"value": {"news_inbox": "inbox", "news_runs": "runs"}}
    task: Task | None = namespace["batch"]
    done = []
    while task is not None:
        command = jinja2.Template(task.command).render(var=variables, ds="2025-05-01")
        subprocess.run(["bash", "-c", command], check=True)
        done.append(task.name)
        task = task.next[0] if task.next else None
    assert done == ["batch", "load"]
    assert texts(folder) == ["Rain fell.", "Snow fell."]


def test_every_example_is_linked_in_the_docs() -> None:
    page = (ROOT / "docs/how-to/every-night.md").read_text("utf-8")
    page += (ROOT / "docs/how-to/container.md").read_text("utf-8")
    for path in EXAMPLES.iterdir():
        assert f"](../examples/{path.name})" in page, path.name


def test_contributing_names_files_that_exist() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = table.partition("## Where to change a thing\n")[2].partition("\n## ")[0]
    lines = [line.split(" | ") for line in table.splitlines() if "`" in line]
    assert len(lines) == 10
    for _, edited, run in lines:
        named = re.findall(r"`([a-z_]+/[^`]*)`", edited)
        named += re.findall(r"(?:tests|benchmarks)/[a-z_/.]+", run)
        assert named
        for path in named:
            assert (ROOT / path).exists(), path


def test_contributing_names_modules_that_exist() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = table.partition("## Where things are\n")[2].partition("\n## ")[0]
    lines = "".join(line for line in table.splitlines() if line.startswith("|"))
    named = {path for path in re.findall(r"`([a-z_./]+)`", lines) if "/" in path}
    assert len(named) > 20
    for path in named:
        assert (ROOT / "pipeline" / path).exists() or (ROOT / path).exists(), path


@pytest.mark.parametrize(
    ("row", "file", "answer"),
    [
        ("a reporting verb", "pipeline/data/cues.toml", "[verbs]"),
        ("a unit or a currency", "benchmarks/tables.toml", "[unit_words]"),
        ("dates, durations, holidays", "data/times.toml", "thanksgiving"),
        ("countries, first names", "data/countries.txt", "Afghans"),
        ("copies, quotations and series", "archive/copies.py", "CONTAINMENT"),
        ("the text of an error", "pipeline/errors.py", '"P314"'),
        ("a command and its options", "cli/database.py", '"--link"'),
        ("what `--explain` prints", "cli/explaining.py", "def draw"),
        ("an input format", "pipeline/input/formats.py", '"warc"'),
        ("a database view", "pipeline/output/views.sql", "v_quotes"),
    ],
)
def test_ten_questions_of_a_newcomer_are_answered_in_one_hop(
    row: str, file: str, answer: str
) -> None:
    lines = (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| {row}"))
    assert f"`{file}`" in line
    place = ROOT / file if (ROOT / file).exists() else ROOT / "pipeline" / file
    assert answer in place.read_text("utf-8")
