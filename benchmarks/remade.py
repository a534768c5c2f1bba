"""Make models again with the commands in their cards, and compare the bytes.

    python benchmarks/remade.py              # the models that one core makes in some minutes
    python benchmarks/remade.py times senses

The last fenced block of a card with a command is run, in a folder with the corpora and a copy of
the model without its files. Exits with 1 if a file is not the one in ``models/manifest.toml``. The
weights of identity also depend on all other models, since they are learned from records: make them
last.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.manifest import checksum

ROOT = Path(__file__).resolve().parent.parent
SMALL = ("senses", "namesakes", "times", "figures", "identity")
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PROGRAMS = {"python": [sys.executable], "pipeline": [sys.executable, "-m", "pipeline"]}


def commands(card: str) -> list[list[str]]:
    """Return the commands of a card that make its model.

    >>> commands("It takes\\n```\\npipeline train x --out \\\\\\n  models/x\\n```\\n")[0][2:]
    ['pipeline', 'train', 'x', '--out', 'models/x']
    """
    blocks = [one for one in BLOCK.findall(card) if one.split(maxsplit=1)[0] in PROGRAMS]
    if not blocks:
        raise ValueError("the card has no command")
    lines = blocks[-1].replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if line.strip()]
    return [[*PROGRAMS[first], *rest] for first, *rest in words]


def differing(name: str, files: Mapping[str, str], root: Path) -> Iterator[str]:
    """Make a model again, and yield its files that have other checksums than ``files``."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "seeds").symlink_to(root / "seeds")
        model = shutil.copytree(root / "models" / name, folder / "models" / name)
        for file in files:
            (model / file).unlink()
        places = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
        for command in commands((model / "README.md").read_text("utf-8")):
            subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": places}, check=True)
        for file, expected in files.items():
            if checksum(model / file) != expected:
                yield file


def main(root: Path = ROOT) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=SMALL, metavar="NAME")
    names = parser.parse_args().names
    manifest = tomllib.loads((root / "models" / "manifest.toml").read_text("utf-8"))
    files = {one["name"]: one["files"] for one in manifest["models"]}
    failed = False
    for name in names:
        found = list(differing(name, files[name], root))
        failed = failed or bool(found)
        print(f"{name}: {', '.join(found)} differs" if found else f"{name}: the same bytes")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
