"""pow: x^y = 2^(y log2 x), computed in double precision."""

from __future__ import annotations

import math

from engine.tape.elementary.exponential import exponential
from engine.tape.elementary.logarithm import logarithm
from engine.tape.elementary.values import DOUBLE, Condition, Number, where


def _parity(y: Number) -> tuple[Condition, Condition]:
    """Return whether y is an integer, and whether it is odd."""
    # From 2^53 on every number is an even integer.
    bounded = y.magnitude().at_most(2.0**51)
    shifted = bounded + 2.0**52
    return (shifted - 2.0**52).equals(bounded), (shifted.bits() & 1).equals(1)


def power(x: Number, y: Number) -> Number:
    """Return x^y as C's ``pow`` does for zeros, infinities, ones, NaN and negative numbers."""
    base, exponent = x.to(DOUBLE), y.to(DOUBLE)
    size = exponential(exponent * logarithm(base.magnitude()))
    whole, odd = _parity(exponent)
    signed = where(whole & odd, size.with_sign_of(base), size)
    finite = base.magnitude() < math.inf
    defined = where((base < 0.0) & finite, where(whole, signed, size.of(math.nan)), signed)
    one = base.of(1.0)
    unit = where(base.magnitude().equals(1.0) & exponent.magnitude().equals(math.inf), one, defined)
    result = where(base.equals(1.0), one, where(exponent.equals(0.0), one, unit))
    return result.to(x.format)
