"""Exact values: decimals, and fractions if no decimal is exact."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

Value = Decimal | Fraction
MAX_DIGITS = 40
"""A longer run of digits is a key, a hash or an attack, not a number for readers."""
EXACT = Context(prec=4 * MAX_DIGITS)


def plain(value: Value) -> str:
    """Return a value in its shortest exact form without exponent; "1/3" if no decimal is exact.

    >>> plain(Decimal("1.20E+3")), plain(Fraction(1, 3)), plain(Decimal("2.70"))
    ('1200', '1/3', '2.70')
    """
    if isinstance(value, Fraction):
        exact = simplest(value)
        return f"{value.numerator}/{value.denominator}" if exact is value else plain(exact)
    return f"{value:f}"


def simplest(value: Value) -> Value:
    """Return a fraction as a decimal, if there is an exact and short one."""
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
    """Return whether a number exceeds the largest that is read, which limits chains of scales."""
    return bool(size(value) >= Decimal(10) ** MAX_DIGITS)


def short(value: Decimal) -> Decimal:
    """Return a decimal without exponent and trailing zeros."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1), context=EXACT)
    return value.normalize(EXACT)


def times(a: Value, b: Value) -> Value:
    """Return the exact product, without zeros beyond the precision of the factors."""
    if isinstance(a, Fraction) or isinstance(b, Fraction):
        return simplest(Fraction(a) * Fraction(b))
    return short(EXACT.multiply(a, b))


def plus(a: Value, b: Value) -> Value:
    """Return the exact sum."""
    if isinstance(a, Fraction) or isinstance(b, Fraction):
        return simplest(Fraction(a) + Fraction(b))
    return EXACT.add(a, b)
