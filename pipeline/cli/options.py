"""Options shared by several commands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

from pipeline.cli.progress import LogFormat, row
from pipeline.errors import BadDate
from pipeline.formats import FORMATS
from pipeline.settings import PROFILES, Settings, load_settings
from pipeline.terminal import safe

Command = TypeVar("Command", bound=Callable[..., Any])

SETTING_FLAGS = (
    "model",
    "profile",
    "min_confidence",
    "min_identity",
    "officeholders",
    "language",
    "max_bytes",
    "max_seconds",
    "strict",
    "text_key",
    "id_key",
    "published_key",
)


def quiet_and_verbose(command: Command) -> Command:
    """Add ``--quiet`` and ``-v``."""
    command = click.option("-q", "--quiet", is_flag=True, help="Print only errors.")(command)
    return click.option(
        "-v", "--verbose", count=True, help="Print more; -vv adds the traceback of each failure."
    )(command)


def config(command: Command) -> Command:
    """Add ``--config``."""
    return click.option(
        "--config", metavar="FILE", help="Settings file. [default: pipeline.toml, if it exists]"
    )(command)


def format_(command: Command) -> Command:
    """Add ``--as``, and its older name ``--format``."""
    return click.option(
        "--as",
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        help="Format of all files, regardless of suffix. [default: by suffix; stdin is text]",
    )(command)


def _installed_models(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """Return the names of installed spaCy pipelines that begin with ``begun``."""
    from importlib.metadata import entry_points

    from pipeline.manifest import manifest

    names = {one.name for one in entry_points(group="spacy_models")}
    names |= {one.package for one in manifest() if one.package}
    return sorted(name for name in names if name.startswith(begun))


def settings_flags(command: Command) -> Command:
    """Add a flag for each setting that has one."""
    for flag in reversed(
        (
            click.option(
                "--model",
                metavar="NAME",
                shell_complete=_installed_models,
                help="Name of an installed spaCy pipeline, or its folder.",
            ),
            click.option(
                "--profile",
                type=click.Choice(PROFILES),
                help="Networks to use: small ones (fast), larger ones (accurate, with the extra of "
                "that name), or small ones that also learned from PolNeAR, a corpus of political "
                "news without a licence (polnear). [default: fast]",
            ),
            click.option(
                "--min-confidence",
                type=float,
                metavar="P",
                help="Omit attributions with a lower confidence, 0 to 1. [default: 0]",
            ),
            click.option(
                "--min-identity",
                type=float,
                metavar="P",
                help="Resolve a speaker, a source or a mention only with at least this "
                "confidence, 0 to 1. [default: 0.5]",
            ),
            click.option(
                "--officeholders/--no-officeholders",
                default=None,
                help="Complete the names of heads of state and government from a list. [default: "
                "no-officeholders]",
            ),
            click.option(
                "--language",
                metavar="CODE",
                help="Language of every article, such as en; turns off detection. [default: auto, "
                "as given in the input, or detected]",
            ),
            click.option(
                "--max-bytes", type=int, metavar="N", help="Refuse articles of more than N bytes."
            ),
            click.option(
                "--strict/--no-strict",
                default=None,
                help="Write no record for an article if a stage fails on it. [default: no-strict]",
            ),
            click.option(
                "--text-key", metavar="KEY", help="Key or column of the text. [default: text]"
            ),
            click.option("--id-key", metavar="KEY", help="Key or column of the id. [default: id]"),
            click.option(
                "--published-key",
                metavar="KEY",
                help="Key or column of the publication date. [default: published]",
            ),
        )
    ):
        command = flag(command)
    return command


def engine(command: Command) -> Command:
    """Add ``--workers``, ``--engine`` and ``--address``."""
    for flag in reversed(
        (
            click.option(
                "--workers",
                type=click.IntRange(1, 100_000),
                metavar="N",
                help="Number of worker processes. [default: the number of CPU cores]",
            ),
            click.option(
                "--engine",
                type=click.Choice(["local", "ray", "spark"]),
                default="local",
                help="Where the workers run: on this machine (default), Ray or Spark (extras ray, "
                "spark).",
            ),
            click.option(
                "--address",
                metavar="ADDRESS",
                help="Address of the cluster, for example ray://head:10001 or spark://head:7077. "
                "[default: a temporary cluster on this machine]",
            ),
        )
    ):
        command = flag(command)
    return command


def max_seconds(command: Command) -> Command:
    """Add ``--max-seconds``."""
    return click.option(
        "--max-seconds", type=int, metavar="S", help="Give up on an article after S seconds."
    )(command)


def log_format(command: Command) -> Command:
    """Add ``--log-format``."""
    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        help="Format of stderr: text (default), or one JSON object per line.",
    )(command)


def day_of(text: str, where: str = "--published") -> str:
    """Return a date in ISO 8601; raise ``BadDate`` if it is not valid."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadDate(f"{text!r} is not a valid date", where=where) from error


def settings_of(config: str | None, **flags: Any) -> Settings:
    """Return the settings in effect for a command."""
    return load_settings(file=config, flags=flags)


class TextLines(logging.Formatter):
    """Formats a log record as a line for people; a traceback keeps its lines."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        return safe(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return safe(super().format(record), keep="\n")


class JsonLines(logging.Formatter):
    """Formats a log record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        message = super().format(record)  # including the traceback, if there is one
        return row("log", level=record.levelname, logger=record.name, message=message)


def set_up_logging(verbose: int, log_format: LogFormat = "text") -> None:
    """Log to stderr; article text is logged at DEBUG only."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler = logging.StreamHandler()
    handler.setFormatter(TextLines() if log_format == "text" else JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("pipeline").setLevel(level)
