"""Rules have an id and an example, so that ``extract --explain`` can name them."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

Read = TypeVar("Read")


class Rule(NamedTuple, Generic[Read]):
    """A rule of an ordered table; ``read`` applies it. None: the code around it does."""

    id: str
    example: str
    read: Read


AnyRule = Rule[Any]
By = str | AnyRule
"""What decided: the name of a model, or a rule."""


def named(id: str, example: str) -> AnyRule:
    """Return a rule that the code around it applies."""
    return Rule(id, example, None)
