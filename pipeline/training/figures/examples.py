"""Turn annotated articles into examples for the scorer of figures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.reader.figures.features import Asked, Features, features
from pipeline.reader.figures.scorer import CHANGES, KINDS, LIMITS, Allowed, allowed
from pipeline.stages.figures.candidates import Candidates
from pipeline.text.units import Quantity

UNKNOWN = -1


class Example(NamedTuple):
    """The numbers of an article with the right answers."""

    found: Features
    allowed: Allowed
    kinds: NDArray[np.int64]
    """(n,) class of each number; ``UNKNOWN`` if it is not annotated, also below."""
    changes: NDArray[np.int64]
    bounds: NDArray[np.int64]
    asked: NDArray[np.bool_]
    """(n, 2) whether measure and holder are known."""
    right: NDArray[np.bool_]
    """(p, 2) whether each candidate is right."""
    valued: NDArray[np.bool_]
    """(n,) whether value and unit are as annotated; true for numbers without annotation."""


def example(row: dict[str, Any], doc: Doc) -> Example | None:
    """Return an annotated article with its numbers, or None if it has no number."""
    candidates = Candidates(doc, doc._.news.times)
    asked = candidates.asked()
    if not asked:
        return None
    columns = Columns(doc)
    found = features(doc, columns, asked, candidates.dated())
    may = allowed(asked)
    gold = [figure_of(one.quantity, row["figures"]) for one in asked]
    valued = [figure is None or same(one, figure) for one, figure in zip(asked, gold, strict=True)]
    kinds, changes, bounds = np.full((3, len(asked)), UNKNOWN, dtype=np.int64)
    known = np.zeros((len(asked), 2), dtype=bool)
    right = np.zeros((len(found.pairs), 2), dtype=bool)
    mentions = mentions_of(row, columns, candidates)
    for at, (one, figure) in enumerate(zip(asked, gold, strict=True)):
        kinds[at] = kind_of(one, figure, row)
        if figure is None:
            continue
        changes[at] = change_of(figure)
        bounds[at] = LIMITS.index(figure["bound"])
        mine = found.pairs[:, 0] == at
        measured = _heads(figure.get("measures"), columns, candidates)
        for role, heads in enumerate((measured, mentions.get(figure["holder"] or "", set()))):
            good = mine & np.isin(found.candidates, list(heads))
            right[:, role] |= good
            told = figure.get(("measures", "holder")[role]) is not None
            known[at, role] = bool(good.any()) or not told or role == 1
    may.check(kinds, changes, bounds)
    return Example(found, may, kinds, changes, bounds, known, right, np.array(valued))


def figure_of(one: Quantity, figures: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the annotated figure that overlaps a number most."""
    near = [
        (min(one.end, end) - max(one.start, start), -at, figure)
        for at, figure in enumerate(figures)
        for start, end in [figure["span"]]
        if start < one.end and end > one.start
    ]
    return max(near, key=lambda found: found[:2])[2] if near else None


def same(one: Asked, figure: dict[str, Any]) -> bool:
    """Return whether value, ends and unit of a number are as annotated.

    The unit of pounds and points counts as right: the scorer decides what they are.
    """
    quantity = one.quantity
    if "value" not in figure or "-" in (figure["value"] or "")[1:]:
        return True  # scores and odds have two numbers
    read = (quantity.value, quantity.low, quantity.high)
    told = (figure["value"], figure["low"], figure["high"])
    if any(
        (a is None) != (b is None) or (a and Fraction(a) != Fraction(b))
        for a, b in zip(read, told, strict=True)
    ):
        return False
    return quantity.unit in (None, figure["unit"])


def kind_of(one: Asked, figure: dict[str, Any] | None, row: dict[str, Any]) -> int:
    """Return the class of a number."""
    quantity = one.quantity
    if quantity.unit == "score":
        return UNKNOWN
    if figure is None:
        timed = any(
            time["span"][0] < quantity.end and time["span"][1] > quantity.start
            for time in row["times"]
        )
        return UNKNOWN if timed and quantity.kind == "duration" else KINDS.index("none")
    kind, unit = figure["kind"], figure["unit"]
    if kind == "points":
        kind = "pp" if unit == "pp" else "points"
    if quantity.kind != "number":
        return KINDS.index("own")
    if kind in KINDS:
        return KINDS.index(kind)
    return UNKNOWN if kind == "score" else KINDS.index("alike")


def change_of(figure: dict[str, Any]) -> int:
    """Return the class of change and role."""
    if figure["change"] is None:
        return 0
    change = (figure["change"], figure.get("change_role") or "delta")
    return CHANGES.index(change)


def mentions_of(
    row: dict[str, Any], columns: Columns, candidates: Candidates
) -> dict[str, set[int]]:
    """Return the head tokens of the named mentions of each entity."""
    found: dict[str, set[int]] = {}
    for one in row["entities"]:
        heads = found.setdefault(one["name"], set())
        for start, end, _ in one["mentions"]:
            heads.add(columns.root(*candidates.bounds(start, end)))
    return found


def _heads(told: dict[str, Any] | None, columns: Columns, candidates: Candidates) -> set[int]:
    """Return the head tokens of an annotated span."""
    return set() if told is None else {columns.root(*candidates.bounds(*told["span"]))}
