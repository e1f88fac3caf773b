"""From the first painting to the furnished window: nothing moves, and nothing a person does is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from engine.experiment import switch_task
from engine.lessons.titles import headings
from engine.service import messages as m
from gui_app import __main__ as program
from gui_app.panels.data.data_panel import DataPanel
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.plots import PLOTS
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.window.main_window import MainWindow
from tests.deadline import DEADLINE
from tests.gui_app.dialogs import Files
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import LEFT, dock_of, draw, pixel, stroke
from tests.gui_app.startup.windows import run_window

Open = Callable[..., MainWindow]
PANELS = {DataPanel, NetworkPanel, RegularizationPanel, TrainingPanel}
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def early(open_window: Open) -> MainWindow:
    """A window as it is first painted."""
    return open_window(early=True)


def furnish(window: MainWindow, qtbot: QtBot) -> None:
    """What follows the first painting, turn by turn as for a person, and the paintings after it."""
    window.later.start()
    qtbot.waitUntil(lambda: not window.later.waiting)
    for _ in range(5):
        QApplication.processEvents()


def places(window: MainWindow) -> dict[str, QRect]:
    """Where everything is that is seen at once."""
    bars = (window.menuBar(), window.statusBar(), window.transport, window.canvas)
    parts = [
        *bars,
        *window.transport.findChildren(QWidget),
        *filter(QWidget.isVisible, window.dock_layout.docks),
    ]
    return {f"{number} {type(part).__name__}": part.geometry() for number, part in enumerate(parts)}


def sheet(window: MainWindow) -> QRect:
    return window.canvas.scene.viewport.square.toRect()


# -- what is painted first


def test_only_the_frame_is_there_when_it_is_first_painted(early: MainWindow) -> None:
    assert early.isVisible()
    assert early.dock_layout.panels == []
    assert early.dock_layout.plots == ()
    assert early.later.waiting[0] == "engine", "training begins to load first"
    assert all(dock.isVisible() for dock in early.dock_layout.docks)


def test_the_icon_is_drawn_after_the_first_painting(early: MainWindow, qtbot: QtBot, qapp) -> None:
    qapp.setWindowIcon(QIcon())
    furnish(early, qtbot)
    assert not qapp.windowIcon().isNull()


LOADED = """
import sys
from PySide6.QtCore import QSettings, QTimer
from gui_app.startup.application import make_application, make_window
app = make_application([])
window = make_window(app, QSettings(sys.argv[1], QSettings.Format.IniFormat))
names = sys.argv[2:]
def tell():
    print(*(name for name in names if name in sys.modules), sep=",")
    app.quit()
