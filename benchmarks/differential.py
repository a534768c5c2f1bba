"""Compare figures with the published test cases of other number readers.

    pip install --no-deps quantulum3
    python benchmarks/differential.py --quantulum
    python benchmarks/differential.py --recognizers recognizers_specs_dev.jsonl
    python benchmarks/differential.py --duckling CHECKOUT     # of facebook/duckling

The cases are read from the installed package (quantulum3, MIT), from a file (Recognizers-Text,
MIT) or from a checkout (Duckling, BSD-3-Clause); none of them is part of this repository. Each
expected item is compared with the figure that overlaps it, or, where the case is the item alone,
with the only one. A difference that a known convention explains is counted under that convention.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pipeline
from pipeline.quantities.units import find_quantities
from pipeline.records.schema import Figure

MANY = {"dozen": 12, "gross": 144, "baker's dozen": 13}
CENTS = {"cent", "penny", "dime", "cents", "pennies", "pence"}
NAMES = {"Dollar": "USD", "Cent": "USD", "Pound": "GBP", "dollar": "USD", "Unnamed": None}
NAMES |= {"pound-mass": "[lb_av]", "percentage": "%", "dimensionless": None, "cent": "USD"}
CORPORA = ("Numeral", "AmountOfMoney", "Distance", "Volume", "Temperature", "Ordinal")
GROUP = re.compile(r"examples \((.+?)\)\s*\[((?:[^\]\"]|\"(?:[^\"\\]|\\.)*\")*)\]", re.DOTALL)
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e\d+)?")
HEXED = re.compile(r"\\x([0-9a-f]{2,4})(?:\\&)?")
SAMPLES = 8
"""Differences without a convention that are shown of each kind."""


class Item(NamedTuple):
    """What a case expects: a span, values (two for a range) and a unit by their name."""

    start: int
    end: int
    values: tuple[Fraction, ...]
    unit: str | None


class Case(NamedTuple):
    """A text and what is expected of it; ``group`` is the kind of the case."""

    group: str
    text: str
    items: list[Item]


def quantulum() -> Iterator[Case]:
    """Yield the cases that the package quantulum3 ships; it is not imported."""
    found = find_spec("quantulum3")
    if found is None or found.origin is None:
        raise SystemExit("pip install --no-deps quantulum3")
    folder = Path(found.origin).parent / "_lang" / "en_US" / "tests"
    for name in ("quantities.json", "quantities.ambiguity.json"):
        for row in json.loads((folder / name).read_text("utf-8")):
            items, at = [], 0
            for one in row["res"]:
                at = max(at, row["req"].find(one["surface"], at))
                value = Fraction(str(one["value"]))
                items.append(Item(at, at + len(one["surface"]), (value,), one["unit"]))
            yield Case(name.removesuffix(".json"), row["req"], items)


def recognizers(path: Path) -> Iterator[Case]:
    """Yield the specifications: a type, a text and items with offsets."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        items = [
            Item(one["start"], one["end"], values, one["iso"] or one["unit"])
            for one in row["expected"]
            if (values := numbers(str(one["value"]).replace(",", "")))
        ]
        if len(items) == len(row["expected"]):
            yield Case(row["type"], row["text"], items)


def duckling(checkout: Path) -> Iterator[Case]:
    """Yield the examples of a checkout; each is an item as a whole."""
    for name in CORPORA:
        source = (checkout / "Duckling" / name / "EN" / "Corpus.hs").read_text("utf-8")
        for told, texts in GROUP.findall(source):
            values = numbers(told)
            unit = next((one for one in told.split()[1:] if one.isalpha()), None)
            for raw in QUOTED.findall(texts) if values else ():
                text = HEXED.sub(lambda code: chr(int(code[1], 16)), raw)
                yield Case(name, text, [Item(0, len(text), values, unit)])


def numbers(told: str) -> tuple[Fraction, ...]:
    """Return the numbers of a string."""
    return tuple(Fraction(one) for one in NUMBER.findall(told))


@cache
def code_of(name: str | None) -> str | None:
    """Return our code of a unit by its name, or the name where we know none."""
    if name is None or name in NAMES:
        return NAMES.get(name or "")
    if name.isupper() and len(name) == 3:
        return name
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    found = find_quantities(f"It was 5 {words} then.")
    return found[0].unit or name if found else name


