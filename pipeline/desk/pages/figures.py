"""Format figures and times for readers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pipeline.records.schema import Figure, written

UNITS = {
    "%": "%",
    "pp": "percentage points",
    "bp": "basis points",
    "{point}": "points",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
    "[mi_i]": "miles",
    "[yd_i]": "yards",
    "[ft_i]": "feet",
    "[in_i]": "inches",
    "[lb_av]": "pounds",
    "[oz_av]": "ounces",
    "[acr_us]": "acres",
    "[gal_us]": "gallons",
    "[bbl_us]": "barrels",
    "[degF]": "°F",
    "Cel": "°C",
    "t": "tonnes",
    "L": "litres",
}
"""Names of the most common codes; other codes are shown unchanged."""

BOUNDS = {
    "approx": "about",
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "less_than": "less than",
}
THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def shown(figure: Figure) -> str:
    """Return a figure's value with bound and unit, ``about 1,500 USD``; empty without a value."""
    ends = [figure.low, figure.high] if figure.value is None else [figure.value]
    value = " to ".join(grouped(written(end)) for end in ends if end is not None)
    if not value:
        return ""
    bound: str | None = figure.bound
    if not bound and figure.value is None and (figure.low is None) != (figure.high is None):
        bound = "at_least" if figure.low is not None else "at_most"
    return labelled(value, bound, figure.unit, figure.rate.per if figure.rate else None)


def labelled(value: str, bound: str | None, unit: str | None, per: str | None) -> str:
    """Return a number with bound, unit and rate.

    >>> labelled("1,500", "approx", "USD", "year"), labelled("3", None, "%", None)
    ('about 1,500 USD per year', '3%')
    """
    before = f"{BOUNDS[bound]} " if bound else ""
    unit = UNITS.get(unit, unit) if unit else ""
    gap = "" if unit in {"%", "°F", "°C"} or not unit else " "
    return f"{before}{value}{gap}{unit}{f' per {per}' if per else ''}"


def scoped(measure: str, scope: str, period: str) -> str:
    """Return what a series measures, with its scope.

    >>> scoped("net sales", "in europe", "3 months"), scoped("votes", "", "day")
    ('net sales in europe, 3 months', 'votes')
    """
    length = "" if period == "day" else period
    words = " ".join(filter(None, (measure, scope)))
    return ", ".join(filter(None, (words, length)))


def grouped(number: str) -> str:
    """Return a number with thousands separators.

    >>> grouped("1200000.50"), grouped("-1/3"), grouped("2-1")
    ('1,200,000.50', '-1/3', '2-1')
    """
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, point, rest = digits.partition(".")
    return sign + THOUSANDS.sub(",", whole) + point + rest


def number(figure: Figure) -> float | None:
    """Return the value as a float for sorting and plotting: a range's middle, None for a score."""
    ends = [figure.value] if figure.value is not None else [figure.low, figure.high]
    known = [end for end in ends if end is not None]
    if not known or figure.kind == "score":
        return None
    try:
        return float(sum(_exact(written(end)) for end in known) / len(known))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _exact(number: str) -> Fraction:
    value, _, divisor = number.partition("/")
    return Fraction(Decimal(value)) / int(divisor or 1)


def first_day(value: str | None) -> str | None:
    """Return the day that a TIMEX3 value begins with, or None if it is not a calendar date.

    >>> first_day("2024"), first_day("2024-Q3"), first_day("2024-05-06T12:00"), first_day("P3D")
    ('2024-01-01', '2024-07-01', '2024-05-06', None)
    """
    quarter = QUARTER.match(value or "")
    if quarter:
        return f"{quarter[1]}-{3 * int(quarter[2]) - 2:02}-01"
    day = DAY.match(value or "")
    if not day:
        return None
    rest = (value or "")[day.end() :]
    if rest and not rest.startswith("T"):
        return None
    try:
        return date(int(day[1]), int(day[2] or 1), int(day[3] or 1)).isoformat()
    except ValueError:
        return None
