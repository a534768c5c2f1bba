"""What is installed and in effect: versions, models, extras, and settings with their origin."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import __version__
from pipeline.cli.options import SETTING_FLAGS
from pipeline.errors import ModelChanged
from pipeline.manifest import ModelEntry, manifest
from pipeline.settings import FILE_NAME, Given, Settings, given, known, settings_file

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
        "serve",
        "pipeline view --serve: the review page and an HTTP API",
        ("fastapi", "uvicorn"),
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
