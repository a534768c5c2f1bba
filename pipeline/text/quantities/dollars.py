"""Decide which dollars a bare "$" means, by the places that the text mentions."""

from __future__ import annotations

import re

from pipeline.text.quantities.currencies import PREFIXES, countries
from pipeline.text.quantities.money import is_small
from pipeline.text.units import Quantity

COUNTRIES = {
    "Australia": "AUD",
    "Canada": "CAD",
    "New Zealand": "NZD",
    "Singapore": "SGD",
    "Hong Kong": "HKD",
}
AGENCIES = re.compile(r"\b(?:Reuters|AP|AFP|Bloomberg|CNBC|Dow Jones)\b")
"""These use "$" for US dollars everywhere."""
DOLLARS = frozenset((*COUNTRIES.values(), "USD"))
LETTERED = re.compile(r"(?<![^\W\d_])([A-Za-z.]{1,4})[ ]?\$|\$(US|AU?|NZ|C|HK)(?![a-z])")


def dollars_of(text: str) -> str | None:
    """Return the code of the dollars that a bare "$" means, or None if nothing shows it.

    An article that mentions Australia, its states or its cities twice as often as any other country
    means Australian dollars, unless it marks those ("A$5m") or an agency wrote it.

    >>> dollars_of("SYDNEY - It cost $5 million."), dollars_of("It cost $5 million.")
    ('AUD', None)
    """
    if "$" not in text and " dollars" not in text and " cents" not in text:
        return None
    if "$" not in text and "dollar" not in text:
        return "EUR" if "€" in text or " euro" in text else None
    told = countries(text).most_common(2)
    if AGENCIES.search(text, 0, 200) or not told:
        return None
    code = told[0][0]
    if len(told) > 1 and told[0][1] < 2 * told[1][1]:
        return None
    return code if code in DOLLARS and code not in _set_apart(text) else None


def _set_apart(text: str) -> set[str | None]:
    """Return the codes of the dollars that a text marks with letters."""
    table = PREFIXES["$"]
    return {table.get(left or right) for left, right in LETTERED.findall(text)}


def dollars_of_holder(holder: str, text: str) -> str | None:
    """Return the code of the dollars of a country that holds a figure, unless the text marks those
    or an agency wrote it.
    """
    code = COUNTRIES.get(holder)
    return None if code is None or AGENCIES.search(text) or code in _set_apart(text) else code


def in_dollars_of(code: str | None, quantity: Quantity) -> Quantity:
    """Return a quantity with this code, if it is in unspecified dollars."""
    if code is None or not quantity.assumed or quantity.unit != "USD":
        return quantity
    if code == "EUR" and not is_small(quantity.unit_text):
        return quantity
    return quantity._replace(unit=code)
