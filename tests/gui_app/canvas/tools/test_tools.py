from pathlib import Path

import numpy as np
import pytest

from engine.catalogue.tasks import TASKS
from engine.data import Append, Remove
from engine.experiment import Points, default_experiment, edit_many, switch_task
from gui_app.canvas import TOOLS, ToolSettings, tool_for, tools_for
from gui_app.canvas.tools import BRUSH, ERASER, VALUE_BRUSH, Motion, ToolContext
from gui_app.canvas.tools.path import Walker, near_path, scatter
from gui_app.theme.icons import tinted

ROOT = Path(__file__).parents[4]


class Editor:
    """All that a tool may touch."""

    def __init__(self, experiment=None, points=None):
        self.experiment = experiment or default_experiment()
        self.points = points or Points.empty()

    def new_points(self, xy, target):
        return Points(xy, target)


def bench_of(editor=None, settings=None, seed=0):
    return ToolContext(editor or Editor(), settings or ToolSettings(), rng=np.random.default_rng(seed))


def motion(path, **values):
    path = np.asarray(path, dtype=float)
    return Motion(path, **{"pressure": np.ones(len(path)), **values})


def run(tool, path, editor=None, settings=None, seed=0, shift=False):
    """The points after one stroke along a path that arrives corner by corner."""
    context = bench_of(editor, settings, seed)
    stroke = tool.stroke(context)
    next(stroke)
    path = np.asarray(path, dtype=float)
    pieces = [path[[0, 0]], *(path[start : start + 2] for start in range(len(path) - 1)), path[[-1, -1]]]
    for number, piece in enumerate(pieces):
        edit = stroke.send(motion(piece, shift=shift, released=number == len(pieces) - 1))
        if edit is not None:
            context.editor.points = edit.apply(context.points)
    stroke.close()
    return context.points


def line(start, end, steps):
    return np.linspace(start, end, steps + 1)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_brush_and_an_eraser(task):
    tools = tools_for(task)
    assert tools[0] is tool_for("brush", task)
    assert ERASER in tools
    assert len({tool.shortcut for tool in tools}) == len(tools)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_registered_tools_say_what_they_are(tool):
    assert TOOLS[tool.key] is tool
    assert tool.label
    assert tool.tooltip.endswith(".")
    path = f"resources/icons/{tool.icon}.svg"
    assert (ROOT / path).is_file(), f"tool {tool.key} needs {path}"
    assert "<svg" in tinted(tool.icon, "#000000")
    assert tool.undo_text
    assert set(tool.tasks) <= set(TASKS)
    assert tool.uses


def test_a_tool_that_makes_no_sense_gives_way():
    assert tool_for("brush", "surface") is VALUE_BRUSH
    assert tool_for("value_brush", "curve") is BRUSH
    assert tool_for("eraser", "surface") is ERASER


def test_places_along_a_path_do_not_depend_on_its_pieces():
    whole, cut = Walker(), Walker()
    positions = whole.advance(line((0, 0), (3, 4), 1), 1 / 0.3)
    corners = line((0, 0), (3, 4), 137)
    pieces = np.concatenate([cut.advance(corners[k : k + 2], 1 / 0.3) for k in range(137)])
    assert len(positions) == 16
    assert np.allclose(np.hypot(*positions.T), 0.3 * np.arange(1, 17))
    assert np.allclose(positions, pieces, rtol=0, atol=1e-9)


def test_scattered_places_fill_the_disc_evenly():
    distance = np.hypot(*scatter(np.zeros((20_000, 2)), 2.0, np.random.default_rng(1)).T)
    assert distance.max() <= 2.0
    assert np.mean(distance <= 1.0) == pytest.approx(0.25, abs=0.015)


def test_a_click_makes_one_point_where_it_is():
    points = run(BRUSH, [(1, 2)])
    assert points.xy.tolist() == [[1, 2]]


@pytest.mark.parametrize("density", [1, 12, 60])
def test_the_brush_draws_so_many_points_per_unit(density):
    settings = ToolSettings()
    settings.density = density
    points = run(BRUSH, line((-4, 0), (4.01, 0), 9), settings=settings)
    assert len(points) == 1 + int(8.01 * density)


