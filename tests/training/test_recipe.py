"""The recipe of the models is followed step by step, and covers all that is shipped."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import click
import pytest

from pipeline.cli import commands
from pipeline.errors import InputNotFound, ModelChanged, UsageError
from pipeline.manifest import checksum, read_manifest
from pipeline.training.recipe import RECIPE, ROOT, Step, make, read_recipe

SHIPPED = read_recipe(ROOT / "models" / RECIPE)
JOIN = """\
import sys
from pathlib import Path
*read, out = sys.argv[1:]
Path("runs.txt").open("a").write(out + "\\n")
Path(out).parent.mkdir(parents=True, exist_ok=True)
Path(out).write_text("".join(Path(one).read_text() for one in read))
"""
STEPS = """
[[steps]]
name = "sea"
run = "python benchmarks/join.py seeds/words.txt data/more.txt made/sea/sea.txt"
minutes = 1

[[steps]]
name = "tide"
run = "python benchmarks/join.py made/sea/sea.txt models/star/star.txt made/tide/in/tide.txt"
models = { tide = "in" }
minutes = 1

[[steps]]
name = "moon"
run = "python benchmarks/join.py models/tide/tide.txt seeds/words.txt made/moon/moon.txt"
models = { moon = "." }
minutes = 1
"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with three models: one made from two corpora and one that no step makes."""
    root = tmp_path / "project"
    files = {
        "pipeline/__init__.py": "",
        "benchmarks/join.py": JOIN,
        "seeds/words.txt": "high ",
        "data/more.txt": "water ",
        "models/tide/tide.txt": "low ",
        "models/moon/moon.txt": "new ",
        "models/star/star.txt": "full ",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    inputs = "".join(
        f'"{name}" = "{sha256(files[name])}"\n' for name in ("seeds/words.txt", "data/more.txt")
    )
    (root / "models" / RECIPE).write_text(f"[inputs]\n{inputs}{STEPS}")
    entries = (
        f'[[models]]\nname = "{name}"\nversion = "1"\nlicence = "MIT"\norigin = "here"\n'
        f'folder = "{name}"\n\n[models.files]\n"{name}.txt" = "{sha256(text)}"\n'
        for name, text in (("tide", "low "), ("moon", "new "), ("star", "full "))
    )
    (root / "models" / "manifest.toml").write_text("\n".join(entries))
    return root


def ship(root: Path, name: str, before: str, text: str) -> None:
    """Replace the text of a shipped model."""
    (root / "models" / name / f"{name}.txt").write_text(text)
    manifest = root / "models" / "manifest.toml"
    manifest.write_text(manifest.read_text().replace(sha256(before), sha256(text)))


def made(root: Path, *names: str, check: bool = False) -> list[str]:
    """Follow the recipe; return the files that were written this time."""
    log = root.parent / "work" / "runs.txt"
    log.unlink(missing_ok=True)
    make(root, root / "data", root.parent / "work", names, check=check)
    return log.read_text().split() if log.exists() else []


def test_a_step_reads_the_models_of_steps_before_it(root: Path) -> None:
    made(root)
    assert (root / "models/tide/tide.txt").read_text() == "high water full "
    assert (root / "models/moon/moon.txt").read_text() == "high water full high "
    for entry in read_manifest(root / "models" / "manifest.toml"):
        entry.verify(root / "models" / entry.folder)


def test_a_step_that_failed_is_the_first_to_run_again(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    work = root / "benchmarks" / "join.py"
    program = work.read_text()
    work.write_text(f"{program}assert 'moon.txt' not in out, 'no moon'\n")
    before = (root / "models" / "manifest.toml").read_text()
    with pytest.raises(subprocess.CalledProcessError):
        made(root)
    assert "no moon" in capfd.readouterr().err
    assert (root / "models" / "manifest.toml").read_text() == before
    work.write_text(program)
    assert made(root) == ["made/moon/moon.txt"]
    assert "1/3 sea: done before" in capfd.readouterr().out


def test_a_changed_corpus_is_refused_until_the_recipe_names_it(root: Path) -> None:
    (root / "data" / "more.txt").write_text("wind ")
    with pytest.raises(ModelChanged, match="another file than that of the recipe"):
        made(root)
    table = root / "models" / RECIPE
    table.write_text(table.read_text().replace(sha256("water "), sha256("wind ")))
    assert made(root) == ["made/sea/sea.txt", "made/tide/in/tide.txt", "made/moon/moon.txt"]
    (root / "data" / "more.txt").unlink()
    with pytest.raises(InputNotFound):
        made(root)


def test_check_compares_and_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        made(root, check=True)
    assert "tide: tide.txt differs" in capsys.readouterr().out
    assert (root / "models/tide/tide.txt").read_text() == "low "
    ship(root, "moon", "new ", "low high ")
    made(root, "moon", check=True)
    assert capsys.readouterr().out.endswith("moon: the same bytes\n")


def test_a_step_runs_again_if_a_model_changed_that_no_later_step_makes(root: Path) -> None:
    assert len(made(root)) == 3
    ship(root, "moon", "high water full high ", "old ")
    assert made(root) == []
    ship(root, "star", "full ", "dim ")
    assert made(root) == ["made/sea/sea.txt", "made/tide/in/tide.txt", "made/moon/moon.txt"]


def test_a_step_that_is_unknown_or_lacks_another_one_is_an_error(root: Path) -> None:
    with pytest.raises(UsageError, match="no such step"):
        made(root, "sun")
    with pytest.raises(UsageError, match="needs step sea"):
        made(root, "tide")
    assert made(root, "sea", "tide") == ["made/sea/sea.txt", "made/tide/in/tide.txt"]


def test_every_shipped_model_is_made_by_a_step() -> None:
    own = {one.name for one in read_manifest(ROOT / "models" / "manifest.toml") if not one.package}
    assert {name for step in SHIPPED.steps for name in step.models} == own


def test_the_shipped_recipe_reads_what_is_there_or_made_before() -> None:
    before: set[str] = set()
    for step in SHIPPED.steps:
        assert step.needs <= before, step.name
        before.add(step.name)
        for path in step.paths("seeds/"):
            assert checksum(ROOT / path) == SHIPPED.inputs[path]
        assert set(step.paths("data/")) <= SHIPPED.inputs.keys()
        assert all((ROOT / path).exists() for path in step.paths("models/"))
    read = {one for step in SHIPPED.steps for one in step.paths("data/") + step.paths("seeds/")}
    assert read == SHIPPED.inputs.keys()


@pytest.mark.parametrize(
    "step",
    [one for one in SHIPPED.steps if one.run.startswith("pipeline ")],
    ids=lambda one: one.name,
)
def test_the_commands_of_the_shipped_recipe_have_options_that_exist(step: Step) -> None:
    words = step.run.split()[1:]
    command: click.Command = commands
    while isinstance(command, click.Group):
        name, *words = words
        command = command.commands[name]
    command.make_parser(click.Context(command)).parse_args(words)
