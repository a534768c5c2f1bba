"""``pipeline train``: fit the models that this project ships, from annotated articles."""

from __future__ import annotations

from collections.abc import Iterable
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
    model_options,
    names,
    reference,
    speakers,
    teller,
)
from pipeline.errors import OK, UsageError

NEEDED = ("torch", "onnx", "safetensors", "tokenizers")
FAST = {"epochs": 8, "rate": 2e-3}
ACCURATE = {"epochs": 4, "rate": 2e-3}


@click.group(cls=Commands)
def train() -> None:
    """Train a model from annotated articles (extra train).

    \b
    pipeline train attributions --corpus train.jsonl --out small
    pipeline train names --corpus train.jsonl --out names
    """


train.add_command(names)
train.add_command(figures)
train.add_command(reference)


@train.command("attributions", no_args_is_help=True)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path),
    help="Annotated articles, JSONL with id, text and attributions.",
)
@corrections_and_records
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
@click.option(
    "--epochs",
    type=click.IntRange(1),
    metavar="N",
    help="Passes over the articles. [default: 8; accurate: 4]",
)
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
@model_options
@options.quiet_and_verbose
def attributions(
    corpus: Path | None,
    corrections: str | None,
    reviewed_records: tuple[str, ...],
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

    It learns from a corpus, from corrections, or from both. Of an article whose attributions no
    reviewer called complete, it reads only the stretches that were judged. What it learns from
    stands in WORK/corpus.jsonl where corrections take part.

    \b
    pipeline train attributions --corpus train.jsonl --out large --profile accurate
    pipeline train attributions --corpus train.jsonl --out small --teacher large
    pipeline train attributions --corrections corrections.jsonl --records out/RUN --out ours
    """
    options.set_up_logging(verbose)
    if corpus is None and corrections is None:
        hint = "give --corpus, or --corrections with --records, or all three"
        raise UsageError("nothing to learn from", hint=hint)
    check_training(out, force=force, needed=NEEDED)
    work = work or out.with_name(f"{out.name}.work")
    if corrections is not None or corpus is None or reviewed_records:
        corpus = corpus_with(corpus, corrections, reviewed_records, work=work, quiet=quiet)
    from pipeline.training.attributions.encoder import folder_of_encoder
    from pipeline.training.attributions.fit import Schedule
    from pipeline.training.attributions.run import train as run

    chosen = ACCURATE if profile == "accurate" else FAST
    schedule = Schedule(epochs=epochs or int(chosen["epochs"]), rate=chosen["rate"], seed=seed)
    run(
        corpus,
        out,
        work=work,
        schedule=schedule,
        members=members,
        teacher=teacher,
        encoder=folder_of_encoder() if profile == "accurate" else None,
        tell=teller(quiet=quiet),
    )
    return OK


def corpus_with(
    corpus: Path | None,
    corrections: str | None,
    records: Iterable[str],
    *,
    work: Path,
    quiet: bool = False,
) -> Path:
    """Return a file with the articles of a corpus and those that were reviewed.

    One that was reviewed replaces the one of the same text.
    """
    from pipeline.training.attributed import read_corpus
    from pipeline.training.reviewed import annotated
    from pipeline.writers.files import NewFile

    found = (annotated(one) for one in reviewed_articles(corrections, records, quiet=quiet))
    judged = {one.text: one for one in found if one is not None}
    given = {one.text: one for one in read_corpus(corpus)} if corpus is not None else {}
    file = NewFile(work / "corpus.jsonl", force=True)
    try:
        for article in (given | judged).values():
            file.write(article.to_line().encode())
        file.commit()
    except BaseException:
        file.abort()
        raise
    if not quiet:
        tell(f"learns from {plural(len(judged), 'reviewed articles')}")
    return file.path


train.add_command(speakers)