window.first_painted.connect(tell)
window.show()
app.exec()
window.close()
"""


def test_what_is_needed_later_is_not_loaded_before_the_first_painting(tmp_path) -> None:
    later = (
        "torch", "pyqtgraph", "gui_app.panels.data.data_panel", "gui_app.panels.network.network_panel",
        "gui_app.exporting.pictures", "gui_app.panels.training.pause_popover", "gui_app.widgets.parameter_slider",
        "gui_app.widgets.card", "gui_app.widgets.popover",
        "gui_app.plots.drawing.plot_frame", "PySide6.QtTest", "PySide6.QtNetwork", "PySide6.QtOpenGL",
    )  # fmt: skip
    command = [sys.executable, "-c", LOADED, str(tmp_path / "settings.ini"), *later]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == ""


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_empty_docks_have_the_panels_colour(open_window: Open, settings: QSettings, theme) -> None:
    settings.setValue("appearance", theme.name)
    window = open_window(early=True)
    for dock in window.dock_layout.docks:
        dock.raise_()
        QApplication.processEvents()
        picture = window.grab().toImage()
        for place in (QPoint(12, 30), dock.rect().center(), dock.rect().bottomRight() - QPoint(2, 2)):
            seen = picture.pixelColor(dock.mapTo(window, place)).name()
            assert seen == QColor(theme.panel).name(), (dock.objectName(), place)


def test_the_first_painting_shows_the_points(early: MainWindow) -> None:
    picture, paper = early.canvas.grab().toImage(), QColor(early.canvas.scene.paper)
    drawn = [pixel(early, *place) for place in early.document.points.xy[:50].tolist()]
    # The middle of a validation point is empty.
    around = [[place + QPoint(x, y) for x in range(-3, 4) for y in range(-3, 4)] for place in drawn]
    assert all(any(picture.pixelColor(place) != paper for place in places) for places in around)


# -- nothing moves


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900), (1920, 1080), (1080, 640)])
def test_nothing_moves_when_the_rooms_are_furnished(open_window: Open, qtbot: QtBot, size) -> None:
    window = open_window(size, early=True)
    before, paper = places(window), sheet(window)
    furnish(window, qtbot)
    assert {type(panel) for panel in window.dock_layout.panels} == PANELS
    assert tuple(map(type, window.dock_layout.plots)) == tuple(plot.plot_class() for plot in PLOTS.values())
    assert places(window) == before
    assert sheet(window) == paper


def test_a_message_at_the_start_does_not_hide_the_diagnosis(early: MainWindow, qtbot: QtBot) -> None:
    early.show_message("Pasted 4 points.")
    furnish(early, qtbot)
    line = early.dock_layout.diagnosis_line
    assert line is not None
    assert not line.isVisible()
    early.statusBar().clearMessage()
    assert line.isVisible()
    assert line.width() > 1000
    early.show_message("Exported.")
    assert not line.isVisible()
    early.statusBar().clearMessage()
    assert line.isVisible()


class Witness(QObject):
    """Sees windows that are shown, and where each panel is when it is first painted."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []
        self.painted: dict[QWidget, QRect] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget):
            if event.type() == QEvent.Type.Show and watched.isWindow():
                self.windows.append(type(watched).__name__)
            if event.type() == QEvent.Type.Paint and watched not in self.painted:
                self.painted[watched] = watched.geometry()
        return False


def test_no_panel_is_seen_finding_its_place_and_no_part_as_a_window(
    open_window: Open, qapp: QApplication, qtbot: QtBot
) -> None:
    witness = Witness()
    qapp.installEventFilter(witness)
    window = open_window(early=True)
    furnish(window, qtbot)
    qapp.removeEventFilter(witness)
    assert witness.windows == ["MainWindow"]
    for panel in window.dock_layout.panels:
        parts = [part for part in (panel, *panel.findChildren(QWidget)) if part in witness.painted]
        assert parts or panel.visibleRegion().isEmpty()
        assert {part: part.geometry() for part in parts} == {part: witness.painted[part] for part in parts}


# -- the layout of last time


def rearrange(window: MainWindow) -> None:
    """One dock hidden, one floating, two behind each other, one wider."""
    titles = ("Data", "Model", "Loss", "Gradient per layer", "Gradient over time")
    data, model, loss, bars, history = (dock_of(window, title) for title in titles)
    data.hide()
    window.tabifyDockWidget(bars, history)
    loss.setFloating(True)
    window.resizeDocks([model], [420], Qt.Orientation.Horizontal)
    QApplication.processEvents()


@pytest.mark.parametrize("furnished", [False, True])
def test_a_restored_layout_stands_from_the_start(open_window: Open, qtbot: QtBot, furnished: bool) -> None:
    first = open_window(early=True)
    if furnished:
        furnish(first, qtbot)
    rearrange(first)
    first.close()
    window = open_window(None, early=True)
    titles = ("Data", "Model", "Loss", "Gradient per layer", "Gradient over time", "Chain", "Weights")
    data, model, loss, bars, history, chain, weights = (dock_of(window, title) for title in titles)
    before, paper = places(window), sheet(window)
    assert data.isHidden()
    assert loss.isFloating()
    assert model.width() >= 400
    assert set(window.tabifiedDockWidgets(bars)) == {history, chain, weights}
    furnish(window, qtbot)
    assert places(window) == before
    assert sheet(window) == paper
    assert data.isHidden()
    assert loss.isFloating()
    data.show()
    qtbot.waitUntil(lambda: window.dock_layout.data_panel.isVisible())
    assert not window.dock_layout.data_panel.visibleRegion().isEmpty()
    for bar in window.findChildren(QTabBar):
        bar.setCurrentIndex((bar.currentIndex() + 1) % bar.count())
    assert all(plot.parent() is not None for plot in window.dock_layout.plots)


