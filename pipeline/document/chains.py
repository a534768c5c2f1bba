"""The entities of a document under construction, and their mentions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.document.names import Gender, PersonName
from pipeline.document.rules import By
from pipeline.records.labels import MentionKind


class Reference(NamedTuple):
    """A mention of a chain, in token indices."""

    start: int
    end: int
    head: int
    kind: MentionKind
    chain: int
    confidence: float | None = None
    """Calibrated probability that it refers to the chain; None for names."""
    by: By = ""
    """What decided that it refers to the chain."""


@dataclass(slots=True)
class Chain:
    """One entity under construction."""

    label: str
    name: str
    words: tuple[str, ...] = ()
    person: PersonName | None = None
    gender: Gender | None = None
    described: set[str] = field(default_factory=set)
    """Words of its descriptions, lowercase."""
    roles: set[str] = field(default_factory=set)
    """Its roles and those they imply: a mayor is an official."""
    called: set[str] = field(default_factory=set)
    """Its roles as written in the text."""
    descriptions: list[str] = field(default_factory=list)
    full: int = 0
    """Number of full mentions of its name."""
    code: str | None = None
