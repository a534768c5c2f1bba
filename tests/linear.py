"""A check that a step takes linear time, on small inputs."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 8
SLACK = 0.05
"""CPU seconds that may be lost to anything but the step."""


def assert_linear(step: Callable[[int], object], few: int) -> None:
    """Check that eight times the input takes less than 24 times as long, and not 64 times.

    A busy machine only adds time, so a step that seems slow is measured again.
    """
    step(1)  # nothing is loaded while the time is taken
    for _ in range(3):
        short, long = _seconds(step, few), _seconds(step, TIMES * few)
        if long < 3 * TIMES * short + SLACK:
            return
    raise AssertionError(f"{short:.3f} s for {few:,}, {long:.3f} s for {TIMES} times as many")


def _seconds(step: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    step(size)
    return time.process_time() - start
