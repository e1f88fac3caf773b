"""Text of numbers that a person has chosen, for all sentences."""

from __future__ import annotations


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
