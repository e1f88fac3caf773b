"""erf: x + x P(x²) up to 1, and 1 - e^-Q(|x|) from there."""

from __future__ import annotations

from engine.tape.elementary.exponential import small_exponential
from engine.tape.elementary.formats import DOUBLE, SINGLE
from engine.tape.elementary.values import Number, where

_NEAR = {
    SINGLE: (
        0.12837916612625122,
        -0.3761262595653534,
        0.11283578723669052,
        -0.026853347197175026,
        0.005187162198126316,
        -0.0007997853099368513,
        7.806903158780187e-05,
    ),
    DOUBLE: (
        0.12837916709551256,
        -0.3761263890318341,
        0.11283791670942123,
        -0.026866170643087234,
        0.005223977607710241,
        -0.0008548326064696984,
        0.0001205529881997699,
        -1.4924828314409655e-05,
        1.6448686390102639e-06,
        -1.621881974296302e-07,
        1.3766619442773668e-08,
        -7.884845226098407e-10,
    ),
}
"""(erf √z - √z) / √z for z ≤ 1."""

_FAR = {
    SINGLE: (
        0.00033939655986614525,
        1.127097487449646,
        0.6381316184997559,
        0.10311774164438248,
        -0.021843092516064644,
        0.002948859939351678,
        -0.0001864964870037511,
    ),
    DOUBLE: (
        4.99442655147512e-07,
        1.1283741211945875,
        0.6366434909522706,
        0.10270380515096908,
        -0.018990852013650028,
        -0.000409719911709383,
        0.0019150143787670592,
        -0.0007699070034004944,
        0.00013459286991520378,
        2.0490851037089672e-05,
        -2.2909131522232948e-05,
        8.693408284499823e-06,
        -2.141834081136485e-06,
        3.743977471173818e-07,
        -4.6565426088438495e-08,
        3.947062262486395e-09,
        -2.0520466329580044e-10,
        4.946805199145251e-12,
    ),
}
"""-log(1 - erf x) from 1 to where erf is 1."""

_FLAT = {SINGLE: 4.0, DOUBLE: 6.0}
"""Where erf is 1."""


def error_function(x: Number) -> Number:
    """Return erf x."""
    size = x.magnitude()
    near = size.fused((size * size).polynomial(_NEAR[x.format]), size)
    bounded = size.at_most(_FLAT[x.format])
    far = 1.0 - small_exponential(-bounded.polynomial(_FAR[x.format]))
    return where(size < 1.0, near, far).with_sign_of(x)