# -- what a person does at once


def test_a_stroke_before_the_rooms_are_there_is_kept(early: MainWindow, qtbot: QtBot) -> None:
    before = len(early.document.points)
    stroke(early, (-5, -5), (5, -5))
    drawn = early.document.points
    assert len(drawn) > before
    furnish(early, qtbot)
    assert early.document.points is drawn
    assert early.dock_layout.data_panel.draw.undo.isEnabled()
    assert early.dock_layout.data_panel.reason.isVisible(), "the data are drawn by hand"
    QTest.keyClick(early.canvas, Qt.Key.Key_Z, CONTROL)
    assert len(early.document.points) == before


def test_a_stroke_goes_on_while_the_rooms_are_furnished(early: MainWindow, qtbot: QtBot) -> None:
    before = len(early.document.points)
    QTest.mousePress(early.canvas, LEFT, pos=pixel(early, -5, -5))
    early.later.start()
    x = -5.0
    while early.later.waiting:
        x = min(x + 0.1, 5.0)
        QTest.mouseMove(early.canvas, pixel(early, x, -5))
        QApplication.processEvents()
    QTest.mouseMove(early.canvas, pixel(early, 5, -5))
    QTest.mouseRelease(early.canvas, LEFT, pos=pixel(early, 5, -5))
    assert len(early.document.points) > before
    assert early.document.points.xy[before:, 0].max() > 4
    assert early.document.stack.count() == 1


@pytest.mark.parametrize(
    ("key", "modifiers", "command"),
    [
        (Qt.Key.Key_Space, NONE, m.Play()),
        (Qt.Key.Key_Period, NONE, m.StepBatch()),
        (Qt.Key.Key_Period, SHIFT, m.StepEpoch()),
        (Qt.Key.Key_R, CONTROL, m.Reset(1)),
    ],
)
def test_keys_drive_training_at_once(
    early: MainWindow, key, modifiers, command, fake_engine: FakeEngine
) -> None:
    QTest.keyClick(early.canvas, key, modifiers)
    assert fake_engine.take_commands()[-1] == command
    assert early.dock_layout.panels == [], "and nothing had to be built for it"


def test_keys_edit_at_once(early: MainWindow) -> None:
    QTest.keyClick(early.canvas, Qt.Key.Key_Backspace, CONTROL | SHIFT)
    assert len(early.document.points) == 0
    QTest.keyClick(early.canvas, Qt.Key.Key_Z, CONTROL)
    assert len(early.document.points) == 500
    QTest.keyClick(early.canvas, "e")
    assert early.tools.tool == "eraser"


@pytest.mark.parametrize(
    ("key", "modifiers", "dialog"),
    [
        (Qt.Key.Key_O, CONTROL, "Open"),
        (Qt.Key.Key_S, CONTROL, "Save as"),
        (Qt.Key.Key_I, CONTROL, "Import data"),
        (Qt.Key.Key_E, CONTROL, "Export everything into a folder"),
    ],
)
def test_keys_open_dialogs_at_once(early: MainWindow, files: Files, key, modifiers, dialog) -> None:
    QTest.keyClick(early.canvas, key, modifiers)
    assert files.asked == [dialog]


def test_an_export_at_once_has_all_pictures(early: MainWindow, files: Files, tmp_path) -> None:
    files.path = tmp_path / "out"
    QTest.keyClick(early.canvas, Qt.Key.Key_E, CONTROL)
    names = {plot.plot_class().export_name for plot in PLOTS.values()}
    assert {path.stem for path in files.path.glob("*.png")} == {"canvas", "network", *names}


