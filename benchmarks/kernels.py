"""Compare the records that different processors, kernels and threads make of the same articles.

    python benchmarks/kernels.py [--texts FILE.jsonl …] [--articles N] [--profile fast]
                                 [--kernels Haswell SkylakeX …] [--threads 1 2 4]
                                 [--emulate Haswell-v4 …]

Each setting runs in a separate process: the first kernel with the first number of threads, the
second with the second, and so on; the shorter list is repeated. OpenBLAS takes its kernel from
``OPENBLAS_CORETYPE``; one that the processor cannot run, or that OpenBLAS replaces by another, is
left out, and the output says so.

``--emulate`` adds processors that ``qemu-x86_64`` emulates, which must be installed. ONNX Runtime,
NumPy and OpenBLAS choose their code by what such a processor reports: Haswell-v4 has AVX2 and no
AVX-512. It takes about a hundred times as long; ``--articles`` limits how many are read.

The records are compared with those of the first setting. "decisions" counts the articles that
differ in anything but a confidence; "confidences" those in which a confidence, rounded to two
decimals, differs; "bytes" those that differ at all; "items" the items that only one of two records
has, by layer. Provenance is left out. Exits with 1 if any article differs in one of the first two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


EMULATOR = "qemu-x86_64"
LAYERS = ("quotes", "figures", "times", "attributions")


class Setting(NamedTuple):
    """How OpenBLAS runs: the kernel, and the most threads."""

    kernel: str
    threads: int
    emulated: str = ""
    """The processor to emulate, which chooses the kernel."""

    def __str__(self) -> str:
        if self.emulated:
            return f"{self.emulated} (emulated)"
        return f"{self.kernel}, threads {self.threads}"


class Digest(NamedTuple):
    """What one article's record comes to."""

    decisions: str
    """Checksum of the record without confidences and provenance."""
    confidences: tuple[float, ...]
    """In the order of the record, rounded to two decimals."""
    whole: str
    """Checksum of the record without provenance."""
    items: Mapping[str, Sequence[str]] = {}
    """Checksums of the items by layer, without ids and confidences."""


def digests(paths: Iterable[Path], articles: int | None, profile: str) -> Iterator[Digest]:
    """Yield what each article comes to in this process."""
    from pipeline.api import extract_many
    from pipeline.input.article import Article

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
    return Digest(_checksum(record), confidences, whole, _items(record))


def _items(record: dict[str, Any]) -> dict[str, list[str]]:
    """Return the checksums of the items of a record; an item refers to others by their places."""
    named = {one["id"]: one["name"] for one in record.get("entities", ())}
    for layer in LAYERS:
        for one in record.get(layer, ()):
            span = one["content"]["spans"][0] if layer == "attributions" else one
            named[one["id"]] = f"{layer} {span['start']}"

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items() if key not in {"id", "text"}}
        return named.get(value, value) if isinstance(value, str) else value

    found = {layer: [_checksum(plain(one)) for one in record.get(layer, ())] for layer in LAYERS}
    found["mentions"] = [
        _checksum([one["name"], one["label"], mention["start"], mention["end"]])
        for one in record.get("entities", ())
        for mention in one["mentions"]
    ]
    return found


def differing(pairs: Iterable[tuple[Digest, Digest]]) -> dict[str, int]:
    """Count the items of each layer that only one of two records has."""
    found: dict[str, int] = dict.fromkeys((*LAYERS, "mentions"), 0)
    for one, other in pairs:
        for layer in found:
            ours, theirs = (Counter(those.items.get(layer, ())) for those in (one, other))
            found[layer] += ((ours - theirs) + (theirs - ours)).total()
    return found


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
    environment["OPENBLAS_NUM_THREADS"] = str(setting.threads)
    command = [sys.executable, __file__, "--worker", *arguments]
    if setting.emulated:
        command = [EMULATOR, "-cpu", setting.emulated, *command]
    else:
        environment["OPENBLAS_CORETYPE"] = setting.kernel
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    kernel, *lines = done.stdout.splitlines()
    found = (json.loads(line) for line in lines)
    return kernel, [Digest(one[0], tuple(one[1]), *one[2:]) for one in found]


def worker(arguments: argparse.Namespace) -> None:
    """Print the kernel and then a line for each article."""
    import numpy  # noqa: F401 - loads OpenBLAS
    from threadpoolctl import threadpool_info

    print(next((one["architecture"] for one in threadpool_info() if "architecture" in one), "none"))
    for one in digests(arguments.texts, arguments.articles, arguments.profile):
        print(json.dumps(one), flush=True)


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
    parser.add_argument("--profile", choices=("accurate", "fast"), default="accurate")
    parser.add_argument("--kernels", nargs="+", default=KERNELS)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--emulate", nargs="+", default=[], metavar="CPU")
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
    if args.emulate and not shutil.which(EMULATOR):
        parser.error(f"{EMULATOR} is not installed")
    settings += [Setting("", 1, cpu) for cpu in args.emulate]
    first: list[Digest] = []
    worst = 0
    for setting in settings:
        reported, found = run(setting, passed)
        wanted = ALIASES.get(setting.kernel, (setting.kernel,))
        if not setting.emulated and reported not in wanted:
            print(f"{setting}: left out, OpenBLAS runs {reported} instead")
            continue
        if not first:
            first = found
            print(f"{setting}: {len(found)} articles, compared with the following", flush=True)
            continue
        pairs = list(zip(first, found, strict=True))
        decisions = sum(a.decisions != b.decisions for a, b in pairs)
        confidences = sum(a.confidences != b.confidences for a, b in pairs)
        whole = sum(a.whole != b.whole for a, b in pairs)
        items = ", ".join(f"{layer} {count}" for layer, count in differing(pairs).items())
        print(
            f"{setting}: decisions {decisions}, confidences {confidences}, bytes {whole} differ;"
            f" items: {items}"
        )
        worst = max(worst, decisions, confidences)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
