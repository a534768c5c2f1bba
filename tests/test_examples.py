"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from spacy.language import Language

import pipeline

ROOT = Path(pipeline.__file__).parent
SHOWN = [
    pytest.param(one, marks=[pytest.mark.check] if "server" in one.parts else [])
    for one in sorted(ROOT.rglob("*.py"))
    if ">>> " in one.read_text("utf-8")
]


@pytest.mark.parametrize("path", SHOWN, ids=lambda one: str(one.relative_to(ROOT)))
def test_examples(path: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.api._loaded", lambda *_, **__: nlp)
    if "training" in path.parts and find_spec("torch") is None:
        pytest.skip("training needs the extra train")
    name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    failed, attempted = doctest.testmod(import_module(name))
    assert attempted
    assert not failed
