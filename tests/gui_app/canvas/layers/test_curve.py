from itertools import pairwise

import numpy as np
import pytest

from engine.observation.observables import Prediction
from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.layers.curve import curve_paths, visible_curve
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.view.viewport import Viewport
from gui_app.theme.tokens import LIGHT


def curve(heights):
    return visible_curve(Prediction(CANVAS_EXTENT, np.asarray(heights, dtype=np.float32)))


def test_it_runs_from_edge_to_edge():
    positions = curve([-1, 0, 2])
    assert positions.tolist() == [[-6, -1], [0, 0], [6, 2]]


def test_it_is_cut_exactly_where_it_leaves_the_view():
    positions = curve([0, 12, 0])
    shown = positions[np.isfinite(positions).all(axis=1)]
    assert shown.tolist() == [[-6, 0], [-3, 6], [3, 6], [6, 0]]
    assert np.isnan(positions[2]).all()


def test_a_steep_line_shows_only_its_part_in_view():
    positions = curve([-60, 60])
    shown = positions[np.isfinite(positions).all(axis=1)]
    assert shown[:, 1].tolist() == [-6, 6]
    assert shown[:, 0] == pytest.approx([-0.6, 0.6])


def test_nothing_in_view_and_nothing_finite_is_nothing():
    scene = Scene(Viewport.fitted(600, 600), LIGHT, "curve", 2)
    for heights in (np.full(50, 9.0), np.full(50, np.nan), np.full(50, np.inf)):
        paths = curve_paths(scene, Prediction(CANVAS_EXTENT, heights.astype(np.float32)))
        assert all(path.isEmpty() for path in paths)


def test_its_pieces_touch():
    scene = Scene(Viewport.fitted(600, 600), LIGHT, "curve", 2)
    paths = curve_paths(scene, Prediction(CANVAS_EXTENT, np.linspace(-3, 3, 100).astype(np.float32)))
    assert len(paths) > 1
    for before, after in pairwise(paths):
        start = after.elementAt(0)
        assert before.currentPosition().toTuple() == (start.x, start.y)
    assert sum(path.length() for path in paths) == pytest.approx(np.hypot(12, 6) * scene.viewport.scale)
