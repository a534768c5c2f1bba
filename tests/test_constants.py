"""A class has a name of its own; a word set, a pattern or a tuple of words has one definition."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline"


def test_no_two_modules_define_the_same_constant() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                words = [
                    one.value
                    for one in ast.walk(node.value)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                if sum(map(len, words)) > 8:
                    found[ast.unparse(node.value)].add(str(path.relative_to(PACKAGE)))
    assert {value: paths for value, paths in found.items() if len(paths) > 1} == {}


def test_no_two_classes_have_the_same_name() -> None:
    modules = [ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")]
    names = Counter(
        node.name for one in modules for node in ast.walk(one) if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []
