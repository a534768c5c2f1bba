"""Import spaCy without its command line, which takes as long as the rest of it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


def _info(*args: Any, **options: Any) -> Any:
    """Return what ``spacy.info`` returns, importing its module now."""
    from spacy.cli.info import info

    return info(*args, **options)


if "spacy" not in sys.modules:
    # spaCy imports one function of it; a later ``import spacy.cli`` finds the real module
    left_out = {"spacy.cli": ModuleType("spacy.cli"), "spacy.cli.info": ModuleType("info")}
    left_out["spacy.cli.info"].info = _info  # type: ignore[attr-defined]
    sys.modules.update(left_out)
    try:
        import spacy
    finally:
        for name in left_out:
            del sys.modules[name]

import spacy  # noqa: E402

__all__ = ["spacy"]
