"""How data of any units lie on the sheet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.axes import FILLED, REACH, Axes


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=1, max_size=20))
def test_fitted_axes_show_any_finite_data(places):
    xy = np.array(places)
    axes = Axes.fitted(xy)
    sheet = axes.to_sheet(xy)
    assert np.isfinite(sheet).all()
    assert (np.abs(sheet) <= REACH).all()
    assert min(axes.x_unit, axes.y_unit) > 0
    for column, unit, middle in zip(xy.T, axes.units, axes.middle, strict=True):
        spread = column.max() / 2 - column.min() / 2
        if spread > max(abs(middle) * 1e-10, 1e-290):
            assert spread / unit == pytest.approx(REACH * FILLED, rel=1e-3)
