"""Currencies as written in news: signs, codes and words, and whose dollars are meant."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache

from pipeline.data import read_table
from pipeline.text.quantities.phrases import first_words, key, keys, parts


def _either(words: frozenset[str] | list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda one: (-len(one), one)))


_TABLE = read_table("currencies")
SYMBOLS: dict[str, str] = _TABLE["signs"]
"""If several countries use a sign, it means the currency that news most often means by it."""
ASSUMED = frozenset("$¥＄￥")
PREFIXES: dict[str, dict[str, str]] = _TABLE["prefixes"]
"""For each sign, the letters before it that name the country: "A$", "CN¥"."""
LOWER = {
    sign: {letters.lower(): code for letters, code in PREFIXES.get(sign, {}).items()}
    for sign in SYMBOLS
}
LETTERS: dict[str, str] = _TABLE["letters"]
"""Letters before a number that are not a code of the standard."""
ONE_LETTER: dict[str, str] = _TABLE["one_letter"]
SAME_CODE = {one: code for one, code in _TABLE["codes"].items() if one != "read"}
CODES = frozenset(_TABLE["codes"]["read"].split()) | SAME_CODE.keys()
LOWER_CODES = frozenset(("usd", "eur", "gbp", "rmb", "cny", "jpy", "inr", "aud", "cad", "chf"))
DOUBTFUL = frozenset(key(word) for word in _TABLE["doubtful"]["words"].split())
"""Words with other meanings: they are money only after a country's adjective."""
SUBUNITS = {one: code for word, code in _TABLE["subunits"].items() for one in keys(word)}
"""Hundredths: the currency that is meant unless another is near."""


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
"""Codes by the name of the money."""
FIRST = {word: codes[0] for word, codes in NOUNS.items()} | {
    key(word): code for word, code in _TABLE["first"].items()
}
"""The default country of a name."""


def _adjectives() -> dict[str, set[str]]:
    adjectives: dict[str, set[str]] = defaultdict(set)
    for code, row in _TABLE["money"].items():
        for one in parts(row["of"]):
            adjectives[key(one)].add(code)
    return dict(adjectives)


ADJECTIVES = _adjectives()
"""Codes by an adjective or a country's name: "Zambian", "Hong Kong"."""
STARTS = first_words([*NOUNS, *ADJECTIVES, *SUBUNITS])
PLACES = {
    place: code for code, row in _TABLE["money"].items() for place in parts(row.get("places", ""))
}
"""Code by words for its countries, as written."""
PLACES |= {place.upper(): code for place, code in PLACES.items() if len(place) > 2}
PLACE = re.compile(
    rf"(?<![\w.])(?:{'|'.join(sorted(map(re.escape, PLACES), key=len, reverse=True))})(?![\w$])"
)


def national(adjective: str, noun: str) -> str | None:
    """Return the code of a country's currency by its adjective and noun, as keys.

    >>> national("zambian", "kwacha"), national("danish", "crown"), national("danish", "dollar")
    ('ZMW', 'DKK', None)
    """
    codes = ADJECTIVES.get(adjective, set())
    return next((code for code in NOUNS.get(noun, ()) if code in codes), None)


@lru_cache(maxsize=4)
def countries(text: str) -> Counter[str]:
    """Return how often a text mentions the countries of each currency."""
    return Counter(PLACES[one] for one in PLACE.findall(text))


def home_currency(text: str, noun: str) -> str | None:
    """Return the currency that a text means by a name that several countries share.

    It is the currency of the country that the text mentions, if it mentions no other nearly as
    often.

    >>> home_currency("Damage to roads in the Philippines was put at 2.4 billion pesos.", "peso")
    'PHP'
    >>> home_currency("Spending rises by 30 billion crowns.", "crown") is None
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
    """Return the code of a currency for the letters beside a number."""
    code = LETTERS.get(letters, letters.upper())
    same: str = SAME_CODE.get(code, code)
    return same


SIGNS = "".join(SYMBOLS)
UPPER = _either(CODES)
CODE = _either(CODES | LOWER_CODES)
MONEY_LETTERS = _either([*LETTERS])
LEFT = _either(sorted({one for table in PREFIXES.values() for one in table}))
BEFORE = re.compile(
    rf"(?:(?<![\w$])(?P<left>(?i:{LEFT}))[ ]?)?(?P<sign>[{SIGNS}])"
    r"(?P<right>US|A|NZ|C|HK|AU)?[ ]?(?P<minus>[-−])?\Z"
    rf"|(?<![\w.])(?P<code>{CODE}|{MONEY_LETTERS})[$]?[ ]?\Z"
    rf"|(?<![\w.])(?:(?P<sized>[MKT])(?P<of>{UPPER})|(?P<in>{UPPER})[ ]?(?P<size>[mk]|bn))[ ]?\Z"
    rf"|(?<![\w&.-])(?P<one>[{''.join(ONE_LETTER)}])\Z"
    r"|(?<![\w&.-])(?P<rand>R)[ ]\Z"
    rf"|(?<![\w.])(?P<word>dollar)[ ]\Z"
)
"""Matches the letters that end at a number."""
REACH = 9
"""Maximum length of such letters."""
GLUED = re.compile(
    rf"(?:[{SIGNS}](?:US|A|NZ|C|HK|AU)|(?<![^\W\d])(?:[MKT]?(?:{UPPER})|{MONEY_LETTERS})|(?:{UPPER})(?:[mk]|bn))\Z"
)
"""Letters directly before a number that are not part of a word."""
