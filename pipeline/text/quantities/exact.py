"""Exact values: decimals, and fractions where no decimal is exact."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

Value = Decimal | Fraction
MAX_DIGITS = 40
"""A run of more digits is a key, a hash or an attack, and no number that anybody reads."""

EXACT = Context(prec=4 * MAX_DIGITS)


def plain(value: Value) -> str:
    """Return a value in its exact and shortest form without exponent; "1/3" where no decimal is.

    >>> plain(Decimal("1.20E+3")), plain(Fraction(1, 3)), plain(Decimal("2.70"))
    ('1200', '1/3', '2.70')
    """
    if isinstance(value, Fraction):
        exact = simplest(value)
        return f"{value.numerator}/{value.denominator}" if exact is value else plain(exact)
    return f"{value:f}"


def simplest(value: Value) -> Value:
    """Return a fraction as a decimal, if one is exact and short."""
    if not isinstance(value, Fraction):
        return value
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0 and twos <= MAX_DIGITS:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0 and fives <= MAX_DIGITS:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return value
    places = max(twos, fives)
    return Decimal(value.numerator * 10**places // value.denominator).scaleb(-places, EXACT)


def size(value: Value) -> Value:
    """Return a number without its sign."""
    return -value if value < 0 else value


def is_huge(value: Value) -> bool:
    """Tell whether a number is larger than any that is read: a row of scales must end somewhere."""
    return bool(size(value) >= Decimal(10) ** MAX_DIGITS)


def short(value: Decimal) -> Decimal:
    """Return a decimal without exponent and without zeros at the end of its places."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1), context=EXACT)
    return value.normalize(EXACT)


def times(a: Value, b: Value) -> Value:
    """Return the exact product, without zeros that the factors do not vouch for."""
    if isinstance(a, Fraction) or isinstance(b, Fraction):
        return simplest(Fraction(a) * Fraction(b))
    return short(EXACT.multiply(a, b))


def plus(a: Value, b: Value) -> Value:
    """Return the exact sum."""
    if isinstance(a, Fraction) or isinstance(b, Fraction):
        return simplest(Fraction(a) + Fraction(b))
    return EXACT.add(a, b)
