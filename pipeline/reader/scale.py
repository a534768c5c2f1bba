"""Turn the shares that a network gives into confidences, by Platt's scaling (1999)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

SMALLEST = 1e-4
"""Shares nearer to 0 or 1 than this count as this near."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The logistic function of slope · log odds + shift."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, share: float) -> float:
        """Return the confidence for a share; both are from 0 to 1."""
        share = min(max(share, SMALLEST), 1 - SMALLEST)
        return 1 / (1 + exp(-self.slope * log(share / (1 - share)) - self.shift))
