"""Exact numbers: reading, rounding to a multiple, and writing them plainly."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

LIMIT = 10**12
PLACES = 6
MICRO = 10**PLACES

_TYPED = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def parse_typed(text: object) -> Decimal | None:
    """Return the number that a person typed as `-?digits[.digits]`, or None where it is not one.

    A Decimal or an int passes as it is; a float never does.
    """
    if isinstance(text, Decimal):
        return text if text.is_finite() else None
    if isinstance(text, int) and not isinstance(text, bool):
        return Decimal(text)
    if isinstance(text, str) and _TYPED.fullmatch(text):
        return Decimal(text)
    return None


def is_acceptable(number: Decimal) -> bool:
    """Say whether a number of a rule file is finite, below 10¹² and has at most 6 decimals (trailing zeros aside)."""
    if not number.is_finite():
        return False
    if not number:
        return True
    # The exponents are looked at first: 1e999999999 must not be written out to be refused.
    if number.adjusted() >= 12 or number.adjusted() < -PLACES:
        return False
    return not (abs(number) >= LIMIT or (Fraction(number) * MICRO).denominator != 1)


def is_multiple(number: Decimal | Fraction, step: Decimal) -> bool:
    """Say whether `number` is a whole multiple of `step`, counted from 0."""
    return (Fraction(number) / Fraction(step)).denominator == 1


def round_to(value: Fraction, to: Decimal, mode: str) -> Fraction:
    """Return the multiple of `to` that `mode` (half_up, half_even, up = towards +∞) picks for `value`.

    half_up takes halves away from zero.
    """
    unit_top, unit_bottom = to.as_integer_ratio()
    top, bottom = value.numerator * unit_bottom, value.denominator * unit_top
    if mode == "up":
        count = -(-top // bottom)
    elif mode == "half_even":
        count = round(Fraction(top, bottom))
    else:
        count = _half_up(top, bottom)
    return Fraction(count * unit_top, unit_bottom)


def written(value: Fraction) -> Decimal:
    """Return an exact value as it is written: to 6 decimals half up, without trailing zeros and without «-0»."""
    micro = _half_up(value.numerator * MICRO, value.denominator)
    return Decimal(plain(Decimal(f"{micro}e-{PLACES}")))


def plain(number: Decimal | int) -> str:
    """Write a number without exponent, trailing zeros or «-0», as in `85` and `66.7`."""
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _half_up(top: int, bottom: int) -> int:
    """Return the whole number nearest to top ÷ bottom (above 0), halves away from zero."""
    nearest = (2 * abs(top) + bottom) // (2 * bottom)
    return nearest if top >= 0 else -nearest
