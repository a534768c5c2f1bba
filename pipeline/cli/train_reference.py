"""``pipeline train reference``: fit the ranker of pronouns and noun phrases."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.screen import tell
from pipeline.errors import OK, ExtraMissing, OutputExists

NEEDED = ("torch", "onnx")


@click.command("reference", no_args_is_help=True)
@click.option(
    "--corpus",
    "corpora",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Annotated texts, JSONL with id, text and entities, clusters or a pronoun. Repeatable.",
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
    default=12,
    metavar="N",
    help="Passes over the texts. [default: 12]",
)
@click.option(
    "--members",
    type=click.IntRange(1),
    default=2,
    metavar="N",
    help="Average so many rankers from different seeds. [default: 2]",
)
@click.option("--seed", type=int, default=1, metavar="N", help="Random seed. [default: 1]")
@click.option("--force", is_flag=True, help="Replace the files in OUT.")
@options.quiet_and_verbose
def reference(
    corpora: tuple[Path, ...],
    out: Path,
    epochs: int,
    members: int,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the ranker that resolves pronouns and noun phrases.

    \b
    pipeline train reference --corpus news.jsonl --corpus gap.jsonl --out models/reference
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
    from pipeline.training.reference.fit import Schedule
    from pipeline.training.reference.run import train

    schedule = Schedule(epochs=epochs, members=members, seed=seed)
    train(corpora, out, schedule=schedule, tell=_nobody if quiet else tell)
    return OK


def _nobody(line: str) -> None:
    """Tell nobody."""
