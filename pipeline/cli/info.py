"""``pipeline info``: versions, models, extras and settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pipeline.cli import options
from pipeline.cli.screen import Screen, emit
from pipeline.cli.table import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.cli.inventory import Setting
    from pipeline.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.settings_flags
@options.max_seconds
@options.config
def info(as_json: bool, config: str | None, **flags: str | float | None) -> None:
    """Print what is installed, and where each setting comes from.

    A flag takes precedence over an environment variable, which takes precedence over pipeline.toml,
    which takes precedence over the default. Values that are overridden are shown after "over". You
    can try flags of other commands here.

    \b
    pipeline info
    pipeline info --profile accurate
    pipeline info --json | jq .settings
    """
    settings = options.settings_of(config, **flags)
    from pipeline.cli import inventory

    found = list(inventory.settings_in_force(settings, config, flags))
    file = inventory.file_in_force(config)
    if as_json:
        emit(json.dumps(_as_json(settings, found, file), indent=2, ensure_ascii=False))
        return
    screen = Screen(err=False)
    where = f"Settings ({file or 'no pipeline.toml here'})"
    for title, entries in (
        ("Versions", [Entry(cells, ()) for cells in inventory.versions().items()]),
        ("Models", list(_models())),
        ("Extras", list(_extras())),
        (where, list(_settings(found))),
    ):
        screen.line((plain(title), "bold cyan"))
        _print(screen, entries)
    screen.line(("fingerprint  ", "bold"), (settings.fingerprint(), ""), indent=2)


class Entry(NamedTuple):
    """A line of several cells, with further details below it."""

    cells: tuple[str, ...]
    details: tuple[str, ...]


def _models() -> Iterator[Entry]:
    from pipeline.cli import inventory

    for entry, state in inventory.models():
        details = (f"sha256:{entry.sha256}", entry.licence)
        yield Entry((entry.name, entry.version, state), details)


def _extras() -> Iterator[Entry]:
    from pipeline.cli import inventory

    for extra, packages in inventory.extras():
        if None in packages.values():
            state, detail = "missing", f"pip install '{inventory.DISTRIBUTION}[{extra.name}]'"
        else:
            state = "installed"
            detail = ", ".join(f"{name} {version}" for name, version in packages.items())
        yield Entry((extra.name, state, extra.brings), (detail,))


def _settings(found: Sequence[Setting]) -> Iterator[Entry]:
    for one in found:
        over = "".join(f", over {each.origin} ({each.value})" for each in one.beats)
        about = f"{one.about}; {one.bounds}" if one.bounds else one.about
        ways = " or ".join(filter(None, (one.flag, one.variable)))
        if one.value != one.default:
            ways += f"; default {one.default}"
        yield Entry((one.name, str(one.value), one.origin + over), (about, ways))


def _print(screen: Screen, entries: Sequence[Entry]) -> None:
    """Print entries with aligned cells."""
    rows = [[plain(cell) for cell in entry.cells] for entry in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, entry in zip(rows, entries, strict=True):
        padded = [cell.ljust(width) + "  " for cell, width in zip(row, widths, strict=True)]
        screen.line((padded[0], "bold"), *((cell, "") for cell in padded[1:]), indent=2)
        for detail in entry.details:
            screen.line((plain(detail), "dim"), indent=4)


def _as_json(settings: Settings, found: Sequence[Setting], file: Path | None) -> dict[str, Any]:
    from pipeline.cli import inventory

    return {
        "versions": inventory.versions(),
        "models": [
            {
                "name": entry.name,
                "version": entry.version,
                "sha256": entry.sha256,
                "licence": entry.licence,
                "origin": entry.origin,
                "state": state,
            }
            for entry, state in inventory.models()
        ],
        "extras": {
            extra.name: {
                "brings": extra.brings,
                "installed": None not in packages.values(),
                "packages": packages,
            }
            for extra, packages in inventory.extras()
        },
        "settings": {
            "file": None if file is None else str(file),
            "fingerprint": settings.fingerprint(),
            "values": {
                one.name: {
                    "value": one.value,
                    "origin": one.origin,
                    "over": [{"value": each.value, "origin": each.origin} for each in one.beats],
                    "default": one.default,
                    "about": one.about,
                    "variable": one.variable,
                    "flag": one.flag,
                }
                for one in found
            },
        },
    }
