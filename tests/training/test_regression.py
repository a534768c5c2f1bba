"""The fit finds the least loss, and finds it again."""

from __future__ import annotations

import math
import random

import pytest

from pipeline.training.regression import fit


def test_the_weights_are_those_that_can_be_worked_out_by_hand() -> None:
    held = [["a"]] * 8 + [[]] * 8
    right = [True] * 6 + [False] * 2 + [True] * 4 + [False] * 4
    weights = fit(held, right, penalty=1e-9, least_count=1)
    # without a penalty the odds are those of the counts: 4 to 4 without the property, 6 to 2 with
    assert weights["bias"] == pytest.approx(0.0, abs=1e-4)
    assert weights["a"] == pytest.approx(math.log(3), abs=1e-4)


def test_no_weight_can_be_moved_to_lower_the_loss() -> None:
    draw = random.Random(7)
    held = [draw.sample("abcdefgh", draw.randrange(6)) for _ in range(300)]
    right = [draw.random() < (0.8 if "a" in one else 0.3) for one in held]
    weights = fit(held, right, penalty=2.0, least_count=1)

    def slope(name: str) -> float:
        total = 0.0 if name == "bias" else 2.0 * weights[name]
        for one, outcome in zip(held, right, strict=True):
            if name == "bias" or name in one:
                score = weights["bias"] + sum(weights[other] for other in one)
                total += 1 / (1 + math.exp(-score)) - outcome
        return total

    assert set(weights) == {"bias", *"abcdefgh"}
    assert weights["a"] > 1
    assert all(abs(slope(name)) < 1e-5 for name in weights)


def test_a_rare_property_gets_no_weight_and_one_held_twice_counts_once() -> None:
    held = [["a", "a"], ["a"], ["b"], []]
    weights = fit(held, [True, True, False, False], penalty=1.0, least_count=2)
    assert set(weights) == {"bias", "a"}
    assert weights == fit(
        [["a"], ["a"], [], []], [True, True, False, False], penalty=1.0, least_count=2
    )
