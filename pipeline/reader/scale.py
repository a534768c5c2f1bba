"""Platt scaling (1999): turn the probabilities of a network into calibrated confidences."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

SMALLEST = 1e-4
"""Shares are clipped to the range from this to 1 minus this."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The logistic function of slope · log odds + shift."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, share: float) -> float:
        """Return the calibrated confidence for a probability; both are from 0 to 1."""
        share = min(max(share, SMALLEST), 1 - SMALLEST)
        return 1 / (1 + exp(-self.slope * log(share / (1 - share)) - self.shift))
