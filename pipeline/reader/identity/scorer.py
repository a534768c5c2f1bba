"""Score how likely two profiles are the same one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from pipeline.manifest import own_model
from pipeline.reader.identity.pairs import Profile, properties

MODEL = "identity"
FILE_NAME = "weights.toml"


@dataclass(frozen=True, slots=True)
class Scorer:
    """A logistic regression over ``pairs.properties``."""

    weights: Mapping[str, float]
    same: float
    """From this probability on, two profiles are the same one."""
    review: float
    """From this probability on, a person should look."""

    def probability(self, one: Profile, other: Profile, more: float = 0.0) -> float:
        """Return the probability that two profiles are the same one, to four decimals.

        ``more`` is added to the weights.
        """
        total = sum(self.weights.get(name, 0.0) for name in properties(one, other)) + more
        return round(1 / (1 + exp(-max(-60.0, min(60.0, total)))), 4)


def read_scorer(path: Path) -> Scorer:
    """Return the scorer of a file of weights."""
    table = tomllib.loads(path.read_text("utf-8"))
    return Scorer(table["weights"], float(table["same"]), float(table["review"]))


@cache
def scorer() -> Scorer:
    """Return the shipped scorer; raises ``ModelChanged`` or ``ManifestUnreadable``."""
    _, folder = own_model(MODEL)
    return read_scorer(folder / FILE_NAME)
