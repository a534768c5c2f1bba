"""``pipeline train``: train the models of this project on annotated articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import options
from pipeline.cli.evaluate import corrections_and_records, reviewed_articles
from pipeline.cli.options import Command, Commands
from pipeline.cli.screen import tell
from pipeline.errors import OK, ExtraMissing, InputNotFound, OutputExists, UsageError
from pipeline.settings import PROFILES
from pipeline.text.words import plural

if TYPE_CHECKING:
    from pipeline.model.encoder import Encoder

NEEDED = ("torch", "onnx")
FOLDER = click.Path(path_type=Path, file_okay=False)
EXISTING_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Commands)
def train() -> None:
    """Train a model from annotated articles (extra train).

    \b
    pipeline train attributions --corpus train.jsonl --out small
    pipeline train names --corpus train.jsonl --out names
    """


force_option = click.option("--force", is_flag=True, help="Replace the files in OUT.")
out_option = click.option(
    "--out", required=True, type=FOLDER, metavar="FOLDER", help="Output folder of the model."
)


def folds_option(of: str, *, required: bool = True) -> Callable[[Command], Command]:
    """Return the option for models that have not learned from a part of the articles each."""
    return click.option(
        f"--{of}",
        type=FOLDER,
        required=required,
        metavar="FOLDER",
        help=f"Output of train {of} --folds for the same articles: models that have not learned "
        "from a part of them each.",
    )


profile_option = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="fast",
    help="Profile to train the network for; that of accurate learns above the shipped encoder, "
    "which stays as it is. [default: fast]",
)


work_option = click.option(
    "--work",
    type=FOLDER,
    metavar="FOLDER",
    help="Folder for checkpoints and logs, from which training resumes. [default: OUT.work]",
)


def model_options(command: Command) -> Command:
    """Add the options of all training commands: the folder, the seed, replacing files."""
    about = "Random seed. [default: 1]"
    seed = click.option("--seed", type=int, default=1, metavar="N", help=about)
    return out_option(seed(force_option(options.messages(command))))


def training(*packages: str) -> Callable[[Callable[..., None]], Callable[..., int]]:
    """Return a decorator that adds the options of all trainings, and checks them.

    The function gets ``tell``, which prints progress. It needs these packages besides ``NEEDED``.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., int]:
        @wraps(command)
        def run(*, out: Path, force: bool, quiet: bool, **given: Any) -> int:
            check_training(out, force=force, needed=(*NEEDED, *packages))
            command(out=out, tell=teller(quiet=quiet), **given)
            return OK

        return model_options(run)

    return decorate


def passes(default: int) -> Callable[[Command], Command]:
    """Return the option for the number of passes over the texts."""
    about = f"Number of passes over the texts. [default: {default}]"
    return click.option(
        "--epochs", type=click.IntRange(1), default=default, metavar="N", help=about
    )


def files(about: str) -> Callable[[Command], Command]:
    """Return the option for corpora of equal weight."""
    about = f"Annotated {about} Repeatable."
    return click.option("--corpus", "corpora", required=True, multiple=True, type=FILE, help=about)


def weighted_files(about: str, *, required: bool) -> Callable[[Command], Command]:
    """Return the option for corpora with weights."""
    about = f"Annotated articles, JSONL with id, text{about}; WEIGHT is 1 by default. Repeatable."
    return click.option(
        "--corpus",
        "corpora",
        required=required,
        multiple=True,
        metavar="CORPUS[=WEIGHT]",
        help=about,
    )


def check_training(out: Path, *, force: bool, needed: tuple[str, ...] = NEEDED) -> None:
    """Raise ``ExtraMissing`` without the packages, ``OutputExists`` if there is already a model."""
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise ExtraMissing(
            f"training needs {', '.join(missing)}",
            hint="pip install 'news-extraction-pipeline[train]'",
        )
    if not force and any(any(out.glob(one)) for one in ("*.onnx", "*.safetensors", "weights.toml")):
        raise OutputExists("contains a model", where=str(out), hint="pass --force to replace it")


def teller(*, quiet: bool) -> Callable[[str], None]:
    """Return a function that prints progress, or does nothing if ``quiet``."""
    return (lambda _: None) if quiet else tell


