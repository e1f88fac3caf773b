"""Numbers as text, compact to read."""

from __future__ import annotations

import math
from decimal import Decimal

SCIENTIFIC_BELOW = 1e-4
"""Smaller numbers have more leading zeros than an eye counts."""


def format_number(value: float, digits: int = 4) -> str:
    """``value`` with that many significant digits and no idle zeros: 0.003, 1,284, 1e-5."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) < SCIENTIFIC_BELOW or abs(value) >= 1e9:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return f"{_without_idle_zeros(mantissa)}e{int(exponent)}"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return _without_idle_zeros(f"{value:,.{decimals}f}")


def format_exactly(value: float) -> str:
    """``value`` with all digits that were typed, grouped as others are: 1,000.5."""
    digits = Decimal(repr(value))
    return f"{digits:,f}" if abs(value) >= 1 else format_number(value, len(digits.as_tuple().digits))


def format_percent(share: float) -> str:
    """0.25 as "25 %"."""
    return f"{format_number(round(share * 100, 6))} %"


def _without_idle_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
