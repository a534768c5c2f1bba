"""What all scorers share: reading files, counting, matching, reporting.

Spans are pairs of code point offsets, half open. A record is one parsed line of JSONL in the shape
of RECORDS.md; a gold row is one line of a file in ``data/`` (see its README for the keys).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int]
Record = dict
TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Metric:
    """One figure of a score sheet: ``value`` in percent unless ``unit`` says otherwise."""

    name: str
    value: float | None
    n: int
    detail: str = ""

    def line(self, prefix: str = "") -> str:
        """Return ``prefix name value (n) detail``, the form that every command prints."""
        value = "n/a" if self.value is None else f"{self.value:.1f}"
        return f"{prefix}{self.name} {value} ({self.n}) {self.detail}".rstrip()


@dataclass
class Tally:
    """Counts behind precision and recall; the two numerators may differ (overlap measures)."""

    right_predicted: float = 0
    predicted: int = 0
    right_gold: float = 0
    gold: int = 0

    def add(self, right: float, predicted: int, gold: int, right_gold: float | None = None) -> None:
        """Add one document's counts; ``right_gold`` defaults to ``right``."""
        self.right_predicted += right
        self.predicted += predicted
        self.right_gold += right if right_gold is None else right_gold
        self.gold += gold

    @property
    def precision(self) -> float:
        return self.right_predicted / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right_gold / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def metric(self, name: str) -> Metric:
        """F1 in percent over the gold count, with precision and recall as detail."""
        detail = f"P {100 * self.precision:.1f} R {100 * self.recall:.1f} pred {self.predicted}"
        return Metric(name, 100 * self.f1, self.gold, detail)


def share(name: str, right: float, total: int, detail: str = "") -> Metric:
    """Return the metric ``100 * right / total``, unknown where the total is zero."""
    return Metric(name, 100 * right / total if total else None, total, detail)


def read_jsonl(path: Path | str) -> list[dict]:
    """Return the rows of a JSONL file; blank lines are skipped."""
    with Path(path).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_gold(path: Path | str) -> list[dict]:
    """Return gold rows from JSONL, from one JSON file, or from every ``*.json`` of a folder."""
    path = Path(path)
    if path.is_dir():
        return [row for file in sorted(path.glob("*.json")) for row in read_gold(file)]
    if path.suffix == ".json":
        row = json.loads(path.read_text(encoding="utf-8"))
        row.setdefault("id", path.stem)
        return [row]
    return read_jsonl(path)


def read_records(path: Path | str) -> dict[str, Record]:
    """Return the records of a JSONL file by id."""
    return {str(record["id"]): record for record in read_jsonl(path)}


def span_of(item: dict | Sequence[int]) -> Span:
    """Return ``(start, end)`` of a span object or of a pair."""
    if isinstance(item, dict):
        return item["start"], item["end"]
    return item[0], item[1]


def spans_of(part: dict | None) -> list[Span]:
    """Return the spans of a source, cue or content of a record; none where it is null."""
    return [span_of(span) for span in (part or {}).get("spans") or ()]


def overlap(a: Span, b: Span) -> int:
    """Return how many code points two spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def entity_names(record: Record) -> dict[str, dict]:
    """Return the entities of a record by id."""
    return {entity["id"]: entity for entity in record.get("entities") or ()}


def max_matching(candidates: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return a largest one-to-one matching, left index to right index.

    ``candidates[i]`` lists the right items allowed for left item ``i``, best first (Kuhn's method).
    """
    owner: dict[int, int] = {}

    def place(left: int, seen: set[int]) -> bool:
        for right in candidates[left]:
            if right in seen:
                continue
            seen.add(right)
            if right not in owner or place(owner[right], seen):
                owner[right] = left
                return True
        return False

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        for left in range(len(candidates)):
            place(left, set())
    finally:
        sys.setrecursionlimit(limit)
    return {left: right for right, left in owner.items()}


def pair_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[int, int]:
    """Return a one-to-one matching of overlapping spans, equal and long overlaps preferred."""
    wanted = []
    for span in gold:
        near = [
            (-(other == span), -overlap(span, other), j)
            for j, other in enumerate(predicted)
            if overlap(span, other)
        ]
        wanted.append([j for *_, j in sorted(near)])
    return max_matching(wanted)


Scorer = Callable[[list[dict], dict[str, Record]], list[Metric]]


def run(scorer: Scorer, description: str | None, argv: Iterable[str] | None = None) -> None:
    """Be the command line of a scorer: ``score_x.py GOLD.jsonl RECORDS.jsonl [--json]``."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path, help="gold rows: a JSONL file, a .json or a folder")
    parser.add_argument("records", type=Path, help="our records, one per line (RECORDS.md)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args(None if argv is None else list(argv))
    metrics = scorer(read_gold(args.gold), read_records(args.records))
    if args.json:
        print(json.dumps({m.name: {"value": m.value, "n": m.n} for m in metrics}, indent=1))
        return
    for metric in metrics:
        print(metric.line())
