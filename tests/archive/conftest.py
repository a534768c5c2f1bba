"""Databases of every kind that can hold identities."""

from __future__ import annotations

from pathlib import Path

import pytest

KINDS = (
    "sqlite",
    *(pytest.param(kind, marks=pytest.mark.check) for kind in ("duckdb", "postgres")),
)


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"{request.param}:///{tmp_path}/x"
