"""Numbers as compact text."""

from __future__ import annotations

import math
from decimal import Decimal

SCIENTIFIC_BELOW = 1e-4
"""Smaller numbers would have too many leading zeros to read."""


def format_number(value: float, digits: int = 4) -> str:
    """Format ``value`` with ``digits`` significant digits and without trailing zeros: 0.003, 1,284, 1e-5."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) < SCIENTIFIC_BELOW or abs(value) >= 1e9:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return f"{_without_trailing_zeros(mantissa)}e{int(exponent)}"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return _without_trailing_zeros(f"{value:,.{decimals}f}")


def format_exactly(value: float) -> str:
    """Format ``value`` with all its digits, in groups of three: 1,000.5."""
    digits = Decimal(repr(value))
    return f"{digits:,f}" if abs(value) >= 1 else format_number(value, len(digits.as_tuple().digits))


def format_percent(share: float) -> str:
    """Format a share as a percentage: 0.25 is "25 %"."""
    return f"{format_number(round(share * 100, 6))} %"


def _without_trailing_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
