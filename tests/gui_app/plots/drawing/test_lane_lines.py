"""Lines of losses are thinned once for as long as nothing changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.observation.snapshot import HistoryView
from gui_app.plots.drawing.epoch_axis import EpochAxis, epoch_axis
from gui_app.plots.drawing.lane_lines import lane_lines
from gui_app.plots.drawing.picture import Ranges
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.series import thin_long
from gui_app.plots.drawing.zoom import Zoom
from gui_app.theme.tokens import LIGHT
from tests.gui_app.plots.runs import history_of

OPTIONS = PlotOptions(LIGHT, (200.0, 100.0), False, True, epochs="linear")


def history(rows: int = 20_000, penalty: bool = True) -> HistoryView:
    rng = np.random.default_rng(0)
    loss = rng.random((rows, 3))
    loss[100:140, 1] = np.nan
    return history_of(np.arange(rows), loss=loss, penalty=rng.random(rows) if penalty else None)


def axis_of(one: HistoryView, options: PlotOptions = OPTIONS) -> EpochAxis:
    return epoch_axis(int(one.epoch[-1]), options, Ranges())


@pytest.mark.parametrize("rows", [50, 399, 3_000, 20_000])
@pytest.mark.parametrize("zoom", [None, (10.0, 900.0)])
def test_each_line_is_that_of_its_series_alone(rows: int, zoom: tuple[float, float] | None) -> None:
    one = history(rows)
    options = PlotOptions(LIGHT, (200.0, 100.0), False, True, epochs="linear", zoom=Zoom(x=zoom))
    axis = axis_of(one, options)
    found = lane_lines(one, options, axis)
    right = dict(zip(("training", "validation", "test", "penalty"), (*one.loss.T, one.penalty), strict=True))
    assert found.keys() == right.keys()
    for name, values in right.items():
        epochs, heights = thin_long(one.epoch, values, 200, axis.scale, axis.rows_of(one.epoch))
        np.testing.assert_array_equal(found[name][0], epochs)
        np.testing.assert_array_equal(found[name][1], heights)


def test_a_history_that_has_not_grown_keeps_its_lines_beside_one_that_has() -> None:
    still, grows = history().head(9_000), history()
    before = lane_lines(still, OPTIONS, axis_of(grows.head(10_000)))
    lane_lines(grows.head(10_000), OPTIONS, axis_of(grows.head(10_000)))
    after = lane_lines(still.head(9_000), OPTIONS, axis_of(grows))
    assert all(one is other for name in before for one, other in zip(before[name], after[name], strict=True))


def test_a_history_that_has_grown_or_another_axis_gets_new_lines() -> None:
    whole = history()
    short = lane_lines(whole.head(10_000), OPTIONS, axis_of(whole))
    long = lane_lines(whole, OPTIONS, axis_of(whole))
    assert short["training"][0][-1] == 9_999
    assert long["training"][0][-1] == 19_999
    zoomed = PlotOptions(LIGHT, (200.0, 100.0), False, True, epochs="linear", zoom=Zoom(x=(100.0, 300.0)))
    assert lane_lines(whole, zoomed, axis_of(whole, zoomed))["training"][0][-1] <= 301


def test_histories_that_are_gone_take_nothing_along() -> None:
    for seed in range(20):
        one = history_of(np.arange(500), loss=np.full((500, 3), float(seed)))
        assert lane_lines(one, OPTIONS, axis_of(one))["training"][1][0] == seed


def test_the_same_losses_with_another_penalty_have_other_lines() -> None:
    one = history(300)
    lane_lines(one, OPTIONS, axis_of(one))
    other = replace(one, penalty=one.penalty + 1.0)
    assert lane_lines(other, OPTIONS, axis_of(other))["penalty"][1][0] == one.penalty[0] + 1.0


def test_series_that_come_later_are_there() -> None:
    """The penalty is a series from the moment on in which it is above zero."""
    whole = history(300, penalty=False)
    assert "penalty" not in lane_lines(whole, OPTIONS, axis_of(whole))
    later = history(300)
    assert "penalty" in lane_lines(later, OPTIONS, axis_of(later))
