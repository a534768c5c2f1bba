"""Whose pesos, crowns, rupees a text means that names no country beside them.

Many countries' money bears the same name. A text that speaks of one of them, and of none of the
others nearly as often, means that one's.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

CROWN = """
    SEK sweden swedish swede swedes stockholm; NOK norway norwegian norwegians oslo
    DKK denmark danish dane danes copenhagen; CZK czech czechs prague czechia
    ISK iceland icelandic reykjavik
"""
DINAR = """
    KWD kuwait kuwaiti; IQD iraq iraqi baghdad; JOD jordan jordanian amman; TND tunisia tunisian
    RSD serbia serbian belgrade; DZD algeria algerian algiers; LYD libya libyan tripoli
    BHD bahrain bahraini
"""
COUNTRIES = {
    "crown": CROWN,
    "krona": CROWN,
    "kronor": CROWN,
    "krone": CROWN,
    "kroner": CROWN,
    "dinar": DINAR,
    "shilling": """
        KES kenya kenyan nairobi; UGX uganda ugandan kampala; TZS tanzania tanzanian
        SOS somalia somali
    """,
    "peso": """
        MXN mexico mexican mexicans; PHP philippines philippine filipino filipinos manila
        ARS argentina argentine argentinian argentines; CLP chile chilean santiago
        COP colombia colombian bogota; CUP cuba cuban havana; UYU uruguay uruguayan montevideo
        DOP dominican
    """,
    "rupee": """
        INR india indian indians delhi mumbai; PKR pakistan pakistani islamabad karachi lahore
        LKR lanka lankan colombo; NPR nepal nepali nepalese kathmandu; MUR mauritius mauritian
    """,
    "riyal": "SAR saudi saudis riyadh; QAR qatar qatari doha; YER yemen yemeni sanaa",
    "rial": "IRR iran iranian iranians tehran; OMR oman omani muscat; YER yemen yemeni sanaa",
    "dirham": "AED emirates emirati dubai dhabi; MAD morocco moroccan rabat",
    "kwacha": "ZMW zambia zambian lusaka; MWK malawi malawian",
}
"""By the word for the money, its codes and the words that speak of their countries."""
LEAST = 1000
"""Smaller numbers of crowns may be crowns."""


@cache
def _codes(word: str) -> tuple[re.Pattern[str], dict[str, str]]:
    codes: dict[str, str] = {}
    for entry in re.split(r"[;\n]", COUNTRIES[word]):
        code, *names = entry.split() or [""]
        codes |= dict.fromkeys(names, code)
    return re.compile(rf"\b(?:{'|'.join(codes)})\b"), codes


@lru_cache(maxsize=16)
def home(low: str, word: str) -> str | None:
    """Return the code of what a text in lower case means by a word for money, if its country tells.

    >>> home("oslo, march 4 - spending rises by 30 billion crowns", "crown")
    'NOK'
    >>> home("damage to roads in the philippines was put at 2.4 billion pesos", "peso")
    'PHP'
    >>> home("spending rises by 30 billion crowns", "crown") is None
    True
    """
    if word not in COUNTRIES:
        return None
    names, codes = _codes(word)
    named = Counter(codes[one] for one in names.findall(low)).most_common(2)
    if not named or (len(named) == 2 and named[0][1] < 2 * named[1][1]):
        return None
    return named[0][0]
