"""What the tests of the command line share."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

import pytest

from pipeline.cli.screen import Screen

# readline, which pytest loads, tells programs that tests start how wide a terminal is
os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")


class Stream(io.StringIO):
    """What stderr is on a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Screen]:
    """Return what gives the screen of a terminal of so many columns; read its ``stream``."""

    def screen(columns: int) -> Screen:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stderr", Stream())
        return Screen()

    return screen
