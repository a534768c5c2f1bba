"""``pipeline train``: train the models of this project on annotated articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.commands import Commands
from pipeline.cli.reviewing import corrections_and_records, reviewed_articles
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.cli.training import (
    check_training,
    figures,
    identity,
    model_options,
    names,
    reference,
    speakers,
    teller,
    weighted,
)
from pipeline.errors import OK, UsageError

NEEDED = ("torch", "onnx", "safetensors", "tokenizers")
EPOCHS = {"fast": 8, "accurate": 4}
MEMBERS = {"fast": 1, "accurate": 3}
WITHOUT_VECTORS = {"fast": 0.0, "accurate": 0.1}


@click.group(cls=Commands)
def train() -> None:
    """Train a model from annotated articles (extra train).

    \b
    pipeline train attributions --corpus train.jsonl --out small
    pipeline train names --corpus train.jsonl --out names
    """


train.add_command(identity)
train.add_command(names)
train.add_command(figures)
train.add_command(reference)


@train.command("attributions", no_args_is_help=True)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="CORPUS[=WEIGHT]",
    help="Annotated articles, JSONL with id, text and attributions; WEIGHT is 1 by default. "
    "Repeatable.",
)
@corrections_and_records
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Folder for checkpoints and logs, from which training resumes. [default: OUT.work]",
)
@click.option(
    "--profile",
    type=click.Choice(["fast", "accurate"]),
    default="fast",
    help="Profile to train the network for. [default: fast]",
)
@click.option(
    "--epochs",
    type=click.IntRange(1),
    metavar="N",
    help="Passes over the articles. [default: 8; accurate: 4]",
)
@click.option(
    "--members",
    type=click.IntRange(1),
    metavar="N",
    help="Number of taggers with different seeds to average; with accurate, the first one has the "
    "encoder. [default: 1; accurate: 3]",
)
@click.option(
    "--teacher",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="A network to distil, in addition to the annotations. The new network has a code for each "
    "of its words.",
)
@model_options
@options.quiet_and_verbose
def attributions(
    corpora: tuple[str, ...],
    corrections: str | None,
    reviewed_records: tuple[str, ...],
    out: Path,
    work: Path | None,
    profile: str,
    epochs: int | None,
    members: int | None,
    teacher: Path | None,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the network that finds attributions.

    It learns from corpora, from corrections, or from both. In an article whose attributions no
    reviewer marked as complete, it uses only the reviewed passages. Reviewed articles are written
    to WORK/reviewed.jsonl, and replace articles of a corpus with the same text.

    \b
    pipeline train attributions --corpus news.jsonl=3 --out large --profile accurate
    pipeline train attributions --corpus news.jsonl=3 --out small --teacher large
    pipeline train attributions --corrections corrections.jsonl --records out/RUN --out ours
    """
    options.set_up_logging(verbose)
    if not corpora and corrections is None:
        hint = "give --corpus, or --corrections and --records, or all three"
        raise UsageError("nothing to train on", hint=hint)
    check_training(out, force=force, needed=NEEDED)
    work = work or out.with_name(f"{out.name}.work")
    found = [weighted(one) for one in corpora]
    if corrections is not None or reviewed_records:
        found.append((reviewed(corrections, reviewed_records, work=work, quiet=quiet), 1.0))
    from pipeline.training.attributions.encoder import folder_of_encoder
    from pipeline.training.attributions.fit import Schedule
    from pipeline.training.attributions.run import train as run

    schedule = Schedule(
        epochs=epochs or EPOCHS[profile], without_vectors=WITHOUT_VECTORS[profile], seed=seed
    )
    run(
        found,
        out,
        work=work,
        schedule=schedule,
        plain=replace(schedule, epochs=epochs or EPOCHS["fast"]),
        members=members or MEMBERS[profile],
        teacher=teacher,
        encoder=folder_of_encoder() if profile == "accurate" else None,
        tell=teller(quiet=quiet),
    )
    return OK


def reviewed(
    corrections: str | None, records: Iterable[str], *, work: Path, quiet: bool = False
) -> Path:
    """Write the reviewed articles to a file in ``work`` and return its path."""
    from pipeline.training.reviewed import annotated
    from pipeline.writers.files import NewFile

    found = (annotated(one) for one in reviewed_articles(corrections, records, quiet=quiet))
    judged = [one for one in found if one is not None]
    file = NewFile(work / "reviewed.jsonl", force=True)
    try:
        for article in judged:
            file.write(article.to_line().encode())
        file.commit()
    except BaseException:
        file.abort()
        raise
    if not quiet:
        tell(f"training on {plural(len(judged), 'reviewed articles')}")
    return file.path


train.add_command(speakers)
