"""Currencies as news writes them: signs, codes and words, with their ISO 4217 codes.

What is in ``currencies.toml`` is made by ``benchmarks/tables.py``. Bitcoin has no code in the
standard: it is ``BTC`` here, as news writes it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache

from pipeline.text.quantities.phrases import first_words, key, keys, parts, table

_TABLE = table("currencies")
SYMBOLS: dict[str, str] = _TABLE["signs"]
"""A sign that several countries use is of the one that news means by it, as an assumption."""
ASSUMED = frozenset("$¥＄￥")
PREFIXES: dict[str, dict[str, str]] = _TABLE["prefixes"]
"""By the sign, the letters before it that say whose it is: "A$", "CN¥"."""
LOWER = {
    sign: {letters.lower(): code for letters, code in PREFIXES.get(sign, {}).items()}
    for sign in SYMBOLS
}
LETTERS: dict[str, str] = _TABLE["letters"]
"""Letters before a number that are no code of the standard."""
ONE_LETTER: dict[str, str] = _TABLE["one_letter"]
SAME_CODE = {one: code for one, code in _TABLE["codes"].items() if one != "read"}
CODES = frozenset(_TABLE["codes"]["read"].split()) | SAME_CODE.keys()
LOWER_CODES = frozenset(("usd", "eur", "gbp", "rmb", "cny", "jpy", "inr", "aud", "cad", "chf"))
DOUBTFUL = frozenset(key(word) for word in _TABLE["doubtful"]["words"].split())
"""Words that are something else as well: they are money only behind a country's adjective."""
SUBUNITS = {one: code for word, code in _TABLE["subunits"].items() for one in keys(word)}
"""Parts of a hundred: the money that is meant unless another is near."""


def _nouns() -> dict[str, list[str]]:
    nouns: dict[str, list[str]] = defaultdict(list)
    for code, row in _TABLE["money"].items():
        for word in sorted(keys(row["words"])):
            nouns[word].append(code)
    for word, codes in _TABLE["parts"].items():
        nouns[key(word)] += codes.split()
    nouns["pound"].sort(key=lambda code: code != "GBP")
    return dict(nouns)


NOUNS = _nouns()
"""The codes by the word that their money bears."""
FIRST = {word: codes[0] for word, codes in NOUNS.items()} | {
    key(word): code for word, code in _TABLE["first"].items()
}
"""Whose a word is where no country is told."""


def _adjectives() -> dict[str, set[str]]:
    adjectives: dict[str, set[str]] = defaultdict(set)
    for code, row in _TABLE["money"].items():
        for one in parts(row["of"]):
            adjectives[key(one)].add(code)
    return dict(adjectives)


ADJECTIVES = _adjectives()
"""The codes by an adjective or a country's name: "Zambian", "Hong Kong"."""
STARTS = first_words([*NOUNS, *ADJECTIVES, *SUBUNITS])
PLACES = {
    place: code for code, row in _TABLE["money"].items() for place in parts(row.get("places", ""))
}
"""The code by words that speak of its countries, as they are written."""
PLACES |= {place.upper(): code for place, code in PLACES.items() if len(place) > 2}
PLACE = re.compile(
    rf"(?<![\w.])(?:{'|'.join(sorted(map(re.escape, PLACES), key=len, reverse=True))})(?!\w)"
)


def national(adjective: str, noun: str) -> str | None:
    """Return the code of a country's money by its adjective and noun, as keys.

    >>> national("zambian", "kwacha"), national("danish", "crown"), national("danish", "dollar")
    ('ZMW', 'DKK', None)
    """
    codes = ADJECTIVES.get(adjective, set())
    return next((code for code in NOUNS.get(noun, ()) if code in codes), None)


@lru_cache(maxsize=4)
def countries(text: str) -> Counter[str]:
    """Return how often a text speaks of the countries of each currency."""
    return Counter(PLACES[one] for one in PLACE.findall(text))


def home(text: str, noun: str) -> str | None:
    """Return whose money a text means by a word that several countries' money bears.

    It is the one that the text speaks of, if it speaks of none of the others nearly as often.

    >>> home("Damage to roads in the Philippines was put at 2.4 billion pesos.", "peso")
    'PHP'
    >>> home("Spending rises by 30 billion crowns.", "crown") is None
    True
    """
    codes = NOUNS.get(noun, ())
    if "USD" in codes or (len(codes) < 2 and noun not in DOUBTFUL):
        return None
    told = countries(text)
    named = sorted(((told[code], code) for code in codes if told[code]), reverse=True)
    if not named or (len(named) > 1 and named[0][0] < 2 * named[1][0]):
        return None
    return named[0][1]


def code_of(letters: str) -> str:
    """Return the code of a currency by letters beside a number."""
    code = LETTERS.get(letters, letters.upper())
    same: str = SAME_CODE.get(code, code)
    return same
