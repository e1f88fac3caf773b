"""log and log1p: x = 2^k (1 + f) with 1 + f from 2/3 to 4/3."""

from __future__ import annotations

import math

from engine.tape.elementary.formats import DOUBLE, SINGLE
from engine.tape.elementary.values import Bits, Number, exact_sum, where

_SINGLE = (
    0.3333321511745453,
    -0.24999786913394928,
    0.20010420680046082,
    -0.16680820286273956,
    0.14005492627620697,
    -0.12169989198446274,
    0.13989517092704773,
    -0.13011915981769562,
)
"""(log(1 + f) - f + f²/2) / f³."""

_DOUBLE = (
    0.666666666666666,
    0.40000000000056635,
    0.2857142855584016,
    0.22222224295067797,
    0.181816659624723,
    0.1539110901851686,
    0.13173650051710778,
    0.13842687181339408,
)
"""(2 artanh s - 2s) / s³ in powers of s², where s = f / (2 + f) and log(1 + f) = 2 artanh s."""

_LN2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)


def _exponent(x: Number) -> Bits:
    """Return k, shifted to where the exponent stands among the bits."""
    mask = -1 << x.format.mantissa
    return (x.bits() - x.format.bits_of(2 / 3)) & mask


def _combine(exponent: Bits, f: Number) -> Number:
    """Return k ln 2 + log(1 + f)."""
    k, unit = exponent.rounded(f.format), 2.0**-f.format.mantissa
    if f.format is SINGLE:
        square = f * f
        return k.fused(math.log(2) * unit, square.fused(f.polynomial((-0.5, *_SINGLE), square), f))
    s = f / (f + 2.0)
    square = s * s
    half_square = f * f * 0.5
    rest = s * square.fused(square.polynomial(_DOUBLE), half_square)
    return k.fused(_LN2[0] * unit, f - (half_square - k.fused(_LN2[1] * unit, rest)))


def _parts(x: Number) -> tuple[Bits, Number]:
    """Return k, shifted to where the exponent stands, and f, exactly; for positive finite x."""
    format_ = x.format
    denormal = x < 2.0 ** (1 - format_.bias)
    lifted = where(denormal, x * 2.0**format_.mantissa, x)
    exponent = _exponent(lifted)
    f = (lifted.bits() - exponent).number(format_) - 1.0
    lift = exponent.of(format_.mantissa << format_.mantissa)
    return where(denormal, exponent - lift, exponent), f


def _with_limits(x: Number, result: Number) -> Number:
    """Return a logarithm of positive finite x, and the right infinities and NaN elsewhere."""
    finite = where(x.equals(math.inf), x, result)
    return where(x > 0.0, finite, where(x.equals(0.0), x.of(-math.inf), x.of(math.nan)))


def logarithm(x: Number) -> Number:
    """Return log x."""
    return _with_limits(x, _combine(*_parts(x)))


def logarithm_in_two(x: Number) -> tuple[Number, Number]:
    """Return log x of a double as a sum of two numbers, right to 2^-59: f - f²/2 is kept exactly.

    The second is NaN where the first is not finite.
    """
    exponent, f = _parts(x)
    k, unit = exponent.rounded(DOUBLE), 2.0**-DOUBLE.mantissa
    upper = f.upper_half()
    half_square = upper * upper * 0.5
    lower = (f - upper) * (f + upper) * 0.5
    s = f / (f + 2.0)
    square = s * s
    small = s * square.fused(square.polynomial(_DOUBLE), half_square + lower) - lower
    first, first_rest = exact_sum(f, -half_square)
    whole, whole_rest = exact_sum(k * (_LN2[0] * unit), first)
    high, low = exact_sum(whole, whole_rest + (first_rest + k.fused(_LN2[1] * unit, small)))
    return _with_limits(x, high), low


def logarithm_of_one_plus(x: Number) -> Number:
    """Return log(1 + x), with the digits that x has near 0."""
    format_ = x.format
    exponent = _exponent(x + 1.0)
    # 4 · 2^-k is a normal number where 2^-k is none.
    quadruple = (format_.bits_of(4.0) - exponent).number(format_)
    f = (x.bits() - exponent).number(format_) + quadruple.fused(0.25, -1.0)
    result = where((x + x).equals(x), x, _combine(exponent, f))
    return where(x > -1.0, result, where(x.equals(-1.0), x.of(-math.inf), x.of(math.nan)))
