"""Fixtures for the tests of the command line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

import pytest

from pipeline.cli.screen import Screen

# readline, loaded by pytest, sets the terminal width for programs started by tests
os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")


class Stream(io.StringIO):
    """A stderr that is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Screen]:
    """Return a function that makes the screen of a terminal with a width; read its ``stream``."""

    def screen(columns: int) -> Screen:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stderr", Stream())
        return Screen()

    return screen


@pytest.fixture
def dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Stream]:
    """Return a function that makes stderr a terminal without boxes and colours."""

    def stream() -> Stream:
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setattr(sys, "stderr", Stream())
        return sys.stderr  # type: ignore[return-value]

    return stream