def test_the_export_menu_at_once_offers_all_pictures(early: MainWindow) -> None:
    menu = next(menu for menu in early.findChildren(QMenu) if menu.title() == "&Export")
    menu.aboutToShow.emit()
    assert sum("PNG" in action.text() for action in menu.actions()) == 2 + len(PLOTS)


def test_a_theme_chosen_at_once_is_worn_by_what_comes(early: MainWindow, qtbot: QtBot) -> None:
    early.appearance.choose("dark")
    furnish(early, qtbot)
    parts = (*early.dock_layout.panels, *early.dock_layout.plots)
    assert {part.theme.name for part in parts} == {"dark"}
    assert early.dock_layout.data_panel.gallery.thumbnails["spiral"].theme == DARK
    early.appearance.choose("light")
    assert {part.theme.name for part in parts} == {"light"}


def test_another_task_at_once_is_shown_by_what_comes(
    early: MainWindow, qtbot: QtBot, fake_engine: FakeEngine
) -> None:
    early.document.replace(switch_task(early.document.experiment, "curve"), "Curve")
    snapshot = fake_engine.answer(acknowledged=0)
    early.link.pull()
    furnish(early, qtbot)
    assert early.dock_layout.data_panel.gallery.thumbnails["sine"].isVisible()
    assert early.dock_layout.plots
    assert all(plot.snapshot is snapshot for plot in early.dock_layout.plots)


def test_a_dock_hidden_at_once_is_furnished_all_the_same(early: MainWindow, qtbot: QtBot) -> None:
    model, loss = dock_of(early, "Model"), dock_of(early, "Loss")
    model.hide()
    loss.hide()
    furnish(early, qtbot)
    model.show()
    loss.show()
    qtbot.waitUntil(
        lambda: all(part.isVisible() for part in (*early.dock_layout.panels, *early.dock_layout.plots))
    )


# -- closing at once


def test_a_window_closed_at_once_builds_nothing_more(
    early: MainWindow, qtbot: QtBot, fake_engine: FakeEngine
) -> None:
    early.later.start()
    early.close()
    for _ in range(10):
        QApplication.processEvents()
    assert early.later.waiting == ()
    assert early.dock_layout.panels == []
    assert fake_engine.started == 0
    assert fake_engine.closed == 1


def test_a_window_closed_while_it_is_furnished_stays_closed(
    early: MainWindow, qtbot: QtBot, fake_engine: FakeEngine
) -> None:
    early.later.start()
    while not early.dock_layout.panels:
        QApplication.processEvents()
    assert early.later.waiting, "there is more to be furnished"
    early.close()
    built = len(early.dock_layout.panels)
    for _ in range(10):
        QApplication.processEvents()
    assert len(early.dock_layout.panels) == built
    assert fake_engine.closed == 1


def test_a_window_that_is_not_closed_after_all_is_furnished(early: MainWindow, qtbot: QtBot, dialogs) -> None:
    draw(early.document, [[1, 1]])
    dialogs.answers = ["Cancel"]
    assert not early.close()
    furnish(early, qtbot)
    assert tuple(map(type, early.dock_layout.plots)) == tuple(plot.plot_class() for plot in PLOTS.values())


def test_a_lesson_is_opened_at_the_start(tmp_path):
    first = headings()[0]
    child = run_window(tmp_path, f"--lesson={first.key}")
    assert child.stdout.readline().strip() == f"{first.key}: {first.title}"
    child.kill()
    child.wait(DEADLINE)
    child.stdout.close()


def test_a_lesson_needs_a_window_and_no_file_beside_it(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        program.main(["a.sketch.json", "--lesson", "dropout"])
    assert "give either FILE or --lesson" in capsys.readouterr().err
    monkeypatch.setattr(program, "display_missing", lambda environment: "There is no display.")
    assert program.main(["--lesson", "dropout"]) == 2
    assert capsys.readouterr().err == (
        "There is no display. A lesson needs a window; python -m engine lesson prints one.\n"
    )
