"""Fit the scale of confidences to outcomes (Platt 1999)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.reader.scale import SMALLEST, Scale
from pipeline.training.evaluation import Verdict, calibration_error

PRIOR = 1.0
"""Weight of the prior that leaves shares unchanged; it matters only with few outcomes."""


def platt(shares: Sequence[float], right: Sequence[bool]) -> tuple[Scale, float]:
    """Return the scale that fits outcomes, and the expected calibration error of its confidences.

    ``shares`` are from 0 to 1, one for each outcome. Without outcomes, the scale leaves shares
    unchanged and the error is 0.
    """
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
    return scale, error_of([scale(one) for one in shares], right)


def error_of(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Return the expected calibration error of confidences (Guo et al. 2017), from 0 to 1."""
    verdicts = [Verdict(*one) for one in zip(confidences, right, strict=True)]
    return calibration_error(verdicts) or 0.0
