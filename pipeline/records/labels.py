"""The closed sets of words that a record uses, shared by the stages and the schema."""

from __future__ import annotations

from typing import Final, Literal

EntityLabel = Literal[
    "PERSON",
    "ORG",
    "GPE",
    "LOC",
    "FAC",
    "NORP",
    "EVENT",
    "WORK_OF_ART",
    "PRODUCT",
    "LAW",
    "LANGUAGE",
]
"""OntoNotes labels of names."""
MentionKind = Literal["name", "nominal", "pronoun"]
QuoteKind = Literal["direct", "mixed"]
AttributionKind = Literal["direct", "mixed", "indirect"]
CueType = Literal["say", "think", "ask", "deny", "promise", "order", "show", "decline"]
SourceForm = Literal["name", "pronoun", "nominal", "none"]
SourceKind = Literal[
    "person",
    "organisation",
    "place",
    "unnamed_person",
    "unnamed_group",
    "document",
    "data",
    "unknown",
]
"""``person``, ``organisation`` and ``place`` have a name in the text."""
UNNAMED: Final[tuple[SourceKind, ...]] = ("unnamed_person", "unnamed_group")
"""Kinds of anonymous sources."""
KIND_OF_LABEL: Final[dict[str, SourceKind]] = {
    "PERSON": "person",
    "ORG": "organisation",
    "NORP": "organisation",
    "EVENT": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "WORK_OF_ART": "document",
    "LAW": "document",
    "PRODUCT": "document",
    "LANGUAGE": "document",
}
"""What kind of source an entity is."""
TimeKind = Literal["date", "time", "duration", "set"]
FigureKind = Literal[
    "money",
    "percent",
    "quantity",
    "count",
    "ordinal",
    "ratio",
    "multiple",
    "duration",
    "age",
    "score",
    "points",
]
Bound = Literal["approx", "at_least", "at_most", "more_than", "less_than"]
Change = Literal["increase", "decrease"]
ChangeRole = Literal["delta", "from", "to"]
