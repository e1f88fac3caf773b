import numpy as np
import pytest

from engine.experiment import Points, default_experiment
from gui_app.canvas import ToolSettings
from gui_app.canvas.input.gesture import GestureRunner
from gui_app.canvas.tools import BRUSH, ToolContext


class Recorder:
    """A document that notes what is done to it."""

    def __init__(self):
        self.experiment, self.points, self.done = default_experiment(), Points.empty(), []

    def new_points(self, xy, target):
        return Points(xy, target)

    def apply_edit(self, edit):
        self.points = edit.apply(self.points)
        self.done.append("edit")

    def finish_gesture(self, words):
        self.done.append(words)

    def cancel_gesture(self):
        self.done.append("cancel")


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def runner(qapp, recorder):
    return GestureRunner(ToolContext(recorder, ToolSettings(), rng=np.random.default_rng(0)))


def test_moves_within_a_frame_are_one_edit(runner, recorder):
    runner.begin(BRUSH, (-3, 0))
    for x in np.linspace(-3, 3.01, 50):
        runner.move((x, 0))
    assert recorder.done == ["edit"]
    runner.finish()
    assert recorder.done == ["edit", "edit", "Draw"]
    assert len(recorder.points) == 1 + int(6.01 * 12)


def test_gathered_moves_arrive_when_the_frame_is_over(qtbot, runner, recorder):
    runner.begin(BRUSH, (-3, 0))
    runner.move((3, 0))
    qtbot.waitUntil(lambda: recorder.done == ["edit", "edit"])
    assert runner.tool is BRUSH
    runner.finish()


def test_a_second_begin_finishes_the_first(runner, recorder):
    runner.begin(BRUSH, (-3, 0))
    runner.begin(BRUSH, (3, 0))
    assert recorder.done == ["edit", "Draw", "edit"]
    runner.cancel()
    assert recorder.done[-1] == "cancel"


def test_after_the_end_nothing_happens(qtbot, runner, recorder):
    runner.begin(BRUSH, (0, 0))
    runner.move((5, 0))
    runner.finish()
    done = list(recorder.done)
    runner.move((-5, 0))
    runner.finish()
    runner.cancel()
    qtbot.wait(40)
    assert recorder.done == done
    assert runner.tool is None


@pytest.mark.parametrize("end", ["finish", "cancel", "drop"])
def test_every_end_is_told_once(qtbot, runner, end):
    told = []
    runner.ended.connect(lambda: told.append(end))
    runner.begin(BRUSH, (0, 0))
    getattr(runner, end)()
    getattr(runner, end)()
    assert told == [end]


def test_a_dropped_stroke_leaves_the_document_alone(runner, recorder):
    runner.begin(BRUSH, (0, 0))
    runner.move((5, 0))
    runner.drop()
    assert recorder.done == ["edit"]
