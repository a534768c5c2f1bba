"""Print rows as a table, as JSON or as CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from pipeline.cli.screen import Screen, emit
from pipeline.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])


class Column(NamedTuple):
    """A column of a table for people, and the screen width that it requires."""

    head: str
    cells: Sequence[str | int | None]
    least: int = 0
    whole: bool = False
    """Whether the cells are never cut."""


def formats(command: Command) -> Command:
    """Add ``--json`` and ``--csv``."""
    command = click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")(
        command
    )
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")(
        command
    )


def address(command: Command) -> Command:
    """Add ``--to``."""
    return click.option(
        "--to",
        "address",
        required=True,
        metavar="URL",
        help="Database: sqlite:///FILE, duckdb:///FILE or postgresql://…",
    )(command)


def show(
    fields: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    columns: Sequence[Column],
    *,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print all fields of the rows as JSON or CSV, or else the columns as a table."""
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other")
    if as_json:
        for row in rows:
            emit(json.dumps(dict(zip(fields, row, strict=True)), ensure_ascii=False))
    elif as_csv:
        from pipeline.report.csvtable import rows as lines

        for line in lines(fields, rows):
            emit(line.removesuffix("\r\n"))
    elif rows:
        screen = Screen(err=False)
        _draw([one for one in columns if screen.width >= one.least], screen)


def _draw(columns: Sequence[Column], screen: Screen) -> None:
    from rich import box
    from rich.table import Table

    from pipeline.cli.cells import Cell

    table = Table(
        box=box.ROUNDED if screen.live else None,
        border_style="dim",
        header_style="bold cyan",
        pad_edge=screen.live,
    )
    for column in columns:
        numbers = all(isinstance(cell, int) for cell in column.cells)
        table.add_column(
            column.head,
            no_wrap=column.whole or numbers,
            justify="right" if numbers else "left",
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = (
            f"{cell:,}"
            if isinstance(cell, int)
            else cell or ""
            if column.whole
            else Cell(cell or "")
            for cell, column in zip(row, columns, strict=True)
        )
        table.add_row(*cells)
    screen.draw(table)


def warn_of_pending(address: str, quiet: bool) -> None:
    """Tell how many articles are not covered yet."""
    from pipeline.cli.screen import tell
    from pipeline.cli.table import plural
    from pipeline.database.following import pending

    if not quiet and (number := pending(address)):
        tell(f"{plural(number, 'articles')} not covered yet: pipeline copies --to {address}")
