"""Change the code in small ways, and see whether a test fails.

    python benchmarks/mutation.py --mutants 200 --seed 1 --packages stages text reader

Each mutant is one change of one module: a comparison, a boundary, a constant, a condition, a value
that is returned, a call that is left out. The tests of the module's package run against it in a
copy of the repository, the quick ones first: those of ``QUICK``, or else those that import it.
A mutant that no test notices survives. The exit code is 1 if fewer than ``--goal`` percent are
killed. A mutant that survives takes minutes: this is for the night, not for every change.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
QUICK = {
    "batch": (
        "test_store test_durable test_plan test_links test_deadline test_process test_mangled "
        "test_crashes"
    ),
    "output": "test_files test_corrections test_jsonl test_layout test_rows test_parquet",
}
"""The tests that run first, by package."""
SLOW = {
    "batch": [
        "tests/batch/test_workers.py",
        "tests/cli/test_batch.py",
        "tests/batch/test_objects.py",
    ],
    "output": ["tests/output", "tests/cli/test_load.py", "tests/cli/test_correct.py"],
    "stages": ["tests/stages", "tests/test_golden.py"],
    "text": ["tests/text", "tests/stages", "tests/test_golden.py"],
    "quantities": ["tests/quantities", "tests/stages", "tests/test_golden.py"],
    "times": ["tests/times", "tests/stages", "tests/test_golden.py"],
    "model": ["tests/model", "tests/stages", "tests/test_golden.py"],
}
"""The tests that run where none of the quick ones failed."""
LEFT_OUT = {"engines.py", "postgres.py", "__init__.py"}
"""What needs a cluster or a server to be tested."""
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


class Mutant(NamedTuple):
    """A module with one change."""

    path: Path
    line: int
    change: str
    source: str


class Site(NamedTuple):
    """A node that can be changed, by its number in a walk of the tree."""

    number: int
    kind: str


def sites(tree: ast.Module) -> Iterator[Site]:
    """Yield what can be changed in a module, type annotations and docstrings left out."""
    passed = {id(node) for node in _annotations(tree)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in passed:
            continue
        match node:
            case ast.Compare():
                yield Site(number, "comparison")
            case ast.BoolOp():
                yield Site(number, "and/or")
            case ast.UnaryOp(op=ast.Not()):
                yield Site(number, "not")
            case ast.Constant(value=bool()):
                yield Site(number, "boolean")
            case ast.Constant(value=int()):
                yield Site(number, "number")
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                yield Site(number, "sum")
            case ast.Return(value=ast.expr()) if not _is_none(node.value):
                yield Site(number, "return")
            case ast.Expr(value=ast.Call()):
                yield Site(number, "call")
            case ast.Raise(exc=ast.expr()):
                yield Site(number, "raise")


def _annotations(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        given: list[ast.expr | None] = []
        if isinstance(node, ast.AnnAssign | ast.arg):
            given = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            given = [node.returns]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from ast.walk(node)
        for one in given:
            if one is not None:
                yield from ast.walk(one)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def mutate(tree: ast.Module, site: Site) -> tuple[int, str, str]:
    """Return the line, the change and the source of a module with one change."""
    tree = copy.deepcopy(tree)
    node = list(ast.walk(tree))[site.number]
    line = getattr(node, "lineno", 0)
    before = ast.unparse(node)
    after: ast.AST = node
    match node:
        case ast.Compare():
            node.ops[0] = COMPARISONS[type(node.ops[0])]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            after = _replace(tree, node, node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int()):
            node.value += 1
        case ast.BinOp():
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.Expr() | ast.Raise():
            after = _replace(tree, node, ast.Pass())
    change = f"{before.splitlines()[0]}  ->  {ast.unparse(after).splitlines()[0]}"
    return line, change, ast.unparse(ast.fix_missing_locations(tree))


def _replace(tree: ast.Module, node: ast.AST, other: ast.AST) -> ast.AST:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, other)
            elif isinstance(value, list) and any(one is node for one in value):
                setattr(parent, name, [other if one is node else one for one in value])
    return other


def draw(packages: list[str], number: int, seed: int) -> list[Mutant]:
    """Return mutants drawn from all that can be made, each once."""
    found: list[tuple[Path, ast.Module, Site]] = []
    for package in packages:
        for path in sorted((ROOT / "pipeline" / package).rglob("*.py")):
            if path.name not in LEFT_OUT:
                tree = ast.parse(path.read_text("utf-8"))
                found += [(path.relative_to(ROOT), tree, site) for site in sites(tree)]
    drawn = random.Random(seed).sample(found, min(number, len(found)))
    return [Mutant(path, *mutate(tree, site)) for path, tree, site in drawn]


def killed(mutant: Mutant, copied: Path, seconds: float, *, quick: bool) -> bool:
    """Return whether a test fails, or takes too long, with a mutant."""
    tests = [quick_tests(mutant.path), *([] if quick else [SLOW[mutant.path.parts[1]]])]
    place = copied / mutant.path
    kept = place.read_bytes()
    place.write_text(mutant.source, "utf-8")
    try:
        return any(_fails(files, copied, seconds) for files in tests if files)
    finally:
        place.write_bytes(kept)


def quick_tests(module: Path) -> list[str]:
    """Return the tests to run first: those of ``QUICK``, or else those that import the module or
    have its name, or else those of the modules that import it.
    """
    package = module.parts[1]
    if package in QUICK:
        return [f"tests/{package}/{name}.py" for name in QUICK[package].split()]
    tests = sorted((ROOT / "tests" / package).glob("test_*.py"))
    modules = sorted((ROOT / "pipeline" / package).rglob("*.py"))
    named, seen = [module], {module}
    while named:
        found = [one for one in tests if _imports(one, named) or _is_of(one, named)]
        if found:
            return [str(one.relative_to(ROOT)) for one in found]
        importing = [one.relative_to(ROOT) for one in modules if _imports(one, named)]
        named = [one for one in importing if one not in seen]
        seen.update(named)
    return []


def _imports(path: Path, modules: list[Path]) -> bool:
    text = path.read_text("utf-8")
    return any(f"{'.'.join(one.with_suffix('').parts)} import" in text for one in modules)


def _is_of(test: Path, modules: list[Path]) -> bool:
    return any(test.stem == f"test_{one.stem}" for one in modules)


def _fails(files: list[str], copied: Path, seconds: float) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files]
    program = subprocess.Popen(
        command,
        cwd=copied,
        env=os.environ | {"PYTHONPATH": str(copied), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # 5: all tests of these files need --check
        return program.wait(seconds) not in (0, 5)
    except subprocess.TimeoutExpired:
        return True
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)  # workers that a mutant has left
        program.wait()


def copy_of_repository(folder: Path) -> Path:
    """Copy what the tests need; what is large and never written to is a link."""
    copied = folder / "repository"
    for name in ("pipeline", "tests"):
        shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("models", "seeds", "docs", "benchmarks", "README.md", "pyproject.toml"):
        (copied / name).symlink_to(ROOT / name)
    return copied


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--mutants", type=int, default=100, help="how many [100]")
    parser.add_argument("--seed", type=int, default=1, help="random seed [1]")
    parser.add_argument("--packages", nargs="*", default=["runs", "writers"], choices=list(SLOW))
    parser.add_argument("--quick", action="store_true", help="only the quick tests: a lower bound")
    parser.add_argument("--minutes", type=float, default=480, help="stop after this time [480]")
    parser.add_argument("--seconds", type=float, default=600, help="limit of a test run [600]")
    parser.add_argument("--goal", type=float, default=90, help="percent to be killed [90]")
    given = parser.parse_args()
    mutants = draw(given.packages, given.mutants, given.seed)
    tried: Counter[str] = Counter()
    kills: Counter[str] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copied = copy_of_repository(Path(folder))
        files = {file for one in mutants for file in quick_tests(one.path)}
        files |= set() if given.quick else {file for one in given.packages for file in SLOW[one]}
        if _fails(sorted(files), copied, 10 * given.seconds):
            print("the tests fail as they are", file=sys.stderr)
            return 2
        for number, mutant in enumerate(mutants, 1):
            if time.monotonic() - began > 60 * given.minutes:
                break
            package = mutant.path.parts[1]
            died = killed(mutant, copied, given.seconds, quick=given.quick)
            tried[package] += 1
            kills[package] += died
            state = "killed  " if died else "SURVIVES"
            print(f"{state} {mutant.path}:{mutant.line}  {mutant.change}", flush=True)
            print(f"{number} of {len(mutants)}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    for package in tried:
        print(f"killed {kills[package]} of {tried[package]} in {package}")
    share = 100 * kills.total() / max(1, tried.total())
    print(f"killed {kills.total()} of {tried.total()}: {share:.0f}%")
    return 0 if share >= given.goal else 1


if __name__ == "__main__":
    sys.exit(main())
