"""Exact numbers: ``Decimal`` in Python, and text in JSON."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema


def exact(pattern: str) -> tuple[Any, ...]:
    """Return pydantic's annotations of a number that JSON has as a string of a pattern."""
    matches = re.compile(pattern).fullmatch

    def read(number: object) -> Decimal | str:
        text = written(number) if isinstance(number, Decimal) else number
        if not isinstance(text, str) or not matches(text):
            raise ValueError(f"not an exact number: {text!r:.100}")
        return decimal(text)

    schema = {"pattern": pattern, "type": "string"}
    return PlainValidator(read), PlainSerializer(written, return_type=str), WithJsonSchema(schema)


def decimal(text: str) -> Decimal | str:
    """Return a number as a decimal if that is written the same, otherwise unchanged.

    >>> decimal("1.50"), decimal("1/3"), decimal("2-1"), decimal("007")
    (Decimal('1.50'), '1/3', '2-1', '007')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if written(number) == text else text


def written(number: Decimal | str) -> str:
    """Return a number as JSON has it, without an exponent.

    >>> written(Decimal("1E+3")), written(Decimal("0.0000001")), written("1/3")
    ('1000', '0.0000001', '1/3')
    """
    return f"{number:f}" if isinstance(number, Decimal) else number
