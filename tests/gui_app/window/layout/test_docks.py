"""Docks float with a title bar, come back where they were, and make room for larger text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QTabBar, QToolButton, QWidget

from gui_app.theme import text_size
from gui_app.theme.icons import icon
from gui_app.window.layout.handle_buttons import HandleButtons
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, dock_of

Open = Callable[..., MainWindow]
TITLES = ("Data", "Model", "Loss", "Gradient per layer", "Gradient over time", "Chain")
pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window((1280, 720), early=True)


def places(window: MainWindow) -> dict[str, QRect]:
    for _ in range(3):
        QApplication.processEvents()
    seen = [dock for dock in window.dock_layout.docks if not dock.visibleRegion().isEmpty()]
    return {dock.windowTitle(): dock.geometry() for dock in seen}


def button(dock: QDockWidget, name: str) -> QToolButton:
    return next(
        one for one in dock.titleBarWidget().findChildren(QToolButton) if one.accessibleName() == name
    )


@pytest.mark.parametrize("title", TITLES)
def test_a_dock_floats_and_comes_back_where_it_was(window: MainWindow, title: str) -> None:
    dock = dock_of(window, title)
    dock.raise_()
    before, tabs = places(window), set(window.tabifiedDockWidgets(dock))
    assert title in before
    QTest.mouseDClick(dock.titleBarWidget(), LEFT)
    assert dock.isFloating()
    shown = [label.text() for label in dock.titleBarWidget().findChildren(QLabel) if label.isVisible()]
    assert shown == [title]
    assert dock.titleBarWidget().height() >= 24
    QTest.mouseClick(button(dock, "Put back"), LEFT)
    assert not dock.isFloating()
    assert places(window) == before
    assert set(window.tabifiedDockWidgets(dock)) == tabs
    assert dock.titleBarWidget().height() == 10


def test_a_floating_dock_that_was_closed_comes_back_where_it_floated(window: MainWindow) -> None:
    dock = dock_of(window, "Loss")
    before = places(window)
    dock.setFloating(True)
    dock.setGeometry(300, 200, 500, 320)
    QTest.mouseClick(button(dock, "Close"), LEFT)
    assert not dock.isVisible()
    dock.toggleViewAction().trigger()
    assert dock.isFloating()
    assert dock.geometry() == QRect(300, 200, 500, 320)
    dock.titleBarWidget().menu().actions()[0].trigger()
    assert places(window) == before


def test_a_docked_dock_is_closed_and_floated_by_its_menu(window: MainWindow) -> None:
    dock = dock_of(window, "Model")
    before = places(window)
    float_it, close = dock.titleBarWidget().menu().actions()
    assert (float_it.text(), close.text()) == ("Float", "Close")
    close.trigger()
    assert dock.isHidden()
    dock.toggleViewAction().trigger()
    assert places(window) == before
    float_it.trigger()
    assert dock.isFloating()


def test_a_floating_dock_belongs_in_front_of_its_window(window: MainWindow) -> None:
    dock = dock_of(window, "Loss")
    dock.setFloating(True)
    QApplication.processEvents()
    assert dock.windowFlags() & Qt.WindowType.Tool == Qt.WindowType.Tool
    assert dock.windowHandle().transientParent() is window.windowHandle()
    raised: list[QEvent.Type] = []
    dock.raise_ = lambda: raised.append(QEvent.Type.ZOrderChange)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert raised == [QEvent.Type.ZOrderChange]


def test_a_dock_that_floated_beyond_the_screen_is_brought_back(window: MainWindow) -> None:
    dock = dock_of(window, "Loss")
    dock.setFloating(True)
    dock.hide()
    dock.setGeometry(9000, 9000, 400, 300)
    dock.show()
    assert dock.screen().availableGeometry().contains(dock.geometry())


def test_the_handle_shows_itself_under_the_mouse(window: MainWindow) -> None:
    handle = dock_of(window, "Data").titleBarWidget()
    quiet = handle.grab().toImage()
    place = QPointF(5, 5)
    QApplication.sendEvent(handle, QEnterEvent(place, place, place))
    assert handle.grab().toImage() != quiet


@pytest.mark.parametrize("title", TITLES)
def test_a_handle_under_the_mouse_has_buttons_that_move_nothing(window: MainWindow, title: str) -> None:
    dock = dock_of(window, title)
    dock.raise_()
    handle, before = dock.titleBarWidget(), places(window)
    rest_on(window, dock)
    rest_on(window, handle, QPoint(handle.width() // 4, 5))
    strip = handle_buttons(dock)
    assert strip.isVisible()
    assert dock.rect().contains(strip.geometry())
    assert strip.toolTip() or all(title in one.toolTip() for one in (strip.float_button, strip.close_button))
    middle = handle.mapTo(dock, handle.rect().center())
    assert not strip.geometry().contains(middle), "the middle of the handle still drags"
    assert places(window) == before
    rest_on(window, strip.float_button)
    assert strip.isVisible(), "on the way from the handle to the button"
    QTest.mouseClick(strip.float_button, LEFT)
    assert dock.isFloating()
    assert strip.isHidden()
    dock.setFloating(False)
    assert places(window) == before
    rest_on(window, handle, QPoint(handle.width() // 4, 5))
    rest_on(window, window.canvas)
    assert strip.isHidden()
    rest_on(window, handle, QPoint(handle.width() // 4, 5))
    QTest.mouseClick(strip.close_button, LEFT)
    assert dock.isHidden()


@pytest.mark.parametrize("title", ["Data", "Loss"])
def test_enter_and_the_menu_key_open_the_menu_of_a_handle(window: MainWindow, title: str) -> None:
    dock = dock_of(window, title)
    handle = dock.titleBarWidget()
    handle.setFocus(Qt.FocusReason.TabFocusReason)
    assert handle.hasFocus()
    QTest.keyClick(handle, Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == ["Float", "Close"]
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert dock.isFloating()


def rest_on(window: MainWindow, part: QWidget, point: QPoint | None = None) -> None:
    """Move the mouse to a point of a part of the window, by default its middle."""
    QTest.mouseMove(window.windowHandle(), part.mapTo(window, point or part.rect().center()))
    for _ in range(3):
        QApplication.processEvents()


def handle_buttons(dock: QDockWidget) -> HandleButtons:
    return dock.findChild(HandleButtons)


def test_columns_follow_the_size_of_the_text(window: MainWindow) -> None:
    data, model = dock_of(window, "Data"), dock_of(window, "Model")
    before = data.width(), model.width()
    try:
        window.appearance.choose_text_scale(1.5)
        QApplication.processEvents()
        assert (data.width(), model.width()) == tuple(round(1.5 * width) for width in before)
        assert window.canvas.width() >= window.canvas.minimumWidth()
    finally:
        window.appearance.choose_text_scale(1.0)
    QApplication.processEvents()
    assert (data.width(), model.width()) == before


def test_with_text_that_leaves_the_canvas_no_room_a_column_is_a_tab_of_the_other(window: MainWindow) -> None:
    data, model = dock_of(window, "Data"), dock_of(window, "Model")
    before = places(window)
    try:
        window.appearance.choose_text_scale(2.0)
        places(window)
        assert window.tabifiedDockWidgets(model) == [data]
        assert window.canvas.width() >= window.canvas.minimumWidth()
        assert window.rect().contains(model.geometry())
        window.resize(1920, 1000)
        assert window.tabifiedDockWidgets(model) == []
        assert data.geometry().right() < window.canvas.mapTo(window, window.canvas.rect().topLeft()).x()
        window.resize(1280, 720)
        assert window.tabifiedDockWidgets(model) == [data]
    finally:
        window.appearance.choose_text_scale(1.0)
    places(window)
    assert window.tabifiedDockWidgets(model) == []
    assert places(window) == before


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_names_of_plots_on_their_tabs_are_not_cut(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    places(window)
    # Where all tabs but one are hidden, Qt keeps the bar beyond the window's edge.
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parent() is window]
    bars = [bar for bar in bars if not bar.visibleRegion().isEmpty()]
    assert bars
    for bar in bars:
        font = bar.font()
        font.setPixelSize(text_size.small())
        needed = [QFontMetrics(font).horizontalAdvance(bar.tabText(index)) for index in range(bar.count())]
        assert all(bar.tabRect(index).width() >= width + 12 for index, width in enumerate(needed))
        assert bar.tabRect(bar.count() - 1).right() <= bar.width()


def test_the_buttons_of_a_floating_dock_follow_the_theme(window: MainWindow) -> None:
    dock = dock_of(window, "Loss")
    window.appearance.choose("light")
    dock.setFloating(True)
    close = button(dock, "Close")

    def look():
        return close.icon().pixmap(18, 18).toImage()

    light = look()
    window.appearance.choose("dark")
    QApplication.processEvents()
    assert look() == icon("close", window.appearance.theme.text).pixmap(18, 18).toImage() != light
    window.appearance.choose("light")
    QApplication.processEvents()
    assert look() == light
