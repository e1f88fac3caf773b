"""sin and cos: x = n π/2 + r with |r| ≤ π/4; the quadrant n mod 4 says which of sin r and cos r it is, and the sign."""

from __future__ import annotations

import math

from engine.tape.elementary.formats import DOUBLE, SINGLE
from engine.tape.elementary.values import Bits, Number, where

_SINE = {
    SINGLE: (-0.1666666716337204, 0.008333379402756691, -0.00019853064441122115, 2.83255712929531e-06),
    DOUBLE: (
        -0.16666666666666666,
        0.008333333333333042,
        -0.00019841269840962473,
        2.7557319073984582e-06,
        -2.5052070923107727e-08,
        1.6054311557701242e-10,
        -7.38946072062406e-13,
    ),
}
"""(sin r - r) / r³ in powers of r²."""

_COSINE = {
    SINGLE: (0.0416666679084301, -0.0013888980029150844, 2.482200761733111e-05, -2.8878449143121543e-07),
    DOUBLE: (
        0.041666666666666664,
        -0.0013888888888888389,
        2.48015873011809e-05,
        -2.7557319060764736e-07,
        2.087672203943679e-09,
        -1.1466866671839828e-11,
        4.5929678397092884e-14,
    ),
}
"""(cos r - 1 + r²/2) / r⁴ in powers of r²."""

_HALF_PI = {
    SINGLE: (1.570796325802803, 9.920935739593517e-10, 5.721188726109832e-18),
    DOUBLE: (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21),
}
"""π/2 in three parts; the first two times n are exact up to n = 2^26 (float) and 2^20 (double).

Up to there, that is |x| = 1e8 and 1.6e6, results are right. Beyond, they are only sure to be within [-1, 1]:
neighbouring floats are then further apart than a period, and the rounding of whatever made x decides about sin x.
"""


def _reduce(x: Number) -> tuple[Bits, Number]:
    """Return n, whose two lowest bits are the quadrant, and r; a float is reduced in double precision."""
    parts, exact = _HALF_PI[x.format], x.to(DOUBLE)
    shifted = exact.fused(2 / math.pi, DOUBLE.magic)
    n = shifted - DOUBLE.magic
    first = n.fused(-parts[0], exact)
    step = n * parts[1]
    second = first - step
    if x.format is SINGLE:
        return shifted.bits().to(SINGLE), n.fused(-parts[2], second).to(SINGLE)
    back = second - first
    lost = (first - (second - back)) - (step + back)
    return shifted.bits(), second + n.fused(-parts[2], lost)


def _rotated(quadrant: Bits, r: Number) -> Number:
    """Return sin(r + quadrant π/2)."""
    r = r.at_most(1.0).at_least(-1.0)
    square = r * r
    sine = (r * square).fused(square.polynomial(_SINE[r.format]), r)
    cosine = (square * square).fused(square.polynomial(_COSINE[r.format]), square.fused(-0.5, 1.0))
    size = where((quadrant & 1).equals(0), sine, cosine)
    return (size.bits() ^ ((quadrant & 2) << (quadrant.width - 2))).number(r.format)


def sine(x: Number) -> Number:
    """Return sin x."""
    size = _rotated(*_reduce(x.magnitude()))
    return (size.bits() ^ (x.bits() & x.of(-0.0).bits())).number(x.format)


def cosine(x: Number) -> Number:
    """Return cos x."""
    quadrant, r = _reduce(x.magnitude())
    return _rotated(quadrant + 1, r)
