"""Tell the level of an index from what is counted: "The Dow ended at 27,349"."""

from __future__ import annotations

import re

from pipeline.stages.annotations import Bounds
from pipeline.stages.measuring.hedges import EITHER, VERBS
from pipeline.stages.measuring.sites import Site
from pipeline.stages.syntax import VERB_TAGS, clause_head
from pipeline.text.lemmas import verb_lemma
from pipeline.text.units import Quantity

INDEX = re.compile(
    r"\b(?:S&P|STOXX|Stoxx|FTSE|Nasdaq|NASDAQ|Russell|CAC|Nikkei|ASX|IBEX|Topix|TOPIX|SMI|AEX|"
    r"KOSPI|Kospi|Nifty|TSX|TA-\d+|DAX|Dax|BSE|ATX|Sensex|Dow|Hang Seng|Industrial Average|"
    r"Stock Exchange|Composite|[Ii]ndex)\b"
)
LEAST_LEVEL = 100
"""Smaller numbers behind an index are mostly its firms."""
LEVEL_VERBS = frozenset(VERBS) | EITHER | {"be", "hit", "reach", "top", "break", "pass", "touch"}


def is_level(quantity: Quantity, place: Site, measured: Bounds | None, text: str) -> bool:
    """Tell the level of an index, "The Dow ended at 27,349", which is in points."""
    value = quantity.value
    if measured is None or value is None or value < LEAST_LEVEL or quantity.number.words:
        return False
    if not INDEX.search(text, *measured):
        return False
    verb = clause_head(place.top)
    return verb.tag_ not in VERB_TAGS or verb_lemma(verb.lower_) in LEVEL_VERBS
