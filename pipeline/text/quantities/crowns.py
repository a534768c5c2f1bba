"""Whose crowns a bare "crowns" or "kroner" stands for, by the country that a text names."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

WORDS = frozenset(("crown", "krone", "kroner", "krona", "kronor"))
COUNTRIES = re.compile(
    r"\b(?:(?P<SEK>sweden|swedish|swedes?|stockholm)|(?P<NOK>norway|norwegians?|oslo)"
    r"|(?P<DKK>denmark|danish|danes?|copenhagen)|(?P<CZK>czechs?|prague|czechia)"
    r"|(?P<ISK>iceland|icelandic|reykjavik))\b"
)
LEAST = 1000
"""Smaller numbers of crowns may be crowns."""


@lru_cache(maxsize=1)
def home(low: str) -> str | None:
    """Return the code of the crowns of the one country that a text in lower case speaks of.

    >>> home("oslo, march 4 - spending rises by 30 billion crowns")
    'NOK'
    >>> home("spending rises by 30 billion crowns") is None
    True
    """
    named = Counter(found.lastgroup for found in COUNTRIES.finditer(low)).most_common(2)
    if not named or (len(named) == 2 and named[0][1] < 2 * named[1][1]):
        return None
    return named[0][0]
