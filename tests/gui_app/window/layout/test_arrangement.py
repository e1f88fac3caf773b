"""Columns, canvas and plots in windows of many sizes, resized for real: the plots give way before the canvas does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui_app.session.looked_at import Unit
from gui_app.window.layout.plot_room import PLOT_WIDTH
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, dock_of, with_lanes

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.usefixtures("fake_engine")


def height_for_canvas(window: MainWindow) -> int:
    """The height between the top bar and the status bar."""
    return window.statusBar().y() - window.central_area.y()


def plots_in_front(window: MainWindow) -> list[str]:
    docks = [dock for dock in window.dock_layout.docks[2:] if not dock.visibleRegion().isEmpty()]
    return [dock.windowTitle() for dock in sorted(docks, key=lambda dock: dock.x())]


def resize(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    QApplication.processEvents()


def test_the_square_has_most_of_the_height_in_a_small_window(open_window: Open) -> None:
    window = open_window((1280, 720), early=True)
    square = window.canvas.scene.viewport.side
    assert square >= 0.6 * height_for_canvas(window)
    plot = dock_of(window, "Loss")
    assert 150 <= plot.height() <= 170


def test_the_columns_reach_from_the_top_bar_to_the_status_bar(open_window: Open) -> None:
    window = open_window((1280, 720), early=True)
    data, model, loss = (dock_of(window, title) for title in ("Data", "Model", "Loss"))
    for column in (data, model):
        assert column.height() == height_for_canvas(window)
    assert data.geometry().right() < loss.geometry().left()
    last = dock_of(window, plots_in_front(window)[-1])
    assert last.geometry().right() < model.geometry().left()


def test_a_wide_window_has_three_plots_beside_one_another_and_a_narrow_one_two(open_window: Open) -> None:
    window = open_window((1280, 720), early=True)
    assert plots_in_front(window) == ["Loss", "Gradient per layer"]
    resize(window, 1920, 1080)
    assert plots_in_front(window) == ["Loss", "Gradient per layer", "Gradient over time"]
    resize(window, 1280, 720)
    assert plots_in_front(window) == ["Loss", "Gradient per layer"]
    tabs = window.tabifiedDockWidgets(dock_of(window, "Gradient per layer"))
    assert {dock.windowTitle() for dock in tabs} == {"Gradient over time", "Weights", "Chain"}


def test_the_plot_in_front_stays_in_front_when_the_window_becomes_wider(open_window: Open) -> None:
    window = open_window((1280, 720), early=True)
    dock_of(window, "Chain").raise_()
    QApplication.processEvents()
    resize(window, 1920, 1080)
    assert plots_in_front(window) == ["Loss", "Chain", "Gradient over time"]


def test_plots_that_a_person_has_moved_are_left_where_they_are(open_window: Open) -> None:
    window = open_window((1280, 720), early=True)
    history = dock_of(window, "Gradient over time")
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, history)
    resize(window, 1920, 1080)
    assert window.dockWidgetArea(history) == Qt.DockWidgetArea.RightDockWidgetArea
    assert plots_in_front(window)[:2] == ["Loss", "Gradient per layer"]
    assert "Chain" not in plots_in_front(window)


def test_the_canvas_keeps_its_share_in_every_size(open_window: Open) -> None:
    window = open_window((1280, 720), early=True)
    for size in ((1080, 640), (1440, 900), (1920, 1080), (1280, 720), (1700, 680)):
        resize(window, *size)
        # In the smallest window the plots have their smallest height, and the diagram is a tab above the canvas.
        least = 0.5 if size == (1080, 640) else 0.58
        assert window.canvas.scene.viewport.side >= least * height_for_canvas(window), size


def test_a_window_that_is_resized_lays_its_centre_out_at_most_twice_and_paints_it_once(
    open_window: Open,
) -> None:
    window = open_window((1280, 720), early=True)

    class Witness(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.sizes: list[tuple[int, int]] = []
            self.paintings = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Resize:
                self.sizes.append((window.canvas.width(), window.canvas.height()))
            self.paintings += event.type() == QEvent.Type.Paint
            return False

    witness = Witness()
    window.canvas.installEventFilter(witness)
    for step in range(1, 6):
        witness.sizes.clear()
        witness.paintings = 0
        window.resize(1280 + 8 * step, 720 + 12 * step)
        QApplication.processEvents()
        QApplication.processEvents()
        assert len(witness.sizes) <= 2
        assert witness.paintings == 1


def drag_the_line_above_the_plots(window: MainWindow, by: int) -> None:
    loss = dock_of(window, "Loss")
    line = QPoint(loss.geometry().center().x(), loss.geometry().top() - 1)
    QTest.mousePress(window, LEFT, pos=line)
    QTest.mouseMove(window, line + QPoint(0, by))
    QApplication.processEvents()
    QTest.mouseRelease(window, LEFT, pos=line + QPoint(0, by))


def test_the_share_that_a_person_gives_the_plots_is_kept_in_other_sizes(open_window: Open, qtbot) -> None:
    window = open_window((1280, 720), early=True)
    loss = dock_of(window, "Loss")
    drag_the_line_above_the_plots(window, -80)
    qtbot.waitUntil(lambda: window.dock_layout.plot_room.share is not None)
    share = loss.height() / height_for_canvas(window)
    assert loss.height() > 200
    resize(window, 1280, 960)
    assert loss.height() / height_for_canvas(window) == pytest.approx(share, abs=0.02)
    window.dock_layout.arrange()
    resize(window, 1280, 720)
    assert loss.height() < 170


@pytest.mark.parametrize("size", [(1280, 720), (800, 600)])
@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_the_line_above_the_plots_stops_before_it_cuts_the_canvas(
    open_window: Open, size: tuple[int, int], lanes: int
) -> None:
    window = open_window(size)
    window.complete()
    named = {name: {"regularization.l2": 0.01 * index} for index, name in enumerate("ABCD"[:lanes])}
    window.document.reset(with_lanes(window.document.experiment, **named))
    QApplication.processEvents()
    drag_the_line_above_the_plots(window, -400)
    QApplication.processEvents()
    area = window.central_area
    canvas = window.canvas
    assert area.geometry().bottom() < dock_of(window, "Loss").geometry().top()
    assert area.rect().contains(canvas.geometry())
    for pane in canvas.arrangement.panes:
        assert canvas.rect().contains(pane)
    assert canvas.rect().contains(canvas.switch_bar.geometry())


def test_the_share_is_remembered(open_window: Open, qtbot) -> None:
    first = open_window((1280, 720), early=True)
    drag_the_line_above_the_plots(first, -80)
    qtbot.waitUntil(lambda: first.dock_layout.plot_room.share is not None)
    height = dock_of(first, "Loss").height()
    first.close()
    again = open_window(None, early=True)
    assert dock_of(again, "Loss").height() == height
    resize(again, 1280, 960)
    assert dock_of(again, "Loss").height() > height


def test_a_layout_of_a_former_version_is_not_misread(open_window: Open, settings: QSettings) -> None:
    first = open_window((1280, 720), early=True)
    dock_of(first, "Model").hide()
    state = first.saveState(2)
    settings.setValue("layout/state", state)
    window = open_window((1280, 720), early=True)
    assert dock_of(window, "Model").isVisible()
    assert plots_in_front(window) == ["Loss", "Gradient per layer"]


# -- the network diagram beside the canvas


def test_the_diagram_is_beside_the_square_or_a_tab_of_the_canvas_and_can_be_hidden(still: MainWindow) -> None:
    centre, canvas, diagram = still.central_area, still.canvas, still.diagram
    resize(still, 1280, 720)
    assert diagram is not None
    assert diagram.geometry().left() == canvas.geometry().right() + 1
    assert diagram.width() >= 240
    assert canvas.width() == canvas.height() == centre.height()
    for dock in still.dock_layout.docks[2:]:
        dock.hide()
    QApplication.processEvents()
    assert [centre.tabs.tabText(index) for index in range(centre.tabs.count())] == ["Canvas", "Network"]
    assert (canvas.isVisible(), diagram.isVisible()) == (True, False)
    QTest.mouseClick(centre.tabs, LEFT, pos=centre.tabs.tabRect(1).center())
    assert (canvas.isVisible(), diagram.isVisible()) == (False, True)
    assert diagram.is_seen
    centre.show_diagram(False)
    assert not centre.tabs.isVisible()
    assert canvas.isVisible()
    assert canvas.width() == centre.width()


def test_the_diagram_is_remembered_and_its_space_is_kept_from_the_first_painting(
    open_window: Open, qtbot
) -> None:
    window = open_window((1280, 720), early=True)
    place = window.canvas.geometry()
    window.complete()
    QApplication.processEvents()
    assert window.canvas.geometry() == place
    window.central_area.show_diagram(False)
    window.close()
    again = open_window((1280, 720), early=True)
    assert again.canvas.width() == again.central_area.width()
    again.complete()
    assert again.diagram is not None
    assert not again.diagram.isVisible()


def test_the_gradients_perspective_shows_gradients_on_the_connections(still: MainWindow) -> None:
    assert still.diagram is not None
    QTest.keyClick(still, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert still.diagram.header.choice.key() == "gradient"
    assert still.diagram.options.quantity == "gradient"
    assert still.diagram.isVisible()


@pytest.mark.parametrize("scale", [1.25, 1.5])
def test_larger_text_needs_as_much_more_width_for_three_plots(open_window: Open, qtbot, scale: float) -> None:
    window = open_window((1280, 720), early=True)
    window.appearance.show_text_scale(scale)
    try:
        qtbot.waitUntil(lambda: dock_of(window, "Model").width() >= 299 * scale)
        columns = window.width() - window.central_area.width()
        resize(window, round(columns + 3 * (PLOT_WIDTH + 10) * scale), 1000)
        qtbot.waitUntil(lambda: len(plots_in_front(window)) == 3)
        window.whole_layout.arrange()
        qtbot.waitUntil(lambda: len(plots_in_front(window)) == 3)
        resize(window, round(columns + 3 * (PLOT_WIDTH - 30) * scale), 1000)
        qtbot.waitUntil(lambda: len(plots_in_front(window)) == 2)
    finally:
        window.appearance.show_text_scale(1.0)


def test_larger_text_leaves_the_curves_of_a_plot_room_below_a_canvas_with_more(
    open_window: Open, qtbot
) -> None:
    window = open_window((1280, 720))
    window.complete()
    window.appearance.show_text_scale(1.5)
    try:
        plot = dock_of(window, "Loss").widget()
        qtbot.waitUntil(lambda: plot.plot_area.view_box.rect().height() >= 75)
        assert window.central_area.height() > 1.2 * dock_of(window, "Loss").height()
    finally:
        window.appearance.show_text_scale(1.0)


def test_what_is_brought_to_the_front_while_nothing_is_a_tab_is_in_front_when_there_are_tabs(
    still: MainWindow,
) -> None:
    centre = still.central_area
    resize(still, 1920, 1080)
    QApplication.processEvents()
    assert still.canvas.isVisible()
    assert still.diagram.isVisible()
    centre.bring_to_front("Network")
    centre.resize(500, 600)
    assert still.diagram.isVisible()
    assert not still.canvas.isVisible()
    centre.bring_to_front("Canvas")
    assert still.canvas.isVisible()
    assert not still.diagram.isVisible()


def test_a_neuron_kept_in_the_tab_of_the_diagram_brings_the_canvas_to_the_front(still: MainWindow) -> None:
    centre, looked_at = still.central_area, still.looked_at
    resize(still, 1280, 720)
    for dock in still.dock_layout.docks[2:]:
        dock.hide()
    QApplication.processEvents()
    centre.bring_to_front("Network")
    looked_at.hover(Unit(1, 2))
    assert not still.canvas.isVisible()
    looked_at.pin(Unit(1, 2))
    assert still.canvas.isVisible()
    centre.bring_to_front("Network")
    looked_at.hover(Unit(1, 3))
    looked_at.pin(None)
    assert not still.canvas.isVisible()
