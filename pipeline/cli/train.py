"""``pipeline train``: train the models of this project on annotated articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from pipeline.cli import options
from pipeline.cli.commands import Commands
from pipeline.cli.corrections import corrections_and_records, reviewed_articles
from pipeline.cli.screen import plural, tell
from pipeline.errors import OK, ExtraMissing, InputNotFound, OutputExists, UsageError

NEEDED = ("torch", "onnx")
ENCODED = ("safetensors", "tokenizers")
Command = Callable[..., Any]


def model_options(command: Command) -> Command:
    """Add the options of all training commands: the folder, the seed, replacing files."""
    for option in (
        click.option("--force", is_flag=True, help="Replace the files in OUT."),
        click.option("--seed", type=int, default=1, metavar="N", help="Random seed. [default: 1]"),
        click.option(
            "--out",
            required=True,
            type=click.Path(path_type=Path, file_okay=False),
            metavar="FOLDER",
            help="Output folder of the model.",
        ),
    ):
        command = option(command)
    return command


def passes(default: int) -> Callable[[Command], Command]:
    """Return the option for the number of passes over the texts."""
    return click.option(
        "--epochs",
        type=click.IntRange(1),
        default=default,
        metavar="N",
        help=f"Number of passes over the texts. [default: {default}]",
    )


def files(about: str) -> Callable[[Command], Command]:
    """Return the option for corpora of equal weight."""
    return click.option(
        "--corpus",
        "corpora",
        required=True,
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"{about} Repeatable.",
    )


def check_training(out: Path, *, force: bool, needed: tuple[str, ...] = NEEDED) -> None:
    """Raise ``ExtraMissing`` without the packages, ``OutputExists`` if there is already a model."""
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise ExtraMissing(
            f"training needs {', '.join(missing)}",
            hint="pip install 'news-extraction-pipeline[train]'",
        )
    if not force and any(
        (*out.glob("*.onnx"), *out.glob("*.safetensors"), *out.glob("weights.toml"))
    ):
        raise OutputExists("contains a model", where=str(out), hint="pass --force to replace it")


def teller(*, quiet: bool) -> Callable[[str], None]:
    """Return a function that prints progress, or does nothing if ``quiet``."""
    return (lambda _: None) if quiet else tell


@click.command("names", no_args_is_help=True)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    required=True,
    metavar="CORPUS[=WEIGHT]",
    help="Annotated articles, JSONL with id, text, and entities or names; WEIGHT is 1 by default. "
    "Repeatable.",
)
@click.option(
    "--encoder",
    is_flag=True,
    help="Train a teacher: a network on top of an encoder, slower but better.",
)
@click.option(
    "--teacher",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Teacher whose predictions to learn from on articles without annotation.",
)
@passes(5)
@model_options
@options.quiet_and_verbose
def names(
    corpora: tuple[str, ...],
    encoder: bool,
    teacher: Path | None,
    out: Path,
    epochs: int,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the network that finds names, dates and amounts.

    Some articles must be annotated in full: an eighth of them is held back and scored after each
    epoch. Labels that an annotation does not cover come from the recogniser of the base model. On
    articles without annotation, the network learns the predictions of the teacher.

    \b
    pipeline train names --corpus news.jsonl=3 --corpus web.jsonl --encoder --out teacher
    pipeline train names --corpus news.jsonl=3 --corpus more.jsonl --teacher teacher --out names
    """
    options.set_up_logging(verbose)
    check_training(out, force=force, needed=(*NEEDED, *(ENCODED if encoder or teacher else ())))
    from pipeline.training.attributions.encoder import folder_of_encoder
    from pipeline.training.names.fit import STUDENT, TEACHER
    from pipeline.training.names.run import train

    train(
        [weighted(one) for one in corpora],
        out,
        schedule=replace(TEACHER if encoder else STUDENT, epochs=epochs, seed=seed),
        encoder=folder_of_encoder() if encoder else None,
        teacher=teacher,
        tell=teller(quiet=quiet),
    )
    return OK


def weighted(given: str) -> tuple[Path, float]:
    """Return a file and its weight, which is 1 by default."""
    path, _, weight = given.rpartition("=")
    try:
        found = (Path(path), float(weight)) if path else (Path(given), 1.0)
    except ValueError as error:
        raise UsageError(
            f"--corpus {given}: {weight!r} is not a number", hint="FILE=2.5"
        ) from error
    if not found[0].exists():
        raise UsageError(f"--corpus {given}: no such file", hint="FILE or FILE=WEIGHT")
    return found


