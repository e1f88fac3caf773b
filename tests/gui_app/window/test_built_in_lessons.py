"""Each lesson of the product is gone through to its end in a window: what its steps name is there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from engine.lessons import Lesson, Step, built_in
from engine.lessons.views import CONNECTIONS, CURVES, HIDDEN, PROBE, VIEWS
from gui_app.canvas.switches.state import SWITCHES
from gui_app.plots import PLOTS
from gui_app.plots.drawing.loss_series import NAMES as SERIES
from gui_app.plots.drawing.probe_plot import ProbePlot
from gui_app.widgets.outline import Outline, StandingOutline
from gui_app.window.main_window import MainWindow
from gui_app.window.watched import CANVAS, DIAGRAM, NAMES

pytestmark = pytest.mark.usefixtures("fake_engine")
COURSE = built_in()
LEFT = Qt.MouseButton.LeftButton
UNSEEN = {"restore_best", "diagnosis"}
"""What is there only once something has been trained."""


def test_a_lesson_is_gone_through_to_its_end(still: MainWindow, qtbot) -> None:
    assert not COURSE.problems
    # The smallest screen that lessons are made for.
    still.resize(1280, 720)
    for lesson in COURSE.lessons:
        go_through(still, lesson, qtbot)
    still.lessons.close()
    assert still.lessons.player.lesson is None


def go_through(window: MainWindow, lesson: Lesson, qtbot) -> None:
    room = window.lessons
    assert room.open_built_in(lesson)
    for index, step in enumerate(lesson.steps):
        where = f"{lesson.key}, {step.key}"
        assert (room.player.index, room.player.has_strayed) == (index, False), where
        qtbot.waitUntil(lambda: not window.lessons.is_about_to_show)
        assert_shown(window, step, where)
        if step.do is not None and step.do.set:
            QTest.mouseClick(room.panel.step_view.do.button, LEFT)
            assert window.document.experiment == lesson.state(index, done=True), where
        if index + 1 < len(lesson.steps):
            QTest.mouseClick(room.panel.next, LEFT)
    reached = room.player.progress.reached("", lesson.key)
    assert reached.step == len(lesson.steps) - 1


def assert_shown(window: MainWindow, step: Step, where: str) -> None:
    """What a step watches is outlined, and its control pulses."""
    for key in step.watch:
        view = window.lessons.watched.view(key)
        assert key in NAMES, f"{where}: {key}"
        assert view is not None, f"{where}: {key}"
        first = key == step.watch[0]
        if key not in UNSEEN and first:
            assert not view.visibleRegion().isEmpty(), f"{where}: {key}"
            assert outlines(view, StandingOutline), f"{where}: {key}"
    if step.control and step.control not in UNSEEN:
        assert outlines(window, Outline), f"{where}: {step.control}"


def outlines(part: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [one for one in part.findChildren(kind) if one.isVisible()]


def test_a_lesson_can_set_what_the_views_have() -> None:
    plots = {title.lower().replace(" ", "_"): entry.plot_class() for title, entry in PLOTS.items()}
    options: dict[str, set[str]] = {key: set() for key in NAMES}
    options |= {CANVAS: set(SWITCHES), DIAGRAM: {CONNECTIONS}}
    options |= {
        key: set(plot.modes) | ({PROBE} if issubclass(plot, ProbePlot) else set())
        for key, plot in plots.items()
    }
    options["loss"].add(HIDDEN)
    assert set(CURVES) == set(SERIES)
    assert {view: set(names) for view, names in VIEWS.items()} == options