def test_a_slow_stroke_draws_what_a_fast_one_does():
    slow, fast = run(BRUSH, line((-4, 1), (4.01, 2), 800)), run(BRUSH, line((-4, 1), (4.01, 2), 4))
    assert len(slow) == len(fast)
    assert np.allclose(slow.xy, fast.xy, rtol=0, atol=1e-9)


def test_brushed_points_lie_within_the_radius_of_the_path():
    settings = ToolSettings()
    settings.radius = 1.0
    xy = run(BRUSH, line((-4, 0), (4, 0), 20), settings=settings).xy
    beyond = np.maximum(np.abs(xy[:, 0]) - 4, 0)
    assert (np.hypot(beyond, xy[:, 1]) <= 1.0).all()
    assert np.abs(xy[:, 1]).max() > 0.8


def test_nothing_is_drawn_outside_the_canvas():
    settings = ToolSettings()
    settings.radius = 2.0
    xy = run(BRUSH, line((-9, 5.5), (9, 5.5), 40), settings=settings).xy
    assert len(xy) > 60
    assert (np.abs(xy) <= 6).all()
    assert len(run(BRUSH, line((-9, 9), (9, 9), 40), settings=settings)) == 0


def test_the_brush_draws_the_current_class():
    settings = ToolSettings()
    settings.class_index = 2
    editor = Editor(edit_many(default_experiment(), {"data.classes": 3}))
    assert set(run(BRUSH, line((0, 0), (3, 0), 5), editor, settings).target) == {2}


def test_a_class_that_is_gone_gives_way_to_the_last_one():
    settings = ToolSettings()
    settings.class_index = 7
    assert set(run(BRUSH, line((0, 0), (3, 0), 5), settings=settings).target) == {1}


def test_the_brush_draws_heights_of_a_curve():
    points = run(BRUSH, line((0, -3), (3, 2), 5), Editor(switch_task(default_experiment(), "curve")))
    assert len(points) > 50
    assert np.array_equal(points.target, points.xy[:, 1])


def test_the_value_brush_draws_its_value():
    settings = ToolSettings()
    settings.value = -0.25
    editor = Editor(switch_task(default_experiment(), "surface"))
    assert set(run(VALUE_BRUSH, line((0, 0), (3, 0), 5), editor, settings).target) == {-0.25}


def test_the_first_edit_of_the_brush_appends_and_the_eraser_removes():
    points = Points([[0, 0], [3, 0]], [0, 1])
    for tool, kind in ((BRUSH, Append), (ERASER, Remove)):
        stroke = tool.stroke(bench_of(Editor(points=points)))
        next(stroke)
        assert isinstance(stroke.send(motion(np.zeros((2, 2)))), kind)


def distance_to_segment(point, start, end):
    along = end - start
    share = min(max(np.dot(point - start, along) / np.dot(along, along), 0), 1)
    return np.linalg.norm(point - start - share * along)


def test_the_eraser_takes_exactly_what_its_circle_swept():
    rng = np.random.default_rng(3)
    xy = rng.uniform(-6, 6, (800, 2))
    points = Points(xy, np.arange(800) % 2)
    path = np.array([(-5, -4), (1, 3), (5, 3), (4.5, -2)])
    kept = [min(distance_to_segment(p, *path[k : k + 2]) for k in range(3)) > 0.6 for p in xy]
    left = run(ERASER, path, Editor(points=points))
    assert 100 < len(left) < 750
    assert left == points[np.array(kept)]


def test_the_eraser_leaves_no_gap_between_far_apart_events():
    points = Points(line((-5, 0), (5, 0), 200), np.zeros(201))
    assert len(run(ERASER, [(-5, 0.3), (5, 0.3)], Editor(points=points))) == 0


def test_an_eraser_that_meets_nothing_makes_no_edit():
    stroke = ERASER.stroke(bench_of())
    next(stroke)
    assert stroke.send(motion([(0.0, 0.0), (1.0, 1.0)])) is None


def test_the_radius_itself_counts_as_near():
    path = np.array([(0.0, 0.0), (2.0, 0.0)])
    positions = np.array([(1.0, 0.5), (1.0, 0.5000001), (2.5, 0.0), (-0.5, 0.0)])
    assert near_path(positions, path, 0.5).tolist() == [True, False, True, True]
