"""Input features: values by closed forms, bounds that hold on the canvas."""

from __future__ import annotations

import numpy as np
import pytest

from engine.catalogue.canvas import CANVAS
from engine.catalogue.features import FEATURES
from tests.engine.oracles import Oracles

X1 = np.array([-6.0, -1.5, 0.0, 2.0, 6.0])
X2 = np.array([6.0, 0.5, -3.0, 2.0, -6.0])
CLOSED_FORMS = Oracles(
    "CLOSED_FORMS",
    __file__,
    {
        "x1": X1,
        "x2": X2,
        "x1_squared": X1**2,
        "x2_squared": X2**2,
        "x1_x2": X1 * X2,
        "sin_x1": np.sin(X1),
        "sin_x2": np.sin(X2),
    },
)


@pytest.mark.parametrize("name", FEATURES)
def test_values_follow_the_formula(name: str) -> None:
    np.testing.assert_array_equal(FEATURES[name].function(X1, X2), CLOSED_FORMS[name])


@pytest.mark.parametrize("name", FEATURES)
def test_the_bound_is_the_largest_value_on_the_canvas(name: str) -> None:
    x1, x2 = np.meshgrid(*[np.linspace(-CANVAS, CANVAS, 401)] * 2)
    largest = np.abs(FEATURES[name].function(x1, x2)).max()
    assert largest == pytest.approx(FEATURES[name].bound, rel=1e-4)


@pytest.mark.parametrize("name", FEATURES)
def test_a_curve_knows_what_does_not_look_at_its_target(name: str) -> None:
    function = FEATURES[name].function
    assert FEATURES[name].curve == np.array_equal(function(X1, X2), function(X1, X2 + 1.0))
