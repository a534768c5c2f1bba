"""Compare the records that different matrix kernels and thread counts make of the same articles.

    python benchmarks/kernels.py [--texts FILE.jsonl …] [--articles N] [--profile fast]
                                 [--kernels Haswell SkylakeX …] [--threads 1 2 4]

Each setting runs in a separate process: the first kernel with the first number of threads, the
second with the second, and so on; the shorter list is repeated. OpenBLAS takes its kernel from
``OPENBLAS_CORETYPE``; one that the processor cannot run, or that OpenBLAS replaces by another, is
left out, and the output says so.

The records are compared with those of the first setting. "decisions" counts the articles that
differ in anything but a confidence; "confidences" those in which a confidence, rounded to two
decimals, differs; "bytes" those that differ at all. Provenance is left out. Exits with 1 if any
article differs in one of the first two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "seeds" / "wikinews.jsonl"
KERNELS = ("Haswell", "SkylakeX", "Prescott")
"""AVX2, AVX-512 and SSE3."""
FEATURES = {"Haswell": "avx2", "SkylakeX": "avx512f", "Prescott": "pni"}
"""The flag in /proc/cpuinfo without which a kernel would end the process."""
ALIASES = {"Prescott": ("Prescott", "Katmai", "Core2"), "SkylakeX": ("SkylakeX", "Cooperlake")}
"""The names by which OpenBLAS reports a kernel, where they are not its own."""


class Setting(NamedTuple):
    """How OpenBLAS runs: the kernel, and the most threads."""

    kernel: str
    threads: int


class Digest(NamedTuple):
    """What one article's record comes to."""

    decisions: str
    """Checksum of the record without confidences and provenance."""
    confidences: tuple[float, ...]
    """In the order of the record, rounded to two decimals."""
    whole: str
    """Checksum of the record without provenance."""


def digests(paths: Iterable[Path], articles: int | None, profile: str) -> Iterator[Digest]:
    """Yield what each article comes to in this process."""
    from pipeline.api import extract_many
    from pipeline.readers.article import Article

    rows = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
    some = (
        Article(
            text=row["text"], where=str(at), published=(row.get("published") or "")[:10] or None
        )
        for at, row in enumerate(rows[:articles])
    )
    for outcome in extract_many(some, profile=profile):  # type: ignore[arg-type]
        yield digest(json.loads(outcome.to_line()))


def digest(record: dict[str, Any]) -> Digest:
    """Return what a record or a dead letter, read from its line, comes to."""
    record.pop("provenance", None)
    whole = _checksum(record)
    confidences = tuple(_take_confidences(record))
    return Digest(_checksum(record), confidences, whole)


def _take_confidences(value: Any) -> Iterator[float]:
    """Yield every confidence in a part of a record, and set it to 0."""
    if isinstance(value, list):
        for one in value:
            yield from _take_confidences(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key.endswith("confidence") and one is not None:
                yield round(one, 2)
                value[key] = 0
            else:
                yield from _take_confidences(one)


def _checksum(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def run(setting: Setting, arguments: list[str]) -> tuple[str, list[Digest]]:
    """Return the kernel that OpenBLAS reports, and the digests of a process with a setting."""
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    environment["OPENBLAS_CORETYPE"] = setting.kernel
    environment["OPENBLAS_NUM_THREADS"] = str(setting.threads)
    command = [sys.executable, __file__, "--worker", *arguments]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    kernel, *lines = done.stdout.splitlines()
    found = (json.loads(line) for line in lines)
    return kernel, [Digest(one[0], tuple(one[1]), one[2]) for one in found]


def worker(arguments: argparse.Namespace) -> None:
    """Print the kernel and then a line for each article."""
    import numpy  # noqa: F401 - loads OpenBLAS
    from threadpoolctl import threadpool_info

    print(next((one["architecture"] for one in threadpool_info() if "architecture" in one), "none"))
    for one in digests(arguments.texts, arguments.articles, arguments.profile):
        print(json.dumps(one))


def can_run(kernel: str) -> bool:
    """Tell whether the processor has what a kernel needs; True where that cannot be read."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return True
    return FEATURES.get(kernel, "") in {"", *flags}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, nargs="+", default=[SHIPPED])
    parser.add_argument("--articles", type=int, help="read no more than so many")
    parser.add_argument("--profile", choices=("fast", "accurate"), default="fast")
    parser.add_argument("--kernels", nargs="+", default=KERNELS)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        worker(args)
        return 0
    passed = ["--profile", args.profile, "--texts", *map(str, args.texts)]
    if args.articles is not None:
        passed += ["--articles", str(args.articles)]
    kernels = [one for one in args.kernels if can_run(one)]
    for one in sorted({*args.kernels} - {*kernels}):
        print(f"{one}: left out, this processor cannot run it")
    size = max(len(kernels), len(args.threads))
    settings = list(islice(map(Setting, cycle(kernels), cycle(args.threads)), size))
    first: list[Digest] = []
    worst = 0
    for setting in settings:
        reported, found = run(setting, passed)
        name = f"{setting.kernel}, threads {setting.threads}"
        if reported not in ALIASES.get(setting.kernel, (setting.kernel,)):
            print(f"{name}: left out, OpenBLAS runs {reported} instead")
            continue
        if not first:
            first = found
            print(f"{name}: {len(found)} articles, compared with the following")
            continue
        pairs = list(zip(first, found, strict=True))
        decisions = sum(a.decisions != b.decisions for a, b in pairs)
        confidences = sum(a.confidences != b.confidences for a, b in pairs)
        whole = sum(a.whole != b.whole for a, b in pairs)
        print(f"{name}: decisions {decisions}, confidences {confidences}, bytes {whole} differ")
        worst = max(worst, decisions, confidences)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
