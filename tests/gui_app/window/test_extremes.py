"""A window under circumstances that are rare: tiny, off the screen, twice, elsewhere in the world, at another time."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, QPoint, QRect, QSettings
from PySide6.QtWidgets import QApplication

from engine.experiment import dumps, loads
from gui_app.exporting.files import write_data
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.window.layout.remembered_layout import save_layout
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import part_of, stroke, type_into

RATE = "training.learning_rate"


def hidden(window: MainWindow) -> tuple[int, ...]:
    return window.document.experiment.lanes[0].network.hidden


def test_a_network_whose_depth_changes_all_the_time_while_it_trains(window: MainWindow, qtbot) -> None:
    window.link.set_playing(True)
    for number in range(300):
        window.document.change({"lanes.0.network.hidden": [4] * (1 + number % 6)}, "Depth")
        if number % 10 == 0:
            QApplication.processEvents()
            window.link.pull()
    qtbot.waitUntil(lambda: window.link.settled and window.link.latest.lanes[0].now.layers.shape[-1] == 7)
    assert len(hidden(window)) == 6
    epoch = window.link.latest.epoch
    qtbot.waitUntil(lambda: window.link.playing and window.link.latest.epoch > epoch)


def test_two_windows_know_nothing_of_each_other(open_window: Callable[..., MainWindow], qtbot) -> None:
    first, second = open_window(), open_window()
    for window in (first, second):
        window.complete()
        window.link.set_playing(True)
    stroke(first, (-5, 5), (5, 5))
    assert len(first.document.points) > len(second.document.points)
    qtbot.waitUntil(lambda: all(one.link.latest and one.link.latest.epoch > 3 for one in (first, second)))
    qtbot.waitUntil(lambda: first.link.latest.training_points > 250)
    assert second.link.latest.training_points == 250
    first.document.stack.setClean()
    assert first.close()
    epoch = second.link.latest.epoch
    qtbot.waitUntil(lambda: second.link.latest.epoch > epoch)


@pytest.mark.usefixtures("fake_engine")
def test_a_window_of_one_pixel_comes_back(still: MainWindow, qtbot) -> None:
    """Docks may have other sizes then; there is room to draw."""
    smallest = still.minimumSize()
    still.setMinimumSize(1, 1)
    still.resize(1, 1)
    qtbot.waitUntil(lambda: still.width() == 1)
    still.document.clear_points()
    still.show_message("A sentence that has no room")
    QApplication.processEvents()
    still.setMinimumSize(smallest)
    still.resize(1280, 720)
    qtbot.waitUntil(lambda: still.canvas.width() >= still.canvas.minimumWidth())
    stroke(still, (-3, 0), (3, 0))
    assert len(still.document.points) > 10


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize("corner", [(-9000, -9000), (9000, 9000), (100, -5000)])
def test_a_window_left_off_the_screen_comes_back_on_it(
    open_window: Callable[..., MainWindow], settings: QSettings, corner: tuple[int, int], qtbot
) -> None:
    """Its corner where a mouse can take hold of it: the screen that it was on may be gone."""
    window = open_window(early=True)
    window.setGeometry(QRect(QPoint(*corner), window.size()))
    qtbot.waitUntil(lambda: window.pos() == QPoint(*corner))
    save_layout(window.whole_layout, settings)
    again = open_window(size=None, early=True)
    screen = again.screen().availableGeometry()
    assert screen.contains(again.frameGeometry().topLeft() + QPoint(20, 5))
    assert screen.intersected(again.frameGeometry()).width() > 200


@pytest.fixture
def decimal_comma() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("decimal_comma", "fake_engine")
def test_numbers_have_points_where_commas_are_usual(open_window: Callable[..., MainWindow], tmp_path) -> None:
    window = open_window()
    window.complete()
    stroke(window, (-3.25, 0.5), (3.25, 0.5))
    control = part_of(window, TrainingPanel).controls[RATE]
    type_into(control.number, "0.025")
    assert window.document.experiment.lanes[0].training.learning_rate == 0.025
    assert "0.025" in control.number.text()
    text = dumps(window.document.experiment)
    assert '"learning_rate": 0.025' in text
    assert loads(text) == window.document.experiment
    write_data(window.document, tmp_path / "data.csv")
    rows = list(csv.DictReader((tmp_path / "data.csv").read_text().splitlines()))
    assert [float(row["x1"]) for row in rows] == window.document.points.xy[:, 0].tolist()


@pytest.mark.parametrize("jump", [-1e7, 1e9])
def test_a_clock_that_is_set_while_it_trains(window: MainWindow, jump: float, qtbot, monkeypatch) -> None:
    window.link.set_playing(True)
    qtbot.waitUntil(lambda: window.link.latest.epoch > 3)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    epoch = window.link.latest.epoch
    qtbot.waitUntil(lambda: window.link.latest.epoch > epoch + 3)
    assert 0 < window.link.latest.steps_per_second < 1e9
    stroke(window, (-3, 0), (3, 0))
    window.document.stack.undo()
    window.link.set_playing(False)
    qtbot.waitUntil(lambda: window.link.settled and not window.link.playing)
