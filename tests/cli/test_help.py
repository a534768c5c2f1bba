"""Help: every command has valid examples, and typos get a suggestion."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from pipeline.cli import commands, main
from pipeline.cli.screen import Screen

REDIRECTION = re.compile(r"\s[|>]{1,2}\s")
ASIDE = re.compile(r"\s{3,}\S.*$")
"""The output of an example, separated by spaces."""


def walk(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name."""
    for name, command in group.commands.items():
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))


ALL = dict(walk(commands))
LEAVES = {words: one for words, one in ALL.items() if not isinstance(one, click.Group)}


def help_of(words: str, capfd: pytest.CaptureFixture[str]) -> str:
    assert main([*words.split(), "--help"]) == 0
    return capfd.readouterr().out


def examples(text: str) -> list[str]:
    """Return the commands in a help text as typed, without pipes to other programs."""
    found = []
    for line in text.splitlines():
        part = line.strip().removeprefix("cat article.txt | ")
        if part.startswith("pipeline "):
            found.append(REDIRECTION.split(ASIDE.sub("", part))[0])
    return found


@pytest.mark.parametrize("words", ["", *ALL])
def test_every_command_has_examples_and_they_parse(
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    found = examples(help_of(words, capfd))
    assert found
    monkeypatch.chdir(tmp_path)
    (tmp_path / "large").mkdir()  # a folder that an example expects
    called: list[str] = []

    def instead(name: str) -> Any:
        return lambda *_, **__: called.append(name)

    for name, command in LEAVES.items():
        monkeypatch.setattr(command, "callback", instead(name))
    for example in found:
        assert main(shlex.split(example)[1:]) == 0, capfd.readouterr().err
    assert len(called) == len(found)
    if words in LEAVES:
        assert words in called


def test_every_command_is_in_the_help_with_a_full_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = help_of("", capfd)
    for name in commands.commands:
        (line,) = re.findall(rf"^  {name} +(.*)$", text, re.MULTILINE)
        assert line.endswith("."), line
        assert not line.endswith("..."), line


@pytest.mark.parametrize("words", [*LEAVES])
def test_every_option_has_a_help_text(words: str) -> None:
    options = [one for one in LEAVES[words].params if isinstance(one, click.Option)]
    told = {one.name: (one.help or "").partition("[default")[0] for one in options}
    assert [name for name, words in told.items() if not words.strip()] == []


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_no_line_of_help_is_wider_than_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in ("", *ALL):
        prose = [line for line in help_of(words, capfd).splitlines() if "pipeline " not in line]
        assert max(map(len, prose)) <= min(columns, 100)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ("extrct a.txt", "there is no command 'extrct'", "did you mean extract?"),
        ("train atributions", "there is no command 'atributions'", "did you mean attributions?"),
        ("zzz", "there is no command 'zzz'", "pipeline --help lists the commands"),
        (
            "extract a.txt --publised 2025-05-01",
            "no such option '--publised'",
            "did you mean --published?",
        ),
        ("extract a.txt --published-kye=x", "'--published-kye'", "did you mean --published-key?"),
        ("extract a.txt --zzz", "no such option '--zzz'", "see pipeline extract --help"),
        (
            "extract a.txt --profile acurate",
            "--profile: 'acurate' is not one of accurate, fast",
            "did you mean accurate?",
        ),
        ("extract a.txt --as jsn", "--as: 'jsn'", "did you mean json?"),
        ("schema arow", "'arow' is not one of json, sql, arrow", "did you mean arrow?"),
        ("batch a.txt -o r --engine rya", "--engine: 'rya'", "did you mean ray?"),
        ("completion fsh", "'fsh' is not one of bash, zsh, fish", "did you mean fish?"),
    ],
)
def test_a_typo_gets_the_nearest_name_as_a_hint(
    arguments: str, message: str, hint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments.split()) == 2
    stdout, stderr = capfd.readouterr()
    error, told = stderr.splitlines()
    assert error.startswith("error[P101]: ")
    assert message in error
    assert told == f"hint: {hint}"
    assert stdout == ""


@pytest.mark.parametrize(
    ("words", "command", "option"),
    [
        ("load a.jsonl --to sqlite:///x.db", "load", "--db"),
        ("said Lee --to sqlite:///x.db", "said", "--db"),
        ("mcp --from sqlite:///x.db", "mcp", "--db"),
        ("view a.jsonl --database sqlite:///x.db", "view", "--db"),
        ("view a.jsonl --serve --database sqlite:///x.db", "serve", "--db"),
        ("extract a.txt --format text", "extract", "--as"),
    ],
)
def test_older_names_still_work_and_are_not_in_the_help(
    words: str,
    command: str,
    option: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(LEAVES[command], "callback", lambda **values: given.update(values))
    assert main(words.split()) == 0, capfd.readouterr().err
    assert {"sqlite:///x.db", "text"} & {*map(str, given.values())}
    shown = help_of(command, capfd)
    assert option in shown
    assert not re.search(r"--(to|from|database|serve|format)\b", shown)


def test_a_choice_unlike_any_other_gets_only_the_list(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "zzz"]) == 2
    assert capfd.readouterr().err == "error[P101]: FORM: 'zzz' is not one of json, sql, arrow\n"


@pytest.mark.parametrize("arguments", ["['--help']", "['extract', '--help']", "['zzz']"])
def test_heavy_modules_are_not_loaded_before_they_are_needed(arguments: str) -> None:
    heavy = {"spacy", "numpy", "pydantic", "rich", "sqlalchemy", "pyarrow", "onnxruntime"}
    code = (
        f"import sys; from pipeline.cli import main; main({arguments}); "
        f"loaded = {heavy!r} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True)


def test_an_error_shows_no_control_character(
    on_terminal: Callable[[int], Screen], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", "\x1bcgone.txt"]) == 66
    assert r"error[P201]: \x1bcgone.txt: no such file" in capfd.readouterr().err
    screen = on_terminal(60)
    assert main(["extract", "\x1b]0;x\x07no.txt"]) == 66
    shown = screen.stream.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1;31merror[P201]:\x1b[0m \\x1b]0;x\\x07no.txt" in shown
    assert "\x07" not in shown
    assert max(map(len, shown.splitlines())) < 60 + len("\x1b[1;31m\x1b[0m")
