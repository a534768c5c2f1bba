"""``pipeline train``: fit the models that this project ships, from annotated articles."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.commands import Commands
from pipeline.errors import OK, ExtraMissing, OutputExists

NEEDED = ("torch", "onnx", "safetensors", "tokenizers")
FAST = {"epochs": 8, "rate": 2e-3}
ACCURATE = {"epochs": 4, "rate": 2e-3}


@click.group(cls=Commands)
def train() -> None:
    """Train a model from annotated articles (extra train).

    \b
    pipeline train attributions --corpus train.jsonl --out small
    """


@train.command("attributions", no_args_is_help=True)
@click.option(
    "--corpus",
    required=True,
    type=click.Path(path_type=Path),
    help="Annotated articles, JSONL with id, text and attributions.",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER"
)
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Checkpoints and logs; a run that was broken off goes on there. [default: OUT.work]",
)
@click.option(
    "--profile",
    type=click.Choice(["fast", "accurate"]),
    default="fast",
    help="The network of which profile. [default: fast]",
)
@click.option("--epochs", type=click.IntRange(1), metavar="N", help="[default: 8; accurate: 4]")
@click.option(
    "--members",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="Average so many taggers from different seeds. [default: 1]",
)
@click.option(
    "--teacher",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="A network trained on the same corpus, to learn from beside the annotation.",
)
@click.option("--seed", type=int, default=1, metavar="N", help="[default: 1]")
@click.option("--force", is_flag=True, help="Replace the files in OUT.")
@options.quiet_and_verbose
def attributions(
    corpus: Path,
    out: Path,
    work: Path | None,
    profile: str,
    epochs: int | None,
    members: int,
    teacher: Path | None,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the network that judges and proposes attributions.

    \b
    pipeline train attributions --corpus train.jsonl --out large --profile accurate
    pipeline train attributions --corpus train.jsonl --out small --teacher large
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
    from pipeline.training.attributions.encoder import folder_of_encoder
    from pipeline.training.attributions.fit import Schedule
    from pipeline.training.attributions.run import train as run

    chosen = ACCURATE if profile == "accurate" else FAST
    schedule = Schedule(epochs=epochs or int(chosen["epochs"]), rate=chosen["rate"], seed=seed)
    run(
        corpus,
        out,
        work=work or out.with_name(f"{out.name}.work"),
        schedule=schedule,
        members=members,
        teacher=teacher,
        encoder=folder_of_encoder() if profile == "accurate" else None,
        tell=_nobody if quiet else partial(click.echo, err=True),
    )
    return OK


def _nobody(line: str) -> None:
    """Tell nobody."""
