"""Tab goes through the whole window in reading order, each stop is seen and marked; F6 goes from section to section."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QScrollArea, QWidget

from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, with_lanes

pytestmark = pytest.mark.usefixtures("fake_engine")
ORDER = ["Top bar", "Data", "Lanes", "Canvas", "Diagram", "Model", "Plots", "Diagnosis"]


def walk(window: MainWindow) -> list[QWidget]:
    """Every stop of Tab, from the top bar until it comes around."""
    first = window.sections.all()["Top bar"][0]
    first.setFocus()
    stops: list[QWidget] = []
    while window.focusWidget() not in stops:
        stops.append(window.focusWidget())
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    assert window.focusWidget() is first
    return stops


def in_view(window: MainWindow, control: QWidget) -> QRect:
    """The part of a control that can be seen, in the window."""
    rect = QRect(control.mapTo(window, QPoint(0, 0)), control.size())
    parent = control.parentWidget()
    while parent is not window:
        if isinstance(parent, QScrollArea):
            rect &= QRect(parent.viewport().mapTo(window, QPoint(0, 0)), parent.viewport().size())
        parent = parent.parentWidget()
    return rect & window.rect()


def picture_around(window: MainWindow, control: QWidget) -> QImage:
    return window.grab(in_view(window, control).adjusted(-3, -3, 3, 3)).toImage()


def test_tab_stops_once_at_each_control_that_can_be_used_section_by_section(still):
    stops = walk(still)
    sections = still.sections.all()
    assert [name for name in ORDER if name in sections] == list(sections)
    assert [stop for section in sections.values() for stop in section] == stops
    assert len(stops) > 60
    behind = [dock for dock in still.dock_layout.docks if dock.visibleRegion().isEmpty()]
    usable = [
        widget
        for widget in still.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.window() is still
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget.parentWidget(), QAbstractSpinBox)
        and not any(dock.isAncestorOf(widget) for dock in behind)
    ]
    assert {widget for widget in usable if widget not in stops} == set()


def test_tab_goes_down_a_column_and_never_back_up(still):
    for name in ("Data", "Model"):
        column = [stop for stop in still.sections.all()[name] if not isinstance(stop, QScrollArea)]
        places = [stop.mapTo(still, QPoint(0, 0)) + stop.rect().center() for stop in column]
        for before, after, stop in zip(places, places[1:], column[1:], strict=False):
            assert after.y() > before.y() - 24, (name, stop.accessibleName())


def test_each_stop_is_in_view_and_looks_focused(still):
    still.canvas.setFocus()
    for _ in range(sum(len(stops) for stops in still.sections.all().values())):
        QTest.keyClick(still.windowHandle(), Qt.Key.Key_Tab)
        stop = still.focusWidget()
        name, seen = stop.accessibleName() or type(stop).__name__, in_view(still, stop)
        assert seen.height() >= min(stop.height(), 16), name
        assert seen.width() >= min(stop.width(), 16), name
        focused = picture_around(still, stop)
        stop.clearFocus()
        assert picture_around(still, stop) != focused, name
        stop.setFocus()


def test_shift_tab_goes_the_same_way_back(still):
    still.sections.all()["Top bar"][0].setFocus()
    back: list[QWidget] = []
    while still.focusWidget() not in back:
        back.append(still.focusWidget())
        QTest.keyClick(still.windowHandle(), Qt.Key.Key_Backtab)
    stops = [stop for section in still.sections.all().values() for stop in section]
    assert back == [stops[0], *reversed(stops[1:])]


def test_f6_goes_to_the_next_section_and_comes_back_to_where_one_was(still):
    still.canvas.setFocus()
    seen = []
    for _ in ORDER:
        QTest.keyClick(still.windowHandle(), Qt.Key.Key_F6)
        seen.append(
            next(name for name, stops in still.sections.all().items() if still.focusWidget() in stops)
        )
    sections = [name for name in ORDER if name in still.sections.all()]
    start = sections.index("Canvas") + 1
    assert seen[: len(sections)] == [*sections[start:], *sections[:start]]
    left = still.transport.step
    left.setFocus()
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F6)
    assert not left.hasFocus()
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert left.hasFocus()


def test_f6_reaches_the_chip_of_the_current_lane(still):
    still.document.reset(with_lanes(still.document.experiment, A={}, B={}, C={}))
    still.current_lane.choose(1)
    QApplication.processEvents()
    still.canvas.setFocus()
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert still.focusWidget() is still.lanes.strip.chips[1]
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F6)
    assert still.canvas.hasFocus() or still.canvas.isAncestorOf(still.focusWidget())


def test_the_ring_follows_what_scrolls_and_goes_with_a_click(still):
    ring = still._focus_ring
    still.canvas.setFocus()
    assert not ring.isVisible()
    stop = still.sections.all()["Data"][8]
    stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
    before = ring.geometry()
    assert before.contains(in_view(still, stop))
    bar = stop
    while not isinstance(bar, QScrollArea):
        bar = bar.parentWidget()
    assert bar.verticalScrollBar().maximum() > 7
    bar.verticalScrollBar().setValue(bar.verticalScrollBar().value() + 7)
    assert ring.geometry() != before
    QTest.mouseClick(still.transport.step, LEFT)
    assert not ring.isVisible()


def test_clearing_keeps_the_focus_where_it_is(still):
    clear = still.dock_layout.data_panel.draw.clear
    clear.setFocus(Qt.FocusReason.ShortcutFocusReason)
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_Space)
    assert len(still.document.points) == 0
    assert clear.hasFocus()
    still.document.stack.undo()
    rate = still.sections.all()["Model"][5]
    rate.setFocus()
    still.document.clear_points()
    assert rate.hasFocus()
