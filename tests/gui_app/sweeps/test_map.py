"""The map of trainability as values: regions, specs, tiles, colours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.sweep.plan import SweepPlan
from engine.sweep.spec import read_spec
from gui_app.sweeps.results.map.region import LARGEST, SIDE, Region, coarse, first_region, spec_of
from gui_app.sweeps.results.map.view import map_colours
from gui_app.theme.tokens import DARK, LIGHT


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


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_networks_that_converge_are_blue_and_others_orange(theme):
    colours = map_colours(np.array([[-3.0, -1.0, 2.0, np.nan]]), theme)[0]
    red, blue = (colours >> 16) & 0xFF, colours & 0xFF
    assert blue[0] > red[0]
    assert red[2] > blue[2]
    assert f"#{int(colours[3]) & 0xFFFFFF:06x}" == theme.backdrop
    assert f"#{int(colours[0]) & 0xFFFFFF:06x}" == theme.high
    assert colours[0] != colours[1]
