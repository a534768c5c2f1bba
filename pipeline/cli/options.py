"""Options that several commands share."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pipeline.settings import Settings, load_settings

Command = TypeVar("Command", bound=Callable[..., Any])

SETTING_FLAGS = (
    "model",
    "profile",
    "min_confidence",
    "max_bytes",
    "text_key",
    "id_key",
    "published_key",
)


def quiet_and_verbose(command: Command) -> Command:
    """Add ``--quiet`` and ``-v``."""
    command = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")(command)
    return click.option(
        "-v", "--verbose", count=True, help="Say more; twice for the traceback of each failure."
    )(command)


def config(command: Command) -> Command:
    """Add ``--config``."""
    return click.option(
        "--config", metavar="FILE", help="File of settings. [default: pipeline.toml, if there]"
    )(command)


def settings_of(config: str | None, **flags: Any) -> Settings:
    """Return the settings in force for a command."""
    return load_settings(file=config, flags=flags)


def set_up_logging(verbose: int) -> None:
    """Send log lines to stderr; text of articles is logged at DEBUG at most."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pipeline").setLevel(level)
