"""Fit the scale of confidences to outcomes, and measure the calibration error that is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.reader.scale import SMALLEST, Scale

PRIOR = 1.0
"""How far a scale of few outcomes is held to leaving shares as they are."""
BINS = 10


def platt(shares: Sequence[float], right: Sequence[bool]) -> tuple[Scale, float]:
    """Return the scale that fits outcomes (Platt 1999), and its expected calibration error."""
    chances = np.clip(np.array(shares, dtype=np.float64), SMALLEST, 1 - SMALLEST)
    odds = np.log(chances / (1 - chances))
    outcomes = np.array(right, dtype=np.float64)
    weights = np.array([1.0, 0.0])
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    for _ in range(50):  # Newton's method; the loss is convex
        p = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (p - outcomes) + PRIOR * (weights - [1.0, 0.0])
        curve = (design * (p * (1 - p))[:, None]).T @ design + PRIOR * np.eye(2)
        weights = weights - np.linalg.solve(curve, slope)
    scale = Scale(round(float(weights[0]), 4), round(float(weights[1]), 4))
    return scale, calibration_error([scale(one) for one in shares], right)


def calibration_error(sure: Sequence[float], right: Sequence[bool]) -> float:
    """Return the expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    p, outcomes = np.array(sure), np.array(right, dtype=np.float64)
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    wrong = sum(abs(p[bins == one].sum() - outcomes[bins == one].sum()) for one in range(BINS))
    return float(wrong / max(1, len(p)))
