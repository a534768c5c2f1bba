"""``python -m pipeline``, and the command ``pipeline``."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line and return its exit code, also for Ctrl-C during imports."""
    # most objects allocated while modules and models are loaded are never freed
    gc.set_threshold(50_000, 20, 20)
    try:
        from pipeline.cli import main as run
    except KeyboardInterrupt:
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
