"""Print the shell commands in README for new users, one per line.

    python tests/readme.py commands

They are the lines of its ``sh`` blocks; ``.ci/run`` runs them unchanged.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Return the lines of README's ``sh`` blocks, without comments and empty lines."""
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


if __name__ == "__main__":
    if sys.argv[1:] != ["commands"]:
        sys.exit(__doc__)
    print("\n".join(commands()))
