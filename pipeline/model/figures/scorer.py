"""Run the trained scorer: what each number measures, whose it is, its kind, change and bound.

The same weights read documents with the states of the encoder and without.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.manifest import own_model
from pipeline.model.encoder import encoder_below
from pipeline.model.figures.features import FEATURES, FigureFeatures, NumberQuery, in_parts
from pipeline.model.session import Floats, Integers, Scale, check_features, session
from pipeline.records.labels import Bound, Change, ChangeRole

MODEL = "figures"
"""The name of the scorer in ``models/manifest.toml``."""
GRAPH = "scorer.onnx"
CONFIG = "config.json"
SCALES = ("plain", "encoded")
"""The scales of confidence in the config: without and with the states of the encoder."""
DECIMALS = 4
"""Scores are rounded to so many decimals before anything is compared with them."""
KINDS = (
    "none", "count", "ordinal", "ratio", "multiple", "age", "points", "pp", "alike", "own",
)  # fmt: skip
"""What a number is: "alike" has the unit of the one before, "own" the kind that its unit tells."""
CHANGES: tuple[tuple[Change, ChangeRole] | None, ...] = (
    None,
    ("increase", "delta"),
    ("increase", "from"),
    ("increase", "to"),
    ("decrease", "delta"),
    ("decrease", "from"),
    ("decrease", "to"),
)
LIMITS: tuple[Bound | None, ...] = (
    None, "approx", "at_least", "at_most", "more_than", "less_than",
)  # fmt: skip
NEVER = -1e4
SPECIAL = {"ordinal": ("none", "ordinal"), "multiple": ("none", "multiple")}
"""What numbers may be that are no cardinals."""
PLAIN = ("none", "count", "multiple", "points", "pp", "alike")
OLDEST = 130
"""Nobody is so many years old."""


class Allowed(NamedTuple):
    """Which classes a number may have, (n, k) each."""

    kinds: NDArray[np.bool_]
    changes: NDArray[np.bool_]
    bounds: NDArray[np.bool_]

    def check(self, kinds: Integers, changes: Integers, bounds: Integers) -> None:
        """Leave open which class a number has where the right one is not allowed, in place."""
        for may, right in zip(self, (kinds, changes, bounds), strict=True):
            rows = np.arange(len(right))
            right[(right >= 0) & ~may[rows, np.maximum(right, 0)]] = -1


class FigureReading(NamedTuple):
    """What a number is."""

    kind: str
    change: tuple[Change, ChangeRole] | None
    bound: Bound | None
    measures: int | None
    """The token that heads what it measures."""
    holder: int | None
    """The token that heads the mention of whose it is."""
    confidence: float
    """Calibrated probability that all fields above, the value and the unit are right."""


def kinds_of(one: NumberQuery) -> tuple[str, ...]:
    """Return the kinds that a number may be of by its form."""
    quantity, number = one.quantity, one.quantity.number
    if quantity.kind != "number" or quantity.unit == "score":
        return ("none", "own")
    if one.ranked and number.kind == "cardinal":
        return ("none", "ordinal")
    if one.share or number.kind == "ratio":
        return ("none", "ratio")
    age = quantity.value
    young = age is not None and 0 < age < OLDEST and age * 2 == int(age * 2)
    return SPECIAL.get(number.kind, (*PLAIN, "age") if young else PLAIN)


def allowed(asked: Sequence[NumberQuery]) -> Allowed:
    """Return the classes that numbers may have."""
    kinds = [[kind in mine for kind in KINDS] for mine in map(kinds_of, asked)]
    changes = [
        [one.role is None or change is None or change[1] == one.role for change in CHANGES]
        for one in asked
    ]
    bounds = [
        [limit is None or bool(one.before or one.behind) for limit in LIMITS] for one in asked
    ]
    return Allowed(*(np.array(one, dtype=bool) for one in (kinds, changes, bounds)))


class FigureScorer:
    """The graph of the scorer, loaded."""

    def __init__(self, folder: Path, *, encoded: bool = False) -> None:
        """Load the scorer in a folder; ``encoded``: it reads the states of the encoder, too.

        Raises ``ModelUnsuitable`` if it was trained on other features or above another encoder.
        """
        self.graph = session(folder / GRAPH)
        table = json.loads((folder / CONFIG).read_text("utf-8"))
        check_features(folder, table.get("features"), FEATURES)
        self.encoder = encoder_below(folder, table["encoder"]) if encoded else None
        self.scale = Scale(**table["scales"][SCALES[encoded]])

    def read(
        self, doc: Doc, columns: Columns, asked: Sequence[NumberQuery], dated: Sequence[bool]
    ) -> list[FigureReading]:
        """Return what the numbers of a document are."""
        states = None if self.encoder is None else self.encoder.of(columns)
        parts = in_parts(doc, columns, asked, dated, states)
        return [one for some, found in parts for one in self._read(some, found)]

    def _read(self, asked: Sequence[NumberQuery], found: FigureFeatures) -> Iterator[FigureReading]:
        given = found._asdict()
        candidates = given.pop("candidates")
        scores, pairs = self.graph.run(None, given)
        chosen = choices(allowed(asked), found.pairs[:, 0], scores, pairs)
        tokens = np.append(candidates, -1)[chosen.pairs].tolist()
        sure = [self.scale(likely) for likely in chosen.likely.tolist()]
        rows = zip(*(best.tolist() for best in chosen.classes), tokens, sure, strict=True)
        for kind, change, bound, (measure, holder), sure in rows:
            yield FigureReading(
                KINDS[kind], CHANGES[change], LIMITS[bound], _token(measure), _token(holder), sure
            )


def _token(index: int) -> int | None:
    return None if index < 0 else index


class Choices(NamedTuple):
    """The likeliest class of each number, and the pairs that it chooses."""

    classes: list[Integers]
    """(n,) each: kind, change and bound."""
    pairs: Integers
    """(n, 2) the row of the pair with its measure and with its holder, -1 for none."""
    likely: Floats
    """(n,) the product of the probabilities of the chosen classes and pairs."""


def choices(allowed: Allowed, number: Integers, scores: Floats, pairs: Floats) -> Choices:
    """Return what is likeliest by the scores of classes and pairs; ``number`` is the pairs'."""
    scores, pairs = np.round(scores, DECIMALS), np.round(pairs, DECIMALS)
    split = np.cumsum([len(KINDS), len(CHANGES), len(LIMITS)])
    *classes, null = np.split(scores, split, axis=1)
    masked = [np.where(may, score, NEVER) for may, score in zip(allowed, classes, strict=True)]
    best = [one.argmax(axis=1) for one in masked]
    likely = np.prod([1 / np.exp(one - one.max(1, keepdims=True)).sum(1) for one in masked], axis=0)
    # the option of none, before those of the pairs of each number
    numbers = np.arange(len(scores))
    starts = np.searchsorted(number, numbers)
    options, of = np.insert(pairs, starts, null, axis=0), np.insert(number, starts, numbers)
    starts += numbers
    top = np.maximum.reduceat(options, starts, axis=0)[of]
    sums = np.zeros((len(scores), 2), dtype=np.float32)
    np.add.at(sums, of, np.exp(options - top))
    likely *= np.prod(1 / sums, axis=1)
    rows = np.arange(len(options))[:, None]
    first = np.minimum.reduceat(np.where(options == top, rows, len(rows)), starts, axis=0)
    found = first > starts[:, None]
    chosen = np.where(found, first - 1 - numbers[:, None], -1)
    return Choices(best, chosen, np.round(likely, DECIMALS).astype(np.float32))


@cache
def scorer(*, encoded: bool = False) -> FigureScorer:
    """Return the scorer of ``models/``, checked and loaded once.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(MODEL)
    return FigureScorer(folder, encoded=encoded)
