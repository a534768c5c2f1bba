"""Whose dollars a bare "$" stands for, by what else the text writes and by its dateline."""

from __future__ import annotations

import re

from pipeline.text.units import Quantity

CITIES = {
    "AUD": "SYDNEY MELBOURNE CANBERRA BRISBANE PERTH ADELAIDE DARWIN HOBART",
    "CAD": "TORONTO OTTAWA MONTREAL VANCOUVER CALGARY EDMONTON WINNIPEG HALIFAX REGINA",
    "NZD": "WELLINGTON AUCKLAND CHRISTCHURCH DUNEDIN",
}
HOMES = {city: code for code, cities in CITIES.items() for city in cities.split()}
DATELINE = re.compile(
    rf"\s*(?P<city>{'|'.join(HOMES)})\b[^\n]{{0,40}}?\s(?:[-–—]|--)\s|\s*(?P<city2>{'|'.join(HOMES)}):\s"
)
COUNTRIES = {
    "Australia": "AUD",
    "Canada": "CAD",
    "New Zealand": "NZD",
    "Singapore": "SGD",
    "Hong Kong": "HKD",
}
AGENCIES = re.compile(r"\b(?:Reuters|AP|AFP|Bloomberg|CNBC|Dow Jones)\b")
"""They write "$" for the dollar of the United States wherever they are."""
APART = {
    "AUD": re.compile(r"\b(?:A|AU|AUD)[ ]?\$|\$AU?\b|\bAUD\b"),
    "CAD": re.compile(r"\b(?:C|CA|CDN|Cdn)[ ]?\$|\$C\b|\bCAD\b"),
    "NZD": re.compile(r"\bNZ[ ]?\$|\$NZ\b|\bNZD\b"),
}


def dollars_of(text: str) -> str | None:
    """Return the code of the dollars that a bare "$" means, or none where nothing tells.

    An article from Sydney means Australian dollars, unless it sets those apart ("A$5m") or an
    agency wrote it.

    >>> dollars_of("SYDNEY - It cost $5 million."), dollars_of("It cost $5 million.")
    ('AUD', None)
    """
    if "$" not in text:
        return None
    found = DATELINE.match(text)
    if found is None or AGENCIES.search(text, 0, found.end() + 20):
        return None
    code = HOMES[found["city"] or found["city2"]]
    return None if APART[code].search(text) else code


def dollars_of_holder(holder: str, text: str) -> str | None:
    """Return the code of the dollars of a country whose figure it is, unless the text sets them
    apart or an agency wrote it.
    """
    code = COUNTRIES.get(holder)
    if code is None or AGENCIES.search(text) or (code in APART and APART[code].search(text)):
        return None
    return code


def in_dollars_of(code: str | None, quantity: Quantity) -> Quantity:
    """Return a quantity in these dollars, if it is in dollars that the text does not name."""
    if code is None or not quantity.assumed or quantity.unit != "USD":
        return quantity
    return quantity._replace(unit=code)
