"""Signs and letters before a number that mean money."""

from __future__ import annotations

import re

from pipeline.text.quantities import currencies


def _either(words: frozenset[str] | list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda one: (-len(one), one)))


SIGNS = "".join(currencies.SYMBOLS)
UPPER = _either(currencies.CODES)
CODE = _either(currencies.CODES | currencies.LOWER_CODES)
LETTERS = _either([*currencies.LETTERS])
LEFT = _either(sorted({one for table in currencies.PREFIXES.values() for one in table}))
BEFORE = re.compile(
    rf"(?:(?<![\w$])(?P<left>(?i:{LEFT}))[ ]?)?(?P<sign>[{SIGNS}])"
    r"(?P<right>US|A|NZ|C|HK|AU)?[ ]?(?P<minus>[-−])?\Z"
    rf"|(?<![\w.])(?P<code>{CODE}|{LETTERS})[$]?[ ]?\Z"
    rf"|(?<![\w.])(?:(?P<sized>[MKT])(?P<of>{UPPER})|(?P<in>{UPPER})[ ]?(?P<size>[mk]|bn))[ ]?\Z"
    rf"|(?<![\w&.-])(?P<one>[{''.join(currencies.ONE_LETTER)}])\Z"
    r"|(?<![\w&.-])(?P<rand>R)[ ]\Z"
    rf"|(?<![\w.])(?P<word>dollar)[ ]\Z"
)
"""Matches the letters that end at a number."""
REACH = 9
"""Maximum length of such letters."""
GLUED = re.compile(
    rf"(?:[{SIGNS}](?:US|A|NZ|C|HK|AU)|(?<![^\W\d])(?:[MKT]?(?:{UPPER})|{LETTERS})|(?:{UPPER})(?:[mk]|bn))\Z"
)
"""Letters directly before a number that are not part of a word."""
