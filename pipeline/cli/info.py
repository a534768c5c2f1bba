"""``pipeline info``: versions, models, extras, and settings with their origin."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pipeline import __version__
from pipeline.cli import options
from pipeline.cli.options import SETTING_FLAGS
from pipeline.cli.screen import Screen, emit, plain
from pipeline.errors import ModelChanged
from pipeline.manifest import ModelEntry, manifest
from pipeline.settings import FILE_NAME, Given, Settings, given, known, load_settings, settings_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.settings import Settings

DISTRIBUTION = "news-extraction-pipeline"
PACKAGES = (
    "spacy",
    "thinc",
    "numpy",
    "onnxruntime",
    "pydantic",
    "click",
    "rich",
    "jsonlines",
    "defusedxml",
    "charset-normalizer",
    "python-dateutil",
    "sqlalchemy",
)
CHECKED = "files checked"


class Extra(NamedTuple):
    """An extra of ``pip install 'news-extraction-pipeline[NAME]'``."""

    name: str
    brings: str
    packages: tuple[str, ...]


EXTRAS = (
    Extra("html", "web pages as input", ("trafilatura", "lxml_html_clean")),
    Extra("feeds", "RSS and Atom feeds as input", ("feedparser",)),
    Extra("warc", "web archives as input", ("warcio",)),
    Extra("accurate", "--profile accurate: networks with an encoder", ("tokenizers",)),
    Extra("sql", "pipeline load into PostgreSQL", ("psycopg",)),
    Extra("parquet", "pipeline load into Parquet files", ("pyarrow",)),
    Extra("duckdb", "pipeline load into DuckDB", ("duckdb", "pyarrow")),
    Extra("pandas", "pipeline.to_pandas", ("pandas", "pyarrow")),
    Extra("polars", "pipeline.to_polars", ("polars", "pyarrow")),
    Extra("link", "pipeline copies: copies of articles", ("datasketch",)),
    Extra("ray", "pipeline batch --engine ray, on a cluster", ("ray",)),
    Extra("spark", "pipeline batch --engine spark, on a cluster", ("pyspark", "pandas", "pyarrow")),
    Extra("s3", "runs and input in s3:// buckets", ("s3fs",)),
    Extra("gs", "runs and input in gs:// buckets", ("gcsfs",)),
    Extra(
        "serve", "pipeline view --serve: the review page and an HTTP API", ("fastapi", "uvicorn")
    ),
    Extra("mcp", "pipeline mcp: tools for agents", ("mcp",)),
    Extra("train", "pipeline train", ("torch", "onnx", "safetensors", "tokenizers")),
)


class Setting(NamedTuple):
    """A setting with its value, the origin of the value, and how to change it."""

    name: str
    value: Any
    origin: str
    beats: tuple[Given, ...]
    """Other given values that this one overrides, highest priority first."""
    default: Any
    about: str
    bounds: str
    variable: str
    flag: str | None


def versions() -> dict[str, str]:
    """Return the versions of the pipeline, Python, and the required packages."""
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    needed = {name: installed(name) or "not installed" for name in PACKAGES}
    return {"pipeline": __version__, "Python": python, **needed}


def installed(package: str) -> str | None:
    """Return the version of an installed package, or None."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def extras() -> Iterator[tuple[Extra, dict[str, str | None]]]:
    """Yield each extra with the versions of its packages."""
    for extra in EXTRAS:
        yield extra, {name: installed(name) for name in extra.packages}


def models() -> Iterator[tuple[ModelEntry, str]]:
    """Yield each model of the manifest with the state of its files, without loading it."""
    for entry in manifest():
        yield entry, _state(entry)


def _state(entry: ModelEntry) -> str:
    folder = entry.located()
    if folder is None:
        return "not installed"
    try:
        entry.verify(folder)
    except ModelChanged as error:
        return error.message
    return CHECKED


def settings_in_force(
    settings: Settings, file: str | None, flags: Mapping[str, Any]
) -> Iterator[Setting]:
    """Yield each setting with the values given for it."""
    all_given = given(file=file, flags=flags)
    for one in known():
        values = [each for each in reversed(all_given) if each.name == one.name]
        bounds = ", ".join(one.choices)
        if one.low is not None:
            bounds = f"{one.low:,} to {one.high:,}"
        yield Setting(
            name=one.name,
            value=getattr(settings, one.name),
            origin=values[0].origin if values else "default",
            beats=tuple(values[1:]),
            default=one.default,
            about=one.about,
            bounds=bounds,
            variable=one.variable,
            flag="--" + one.name.replace("_", "-") if one.name in SETTING_FLAGS else None,
        )


def file_in_force(file: str | None) -> Path | None:
    """Return the settings file that is in effect, if any."""
    path = Path(settings_file(file) or FILE_NAME)
    return path.resolve() if path.exists() else None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.settings_flags()
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
    settings = load_settings(file=config, flags=flags)
    found = list(settings_in_force(settings, config, flags))
    file = file_in_force(config)
    if as_json:
        emit(json.dumps(_as_json(settings, found, file), indent=2, ensure_ascii=False))
        return
    screen = Screen(err=False)
    where = f"Settings ({file or 'no pipeline.toml here'})"
    for title, entries in (
        ("Versions", [Entry(cells, ()) for cells in versions().items()]),
        ("Models", list(_models())),
        ("Extras", list(_extras())),
        (where, list(_setting_entries(found))),
    ):
        screen.line((plain(title), "bold cyan"))
        _print(screen, entries)
    screen.line(("fingerprint  ", "bold"), (settings.fingerprint(), ""), indent=2)


class Entry(NamedTuple):
    """A line of several cells, with further details below it."""

    cells: tuple[str, ...]
    details: tuple[str, ...]


def _models() -> Iterator[Entry]:
    for entry, state in models():
        details = (f"sha256:{entry.sha256}", entry.licence)
        yield Entry((entry.name, entry.version, state), details)


def _extras() -> Iterator[Entry]:
    for extra, packages in extras():
        if None in packages.values():
            state, detail = "missing", f"pip install '{DISTRIBUTION}[{extra.name}]'"
        else:
            state = "installed"
            detail = ", ".join(f"{name} {version}" for name, version in packages.items())
        yield Entry((extra.name, state, extra.brings), (detail,))


def _setting_entries(found: Sequence[Setting]) -> Iterator[Entry]:
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
    return {
        "versions": versions(),
        "models": [
            {
                "name": entry.name,
                "version": entry.version,
                "sha256": entry.sha256,
                "licence": entry.licence,
                "origin": entry.origin,
                "state": state,
            }
            for entry, state in models()
        ],
        "extras": {
            extra.name: {
                "brings": extra.brings,
                "installed": None not in packages.values(),
                "packages": packages,
            }
            for extra, packages in extras()
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