@train.command("names", no_args_is_help=True)
@weighted_files(", and entities or names", required=True)
@profile_option
@click.option(
    "--teacher",
    type=EXISTING_FOLDER,
    metavar="FOLDER",
    help="Network whose predictions to learn from on articles without annotation.",
)
@passes(6)
@training()
def names(corpora: tuple[str, ...], profile: str, epochs: int, seed: int, **given: Any) -> None:
    """Train the network that finds names, dates and amounts.

    Some articles must be annotated in full: an eighth of them is held back and scored after each
    epoch. Labels that an annotation does not cover come from the recogniser of the base model. On
    articles without annotation, the network learns the predictions of the teacher.

    \b
    pipeline train names --corpus news.jsonl=3 --corpus web.jsonl --profile accurate --out large
    pipeline train names --corpus news.jsonl=3 --corpus more.jsonl --teacher large --out small
    """
    from pipeline.training.names.fit import NameSchedule
    from pipeline.training.names.run import train

    schedule = NameSchedule(epochs=epochs, seed=seed)
    files = [weighted(one) for one in corpora]
    train(files, schedule=schedule, encoder=encoder_of(profile), **given)


def encoder_of(profile: str) -> Encoder | None:
    """Return the shipped encoder for the profile that reads it."""
    from pipeline.model.encoder import encoder

    return encoder() if profile == "accurate" else None


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


@train.command("reference", no_args_is_help=True)
@files("texts, JSONL with id, text and entities, clusters or a pronoun.")
@click.option(
    "--folds",
    type=FOLDER,
    metavar="FOLDER",
    help="Also write rankers for train speakers, each trained without a part of the articles.",
)
@folds_option("attributions", required=False)
@click.option(
    "--teacher",
    type=EXISTING_FOLDER,
    metavar="FOLDER",
    help="Rankers to distil, in addition to the annotations. A copy that is calibrated for the "
    "mean with the new ones is written to OUT/teacher.",
)
@training()
def reference(corpora: tuple[Path, ...], seed: int, **given: Any) -> None:
    """Train the ranker that resolves pronouns and noun phrases.

    \b
    pipeline train reference --corpus news.jsonl --corpus gap.jsonl --out models/reference
    """
    from pipeline.training.reference.fit import ReferenceSchedule
    from pipeline.training.reference.run import train

    train(corpora, schedule=ReferenceSchedule(seed=seed), **given)


@train.command("encoder", no_args_is_help=True)
@weighted_files(", and attributions, entities, clusters or a pronoun", required=True)
@click.option(
    "--names",
    required=True,
    multiple=True,
    metavar="CORPUS[=WEIGHT]",
    help="Articles with annotated names, as for train names. Repeatable.",
)
@folds_option("attributions")
@work_option
@passes(4)
@training("safetensors")
def encoder(
    corpora: tuple[str, ...],
    names: tuple[str, ...],
    out: Path,
    work: Path | None,
    epochs: int,
    seed: int,
    **given: Any,
) -> None:
    """Train the encoder of the profile accurate with its heads: attributions, reference, names.

    It writes four folders to OUT. The WEIGHT of a corpus is that of attributions.

    \b
    pipeline train encoder --corpus n.jsonl --names n.jsonl --attributions folds --out models
    """
    from pipeline.training.encoder import folder_of_encoder
    from pipeline.training.joint import JointSchedule, train

    train(
        [weighted(one) for one in corpora],
        out,
        names=[weighted(one) for one in names],
        work=work or out.with_name(f"{out.name}.work"),
        schedule=JointSchedule(epochs=epochs, seed=seed),
        encoder=folder_of_encoder(),
        **given,
    )


@train.command("figures", no_args_is_help=True)
@files("articles, JSONL with id, text, entities, figures and times.")
@passes(18)
@click.option(
    "--members",
    type=click.IntRange(1),
    default=3,
    metavar="N",
    help="Number of scorers with different seeds to average. [default: 3]",
)
@training()
def figures(
    corpora: tuple[Path, ...], out: Path, tell: Callable[[str], None], **schedule: int
) -> None:
    """Train the scorer that decides what numbers are and what they measure.

    \b
    pipeline train figures --corpus news.jsonl --out models/figures
    """
    from pipeline.training.figures import FigureSchedule, train

    train(corpora, out, schedule=FigureSchedule(**schedule), tell=tell)