@click.command("reference", no_args_is_help=True)
@files("Annotated texts, JSONL with id, text and entities, clusters or a pronoun.")
@click.option(
    "--folds",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Also write rankers for train speakers, each trained without a part of the articles.",
)
@click.option(
    "--encoder",
    is_flag=True,
    help="Train an encoder below the ranker, as the profile accurate has.",
)
@model_options
@options.quiet_and_verbose
def reference(
    corpora: tuple[Path, ...],
    folds: Path | None,
    encoder: bool,
    out: Path,
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
    check_training(out, force=force, needed=(*NEEDED, *(ENCODED if encoder else ())))
    from pipeline.training.attributions.encoder import folder_of_encoder
    from pipeline.training.reference.fit import SCHEDULES
    from pipeline.training.reference.run import train

    train(
        corpora,
        out,
        schedules={part: replace(one, seed=seed) for part, one in SCHEDULES.items()},
        folds=folds,
        encoder=folder_of_encoder() if encoder else None,
        tell=teller(quiet=quiet),
    )
    return OK


@click.command("figures", no_args_is_help=True)
@files("Annotated articles, JSONL with id, text, entities, figures and times.")
@passes(18)
@click.option(
    "--members",
    type=click.IntRange(1),
    default=3,
    metavar="N",
    help="Number of scorers with different seeds to average. [default: 3]",
)
@model_options
@options.quiet_and_verbose
def figures(
    corpora: tuple[Path, ...],
    out: Path,
    epochs: int,
    members: int,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the scorer that decides what numbers are and what they measure.

    \b
    pipeline train figures --corpus news.jsonl --out models/figures
    """
    options.set_up_logging(verbose)
    check_training(out, force=force)
    from pipeline.training.figures.fit import Schedule
    from pipeline.training.figures.run import train

    schedule = Schedule(epochs=epochs, members=members, seed=seed)
    train(corpora, out, schedule=schedule, tell=teller(quiet=quiet))
    return OK


@click.command("speakers", no_args_is_help=True)
@files("Annotated articles, JSONL with entities, quotes and attributions.")
@click.option(
    "--reference",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="Output of train reference --folds for the same articles.",
)
@model_options
@options.quiet_and_verbose
def speakers(
    corpora: tuple[Path, ...],
    reference: Path,
    out: Path,
    seed: int,
    force: bool,
    quiet: bool,
    verbose: int,
) -> int:
    """Train the networks that decide who speaks.

    It runs the pipeline on the articles, fits the ranker to the findings and to the annotated
    mentions, and calibrates it on held-back articles.

    \b
    pipeline train reference --corpus train.jsonl --folds folds --out models/reference --force
    pipeline train speakers --corpus train.jsonl --reference folds --out models/speakers --force
    """
    options.set_up_logging(verbose)
    check_training(out, force=force)
    from pipeline.training.speakers.fit import Schedule
    from pipeline.training.speakers.run import train

    schedule = Schedule(seed=seed)
    train(corpora, out, reference=reference, schedule=schedule, tell=teller(quiet=quiet))
    return OK


@click.command("identity", no_args_is_help=True)
@click.option(
    "--records",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Records of the annotated articles, made by pipeline extract.",
)
@click.option(
    "--identities",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Who is the same in them, JSONL with id and identities.",
)
@click.option("--force", is_flag=True, help="Replace the files in OUT.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Output folder of the model.",
)
@options.quiet_and_verbose
def identity(
    records: Path, identities: Path, force: bool, out: Path, quiet: bool, verbose: int
) -> int:
    """Train the scorer of pipeline link.

    \b
    pipeline extract seeds/corpus/wikinews.jsonl -o wikinews.jsonl
    pipeline train identity --records wikinews.jsonl --identities identities.jsonl --out identity
    """
    options.set_up_logging(verbose)
    check_training(out, force=force, needed=())
    if not identities.is_file():
        raise InputNotFound("no such file", where=str(identities))
    from pipeline.cli.files import records as read
    from pipeline.training.identity import train

    learned = train(read([str(records)]), identities, out)
    if not quiet:
        tell(f"learned from {learned}")
    return OK


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
    check_training(out, force=force, needed=(*NEEDED, *ENCODED))
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
