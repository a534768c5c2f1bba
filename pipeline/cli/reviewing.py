"""Shared by the commands that read corrections: options and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.cli.records import records
from pipeline.cli.screen import tell
from pipeline.cli.table import plural
from pipeline.errors import InputNotFound, UsageError

if TYPE_CHECKING:
    from pipeline.records.corrections import Correction
    from pipeline.training.reviewed import ReviewedArticle

Command = TypeVar("Command", bound=Callable[..., Any])


def corrections_and_records(command: Command) -> Command:
    """Add ``--corrections`` and ``--records``."""
    command = click.option(
        "--records",
        "reviewed_records",
        multiple=True,
        metavar="RUN|FILE",
        help="The reviewed records, with the texts. Repeatable.",
    )(command)
    return click.option(
        "--corrections",
        metavar="FILE",
        help="File of corrections of these records, from a review.",
    )(command)


def read_corrections(path: str) -> list[Correction]:
    """Return the corrections of an existing file, and report truncated lines."""
    from pathlib import Path

    from pipeline.writers import corrections

    if not Path(path).exists():
        raise InputNotFound("no such file", where=path)
    kept = corrections.read(path)
    for notice in kept.notices:
        tell(f"warning[{notice.code}]: {notice.message}")
    return list(kept.corrections)


def reviewed_articles(
    corrections: str | None, files: Iterable[str], *, quiet: bool
) -> Iterator[ReviewedArticle]:
    """Yield the articles that were reviewed, and report corrections that do not fit.

    Raises ``UsageError`` if only one of the two options is given.
    """
    files = list(files)
    if corrections is None or not files:
        hint = "corrections refer to records: give both options"
        raise UsageError("--corrections and --records go together", hint=hint)
    from pipeline.training.reviewed import reviewed

    said = read_corrections(corrections)
    known = set()
    for one in reviewed(records(files), said):
        known.add(one.record.source.sha256)
        for remark in one.review.remarks:
            if not remark.applied:
                tell(f"not applied: {remark}")
        yield one
    if not quiet:
        tell_missing(one for one in said if one.sha256 not in known)


def tell_missing(corrections: Iterable[Correction]) -> None:
    """Report the number of articles whose corrections match no record."""
    missing = {one.sha256 for one in corrections}
    if missing:
        articles = plural(len(missing), "articles")
        tell(f"{articles} with corrections not found in the records")
