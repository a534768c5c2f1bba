"""Parse JSON from untrusted files."""

from __future__ import annotations

import json
from typing import Any


def parse_json(data: str | bytes, **options: Any) -> Any:
    """Parse a JSON text; ``options`` are those of ``json.loads``.

    Raises ``ValueError`` for everything that is not JSON, and for JSON that is nested too deeply:
    the standard library raises ``RecursionError`` in that case, which is not a ``ValueError``.

    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
    ValueError: nested too deep
    """
    try:
        return json.loads(data, **options)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


Shape = type | None | tuple[Any, ...] | list[Any] | dict[Any, Any]
"""The required shape of a JSON value.

It is a type, or None; a tuple of alternatives; a list with the shape of each element; a dict with
the shapes of required keys, or with ``str`` as the key for the shape of every value.
"""


def fits(value: Any, shape: Shape) -> bool:
    """Return whether a JSON value has the required shape.

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
