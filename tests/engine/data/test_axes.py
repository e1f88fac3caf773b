"""How data of any units lie on the sheet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import operate, operate_on_sheet
from engine.data.axes import FILLED, HOME, REACH, Axes
from engine.experiment import Points
from engine.experiment.frame import NARROWEST_WIDTH


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
        if spread > max(abs(middle) * 1e-10, NARROWEST_WIDTH):
            assert spread / unit == pytest.approx(REACH * FILLED, rel=1e-3)


def test_an_operation_means_the_same_on_the_sheet_whatever_the_units():
    axes, rng = Axes(50.0, 500.0, 10.0, 5.0), np.random.default_rng(0)
    sheet = Points(rng.integers(-20, 21, (30, 2)) / 4, rng.integers(0, 2, 30), np.zeros(30))
    data = Points(axes.to_data(sheet.xy), sheet.target, sheet.split)
    for name, amount in (("noise", 0.3), ("subsample", 0.5), ("flip", 0.2)):
        wanted = operate(name, sheet, "classification", 2, amount, 7).apply(sheet)
        found = operate_on_sheet(name, data, "classification", 2, amount, 7, axes).apply(data)
        assert np.allclose(axes.to_sheet(found.xy), wanted.xy, rtol=0, atol=1e-12)
        assert np.array_equal(found.target, wanted.target)
        assert operate_on_sheet(name, sheet, "classification", 2, amount, 7, HOME).apply(sheet) == wanted


def test_points_that_an_operation_does_not_move_keep_their_bits():
    axes = Axes(0.1, 477.7, 1 / 3, 0.7)
    data = Points(np.random.default_rng(1).normal(size=(40, 2)), np.arange(40) % 2, np.zeros(40))
    found = operate_on_sheet("flip", data, "classification", 2, 0.5, 3, axes).apply(data)
    assert np.array_equal(found.xy, data.xy)
    assert not np.array_equal(found.target, data.target)
