"""Small pictures show what the networks answer, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest

from engine.experiment import Points
from gui_app.sweeps.drawing.pixels import CellLook, cell_pixels, sheet
from gui_app.sweeps.drawing.points_mask import points_mask
from gui_app.theme.colour_maps import class_colours, packed, surface_colours
from gui_app.theme.tokens import THEMES, rgb
from tests.gui_app.sweeps.made_up import EXTENT, answer

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def channels(pixels):
    return np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)]).astype(np.int64)


def close(one, other, by=1):
    return int(np.abs(channels(one) - channels(other)).max()) <= by


@themes
def test_where_one_class_is_certain_a_cell_has_its_colour_as_on_the_canvas(theme):
    look = CellLook(theme, "classification", 20, EXTENT)
    found = cell_pixels([answer(0.9), answer(0.2)], [False, False], look, None)
    for pixels, value in zip(found, (0.9, 0.2), strict=True):
        assert close(pixels, class_colours(answer(value, size=20), theme))


@themes
def test_a_surface_has_the_colours_of_the_canvas_with_its_low_end_at_the_bottom(theme):
    values = np.repeat(np.linspace(-1.0, 1.0, 16)[:, None], 16, axis=1)
    (found,) = cell_pixels([values], [False], CellLook(theme, "surface", 16, EXTENT), None)
    assert close(found, surface_colours(values, theme)[::-1])


def test_left_and_right_are_where_they_are_on_the_canvas():
    theme = THEMES["light"]
    values = np.zeros((8, 8, 2), dtype=np.float32)
    values[:, :4, 0] = values[:, 4:, 1] = 1.0
    (found,) = cell_pixels([values], [False], CellLook(theme, "classification", 32, EXTENT), None)
    assert close(found[16, :8], class_colours(answer(0.0, size=8), theme)[0])
    assert close(found[16, 24:], class_colours(answer(1.0, size=8), theme)[0])
    middle = channels(found[16, 14:18]).sum(axis=0)
    paper = int(rgb(theme.window).sum())
    assert middle.min() < 0.6 * paper, "a line between the classes"
    assert channels(found)[:, :, :8].sum(axis=0).min() > 0.5 * paper, "and none elsewhere"


def test_three_classes_have_boundaries_too():
    theme = THEMES["light"]
    values = np.full((24, 24, 3), 1e-6, dtype=np.float32)
    for index in range(3):
        values[:, index * 8 : index * 8 + 8, index] = 1.0
    (found,) = cell_pixels([values], [False], CellLook(theme, "classification", 48, EXTENT), None)
    row = channels(found)[:, 24].sum(axis=0)
    assert np.flatnonzero(row < 450).tolist() == [15, 16, 31, 32]


@themes
def test_a_curve_goes_through_the_heights_that_the_network_answers(theme):
    heights = 3.0 * np.sin(np.linspace(-6.0, 6.0, 48))
    (found,) = cell_pixels([heights], [False], CellLook(theme, "curve", 96, EXTENT), None)
    far = np.abs(channels(found) - rgb(theme.window).astype(np.int64)[:, None, None]).sum(axis=0)
    x = -6.0 + (np.arange(96) + 0.5) / 96 * 12.0
    expected = (6.0 - 3.0 * np.sin(x)) / 12.0 * 96 - 0.5
    rows = (far * np.arange(96)[:, None]).sum(axis=0) / far.sum(axis=0)
    np.testing.assert_allclose(rows, expected, atol=0.6)


def test_heights_far_away_or_not_finite_draw_nothing():
    theme = THEMES["light"]
    heights = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30])
    (found,) = cell_pixels([heights], [False], CellLook(theme, "curve", 24, EXTENT), None)
    assert found.shape == (24, 24)


@themes
def test_only_the_cells_of_diverged_networks_are_hatched_and_unknown_ones_are_empty(theme):
    look = CellLook(theme, "classification", 40, EXTENT)
    plain, broken, unknown = cell_pixels([answer(0.9), answer(0.9), None], [False, True, False], look, None)
    assert close(plain, np.full_like(plain, plain[0, 0]))
    assert not close(broken, np.full_like(plain, broken[0, 0]), by=40)
    assert (unknown == packed(rgb(theme.backdrop)[None])[0]).all()


def test_grids_of_two_sizes_can_stand_side_by_side():
    look = CellLook(THEMES["light"], "classification", 20, EXTENT)
    coarse, fine = cell_pixels([answer(0.8, size=4), answer(0.8, size=24)], [False, False], look, None)
    assert close(coarse, fine)


def test_a_sheet_has_the_first_row_of_cells_at_its_bottom_and_gaps_between():
    theme = THEMES["light"]
    pixels = np.stack([np.full((3, 3), 0xFF000000 | index, dtype=np.uint32) for index in range(6)])
    image = sheet(pixels, 3, 2, 2, theme.panel)
    assert (image.width(), image.height()) == (13, 8)
    at = {
        (column, row): image.pixel(column * 5 + 1, 7 - row * 5 - 1) & 0xFFFFFF
        for column in range(3)
        for row in range(2)
    }
    assert at == {(column, row): row * 3 + column for column in range(3) for row in range(2)}
    assert image.pixelColor(3, 1).name() == theme.panel


@themes
def test_points_lie_where_they_were_drawn_in_the_colour_of_their_class(qapp, theme):
    # In the middles of the pixels 15 and 47, from the left and from the top.
    at = -6.0 + np.array([15.5, 47.5]) / 64 * 12.0
    points = Points(np.column_stack([at, -at]), np.array([0, 1]))
    mask = points_mask(points, theme, "classification", 64, EXTENT)
    look = CellLook(theme, "classification", 64, EXTENT)
    (found,) = cell_pixels([answer(0.5)], [False], look, mask)
    paper = class_colours(answer(0.5, size=1), theme)[0, 0]
    changed = np.argwhere(~np.isclose(channels(found), channels(np.array([[paper]])), atol=1).all(axis=0))
    upper, lower = changed[changed[:, 0] < 32], changed[changed[:, 0] >= 32]
    np.testing.assert_allclose(upper.mean(axis=0), [15.0, 15.0], atol=0.6)
    np.testing.assert_allclose(lower.mean(axis=0), [47.0, 47.0], atol=0.6)
    for centre, colour in (((15, 15), theme.classes[0]), ((47, 47), theme.classes[1])):
        expected = 0.75 * rgb(colour) + 0.25 * channels(np.array([paper]))[:, 0]
        np.testing.assert_allclose(channels(found)[(slice(None), *centre)], expected, atol=3)


def test_test_points_are_not_shown_and_of_many_points_not_all(qapp):
    theme = THEMES["light"]
    points = Points(np.zeros((3, 2)), np.zeros(3), np.full(3, 2))
    assert points_mask(points, theme, "classification", 64, EXTENT) is None
    rng = np.random.default_rng(0)
    many = Points(rng.uniform(-6, 6, (4000, 2)), np.zeros(4000))
    mask = points_mask(many, theme, "classification", 32, EXTENT)
    assert mask is not None
    assert len(mask.index) < 32 * 32


@themes
def test_points_of_their_own_lie_over_their_cells_alone(qapp, theme):
    one = Points(np.array([[-3.0, 3.0]]), np.array([0]))
    other = Points(np.array([[3.0, -3.0]]), np.array([1]))
    masks = [points_mask(points, theme, "classification", 32, EXTENT) for points in (one, other)]
    look = CellLook(theme, "classification", 32, EXTENT)
    answers = [answer(0.5), answer(0.5), answer(0.5)]
    together = cell_pixels(answers, [False] * 3, look, [*masks, None])
    for found, mask in zip(together, (*masks, None), strict=True):
        assert (found == cell_pixels(answers[:1], [False], look, mask)[0]).all()


def test_where_seeds_contradict_one_another_there_is_no_boundary(qapp):
    """Half of the networks are sure of one class, half of the other: the mean is a half, but for rounding."""
    noise = np.random.default_rng(0).normal(0.0, 1e-5, (24, 24))
    first = (0.5 + noise).astype(np.float32)
    values = np.stack([first, 1 - first], axis=2)
    look = CellLook(THEMES["light"], "classification", 48, EXTENT)
    (picture,) = cell_pixels([values], [False], look, None)
    assert channels(picture).sum(axis=0).min() > 3 * 225
