"""pow: x^y = e^(y log x), a float's computed in double precision, a double's in numbers of two parts."""

from __future__ import annotations

import math

from engine.tape.elementary.exponential import exponential
from engine.tape.elementary.formats import DOUBLE
from engine.tape.elementary.logarithm import logarithm, logarithm_in_two
from engine.tape.elementary.values import Condition, Number, exact_product, where


def _parity(y: Number) -> tuple[Condition, Condition]:
    """Return whether y is an integer, and whether it is odd."""
    # From 2^53 on every number is an even integer.
    bounded = y.magnitude().at_most(2.0**51)
    shifted = bounded + 2.0**52
    return (shifted - 2.0**52).equals(bounded), (shifted.bits() & 1).equals(1)


def power(x: Number, y: Number) -> Number:
    """Return x^y as C's ``pow`` does for zeros, infinities, ones, NaN and negative numbers."""
    base, exponent = x.to(DOUBLE), y.to(DOUBLE)
    size = _size_in_two if x.format is DOUBLE else _size
    return _with_special_cases(base, exponent, size(base.magnitude(), exponent)).to(x.format)


def _size(x: Number, y: Number) -> Number:
    """Return x^y of a positive x; what rounding loses is less than a float's digits."""
    return exponential(y * logarithm(x))


def _size_in_two(x: Number, y: Number) -> Number:
    """Return x^y of a positive x. Rounding y log x alone would lose |y log x| of e^(y log x)'s last digits."""
    high, low = logarithm_in_two(x)
    product, lost = exact_product(y, high)
    # Beyond, the result is 0 or infinite, and what is lost may be NaN.
    return exponential(product, where(product.magnitude() < 1e3, y.fused(low, lost), x.of(0.0)))


def _with_special_cases(base: Number, exponent: Number, size: Number) -> Number:
    """Return |base|^exponent with its sign, or what C says where a formula has no answer."""
    whole, odd = _parity(exponent)
    signed = where(whole & odd, size.with_sign_of(base), size)
    finite = base.magnitude() < math.inf
    defined = where((base < 0.0) & finite, where(whole, signed, size.of(math.nan)), signed)
    one = base.of(1.0)
    unit = where(base.magnitude().equals(1.0) & exponent.magnitude().equals(math.inf), one, defined)
    return where(base.equals(1.0), one, where(exponent.equals(0.0), one, unit))
