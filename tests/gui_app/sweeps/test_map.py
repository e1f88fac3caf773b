"""The map of trainability as values: regions, specs, tiles, colours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.sweep.plan import SweepPlan
from engine.sweep.spec import read_spec
from gui_app.session.app_folders import data_folder
from gui_app.sweeps.results.background import BackgroundSweep
from gui_app.sweeps.results.map.region import LARGEST, SIDE, Region, coarse, enlarged, first_region, spec_of
from gui_app.sweeps.results.map.view import map_colours
from gui_app.sweeps.results.map.window import MapWindow
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.window.map_room import MapRoom


def test_a_part_of_a_region_has_the_values_at_its_shares():
    region = Region((0.1, 1000.0), (0.01, 1.0)).part((0.25, 0.75), (0.5, 1.0))
    assert region.x == pytest.approx((1.0, 100.0))
    assert region.y == pytest.approx((0.1, 1.0))
    assert region.value(0.5, 0.0) == pytest.approx((10.0, 0.1))


def test_the_spec_of_a_region_can_be_planned_and_has_its_ends():
    region = first_region().part((0.4, 0.6), (0.2, 0.4))
    plan = SweepPlan(read_spec(spec_of(region)))
    assert plan.rows == SIDE * SIDE
    assert len(plan.groups) == 1
    first, last = plan.axes[0].values[0], plan.axes[0].values[-1]
    assert (first, last) == pytest.approx(region.x)


def test_neighbours_that_32_bits_cannot_tell_apart_need_64():
    assert not first_region().is_fine
    assert Region((1.0, 1.0 + 1e-4), (1.0, 2.0)).is_fine


def test_what_is_computed_stands_for_its_tile_until_more_is():
    values = np.full((64, 64), np.nan)
    values[::8, ::8] = np.arange(64).reshape(8, 8) + 1.0
    filled = coarse(values)
    assert np.array_equal(filled, values[::8, ::8].repeat(8, axis=0).repeat(8, axis=1))
    values[3, 3] = -5.0
    assert coarse(values)[3, 3] == coarse(values)[2, 2] == -5.0
    assert coarse(values)[0, 0] == 1.0
    lonely = np.full((64, 64), np.nan)
    lonely[40, 9] = 1.0
    assert (~np.isnan(coarse(lonely))).sum() == LARGEST**2


def test_a_part_of_a_map_is_as_large_as_the_whole():
    values = np.arange(16.0).reshape(4, 4)
    part = enlarged(values, (0.5, 1.0), (0.0, 0.5))
    assert part.tolist() == [[2, 2, 3, 3], [2, 2, 3, 3], [6, 6, 7, 7], [6, 6, 7, 7]]
    assert np.array_equal(enlarged(values, (0.0, 1.0), (0.0, 1.0)), values)


@pytest.mark.window
def test_after_a_zoom_the_old_picture_stays_until_tiles_of_the_new_one_come(qtbot):
    shown = MapWindow(LIGHT, None)
    qtbot.addWidget(shown)
    whole = np.arange(1.0, 4097.0).reshape(64, 64)
    shown.show_map(whole)
    shown.view.zoomed.emit((0.25, 0.75), (0.0, 0.5))
    assert np.array_equal(shown.view.shown, enlarged(whole, (0.25, 0.75), (0.0, 0.5)))
    assert np.isnan(shown.view.values).all()
    some = np.full((64, 64), np.nan)
    some[:16, :16] = -2.0
    shown.show_map(some)
    assert (shown.view.shown[:16, :16] == -2.0).all()
    assert (shown.view.shown[16:, :] > 0.0).all()
    shown.view.back.emit()
    assert np.array_equal(shown.view.shown, whole)
    shown.show_map(some)
    shown.view.end_meanwhile()
    assert np.isnan(shown.view.shown).any()


@pytest.mark.window
def test_the_dimension_of_the_boundary_is_told_and_explained(qtbot):
    shown = MapWindow(LIGHT, None)
    qtbot.addWidget(shown)
    values = np.where(np.arange(64) < 32, -1.0, 1.0) * np.ones((64, 1))
    shown.show_map(values)
    assert shown.dimension.full_text == "Box-counting dimension of the boundary: 1.00"
    assert "1 for a smooth curve, 2 where it fills the area" in shown.dimension.toolTip()


@pytest.mark.window
def test_two_windows_compute_their_maps_in_two_folders(window, monkeypatch):
    started = []
    monkeypatch.setattr(BackgroundSweep, "start", lambda self: started.append(self.folder))
    other = MapRoom(window)
    for room in (window.map, other):
        room.open()
        assert room.shown.running.bar.value() == 0
    first, second = started
    assert first.parent != second.parent
    assert first.parent.parent == second.parent.parent == data_folder() / "map"
    window.map.shown.close()
    assert not first.parent.exists()
    assert second.with_name("0.json").exists()
    other.shown.close()
    assert not second.parent.exists()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_networks_that_converge_are_blue_and_others_orange(theme):
    colours = map_colours(np.array([[-3.0, -1.0, 2.0, np.nan]]), theme)[0]
    red, blue = (colours >> 16) & 0xFF, colours & 0xFF
    assert blue[0] > red[0]
    assert red[2] > blue[2]
    assert f"#{int(colours[3]) & 0xFFFFFF:06x}" == theme.backdrop
    assert f"#{int(colours[0]) & 0xFFFFFF:06x}" == theme.high
    assert colours[0] != colours[1]
