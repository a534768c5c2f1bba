"""``pipeline train names``: fit the network of names from annotated articles."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.screen import tell
from pipeline.errors import OK, ExtraMissing, OutputExists, UsageError

NEEDED = ("torch", "onnx")


@click.command("names", no_args_is_help=True)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    required=True,
    metavar="CORPUS[=WEIGHT]",
    help="Annotated articles, JSONL with id, text, and entities or names; how much they count.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Folder of the model.",
)
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=5,
    metavar="N",
    help="Passes over the articles. [default: 5]",
)
@click.option(
    "--seed",
    type=int,
    default=1,
    metavar="N",
    help="Another number, another draw of all that is left to chance. [default: 1]",
)
@click.option("--force", is_flag=True, help="Replace the files in OUT.")
@options.quiet_and_verbose
def names(
    corpora: tuple[str, ...],
    out: Path,
    epochs: int,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the network that finds names, dates and amounts.

    Some articles must be annotated in full: a tenth of these is held back, and scores each epoch.
    What an annotation leaves open is as the base model's own recogniser has it.

    \b
    pipeline train names --corpus news.jsonl=3 --corpus web.jsonl --out names
    """
    options.set_up_logging(verbose)
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ExtraMissing(
            f"training needs {', '.join(missing)}",
            hint="pip install 'news-extraction-pipeline[train]'",
        )
    if not force and any(out.glob("*.onnx")):
        raise OutputExists("holds a model", where=str(out), hint="pass --force to replace it")
    from pipeline.training.names.fit import Schedule
    from pipeline.training.names.run import train

    schedule = Schedule(epochs=epochs, seed=seed)
    train(
        [weighted(one) for one in corpora], out, schedule=schedule, tell=_nobody if quiet else tell
    )
    return OK


def weighted(given: str) -> tuple[Path, float]:
    """Return a file and how much it counts, 1 if that is not told."""
    path, _, weight = given.rpartition("=")
    try:
        found = (Path(path), float(weight)) if path else (Path(given), 1.0)
    except ValueError as error:
        raise UsageError(f"--corpus {given}: {weight!r} is no number", hint="FILE=2.5") from error
    if not found[0].is_file():
        raise UsageError(f"--corpus {given}: there is no such file", hint="FILE or FILE=WEIGHT")
    return found


def _nobody(line: str) -> None:
    """Tell nobody."""