@train.command("speakers", no_args_is_help=True)
@files("articles, JSONL with entities, quotes and attributions.")
@folds_option("reference")
@folds_option("attributions", required=False)
@training()
def speakers(corpora: tuple[Path, ...], seed: int, **given: Any) -> None:
    """Train the networks that decide who speaks.

    It runs the pipeline on the articles, fits the ranker to the findings and to the annotated
    mentions, and calibrates it on held-back articles.

    \b
    pipeline train reference --corpus train.jsonl --folds folds --out models/reference --force
    pipeline train speakers --corpus train.jsonl --reference folds --out models/speakers --force
    """
    from pipeline.training.speakers.fit import SpeakerSchedule, train

    train(corpora, schedule=SpeakerSchedule(seed=seed), **given)


@train.command("identity", no_args_is_help=True)
@click.option(
    "--records",
    required=True,
    type=FILE,
    metavar="FILE",
    help="Records of the annotated articles, made by pipeline extract.",
)
@click.option(
    "--identities",
    required=True,
    type=FILE,
    metavar="FILE",
    help="Who is the same in them, JSONL with id and identities.",
)
@force_option
@out_option
@options.messages
def identity(records: Path, identities: Path, force: bool, out: Path, quiet: bool) -> int:
    """Train the scorer of pipeline link.

    \b
    pipeline extract seeds/corpus/wikinews.jsonl -o wikinews.jsonl
    pipeline train identity --records wikinews.jsonl --identities identities.jsonl --out identity
    """
    check_training(out, force=force, needed=())
    if not identities.is_file():
        raise InputNotFound("no such file", where=str(identities))
    from pipeline.cli.files import records as read
    from pipeline.training.identity import train

    learned = train(read([str(records)]), identities, out)
    if not quiet:
        tell(f"learned from {learned}")
    return OK


@train.command("attributions", no_args_is_help=True)
@weighted_files(" and attributions", required=False)
@corrections_and_records
@work_option
@profile_option
@passes(8)
@click.option(
    "--teacher",
    type=EXISTING_FOLDER,
    metavar="FOLDER",
    help="A network to distil, in addition to the annotations. The new network has a code for each "
    "of its words.",
)
@click.option(
    "--folds",
    is_flag=True,
    help="Write several networks to subfolders of OUT, each trained without a part of the "
    "articles, for train reference and train speakers.",
)
@model_options
def attributions(
    corpora: tuple[str, ...],
    corrections: str | None,
    reviewed_records: tuple[str, ...],
    out: Path,
    work: Path | None,
    profile: str,
    epochs: int,
    teacher: Path | None,
    folds: bool,
    seed: int,
    force: bool,
    quiet: bool,
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
    if not corpora and corrections is None:
        hint = "give --corpus, or --corrections and --records, or all three"
        raise UsageError("nothing to train on", hint=hint)
    check_training(out, force=force)
    work = work or out.with_name(f"{out.name}.work")
    found = [weighted(one) for one in corpora]
    if corrections is not None or reviewed_records:
        found.append((reviewed(corrections, reviewed_records, work=work, quiet=quiet), 1.0))
    from pipeline.training.attributions.fit import AttributionSchedule
    from pipeline.training.attributions.run import train as run

    accurate = profile == "accurate"
    schedule = AttributionSchedule(
        epochs=epochs, without_vectors=0.1 if accurate else 0.0, seed=seed
    )
    run(
        found,
        out,
        work=work,
        schedule=schedule,
        teacher=teacher,
        folds=folds,
        encoder=encoder_of(profile),
        tell=teller(quiet=quiet),
    )
    return OK


def reviewed(
    corrections: str | None, records: Iterable[str], *, work: Path, quiet: bool = False
) -> Path:
    """Write the reviewed articles to a file in ``work`` and return its path."""
    from pipeline.output.files import new_file
    from pipeline.training.layers import annotated

    found = (annotated(one) for one in reviewed_articles(corrections, records, quiet=quiet))
    judged = [one for one in found if one is not None]
    with new_file(work / "reviewed.jsonl", force=True) as file:
        for article in judged:
            file.write(article.to_line().encode())
    if not quiet:
        tell(f"training on {plural(len(judged), 'reviewed articles')}")
    return file.path
