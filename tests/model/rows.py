"""Show a row of an array by the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def columns_named(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def shown(
    names: Sequence[str], row: np.ndarray, without: tuple[str, ...] = (), *, apart: str = " "
) -> str:
    """Return the columns that are not zero, with values other than 1, ``apart`` by these letters.

    Those whose names begin with a word of ``without`` are left out.
    """
    assert len(names) == len(row)
    return apart.join(
        name if value == 1 else f"{name}={round(value, 3):g}"
        for name, value in zip(names, row.tolist(), strict=True)
        if value and not name.startswith(without)
    )
