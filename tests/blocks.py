"""Run the code blocks of README and the docs, and compare their output with what is shown.

    python -m tests.blocks [PAGE…]     # update the output; review the difference

The ``sh`` and ``python`` blocks of a page run in order, in a folder with a copy of ``seeds/`` and
of the folders named in a line ``<!-- beside: FOLDER … -->``; the Python of a page is one program. A
page that reads ``DATABASE_URL`` gets its own PostgreSQL. A ``text`` block with the title "Output"
shows what the blocks since the one before print. All other blocks (``console``, ``json`` …) are
only shown. The shell blocks of pages in ``PYTHON_ONLY`` are not run here: those of README are run
by ``.ci/run``, and those of Contributing set up the checkout.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, chdir, redirect_stdout
from pathlib import Path
from unittest import mock

from pipeline.cli.screen import WIDTH
from tests.output import server

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DATABASE = "DATABASE_URL"
OUTPUT = 'title="Output"'
BESIDE = re.compile(r"^<!-- beside: (.+) -->$", re.MULTILINE)
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
PYTHON_ONLY = ("README.md", "CONTRIBUTING.md")


def languages(page: Path) -> set[str]:
    """Return the languages of a page's executable blocks."""
    found = {block[1] for block in BLOCK.finditer(page.read_text("utf-8"))}
    return found & ({"python"} if page.name in PYTHON_ONLY else {"python", "sh"})


def printed(page: Path) -> Iterator[tuple[re.Match[str], str]]:
    """Run a page; yield each of its blocks of output with what was printed."""
    text = page.read_text("utf-8")
    runs = languages(page)
    namespace: dict[str, object] = {"__name__": "__main__"}
    said = ""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        beside = BESIDE.search(text)
        for name in ("seeds", *(beside[1].split() if beside else ())):
            shutil.copytree(ROOT / name, Path(folder, name))
        commands = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        # readline, loaded by pytest, sets the terminal width in C but not in os.environ
        environment = {"PATH": commands, "COLUMNS": str(WIDTH)}
        if "sh" in runs and DATABASE in text:
            environment[DATABASE] = stack.enter_context(server.started())
        stack.enter_context(mock.patch.dict(os.environ, environment))
        stack.enter_context(chdir(folder))
        for block in BLOCK.finditer(text):
            language, rest, code = block.groups()
            if OUTPUT in rest:
                yield block, said.rstrip("\n") + "\n"
                said = ""
            elif language in runs:
                before = text.count("\n", 0, block.start(3))
                place = f"{page.relative_to(ROOT)}:{before + 1}"
                if language == "sh":
                    said += _shell(code, place)
                else:
                    said += _python("\n" * before + code, page, namespace)


def _shell(code: str, place: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{place} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def _python(code: str, page: Path, namespace: dict[str, object]) -> str:
    with redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
        # must not be in the docs
        warnings.simplefilter("error")
        exec(compile(code, page, "exec"), namespace)
    return out.getvalue()


def rewritten(page: Path) -> str:
    """Return the text of a page with the current output of its blocks."""
    text, parts, at = page.read_text("utf-8"), [], 0
    for block, said in printed(page):
        parts += [text[at : block.start(3)], said]
        at = block.end(3)
    return "".join((*parts, text[at:]))


if __name__ == "__main__":
    for one in [Path(name).resolve() for name in sys.argv[1:]] or PAGES:
        if languages(one):
            one.write_text(rewritten(one), "utf-8")