def read_of(figure: Figure) -> list[Fraction]:
    """Return the numbers of a figure; a score has none."""
    told = (figure.value, figure.low, figure.high)
    return [Fraction(one) for one in map(str, filter(None, told)) if "-" not in one[1:]]


def alike(one: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
    """Return whether numbers are equal; theirs may be rounded, as 0.3333 for a third."""
    return len(one) == len(other) and all(
        abs(a - b) <= abs(a) / 1000 for a, b in zip(sorted(one), sorted(other), strict=True)
    )


def convention(item: Item, ours: Figure) -> str | None:
    """Return the convention that explains a difference, if one does."""
    read = read_of(ours)
    if len(read) > 1 and alike(item.values, [sum(read[-2:]) / 2]):
        return "a range is its middle"
    if len(read) > 1 and alike(item.values, read[:1]):
        return "a tolerance is left out"
    if (item.unit or "").lower() in CENTS and any(
        alike(item.values, [factor * one for one in read]) for factor in (100, 10)
    ):
        return "cents are a unit"
    if item.unit in MANY and alike([one * MANY[item.unit] for one in item.values], read):
        return "a dozen is a unit"
    if not alike(item.values, read):
        joined = ours.kind in ("duration", "age") and ours.end - ours.start > item.end - item.start
        return "lengths of time are not joined" if joined else None
    if ours.kind in ("duration", "age") and item.unit in (None, "dimensionless"):
        return "no unit of age or time"
    if item.unit in (None, "dimensionless") or ours.unit is None:
        return "the thing counted is not a unit" if ours.unit is None else "no unit"
    return "another unit of the name" if ours.unit_text else None


def compare(case: Case) -> Iterator[tuple[str, str]]:
    """Yield for each item how it compares, with the item as it is written."""
    figures = [one for one in pipeline.extract(case.text).figures if one.kind != "ordinal"]
    for item in case.items:
        near = [one for one in figures if one.start < item.end and item.start < one.end]
        ours = max(
            near, key=lambda one: min(one.end, item.end) - max(one.start, item.start), default=None
        )
        shown = case.text[item.start : item.end]
        if ours is None:
            yield "no figure", shown
            continue
        same = alike(item.values, read_of(ours))
        if same and code_of(item.unit) == ours.unit:
            yield "same", shown
        elif (reason := convention(item, ours)) is not None:
            yield f"convention: {reason}", shown
        else:
            what = "unit" if same else "value"
            told = "..".join(str(one) for one in (ours.value, ours.low, ours.high) if one)
            yield what, f"{shown!r}: {told} {ours.unit}, theirs {item.unit}"
    extra = [
        one
        for one in figures
        if not any(one.start < item.end and item.start < one.end for item in case.items)
    ]
    for one in extra:
        yield "figure of ours alone", one.text


def report(name: str, cases: Iterator[Case]) -> None:
    """Print how often each comparison came out, and samples of what no convention explains."""
    counts: dict[str, Counter[str]] = {}
    samples: dict[str, list[str]] = {}
    for case in cases:
        for how, shown in compare(case):
            counts.setdefault(case.group, Counter())[how] += 1
            if how != "same":
                samples.setdefault(how, []).append(shown)
    print(f"{name}:")
    for group, found in counts.items():
        items = found.total() - found["figure of ours alone"]
        print(f"  {group}: {found['same']} of {items} items alike")
        for how, count in found.most_common():
            if how != "same":
                print(f"    {count:4} {how}")
    for how, shown in samples.items():
        print(f"  {how}: " + " | ".join(shown[:SAMPLES]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quantulum", action="store_true", help="cases of the installed package")
    parser.add_argument("--recognizers", type=Path, help="specifications as JSONL")
    parser.add_argument("--duckling", type=Path, help="a checkout of Duckling")
    args = parser.parse_args()
    if args.quantulum:
        report("quantulum3", quantulum())
    if args.recognizers:
        report("Recognizers-Text", recognizers(args.recognizers))
    if args.duckling:
        report("Duckling", duckling(args.duckling))


if __name__ == "__main__":
    main()
