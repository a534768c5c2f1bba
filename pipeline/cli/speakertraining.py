"""``pipeline train speakers``: fit the ranker of sources and speakers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.screen import tell
from pipeline.errors import OK, ExtraMissing, OutputExists

NEEDED = ("torch", "onnx")


@click.command("speakers", no_args_is_help=True)
@click.option(
    "--corpus",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Annotated articles, JSONL with entities, quotes and attributions.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Folder of the model.",
)
@click.option("--seed", type=int, default=1, metavar="N", help="Random seed. [default: 1]")
@click.option("--force", is_flag=True, help="Replace the files in OUT.")
@options.quiet_and_verbose
def speakers(corpus: Path, out: Path, seed: int, force: bool, quiet: bool, verbose: int) -> int:
    """Train the networks that decide who speaks.

    It runs the pipeline over the articles, fits the ranker to what it finds and to the annotated
    mentions, and calibrates it on articles that were held back.

    \b
    pipeline train speakers --corpus train.jsonl --out models/speakers --force
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
    from pipeline.training.speakers.fit import Schedule
    from pipeline.training.speakers.run import train

    train(corpus, out, schedule=Schedule(seed=seed), tell=(lambda _: None) if quiet else tell)
    return OK
