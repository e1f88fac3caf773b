"""A lesson before a class: what is shown of it, the keys that go through it, and that all is as before afterwards."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui_app.widgets.outline import Outline
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import dock_of, drag_slider
from tests.gui_app.lessons.sample import course

pytestmark = pytest.mark.usefixtures("fake_engine")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LOOK, TRAIN, CURE, _, END = range(5)


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.focusWidget() or window, key, NONE)
    settle()


def seen(window: MainWindow) -> dict[str, QRect]:
    """Where the visible parts of the window are."""
    settle()
    arrangement = window.dock_layout.arrangement
    docks = [*arrangement.all_docks, arrangement.lesson]
    parts = {dock.windowTitle(): dock for dock in docks} | {"canvas": window.canvas, "bar": window.transport}
    if window.diagram is not None:
        parts["diagram"] = window.diagram
    return {
        name: QRect(part.mapTo(window, part.rect().topLeft()), part.size())
        for name, part in parts.items()
        if not part.visibleRegion().isEmpty()
    }


@pytest.fixture
def window(still: MainWindow):
    still.lessons.__dict__["course"] = course()
    still.lessons.open_built_in(course().lessons[0])
    settle()
    yield still
    still.present.leave()


def test_each_step_has_its_text_the_canvas_and_what_it_watches_and_all_is_as_before(window: MainWindow):
    window.lessons.player.go(TRAIN)
    before, scale = seen(window), window.appearance.text_scale

    press(window, Qt.Key.Key_F5)

    during = seen(window)
    assert set(during) == {"Lesson", "canvas", "Loss"}
    assert during["Lesson"].right() < during["canvas"].left() < during["Loss"].left()
    assert during["canvas"].height() > 1.2 * before["canvas"].height()
    assert during["Loss"].height() > 2 * before["Loss"].height()
    assert during["Lesson"].width() <= 0.4 * window.width()
    assert window.appearance.text_scale == 1.5 * scale
    window.lessons.player.go(CURE)
    during = seen(window)
    assert set(during) == {"Lesson", "canvas", "Loss", "Gradient per layer"}
    assert during["Gradient per layer"].bottom() < during["Loss"].top()
    window.lessons.player.go(LOOK)
    assert set(seen(window)) == {"Lesson", "canvas"}
    window.lessons.player.go(TRAIN)
    press(window, Qt.Key.Key_Escape)
    assert seen(window) == before
    assert window.appearance.text_scale == scale


def test_keys_of_a_remote_control_go_through_the_steps_and_space_plays(window: MainWindow):
    player = window.lessons.player
    press(window, Qt.Key.Key_PageDown)
    assert player.index == LOOK, "not before the presentation"
    press(window, Qt.Key.Key_F5)
    window.canvas.setFocus()
    steps = [(Qt.Key.Key_PageDown, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_PageUp, 1), (Qt.Key.Key_Left, 0)]
    for key, index in steps:
        press(window, key)
        assert player.index == index
    press(window, Qt.Key.Key_Space)
    assert window.link.playing
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_Right)
    assert player.index == LOOK, "not after it"


def test_the_strength_that_a_step_is_about_is_in_the_bar(window: MainWindow):
    press(window, Qt.Key.Key_F5)
    controls = window.present.bar.controls
    assert controls.slider_of("regularization.l2") is None

    window.lessons.player.go(CURE)
    settle()

    slider = controls.slider_of("regularization.l2")
    assert slider.isVisible()
    assert slider.value() == 0.0
    assert any(one.isVisible() for one in slider.findChildren(Outline))
    assert not dock_of(window, "Model").isVisible()
    drag_slider(slider, 0.0, 0.6)
    assert window.document.experiment.lanes[0].regularization.l2 == slider.value() > 0.001
    assert window.lessons.player.is_met


def test_a_choice_that_a_step_is_about_is_in_the_bar(window: MainWindow):
    press(window, Qt.Key.Key_F5)
    controls = window.present.bar.controls
    assert controls.control_of("network.initializer") is None
    controls.ask_for("network.initializer")
    box = controls.control_of("network.initializer")
    assert box.isVisible()
    assert box.key() == window.document.experiment.lanes[0].network.initializer.name
    box.chosen.emit("he_normal")
    assert window.document.experiment.lanes[0].network.initializer.name == "he_normal"
    controls.ask_for("")
    assert controls.control_of("network.initializer") is None


def test_text_is_larger_the_higher_the_window_is(window: MainWindow):
    window.resize(1900, 1000)
    press(window, Qt.Key.Key_F5)
    assert window.appearance.text_scale == 2.0


def test_a_plot_that_is_chosen_in_the_bar_stays_until_the_next_step(window: MainWindow):
    window.lessons.player.go(TRAIN)
    press(window, Qt.Key.Key_F5)
    bar = window.present.bar
    assert bar.plot.currentText() == "Loss"
    bar.plot.setCurrentText("Chain")
    bar.plot.textActivated.emit("Chain")
    assert set(seen(window)) == {"Lesson", "canvas", "Chain"}
    press(window, Qt.Key.Key_PageUp)
    assert set(seen(window)) == {"Lesson", "canvas"}
    assert bar.plot.currentText() == ""
    press(window, Qt.Key.Key_PageDown)
    assert bar.plot.currentText() == "Loss"


def test_the_table_of_differences_can_be_chosen_and_gets_the_width_that_its_numbers_need(window: MainWindow):
    press(window, Qt.Key.Key_F5)
    bar, room = window.present.bar, window.dock_layout.plot_room
    bar.plot.setCurrentText("Differences")
    bar.plot.textActivated.emit("Differences")
    during = seen(window)
    assert set(during) == {"Lesson", "canvas", "Differences"}
    beside = window.width() - during["Lesson"].width()
    assert during["Differences"].width() >= min(room.wanted(dock_of(window, "Differences")), 0.4 * beside)
    assert bar.plot.currentText() == "Differences"


def test_a_lesson_that_is_closed_ends_its_presentation(window: MainWindow):
    window.lessons.close()
    before = seen(window)
    window.lessons.open_built_in(course().lessons[0])
    press(window, Qt.Key.Key_F5)

    window.lessons.close()

    assert not window.present.is_on
    assert window.appearance.text_scale == 1.0
    assert seen(window) == before
    press(window, Qt.Key.Key_F5)
    assert set(seen(window)) == {"canvas", "Loss"}


def test_a_lesson_presented_to_its_end_goes_on_with_the_next_one(window: MainWindow):
    press(window, Qt.Key.Key_F5)
    window.lessons.player.go(END)
    press(window, Qt.Key.Key_PageDown)
    assert window.lessons.player.lesson.key == "second"
    assert window.present.is_on
    assert set(seen(window)) == {"Lesson", "canvas"}
