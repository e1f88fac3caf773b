"""Numbers that somebody has chosen, as all sentences write them."""

from __future__ import annotations


def setting_text(value: float) -> str:
    """Return a number as a person would choose it, with up to six digits.

    Parameters
    ----------
    value
        Any number; six significant digits of it are kept.

    Returns
    -------
    str
        Without trailing zeros and with a short exponent.

    Examples
    --------
    >>> [setting_text(value) for value in (0.003, 10.0, 0.00001, 1e100)]
    ['0.003', '10', '1e-5', '1e100']
    """
    digits, _, power = f"{value:g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits
