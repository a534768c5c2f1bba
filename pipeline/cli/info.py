"""``pipeline info``: versions, models, extras, and settings with their origin."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from pipeline import __version__
from pipeline.cli import options
from pipeline.cli.options import SETTING_FLAGS
from pipeline.cli.screen import Screen, emit, plain
from pipeline.errors import ModelChanged
from pipeline.manifest import ModelEntry, manifest
from pipeline.settings import (
    FILE_NAME,
    KNOWN,
    Setting,
    Settings,
    given,
    load_settings,
    settings_file,
)

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


class Extra(NamedTuple):
    """An extra of ``pip install 'news-extraction-pipeline[NAME]'``."""

    name: str
    brings: str
    packages: tuple[str, ...]


EXTRAS = (
    Extra("html", "web pages as input", ("trafilatura", "lxml_html_clean")),
    Extra("feeds", "RSS and Atom feeds as input", ("feedparser",)),
    Extra("warc", "web archives as input", ("warcio",)),
    Extra("pdf", "PDF documents as input", ("pypdf",)),
    Extra("docx", "Word documents as input", ("python-docx",)),
    Extra("sql", "pipeline load into PostgreSQL", ("psycopg",)),
    Extra("parquet", "pipeline load into Parquet files", ("pyarrow",)),
    Extra("duckdb", "pipeline load into DuckDB", ("duckdb", "pyarrow")),
    Extra("pandas", "pipeline.to_pandas", ("pandas", "pyarrow")),
    Extra("polars", "pipeline.to_polars", ("polars", "pyarrow")),
    Extra("link", "pipeline copies: copies of articles", ("datasketch",)),
    Extra("ray", "pipeline batch --engine ray, on a cluster", ("ray",)),
    Extra("s3", "runs and input in s3:// buckets", ("s3fs",)),
    Extra("gs", "runs and input in gs:// buckets", ("gcsfs",)),
    Extra("serve", "pipeline serve: the review page and an HTTP API", ("fastapi", "uvicorn")),
    Extra("mcp", "pipeline mcp: tools for agents", ("mcp",)),
    Extra("train", "pipeline train", ("torch", "onnx", "safetensors")),
)


Line = tuple[tuple[str, ...], tuple[str, ...]]
"""Aligned cells, and further details below them."""


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
    pipeline info --profile fast
    pipeline info --json | jq .settings
    """
    settings = load_settings(file=config, flags=flags)
    found = {
        "versions": _versions(),
        "models": [_model(entry) for entry in manifest()],
        "extras": {extra.name: _extra(extra) for extra in EXTRAS},
        "settings": _settings(settings, config, flags),
    }
    if as_json:
        emit(json.dumps(found, indent=2, ensure_ascii=False))
        return
    screen = Screen(err=False)
    for title, lines in _sections(found):
        screen.line((plain(title), "bold cyan"))
        _print(screen, lines)
    screen.line(("fingerprint  ", "bold"), (settings.fingerprint(), ""), indent=2)


def _versions() -> dict[str, str]:
    """Return the versions of the pipeline, Python, and the required packages."""
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    needed = {name: _installed(name) or "not installed" for name in PACKAGES}
    return {"pipeline": __version__, "Python": python, **needed}


def _installed(package: str) -> str | None:
    """Return the version of an installed package, or None."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _model(entry: ModelEntry) -> dict[str, str]:
    """Return a model of the manifest with the state of its files, without loading it."""
    state, folder = "not installed", entry.located()
    if folder is not None:
        try:
            entry.verify(folder)
            state = "files checked"
        except ModelChanged as error:
            state = error.message
    names = ("name", "version", "sha256", "licence", "origin")
    return {name: getattr(entry, name) for name in names} | {"state": state}


def _extra(extra: Extra) -> dict[str, Any]:
    """Return an extra with the versions of its packages."""
    packages = {name: _installed(name) for name in extra.packages}
    installed = None not in packages.values()
    return {"brings": extra.brings, "installed": installed, "packages": packages}


def _settings(settings: Settings, config: str | None, flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings in effect, the values given for each, and how to change it."""
    all_given = given(file=config, flags=flags)
    values = {}
    for one in KNOWN:
        ours = [each for each in reversed(all_given) if each.name == one.name]
        values[one.name] = {
            "value": getattr(settings, one.name),
            "origin": ours[0].origin if ours else "default",
            "over": [{"value": each.value, "origin": each.origin} for each in ours[1:]],
            "default": one.default,
            "about": one.about,
            "variable": one.variable,
            "flag": "--" + one.name.replace("_", "-") if one.name in SETTING_FLAGS else None,
        }
    path = Path(settings_file(config) or FILE_NAME)
    file = str(path.resolve()) if path.exists() else None
    return {"file": file, "fingerprint": settings.fingerprint(), "values": values}


def _sections(found: Mapping[str, Any]) -> Iterator[tuple[str, list[Line]]]:
    """Yield the sections of the text."""
    yield "Versions", [(cells, ()) for cells in found["versions"].items()]
    yield "Models", [_model_line(one) for one in found["models"]]
    yield "Extras", [_extra_line(name, one) for name, one in found["extras"].items()]
    lines = [_setting_line(one, found["settings"]["values"][one.name]) for one in KNOWN]
    yield f"Settings ({found['settings']['file'] or 'no pipeline.toml here'})", lines


def _model_line(one: Mapping[str, str]) -> Line:
    return (one["name"], one["version"], one["state"]), (f"sha256:{one['sha256']}", one["licence"])


def _extra_line(name: str, one: Mapping[str, Any]) -> Line:
    if one["installed"]:
        detail = ", ".join(f"{package} {version}" for package, version in one["packages"].items())
        return (name, "installed", one["brings"]), (detail,)
    return (name, "missing", one["brings"]), (f"pip install '{DISTRIBUTION}[{name}]'",)


def _setting_line(setting: Setting, one: Mapping[str, Any]) -> Line:
    over = "".join(f", over {each['origin']} ({each['value']})" for each in one["over"])
    bounds = ", ".join(setting.choices)
    if setting.low is not None:
        bounds = f"{setting.low:,} to {setting.high:,}"
    ways = " or ".join(filter(None, (one["flag"], one["variable"])))
    if one["value"] != one["default"]:
        ways += f"; default {one['default']}"
    about = "; ".join(filter(None, (one["about"], bounds)))
    return (setting.name, str(one["value"]), one["origin"] + over), (about, ways)


def _print(screen: Screen, lines: Sequence[Line]) -> None:
    """Print lines with aligned cells."""
    rows = [[plain(cell) for cell in cells] for cells, _ in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, (_, details) in zip(rows, lines, strict=True):
        padded = [cell.ljust(width) + "  " for cell, width in zip(row, widths, strict=True)]
        screen.line((padded[0], "bold"), *((cell, "") for cell in padded[1:]), indent=2)
        for detail in details:
            screen.line((plain(detail), "dim"), indent=4)
