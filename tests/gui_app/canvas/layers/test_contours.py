import numpy as np
import pytest

from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.layers.contours import class_boundaries

CELLS = 100
CELL = 12 / CELLS


def grid(cells=CELLS):
    centres = -6 + (np.arange(cells) + 0.5) * 12 / cells
    return np.meshgrid(centres, centres)


def boundaries(*fields, extent=CANVAS_EXTENT):
    """Where the largest of the fields changes; each is [rows, columns]."""
    return class_boundaries(np.stack(fields, axis=-1).astype(np.float32), extent)


def lengths(segments):
    return np.hypot(*(segments[:, 1] - segments[:, 0]).T)


def test_a_circle_lies_where_it_is():
    x, y = grid()
    segments = boundaries((x**2 + y**2 - 9) / 9, -(x**2 + y**2 - 9) / 9)
    radius = np.hypot(*segments.reshape(-1, 2).T)
    assert np.abs(radius - 3).max() < CELL**2
    assert lengths(segments).sum() == pytest.approx(2 * np.pi * 3, rel=1e-3)


def test_a_circle_is_closed():
    x, y = grid()
    ends = boundaries(x**2 + y**2, 9 + 0 * x).reshape(-1, 2)
    _, times = np.unique(np.rint(ends * 1e4), axis=0, return_counts=True)
    assert (times == 2).all()


def test_a_line_reaches_both_edges():
    x, y = grid()
    segments = boundaries(y - 0.5 * x, 0.5 * x - y)
    assert np.abs(segments[..., 1] - 0.5 * segments[..., 0]).max() < 1e-5
    assert (segments[..., 0].min(), segments[..., 0].max()) == (-6, 6)
    assert lengths(segments).sum() == pytest.approx(12 * np.hypot(1, 0.5))


def test_rows_are_y_and_columns_are_x():
    x, y = grid()
    assert boundaries(x - 2, 0 * x)[..., 0] == pytest.approx(2, abs=1e-6)
    assert boundaries(y + 1, 0 * y)[..., 1] == pytest.approx(-1, abs=1e-6)


def test_the_extent_and_the_shape_may_be_any():
    y = np.linspace(0.1, 0.9, 5)[:, None] + np.zeros((5, 7))
    segments = boundaries(y - 0.3, 0.3 - y, extent=(10, 24, 0, 1))
    assert segments[..., 1] == pytest.approx(0.3)
    assert (segments[..., 0].min(), segments[..., 0].max()) == (10, 24)


def test_three_classes_meet_without_a_border_drawn_twice():
    x, y = grid()
    turns = (0.3, 0.3 + 2 * np.pi / 3, 0.3 - 2 * np.pi / 3)
    segments = boundaries(*(x * np.cos(turn) + y * np.sin(turn) for turn in turns))
    # Three rays from the middle, each half way between the directions of two classes.
    angle = np.arctan2(segments[..., 1], segments[..., 0])
    far = np.hypot(segments[..., 0], segments[..., 1]) > CELL
    off = (angle[far] - 0.3 - np.pi / 3 + np.pi / 3) % (2 * np.pi / 3) - np.pi / 3
    assert np.abs(off).max() < 0.01
    reach = [6 / max(abs(np.cos(t + np.pi)), abs(np.sin(t + np.pi))) for t in turns]
    assert lengths(segments).sum() == pytest.approx(sum(reach), rel=0.01)


def test_a_saddle_is_drawn_through_its_middle():
    field = np.array([[1.0, -1.0], [-1.0, 1.0]])
    segments = boundaries(field, -field, extent=(0, 2, 0, 2))
    assert len(segments) == 12 - 8 + 4
    assert np.abs(np.abs(segments - 1).min(axis=-1)).max() < 1e-6


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_one_class_everywhere_has_no_boundary(classes):
    fields = [np.full((9, 9), float(k == 1)) for k in range(classes)]
    assert boundaries(*fields).shape == (0, 2, 2)


@pytest.mark.parametrize("cells", [1, 2, 3])
def test_tiny_grids(cells):
    x, _ = grid(cells)
    segments = boundaries(x, -x)
    assert segments.shape[1:] == (2, 2)
    assert np.isfinite(segments).all()


def test_equal_probabilities_have_no_boundary():
    assert len(boundaries(np.full((9, 9), 0.5), np.full((9, 9), 0.5))) == 0


def test_numbers_that_are_not_finite_draw_nothing_wrong():
    _, y = grid(40)
    field = y.copy()
    field[10:30, 5:20] = np.nan
    field[0, 0] = np.inf
    segments = boundaries(field, -field)
    assert len(segments)
    assert np.isfinite(segments).all()
    assert len(boundaries(*(np.full((9, 9), np.nan),) * 2)) == 0
