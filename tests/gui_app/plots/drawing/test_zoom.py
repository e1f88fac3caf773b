"""Which part of a plot is seen: pure functions of pixels and ranges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui_app.plots.drawing.cut_line import RIM, cut_line
from gui_app.plots.drawing.epoch_scale import LINEAR, EpochScale
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.series import thin, thin_long
from gui_app.plots.drawing.zoom import WHOLE, Limits, Zoom, looking_at, moved, part_of, scaled

SCALES = [LINEAR, EpochScale(1.0)]
FULL = (0.0, 1000.0)


def mapping_of(zoom: Zoom, scale: EpochScale = LINEAR) -> Mapping:
    return Mapping(400.0, 100.0, zoom.x or FULL, zoom.y or (0.0, 2.0), x_scale=scale)


LIMITS = Limits(FULL, (0.0, 2.0), newest=990.0)


@pytest.mark.parametrize("scale", SCALES)
def test_the_pixels_that_were_dragged_are_what_is_seen(scale: EpochScale) -> None:
    before = mapping_of(WHOLE, scale)
    zoom = looking_at(WHOLE, before, LIMITS, (100.0, 200.0), (25.0, 75.0))
    assert zoom.x == pytest.approx((before.x_value(100.0), before.x_value(200.0)))
    assert zoom.y == pytest.approx((before.y_value(75.0), before.y_value(25.0)))


@pytest.mark.parametrize("scale", SCALES)
def test_what_lies_below_the_mouse_stays_there(scale: EpochScale) -> None:
    before = mapping_of(WHOLE, scale)
    zoom = looking_at(WHOLE, before, LIMITS, scaled(400.0, 130.0, 0.8))
    assert mapping_of(zoom, scale).x_value(130.0) == pytest.approx(before.x_value(130.0))
    assert zoom.y is None


def test_zooming_out_ends_at_everything() -> None:
    zoom = looking_at(WHOLE, mapping_of(WHOLE), LIMITS, (100.0, 200.0))
    zoom = looking_at(zoom, mapping_of(zoom), LIMITS, scaled(400.0, 10.0, 5.0))
    assert zoom == WHOLE


def test_on_the_way_out_the_chosen_range_comes_before_everything() -> None:
    limits = Limits(FULL, (0.0, 100.0), y_chosen=(0.0, 2.0))
    zoom = looking_at(WHOLE, mapping_of(WHOLE), limits, y=(40.0, 60.0))
    zoom = looking_at(zoom, mapping_of(zoom), limits, y=scaled(100.0, 50.0, 8.0))
    assert zoom.y is None, "as the plot would choose"
    zoom = looking_at(zoom, mapping_of(zoom), limits, y=scaled(100.0, 50.0, 1000.0))
    assert zoom.y == (0.0, 100.0), "everything"


@given(
    st.floats(0.0, 900.0),
    st.floats(1.0, 100.0),
    st.floats(-3.0, 4.0),
    st.floats(0.001, 5.0),
    st.floats(0.01, 50.0),
)
def test_a_part_lies_within_the_limits_and_is_never_too_small(
    start: float, length: float, first: float, size: float, least: float
) -> None:
    part = part_of((start, start + length), FULL, first, first + size, least)
    if part is not None:
        assert FULL[0] - 1e-9 <= part[0] < part[1] <= FULL[1] + 1e-9
        assert part[1] - part[0] >= least - 1e-6


def test_panning_keeps_the_length_and_stops_at_the_end() -> None:
    zoom = looking_at(WHOLE, mapping_of(WHOLE), LIMITS, (100.0, 200.0))
    assert zoom.x == pytest.approx((250.0, 500.0))
    by_a_tenth = looking_at(zoom, mapping_of(zoom), LIMITS, moved(400.0, 40.0))
    assert by_a_tenth.x == pytest.approx((275.0, 525.0))
    assert looking_at(zoom, mapping_of(zoom), LIMITS, moved(400.0, 4000.0)).x == pytest.approx(
        (750.0, 1000.0)
    )


@pytest.mark.parametrize("scale", SCALES)
def test_a_range_with_the_newest_epoch_follows_it_and_another_stays(scale: EpochScale) -> None:
    before = mapping_of(WHOLE, scale)
    right, left = (looking_at(WHOLE, before, LIMITS, pixels) for pixels in ((300.0, 400.0), (0.0, 100.0)))
    assert right.newest == 990.0
    start, end = right.x_range(2000.0, scale)
    place = (scale.units(990.0) - scale.units(right.x[0])) / (
        scale.units(right.x[1]) - scale.units(right.x[0])
    )
    assert (scale.units(2000.0) - scale.units(start)) / (
        scale.units(end) - scale.units(start)
    ) == pytest.approx(place)
    assert left.x_range(2000.0, scale) == left.x


# -- lines that end at the edge


@given(st.lists(st.floats(-200.0, 300.0), min_size=2, max_size=40), st.data())
def test_a_line_is_cut_at_the_edges_and_is_the_same_between_them(
    heights: list[float], data: st.DataObject
) -> None:
    y = np.array(heights)
    for gap in data.draw(st.lists(st.integers(0, len(y) - 1), max_size=3)):
        y[gap] = np.nan
    x = np.arange(len(y)) * 10.0 - 50.0
    cut_x, cut_y = cut_line(x, y, 100.0, 100.0)
    known = np.isfinite(cut_x) & np.isfinite(cut_y)
    assert (cut_x[known] >= -RIM - 1e-6).all()
    assert (cut_x[known] <= 100.0 + RIM + 1e-6).all()
    assert (cut_y[known] >= -RIM - 1e-6).all()
    assert (cut_y[known] <= 100.0 + RIM + 1e-6).all()
    inside = (x >= 0.0) & (x <= 100.0) & (y >= 0.0) & (y <= 100.0)
    kept = set(zip(cut_x[known].tolist(), cut_y[known].tolist(), strict=True))
    assert set(zip(x[inside].tolist(), y[inside].tolist(), strict=True)) <= kept


def test_a_line_through_the_plot_is_cut_on_both_sides() -> None:
    x, y = cut_line(np.array([50.0, 50.0]), np.array([-1000.0, 1000.0]), 100.0, 100.0)
    known = np.isfinite(y)
    assert y[known] == pytest.approx([-RIM, 100.0 + RIM])
    assert x[known] == pytest.approx([50.0, 50.0])


# -- a part of a long history


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    "rows", [slice(0, 100_000), slice(31_234, 67_891), slice(500, 600), slice(99_000, 100_000)]
)
def test_a_part_of_a_long_history_keeps_its_extremes(scale: EpochScale, rows: slice) -> None:
    x, y = np.arange(100_000), np.random.default_rng(0).random(100_000)
    spike = (rows.start + rows.stop) // 2
    y[spike] = 30.0
    thin_x, thin_y = thin_long(x, y, 300, scale, rows)
    slow_x, slow_y = thin(x[rows], y[rows], 300, scale)
    assert (thin_x[0], thin_x[-1]) == (slow_x[0], slow_x[-1])
    assert len(thin_x) <= 2 * 300
    assert (thin_y.min(), thin_y.max()) == (slow_y.min(), 30.0)
