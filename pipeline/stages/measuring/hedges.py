"""Words around a figure that may bound it: "about 19%", "at least 12", "60 or more"."""

from __future__ import annotations

import re

from pipeline.data import read_table
from pipeline.records.labels import Bound

ALONE = frozenset(("plus", "minimum", "maximum"))
"""Not hedges after a figure if a word follows: "$5 plus tax", "a $15 minimum wage"."""
LAST = re.compile(r"\s*(?:\Z|[.,;:!?)”\"]|\b(?:and|or|but|for|at|per)\b)")
REACH = 30
"""Maximum length of a hedge."""


def _table(side: str) -> dict[str, Bound]:
    table = read_table("hedges")[side]
    return {word: bound for bound, words in table.items() for word in words}


def _either(bounds: dict[str, Bound]) -> str:
    return "|".join(re.escape(word) for word in sorted(bounds, key=len, reverse=True))


BOUND_BEFORE, BOUND_BEHIND = _table("before"), _table("after")
# an article may come between: "nearly a third"
BEFORE = re.compile(rf"(?<![\w-])({_either(BOUND_BEFORE)})[ ]?(?:an?[ ]|the[ ]age[ ]of[ ])?\Z")
BEHIND = re.compile(rf"[ ]?({_either(BOUND_BEHIND)})(?![\w-])|[ ]?(\+)")


def before(low: str, start: int) -> tuple[Bound | None, int]:
    """Return the possible bound from the words before an offset, and where they start.

    ``low`` is the lowercase text.
    """
    found = BEFORE.search(low, max(0, start - REACH), start)
    return (None, start) if found is None else (BOUND_BEFORE[found[1]], found.start())


def behind(low: str, end: int) -> Bound | None:
    """Return the possible bound from the words after an offset: "or more", "-odd", "+"."""
    found = BEHIND.match(low, end)
    if found is None or (found[1] in ALONE and not LAST.match(low, found.end())):
        return None
    return BOUND_BEHIND[found[1] or found[2]]
