"""No control character of an article, a file name or a run folder reaches a terminal."""

from __future__ import annotations

import ast
import csv
import io
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.text import Text
from spacy.language import Language

from pipeline.cli import commands, main, options
from pipeline.cli.database import show_rows
from pipeline.cli.drawing import findings
from pipeline.cli.screen import Screen
from pipeline.errors import CONTROLS, PipelineError, safe
from pipeline.output.corrections import append
from tests.batch import stub
from tests.batch.running import run
from tests.batch.serial import Serial
from tests.output.samples import record
from tests.records.judging import by_hand, item

Capture = pytest.CaptureFixture[str]
EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7f\x85\u202e\u2066\u2028\u061c\rz"
NAME = f"a{EVIL}\n\udcff"
"""A file name; the last character is a byte that is not UTF-8."""
HARMLESS = {"\n", "\t"}


def check(shown: str) -> None:
    """Fail for text that controls a terminal or cannot be encoded."""
    assert {found for found in CONTROLS.findall(shown) if found not in HARMLESS} == set()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Iterator[Path]:
    """Yield a folder in which every name is hostile."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.plan.ModelExtractor", stub.load)
    monkeypatch.setattr("pipeline.batch.executors.processes", lambda job, _workers: Serial(job))
    monkeypatch.setattr("pipeline.stages.language.load", lambda *_, **__: nlp)
    monkeypatch.setattr("pipeline.api._loaded", lambda *_, **__: nlp)
    row = {"id": EVIL, "title": EVIL, "text": f"“We lost 9 homes,” {EVIL} Ann Lee said."}
    bad = {"id": EVIL, "text": f"FAIL P502{EVIL}"}
    lines = (json.dumps(one) + "\n" for one in (row, bad, {"id": EVIL, "text": "Snow."}))
    Path(f"{NAME}.jsonl").write_text("".join(lines), "utf-8")
    Path(f"{NAME}.txt").write_text(row["text"], "utf-8")
    Path(f"{NAME}.bin").write_bytes(bytes(range(256)))
    evil = record(EVIL, name=EVIL, title=EVIL, byline=EVIL, publisher=EVIL)
    Path(f"{NAME}.records").write_text(evil.to_line(), "utf-8")
    wrong = by_hand(evil, "quotes", "reject", item(evil, "q1"))
    assert wrong.before is not None
    elsewhere = wrong.before.model_copy(update={"start": 0, "end": 2, "text": "Al"})
    misfit = {"who": EVIL, "version": "0" * 64, "before": elsewhere}
    said = [wrong.model_copy(update=misfit), wrong.model_copy(update={"sha256": "0" * 64})]
    append(f"{NAME}.said", said)
    with Path(f"{NAME}.said").open("a") as file:
        file.write('{"record": "')
    Path(f"{NAME}.gold").write_text("{" + EVIL, "utf-8")
    run(NAME, [f"{NAME}.jsonl"])
    Path(NAME, ".lock").write_text(f"process {EVIL}", "utf-8")
    disabled = set(nlp.disabled)
    yield tmp_path
    for name in set(nlp.disabled) - disabled:  # training disables stages of the shared pipeline
        nlp.enable_pipe(name)


DATABASE = ("--db", "sqlite:///x.db")
LOADED = ("load", f"{NAME}.records", *DATABASE)
COMMANDS = {
    "extract": [
        ["extract", f"{NAME}.jsonl", f"{NAME}.txt", f"{NAME}.bin", "-o", f"{NAME}.out", "-vv"],
        ["extract", f"{NAME}.txt", "-o", f"{NAME}.one", "--html"],
        ["extract", f"{NAME}.nowhere"],
        ["extract", f"{NAME}.txt", "--published", EVIL],
        ["extract", f"{NAME}.txt", "--model", EVIL, "-o", f"{NAME}.three"],
        ["extract", f"{NAME}.txt", "--config", NAME, "-o", f"{NAME}.two"],
    ],
    "batch": [
        ["batch", f"{NAME}.jsonl", "-o", f"new{NAME}", "-vv"],
        ["batch", f"{NAME}.jsonl", "-o", f"json{NAME}", "--log-format", "json"],
        ["batch", f"{NAME}.jsonl", "-o", "dry", "--dry-run"],
        ["batch", f"{NAME}.txt", "-o", NAME],
        ["batch", f"{NAME}.jsonl", "-o", "beside", "--new-only", "-vv"],
        ["batch", f"{NAME}.nowhere", "-o", "x"],
    ],
    "status": [["status", NAME], ["status", f"{NAME}.nowhere"]],
    "retry": [["retry", NAME, "-vv"], ["retry", EVIL]],
    "view": [
        ["view", f"{NAME}.records", "-o", f"{NAME}.html"],
        ["view", f"{NAME}.bin", "-o", f"{NAME}.html"],
    ],
    "serve": [
        ["serve", f"{NAME}.nowhere"],
        ["serve", f"{NAME}.records", "--host", EVIL],
    ],
    "report": [["report", f"{NAME}.records", "-o", NAME], ["report", f"{NAME}.bin"]],
    "load": [
        ["load", f"{NAME}.records", "--db", "sqlite:///x.db"],
        ["load", f"{NAME}.bin", "--db", "sqlite:///x.db"],
        ["load", f"{NAME}.records", "--db", f"{EVIL}://x"],
        ["load", f"{NAME}.records", "--db", f"nowhere{EVIL}/x.parquet"],
        ["load", f"{NAME}.records", "--db", f"sqlite:////nowhere/{EVIL}/x.db"],
    ],
    "link": [[*LOADED], ["link", *DATABASE], ["link", "--db", f"{EVIL}://x"]],
    "identities": [
        [*LOADED, "--link"],
        ["identities", "list", *DATABASE],
        ["identities", "show", EVIL, *DATABASE],
        ["identities", "rename", EVIL, EVIL, *DATABASE],
    ],
    "copies": [[*LOADED], ["copies", *DATABASE], ["copies", "--db", f"{EVIL}://x"]],
    "said": [[*LOADED], ["copies", *DATABASE], ["said", "Lee", "--db", f"{EVIL}://x"]],
    "series": [[*LOADED], ["copies", *DATABASE], ["series", "--db", f"{EVIL}://x"]],
    "datasette": [
        [*LOADED],
        ["datasette", *DATABASE, "-o", f"{NAME}.yaml"],
        ["datasette", "--db", f"{EVIL}://x"],
    ],
    "gazetteer": [["gazetteer", "build", f"{NAME}.nowhere"], ["gazetteer", "build", f"{NAME}.bin"]],
    "mcp": [["mcp", "--db", f"{EVIL}://x"]],
    "validate": [["validate", f"{NAME}.records"], ["validate", f"{NAME}.bin"]],
    "schema": [["schema", EVIL], ["schema", "sql"]],
    "correct": [
        ["correct", f"{NAME}.records", "--corrections", f"{NAME}.said", "-o", f"{NAME}.c"],
        ["correct", f"{NAME}.records", "--corrections", f"{NAME}.bin", "-o", f"{NAME}.d"],
    ],
    "evaluate": [
        [
            *("evaluate", "speakers", "--records", f"{NAME}.records"),
            *("--corrections", f"{NAME}.said"),
        ],
        ["evaluate", "attributions", "--gold", f"{NAME}.gold"],
        ["evaluate", EVIL],
    ],
    "train": [
        ["train", "attributions", "--corpus", f"{NAME}.gold", "--out", f"{NAME}.model"],
        ["train", EVIL],
    ],
    "info": [["info"], ["info", "--model", EVIL], ["info", "--config", NAME]],
    "completion": [["completion", EVIL]],
    "none": [[EVIL], [f"--{EVIL}"], ["extrct", EVIL]],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_prints_terminal_control_characters(name: str, capfd: Capture) -> None:
    shown = ""
    for number, command in enumerate(COMMANDS[name]):
        code = main(command)
        said = "".join(capfd.readouterr())
        assert code != 70, said
        check(said)
        shown += said
        assert number or said, "the first command says something"
    if name not in ("schema", "info", "completion"):
        assert r"\x1b" in shown, "what is evil in a name is written out"


def test_csv_on_stdout_is_exact_but_for_control_characters(capfd: Capture) -> None:
    cells = ("a\x1b[2Jb\x9bc\u202ed", "two\r\nlines\tand a\rreturn", "=1+1", 'She said "é" 💡')
    show_rows("abcd", [cells], (), as_json=False, as_csv=True)
    _, row = csv.reader(io.StringIO(capfd.readouterr().out.removeprefix("\ufeff"), newline=""))
    assert row == [
        r"a\x1b[2Jb\x9bc\u202ed",
        "two\r\nlines\tand a\\rreturn",
        "'=1+1",
        'She said "é" 💡',
    ]


BAD = os.fsdecode(b"M\xfcller")


@pytest.mark.parametrize(
    "command",
    [
        ["said", BAD, *DATABASE],
        ["said", "Lee", *DATABASE, "--about", BAD],
        ["said", "Lee", "--db", f"sqlite:///{BAD}.db"],
        ["series", *DATABASE, "--holder", BAD],
        ["series", *DATABASE, "--measure", BAD],
        ["identities", "list", BAD, *DATABASE],
        ["identities", "show", BAD, *DATABASE],
        ["identities", "rename", "i0", BAD, *DATABASE],
        ["identities", "rename", "i0", "x", *DATABASE, "--by", BAD],
        ["load", f"{NAME}.records", "--db", f"sqlite:///{BAD}.db"],
        ["load", f"{NAME}.records", "--db", f"{BAD}.parquet"],
        ["link", "--db", f"sqlite:///{BAD}.db"],
        ["extract", f"{NAME}.txt", "--text-key", BAD],
    ],
)
def test_an_argument_that_is_not_utf_8_is_a_usage_error(command: list[str], capfd: Capture) -> None:
    assert main(["load", f"{NAME}.records", *DATABASE, "-q"]) == 0
    assert main(["copies", *DATABASE, "-q"]) == 0
    capfd.readouterr()
    assert main(command) == 2
    stderr = capfd.readouterr().err
    assert stderr.startswith("error[P101]: ")
    assert "is not UTF-8" in stderr


def test_every_command_is_covered() -> None:
    assert COMMANDS.keys() - {"none"} == commands.commands.keys()


def test_a_bug_is_reported_without_control_characters(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import cli

    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    error = ValueError(EVIL + "\n" + EVIL)
    cli._report_bug(ValueError, error, None)
    shown = capfd.readouterr().err
    check(shown)
    assert ended == [70]
    assert "error[P900]: internal error: ValueError" in shown


def test_a_log_record_is_one_line_unless_it_has_a_traceback() -> None:
    made = logging.LogRecord("x", logging.WARNING, "", 1, "%s: passed over", (f"{EVIL}\nx",), None)
    shown = options.TextLines().format(made)
    check(shown)
    assert "\n" not in shown
    made.exc_info = (ValueError, ValueError(EVIL), None)
    shown = options.TextLines().format(made)
    check(shown)
    assert shown.count("\n") == 1


def test_errors_are_two_lines_for_any_name() -> None:
    error = PipelineError(f"x\n{EVIL}", where=EVIL, hint=f"y\n{EVIL}")
    check(error.report())
    assert error.report().count("\n") == 1


def test_a_screen_draws_its_own_styles_and_escapes_others(
    on_terminal: Callable[[int], Screen],
) -> None:
    from pipeline.cli import drawing

    screen = on_terminal(100)
    evil = record(EVIL, name=EVIL, title=EVIL)
    drawing.article(findings(evil), screen, everything=True)
    screen.draw(Text(EVIL), EVIL)
    screen.say(f"{EVIL}: {EVIL}\n{EVIL}", "bold")
    screen.show(EVIL)
    screen.clear()
    shown = screen.stream.getvalue()  # type: ignore[attr-defined]
    ours = re.compile(r"\x1b\[[0-9;]*m|\r?\x1b\[K|\r(?=[^\n])")
    check(ours.sub("", shown))
    assert r"\x1b[2J" in shown


def test_only_control_characters_are_escaped() -> None:
    plain = "“Zürich” – naïve 日本語 नमस्ते \U0001f469\u200d\U0001f467 1\u00a0000 soft\u00adhyphen"
    assert safe(plain) == plain
    assert safe("a\tb\nc") == r"a\tb\nc"
    assert safe("a\tb\nc", keep="\t\n") == "a\tb\nc"


def test_all_output_goes_through_the_screen() -> None:
    """A new ``print`` or ``click.echo`` in a command would bypass the escaping."""
    found = printed(Path(main.__code__.co_filename).parent)
    assert {place.partition(":")[0] for place in found} == {"screen.py"}


def printed(folder: Path) -> list[str]:
    """Return where modules print directly."""
    found = []
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                *("print", "echo", "click.echo", "click.secho"),
                *("sys.stderr.write", "sys.stdout.write"),
            }:
                found.append(f"{path.name}:{node.lineno}")
    return found
