"""Present: canvas and one plot large, few controls, larger text; everything is as before when it is left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import edit_many, switch_task
from engine.service import messages as m
from gui_app.canvas.view.margins import Margins
from gui_app.window.layout.schemes import SCHEMES
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, Hand, dock_of, drag_slider

NONE = Qt.KeyboardModifier.NoModifier
pytestmark = pytest.mark.usefixtures("fake_engine")


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def seen(window: MainWindow) -> dict[str, QRect]:
    settle()
    docks = {dock.windowTitle(): dock for dock in window.dock_layout.docks}
    parts = docks | {"canvas": window.canvas, "bar": window.transport, "menu": window.menuBar()}
    if window.diagram is not None:
        parts["diagram"] = window.diagram
    return {
        name: QRect(part.mapTo(window, part.rect().topLeft()), part.size())
        for name, part in parts.items()
        if not part.visibleRegion().isEmpty() and part.height()
    }


@pytest.fixture
def window(still: MainWindow):
    yield still
    still.present.leave()


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.focusWidget() or window, key, NONE)
    settle()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F5])
def test_it_shows_canvas_and_plot_large_and_leaves_everything_as_it_was(
    window: MainWindow, key, settings
) -> None:
    dock_of(window, "Chain").raise_()
    before, scale = seen(window), window.appearance.text_scale
    press(window, Qt.Key.Key_F5)
    during = seen(window)
    assert set(during) == {"canvas", "Loss"}
    assert during["canvas"].height() > 1.2 * before["canvas"].height()
    assert during["Loss"].left() > during["canvas"].right()
    assert during["Loss"].height() > 2 * before["Loss"].height()
    assert window.appearance.text_scale == 1.5 * scale
    window.resize(1600, 900)
    assert seen(window)["Loss"].width() > during["Loss"].width()
    window.resize(1280, 720)
    press(window, key)
    assert seen(window) == before
    assert window.appearance.text_scale == scale
    assert settings.value("text_scale") is None


def test_a_ring_follows_the_mouse_and_a_key_takes_it_away(window: MainWindow, qtbot) -> None:
    ring = window.present.ring
    assert not ring.isVisible()
    QCursor.setPos(window.canvas.mapToGlobal(QPoint(200, 150)))
    press(window, Qt.Key.Key_F5)
    for place in (QPoint(200, 150), QPoint(40, 200)):
        QCursor.setPos(window.canvas.mapToGlobal(place))
        wanted = window.canvas.mapTo(window, place)
        qtbot.waitUntil(lambda wanted=wanted: (ring.geometry().center() - wanted).manhattanLength() <= 2)
        assert ring.isVisible()
    assert window.childAt(wanted) is not ring
    assert ring.width() > 70
    shown = window.grab().toImage()
    selection = QColor(window.appearance.theme.selection)
    colours = {shown.pixelColor(ring.x() + x, ring.geometry().center().y()).name() for x in range(14)}
    assert selection.name() in colours
    press(window, Qt.Key.Key_F7)
    assert not ring.isVisible()
    assert not window.present.bar.ring.isChecked()
    press(window, Qt.Key.Key_F7)
    assert ring.isVisible()
    press(window, Qt.Key.Key_F5)
    assert not ring.isVisible()
    press(window, Qt.Key.Key_F7)
    assert not ring.isVisible()


def test_lines_are_thicker_as_long_as_it_lasts(window: MainWindow) -> None:
    assert window.appearance.theme.line_scale == 1.0
    press(window, Qt.Key.Key_F5)
    assert window.appearance.theme.line_scale > 1.5
    window.appearance.choose_text_scale(1.25)
    assert window.diagram.theme.line_scale == window.canvas.theme.line_scale > 1.5
    press(window, Qt.Key.Key_F5)
    assert window.appearance.theme.line_scale == 1.0


def test_the_plot_can_be_chosen(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F5)
    bar = window.present.bar
    assert bar is not None
    for title, shown in (("Gradient per layer", "Gradient per layer"), ("Network", "diagram")):
        bar.plot.setCurrentText(title)
        bar.plot.textActivated.emit(title)
        assert set(seen(window)) == {"canvas", shown}


def test_the_bar_trains_and_has_the_learning_rate_and_what_is_switched_on(
    window: MainWindow, fake_engine
) -> None:
    press(window, Qt.Key.Key_F5)
    bar = window.present.bar
    assert bar is not None
    fake_engine.take_commands()
    QTest.mouseClick(bar.play, LEFT)
    assert bar.play.text() == "Pause"
    QTest.mouseClick(bar.reset, LEFT)
    assert [type(one) for one in fake_engine.take_commands()][:2] == [m.Play, m.Reset]
    controls = bar.controls
    assert [key for key, slider in controls.strengths.items() if slider.isVisible()] == []
    lane = "lanes.0.regularization"
    on = {f"{lane}.dropout.rate": 0.3, f"{lane}.l2": 0.01, f"{lane}.early_stopping": {"patience": 30}}
    window.document.replace(edit_many(window.document.experiment, on), "On")
    shown = {key: slider.value() for key, slider in controls.strengths.items() if slider.isVisible()}
    assert shown == {"dropout": 0.3, "l2": 0.01, "early_stopping": 30}
    settle()
    assert all(
        bar.rect().contains(bar.mapFromGlobal(s.mapToGlobal(s.rect().center())))
        for s in controls.strengths.values()
    )
    drag_slider(controls.learning_rate, 0.4, 0.9)
    assert window.document.experiment.lanes[0].training.learning_rate == controls.learning_rate.value()
    window.document.replace(edit_many(window.document.experiment, {f"{lane}.early_stopping": None}), "Off")
    assert not controls.strengths["early_stopping"].isVisible()


def test_a_window_that_closes_in_a_presentation_remembers_what_was_before(
    window: MainWindow, open_window
) -> None:
    before = seen(window)
    press(window, Qt.Key.Key_F5)
    window.document.forget_changes()
    window.close()
    again = open_window((1280, 720))
    again.complete()
    assert seen(again) == before


def test_escape_is_first_for_the_control_that_has_a_use_for_it(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F5)
    assert window.present.bar is not None
    field = window.present.bar.controls.learning_rate.number
    before, points = window.document.experiment, len(window.document.points)
    QTest.mouseClick(field, LEFT)
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    press(window, Qt.Key.Key_Escape)
    assert window.present.is_on, "what was typed is discarded first"
    assert window.document.experiment is before
    window.canvas.setFocus()
    Hand(window.canvas).press((2.0, 2.0))
    press(window, Qt.Key.Key_Escape)
    assert window.present.is_on, "a stroke is cancelled first"
    assert len(window.document.points) == points
    Hand(window.canvas).release((2.0, 2.0))
    press(window, Qt.Key.Key_Escape)
    assert not window.present.is_on


def test_the_size_of_text_chosen_in_it_is_for_the_presentation(window: MainWindow, settings) -> None:
    press(window, Qt.Key.Key_F5)
    window.appearance.show_larger_text()
    assert window.appearance.text_scale == 1.75
    press(window, Qt.Key.Key_F5)
    assert window.appearance.text_scale == 1.0
    assert settings.value("text_scale") is None
    window.appearance.show_larger_text()
    assert float(settings.value("text_scale")) == window.appearance.text_scale == 1.1
    window.appearance.choose_text_scale(1.0)


def test_the_icon_of_play_follows_training(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F5)
    play = window.present.bar.play

    def look():
        return play.icon().pixmap(16, 16).toImage()

    paused = look()
    window.link.set_playing(True)
    assert look() != paused
    window.link.set_playing(False)
    assert look() == paused


@pytest.mark.parametrize("choice", ["own", "scheme", "default"])
def test_an_arrangement_that_is_chosen_in_it_comes_in_its_place(window: MainWindow, choice) -> None:
    show = {
        "own": lambda: window.perspectives.show_own("Mine"),
        "scheme": lambda: window.perspectives.show_scheme(SCHEMES[1]),
        "default": lambda: window.whole_layout.show_chosen(window.whole_layout.arrange),
    }[choice]
    window.perspectives.show_scheme(SCHEMES[0])
    window.perspectives.save("Mine")
    show()
    expected, scale = seen(window), window.appearance.text_scale
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_F5)
    show()
    assert not window.present.is_on
    assert seen(window) == expected
    assert window.appearance.text_scale == scale
    assert window.present.bar.isHidden()


def test_an_arrangement_that_is_saved_in_it_does_not_bring_its_bar(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F5)
    window.perspectives.save("Mine")
    press(window, Qt.Key.Key_F5)
    window.perspectives.show_own("Mine")
    settle()
    assert window.present.bar.isHidden()
    assert window.transport.isVisible()


@pytest.mark.parametrize("size", [(960, 720), (1280, 720), (1920, 1080), (1000, 1000)])
@pytest.mark.parametrize("task", ["classification", "surface"])
def test_the_canvas_keeps_half_of_the_width_and_the_largest_square(window: MainWindow, size, task) -> None:
    window.resize(*size)
    window.document.replace(switch_task(window.document.experiment, task), "Task")
    press(window, Qt.Key.Key_F5)
    for title in ("Loss", "Chain", "Network"):
        window.present.bar.plot.textActivated.emit(title)
        shown = seen(window)["canvas"]
        assert shown.width() >= window.width() / 2, title
        square, frame = window.canvas.scene.viewport.square, window.canvas.height()
        data, line = window.document.experiment.data, window.canvas.fontMetrics().height()
        around = Margins.of(data, window.appearance.text_scale).with_controls(data, line)
        wide = size[0] > 1.5 * size[1]
        assert not wide or square.height() >= frame - around.top - around.bottom - line / 2, title
    press(window, Qt.Key.Key_Escape)
    assert window.whole_layout.centre.canvas_share == 0.0


@pytest.mark.parametrize("playing", [False, True])
def test_a_narrow_bar_shows_the_learning_rate_whole_and_names_what_has_no_word(
    window: MainWindow, playing
) -> None:
    window.resize(window.minimumSizeHint().width(), 720)
    press(window, Qt.Key.Key_F5)
    window.link.set_playing(playing)
    settle()
    bar = window.present.bar
    number, plot = bar.controls.learning_rate.number, bar.plot
    assert number.mapTo(window, number.rect().topRight()).x() < plot.mapTo(window, QPoint(0, 0)).x()
    assert bar.reset.accessibleName() == "Reset"
    assert bar.play.accessibleName() == ("Pause" if playing else "Play")
    window.resize(1600, 900)
    settle()
    assert (bar.reset.text(), bar.play.text()) == ("Reset", "Pause" if playing else "Play")


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_no_name_in_its_bar_is_under_a_slider(window: MainWindow, size) -> None:
    window.resize(*size)
    lane = "lanes.0.regularization"
    on = {f"{lane}.dropout.rate": 0.3, f"{lane}.l2": 0.01, f"{lane}.early_stopping": {"patience": 30}}
    window.document.replace(edit_many(window.document.experiment, on), "On")
    press(window, Qt.Key.Key_F5)
    controls = window.present.bar.controls
    for shown in (controls.learning_rate, *controls.strengths.values()):
        if not shown.isVisible():
            continue
        label = shown.label
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
        assert shown.slider is None or label.geometry().right() < shown.slider.geometry().left()
        assert shown.slider is None or shown.slider.width() >= 56
