"""``pipeline info``: versions, models and settings."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from pipeline import __version__
from pipeline.cli import options
from pipeline.errors import ModelChanged
from pipeline.manifest import ModelEntry, manifest, models_folder
from pipeline.settings import known

PACKAGES = (
    "spacy",
    "thinc",
    "numpy",
    "onnxruntime",
    "pydantic",
    "click",
    "jsonlines",
    "charset-normalizer",
)
EXTRAS = {"html": "trafilatura", "accurate": "tokenizers", "train": "torch"}


@click.command()
@options.config
def info(config: str | None) -> None:
    """Print versions, models with their checksums, and settings with where each came from."""
    settings = options.settings_of(config)
    for title, rows in (
        ("Versions", _versions()),
        ("Models", _models()),
        (
            "Settings",
            (
                (
                    one.name,
                    str(getattr(settings, one.name)),
                    settings.origins.get(one.name, "default"),
                    one.about,
                )
                for one in known()
            ),
        ),
    ):
        click.echo(title)
        _print(list(rows))
    click.echo(f"  fingerprint  {settings.fingerprint()}")


def _print(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(("  " + "  ".join(cells)).rstrip())


def _versions() -> Iterator[tuple[str, str]]:
    yield "pipeline", __version__
    yield "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    for package in PACKAGES:
        yield package, _version(package)
    for extra, package in EXTRAS.items():
        yield package, f"{_version(package)} (extra {extra})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _models() -> Iterator[tuple[str, ...]]:
    for entry in manifest():
        yield entry.name, entry.version, f"sha256:{entry.sha256}", entry.licence, _state(entry)


def _state(entry: ModelEntry) -> str:
    """Check a model's files without loading it."""
    folder = models_folder() / entry.folder
    if entry.package:
        found = find_spec(entry.package)
        if found is None or found.origin is None:
            return "not installed"
        folder = Path(found.origin).parent / entry.folder
    try:
        entry.verify(folder)
    except ModelChanged as error:
        return error.message
    return "files checked"
