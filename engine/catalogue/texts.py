"""Text of numbers that a person has chosen or that were measured, for all sentences, legends and events."""

from __future__ import annotations

import math


def setting_text(value: float) -> str:
    """Format a setting with up to six significant digits.

    Parameters
    ----------
    value
        Any number; digits after the sixth are rounded away.

    Returns
    -------
    str
        The number without trailing zeros and with a short exponent.

    Examples
    --------
    >>> [setting_text(value) for value in (0.003, 10.0, 0.00001, 1e100)]
    ['0.003', '10', '1e-5', '1e100']
    """
    digits, _, power = f"{value:g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def value_text(value: float) -> str:
    """Write a measured number with two or three significant digits.

    Parameters
    ----------
    value
        Any number.

    Returns
    -------
    str
        With a comma between thousands; "–" for NaN.

    Examples
    --------
    >>> [value_text(value) for value in (0.0031, 0.3124, 3.124, 3120.0, 3.1e-5)]
    ['0.0031', '0.312', '3.12', '3,120', '3.1e-5']
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -3 <= exponent <= 4:
        return f"{value:,.{min(max(2 - exponent, 0), 4)}f}".replace("-", "−")
    digits, power = f"{value:.1e}".split("e")
    return f"{digits.replace('-', '−')}e{int(power)}"
