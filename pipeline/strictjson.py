"""Parse JSON from files that anyone may have written."""

from __future__ import annotations

import json
from typing import Any


def parse_json(data: str | bytes, **options: Any) -> Any:
    """Return the value of a JSON text; ``options`` are those of ``json.loads``.

    Raises ``ValueError`` for everything that is not JSON, and for JSON that nests too deep: the
    standard library raises ``RecursionError`` there, which is not a ``ValueError``.

    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
    ValueError: nested too deep
    """
    try:
        return json.loads(data, **options)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


Shape = type | None | tuple[Any, ...] | list[Any] | dict[Any, Any]
"""What a JSON value has to look like.

A type, or None; a tuple of alternatives; a list with the shape of each element; a dict with the
shapes of the keys that have to be there, or with ``str`` for the shape of every value.
"""


def fits(value: Any, shape: Shape) -> bool:
    """Return whether a JSON value has a shape.

    >>> fits({"name": "a", "sizes": [1, 2]}, {"name": str, "sizes": [int], "note": (str, None)})
    True
    >>> fits({"name": 7, "sizes": [1, 2]}, {"name": str, "sizes": [int]})
    False
    """
    if isinstance(shape, tuple):
        return any(fits(value, one) for one in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(one, shape[0]) for one in value)
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return False
        if str in shape:
            return all(fits(one, shape[str]) for one in value.values())
        return all(fits(value.get(key), one) for key, one in shape.items())
    return value is None if shape is None else type(value) is shape
