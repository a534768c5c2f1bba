"""Make every model of ``models/`` from its corpora, step by step, as ``models/recipe.toml`` says.

    python -m pipeline.training.recipe --data CORPORA --work WORK
    python -m pipeline.training.recipe --work WORK --step senses --step times --check

Each step runs in a copy of the project with the models of the steps before it. An interrupted run
resumes: a step is skipped if its command, inputs, models and the steps before it are the same, and
a training resumes from its last checkpoint. At the end, the models and their checksums in
``models/manifest.toml`` are replaced, or compared with ``--check``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click

from pipeline.errors import InputNotFound, ModelChanged, UsageError
from pipeline.manifest import FILE_NAME, ModelEntry, checksum, read_manifest
from pipeline.training.regression import reporting

ROOT = Path(__file__).resolve().parents[2]
RECIPE = "recipe.toml"
PROGRAMS = {"python": [sys.executable], "pipeline": [sys.executable, "-m", "pipeline"]}
COPIED = ("pipeline", "models", "benchmarks")
"""Folders of the project that a step may read or change; others are links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command that writes a folder."""

    name: str
    """Also the name of its folder: ``made/NAME``, beside the folders of earlier steps."""
    run: str
    """The command, with paths from the project's root, ``data/`` and ``made/``."""
    minutes: int
    """How long it takes on two cores."""
    models: Mapping[str, str] = field(default_factory=dict)
    """The folders of models that it makes, by name, below its own."""
    stdout: str = ""
    """The file of its folder that takes the output of the command."""

    @property
    def command(self) -> list[str]:
        program, *rest = shlex.split(self.run)
        return [*PROGRAMS.get(program, [program]), *rest]

    def paths(self, start: str) -> list[str]:
        """Return the paths of the command that begin with a folder."""
        words = (re.sub(r"=[\d.]+$", "", word) for word in self.command)
        return [word for word in words if word.startswith(start)]

    @property
    def needs(self) -> set[str]:
        """The names of the steps whose files it reads by their paths."""
        return {path.split("/")[1] for path in self.paths("made/")} - {self.name}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps in their order, and the SHA-256 of each file that they read."""

    inputs: Mapping[str, str]
    steps: Sequence[Step]


def read_recipe(path: Path) -> Recipe:
    """Return a recipe from its file."""
    table = tomllib.loads(path.read_text("utf-8"))
    return Recipe(table["inputs"], [Step(**one) for one in table["steps"]])


class Workspace:
    """A folder in which the steps of a recipe run."""

    def __init__(self, root: Path, recipe: Recipe, data: Path, work: Path) -> None:
        """``data`` has the corpora that the project does not ship."""
        self.root, self.recipe, self.data, self.work = root, recipe, data, work

    def check_inputs(self, steps: Sequence[Step]) -> None:
        """Raise ``InputNotFound`` or ``ModelChanged`` for a file that steps need."""
        for name in sorted({path for one in steps for path in one.paths("data/")}):
            self._checked(name, self.data / name.removeprefix("data/"))
        for name in sorted({path for one in steps for path in one.paths("seeds/")}):
            self._checked(name, self.root / name)

    def _checked(self, name: str, path: Path) -> None:
        if not path.is_file():
            raise InputNotFound("no such file", where=str(path), hint=f"{RECIPE} needs it")
        if checksum(path) != self.recipe.inputs[name]:
            hint = f"use the file that {RECIPE} was written for, or change its checksum there"
            raise ModelChanged("another file than that of the recipe", where=str(path), hint=hint)

    def prepare(self) -> None:
        """Copy the project to the folder, with the shipped models."""
        self.work.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            shutil.rmtree(self.work / name, ignore_errors=True)
            skip = shutil.ignore_patterns("__pycache__")
            shutil.copytree(self.root / name, self.work / name, ignore=skip)
        for name, target in (("seeds", self.root / "seeds"), ("data", self.data)):
            link = self.work / name
            link.unlink(missing_ok=True)
            link.symlink_to(target.resolve(), target_is_directory=True)

    def run(self, steps: Sequence[Step]) -> Iterator[str]:
        """Run the steps that are not done, and yield a line for each.

        Raises ``CalledProcessError`` for a command that fails, and ``UsageError`` for a step that
        reads the files of another one that has never run.
        """
        for number, step in enumerate(steps, 1):
            for other in sorted(step.needs):
                if not (self.work / "made" / f"{other}.done").is_file():
                    hint = f"add --step {other}"
                    raise UsageError(f"--step {step.name} needs step {other}", hint=hint)
            at = f"{number}/{len(steps)} {step.name}"
            key, stamp = self._key(step), self.work / "made" / f"{step.name}.done"
            if stamp.is_file() and stamp.read_text("utf-8") == key:
                yield f"{at}: done before"
            else:
                yield f"{at}: about {step.minutes} minutes"
                started = time.monotonic()
                self._run(step)
                stamp.write_text(key, "utf-8")
                yield f"{at}: {time.monotonic() - started:.0f} s"
            for model, folder in step.models.items():
                install(self.work / "made" / step.name / folder, self.work / "models", model)

    def _run(self, step: Step) -> None:
        folder = self.work / "made" / step.name
        folder.mkdir(parents=True, exist_ok=True)
        places = os.pathsep.join([str(self.work), os.environ.get("PYTHONPATH", "")])
        environment = os.environ | {"PYTHONPATH": places}
        run = partial(subprocess.run, step.command, cwd=self.work, env=environment, check=True)
        if not step.stdout:
            run()
            return
        with (folder / step.stdout).open("wb") as out:
            run(stdout=out)

    def _key(self, step: Step) -> str:
        """Return a checksum of what a step depends on: command, inputs, models, earlier steps.

        The models of this step and of later ones are left out, which it should not depend on, and
        the code: most changes of it change no model. Use a new folder after one that does.
        """
        read = {one: self.recipe.inputs[one] for one in step.paths("data/") + step.paths("seeds/")}
        before = {
            one: (self.work / "made" / f"{one}.done").read_text("utf-8")
            for one in sorted(step.needs)
        }
        rest = self.recipe.steps[self.recipe.steps.index(step) :]
        later = {name for one in rest for name in one.models}
        models = {
            one.name: dict(one.files)
            for one in read_manifest(self.work / "models" / FILE_NAME)
            if one.name not in later
        }
        whole = json.dumps([step.run, read, before, models], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()

    def models(self, steps: Sequence[Step]) -> Iterator[tuple[ModelEntry, list[str]]]:
        """Yield the entries of the models of steps, with the files that differ from them."""
        made = {model for one in steps for model in one.models}
        for entry in read_manifest(self.root / "models" / FILE_NAME):
            if entry.name in made:
                folder = self.work / "models" / entry.folder
                yield entry, [n for n, sha in entry.files.items() if checksum(folder / n) != sha]


def install(made: Path, models: Path, name: str) -> None:
    """Copy the files of a model to its folder in ``models``, with their checksums.

    Raises ``ModelChanged`` for a file of the manifest that was not made.
    """
    manifest = models / FILE_NAME
    entry = next(one for one in read_manifest(manifest) if one.name == name and not one.package)
    head, found, rest = manifest.read_text("utf-8").partition(f'\nfolder = "{entry.folder}"\n')
    mine, more, rest = rest.partition("\n[[models]]")
    for file in entry.files:
        if not (made / file).is_file():
            raise ModelChanged(f"{file} was not made", where=name, hint="see the step's output")
        if made.resolve() != (models / entry.folder).resolve():
            shutil.copyfile(made / file, models / entry.folder / file)
        line = f'"{file}" = "{checksum(made / file)}"'
        mine = re.sub(rf'^"{re.escape(file)}" = "\w+"$', line, mine, flags=re.MULTILINE)
    manifest.write_text(head + found + mine + more + rest, "utf-8")


def chosen(recipe: Recipe, names: Sequence[str]) -> list[Step]:
    """Return the steps with some names, all without; raise ``UsageError`` for an unknown one."""
    known = {one.name for one in recipe.steps}
    for name in names:
        if name not in known:
            raise UsageError(f"--step {name}: no such step", hint=", ".join(sorted(known)))
    return [one for one in recipe.steps if not names or one.name in names]


FOLDER: Any = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option(
    "--data", type=FOLDER, default=Path("data"), help="Folder of the corpora. [default: data]"
)
@click.option("--work", type=FOLDER, required=True, help="Folder of what is made.")
@click.option("--step", "names", multiple=True, help="Only this step. Repeatable.")
@click.option("--check", is_flag=True, help="Compare with the shipped models; change nothing.")
def main(data: Path, work: Path, names: tuple[str, ...], check: bool) -> None:
    """Make the models, and write them and their checksums to models/."""
    with reporting():
        try:
            make(ROOT, data.resolve(), work.resolve(), names, check=check)
        except subprocess.CalledProcessError as error:
            message = f"{shlex.join(error.cmd)}\nended with {error.returncode}"
            raise click.ClickException(message) from error


def make(root: Path, data: Path, work: Path, names: Sequence[str], *, check: bool) -> None:
    """Make the models of some steps; exit with 1 if ``check`` finds other files.

    Raises what the methods of ``Workspace`` do.
    """
    recipe = read_recipe(root / "models" / RECIPE)
    steps = chosen(recipe, names)
    workspace = Workspace(root, recipe, data, work)
    workspace.check_inputs(steps)
    workspace.prepare()
    for line in workspace.run(steps):
        click.echo(line)
    failed = False
    for entry, differ in workspace.models(steps):
        failed = failed or bool(differ)
        told = f"{', '.join(differ)} differs" if differ else "the same bytes"
        click.echo(f"{entry.name}: {told}")
        if not check:
            install(work / "models" / entry.folder, root / "models", entry.name)
    if check and failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
