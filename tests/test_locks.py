"""The lock files pin the requirements of pyproject.toml, with hashes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKED = {"run.txt": ("html", "sql", "serve"), "dev.txt": ("dev",)}
"""The extras in each lock file, besides the dependencies of the package itself."""


def asked(*extras: str) -> Iterator[Requirement]:
    """Yield the requirements of extras, and of those that they include."""
    for requirement in map(Requirement, (line for extra in extras for line in EXTRAS[extra])):
        if requirement.name == PROJECT["name"]:
            yield from asked(*requirement.extras)
        else:
            yield requirement


def pins(lock: str) -> dict[str, tuple[Version, int]]:
    """Return version and number of hashes of each package of a lock file."""
    text = (ROOT / ".ci" / "locks" / lock).read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)(.*(?:\n    --hash=.*)+)", text, re.M)
    return {
        canonicalize_name(name): (Version(version), rest.count("--hash=sha256:"))
        for name, version, rest in found
    }


@pytest.mark.parametrize("lock", LOCKED)
def test_every_requirement_is_pinned_to_a_version_that_it_allows(lock: str) -> None:
    locked = pins(lock)
    for requirement in [*map(Requirement, PROJECT["dependencies"]), *asked(*LOCKED[lock])]:
        version, _ = locked[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, f"run make lock: {requirement}"


@pytest.mark.parametrize("lock", LOCKED)
def test_every_line_of_a_lock_is_a_pin_with_hashes(lock: str) -> None:
    text = (ROOT / ".ci" / "locks" / lock).read_text(encoding="utf-8")
    packages = re.findall(r"^[A-Za-z0-9].*", text, re.M)
    assert len(packages) >= len(pins(lock)) > 40
    assert all("==" in package and package.endswith("\\") for package in packages)
