"""Confidences are fitted to outcomes, and their error is measured."""

from __future__ import annotations

import pytest

from pipeline.model.session import Scale
from pipeline.training.regression import error_of, platt


def test_the_confidence_rises_with_the_share() -> None:
    scale = Scale(0.8, 0.3)
    found = [scale(share) for share in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert found == sorted(found)
    assert all(0 < one < 1 for one in found)


def test_confidence_is_scaled_to_what_is_right() -> None:
    shares = [0.9] * 100 + [0.6] * 100
    right = [n % 10 < 7 for n in range(100)] + [n % 10 < 4 for n in range(100)]
    assert error_of(shares, right) == pytest.approx(0.2)
    scale, error = platt(shares, right)
    assert (scale(0.9), scale(0.6)) == (pytest.approx(0.7, abs=0.03), pytest.approx(0.4, abs=0.03))
    assert error < 0.03


def test_shares_that_are_right_so_often_stay_as_they_are() -> None:
    likely = [0.2] * 100 + [0.8] * 100
    right = [at < 20 for at in range(100)] + [at < 80 for at in range(100)]
    scale, error = platt(likely, right)
    assert (scale.slope, scale.shift) == (pytest.approx(1.0, abs=0.02), pytest.approx(0, abs=0.02))
    assert error < 0.01


def test_shares_that_are_much_too_sure_are_scaled_to_what_is_right() -> None:
    shares, right = [0.9999] * 100, [True, False] * 50
    scale, _ = platt(shares, right)
    assert scale(0.9999) == pytest.approx(0.5, abs=0.01)
