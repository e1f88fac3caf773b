"""exp, expm1, tanh and sigmoid: e^x = 2^n e^r with n = round(x / ln 2), |r| ≤ ln 2 / 2.

The polynomials are minimax fits (Remez), their coefficients rounded one after the other and the rest fitted again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.tape.elementary.formats import DOUBLE, SINGLE
from engine.tape.elementary.values import Number, where


@dataclass(frozen=True)
class _Constants:
    """What depends on the format."""

    ln2: tuple[float, float]
    """ln 2 in two parts; the first times any n is exact."""
    exponential: Sequence[float]
    """(e^r - 1 - r) / r², relative to e^r."""
    difference: Sequence[float]
    """(e^r - 1 - r) / r², relative to e^r - 1."""
    limits: tuple[float, float]
    """Where e^x is 0 and infinite."""
    flat: float
    """Where tanh is 1."""
    linear: float
    """Below which e^x - 1 = x."""


_DOUBLE_EXPONENTIAL = (
    0.5,
    0.1666666666666668,
    0.04166666666666672,
    0.008333333333318935,
    0.001388888888884233,
    0.00019841269893423075,
    2.480158743858607e-05,
    2.755723648616427e-06,
    2.755715098197412e-07,
    2.5111838350902385e-08,
    2.096021186053624e-09,
)

_CONSTANTS = {
    SINGLE: _Constants(
        ln2=(0.693359375, -2.1219444e-4),
        exponential=(
            0.4999999403953552,
            0.16666509211063385,
            0.041668009012937546,
            0.008370088413357735,
            0.0013850056566298008,
        ),
        difference=(
            0.4999999701976776,
            0.16666534543037415,
            0.04166771471500397,
            0.008367718197405338,
            0.0013841432519257069,
        ),
        limits=(-104.0, 89.0),
        flat=10.0,
        linear=2.0**-26,
    ),
    DOUBLE: _Constants(
        ln2=(6.93147180369123816490e-01, 1.90821492927058770002e-10),
        exponential=_DOUBLE_EXPONENTIAL,
        difference=_DOUBLE_EXPONENTIAL,
        limits=(-746.0, 710.0),
        flat=20.0,
        linear=2.0**-55,
    ),
}


def _reduce(x: Number, bias: int) -> tuple[Number, Number]:
    """Split x into n ln 2 + r.

    Returns
    -------
    tuple
        A number whose lowest bits are those of the integer n + bias, and r.
    """
    magic = x.format.magic + bias
    shifted = x.fused(1 / math.log(2), magic)
    n = shifted - magic
    remainder = x
    for part in _CONSTANTS[x.format].ln2:
        remainder = n.fused(-part, remainder)
    return shifted, remainder


def _difference(r: Number) -> Number:
    """Return e^r - 1."""
    square = r * r
    return square.fused(r.polynomial(_CONSTANTS[r.format].difference), r)


def _power_of_two(shifted: Number) -> Number:
    """Return 2^n from what ``_reduce`` returns with the format's bias."""
    return (shifted.bits() << shifted.format.mantissa).number(shifted.format)


def _two_powers(shifted: Number) -> tuple[Number, Number]:
    """Return two powers of two with the product 2^n, which may be denormal; from twice the format's bias."""
    format_, bits = shifted.format, shifted.bits()
    half = bits >> 1
    return (half << format_.mantissa).number(format_), ((bits - half) << format_.mantissa).number(format_)


def _scaled_exponential(x: Number, rest: Number | None = None) -> Number:
    """Return e^(x + rest) within its limits, with a rest that is less than the last digit of x."""
    shifted, r = _reduce(x, 2 * x.format.bias)
    first, second = _two_powers(shifted)
    r = r if rest is None else r + rest
    return r.polynomial((1.0, 1.0, *_CONSTANTS[x.format].exponential)) * first * second


def exponential(x: Number, rest: Number | None = None) -> Number:
    """Return e^x, or e^(x + rest) with a rest that is less than the last digit of x."""
    lowest, highest = _CONSTANTS[x.format].limits
    return _scaled_exponential(x.at_most(highest).at_least(lowest), rest)


def small_exponential(x: Number) -> Number:
    """Return e^x where that is a normal number."""
    shifted, r = _reduce(x, x.format.bias)
    return r.polynomial((1.0, 1.0, *_CONSTANTS[x.format].exponential)) * _power_of_two(shifted)


def exponential_minus_one(x: Number) -> Number:
    """Return e^x - 1 = 2^n (e^r - 1) + (2^n - 1)."""
    constants = _CONSTANTS[x.format]
    bounded = x.at_most(constants.limits[1]).at_least(-2.0 * constants.flat)
    # Half of 2^n, which is finite where e^x is.
    shifted, r = _reduce(bounded, x.format.bias - 1)
    half = _power_of_two(shifted)
    halved = half.fused(_difference(r), half - 0.5)
    return where(x.magnitude() < constants.linear, x, halved + halved)


def hyperbolic_tangent(x: Number) -> Number:
    """Return tanh x = -d / (2 + d), with x's sign and d = e^(-2|x|) - 1: so small |x| keep their digits."""
    constants = _CONSTANTS[x.format]
    # Half of ln 2 in one part would do for a float: tanh damps what is lost.
    shifted, r = _reduce(x.magnitude().at_most(constants.flat) * -2.0, x.format.bias)
    power = _power_of_two(shifted)
    difference = _difference(r)
    return ((-power).fused(difference, 1.0 - power) / power.fused(difference, power + 1.0)).with_sign_of(x)


def logistic(x: Number) -> Number:
    """Return 1 / (1 + e^-x) as 1 - q, or e^x - e^x q where x is negative, with q = e^-|x| / (1 + e^-|x|).

    So a negative x keeps its digits.
    """
    decay = _scaled_exponential(-x.magnitude().at_most(-_CONSTANTS[x.format].limits[0]))
    whole = where(x < 0.0, decay, x.of(1.0))
    return (-(decay / (decay + 1.0))).fused(whole, whole)
